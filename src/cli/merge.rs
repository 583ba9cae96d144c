use super::song::file_of;
use super::{Outcome, exists};
use crate::review::copies::{copies, lineage, merged, put_aside};
use crate::review::revisions::Revisions;
use crate::session::Session;
use crate::session::file::{load, writing};
use crate::session::merge::Side;
use std::path::PathBuf;

/// Merges copies of a session that a sync tool made when two people saved at the same time.
#[derive(clap::Args)]
pub struct Merge {
    /// The session, or a folder that holds one
    session: PathBuf,
    /// Its copies; those that lie beside it by default
    copies: Vec<PathBuf>,
    /// Where both changed the same, take what the session says
    #[arg(long, conflicts_with = "theirs")]
    ours: bool,
    /// Where both changed the same, take what the copy says
    #[arg(long)]
    theirs: bool,
}

impl Merge {
    pub fn run(self) -> anyhow::Result<Outcome> {
        let path = file_of(&self.session)?;
        let all = if self.copies.is_empty() { copies(&path) } else { self.copies };
        if all.is_empty() {
            println!("no copies beside it");
        }
        let side = match (self.ours, self.theirs) {
            (true, _) => Some(Side::Ours),
            (_, true) => Some(Side::Theirs),
            _ => None,
        };
        let mut outcome = Outcome::Fine;
        for copy in all {
            exists(&copy)?;
            let writing = writing(&path)?;
            let ours = load(&path)?;
            let (both, theirs) = merged(&path, &ours, &copy)?;
            let open = !both.conflicts.is_empty() && side.is_none();
            for (n, conflict) in both.conflicts.iter().enumerate() {
                let [mine, other] = both.words(n)?;
                println!(
                    "{}: {} here, {} there",
                    conflict.place.join(" "),
                    mine.join("; "),
                    other.join("; ")
                );
            }
            if open {
                println!("{}: say --ours or --theirs", copy.display());
                outcome = Outcome::Problem;
                continue;
            }
            let session = both.with(&vec![side; both.conflicts.len()])?;
            let mut session = Session { lineage: lineage(&ours, &theirs), ..session };
            let _ = Revisions::of(&path).remember(&mut session);
            writing.save(&session, &path)?;
            println!("merged {}", put_aside(&path, &copy)?.display());
        }
        Ok(outcome)
    }
}
