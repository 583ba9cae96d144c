//! `stemwright render`: renders cells (version × master) of a session and measures every file.

use super::progress::{Terminal, print};
use super::song::{Loaded, followed};
use super::{Outcome, cancel_on_signal};
use crate::render::{Request, render};
use crate::session::ids::{MasterId, VersionId};
use std::path::PathBuf;

/// Renders a session.
#[derive(clap::Args)]
pub struct Render {
    /// The session, or a folder that holds one
    session: PathBuf,
    /// Folder for the files; made if it does not exist
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
    /// Versions by id, comma-separated: full, instrumental, acappella, radio, clean, your own
    #[arg(long, value_delimiter = ',', value_name = "LIST")]
    versions: Vec<VersionId>,
    /// Masters by id, comma-separated: streaming, cd, vinyl, broadcast, your own; mix (no
    /// master, 32-bit float) and mix24 (no master, 24 bits)
    #[arg(long, value_delimiter = ',', value_name = "LIST")]
    masters: Vec<MasterId>,
    /// Render although stems are missing: they are silent, and every file says so
    #[arg(long)]
    allow_missing: bool,
    /// Workers; one per core by default
    #[arg(long, default_value_t = 0, value_name = "N")]
    jobs: usize,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Render {
    pub fn run(self) -> anyhow::Result<Outcome> {
        let Loaded { session, folder, .. } = followed(&self.session)?;
        let request = Request {
            folder: self.output,
            versions: self.versions,
            masters: self.masters,
            jobs: self.jobs,
            allow_missing: self.allow_missing,
        };
        let terminal = Terminal::new();
        let result = render(&session, &folder, &request, &terminal, &cancel_on_signal());
        terminal.done();
        let report = result?;
        if self.json {
            println!("{}", serde_json::to_string_pretty(&report)?);
        } else {
            print(&report);
        }
        let passed = report.files.iter().all(|file| file.passed);
        Ok(if passed { Outcome::Fine } else { Outcome::Problem })
    }
}
