//! The band of sections above the ruler. Click: seek; double-click: rename; drag of the left edge:
//! move the start; right-click: menu.

use super::snap::snapped;
use crate::app::deeds::{Play, Sections};
use crate::app::open_song::OpenSong;
use crate::app::panels::Panels;
use crate::app::renaming;
use crate::app::seen::Seen;
use crate::app::theme::{self, Weight, write_within};
use crate::texts::say;
use crate::units::Frames;
use egui::{
    CursorIcon, Key, Rect, Role as WidgetRole, Sense, TextEdit, Ui, UiBuilder, WidgetInfo, pos2,
};

pub fn show(seen: &Seen<'_>, panels: &mut Panels, ui: &mut Ui, band: Rect) {
    let Some(song) = seen.song else { return };
    let rate = song.session.sample_rate;
    let length = song.length().0;
    let all = &song.session.sections;
    let start = |n: usize| all.get(n).map_or(length, |section| section.start.frames(rate).0);
    for (n, section) in all.iter().enumerate() {
        let x = |frame| panels.mix.timeline.x_of(frame, band);
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
        if panels.mix.rows.naming.as_ref().is_some_and(|(named, _)| *named == n) {
            name(seen, panels, song, ui, part.intersect(band), n);
            continue;
        }
        let response = ui.interact(part, ui.scope_id().with("part"), Sense::click());
        let words = say!("mix-section", name = &section.name, start = section.start.to_string());
        response.widget_info(|| WidgetInfo::labeled(WidgetRole::Button, true, &words));
        if response.double_clicked() {
            panels.mix.rows.naming = Some((n, None));
        } else if response.clicked() {
            seen.ask(Play::Seek(start(n)));
        }
        edge(seen, panels, song, ui, part, band, n);
        response.context_menu(|ui| {
            ui.weak(&section.name);
            if ui.button(say!("common-rename")).clicked() {
                panels.mix.rows.naming = Some((n, None));
                ui.close();
            }
            if ui.button(say!("mix-section-loop")).clicked() {
                let range = (start(n), start(n + 1));
                seen.ask(Play::Mark(Some(range)));
                seen.ask(Play::Loop(Some(range)));
                ui.close();
            }
            if ui.button(say!("mix-section-begin")).clicked() {
                seen.ask(Sections::AddHere);
                ui.close();
            }
            if ui.button(say!("common-remove")).clicked() {
                seen.ask(Sections::Remove(n));
                ui.close();
            }
        });
    }
}

/// Draws a section with its name; a chorus stands out.
pub fn paint(ui: &Ui, part: Rect, name: &str) {
    let chorus = name.to_lowercase().contains("chorus");
    let fill = if chorus {
        theme::mixed(theme::accent(), 0.28, theme::background())
    } else {
        theme::mixed(theme::line(), 0.75, theme::background())
    };
    ui.painter().rect_filled(part, 3.0, fill);
    let colour =
        if chorus { theme::text() } else { theme::mixed(theme::text(), 0.8, theme::background()) };
    let shown = part.intersect(ui.clip_rect());
    let clip = ui.painter().with_clip_rect(shown);
    let at = pos2(shown.left() + 7.0, part.center().y);
    let width = shown.width() - 11.0;
    // Where not even a letter and an ellipsis fit, there is no name.
    if width > 14.0 {
        write_within(&clip, at, width, name, (11.5, Weight::Regular), colour);
    }
}

/// Text field for the name of section `n`. Escape cancels; any other way to leave it renames.
fn name(seen: &Seen<'_>, panels: &mut Panels, song: &OpenSong, ui: &mut Ui, part: Rect, n: usize) {
    let Some((_, typed)) = &mut panels.mix.rows.naming else { return };
    let before = song.session.sections.get(n).map(|section| section.name.clone());
    let fresh = typed.is_none();
    let text = typed.get_or_insert_with(|| before.unwrap_or_default());
    let field =
        Rect::from_min_max(part.min, pos2(part.right().max(part.left() + 90.0), part.bottom()));
    ui.set_clip_rect(field);
    let edit = TextEdit::singleline(text)
        .margin(egui::vec2(6.0, 1.0))
        .font(theme::font(11.5, Weight::Regular));
    let edit = ui.put(field, edit).accessible_name(say!("mix-section-name"));
    if fresh {
        edit.request_focus();
        renaming::select_all(ui, edit.id, text);
    }
    let escaped = ui.input(|input| input.key_pressed(Key::Escape));
    if edit.lost_focus() {
        let text = text.clone();
        panels.mix.rows.naming = None;
        if !escaped {
            seen.ask(Sections::Rename(n, text));
        }
    }
}

/// Left edge of section `n`, which can be dragged to move its start.
fn edge(
    seen: &Seen<'_>,
    panels: &mut Panels,
    song: &OpenSong,
    ui: &mut Ui,
    part: Rect,
    band: Rect,
    n: usize,
) {
    let line = Rect::from_min_max(
        pos2(part.left() - 4.0, part.top()),
        pos2(part.left() + 4.0, part.bottom()),
    );
    let response = ui.interact(line, ui.scope_id().with("edge"), Sense::drag());
    let name = say!("mix-section-start", number = n + 1);
    response.widget_info(|| WidgetInfo::labeled(WidgetRole::Group, true, &name));
    if response.dragged()
        && let Some(at) = response.interact_pointer_pos()
    {
        let frame = panels.mix.timeline.frame_at(at.x, band);
        let frame = snapped(seen, panels, song, ui, frame);
        let start = Frames(frame).seconds(song.session.sample_rate);
        seen.ask(Sections::Shift(n, start));
    }
    response.on_hover_cursor(CursorIcon::ResizeHorizontal);
}
