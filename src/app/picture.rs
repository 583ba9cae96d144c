//! Draws one frame of the whole window: top bar, tabs, the current view, and over them pages,
//! questions, palette and messages.

use super::panels::Panels;
use super::seen::Seen;
use super::view::View;
use super::widgets::part;
use super::{
    audio, deliver, empty, hints, history, hovering, keys, making, manual, master, meter_window,
    mix, palette, preferences_page, questions, review, song_files, song_page, stems, theme, toasts,
    top_bar, versions,
};
use egui::{Rect, ScrollArea, Ui, UiBuilder, pos2, vec2};

/// Height of the top bar, in points.
pub const TOP_BAR: f32 = 56.0;
/// Height of the row of tabs, in points.
pub const TABS: f32 = 40.0;
/// Least size of the contents, in points. A smaller window scrolls.
const LEAST: egui::Vec2 = vec2(760.0, 440.0);

/// Draws everything. `asked` is true while a question has the keys.
pub fn show(seen: &Seen<'_>, panels: &mut Panels, ui: &mut Ui, asked: bool) {
    let room = ui.max_rect();
    let wanted = room.size().max(LEAST);
    if wanted == room.size() {
        paint(seen, panels, ui);
    } else {
        ScrollArea::both().auto_shrink(false).show(ui, |ui| {
            let (whole, _) = ui.allocate_exact_size(wanted, egui::Sense::hover());
            paint(seen, panels, &mut ui.new_child(UiBuilder::new().max_rect(whole)));
        });
    }
    let [view, _] = hints::beside(seen, panels, room);
    toasts::show(seen, &mut panels.toasts, ui, view);
    over(seen, panels, ui);
    palette::show(seen, &mut panels.palette, ui);
    meter_window::show(seen, panels, ui, asked);
    review::writing(seen, &mut panels.review, ui);
    focus_ring(ui);
}

/// Draws the top bar, the tabs and the current view.
fn paint(seen: &Seen<'_>, panels: &mut Panels, ui: &mut Ui) {
    let full = ui.max_rect();
    ui.painter().rect_filled(full, 0.0, theme::background());
    let split = |from: f32, to: f32| {
        Rect::from_min_max(
            pos2(full.left(), full.top() + from),
            pos2(full.right(), full.top() + to),
        )
    };
    let bar = split(0.0, TOP_BAR);
    part(ui, "top", bar, |ui| top_bar::show(seen, panels, ui, bar));
    if seen.song.is_none() {
        let room = split(TOP_BAR, full.height());
        return part(ui, "empty", room, |ui| empty::show(seen, ui, room));
    }
    let tabs = split(TOP_BAR, TOP_BAR + TABS);
    part(ui, "tabs", tabs, |ui| top_bar::tabs(seen, panels, ui, tabs));
    let body = split(TOP_BAR + TABS, full.height());
    let [body, strip] = hints::beside(seen, panels, body);
    view(seen, panels, ui, body);
    hints::show(seen, panels, ui, strip);
}

fn view(seen: &Seen<'_>, panels: &mut Panels, ui: &mut Ui, body: Rect) {
    let name = panels.view.name().to_lowercase();
    part(ui, &name, body, |ui| match panels.view {
        View::Stems => stems::show(seen, panels, ui, body),
        View::Mix => mix::show(seen, panels, ui, body),
        View::Master => master::show(seen, panels, ui, body),
        View::Versions => versions::show(seen, panels, ui, body),
        View::Review => review::show(seen, panels, ui, body),
        View::Deliver => deliver::show(seen, panels, ui, body),
    });
}

/// Draws pages and questions over the view, later ones above earlier ones.
fn over(seen: &Seen<'_>, panels: &mut Panels, ui: &mut Ui) {
    let shown = &mut panels.shown;
    song_page::show(seen, shown, ui);
    deliver::stem_export(seen, shown, ui);
    keys::sheet(panels, ui);
    let shown = &mut panels.shown;
    audio::show(seen, shown, ui);
    preferences_page::show(seen, panels, ui);
    let shown = &mut panels.shown;
    manual::show(shown, ui);
    history::show(seen, shown, ui);
    song_files::show(seen, shown, ui);
    questions::elsewhere(seen, ui);
    making::question(seen, shown, ui);
    questions::leaving(seen, ui);
    review::sheet(seen, panels, ui);
    review::merge_question(seen, &mut panels.review, ui);
    questions::path(seen, &mut panels.shown, ui);
    questions::dropped(seen, &mut panels.shown, ui);
    questions::recovery(seen, ui);
    hovering::show(seen, ui);
}

/// Draws a line around the widget with keyboard focus.
fn focus_ring(ui: &Ui) {
    let focused = ui.memory(|memory| memory.focused());
    let Some(response) = focused.and_then(|id| ui.ctx().read_response(id)) else { return };
    let order = egui::LayerId::new(egui::Order::Tooltip, egui::Id::unique("focus ring"));
    ui.ctx().layer_painter(order).rect_stroke(
        response.interact_rect.expand(1.0),
        5.0,
        egui::Stroke::new(1.5, theme::accent()),
        egui::StrokeKind::Outside,
    );
}
