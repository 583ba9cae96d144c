//! Lyrics: dialogs, import and export as jobs, and decisions about explicit words, which need the
//! sound of the stems and so run as jobs too.

use crate::app::desk::Desk;
use crate::app::dialog::Dialog;
use crate::app::jobs::{News, Picked};
use crate::arrange::clean::decide;
use crate::arrange::words::list::mark;
use crate::arrange::words::{LARGEST, Read, read, write};
use crate::disk;
use crate::session::edit::Edit;
use crate::session::lyrics::{Lyrics, Verdict};
use crate::session::stem::Treatment;
use crate::texts::say;
use std::path::PathBuf;
use std::sync::Arc;

/// A person's verdict on words, by their indices in the lyrics.
#[derive(Clone)]
pub struct Decision {
    words: Vec<usize>,
    verdict: Verdict,
    treatment: Treatment,
}

/// Opens the dialog for a lyrics file to read.
pub fn pick(desk: &Desk) {
    let Some(document) = &desk.document else { return };
    let dialog = Dialog::new()
        .set_title(say!("act-pick-lyrics"))
        .set_directory(document.folder())
        .add_filter(say!("act-filter-lyrics"), &["json", "srt", "vtt", "lrc", "txt"]);
    desk.jobs.pick(dialog, |dialog| dialog.pick_file().map(Picked::Lyrics));
}

/// Opens the dialog for a lyrics file to write.
pub fn pick_export(desk: &Desk) {
    let Some(document) = &desk.document else { return };
    let version = document.current_version().map_or(String::new(), |version| version.name);
    let dialog = Dialog::new()
        .set_title(say!("act-pick-lyrics-export"))
        .set_directory(document.folder())
        .set_file_name(format!("{version}.srt"))
        .add_filter("SubRip", &["srt"])
        .add_filter("Enhanced LRC", &["lrc"]);
    desk.jobs.pick(dialog, |dialog| dialog.save_file().map(Picked::LyricsTo));
}

/// Reads a lyrics file in a job; [`imported`] takes the result.
pub fn import(desk: &Desk, path: PathBuf) {
    let Some(document) = &desk.document else { return };
    let length = document.length().seconds(document.session.sample_rate);
    let number = desk.number;
    let shown = say!("act-reading-lyrics");
    desk.jobs.spawn_shown("lyrics", shown, Arc::default(), move |say, _, _| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let bytes = match disk::bytes(&path, LARGEST) {
            Ok(bytes) => bytes,
            Err(error) => {
                return say(News::Failed(say!(
                    "act-cannot-be-read",
                    path = path.display().to_string(),
                    error = error.to_string()
                )));
            }
        };
        say(match read(&bytes, &name, length) {
            Ok(found) => News::Lyrics { document: number, name, found },
            Err(error) => News::Failed(error.to_string()),
        });
    });
}

/// Replaces the session's lyrics by those that were read and marks explicit words. Language and the
/// person's own word lists are kept.
pub fn imported(desk: &mut Desk, source: String, found: Read) {
    desk.own_step();
    let Some(document) = &mut desk.document else { return };
    let before = document.session.lyrics.clone().unwrap_or_default();
    let language = if before.language.is_empty() { "en".into() } else { before.language };
    let (also, except) = (before.also, before.except);
    let words = found.words;
    let mut lyrics = Lyrics { source, language, words, also, except, ..Lyrics::default() };
    mark(&mut lyrics);
    let (all, explicit) = (lyrics.words.len(), lyrics.open().count());
    document.edit(Edit::Lyrics(Box::new(Some(lyrics))));
    desk.say_undo(say!(
        "act-lyrics-imported",
        format = found.format,
        words = all,
        explicit = explicit
    ));
    for note in found.notes {
        desk.say(note);
    }
}

/// Writes the lyrics of the version that is heard, with the version's times: LRC for the extension
/// `lrc`, else SubRip.
pub fn export(desk: &Desk, path: PathBuf) {
    let Some(document) = &desk.document else { return };
    let Some(version) = document.current_version() else { return };
    let session = Arc::clone(&document.session);
    let shown = say!("act-writing-lyrics");
    desk.jobs.spawn_shown("lyrics", shown, Arc::default(), move |say, _, _| {
        let lines = write::lines_of(&session, &version);
        let lrc = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("lrc"));
        let text = match lrc {
            true => write::lrc(&lines, &session.song.title),
            false => write::srt(&lines),
        };
        say(match disk::write(&path, text.as_bytes()) {
            Ok(()) => News::Said(say!("act-saved", path = path.display().to_string())),
            Err(error) => News::Failed(say!(
                "act-cannot-be-written",
                path = path.display().to_string(),
                error = error.to_string()
            )),
        });
    });
}

/// Confirms or dismisses words. A job finds their exact times in the sound; [`decided`] takes the
/// result.
pub fn decide_words(desk: &mut Desk, words: Vec<usize>, verdict: Verdict) {
    let treatment = desk.panels.versions.treatment;
    look(desk, Decision { words, verdict, treatment });
}

fn look(desk: &mut Desk, decision: Decision) {
    let Some(document) = &desk.document else { return };
    let Some(sources) = desk.listen.heard.sources.clone() else {
        desk.say(say!("act-stems-being-opened"));
        return;
    };
    let (number, state) = (desk.number, document.state());
    let session = Arc::clone(&document.session);
    let shown = say!("act-listening-to-the-words");
    desk.jobs.spawn_shown("words", shown, Arc::default(), move |say, _, _| {
        let Decision { words, verdict, treatment } = &decision;
        say(match decide(&session, &sources, words, *verdict, *treatment) {
            Ok(Some(edit)) => News::Decided { document: number, state, edit, decision },
            Ok(None) => News::Failed(say!("act-no-vocal").into()),
            Err(error) => News::Failed(error.to_string()),
        });
    });
}

/// Applies the edit of a decision. If the session is no longer in `state`, the job runs again.
pub fn decided(desk: &mut Desk, state: u64, edit: Edit, decision: Decision) {
    if desk.document.as_ref().is_some_and(|document| document.state() != state) {
        // The edit would undo changes that were made since.
        return look(desk, decision);
    }
    desk.own_step();
    if let Some(document) = &mut desk.document {
        document.edit(edit);
    }
}
