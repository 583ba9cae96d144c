//! The page of preferences: look, timeline, meters, sound device, folders, loudness of new
//! sessions.

use super::deeds::{SessionDeed, Window};
use super::panels::Panels;
use super::preferences::{
    Averaging, Follow, Look, MeterScale, Preferences, RulerUnit, SCALES, Slope, Snap, UsualTarget,
};
use super::seen::Seen;
use super::theme;
use super::widgets::{page, page_buttons, title};
use crate::session::master;
use crate::texts::{Texts, say};
use crate::units::{Db, Lufs};
use egui::{Align, ComboBox, DragValue, Grid, Layout, ScrollArea, Ui, WidgetInfo, vec2};

/// Height of a line with buttons, in points.
const ROW: f32 = 26.0;

/// Words and buttons beside each other, on one line.
fn line(ui: &mut Ui, show: impl FnOnce(&mut Ui)) {
    let size = vec2(ui.available_width(), ROW);
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), show);
}

/// Row of a grid with a name and a drop-down list.
fn list<T: Copy + PartialEq>(
    ui: &mut Ui,
    name: &str,
    value: &mut T,
    all: &[T],
    word: impl Fn(T) -> String,
) {
    ui.label(name);
    let now = word(*value);
    let shown = ComboBox::from_id_salt(ui.next_auto_id()).width(220.0).selected_text(&now).show_ui(
        ui,
        |ui| {
            for one in all {
                ui.selectable_value(value, *one, word(*one));
            }
        },
    );
    let words = format!("{name}, {now}");
    shown.response.widget_info(|| WidgetInfo::labeled(egui::Role::ComboBox, true, &words));
    ui.end_row();
}

pub fn show(seen: &Seen<'_>, panels: &mut Panels, ui: &Ui) {
    if !panels.shown.preferences {
        return;
    }
    let full = ui.ctx().content_rect();
    let mut device = false;
    let shown = page(ui, "preferences").show(ui.ctx(), |ui| {
        ui.set_width((full.width() - 60.0).min(520.0));
        title(ui, say!("action-preferences"));
        let height = (full.height() - 170.0).max(120.0);
        ScrollArea::vertical().max_height(height).min_scrolled_height(height).show(ui, |ui| {
            look(seen, &mut panels.preferences, ui);
            ui.add_space(10.0);
            theme::caption(ui, say!("window-preferences-sound"));
            line(ui, |ui| {
                let wish = seen.device.wish;
                let system = wish.system.as_deref().unwrap_or(say!("window-preferences-automatic"));
                ui.label(say!("window-preferences-device", system = system, frames = wish.buffer));
                device = ui.button(say!("action-sound-device")).clicked();
            });
            ui.add_space(10.0);
            theme::caption(ui, say!("window-preferences-folders"));
            line(ui, |ui| {
                let folder_now = panels.preferences.stems_folder.as_ref();
                ui.label(match folder_now {
                    Some(path) => {
                        let folder = path.display().to_string();
                        say!("window-preferences-stems-folder", folder = folder)
                    }
                    None => say!("window-preferences-stems-anywhere").into(),
                });
                if ui.button(say!("window-choose")).clicked() {
                    seen.ask(SessionDeed::PickStemsFolder);
                }
                if folder_now.is_some() && ui.button(say!("window-forget")).clicked() {
                    panels.preferences.stems_folder = None;
                }
            });
            ui.checkbox(
                &mut panels.preferences.keep_copies,
                say!("window-preferences-keep-copies"),
            )
            .on_hover_text(say!("window-preferences-keep-copies-where"));
            ui.add_space(10.0);
            loudness(&mut panels.preferences.targets, ui);
        });
        match page_buttons(ui, &[say!("action-reset-layout"), say!("common-close")]) {
            Some(0) => panels.reset(),
            Some(_) => ui.close(),
            None => {}
        }
    });
    if shown.should_close() || device {
        panels.shown.preferences = false;
    }
    if device {
        seen.ask(Window::Device);
    }
}

/// The language of the window: English, or a translation in the settings.
fn language(seen: &Seen<'_>, preferences: &mut Preferences, ui: &mut Ui) {
    let name = say!("window-preferences-language");
    let all = || [Texts::english()].into_iter().chain(seen.languages.iter().copied());
    let now = all().find(|texts| texts.language() == preferences.language);
    let now = now.unwrap_or_else(Texts::english).name();
    ui.label(name);
    line(ui, |ui| {
        let list = ComboBox::from_id_salt("language").width(130.0).selected_text(now);
        let shown = list.show_ui(ui, |ui| {
            for texts in all() {
                let code = texts.language().to_owned();
                ui.selectable_value(&mut preferences.language, code, texts.name());
            }
        });
        let words = format!("{name}, {now}");
        shown.response.widget_info(|| WidgetInfo::labeled(egui::Role::ComboBox, true, &words));
        let translate = ui.button(say!("window-preferences-translate"));
        if translate.on_hover_text(say!("window-preferences-translate-hint")).clicked() {
            seen.ask(Window::Translations);
        }
    });
    ui.end_row();
}

fn look(seen: &Seen<'_>, preferences: &mut Preferences, ui: &mut Ui) {
    theme::caption(ui, say!("window-preferences-look"));
    Grid::new("look").num_columns(2).min_col_width(190.0).spacing(vec2(16.0, 6.0)).show(ui, |ui| {
        language(seen, preferences, ui);
        let theme = say!("window-preferences-theme");
        list(ui, theme, &mut preferences.look, Look::ALL, |one| one.name().into());
        let size = say!("window-preferences-size");
        list(ui, size, &mut preferences.scale, &SCALES, |size| format!("{:.0} %", size * 100.0));
        ui.label(say!("window-preferences-movement"));
        ui.checkbox(&mut preferences.reduced_motion, say!("window-preferences-reduced"));
        ui.end_row();
    });
    ui.add_space(10.0);
    theme::caption(ui, say!("window-timeline"));
    Grid::new("timeline").num_columns(2).min_col_width(190.0).spacing(vec2(16.0, 6.0)).show(
        ui,
        |ui| {
            let ruler = say!("window-preferences-ruler");
            list(ui, ruler, &mut preferences.ruler, RulerUnit::ALL, |one| one.name().into());
            let snap = say!("window-preferences-snap");
            list(ui, snap, &mut preferences.snap, Snap::ALL, |one| one.name().into());
            let follow = say!("window-preferences-follow");
            list(ui, follow, &mut preferences.follow, Follow::ALL, |one| one.name().into());
        },
    );
    ui.add_space(10.0);
    theme::caption(ui, say!("window-preferences-meters"));
    Grid::new("meters").num_columns(2).min_col_width(190.0).spacing(vec2(16.0, 6.0)).show(
        ui,
        |ui| {
            let scale = say!("window-preferences-scale");
            list(ui, scale, &mut preferences.meter_scale, MeterScale::ALL, |one| one.name().into());
            let slope = say!("window-preferences-slope");
            list(ui, slope, &mut preferences.slope, Slope::ALL, |one| one.name().into());
            let averaging = say!("window-preferences-averaging");
            list(ui, averaging, &mut preferences.averaging, Averaging::ALL, |one| {
                one.name().into()
            });
        },
    );
}

/// Targets of new sessions. Only targets that the user changed are stored.
fn loudness(targets: &mut Vec<UsualTarget>, ui: &mut Ui) {
    theme::caption(ui, say!("window-preferences-loudness"));
    Grid::new("targets").num_columns(4).min_col_width(84.0).spacing(vec2(14.0, 6.0)).show(
        ui,
        |ui| {
            for master in master::usual() {
                let Some(usual) = master.target else { continue };
                let own = targets.iter().find(|own| own.master == master.id);
                let (mut loudness, mut ceiling) = own
                    .map_or((usual.loudness.0, usual.ceiling.0), |own| {
                        (own.loudness.0, own.ceiling.0)
                    });
                ui.label(&master.name);
                let value = |ui: &mut Ui, value: &mut f64, name: String, unit: &str, range| {
                    let drag = DragValue::new(value).speed(0.1).range(range).fixed_decimals(1);
                    ui.add(drag.suffix(unit)).accessible_name(name).changed()
                };
                let name = say!("window-preferences-loudness-of", master = &master.name);
                let mut changed = value(ui, &mut loudness, name, " LUFS", -40.0..=-5.0);
                let name = say!("window-preferences-ceiling-of", master = &master.name);
                changed |= value(ui, &mut ceiling, name, " dBTP", -12.0..=0.0);
                let usual = say!("window-preferences-usual");
                let fresh = own.is_some() && ui.button(usual).clicked();
                ui.end_row();
                if changed || fresh {
                    targets.retain(|own| own.master != master.id);
                }
                if changed {
                    let (loudness, ceiling) = (Lufs(loudness), Db(ceiling));
                    targets.push(UsualTarget { master: master.id.clone(), loudness, ceiling });
                }
            }
        },
    );
}
