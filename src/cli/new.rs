//! `stemwright new`: makes a session from a folder of stems and lists what it found.

use super::{Outcome, exists};
use crate::disk;
use crate::intake::IntakeError;
use crate::intake::folder::gather;
use crate::review::beside::tidy;
use crate::review::revisions::Revisions;
use crate::session::file::create;
use std::path::PathBuf;

/// Makes a session.
#[derive(clap::Args)]
pub struct New {
    /// Folder of stems
    folder: PathBuf,
    /// Where to save the session
    #[arg(short, long, value_name = "SESSION")]
    output: Option<PathBuf>,
}

impl New {
    pub fn run(self) -> anyhow::Result<Outcome> {
        exists(&self.folder)?;
        let mut gathered = gather(&self.folder, self.output.as_deref())?;
        // Removes files that a killed run left half written.
        tidy(&gathered.path);
        // The remembered state lets later changes of two people be merged. If it cannot be
        // remembered, a merge asks about more.
        let own = !gathered.path.exists();
        if own {
            let _ = Revisions::of(&gathered.path).remember(&mut gathered.session);
            gathered.session.sign(&disk::person());
        }
        let made = own && create(&gathered.session, &gathered.path)?;
        if !made {
            return Err(IntakeError::Exists(gathered.path).into());
        }
        for (number, stem) in gathered.session.stems.iter().enumerate() {
            let (name, role) = (&stem.name, stem.role.name());
            let facts = stem.file.info.describe();
            println!("{:02}  {name:<24} {role:<16} {facts}", number + 1);
        }
        for note in &gathered.notes {
            println!("{note}");
        }
        for (_, error) in &gathered.refused {
            eprintln!("stemwright: {error}");
        }
        println!("{}", gathered.path.display());
        Ok(if gathered.refused.is_empty() { Outcome::Fine } else { Outcome::Problem })
    }
}
