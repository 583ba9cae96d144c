use super::progress::{Terminal, print};
use super::{Outcome, cancel_on_signal, exists};
use crate::intake::folder::absolute_folder;
use crate::intake::locate::locate;
use crate::render::{Request, render};
use crate::session::file::load;
use std::path::PathBuf;

/// Renders a session.
#[derive(clap::Args)]
pub struct Render {
    /// The session
    session: PathBuf,
    /// Folder for the files; made if it does not exist
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
    /// Versions by id, comma-separated: full, instrumental, acappella, radio, clean, your own
    #[arg(long, value_delimiter = ',', value_name = "LIST")]
    versions: Vec<String>,
    /// Masters by id, comma-separated: streaming, cd, vinyl, broadcast, your own; mix (no
    /// master, 32-bit float) and mix24 (no master, 24 bits)
    #[arg(long, value_delimiter = ',', value_name = "LIST")]
    masters: Vec<String>,
    /// Workers; one per core by default
    #[arg(long, default_value_t = 0, value_name = "N")]
    jobs: usize,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Render {
    pub fn run(self) -> anyhow::Result<Outcome> {
        exists(&self.session)?;
        let mut session = load(&self.session)?;
        let folder = absolute_folder(&self.session)?;
        for note in locate(&mut session, &folder)? {
            eprintln!("stemwright: {note}");
        }
        let request = Request {
            folder: self.output,
            versions: self.versions,
            masters: self.masters,
            jobs: self.jobs,
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
