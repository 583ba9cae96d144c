//! `stemwright revisions`: lists, compares, restores, deletes and undeletes revisions.

use super::Outcome;
use super::song::file_of;
use crate::review::book::Book;
use crate::review::revisions::{Revision, Revisions, changes, log};
use crate::session::difference::in_words;
use crate::session::file::{EXTENSION, create};
use crate::session::naming::{numbered, safe};
use anyhow::Context;
use std::path::{Path, PathBuf};

/// Lists the revisions that were delivered, compares two, or restores one.
#[derive(clap::Args)]
pub struct RevisionsOf {
    /// The session, or a folder that holds one
    session: PathBuf,
    /// Say what changed from one to the other
    #[arg(long, num_args = 2, value_names = ["FROM", "TO"])]
    compare: Option<Vec<String>>,
    /// Write the session as it was then into a new file beside it
    #[arg(long, value_name = "REVISION", conflicts_with = "compare")]
    restore: Option<String>,
    /// Take a revision out of the list; it can be brought back for 30 days
    #[arg(long, value_name = "REVISION", conflicts_with_all = ["compare", "restore"])]
    delete: Option<String>,
    /// Bring a deleted revision back
    #[arg(long, value_name = "REVISION", conflicts_with_all = ["compare", "restore", "delete"])]
    undelete: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl RevisionsOf {
    pub fn run(self) -> anyhow::Result<Outcome> {
        let path = file_of(&self.session)?;
        let revisions = Revisions::of(&path);
        let all = revisions.all();
        for path in revisions.unread() {
            eprintln!("stemwright: {} cannot be read; it may still be on its way", path.display());
        }
        if let Some([from, to]) = self.compare.as_deref() {
            let before = revisions.session(named(&all, from)?)?;
            let after = revisions.session(named(&all, to)?)?;
            let words = in_words(&before, &changes(&before, &after));
            match self.json {
                true => println!("{}", serde_json::to_string_pretty(&words)?),
                false => words.iter().for_each(|line| println!("{line}")),
            }
        } else if let Some(name) = &self.restore {
            let session = revisions.session(named(&all, name)?)?;
            let path = free(&path, name);
            anyhow::ensure!(create(&session, &path)?, "{} exists already", path.display());
            println!("{}", path.display());
        } else if let Some(name) = &self.delete {
            revisions.delete(named(&all, name)?)?;
        } else if let Some(name) = &self.undelete {
            revisions.bring_back(named(&revisions.deleted(), name)?)?;
        } else if self.json {
            println!("{}", serde_json::to_string_pretty(&all)?);
        } else {
            print!("{}", log(&all, Book::of(&path).review()));
        }
        Ok(Outcome::Fine)
    }
}

/// The latest revision of a name, which may have a `v` before it.
fn named<'a>(all: &'a [Revision], name: &str) -> anyhow::Result<&'a Revision> {
    let plain = name.strip_prefix('v').unwrap_or(name);
    let known = all.iter().map(|revision| revision.name.as_str()).collect::<Vec<_>>().join(", ");
    all.iter().rev().find(|revision| revision.name == plain).with_context(|| match known.as_str() {
        "" => "no revision was delivered yet".to_string(),
        known => format!("there is no revision \u{201c}{plain}\u{201d}; choose from {known}"),
    })
}

/// A free path beside the session for a restored revision: `BlueSky_v1.stemwright`.
fn free(session: &Path, name: &str) -> PathBuf {
    let stem = session.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let plain = name.strip_prefix('v').unwrap_or(name);
    // The name comes from a file that anyone may have written, so it is made safe for a path.
    let plain = safe(&format!("{stem}_v{plain}"));
    let path = |name: &str| session.with_file_name(format!("{name}.{EXTENSION}"));
    let fresh = numbered(&plain).map(|name| path(&name)).find(|path| !path.exists());
    fresh.unwrap_or_else(|| path(&plain))
}
