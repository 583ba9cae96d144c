//! Start page, shown while no session is open: drop zone, buttons to open something, and recent
//! sessions.

use super::deeds::SessionDeed;
use super::seen::Seen;
use super::theme::{self, Weight, write};
use super::widgets::push;
use crate::texts::say;
use egui::{Align2, Rect, Stroke, StrokeKind, Ui, pos2, vec2};

pub fn show(seen: &Seen<'_>, ui: &mut Ui, rect: Rect) {
    let centre = rect.center();
    let zone = Rect::from_center_size(centre - vec2(0.0, 40.0), vec2(620.0, 300.0));
    let hovering = ui.input(|input| !input.raw.hovered_files.is_empty());
    let colour = if hovering { theme::accent() } else { theme::line() };
    ui.painter().rect_filled(zone, 14.0, theme::panel());
    ui.painter().rect_stroke(zone, 14.0, Stroke::new(1.5, colour), StrokeKind::Inside);
    let line = |y: f32, text: &str, size: f32, weight: Weight, colour| {
        let at = pos2(centre.x, zone.top() + y);
        write(ui.painter(), at, Align2::CENTER_CENTER, text, (size, weight), colour);
    };
    if seen.opening {
        line(140.0, say!("song-start-opening"), 20.0, Weight::SemiBold, theme::text());
        ui.ctx().request_repaint_after(std::time::Duration::from_millis(200));
        return;
    }
    line(64.0, say!("song-start-drop"), 22.0, Weight::SemiBold, theme::text());
    line(100.0, say!("song-start-drop-hint"), 13.5, Weight::Regular, theme::dim());
    let button = |n: f32| {
        Rect::from_center_size(pos2(centre.x + n * 186.0, zone.top() + 176.0), vec2(172.0, 40.0))
    };
    if push(ui, button(-1.0), say!("song-start-folder"), true).clicked() {
        seen.ask(SessionDeed::PickFolder);
    }
    if push(ui, button(0.0), say!("song-start-session"), false).clicked() {
        seen.ask(SessionDeed::PickSession);
    }
    if push(ui, button(1.0), say!("song-start-demo"), false).clicked() {
        seen.ask(SessionDeed::Demo);
    }
    for (n, path) in seen.recent.iter().take(4).enumerate() {
        let row = Rect::from_center_size(
            pos2(centre.x, zone.bottom() + 34.0 + n as f32 * 34.0),
            vec2(620.0, 30.0),
        );
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if push(ui, row, &name, false).on_hover_text(path.display().to_string()).clicked() {
            seen.ask(SessionDeed::Open(vec![path.clone()]));
        }
    }
}
