//! The strip with the song in the Review view: ruler with sections and pins, and a waveform of all
//! stems. It shares zoom and position with the Mix view.

use crate::app::mix::timeline::Timeline;
use crate::app::mix::{self, ruler};
use crate::app::panels::Panels;
use crate::app::panels::review::State;
use crate::app::seen::Seen;
use crate::app::theme;
use crate::units::Seconds;
use egui::{Rect, Response, Role, Sense, Stroke, Ui, WidgetInfo, pos2};

pub const HEIGHT: f32 = 128.0;
const RULER: f32 = 52.0;

/// Draws ruler and waveform. The pointer does the same on the waveform as on the lanes.
pub fn show(seen: &Seen<'_>, panels: &mut Panels, ui: &mut Ui, rect: Rect) {
    super::panel(ui, rect);
    let Some(song) = seen.song else { return };
    let timeline = &mut panels.mix.timeline;
    timeline.fit(song.length().0, rect.width());
    timeline.grant(seen.heard.frame, rect);
    if seen.heard.playing {
        timeline.follow(seen.heard.frame, rect.width());
    }
    let area = Rect::from_min_max(pos2(rect.left(), rect.top() + RULER), rect.max);
    let response = waves(seen, &panels.review, timeline, ui, area);
    ruler::pointer(seen, panels, ui, &response, area);
    // The ruler leaves room for headers of lanes, which the strip does not have.
    let from = pos2(rect.left() - mix::HEADER, rect.top());
    let line = Rect::from_min_max(from, pos2(rect.right(), rect.top() + RULER));
    ruler::show(seen, panels, ui, line);
}

/// Waveform of all stems together (power sum of their peaks at the faders, without muted stems),
/// and the range of the selected comment.
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
            let fill = theme::mixed(theme::accent(), 0.3, theme::panel());
            painter.rect_filled(part, 0.0, fill);
        }
        let (from, scale) = (timeline.from(), timeline.scale());
        let half = area.height() / 2.0 - 4.0;
        let colour = theme::mixed(theme::dim(), 0.7, theme::panel());
        let mut x = area.left();
        while x < area.right() {
            let start = from + f64::from(x - area.left()) * scale;
            let mut power = 0.0f32;
            for stem in song.session.stems.iter().filter(|stem| !stem.strip.mute) {
                let Some(peaks) = seen.measured.peaks.get(&stem.id) else { continue };
                let ratio = f64::from(stem.file.info.sample_rate.0) / rate.hz().0;
                let at = (start - stem.offset() as f64) * ratio;
                if let Some(point) = peaks.span(at, at + 2.0 * scale * ratio) {
                    let gain = stem.strip.fader.factor() as f32;
                    power += (point.most.max(-point.least) * gain).powi(2);
                }
            }
            let tall = (power.sqrt() * 1.5 * half).clamp(0.5, half);
            let centre = area.center().y;
            painter.vline(x, centre - tall..=centre + tall, Stroke::new(1.0, colour));
            x += 2.0;
        }
    }
    let head = timeline.x_of(seen.heard.frame, area);
    painter.vline(head, area.y_range(), Stroke::new(2.0, theme::text()));
    let response = ui.interact(area, ui.scope_id().with("waves"), Sense::click_and_drag());
    let words = "The song with its comments";
    response.widget_info(|| WidgetInfo::labeled(Role::Group, true, words));
    response
}
