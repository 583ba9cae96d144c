//! One cell of the matrix of stems × versions: the stem is out of the version, in it, or in it with
//! its own level. Cuts of the version and clean regions of the stem are marked in the cell.

use crate::app::icons::{self, Icon};
use crate::app::theme::{self, Weight, write};
use crate::app::widgets::value;
use crate::texts::say;
use crate::units::Db;
use egui::{
    Align2, Color32, Key, Painter, Rect, Role as WidgetRole, Sense, Stroke, StrokeKind, Ui,
    WidgetInfo, pos2, vec2,
};
use std::ops::Range;

/// Levels in the menu, in dB.
const LEVELS: [f64; 8] = [3.0, 2.0, 1.0, 0.5, -0.5, -1.0, -2.0, -3.0];
/// Decibels for each point that a cell is dragged.
const DRAG: f64 = 0.1;

/// A stem in a version, as its cell shows it.
pub struct Cell {
    pub name: String,
    /// `None` if the stem is out of the version.
    pub level: Option<Db>,
    pub muted: bool,
    /// Colour of the stem's role.
    pub colour: Color32,
    /// What the version cuts, and where the stem is made clean, as shares of the song.
    pub cuts: Vec<Range<f32>>,
    pub clean: Vec<Range<f32>>,
}

/// Draws a cell. Returns the new level if the user changed it.
pub fn show(ui: &Ui, area: Rect, salt: (u32, usize), cell: &Cell) -> Option<Option<Db>> {
    let (name, now) = (&cell.name, cell.level);
    let id = ui.scope_id().with(("cell", salt));
    let response = ui.interact(area, id, Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::selected(WidgetRole::CheckBox, true, now.is_some(), name));
    paint(ui.painter(), area, cell, response.hovered() || response.has_focus());
    let mut wish = None;
    if response.clicked() {
        wish = Some(if now.is_some() { None } else { Some(Db::UNITY) });
    }
    let moved = f64::from(response.drag_delta().x) * DRAG;
    if let Some(level) = now.filter(|_| response.dragged() && moved != 0.0) {
        // The exact level is kept, so that slow drags add up.
        let held = ui.data(|data| data.get_temp::<f64>(id)).unwrap_or(level.0) + moved;
        ui.data_mut(|data| data.insert_temp(id, held));
        wish = Some(Some(Db((held * 10.0).round() / 10.0)));
    }
    if response.drag_stopped() {
        ui.data_mut(|data| data.remove_temp::<f64>(id));
    }
    if response.has_focus() {
        let key = |key| ui.input(|input| input.key_pressed(key));
        let step = f64::from(u8::from(key(Key::Plus) || key(Key::Equals)))
            - f64::from(u8::from(key(Key::Minus)));
        if step != 0.0 {
            wish = Some(Some(Db(now.map_or(0.0, |now| now.0) + step * 0.5)));
        }
    }
    response.context_menu(|ui| {
        ui.weak(name);
        let mut entry = |ui: &mut Ui, text: String, to: Option<Db>| {
            if ui.selectable_label(now == to, text).clicked() {
                wish = Some(to);
                ui.close();
            }
        };
        entry(ui, say!("versions-cell-out").into(), None);
        entry(ui, say!("versions-cell-in").into(), Some(Db::UNITY));
        for level in LEVELS.map(Db) {
            entry(ui, format!("{level:+.1} dB"), Some(level));
        }
        let id = ui.scope_id().with("typed");
        let mut text = ui.data(|data| data.get_temp::<String>(id)).unwrap_or_default();
        let field = egui::TextEdit::singleline(&mut text).hint_text("dB").desired_width(80.0);
        let field = ui.add(field).accessible_name(say!("versions-cell-level", cell = name));
        if field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter)) {
            wish =
                value::level(&text).map(|db| Some(Db(db)).filter(|db| db.0.is_finite())).or(wish);
            ui.close();
        }
        ui.data_mut(|data| data.insert_temp(id, text));
    });
    wish
}

fn paint(painter: &Painter, area: Rect, cell: &Cell, lit: bool) {
    let Some(level) = cell.level else {
        let edge = if lit { theme::accent() } else { theme::raised() };
        painter.rect_stroke(area, 5.0, Stroke::new(1.0, edge), StrokeKind::Inside);
        return;
    };
    let colour = if cell.muted { theme::dim() } else { cell.colour };
    painter.rect_filled(area, 5.0, theme::mixed(colour, 0.22, theme::background()));
    // The brighter part is as wide as the stem is loud.
    let share = (0.53 + level.0 * 0.027).clamp(0.04, 1.0) as f32;
    let loud = Rect::from_min_size(area.min, vec2(area.width() * share, area.height()));
    painter.rect_filled(loud, 5.0, theme::mixed(colour, 0.42, theme::background()));
    // Marks leave the left end to the level.
    let inner = Rect::from_min_max(pos2(area.left() + 28.0, area.top()), area.max - vec2(6.0, 0.0));
    let x = |share: f32| inner.left() + inner.width() * share.clamp(0.0, 1.0);
    for cut in &cell.cuts {
        let y = area.center().y;
        painter.hline(
            x(cut.start)..=x(cut.end).max(x(cut.start) + 4.0),
            y,
            Stroke::new(3.0, theme::background()),
        );
        let line = Stroke::new(1.0, colour);
        for at in [cut.start, cut.end] {
            painter.vline(x(at), y - 5.0..=y + 5.0, line);
        }
    }
    for region in &cell.clean {
        let left = x(region.start);
        let mark = Rect::from_min_max(
            pos2(left, area.center().y - 6.0),
            pos2(x(region.end).max(left + 7.0), area.center().y + 6.0),
        );
        painter.rect_filled(mark, 2.0, theme::mixed(theme::caution(), 0.5, theme::background()));
        painter.rect_stroke(mark, 2.0, Stroke::new(1.0, theme::caution()), StrokeKind::Inside);
    }
    if lit {
        let edge = Stroke::new(1.0, theme::accent());
        painter.rect_stroke(area, 5.0, edge, StrokeKind::Inside);
    }
    let at = pos2(area.left() + 14.0, area.center().y);
    if !cell.muted && level == Db::UNITY {
        icons::draw(painter, Icon::Check, at, theme::mixed(colour, 0.9, theme::text()));
        return;
    }
    let text = if cell.muted { say!("versions-cell-muted").into() } else { format!("{level:+.1}") };
    let at = pos2(area.left() + 10.0, area.center().y);
    let font = (12.0, Weight::SemiBold);
    write(painter, at, Align2::LEFT_CENTER, text, font, theme::text());
}
