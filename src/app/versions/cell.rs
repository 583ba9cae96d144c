//! One cell of the matrix of stems × versions: the stem is out of the version, in it, or in it with
//! its own level.

use crate::app::icons::{self, Icon};
use crate::app::theme::{self, Weight, write};
use crate::app::widgets::value;
use crate::units::Db;
use egui::{
    Align2, Key, Rect, Role as WidgetRole, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2,
};

/// Levels in the menu, in dB.
const LEVELS: [f64; 8] = [3.0, 2.0, 1.0, 0.5, -0.5, -1.0, -2.0, -3.0];

/// Draws a cell. `now` is the stem's level, `None` if the stem is out of the version. Returns the
/// new value if the user changed it.
pub fn show(
    ui: &Ui,
    area: Rect,
    salt: (u32, usize),
    name: &str,
    now: Option<Db>,
    muted: bool,
) -> Option<Option<Db>> {
    let response = ui.interact(area, ui.scope_id().with(("cell", salt)), Sense::click());
    response.widget_info(|| WidgetInfo::selected(WidgetRole::CheckBox, true, now.is_some(), name));
    let painter = ui.painter();
    if now.is_some() {
        painter.rect_filled(area, theme::RADIUS, theme::raised());
    }
    let edge =
        if response.hovered() || response.has_focus() { theme::accent() } else { theme::raised() };
    painter.rect_stroke(area, theme::RADIUS, Stroke::new(1.0, edge), StrokeKind::Inside);
    let text = match now {
        None => "\u{2013}".to_string(),
        Some(_) if muted => "muted".into(),
        Some(Db(0.0)) => "in".into(),
        Some(level) => format!("{level:+.1} dB"),
    };
    let held = now.is_some() && !muted;
    let colour = if held { theme::text() } else { theme::dim() };
    let plain = now == Some(Db::UNITY);
    let at = area.center() + vec2(if held && plain { 10.0 } else { 0.0 }, 0.0);
    write(painter, at, Align2::CENTER_CENTER, text, (12.5, Weight::Regular), colour);
    if held && plain {
        icons::draw(painter, Icon::Check, area.center() - vec2(10.0, 0.0), theme::accent());
    }
    let mut wish = None;
    if response.clicked() {
        wish = Some(if now.is_some() { None } else { Some(Db::UNITY) });
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
        entry(ui, "Out".into(), None);
        entry(ui, "In, as in the mix".into(), Some(Db::UNITY));
        for level in LEVELS.map(Db) {
            entry(ui, format!("{level:+.1} dB"), Some(level));
        }
        let id = ui.scope_id().with("typed");
        let mut text = ui.data(|data| data.get_temp::<String>(id)).unwrap_or_default();
        let field = egui::TextEdit::singleline(&mut text).hint_text("dB").desired_width(80.0);
        let field = ui.add(field).accessible_name(format!("Level of {name}"));
        if field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter)) {
            wish =
                value::level(&text).map(|db| Some(Db(db)).filter(|db| db.0.is_finite())).or(wish);
            ui.close();
        }
        ui.data_mut(|data| data.insert_temp(id, text));
    });
    wish
}
