//! `stemwright clean`: imports lyrics with times, lists their explicit words, makes regions of the
//! clean version, exports the lyrics of a version.

use super::Outcome;
use super::song::Opened;
use crate::arrange::clean::{decide, open};
use crate::arrange::words::list::{LANGUAGES, explicit, mark};
use crate::arrange::words::{LARGEST, read, write};
use crate::disk;
use crate::session::ids::VersionId;
use crate::session::lyrics::{Lyrics, Verdict};
use crate::session::stem::Treatment;
use crate::session::version::Standard;
use crate::units::counted;
use anyhow::Context;
use std::path::PathBuf;

/// Makes a clean version from lyrics with times.
#[derive(clap::Args)]
pub struct Clean {
    /// The session, or a folder that holds one
    session: PathBuf,
    /// Lyrics with times: Whisper JSON, SRT, WebVTT or LRC
    #[arg(long, value_name = "FILE")]
    words: Option<PathBuf>,
    /// Language of the list of explicit words: en, de, es, fr
    #[arg(long, default_value = "en", value_name = "CODE", value_parser = LANGUAGES.map(|(code, _)| code))]
    language: String,
    /// More words, one a line; !word takes one out
    #[arg(long, value_name = "FILE")]
    list: Option<PathBuf>,
    /// Makes a region of every explicit word
    #[arg(long)]
    confirm: bool,
    /// What is heard in the place of a word
    #[arg(long, default_value = "mute", value_name = "HOW", value_parser = treatment)]
    treatment: Treatment,
    /// Writes the lyrics of a version, for its times: SRT, or LRC by the name of the file
    #[arg(long, value_name = "FILE")]
    export: Option<PathBuf>,
    /// The version whose lyrics are written; the clean version
    #[arg(long, value_name = "ID")]
    version: Option<VersionId>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

fn treatment(name: &str) -> Result<Treatment, String> {
    // Its earlier name, which scripts may still give.
    let name = if name == "held-vowel" { "hold-vowel" } else { name };
    let known = |one: &Treatment| one.name().replace(' ', "-") == name;
    Treatment::ALL.into_iter().find(known).ok_or_else(|| {
        let all: Vec<String> =
            Treatment::ALL.iter().map(|one| one.name().replace(' ', "-")).collect();
        format!("choose from {}", all.join(", "))
    })
}

impl Clean {
    pub fn run(self) -> anyhow::Result<Outcome> {
        let mut opened = Opened::open(&self.session)?;
        // A version that is not there is told before anything is saved.
        let to = self.export.as_ref().map(|path| {
            opened.version_id(self.version.as_ref(), Standard::Clean).map(|id| (path, id))
        });
        let to = to.transpose()?;
        let session = &mut opened.session;
        let length = session.length().seconds(session.sample_rate);
        let mut changed = false;
        if let Some(path) = &self.words {
            let bytes = disk::bytes(path, LARGEST)
                .with_context(|| format!("{} cannot be read; check the path", path.display()))?;
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let found = read(&bytes, &name, length)?;
            for note in &found.notes {
                eprintln!("stemwright: {note}");
            }
            let language = self.language.clone();
            session.lyrics =
                Some(Lyrics { source: name, language, words: found.words, ..Lyrics::default() });
            changed = true;
        }
        let lyrics =
            session.lyrics.as_mut().context("the session has no lyrics; give --words FILE")?;
        if let Some(path) = &self.list {
            let bytes = disk::bytes(path, LARGEST)
                .with_context(|| format!("{} cannot be read; check the path", path.display()))?;
            let text = String::from_utf8(bytes)
                .with_context(|| format!("{} is no text in UTF-8", path.display()))?;
            lyrics.also.extend(text.lines().map(str::to_owned));
            changed = true;
        }
        mark(lyrics);
        if self.confirm {
            let numbers = open(lyrics);
            let edit = decide(session, &opened.sources, &numbers, Verdict::Clean, self.treatment)?;
            let edit = edit.context("no stem has the role of a vocal; set one in the session")?;
            edit.apply(session)?;
            changed = true;
        }
        if changed {
            opened.save()?;
        }
        let session = &opened.session;
        if let Some((path, version)) = to.and_then(|(path, id)| Some((path, session.version(&id)?)))
        {
            let lines = write::lines_of(session, &session.resolved(version));
            let lrc = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("lrc"));
            let text =
                if lrc { write::lrc(&lines, &session.song.title) } else { write::srt(&lines) };
            super::write(path, text.as_bytes())?;
        }
        let Some(lyrics) = &session.lyrics else { return Ok(Outcome::Fine) };
        if self.json {
            let words: Vec<_> = explicit(lyrics).map(|(_, word)| word).collect();
            println!("{}", serde_json::to_string_pretty(&words)?);
        } else {
            println!("{}", counted(lyrics.words.len(), "word"));
            for (_, word) in explicit(lyrics) {
                let state = match word.verdict {
                    Some(Verdict::Clean) => "clean",
                    Some(Verdict::Keep) => "stays",
                    _ => "neither confirmed nor dismissed",
                };
                println!("{:.2}  {}  {state}", word.start, word.text);
            }
        }
        let undecided = lyrics.open().next().is_some();
        Ok(if undecided { Outcome::Problem } else { Outcome::Fine })
    }
}
