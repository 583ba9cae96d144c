//! The marked range over the lanes: shaded, with its length in time and bars, and a bar of what can
//! be done with it.

use crate::app::deeds::{Cuts, Deed, Play, Review};
use crate::app::open_song::OpenSong;
use crate::app::panels::Panels;
use crate::app::seen::Seen;
use crate::app::theme::{self, Weight, write_within};
use crate::app::widgets::push;
use crate::session::grid::Grid;
use crate::texts::say;
use crate::units::Frames;
use egui::{Rect, Sense, Stroke, Ui, UiBuilder, WidgetInfo, pos2, vec2};

const BAR: egui::Vec2 = vec2(396.0, 36.0);

pub fn show(seen: &Seen<'_>, panels: &Panels, ui: &mut Ui, area: Rect) {
    let (Some(song), Some((from, to))) = (seen.song, seen.heard.range) else { return };
    // The whole song is what a loop without a range marks.
    if from == 0 && to >= song.length().0 {
        return;
    }
    let x = |frame: u64| panels.mix.timeline.x_of(frame, area);
    let (left, right) = (x(from), x(to));
    if right < area.left() || left > area.right() {
        return;
    }
    let shade = Rect::from_x_y_ranges(left..=right, area.y_range()).intersect(area);
    let colour = theme::accent();
    ui.painter().rect_filled(shade, 0.0, colour.gamma_multiply(0.08));
    for at in [left, right].into_iter().filter(|at| area.x_range().contains(*at)) {
        ui.painter().vline(at, area.y_range(), Stroke::new(1.0, colour.gamma_multiply(0.6)));
    }
    // Too low a view keeps its lanes free.
    if area.height() < 120.0 || area.width() < BAR.x + 20.0 {
        return;
    }
    let middle = ((left + right) / 2.0)
        .clamp(area.left() + BAR.x / 2.0 + 8.0, area.right() - BAR.x / 2.0 - 8.0);
    let place = Rect::from_center_size(pos2(middle, area.bottom() - BAR.y / 2.0 - 8.0), BAR);
    bar(seen, song, ui, place, (from, to));
}

fn bar(seen: &Seen<'_>, song: &OpenSong, ui: &mut Ui, place: Rect, (from, to): (u64, u64)) {
    let ui = &mut ui.new_child(UiBuilder::new().id_salt("range").max_rect(place));
    let words = say!("mix-range", length = length(song, from, to));
    let whole = ui.interact(place, ui.scope_id().with("bar"), Sense::click());
    whole.widget_info(|| WidgetInfo::labeled(egui::Role::Group, true, &words));
    ui.painter().rect_filled(place, theme::RADIUS + 2.0, theme::raised());
    let line = Stroke::new(1.0, theme::line());
    ui.painter().rect_stroke(place, theme::RADIUS + 2.0, line, egui::StrokeKind::Inside);
    let at = pos2(place.left() + 12.0, place.center().y);
    let font = (12.0, Weight::SemiBold);
    write_within(ui.painter(), at, 112.0, length(song, from, to), font, theme::text());
    let mut left = place.left() + 130.0;
    let mut button = |ui: &mut Ui, label: &str, key: &str, width: f32| {
        let rect = Rect::from_min_size(pos2(left, place.top() + 5.0), vec2(width, 26.0));
        left += width + 4.0;
        push(ui, rect, label, false).on_hover_text(key).clicked()
    };
    let ask = |deed: Deed| seen.ask(deed);
    if button(ui, say!("mix-range-cut"), say!("mix-range-cut-hint"), 46.0) {
        ask(Cuts::CutRange.into());
    }
    if button(ui, say!("mix-range-clean"), say!("mix-range-clean-hint"), 56.0) {
        ask(Cuts::Clean(true).into());
    }
    if button(ui, say!("mix-range-loop"), "L", 50.0) {
        let on = seen.heard.looping == Some((from, to));
        ask(Play::Loop(if on { None } else { Some((from, to)) }).into());
    }
    if button(ui, say!("mix-range-comment"), "C", 76.0) {
        ask(Play::Seek(from).into());
        ask(Review::Write.into());
    }
    if button(ui, "\u{d7}", say!("mix-range-remove"), 26.0) {
        ask(Play::Mark(None).into());
    }
}

/// Length in time, and in bars where a grid is known.
fn length(song: &OpenSong, from: u64, to: u64) -> String {
    let session = &song.session;
    let [start, end] = [from, to].map(|frame| song.seconds(frame));
    let seconds = Frames(to.saturating_sub(from)).seconds(session.sample_rate);
    match Grid::of(session) {
        Some(grid) => {
            let bars = format!("{:.1}", grid.bars_at(end) - grid.bars_at(start));
            say!("mix-range-length", seconds = format!("{:.1}", seconds.0), bars = bars)
        }
        None => format!("{:.1} s", seconds.0),
    }
}
