//! The strip with the song in the Review view: ruler with sections and pins, and a waveform of all
//! stems. It shares zoom and position with the Mix view.

use super::revisions;
use crate::app::mix::timeline::Timeline;
use crate::app::mix::{self, ruler};
use crate::app::notes::Compared;
use crate::app::panels::Panels;
use crate::app::panels::review::State;
use crate::app::seen::{Seen, Sound};
use crate::app::theme::{self, Weight, write};
use crate::session::Session;
use crate::texts::say;
use crate::units::{Db, Seconds};
use egui::{
    Align2, Color32, Painter, Rect, Response, Role, Sense, Stroke, Ui, UiBuilder, WidgetInfo, pos2,
    vec2,
};

const RULER: f32 = 52.0;
/// From the edges of the panel to the song, in points.
const MARGIN: f32 = 14.0;
/// Least height at which both sides of a comparison are drawn, in points.
const BOTH: f32 = 90.0;
/// Height of the line that shows what changed, in points.
const CHANGED: f32 = 40.0;
/// Difference in decibels that fills that line.
const MOST: f32 = 6.0;

/// Height of the strip in a view, in points.
pub fn height(view: Rect) -> f32 {
    (view.height() * 0.3).clamp(128.0, 300.0)
}

/// Draws ruler and waveform. The pointer does the same on the waveform as on the lanes.
pub fn show(seen: &Seen<'_>, panels: &mut Panels, ui: &mut Ui, rect: Rect) {
    super::panel(ui, rect);
    let Some(song) = seen.song else { return };
    let area = Rect::from_min_max(
        pos2(rect.left() + MARGIN, rect.top() + RULER),
        pos2(rect.right() - MARGIN, rect.bottom() - 10.0),
    );
    let timeline = &mut panels.mix.timeline;
    timeline.fit(song.length().0, area.width());
    timeline.grant(seen.heard.frame, area);
    if seen.heard.playing {
        timeline.follow(seen.heard.frame, area.width());
    }
    let response = waves(seen, &panels.review, timeline, ui, area);
    ruler::pointer(seen, panels, ui, &response, area);
    // The ruler leaves room for headers of lanes, which the strip does not have.
    let from = pos2(area.left() - mix::HEADER, rect.top());
    let line = Rect::from_min_max(from, pos2(area.right(), rect.top() + RULER));
    let ui = &mut ui.new_child(UiBuilder::new().id_salt("ruler").max_rect(line));
    ui.set_clip_rect(
        Rect::from_x_y_ranges(area.x_range(), line.y_range()).intersect(ui.clip_rect()),
    );
    ruler::show(seen, panels, ui, line);
}

/// Waveform of the session, or of both sides of a comparison with what changed below, and the range
/// of the selected comment.
fn waves(seen: &Seen<'_>, state: &State, timeline: &Timeline, ui: &mut Ui, area: Rect) -> Response {
    let painter = ui.painter().with_clip_rect(area);
    if let Some(song) = seen.song {
        let rate = song.session.sample_rate;
        if let Some((start, end)) = state.comment(seen).and_then(|comment| comment.span()) {
            let x = |time: Seconds| timeline.x_of(time.frames(rate).0, area);
            let part = Rect::from_min_max(
                pos2(x(start) - 1.0, area.top()),
                pos2(x(end) + 1.0, area.bottom()),
            );
            let fill = theme::mixed(theme::caution(), 0.14, theme::panel());
            painter.rect_filled(part, 0.0, fill);
        }
        let comparison = &seen.revised.comparison;
        match (&comparison.states, &comparison.of) {
            (Some([a, b]), Some(of)) if area.height() > BOTH => {
                let [old, new] = of.sides.each_ref();
                let sides = [(&*b.session, new), (&*a.session, old)];
                both(seen, timeline, &painter, area, sides);
            }
            _ => {
                let sound = revisions::sound_of(seen, None);
                wave(seen, timeline, &painter, area, &song.session, colour(sound));
            }
        }
    }
    let head = timeline.x_of(seen.heard.frame, area);
    painter.vline(head, area.y_range(), Stroke::new(2.0, theme::text()));
    let response = ui.interact(area, ui.scope_id().with("waves"), Sense::click_and_drag());
    let words = say!("review-strip-song");
    response.widget_info(|| WidgetInfo::labeled(Role::Group, true, words));
    response
}

/// Level of all stems at the faders from a frame on (power sum of their peaks, without muted stems).
fn level(seen: &Seen<'_>, session: &Session, start: f64, frames: f64) -> f32 {
    let mut power = 0.0f32;
    for stem in session.stems.iter().filter(|stem| !stem.strip.mute) {
        let Some(peaks) = seen.measured.peaks.get(&stem.id) else { continue };
        let ratio = f64::from(stem.file.info.sample_rate.0) / session.sample_rate.hz().0;
        let at = (start - stem.offset() as f64) * ratio;
        if let Some(point) = peaks.span(at, at + frames * ratio) {
            let time = Seconds(start / session.sample_rate.hz().0);
            let fader = stem.automation.fader.at(time).map_or(stem.strip.fader, Db);
            let gain = (stem.strip.trim + fader).factor() as f32;
            power += (point.most.max(-point.least) * gain).powi(2);
        }
    }
    power.sqrt()
}

fn wave(
    seen: &Seen<'_>,
    timeline: &Timeline,
    painter: &Painter,
    area: Rect,
    session: &Session,
    colour: Color32,
) {
    let (from, scale) = (timeline.from(), timeline.scale());
    let half = area.height() / 2.0 - 4.0;
    let colour = theme::mixed(colour, 0.7, theme::panel());
    let mut x = area.left();
    while x < area.right() {
        let start = from + f64::from(x - area.left()) * scale;
        let tall = (level(seen, session, start, 2.0 * scale) * 1.5 * half).clamp(0.5, half);
        let centre = area.center().y;
        painter.vline(x, centre - tall..=centre + tall, Stroke::new(1.0, colour));
        x += 2.0;
    }
}

/// Only what is heard is in colour.
fn colour(sound: Sound) -> Color32 {
    if sound.is_on() { theme::accent() } else { theme::dim() }
}

/// The newer state above the older one, and how much louder or quieter each moment became.
fn both(
    seen: &Seen<'_>,
    timeline: &Timeline,
    painter: &Painter,
    area: Rect,
    sides: [(&Session, &Compared); 2],
) {
    let lane = (area.height() - CHANGED) / 2.0;
    let sessions = sides.map(|(session, _)| session);
    for (n, (session, side)) in sides.into_iter().enumerate() {
        let top = area.top() + n as f32 * lane;
        let row = Rect::from_min_size(pos2(area.left(), top), vec2(area.width(), lane));
        let sound = revisions::sound_of(seen, side.as_deref());
        wave(seen, timeline, painter, row, session, colour(sound));
        let at = pos2(area.left(), top + 10.0);
        let font = (12.0, Weight::SemiBold);
        let ink = if sound.is_on() { theme::text() } else { theme::dim() };
        let name = revisions::name_of(side, seen.revised);
        let name = write(painter, at, Align2::LEFT_CENTER, name, font, ink);
        if sound.is_on() {
            let at = pos2(name.right() + 6.0, at.y);
            let words = say!("review-strip-heard");
            write(painter, at, Align2::LEFT_CENTER, words, font, theme::accent());
        }
    }
    let top = area.bottom() - CHANGED;
    let at = pos2(area.left(), top + 8.0);
    let words = say!("review-strip-changed");
    write(painter, at, Align2::LEFT_CENTER, words, (11.0, Weight::Regular), theme::dim());
    let (from, scale) = (timeline.from(), timeline.scale());
    let mut x = area.left();
    while x < area.right() {
        let start = from + f64::from(x - area.left()) * scale;
        let [new, old] = sessions.map(|session| level(seen, session, start, 3.0 * scale).max(1e-5));
        let moved = (20.0 * (new / old).log10()).abs();
        let tall = (moved / MOST).min(1.0) * (CHANGED - 18.0);
        let colour = if moved > 0.1 { theme::caution() } else { theme::line() };
        let bottom = area.bottom() - 2.0;
        painter.vline(x, bottom - tall.max(1.0)..=bottom, Stroke::new(1.5, colour));
        x += 3.0;
    }
}
