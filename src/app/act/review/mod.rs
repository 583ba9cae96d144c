//! Carries out [`Review`]: comments, rounds, revisions, references and copies of the session. Jobs
//! of this module answer with [`ReviewNews`].

mod copies;
mod exchange;
mod look;
mod references;
mod revisions;
mod told;

pub use copies::after_merge;
pub use exchange::{export, import_files, page_picked, send_round};
pub use look::look;
pub use references::{add as add_references, choose as choose_reference, open as open_reference};
pub use told::{ReviewNews, take};

use crate::app::deeds::{Remark, Review, Stems};
use crate::app::desk::Desk;
use crate::app::jobs::News;
use crate::app::review::write;
use crate::app::view::View;
use crate::review::ReviewError;
use crate::review::book::{Book, Draft};
use crate::review::comments::{Comment, Subject, question};
use crate::texts::say;
use crate::units::Seconds;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Seconds of playback before and after a comment.
const AROUND: f64 = 2.0;

pub fn act(desk: &mut Desk, deed: Review) {
    match deed {
        Review::Write => desk.show(|seen, panels| write::begin(seen, &mut panels.review)),
        Review::Add(draft) => add(desk, *draft),
        Review::Change(id, remark) => change(desk, &id, remark),
        Review::Jump { forward } => jump(desk, forward),
        Review::PlayAround => play_around(desk),
        Review::Solo => solo(desk),
        Review::Agree(rounds) => drop(desk.note(|book| book.set_agreed(rounds))),
        Review::Import(text) => exchange::import(desk, text),
        Review::PickImport => exchange::pick_import(desk),
        Review::PickExport(format) => exchange::pick_export(desk, format),
        Review::PickRound(round) => exchange::pick_round(desk, round),
        Review::PickPage => {
            desk.panels.view = View::Review;
            exchange::pick_page(desk);
        }
        Review::PickReferences => references::pick(desk),
        Review::Measure(file) => references::measure(desk, file),
        Review::Keep(name) => revisions::keep(desk, name),
        Review::Restore(revision) => revisions::restore(desk, *revision),
        Review::Delete(revision) => revisions::delete(desk, *revision),
        Review::BringBack(revision) => revisions::bring_back(desk, *revision),
        Review::Log(hash, lines) => drop(desk.note(|book| book.set_log(&hash, &lines))),
        Review::Hear(side) => revisions::hear(desk, side),
        Review::Merge(all) => copies::merge(desk, all),
        Review::Later => copies::later(desk),
        Review::KeepApart => copies::keep_apart(desk),
    }
}

impl Desk {
    /// Changes the book of comments; reports an error and returns `None` if that fails. The change
    /// is written in the background.
    pub fn note<T>(
        &mut self,
        change: impl FnOnce(&mut Book) -> Result<T, ReviewError>,
    ) -> Option<T> {
        match change(&mut self.notes.book) {
            Ok(done) => {
                self.write_notes();
                Some(done)
            }
            Err(error) => {
                self.say(error.to_string());
                None
            }
        }
    }

    fn write_notes(&mut self) {
        let Some(unwritten) = self.notes.book.unwritten() else { return };
        let (tell, notes) = (self.jobs.teller(), Arc::clone(&self.notes.token));
        self.settings.writer.later(move || {
            if let Err(error) = unwritten.write() {
                let told = ReviewNews::Unwritten(error.to_string());
                tell(News::Review { notes, told });
            }
        });
    }

    /// Starts a job for the notes of the open song. `work` answers with its first argument and
    /// reports news with its second.
    fn job(
        &self,
        name: &str,
        work: impl FnOnce(&dyn Fn(ReviewNews), &(dyn Fn(News) + Sync)) + Send + 'static,
    ) {
        let notes = Arc::clone(&self.notes.token);
        self.jobs.spawn(name, move |say| {
            work(&|told| say(News::Review { notes: Arc::clone(&notes), told }), say);
        });
    }

    /// Like [`Desk::job`], but shown on the board; the last argument of `work` is set on cancel.
    fn job_shown(
        &self,
        name: &str,
        shown: &str,
        work: impl FnOnce(&dyn Fn(ReviewNews), &(dyn Fn(News) + Sync), &AtomicBool) + Send + 'static,
    ) {
        let notes = Arc::clone(&self.notes.token);
        self.jobs.spawn_shown(name, shown, Arc::default(), move |say, _, cancel| {
            let told = |told| say(News::Review { notes: Arc::clone(&notes), told });
            work(&told, say, cancel);
        });
    }

    /// Reports if more rounds were used than agreed.
    fn say_rounds(&mut self) {
        let review = self.notes.book.review();
        let (used, agreed) = (review.used(), review.agreed);
        if used > agreed {
            self.say(say!("review-round-too-many", round = used, agreed = agreed));
        }
    }
}

/// Name that the current state has or will have as a revision.
fn revision_now(desk: &Desk) -> String {
    let document = desk.document.as_ref();
    document.map_or_else(String::new, |open| desk.notes.revised.name_of(&open.session))
}

fn selected(desk: &Desk) -> Option<&Comment> {
    desk.notes.book.review().comment(desk.panels.review.selected.as_deref()?)
}

fn add(desk: &mut Desk, draft: Draft) {
    let author = desk.panels.preferences.author.clone();
    let draft = Draft { author, revision: revision_now(desk), ..draft };
    let Some(id) = desk.note(|book| book.add(draft)) else { return };
    let comment = desk.notes.book.review().comment(&id);
    let asked = comment.zip(desk.document.as_ref());
    let asked = asked.and_then(|(comment, document)| question(comment, &document.session));
    desk.panels.review.select(&id);
    if let Some(asked) = asked {
        desk.say(asked);
    }
    desk.say_rounds();
}

fn change(desk: &mut Desk, id: &str, remark: Remark) {
    let author = desk.panels.preferences.author.clone();
    let next = desk.document.as_ref();
    let next = next.map(|document| desk.notes.revised.next_name(&document.session));
    desk.note(|book| match remark {
        Remark::Text(text) => book.set_text(id, &text),
        Remark::Span(start, end) => book.set_span(id, start, end),
        Remark::Subject(on) => book.set_subject(id, &on),
        Remark::Status(status) => book.set_status(id, status),
        Remark::Resolve => book.resolve(id, &next.unwrap_or_default()),
        Remark::Reply(text) => book.reply(id, &author, &text),
        Remark::Delete(gone) => book.set_deleted(id, gone),
    });
}

fn jump(desk: &mut Desk, forward: bool) {
    let Some(document) = &desk.document else { return };
    let (rate, here) = (document.session.sample_rate, document.seconds(desk.listen.frame()));
    let found = desk.notes.book.review().beside(here, forward);
    let found = found.and_then(|comment| Some((comment.id.clone(), comment.start?)));
    if let Some((id, start)) = found {
        desk.panels.review.select(&id);
        desk.listen.seek(start.frames(rate).0);
    }
}

/// Loops around the selected comment.
fn play_around(desk: &mut Desk) {
    let Some(comment) = selected(desk) else { return };
    let Some((start, end)) = comment.span() else { return };
    let on = comment.on.clone();
    let Some(document) = &mut desk.document else { return };
    // A comment on a version is played in that version.
    if let Subject::Version(id) = &on
        && let Some(at) = document.session.versions.iter().position(|version| version.id == *id)
    {
        document.open.version = at;
    }
    let rate = document.session.sample_rate;
    let whole = document.length().0;
    let from = Seconds(start.0 - AROUND).frames(rate).0;
    let to = Seconds(end.0 + AROUND).frames(rate).0.min(whole);
    if from >= to {
        return;
    }
    desk.play_round(from, to);
}

/// Toggles solo of the stem that the selected comment is about.
fn solo(desk: &mut Desk) {
    let Some(Subject::Stem(id)) = selected(desk).map(|comment| comment.on.clone()) else { return };
    let Some(document) = &mut desk.document else { return };
    document.open.select(Some(id));
    super::act(desk, Stems::Solo.into());
}
