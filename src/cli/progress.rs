//! Progress on stderr: one moving line on a terminal, otherwise one line per finished file. Also
//! the render report on stdout.

use crate::render::manifest::Report;
use crate::render::progress::{CellState, Observer, Overall};
use crate::session::ids::{MasterId, VersionId};
use crate::units::{Db, Seconds};
use parking_lot::Mutex;
use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// Shows the progress of renders.
pub struct Terminal {
    moving: bool,
    last: Mutex<Option<Instant>>,
}

impl Terminal {
    pub fn new() -> Self {
        Self { moving: std::io::stderr().is_terminal(), last: Mutex::new(None) }
    }

    /// Shows a line, ten times a second at most.
    fn line(&self, text: impl Fn() -> String) {
        if !self.moving {
            return;
        }
        let mut last = self.last.lock();
        if last.is_some_and(|last| last.elapsed() < Duration::from_millis(100)) {
            return;
        }
        *last = Some(Instant::now());
        eprint!("\r\x1b[K{}", text());
        // Progress that cannot be shown must not stop the work.
        let _ = std::io::stderr().flush();
    }

    /// Ends the moving line.
    pub fn done(&self) {
        if self.moving {
            eprint!("\r\x1b[K");
        }
    }
}

impl Observer for Terminal {
    fn cell(&self, version: &VersionId, master: &MasterId, state: CellState) {
        if let CellState::Done(report) = state {
            let verdict = report.verdict();
            let clear = if self.moving { "\r\x1b[K" } else { "" };
            eprintln!("{clear}{version} {master}: {verdict}");
        }
    }

    fn overall(&self, overall: Overall) {
        self.line(|| {
            let left = overall.left.map_or(String::new(), |left| {
                format!(", {} left", Seconds(left.as_secs_f64().ceil()))
            });
            format!("rendering {:.0} %{left}", overall.fraction * 100.0)
        });
    }
}

/// A moving line with a percentage, on a terminal only.
pub struct Line {
    terminal: Terminal,
    what: &'static str,
}

impl Line {
    pub fn new(what: &'static str) -> Self {
        Self { terminal: Terminal::new(), what }
    }

    pub fn show(&self, share: f32) {
        self.terminal.line(|| format!("{} {:.0} %", self.what, share * 100.0));
    }

    pub fn clear(&self) {
        self.terminal.done();
    }
}

/// Prints a render report as text.
pub fn print(report: &Report) {
    for file in &report.files {
        let loudness = super::figure(file.integrated_lufs, 2);
        let (peak, range) =
            (super::figure(file.true_peak_dbtp, 2), super::figure(file.loudness_range_lu, 1));
        println!("{}", file.path);
        println!(
            "    {loudness} LUFS, {peak} dBTP, range {range} LU, gain {:+.2} dB, limiting {:.1} dB",
            Db(file.gain_db),
            file.limiting()
        );
        for problem in &file.problems {
            println!("    problem: {problem}");
        }
        for note in &file.notes {
            println!("    {note}");
        }
    }
    report.notes.iter().for_each(|note| println!("{note}"));
    let passed = report.files.iter().filter(|file| file.passed).count();
    println!("{passed} of {} files passed, {:.1} s", report.files.len(), report.seconds);
}
