//! Versions added, copied, built on others, renamed and taken away; templates.

use crate::app::desk::Desk;
use crate::app::edits;
use crate::app::menu::{self, Named};
use crate::app::widgets::push;
use crate::session::Session;
use crate::session::edit::Edit;
use crate::session::ready::{Ready, Template, named, save, saved};
use crate::session::version::{Selection, Version};
use egui::{Popup, Rect, Ui};

/// What is asked for in a menu.
#[derive(Clone, Debug)]
pub enum Wish {
    Rename(usize),
    Copy(usize),
    BuildOn(usize),
    /// A parent taken in or left out.
    Parent(usize, String),
    /// A master that the version goes to, or no more.
    Master(usize, String),
    Remove(usize),
}

pub fn button(desk: &mut Desk, ui: &mut Ui, rect: Rect) {
    let response = push(ui, rect, "Add a version\u{2026}", false);
    Popup::menu(&response).show(|ui| entries(desk, ui));
}

fn entries(desk: &mut Desk, ui: &mut Ui) {
    ui.set_min_width(220.0);
    for ready in Ready::ALL {
        if ui.button(ready.name()).on_hover_text(ready.explained()).clicked() {
            ui.close();
            add(desk, ready);
        }
    }
    ui.separator();
    if ui.button("Empty version").clicked() {
        ui.close();
        append(desk, |_| Version::new("", "New version", Selection::All));
    }
    let templates = desk.settings.folder.as_deref().map_or(Vec::new(), saved);
    ui.add_enabled_ui(!templates.is_empty(), |ui| {
        ui.menu_button("From a template", |ui| {
            for template in templates {
                if ui.button(&template.name).clicked() {
                    ui.close();
                    if let Some(document) = &mut desk.document {
                        let edit = template.edit(&document.session);
                        document.edit_once(edit);
                    }
                }
            }
        });
    });
    if ui.button("Save these versions as a template\u{2026}").clicked() {
        ui.close();
        desk.edits.naming = Some((None, String::new()));
    }
}

fn add(desk: &mut Desk, ready: Ready) {
    let Some(document) = &mut desk.document else { return };
    let at = document.session.versions.len();
    let edit = ready.edit(&document.session);
    document.edit_once(edit);
    if ready != Ready::Stems {
        document.open.version = at;
    }
    // A cut-down is nothing before its place in the song is found.
    if let Some(goal) = document.session.versions.get(at).and_then(|version| version.goal) {
        edits::search(desk, Some(goal));
    }
}

fn append(desk: &mut Desk, make: impl FnOnce(&Session) -> Version) {
    let Some(document) = &mut desk.document else { return };
    let mut versions = document.session.versions.clone();
    versions.push(make(&document.session));
    named(&mut versions);
    document.open.version = versions.len() - 1;
    document.edit_once(Edit::Versions(versions));
}

/// What can be done with a version.
pub fn options(session: &Session, ui: &mut Ui, n: usize) -> Option<Wish> {
    let version = session.versions.get(n)?;
    let mut wish = None;
    ui.set_min_width(200.0);
    ui.weak(&version.name);
    let mut entry = |ui: &mut Ui, text: &str, asked: Wish| {
        if ui.button(text).clicked() {
            wish = Some(asked);
            ui.close();
        }
    };
    entry(ui, "Rename\u{2026}", Wish::Rename(n));
    entry(ui, "Copy", Wish::Copy(n));
    entry(ui, "New version that builds on it", Wish::BuildOn(n));
    ui.menu_button("Builds on", |ui| {
        for other in session.versions.iter().filter(|other| other.id != version.id) {
            let mut on = version.from.contains(&other.id);
            if ui.checkbox(&mut on, &other.name).clicked() {
                wish = Some(Wish::Parent(n, other.id.clone()));
            }
        }
    });
    ui.menu_button("Goes to", |ui| {
        for master in &session.masters {
            let cell = (version.id.clone(), master.id.clone());
            let mut on = !session.delivery.left_out.contains(&cell);
            if ui.checkbox(&mut on, &master.name).clicked() {
                wish = Some(Wish::Master(n, master.id.clone()));
            }
        }
    });
    ui.separator();
    ui.add_enabled_ui(session.versions.len() > 1, |ui| {
        if ui.button("Remove").clicked() {
            wish = Some(Wish::Remove(n));
            ui.close();
        }
    });
    wish
}

pub fn obey(desk: &mut Desk, wish: Wish) {
    let Some(document) = &mut desk.document else { return };
    let mut versions = document.session.versions.clone();
    let name = |n: usize| versions.get(n).map(|version| version.name.clone());
    match wish {
        Wish::Rename(n) => {
            desk.edits.naming = name(n).map(|name| (Some(n), name));
            return;
        }
        Wish::Copy(n) => {
            let Some(version) = versions.get(n).cloned() else { return };
            // Another recording has another code.
            let isrc = String::new();
            return append(desk, |_| Version { id: String::new(), isrc, ..version });
        }
        Wish::BuildOn(n) => {
            let Some(version) = versions.get(n).cloned() else { return };
            let title = format!("{} 2", version.name);
            let child =
                Version { from: vec![version.id], ..Version::new("", &title, Selection::All) };
            return append(desk, |_| child);
        }
        Wish::Parent(n, id) => {
            let Some(version) = versions.get_mut(n) else { return };
            if version.from.contains(&id) {
                version.from.retain(|known| *known != id);
            } else {
                version.from.push(id);
            }
        }
        Wish::Master(n, master) => {
            let Some(version) = versions.get(n) else { return };
            let cell = (version.id.clone(), master);
            let mut delivery = document.session.delivery.clone();
            if delivery.left_out.contains(&cell) {
                delivery.left_out.retain(|known| *known != cell);
            } else {
                delivery.left_out.push(cell);
            }
            return document.edit_once(Edit::Delivery(Box::new(delivery)));
        }
        Wish::Remove(n) => {
            versions.remove(n);
            document.open.version = document.version.min(versions.len().saturating_sub(1));
        }
    }
    document.edit_once(Edit::Versions(versions));
}

/// Asks for the name of a version, or of a template.
pub fn naming(desk: &mut Desk, ui: &Ui) {
    let Some((of, mut name)) = desk.edits.naming.take() else { return };
    let (heading, explained) = match of {
        Some(_) => ("Rename the version", "The name is part of the names of its files."),
        None => ("Save as a template", "Rules, levels by role and goals; no cuts."),
    };
    let field = "Name of the version or template";
    match (menu::ask_name(ui, heading, explained, field, &mut name), of) {
        (Named::Open, _) => desk.edits.naming = Some((of, name)),
        (Named::Left, _) => {}
        (Named::Saved, Some(n)) => rename(desk, n, name.trim().into()),
        (Named::Saved, None) => keep(desk, name.trim()),
    }
}

fn rename(desk: &mut Desk, n: usize, name: String) {
    let Some(document) = &mut desk.document else { return };
    let mut versions = document.session.versions.clone();
    if let Some(version) = versions.get_mut(n) {
        version.name = name;
        document.edit_once(Edit::Versions(versions));
    }
}

fn keep(desk: &mut Desk, name: &str) {
    let Some(document) = &desk.document else { return };
    let template = Template::of(&document.session, name);
    let kept = desk.settings.folder.as_deref().map(|folder| save(folder, &template));
    desk.say_kept(kept);
}
