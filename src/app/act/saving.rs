//! Saves the session: starts the job, and goes on when it has ended.

use super::review::after_merge;
use crate::app::desk::Desk;
use crate::app::document::Document;
use crate::app::jobs::News;
use crate::app::keeper::Keeper;
use crate::app::save_job::SavedFile;
use crate::texts::say;
use std::collections::VecDeque;
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
    /// Saves that were asked for meanwhile, in order.
    waiting: VecDeque<(Option<PathBuf>, Then)>,
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
            let next = (to, then);
            if saving.waiting.back() != Some(&next) {
                saving.waiting.push_back(next);
            }
            return;
        }
        let Some(document) = &mut self.document else { return };
        document.author.clone_from(&self.panels.preferences.author);
        match document.save_job(to) {
            Ok(job) => {
                self.passage.saving = Some(Saving { then, waiting: VecDeque::new() });
                let holder = self.keeping.keeper.as_ref().map(Keeper::holder);
                let shown = say!("act-saving");
                self.jobs.spawn_shown("save", shown, Arc::default(), move |say, _, _| {
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
    let Some(Saving { mut then, mut waiting }) = desk.passage.saving.take() else { return };
    if then == Then::Go && !waiting.is_empty() {
        // The window leaves after the last save.
        waiting.push_back((None, std::mem::replace(&mut then, Then::Stay)));
    }
    match saved {
        Ok(saved) => finished(desk, saved, then),
        Err(error) => {
            desk.passage.leaving = None;
            desk.say(format!("{error:#}"));
            // A save that waits may still succeed, under another name.
            if waiting.is_empty() {
                desk.passage.after_saving = None;
            }
        }
    }
    while let Some((to, then)) = waiting.pop_front() {
        desk.start_save(to, then);
        if let Some(saving) = &mut desk.passage.saving {
            saving.waiting = waiting;
            return;
        }
    }
    if let Some(after) = desk.passage.after_saving.take() {
        desk.leave(after);
    }
}

fn finished(desk: &mut Desk, saved: SavedFile, then: Then) {
    let (from, path) = (saved.from.clone(), saved.to.clone());
    if !desk.document.as_mut().is_some_and(|document| document.take_saved(saved)) {
        // The file was written; another song is open now.
        desk.passage.after_saving = None;
        return;
    }
    desk.outdate_aside(&from);
    desk.settings.remember(&path);
    desk.note(|book| book.settle(&path));
    desk.take_claim();
    let folder = path.parent().map(PathBuf::from).unwrap_or_default();
    desk.panels.toasts.say(say!("act-saved", path = path.display().to_string()), Some(folder));
    match then {
        Then::Stay => {}
        // What was changed during the save is asked about again.
        Then::Go if desk.document.as_ref().is_some_and(Document::is_dirty) => {}
        Then::Go => desk.go(),
        Then::Merged(copy) => after_merge(desk, copy),
    }
}
