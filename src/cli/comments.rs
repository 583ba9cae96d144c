//! `stemwright comments`: lists, imports, exports, adds and answers comments, and closes rounds. It
//! works on the book of comments beside the session; the session itself is only read.

use super::song::{Loaded, loaded};
use super::{Outcome, exists};
use crate::delivery::round::{agreement, send};
use crate::disk;
use crate::review::book::{Book, Draft};
use crate::review::comments::{Comment, Status, Subject, question};
use crate::review::exchange::timecode::FrameRate;
use crate::review::exchange::times::{TimeNotation, read as read_time};
use crate::review::exchange::{Format, LARGEST, ReadOptions, read_as, write, write_at};
use crate::review::numbers::meant;
use crate::review::revisions::Revisions;
use crate::session::Session;
use crate::units::counted;
use anyhow::Context;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Lists the comments on a song, takes them in from files, writes them out, answers them.
#[derive(clap::Args)]
pub struct CommentsOn {
    /// The session, or a folder that holds one
    session: PathBuf,
    /// Take comments in from files: JSON of the review page, JSON and CSV of review sites, markers
    /// of editors and workstations (EDL, Pro Tools, Premiere, Audition, REAPER, Audacity), SRT,
    /// WebVTT, a chat, or a mail with times
    #[arg(long, value_name = "FILE", num_args = 1..)]
    import: Vec<PathBuf>,
    /// Frames to a second in timecodes: 23.976, 24, 25, 29.97, 29.97drop, 30, 50, 60; otherwise they
    /// are found
    #[arg(long, value_name = "RATE")]
    frames: Option<FrameRate>,
    /// Time at which the song begins in the files that are taken in; otherwise whole hours are found
    #[arg(long, value_name = "TIME", requires = "import")]
    start: Option<String>,
    /// Write the comments to a file
    #[arg(long, value_name = "FILE")]
    export: Option<PathBuf>,
    /// Form in which they are written: json, csv, text, srt, vtt, audacity, reaper,
    /// edl (Resolve), protools
    #[arg(long = "as", value_name = "FORM", value_parser = format)]
    form: Option<Format>,
    /// How times are written: minutes, hours, samples, bars
    #[arg(long, value_name = "TIMES", default_value = "minutes", value_parser = timecode)]
    times: TimeNotation,
    /// Say something
    #[arg(long, value_name = "TEXT")]
    add: Option<String>,
    /// When: 1:05, 1:05.250, "bar 37.3", "2268000 samples"
    #[arg(long, value_name = "TIME", requires = "add")]
    at: Option<String>,
    /// Until when
    #[arg(long, value_name = "TIME", requires = "at")]
    to: Option<String>,
    /// A stem or a version, by name
    #[arg(long, value_name = "NAME", requires = "add")]
    on: Option<String>,
    /// Who says it
    #[arg(long, value_name = "NAME", default_value = "")]
    author: String,
    /// Answer the comment of a number, as it is now or in a document that went out (5@5f20c1aa)
    #[arg(long, num_args = 2, value_names = ["NUMBER", "TEXT"])]
    reply: Option<Vec<String>>,
    /// Say how the comment of a number stands: open, question, done, wont
    #[arg(long, num_args = 2, value_names = ["NUMBER", "STATUS"])]
    status: Option<Vec<String>>,
    /// The comment of a number was done by a revision
    #[arg(long, num_args = 2, value_names = ["NUMBER", "REVISION"])]
    fixed: Option<Vec<String>>,
    /// How many rounds were agreed
    #[arg(long, value_name = "ROUNDS", value_parser = clap::value_parser!(u32).range(1..=99))]
    agreed: Option<u32>,
    /// Close the round and write its document (text, PDF, JSON, CSV) into a folder
    #[arg(long, value_name = "DIR")]
    send: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

fn format(word: &str) -> Result<Format, String> {
    let known = Format::ALL.map(Format::word).join(", ");
    let found = Format::ALL.into_iter().find(|format| format.word() == word);
    found.ok_or_else(|| format!("choose from {known}"))
}

fn timecode(word: &str) -> Result<TimeNotation, String> {
    match word {
        "minutes" => Ok(TimeNotation::Minutes),
        "hours" => Ok(TimeNotation::Hours),
        "samples" => Ok(TimeNotation::Samples),
        "bars" => Ok(TimeNotation::Bars),
        _ => Err("choose from minutes, hours, samples, bars".into()),
    }
}

impl CommentsOn {
    pub fn run(self) -> anyhow::Result<Outcome> {
        let Loaded { session, path, .. } = loaded(&self.session)?;
        let mut book = Book::of(&path);
        for path in book.spoilt() {
            eprintln!("stemwright: {} is not whole; it may still be on its way", path.display());
        }
        if book.passed() > 0 {
            let fields = counted(book.passed(), "field");
            eprintln!(
                "stemwright: {fields} in the book of comments make no sense, and are passed over"
            );
        }
        let waits = book.waits();
        if waits > 0 {
            eprintln!("stemwright: some comments wait for {waits} files that have not arrived yet");
        }
        for file in &self.import {
            let time = |text: &String| {
                read_time(text, &session)
                    .with_context(|| format!("\u{201c}{text}\u{201d} is no time; write 1:00:00"))
            };
            let start = self.start.as_ref().map(time).transpose()?;
            let asked = ReadOptions { frames: self.frames, start };
            import(&mut book, file, &session, asked)?;
        }
        if let Some(rounds) = self.agreed {
            book.set_agreed(rounds)?;
        }
        self.say(&mut book, &session, &path)?;
        self.answer(&mut book)?;
        if let Some(folder) = &self.send {
            let round = book.review().current_round();
            anyhow::ensure!(
                book.review().used() == round,
                "nothing was said since the last round; there is nothing to send"
            );
            book.goes_out(|one| one.round == round)?;
            for path in send(&session, book.review(), round, self.times, folder)? {
                println!("{}", path.display());
            }
            book.send_round()?;
            if round > book.review().agreed {
                eprintln!("stemwright: {}", agreement(book.review(), round));
            }
        }
        if self.export.is_some() {
            book.goes_out(|_| true)?;
        }
        self.tell(&book, &session)
    }

    fn say(&self, book: &mut Book, session: &Session, path: &Path) -> anyhow::Result<()> {
        let Some(text) = &self.add else { return Ok(()) };
        let time = |text: &Option<String>| match text {
            None => Ok(None),
            Some(text) => read_time(text, session)
                .map(Some)
                .with_context(|| format!("\u{201c}{text}\u{201d} is no time; write 1:05")),
        };
        let on = self.on.as_deref().map_or(Subject::Mix, |name| Subject::named(name, session));
        let draft = Draft {
            author: self.author.clone(),
            start: time(&self.at)?,
            end: time(&self.to)?,
            on: Some(on),
            revision: Revisions::of(path).name_of(session),
            text: text.clone(),
            ..Draft::default()
        };
        let id = book.add(draft)?;
        let asked = book.review().comment(&id).and_then(|comment| question(comment, session));
        if let Some(asked) = asked {
            eprintln!("stemwright: {asked}");
        }
        Ok(())
    }

    fn answer(&self, book: &mut Book) -> anyhow::Result<()> {
        let id = |book: &Book, number: &str| {
            let (plain, document) = number.split_once('@').unwrap_or((number, ""));
            let review = book.review();
            let found = meant(&review.comments, &review.documents, plain.parse()?, document);
            match found.as_slice() {
                [] => anyhow::bail!("there is no comment #{}", plain.trim_start_matches('#')),
                [one] => Ok(one.id.clone()),
                all => {
                    let one = |one: &&Comment| format!("\u{201c}{}\u{201d}", one.text);
                    let all = all.iter().map(one).collect::<Vec<_>>().join(" and ");
                    anyhow::bail!(
                        "{all} went out as #{plain}; write {plain}@ and the name of the document"
                    )
                }
            }
        };
        if let Some([number, text]) = self.reply.as_deref() {
            book.reply(&id(book, number)?, &self.author, text)?;
        }
        if let Some([number, status]) = self.status.as_deref() {
            let words = ["open", "question", "done", "wont"];
            anyhow::ensure!(
                words.contains(&status.as_str()),
                "choose a status from {}",
                words.join(", ")
            );
            book.set_status(&id(book, number)?, Status::named(status))?;
        }
        if let Some([number, revision]) = self.fixed.as_deref() {
            let plain = revision.strip_prefix('v').unwrap_or(revision);
            book.resolve(&id(book, number)?, plain)?;
        }
        Ok(())
    }

    fn tell(&self, book: &Book, session: &Session) -> anyhow::Result<Outcome> {
        let review = book.review();
        let all: Vec<&Comment> = review.present().collect();
        if let Some(path) = &self.export {
            let form = self.form.unwrap_or_else(|| by_name(path));
            let frames = self.frames.unwrap_or(FrameRate::FILM);
            let text = write_at(form, session, &all, self.times, frames);
            super::write(path, &text)?;
        } else if self.json {
            std::io::stdout().write_all(&write(Format::Json, session, &all, self.times))?;
        } else if let Some(form) = self.form {
            let frames = self.frames.unwrap_or(FrameRate::FILM);
            std::io::stdout().write_all(&write_at(form, session, &all, self.times, frames))?;
        } else if self.import.is_empty() && self.send.is_none() {
            std::io::stdout().write_all(&write(Format::Text, session, &all, self.times))?;
            println!("{} open, {}", review.open(), agreement(review, review.used().max(1)));
        }
        Ok(Outcome::Fine)
    }
}

/// Format by the ending of the file's name; CSV for an unknown ending.
fn by_name(path: &Path) -> Format {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    // The longest ending counts: `labels.txt` before `txt`.
    let fits = Format::ALL.into_iter().filter(|format| name.ends_with(format.ending()));
    fits.max_by_key(|format| format.ending().len()).unwrap_or(Format::Csv)
}

fn import(
    book: &mut Book,
    path: &Path,
    session: &Session,
    asked: ReadOptions,
) -> anyhow::Result<()> {
    exists(path)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let bytes =
        disk::bytes(path, LARGEST).with_context(|| format!("{} cannot be read", path.display()))?;
    let found = read_as(&bytes, &name, session, asked)?;
    for note in found.notes {
        eprintln!("stemwright: {name}: {note}");
    }
    let merged = book.merge(found.drafts)?;
    let changed = match merged.changed {
        0 => String::new(),
        some => format!("{some} changed, "),
    };
    println!(
        "{name} ({}): {} new, {changed}{} answers, {} known already",
        found.format.name(),
        merged.added,
        merged.replies,
        merged.known
    );
    Ok(())
}
