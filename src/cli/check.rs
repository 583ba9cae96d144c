use super::{Outcome, exists, figure};
use crate::intake::check::{StemCheck, check};
use crate::intake::folder::{absolute_folder, gather};
use crate::intake::locate::locate;
use crate::intake::null_test::{NullTest, null_test};
use crate::session::Session;
use crate::session::file::load;
use crate::units::Db;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// A residual above this says that stems and reference are not the same mix.
const MATCH: Db = Db(-60.0);

/// Checks a delivery.
#[derive(clap::Args)]
pub struct Check {
    /// A folder of stems, or a session
    #[arg(value_name = "FOLDER | SESSION")]
    target: PathBuf,
    /// The mix that the stems must sum to
    #[arg(long, value_name = "FILE")]
    reference: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct CheckReport {
    stems: Vec<StemCheck>,
    refused: Vec<String>,
    notes: Vec<String>,
    null_test: Option<NullTest>,
    passed: bool,
}

struct Opened {
    session: Session,
    folder: PathBuf,
    notes: Vec<String>,
    refused: Vec<String>,
}

fn open(target: &Path) -> anyhow::Result<Opened> {
    exists(target)?;
    if target.is_dir() {
        let gathered = gather(target, None)?;
        let refused = gathered.refused.iter().map(ToString::to_string).collect();
        let folder = absolute_folder(&gathered.path)?;
        return Ok(Opened { session: gathered.session, folder, notes: gathered.notes, refused });
    }
    let mut session = load(target)?;
    let folder = absolute_folder(target)?;
    let notes = locate(&mut session, &folder)?;
    Ok(Opened { session, folder, notes, refused: Vec::new() })
}

impl Check {
    pub fn run(self) -> anyhow::Result<Outcome> {
        let opened = open(&self.target)?;
        let stems = check(&opened.session, &opened.folder)?;
        let own = opened.session.reference.as_ref().map(|file| opened.folder.join(&file.path));
        let reference = self.reference.or(own);
        let null_test = match &reference {
            Some(path) => Some(null_test(&opened.session, &opened.folder, path)?),
            None => None,
        };
        let clean = stems.iter().all(|stem| stem.problems.is_empty());
        let nulls = null_test.as_ref().is_none_or(|test| test.residual_db < MATCH);
        let passed = clean && nulls && opened.refused.is_empty();
        let report =
            CheckReport { stems, refused: opened.refused, notes: opened.notes, null_test, passed };
        if self.json {
            println!("{}", serde_json::to_string_pretty(&report)?);
        } else {
            print(&report);
        }
        Ok(if passed { Outcome::Fine } else { Outcome::Problem })
    }
}

fn print(report: &CheckReport) {
    for stem in &report.stems {
        let peak = figure(stem.sample_peak_dbfs, 1);
        let (file, role, facts) = (&stem.file, stem.role, &stem.describe);
        println!("{file}: {role}, {facts}, {:.3} s, peak {peak} dBFS", stem.seconds);
        for problem in &stem.problems {
            println!("    problem: {problem}");
        }
        for note in &stem.notes {
            println!("    {note}");
        }
    }
    for line in report.refused.iter().chain(&report.notes) {
        println!("{line}");
    }
    if let Some(test) = &report.null_test {
        let (residual, gain) = (test.residual_db, test.gain_db);
        println!("stems against the reference: residual {residual:.1} dB at {gain:+.2} dB");
    }
    println!("{}", if report.passed { "passed" } else { "not passed" });
}
