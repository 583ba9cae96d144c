//! Somebody else saved the same session: what both did is put together, and what both changed is
//! asked.

use crate::app::App;
use crate::app::theme;
use crate::app::widgets::segments;
use crate::review::copies::{copies, lineage, merged, put_aside};
use crate::session::Session;
use crate::session::difference::{difference, in_words};
use crate::session::edit::Edit;
use crate::session::merge::{Merged, Side};
use egui::{Id, Label, Modal, ScrollArea, Sense, Ui, vec2};
use std::path::PathBuf;

#[derive(Default)]
pub struct Copies {
    open: Option<Merging>,
    /// Copies that a person does not want to see now.
    later: Vec<PathBuf>,
}

struct Merging {
    copy: PathBuf,
    both: Merged,
    theirs: Session,
    /// What they changed, in words.
    news: Vec<String>,
    conflicts: Vec<[String; 2]>,
    sides: Vec<Option<Side>>,
}

impl Copies {
    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }
}

/// Looks for copies beside the session, and for a session that was saved by somebody else.
pub fn look(app: &mut App) {
    let Some(document) = &mut app.document else { return };
    if !document.on_disk || app.notes.copies.is_open() {
        return;
    }
    let aside = document.set_foreign_aside();
    let path = document.path.clone();
    match aside {
        Ok(Some(_)) => app.say("Somebody else saved this session meanwhile"),
        Ok(None) => {}
        Err(error) => app.say(format!("{error:#}")),
    }
    let found = copies(&path).into_iter().find(|copy| !app.notes.copies.later.contains(copy));
    if let Some(copy) = found {
        begin(app, copy);
    }
}

fn begin(app: &mut App, copy: PathBuf) {
    let Some(document) = &app.document else { return };
    let ours = &document.session;
    let (both, theirs) = match merged(&document.path, ours, &copy) {
        Ok(found) => found,
        Err(error) => {
            // It may still be on its way.
            app.notes.copies.later.push(copy);
            return app.say(error.to_string());
        }
    };
    let words = |n: usize| both.words(n).map(|words| words.map(|lines| lines.join("; ")));
    let conflicts: Result<Vec<_>, _> = (0..both.conflicts.len()).map(words).collect();
    let (Ok(conflicts), Ok(session)) = (conflicts, both.with(&[])) else {
        app.notes.copies.later.push(copy);
        return;
    };
    let news = in_words(ours, &difference(ours, &session));
    let sides = vec![None; both.conflicts.len()];
    if news.is_empty() && conflicts.is_empty() {
        // The same work: nothing to ask.
        match put_aside(&document.path, &copy) {
            Ok(_) => return,
            Err(error) => {
                app.notes.copies.later.push(copy);
                return app.say(error.to_string());
            }
        }
    }
    app.notes.copies.open = Some(Merging { copy, both, theirs, news, conflicts, sides });
}

pub fn show(app: &mut App, ui: &Ui) {
    let Some(mut merging) = app.notes.copies.open.take() else { return };
    let (mut take, mut later) = (false, false);
    let full = ui.ctx().content_rect();
    let shown = Modal::new(Id::unique("merge")).show(ui.ctx(), |ui| {
        ui.set_width((full.width() - 60.0).min(600.0));
        ui.heading("Somebody else worked on this song");
        let name = merging.copy.file_name().unwrap_or_default().to_string_lossy().into_owned();
        ui.add(Label::new(egui::RichText::new(name).weak()).wrap());
        ui.add_space(6.0);
        let height = (full.height() - 240.0).clamp(120.0, 420.0);
        ScrollArea::vertical().max_height(height).show(ui, |ui| {
            if !merging.news.is_empty() {
                theme::caption(ui, "What they changed, and you did not");
                for line in &merging.news {
                    ui.add(Label::new(format!("\u{b7}  {line}")).wrap());
                }
                ui.add_space(8.0);
            }
            if !merging.conflicts.is_empty() {
                theme::caption(ui, "What both changed");
            }
            for (n, [ours, theirs]) in merging.conflicts.iter().enumerate() {
                let Some(side) = merging.sides.get_mut(n) else { continue };
                ui.push_id(n, |ui| {
                    ui.radio_value(side, Some(Side::Ours), format!("Yours: {ours}"));
                    ui.radio_value(side, Some(Side::Theirs), format!("Theirs: {theirs}"));
                    ui.add_space(4.0);
                });
            }
        });
        if merging.conflicts.len() > 1 {
            let (rect, _) = ui.allocate_exact_size(vec2(280.0, 30.0), Sense::hover());
            let all = segments(ui, rect, &["Everything yours", "Everything theirs"], usize::MAX);
            let side = match all {
                Some(0) => Some(Side::Ours),
                Some(_) => Some(Side::Theirs),
                None => None,
            };
            if side.is_some() {
                merging.sides.fill(side);
            }
        }
        ui.add_space(8.0);
        ui.horizontal(|ui| {
            let ready = merging.sides.iter().all(Option::is_some);
            take = ui.add_enabled(ready, egui::Button::new("Put both together")).clicked();
            later = ui.button("Later").clicked();
            if !ready {
                ui.weak("choose for each what both changed");
            }
        });
    });
    if take {
        finish(app, merging);
    } else if later || shown.should_close() {
        app.notes.copies.later.push(merging.copy);
    } else {
        app.notes.copies.open = Some(merging);
    }
}

fn finish(app: &mut App, merging: Merging) {
    let session = match merging.both.with(&merging.sides) {
        Ok(session) => session,
        Err(error) => return app.say(error.to_string()),
    };
    let Some(path) = app.document.as_ref().map(|document| document.path.clone()) else { return };
    app.rewind(|document| {
        let edits = difference(&document.session, &session);
        if !edits.is_empty() {
            document.edit_once(Edit::Several(edits));
        }
        document.session.lineage = lineage(&document.session, &merging.theirs);
    });
    match put_aside(&path, &merging.copy) {
        Ok(_) => app.save(),
        Err(error) => {
            app.notes.copies.later.push(merging.copy);
            app.say(error.to_string());
        }
    }
}
