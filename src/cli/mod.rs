//! The command line: one file per command.
//!
//! Results go to stdout, progress and errors to stderr. Exit code 0: done; 1: the work found a
//! problem; 2: wrong use.

mod beats;
mod check;
mod clean;
mod comments;
mod deliver;
mod demo;
mod files;
mod master;
mod measure;
mod merge;
mod new;
mod progress;
mod radio;
mod render;
mod review;
mod revisions;
mod song;
mod verify;

use crate::delivery::DeliveryError;
use crate::disk;
use crate::intake::IntakeError;
use crate::media::is_audio;
use crate::render::RenderError;
use crate::review::page::PageError;
use crate::session::file::EXTENSION;
use anyhow::Context;
use clap::{Parser, Subcommand};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Writes a text that the user asked for, whole or not at all. It replaces a file of that name, but
/// never an audio file or a session.
fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    is_free(path)?;
    disk::write(path, bytes).with_context(|| format!("{} cannot be written", path.display()))
}

/// Fails if there is an audio file or a session at `path`, which no text may replace.
fn is_free(path: &Path) -> anyhow::Result<()> {
    let precious = is_audio(path) || path.extension().is_some_and(|ending| ending == EXTENSION);
    anyhow::ensure!(
        !(precious && path.exists()),
        "{} is there already and is no text; choose another name",
        path.display()
    );
    Ok(())
}

/// Stem mixing and stem mastering: a folder of stems in, every version in every master out,
/// each file measured.
#[derive(Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// A session, or a folder of stems, to open in the window
    #[arg(value_name = "SESSION | FOLDER")]
    open: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Command {
    /// Write the built-in demo song: stems and session
    Demo(demo::Demo),
    /// Make a session from a folder of stems
    New(new::New),
    /// Say what is wrong with a delivery of stems
    Check(check::Check),
    /// Say what became of the files of a song: use new exports, find what is missing, collect all
    Files(files::Files),
    /// Find tempo, beats, bars and key of a song
    Beats(beats::BeatsOf),
    /// Find radio edits: which bars to leave out for a wanted length
    Radio(radio::Radio),
    /// Make a clean version from lyrics with times
    Clean(clean::Clean),
    /// Measure loudness and true peak of audio files
    Measure(measure::Measure),
    /// Render versions of a session in masters, and measure every file
    Render(render::Render),
    /// Master finished stereo files
    Master(master::Master),
    /// Make a package of a revision: masters, stems, reference, session sheet, checksums
    Deliver(deliver::Deliver),
    /// List, compare or restore the revisions that were delivered
    Revisions(revisions::RevisionsOf),
    /// Make the page for the client, which plays the versions and takes notes
    Review(review::ReviewPage),
    /// List, import, export and answer comments
    Comments(comments::CommentsOn),
    /// Merge copies of a session that a sync tool made
    Merge(merge::Merge),
    /// Check whether a package is as it was made
    Verify(verify::Verify),
}

/// How a command ended without an error.
enum Outcome {
    Fine,
    /// The work was done and found a problem.
    Problem,
}

/// Reads the command line, runs a command or the window, and returns the exit code.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let result = match arguments.command {
        Some(Command::Demo(command)) => command.run(),
        Some(Command::New(command)) => command.run(),
        Some(Command::Check(command)) => command.run(),
        Some(Command::Files(command)) => command.run(),
        Some(Command::Beats(command)) => command.run(),
        Some(Command::Radio(command)) => command.run(),
        Some(Command::Clean(command)) => command.run(),
        Some(Command::Measure(command)) => command.run(),
        Some(Command::Render(command)) => command.run(),
        Some(Command::Master(command)) => command.run(),
        Some(Command::Deliver(command)) => command.run(),
        Some(Command::Revisions(command)) => command.run(),
        Some(Command::Review(command)) => command.run(),
        Some(Command::Comments(command)) => command.run(),
        Some(Command::Merge(command)) => command.run(),
        Some(Command::Verify(command)) => command.run(),
        None => open_window(arguments.open),
    };
    match result {
        Ok(Outcome::Fine) => ExitCode::SUCCESS,
        Ok(Outcome::Problem) => ExitCode::from(1),
        Err(error) => {
            eprintln!("stemwright: {error:#}");
            ExitCode::from(if is_wrong_use(&error) { 2 } else { 1 })
        }
    }
}

#[cfg(not(feature = "window"))]
fn open_window(_: Option<PathBuf>) -> anyhow::Result<Outcome> {
    let said = "this program was built without a window; give it a command";
    <Arguments as clap::CommandFactory>::command()
        .error(clap::error::ErrorKind::MissingSubcommand, said)
        .exit()
}

#[cfg(feature = "window")]
fn open_window(path: Option<PathBuf>) -> anyhow::Result<Outcome> {
    if let Some(path) = &path {
        exists(path)?;
    }
    crate::app::run(path)?;
    Ok(Outcome::Fine)
}

/// A path from the command line does not exist.
#[derive(Debug, thiserror::Error)]
#[error("{} was not found; check the path", .0.display())]
struct NotFound(PathBuf);

fn exists(path: &Path) -> Result<(), NotFound> {
    if path.exists() { Ok(()) } else { Err(NotFound(path.to_owned())) }
}

/// Whether an error means wrong use of the command line: exit code 2.
fn is_wrong_use(error: &anyhow::Error) -> bool {
    error.is::<NotFound>()
        || matches!(error.downcast_ref(), Some(RenderError::Unknown { .. }))
        || matches!(error.downcast_ref(), Some(DeliveryError::Render(RenderError::Unknown { .. })))
        || matches!(error.downcast_ref(), Some(PageError::NoRevision { .. }))
        || matches!(error.downcast_ref(), Some(PageError::Render(RenderError::Unknown { .. })))
        || matches!(error.downcast_ref(), Some(IntakeError::Exists(_)))
}

/// A flag that is set when the user presses Ctrl+C or the system asks the program to end.
fn cancel_on_signal() -> Arc<AtomicBool> {
    let cancel = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&cancel);
    // Without a handler the signal ends the program, and the next render cleans up.
    let _ = ctrlc::set_handler(move || flag.store(true, Ordering::Relaxed));
    cancel
}

/// Formats a figure with `places` decimals, as `−14.0`; a dash if there is no value.
fn figure(value: Option<f64>, places: usize) -> String {
    match value {
        Some(value) => format!("{:.places$}", crate::units::Db(value)),
        None => "\u{2013}".into(),
    }
}
