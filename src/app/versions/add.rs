//! Menus for versions: add, copy, build on another, rename, remove; and templates of versions.

use crate::app::deeds::Versions;
use crate::app::menu::{self, Named};
use crate::app::open_song::OpenSong;
use crate::app::panels::versions::VersionsPanel;
use crate::app::seen::Seen;
use crate::app::widgets::push;
use crate::session::Session;
use crate::session::edit::Edit;
use crate::session::ids::{MasterId, VersionId};
use crate::session::ready::ReadyMade;
use crate::texts::{self, say};
use egui::{Popup, Rect, Ui};

pub fn button(seen: &Seen<'_>, own: &mut VersionsPanel, ui: &mut Ui, rect: Rect) {
    let response = push(ui, rect, say!("versions-add"), false);
    Popup::menu(&response).show(|ui| entries(seen, own, ui));
}

fn entries(seen: &Seen<'_>, own: &mut VersionsPanel, ui: &mut Ui) {
    ui.set_min_width(220.0);
    for ready in ReadyMade::ALL {
        let name = ready.name();
        let button = ui.button(texts::word("version", &name));
        if button.on_hover_text(texts::word("version", ready.explained())).clicked() {
            ui.close();
            seen.ask(Versions::Add(ready));
        }
    }
    ui.separator();
    if ui.button(say!("versions-add-empty")).clicked() {
        ui.close();
        seen.ask(Versions::AddEmpty);
    }
    let templates = &seen.shelf.versions;
    ui.add_enabled_ui(!templates.is_empty(), |ui| {
        ui.menu_button(say!("versions-from-template"), |ui| {
            for template in templates {
                if ui.button(&template.name).clicked() {
                    ui.close();
                    seen.ask(Versions::AddTemplate(template.clone()));
                }
            }
        });
    });
    if ui.button(say!("versions-save-template")).clicked() {
        ui.close();
        own.naming = Some((None, String::new()));
    }
}

/// Context menu of version `n`.
pub fn options(seen: &Seen<'_>, session: &Session, own: &mut VersionsPanel, ui: &mut Ui, n: usize) {
    let Some(version) = session.versions.get(n) else { return };
    ui.set_min_width(200.0);
    ui.weak(&version.name);
    let entry = |ui: &mut Ui, text: &str| {
        let clicked = ui.button(text).clicked();
        if clicked {
            ui.close();
        }
        clicked
    };
    if entry(ui, say!("common-rename")) {
        own.naming = Some((Some(n), version.name.clone()));
    }
    if entry(ui, say!("common-copy")) {
        seen.ask(Versions::Copy(n));
    }
    if entry(ui, say!("versions-build-on")) {
        seen.ask(Versions::BuildOn(n));
    }
    ui.menu_button(say!("versions-builds-on"), |ui| {
        for other in session.versions.iter().filter(|other| other.id != version.id) {
            let mut on = version.from.contains(&other.id);
            if ui.checkbox(&mut on, &other.name).clicked() {
                set_parent(seen, session, n, &other.id);
            }
        }
    });
    ui.menu_button(say!("versions-goes-to"), |ui| {
        for master in &session.masters {
            let cell = (version.id.clone(), master.id.clone());
            let mut on = !session.delivery.left_out.contains(&cell);
            if ui.checkbox(&mut on, &master.name).clicked() {
                set_master(seen, session, cell);
            }
        }
    });
    ui.separator();
    ui.add_enabled_ui(session.versions.len() > 1, |ui| {
        if entry(ui, say!("common-remove")) {
            seen.ask(Versions::Remove(n));
        }
    });
}

/// Switches whether version `n` builds on `parent`.
fn set_parent(seen: &Seen<'_>, session: &Session, n: usize, parent: &VersionId) {
    let mut versions = session.versions.clone();
    let Some(version) = versions.get_mut(n) else { return };
    if version.from.contains(parent) {
        version.from.retain(|known| known != parent);
    } else {
        version.from.push(parent.clone());
    }
    seen.edit(Edit::Versions(versions));
}

/// Switches whether a cell (version × master) is delivered.
fn set_master(seen: &Seen<'_>, session: &Session, cell: (VersionId, MasterId)) {
    let mut delivery = session.delivery.clone();
    if delivery.left_out.contains(&cell) {
        delivery.left_out.retain(|known| *known != cell);
    } else {
        delivery.left_out.push(cell);
    }
    seen.edit(Edit::Delivery(Box::new(delivery)));
}

/// Asks for the name of a version, or of a template.
pub fn naming(seen: &Seen<'_>, song: &OpenSong, own: &mut VersionsPanel, ui: &Ui) {
    let Some((of, mut name)) = own.naming.take() else { return };
    let (heading, explained) = match of {
        Some(_) => (say!("versions-rename"), say!("versions-rename-explained")),
        None => (say!("versions-template"), say!("versions-template-explained")),
    };
    let field = say!("versions-name-field");
    match (menu::ask_name(ui, heading, explained, field, &mut name), of) {
        (Named::Open, _) => own.naming = Some((of, name)),
        (Named::Left, _) => {}
        (Named::Saved, Some(n)) => rename(seen, &song.session, n, name.trim()),
        (Named::Saved, None) => seen.ask(Versions::KeepTemplate(name.trim().into())),
    }
}

fn rename(seen: &Seen<'_>, session: &Session, n: usize, name: &str) {
    let mut versions = session.versions.clone();
    if let Some(version) = versions.get_mut(n) {
        version.name = name.into();
        seen.edit(Edit::Versions(versions));
    }
}
