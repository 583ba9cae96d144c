//! The sections above the ruler: click to go there, double-click to rename, drag an edge to move
//! it, right-click for more.

use super::snap::snapped;
use crate::app::desk::Desk;
use crate::app::document::Document;
use crate::app::sections;
use crate::app::theme::{self, Weight, write};
use crate::units::Frames;
use egui::{
    Align2, CursorIcon, Key, Rect, Role as WidgetRole, Sense, TextEdit, Ui, UiBuilder, WidgetInfo,
    pos2,
};

pub fn show(desk: &mut Desk, ui: &mut Ui, band: Rect) {
    let Some(mut document) = desk.document.take() else { return };
    let rate = document.session.sample_rate;
    let length = document.length().0;
    let all = document.session.sections.clone();
    let start = |n: usize| all.get(n).map_or(length, |section| section.start.frames(rate).0);
    let mut add = None;
    for (n, section) in all.iter().enumerate() {
        let x = |frame| desk.panels.mix.timeline.x_of(frame, band);
        let part = Rect::from_min_max(
            pos2(x(start(n)) + 1.0, band.top()),
            pos2(x(start(n + 1)) - 1.0, band.bottom()),
        );
        if !part.intersects(band) {
            continue;
        }
        let ui = &mut ui.new_child(UiBuilder::new().id_salt(("section", n)).max_rect(part));
        ui.set_clip_rect(band.intersect(ui.clip_rect()));
        paint(ui, part, &section.name);
        if desk.panels.mix.rows.naming.as_ref().is_some_and(|(named, _)| *named == n) {
            name(desk, &mut document, ui, part.intersect(band), n);
            continue;
        }
        let response = ui.interact(part, ui.scope_id().with("part"), Sense::click());
        let words = format!("Section {} at {}", section.name, section.start);
        response.widget_info(|| WidgetInfo::labeled(WidgetRole::Button, true, &words));
        if response.double_clicked() {
            desk.panels.mix.rows.naming = Some((n, None));
        } else if response.clicked() {
            desk.listen.seek(start(n));
        }
        edge(desk, &mut document, ui, part, band, n);
        response.context_menu(|ui| {
            ui.weak(&section.name);
            if ui.button("Rename\u{2026}").clicked() {
                desk.panels.mix.rows.naming = Some((n, None));
                ui.close();
            }
            if ui.button("Loop it").clicked() {
                let range = (start(n), start(n + 1));
                desk.listen.heard.range = Some(range);
                desk.listen.set_loop(Some(range));
                ui.close();
            }
            if ui.button("A section begins at the playhead").clicked() {
                add = Some(desk.listen.frame());
                ui.close();
            }
            if ui.button("Remove").clicked() {
                sections::remove(&mut document, n);
                ui.close();
            }
        });
    }
    desk.document = Some(document);
    if let Some(frame) = add {
        sections::add_at(desk, frame);
    }
}

fn paint(ui: &Ui, part: Rect, name: &str) {
    let chorus = name.to_lowercase().contains("chorus");
    let fill = if chorus {
        theme::mixed(theme::accent(), 0.28, theme::background())
    } else {
        theme::mixed(theme::line(), 0.75, theme::background())
    };
    ui.painter().rect_filled(part, 3.0, fill);
    let colour =
        if chorus { theme::text() } else { theme::mixed(theme::text(), 0.8, theme::background()) };
    let clip = ui.painter().with_clip_rect(part.intersect(ui.clip_rect()));
    let at = pos2(part.left().max(ui.clip_rect().left()) + 7.0, part.center().y);
    write(&clip, at, Align2::LEFT_CENTER, name, (11.5, Weight::Regular), colour);
}

/// The name as it is typed.
fn name(desk: &mut Desk, document: &mut Document, ui: &mut Ui, part: Rect, n: usize) {
    let Some((_, typed)) = &mut desk.panels.mix.rows.naming else { return };
    let before = document.session.sections.get(n).map(|section| section.name.clone());
    let fresh = typed.is_none();
    let text = typed.get_or_insert_with(|| before.unwrap_or_default());
    let field =
        Rect::from_min_max(part.min, pos2(part.right().max(part.left() + 90.0), part.bottom()));
    ui.set_clip_rect(field);
    let edit = TextEdit::singleline(text)
        .margin(egui::vec2(6.0, 1.0))
        .font(theme::font(11.5, Weight::Regular));
    let edit = ui.put(field, edit).accessible_name("Name of the section");
    if fresh {
        edit.request_focus();
    }
    let escaped = ui.input(|input| input.key_pressed(Key::Escape));
    if edit.lost_focus() {
        let text = text.clone();
        desk.panels.mix.rows.naming = None;
        if !escaped {
            sections::rename(document, n, &text);
        }
    }
}

/// The left edge, where the section begins.
fn edge(desk: &mut Desk, document: &mut Document, ui: &mut Ui, part: Rect, band: Rect, n: usize) {
    let line = Rect::from_min_max(
        pos2(part.left() - 4.0, part.top()),
        pos2(part.left() + 4.0, part.bottom()),
    );
    let response = ui.interact(line, ui.scope_id().with("edge"), Sense::drag());
    response.widget_info(|| {
        WidgetInfo::labeled(WidgetRole::Group, true, format!("Start of section {}", n + 1))
    });
    if response.drag_started() {
        document.begin_gesture();
    }
    if response.dragged()
        && let Some(at) = response.interact_pointer_pos()
    {
        let frame = desk.panels.mix.timeline.frame_at(at.x, band);
        let frame = snapped(desk, document, ui, frame);
        sections::shift(document, n, Frames(frame).seconds(document.session.sample_rate));
    }
    if response.drag_stopped() {
        document.begin_gesture();
    }
    response.on_hover_cursor(CursorIcon::ResizeHorizontal);
}
