//! Saves the session: starts the job, and goes on when it has ended.

use super::review::after_merge;
use crate::app::desk::Desk;
use crate::app::document::Document;
use crate::app::jobs::News;
use crate::app::keeper::Keeper;
use crate::app::save_job::SavedFile;
use std::path::PathBuf;
use std::sync::Arc;

/// What follows a save that succeeded.
#[derive(Clone, Debug, PartialEq)]
pub enum Then {
    Stay,
    /// Leave the session, as the person answered to the question about unsaved work.
    Go,
    /// Put this copy aside: its changes are in the session now.
    Merged(PathBuf),
}

/// A save that is under way.
pub struct Saving {
    then: Then,
    /// Another save was asked for meanwhile: to another file, or again.
    again: Option<Option<PathBuf>>,
}

impl Desk {
    /// Saves to the session's own file.
    pub fn save(&mut self) {
        self.start_save(None, Then::Stay);
    }

    /// Saves under another name.
    pub fn save_as(&mut self, path: PathBuf) {
        self.start_save(Some(path), Then::Stay);
    }

    /// Answer "save" to the question about unsaved work: goes on if saving succeeds.
    pub fn save_and_go(&mut self) {
        match self.document.as_ref().is_some_and(Document::is_dirty) {
            true => self.start_save(None, Then::Go),
            false => self.go(),
        }
    }

    pub(in crate::app) fn start_save(&mut self, to: Option<PathBuf>, then: Then) {
        if let Some(saving) = &mut self.passage.saving {
            saving.again = Some(to);
            if then != Then::Stay {
                saving.then = then;
            }
            return;
        }
        let Some(document) = &mut self.document else { return };
        document.author.clone_from(&self.panels.preferences.author);
        match document.save_job(to) {
            Ok(job) => {
                self.passage.saving = Some(Saving { then, again: None });
                let holder = self.keeping.keeper.as_ref().map(Keeper::holder);
                self.jobs.spawn_shown("save", "Saving", Arc::default(), move |say, _, _| {
                    say(News::Saved(Box::new(job.run(holder.as_ref()))));
                });
            }
            Err(error) => {
                self.passage.leaving = None;
                self.say(format!("{error:#}"));
            }
        }
    }
}

/// Takes the result of a save, and does what was waiting for it.
pub fn taken(desk: &mut Desk, saved: anyhow::Result<SavedFile>) {
    let saving = desk.passage.saving.take();
    let (then, again) = saving.map_or((Then::Stay, None), |saving| (saving.then, saving.again));
    let saved = match saved {
        Ok(saved) => saved,
        Err(error) => {
            desk.say(format!("{error:#}"));
            match again {
                // Another name may do better.
                Some(to) => desk.start_save(to, then),
                None => (desk.passage.leaving, desk.passage.after_saving) = (None, None),
            }
            return;
        }
    };
    let path = saved.to.clone();
    if !desk.document.as_mut().is_some_and(|document| document.take_saved(saved)) {
        // The file was written; another song is open now, and may wait for its own save.
        desk.passage.after_saving = None;
        if let Some(to) = again {
            desk.start_save(to, Then::Stay);
        }
        return;
    }
    desk.settings.remember(&path);
    desk.note(|book| book.settle(&path));
    desk.take_claim();
    let folder = path.parent().map(PathBuf::from).unwrap_or_default();
    desk.panels.toasts.say(format!("Saved {}", path.display()), Some(folder));
    if let Some(to) = again {
        return desk.start_save(to, then);
    }
    tidy(desk);
    match then {
        Then::Stay => {}
        // What was changed during the save is asked about again.
        Then::Go if desk.document.as_ref().is_some_and(Document::is_dirty) => {}
        Then::Go => desk.go(),
        Then::Merged(copy) => after_merge(desk, copy),
    }
    if let Some(after) = desk.passage.after_saving.take() {
        desk.leave(after);
    }
}

/// Removes unsaved work that the keeper put aside while the same state was being saved.
fn tidy(desk: &Desk) {
    let (Some(document), Some(keeper)) = (&desk.document, &desk.keeping.keeper) else { return };
    if !document.is_dirty() {
        let (holder, state, path) = (keeper.holder(), document.state(), document.path.clone());
        desk.jobs.spawn("tidy", move |_| holder.tidy(state, &path));
    }
}
