//! Saving the session, on a thread of its own: the folder may be a slow one, or locked for seconds
//! by another writer.

use super::foreign::{KnownContent, put_aside};
use super::keeper::Holder;
use crate::files;
use crate::review::beside::{carry, mark};
use crate::review::revisions::Revisions;
use crate::session::Session;
use crate::session::file::{remove_asides, writing};
use crate::texts::say;
use crate::units::EntryId;
use anyhow::Context;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Everything that one save needs. See [`super::document::Document::save_job`].
pub struct SaveJob {
    pub session: Arc<Session>,
    /// State of the document that `session` is.
    pub state: u64,
    pub from: PathBuf,
    pub to: PathBuf,
    /// Whether the session has a file already.
    pub on_disk: bool,
    /// The session file as it was read or written last.
    pub known: KnownContent,
    /// The session whose comments and revisions come along.
    pub original: Option<PathBuf>,
    /// The session as it was read, which later merges need as a common ancestor.
    pub read: Option<Arc<Session>>,
    pub author: String,
    /// Whether another window has the session: the work that is put aside beside it is not ours.
    pub read_only: bool,
}

/// A finished save.
pub struct SavedFile {
    pub from: PathBuf,
    pub to: PathBuf,
    pub state: u64,
    /// The session as it was written: with its id, lineage and signature.
    pub session: Session,
    /// Lineage of the document when the save began.
    pub before: Vec<String>,
    pub written: KnownContent,
}

impl SaveJob {
    /// Writes the file. A file that another program changed meanwhile is put aside first; where the
    /// person chose to replace another file, that one is kept as the previous version. On an error
    /// nothing changes.
    ///
    /// # Errors
    /// If another writer holds the file for ten seconds, or a folder or file cannot be written.
    pub fn run(self, keeper: Option<&Holder>) -> anyhow::Result<SavedFile> {
        let mut session = Session::clone(&self.session);
        let before = session.lineage.clone();
        let elsewhere = self.to != self.from;
        if elsewhere && self.on_disk {
            // Two files must not share one id.
            session.id = EntryId::fresh();
        }
        if elsewhere {
            anyhow::ensure!(self.to.parent().is_some(), say!("act-name-without-folder"));
            rebase(&mut session, &self.from, &self.to);
        }
        let writing = writing(&self.to)?;
        let hold = keeper.map(Holder::hold);
        anyhow::ensure!(
            elsewhere || !keeper.is_some_and(Holder::is_given_up),
            say!("act-session-taken-over")
        );
        let written = if elsewhere { KnownContent::default() } else { self.known };
        put_aside(&self.to, &written)?;
        if let Some(original) = &self.original {
            carry(original, &self.to).with_context(|| {
                say!("act-path-cannot-be-saved", path = self.to.display().to_string())
            })?;
        }
        // Without their states later merges only report more conflicts.
        let revisions = Revisions::of(&self.to);
        if let Some(read) = &self.read {
            let _ = revisions.remember(&mut Session::clone(read));
        }
        let _ = revisions.remember(&mut session);
        session.sign(&self.author);
        writing.save(&session, &self.to)?;
        let _ = mark(&self.to);
        written.read(&self.to);
        match hold {
            _ if self.read_only => {}
            Some(hold) => hold.outdate(self.state, &self.from),
            None => remove_asides(&self.from),
        }
        let SaveJob { from, to, state, .. } = self;
        Ok(SavedFile { from, to, state, session, before, written })
    }
}

/// Adapts references to audio files to another place of the session; the files stay.
pub fn rebase(session: &mut Session, from: &Path, to: &Path) {
    if let (Some(old), Some(new)) = (from.parent(), to.parent())
        && old != new
    {
        files::rebase(session, old, new);
    }
}
