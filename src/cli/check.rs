//! `stemwright check`: examines a folder of stems or the stems of a session, and runs the null
//! test. It can write mended stems, and a page for the sender.

use super::progress::Line;
use super::song::{Loaded, loaded};
use super::{Outcome, cancel_on_signal, exists, figure};
use crate::files::{FileOf, Found, State, look};
use crate::intake::examine::{Examination, StemReport, examine};
use crate::intake::findings::{Finding, Severity};
use crate::intake::folder::{absolute_folder, beside, gather};
use crate::intake::mend::write_all;
use crate::intake::null_test::NullTest;
use crate::intake::report;
use crate::media::hashes::Hashes;
use crate::media::probe;
use crate::session::Session;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// Checks a delivery.
#[derive(clap::Args)]
pub struct Check {
    /// A folder of stems, or a session
    #[arg(value_name = "FOLDER | SESSION")]
    target: PathBuf,
    /// The mix that the stems must sum to
    #[arg(long, value_name = "FILE")]
    reference: Option<PathBuf>,
    /// Write every stem anew into this folder: aligned, right way up, of one length and rate,
    /// named by the standard; what came in stays as it is
    #[arg(long, alias = "mend", value_name = "DIR")]
    fix: Option<PathBuf>,
    /// Write a page that can be sent to whoever sent the stems
    #[arg(long, value_name = "FILE")]
    page: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct CheckReport<'a> {
    stems: &'a [StemReport],
    set: &'a [Finding],
    refused: &'a [String],
    notes: &'a [String],
    null_test: Option<&'a NullTest>,
    passed: bool,
}

struct Opened {
    session: Session,
    folder: PathBuf,
    /// State of each file of a session; empty for a folder.
    found: Vec<Found>,
    notes: Vec<String>,
    refused: Vec<String>,
}

fn open(target: &Path) -> anyhow::Result<Opened> {
    exists(target)?;
    if target.is_dir() {
        let gathered = gather(target, None)?;
        let refused = gathered.refused.iter().map(|(_, error)| error.to_string()).collect();
        let folder = absolute_folder(&gathered.path)?;
        let (session, notes) = (gathered.session, gathered.notes);
        return Ok(Opened { session, folder, found: Vec::new(), notes, refused });
    }
    let Loaded { mut session, folder, .. } = loaded(target)?;
    let found = look(&mut session, &folder, &Hashes::of_user());
    let mut notes: Vec<String> = found.iter().filter_map(Found::sentence).collect();
    let mut refused = Vec::new();
    for path in beside(&session, &folder) {
        // A readable file may lie there on purpose, so it is only a note.
        match probe(&path) {
            Ok(_) => notes.push(format!(
                "{} lies beside the stems and is not in the song",
                path.strip_prefix(&folder).unwrap_or(&path).display()
            )),
            Err(error) => refused.push(error.to_string()),
        }
    }
    Ok(Opened { session, folder, found, notes, refused })
}

impl Check {
    pub fn run(self) -> anyhow::Result<Outcome> {
        let opened = open(&self.target)?;
        let there = opened.found.iter().all(|f| f.of != FileOf::RoughMix || f.state.sounds());
        let own = opened.session.reference.as_ref().filter(|_| there);
        let own = own.map(|file| file.place.at(&opened.folder));
        let reference = self.reference.or(own);
        let line = Line::new("checking");
        let shown = |share| line.show(share);
        let found = examine(
            &opened.session,
            &opened.folder,
            reference.as_deref(),
            &shown,
            &cancel_on_signal(),
        );
        line.clear();
        let found = found?;
        let odd =
            opened.found.iter().any(|one| !matches!(one.state, State::Same | State::Moved { .. }));
        let passed = found.passed() && opened.refused.is_empty() && !odd;
        if self.json {
            let report = CheckReport {
                stems: &found.stems,
                set: &found.set,
                refused: &opened.refused,
                notes: &opened.notes,
                null_test: found.null_test.as_ref(),
                passed,
            };
            println!("{}", serde_json::to_string_pretty(&report)?);
        } else {
            print(&opened, &found);
            println!("{}", if passed { "passed" } else { "not passed" });
        }
        if let Some(page) = &self.page {
            let text = report::page(&opened.session, &found, &opened.refused);
            super::write(page, text.as_bytes())?;
        }
        if let Some(out) = &self.fix {
            fix(&opened, &found, out)?;
        }
        Ok(if passed { Outcome::Fine } else { Outcome::Problem })
    }
}

fn fix(opened: &Opened, found: &Examination, out: &Path) -> anyhow::Result<()> {
    let line = Line::new("fixing");
    let shown = |share| line.show(share);
    let cancel = cancel_on_signal();
    let done = write_all(&opened.session, &opened.folder, found, out, &shown, &cancel);
    line.clear();
    for mended in done? {
        eprintln!("{}", mended.line);
    }
    Ok(())
}

fn print(opened: &Opened, found: &Examination) {
    for stem in &found.stems {
        let (peak, loud) = (figure(stem.sample_peak_dbfs, 1), figure(stem.integrated_lufs, 1));
        let (file, role, facts) = (&stem.file, stem.role, &stem.describe);
        println!("{file}: {role}, {facts}, {:.3} s, peak {peak} dBFS, {loud} LUFS", stem.seconds);
        stem.findings.iter().for_each(say);
    }
    for line in opened.refused.iter().chain(&opened.notes) {
        println!("{line}");
    }
    found.set.iter().for_each(say);
    if let Some(test) = &found.null_test {
        let (residual, gain) = (test.residual_db, test.gain_db);
        println!("stems against the reference: residual {residual:.1} dB at {gain:+.2} dB");
        if test.fitted_db.0 < residual.0 - 1.0 {
            println!("    {:.1} dB with every stem where it belongs", test.fitted_db);
        }
    }
}

fn say(finding: &Finding) {
    let mark = match finding.severity {
        Severity::Fault => "fault: ",
        Severity::Caution => "look: ",
        Severity::Note => "",
    };
    println!("    {mark}{}", finding.line());
}
