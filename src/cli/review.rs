//! `stemwright review`: makes the HTML page for the client, with sound and comments in one file.

use super::progress::Terminal;
use super::song::{Loaded, followed};
use super::{Outcome, cancel_on_signal};
use crate::review::book::Book;
use crate::review::page::{KBPS, Request, free, make};
use crate::session::ids::{MasterId, VersionId};
use std::path::PathBuf;

/// Makes the page for the client: one HTML file with the sound in it, that takes notes.
#[derive(clap::Args)]
pub struct ReviewPage {
    /// The session, or a folder that holds one
    session: PathBuf,
    /// File of the page; in the session's folder by default
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Versions by id, comma-separated; all by default
    #[arg(long, value_delimiter = ',', value_name = "LIST")]
    versions: Vec<VersionId>,
    /// The master through which they are heard, by id; the first by default
    #[arg(long, value_name = "ID")]
    master: Option<MasterId>,
    /// Earlier revisions to compare with, comma-separated
    #[arg(long, value_delimiter = ',', value_name = "LIST")]
    revisions: Vec<String>,
    /// Kilobits a second
    #[arg(long, default_value_t = KBPS, value_parser = clap::value_parser!(u32).range(32..=510))]
    kbps: u32,
    /// Also write the files uncompressed beside the page, and link them
    #[arg(long)]
    wav: bool,
    /// Make versions of which stems are missing without them; else they are heard as the last revision
    /// was delivered
    #[arg(long)]
    allow_missing: bool,
    /// Leave out what was said so far
    #[arg(long)]
    no_comments: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl ReviewPage {
    pub fn run(self) -> anyhow::Result<Outcome> {
        let Loaded { session, folder, path, .. } = followed(&self.session)?;
        let usual = Request::new(&session, Some(&path), PathBuf::new());
        let named = || free(&session, &usual.revision, &folder);
        let request = Request {
            versions: self.versions,
            master: self.master.unwrap_or_else(|| usual.master.clone()),
            revisions: self.revisions,
            kbps: self.kbps,
            wav: self.wav,
            comments: !self.no_comments,
            allow_missing: self.allow_missing,
            out: self.output.unwrap_or_else(named),
            ..usual
        };
        super::is_free(&request.out)?;
        let mut book = Book::of(&path);
        if request.comments {
            book.goes_out(|_| true)?;
        }
        let terminal = Terminal::new();
        let made = make(&session, &folder, book.review(), &request, &terminal, &cancel_on_signal());
        terminal.done();
        let made = made?;
        if self.json {
            println!("{}", serde_json::to_string_pretty(&made)?);
        } else {
            println!("{}", made.page);
            made.files.iter().for_each(|file| println!("{file}"));
        }
        for track in made.tracks.iter().filter(|track| !track.note.is_empty()) {
            eprintln!("stemwright: {} v{}: {}", track.version, track.revision, track.note);
        }
        let silent = made.tracks.iter().any(|track| !track.sounds);
        Ok(if silent { Outcome::Problem } else { Outcome::Fine })
    }
}
