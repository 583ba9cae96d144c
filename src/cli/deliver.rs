//! `stemwright deliver`: makes a package of a revision, as a folder or as zip archives.

use super::progress::Terminal;
use super::song::{Loaded, followed};
use super::{Outcome, cancel_on_signal};
use crate::delivery::checks::Verdict;
use crate::delivery::make::{Delivered, Request, deliver};
use crate::session::delivery::{PART, Packaging};
use crate::session::ids::{MasterId, VersionId};
use crate::units::counted;
use std::path::PathBuf;

/// Makes a package of a revision.
#[derive(clap::Args)]
pub struct Deliver {
    /// The session, or a folder that holds one
    session: PathBuf,
    /// Folder in which the package is made; the session's own by default
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Versions by id, comma-separated; all by default
    #[arg(long, value_delimiter = ',', value_name = "LIST")]
    versions: Vec<VersionId>,
    /// Masters by id, comma-separated; all by default
    #[arg(long, value_delimiter = ',', value_name = "LIST")]
    masters: Vec<MasterId>,
    /// Make it although stems are missing: they are silent, and every file says so
    #[arg(long)]
    allow_missing: bool,
    /// Leave the stems out
    #[arg(long)]
    no_stems: bool,
    /// Leave the reference out
    #[arg(long)]
    no_reference: bool,
    /// Add what was said about the song
    #[arg(long)]
    notes: bool,
    /// Add the page for the client
    #[arg(long)]
    page: bool,
    /// Pack it into zip archives, each of which opens alone
    #[arg(long)]
    zip: bool,
    /// The most that an archive may hold, in megabytes of a million bytes
    #[arg(long, value_name = "MB", requires = "zip", default_value_t = PART / 1_000_000,
          value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    part: u64,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Deliver {
    pub fn run(self) -> anyhow::Result<Outcome> {
        let Loaded { mut session, folder, path, .. } = followed(&self.session)?;
        let delivery = &mut session.delivery;
        delivery.include.stems &= !self.no_stems;
        delivery.include.reference &= !self.no_reference;
        delivery.include.notes |= self.notes;
        delivery.include.page |= self.page;
        if self.zip {
            delivery.package = Packaging::Zip { part: self.part * 1_000_000 };
        }
        let request = Request {
            out: self.output.unwrap_or_else(|| folder.clone()),
            versions: self.versions,
            masters: self.masters,
            session: Some(path),
            allow_missing: self.allow_missing,
            ..Request::default()
        };
        let terminal = Terminal::new();
        let result = deliver(&session, &folder, &request, &terminal, &cancel_on_signal());
        terminal.done();
        let delivered = result?;
        if self.json {
            println!("{}", serde_json::to_string_pretty(&delivered)?);
        } else {
            print(&delivered);
        }
        Ok(if delivered.passed { Outcome::Fine } else { Outcome::Problem })
    }
}

fn print(delivered: &Delivered) {
    if delivered.parts.is_empty() {
        println!("{}", delivered.package);
    }
    delivered.parts.iter().for_each(|part| println!("{part}"));
    for file in &delivered.masters {
        println!("  {}: {}", file.path, file.verdict());
        for problem in &file.problems {
            println!("    problem: {problem}");
        }
    }
    if !delivered.stems.is_empty() {
        println!("  {}", counted(delivered.stems.len(), "stem"));
    }
    for check in &delivered.checks {
        let mark = match check.verdict {
            Verdict::Good => "",
            Verdict::Look => "look: ",
            Verdict::Failed => "failed: ",
            Verdict::Unknown => "not known: ",
        };
        println!("  {mark}{}", check.text);
    }
}
