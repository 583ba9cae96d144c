//! `stemwright demo`: writes the demo song.

use super::Outcome;
use crate::intake::demo;
use std::path::PathBuf;

/// Writes the demo song.
#[derive(clap::Args)]
pub struct Demo {
    /// Folder for the song; made if it does not exist
    dir: PathBuf,
}

impl Demo {
    pub fn run(self) -> anyhow::Result<Outcome> {
        let session = demo::write(&self.dir)?;
        println!("{}", session.display());
        Ok(Outcome::Fine)
    }
}
