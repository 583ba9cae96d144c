//! Import and export of comments, the document of a round, and the HTML page for the client. Files
//! are read and written by jobs.

use super::{ReviewNews, revision_now};
use crate::app::board::Running;
use crate::app::desk::Desk;
use crate::app::dialog::Dialog;
use crate::app::jobs::{Jobs, News, Picked};
use crate::app::panels::review::PageChoices;
use crate::delivery::round::send;
use crate::disk;
use crate::render::progress::{Observer, Overall};
use crate::review::book::Book;
use crate::review::cleaning::notes_of_user;
use crate::review::comments::{Comment, Review};
use crate::review::copies::{NeighbourCache, copies};
use crate::review::exchange::timecode::{FrameRate, Reader};
use crate::review::exchange::{Format, LARGEST, Read, ReadOptions, read_as, write_at};
use crate::review::page::{self, PageError, Request};
use crate::review::revisions::Revisions;
use crate::session::Session;
use crate::session::file::load;
use crate::session::naming::compact;
use crate::texts::say;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn folder(desk: &Desk) -> PathBuf {
    desk.document.as_ref().map_or_else(PathBuf::new, |document| document.folder())
}

fn song(desk: &Desk) -> String {
    desk.document.as_ref().map_or_else(String::new, |d| compact(&d.session.song.title))
}

pub(super) fn pick_import(desk: &Desk) {
    let dialog = Dialog::new()
        .set_title(say!("review-import-title"))
        .set_directory(folder(desk))
        .add_filter(
            say!("review-import-comments"),
            &["json", "csv", "txt", "srt", "vtt", "edl", "xml", "mid"],
        )
        .add_filter(say!("review-import-everything"), &["*"]);
    desk.jobs.pick(dialog, |dialog| dialog.pick_files().map(Picked::Comments));
}

pub(super) fn pick_export(desk: &Desk, format: Format) {
    let dialog = Dialog::new()
        .set_title(say!("review-export-title"))
        .set_directory(folder(desk))
        .set_file_name(format!("{}_Notes.{}", song(desk), format.ending()));
    desk.jobs.pick(dialog, move |dialog| {
        dialog.save_file().map(|path| Picked::CommentsTo(path, format))
    });
}

pub(super) fn pick_round(desk: &Desk, round: u32) {
    let dialog = Dialog::new().set_title(say!("review-round-folder")).set_directory(folder(desk));
    desk.jobs
        .pick(dialog, move |dialog| dialog.pick_folder().map(|path| Picked::Round(path, round)));
}

pub(super) fn pick_page(desk: &Desk) {
    let Some(document) = &desk.document else { return };
    let dialog = Dialog::new()
        .set_title(say!("review-client-file"))
        .set_directory(document.folder())
        .set_file_name(page::name(&document.session, &revision_now(desk)));
    desk.jobs.pick(dialog, |dialog| dialog.save_file().map(Picked::ReviewPage));
}

/// Frame rate and start timecode that a person set for comment files; the typed text if it is no
/// time.
fn asked<'a>(desk: &'a Desk, session: &Session) -> Result<ReadOptions, &'a str> {
    let own = &desk.panels.review;
    let (frames, text) = (own.frames, own.begins.trim());
    let start = match text {
        "" => None,
        text => Some(Reader::new(session, text, frames).time(text).ok_or(text)?),
    };
    Ok(ReadOptions { frames, start })
}

/// Origin of comments: its name, and its bytes or the path to read.
type Source = (String, Result<Vec<u8>, PathBuf>);

/// Imports comments from the text of the clipboard.
pub(super) fn import(desk: &mut Desk, text: String) {
    take_in(desk, vec![(say!("review-import-clipboard").into(), Ok(text.into_bytes()))]);
}

/// Imports comments from files.
pub fn import_files(desk: &mut Desk, paths: Vec<PathBuf>) {
    let named = paths.into_iter().map(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        (name, Err(path))
    });
    take_in(desk, named.collect());
}

fn take_in(desk: &mut Desk, sources: Vec<Source>) {
    let Some(document) = &desk.document else { return };
    let asked = match asked(desk, &document.session) {
        Ok(asked) => asked,
        Err(text) => {
            let words = say!("review-import-no-time", text = text);
            return desk.say(words);
        }
    };
    let session = Arc::clone(&document.open.session);
    desk.job_shown("import", say!("review-import-reading"), move |tell, say, _| {
        for (name, source) in sources {
            match read(&name, source, &session, asked) {
                Ok(read) => tell(ReviewNews::Found { name, read: Box::new(read) }),
                Err(error) => say(News::Failed(error)),
            }
        }
    });
}

fn read(
    name: &str,
    source: Result<Vec<u8>, PathBuf>,
    session: &Session,
    asked: ReadOptions,
) -> Result<Read, String> {
    let bytes = source.or_else(|path| {
        let bytes = disk::bytes(&path, LARGEST);
        bytes.map_err(|cause| {
            let path = path.display().to_string();
            say!("review-import-unreadable", path = path, cause = cause.to_string())
        })
    })?;
    read_as(&bytes, name, session, asked).map_err(|error| error.to_string())
}

/// Merges comments that were read into the book, and reports how many are new.
pub(super) fn take_found(desk: &mut Desk, name: &str, found: Read) {
    for note in &found.notes {
        desk.say(format!("{name}: {note}"));
    }
    let known = desk.notes.book.review().comments.iter();
    let before: HashSet<String> = known.map(|comment| comment.id.clone()).collect();
    let Some(merged) = desk.note(|book| book.merge(found.drafts)) else { return };
    let mut words = say!("review-import-new", name = name, count = merged.added);
    if merged.changed > 0 {
        words = say!("review-import-changed", said = words, count = merged.changed);
    }
    if merged.replies > 0 {
        words = say!("review-import-answers", said = words, count = merged.replies);
    }
    if merged.known > 0 {
        words = say!("review-import-known", said = words, count = merged.known);
    }
    let now = desk.notes.book.review().comments.iter().map(|comment| &comment.id);
    let fresh: Vec<String> = now.filter(|id| !before.contains(*id)).cloned().collect();
    // What changed comments that were there cannot be taken back by a click.
    match fresh.is_empty() || merged.changed + merged.replies > 0 {
        true => desk.say(words),
        false => desk.panels.toasts.say_imported(words, fresh),
    }
    if merged.added > 0 {
        desk.say_rounds();
    }
}

/// Writes all comments into a file.
pub fn export(desk: &mut Desk, path: PathBuf, format: Format) {
    desk.note(|book| book.goes_out(|_| true));
    let Some(document) = &desk.document else { return };
    let (session, review) = (Arc::clone(&document.open.session), desk.notes.book.review().clone());
    let (times, frames) = (desk.panels.preferences.comment_times, desk.panels.review.frames);
    let frames = frames.unwrap_or(FrameRate::FILM);
    desk.job_shown("export", say!("review-export-writing"), move |_, say, _| {
        let all: Vec<&Comment> = review.present().collect();
        let text = write_at(format, &session, &all, times, frames);
        let folder = path.parent().map_or_else(PathBuf::new, Path::to_owned);
        let shown = path.display().to_string();
        say(match disk::write(&path, &text) {
            Ok(()) => News::Done(say!("review-export-written", path = shown), folder),
            Err(cause) => {
                let cause = cause.to_string();
                News::Failed(say!("review-export-unwritten", path = shown, cause = cause))
            }
        });
    });
}

/// Writes the document of a round; [`sent`] then closes the round if it is the current one.
pub fn send_round(desk: &mut Desk, folder: PathBuf, round: u32) {
    desk.note(|book| book.goes_out(|one| one.round == round));
    let Some(document) = &desk.document else { return };
    let (session, review) = (Arc::clone(&document.open.session), desk.notes.book.review().clone());
    let times = desk.panels.preferences.comment_times;
    desk.job_shown("round", say!("review-round-writing"), move |tell, say, _| {
        match send(&session, &review, round, times, &folder) {
            Ok(files) => {
                let first = files.first();
                let first = first.map_or_else(String::new, |path| path.display().to_string());
                say(News::Done(say!("review-round-written", path = first), folder));
                tell(ReviewNews::Sent { round });
            }
            Err(error) => say(News::Failed(error.to_string())),
        }
    });
}

/// Closes the round whose document was written, if it is the current one.
pub(super) fn sent(desk: &mut Desk, round: u32) {
    if desk.notes.book.review().current_round() == round {
        desk.note(Book::send_round);
    }
}

/// Starts the job that writes the client's page with the choices of the Review view.
pub fn page_picked(desk: &mut Desk, out: PathBuf) {
    let Some(document) = &desk.document else { return };
    let session = Arc::clone(&document.open.session);
    let chosen = desk.panels.review.wish.clone().unwrap_or_else(|| PageChoices::of(&session));
    let request = Request {
        versions: chosen.versions,
        master: chosen.master,
        revisions: chosen.revisions,
        wav: chosen.wav,
        comments: chosen.comments,
        ..Request::new(&session, Some(&document.path), out)
    };
    let folder = document.folder();
    if chosen.comments {
        desk.note(|book| book.goes_out(|_| true));
    }
    let review = desk.notes.book.review().clone();
    desk.jobs.review_page(session, folder, review, request);
}

/// Passes the progress of the page to the board.
struct Progress<'a>(&'a Running);

impl Observer for Progress<'_> {
    fn overall(&self, overall: Overall) {
        self.0.share(overall.fraction);
    }
}

impl Jobs {
    /// Removes for good revisions that were deleted long ago, and states that this session, its
    /// copies and its revisions no longer use.
    pub fn tidy(&self, path: &Path, session: &Session) {
        let (path, session) = (path.to_owned(), session.clone());
        self.spawn("tidy", move |_| {
            // An unreadable copy may refer to any revision, so nothing is removed.
            let beside = copies(&path, &session, &mut NeighbourCache::default());
            let copies = beside.into_iter().map(|copy| load(&copy));
            let Ok(mut all) = copies.collect::<Result<Vec<Session>, _>>() else { return };
            all.push(session);
            Revisions::of(&path).tidy(&all.iter().collect::<Vec<_>>(), &notes_of_user());
        });
    }

    fn review_page(
        &self,
        session: Arc<Session>,
        folder: PathBuf,
        review: Review,
        request: Request,
    ) {
        let words = say!("review-client-making");
        self.spawn_shown("page", words, Arc::default(), move |say, running, cancel| {
            let shown = Progress(running);
            match page::make(&session, &folder, &review, &request, &shown, cancel) {
                Ok(made) => {
                    let place = request.out.parent().map_or_else(PathBuf::new, Path::to_owned);
                    let size = format!("{:.1}", made.bytes as f64 / 1e6);
                    let notes = made.tracks.iter().filter(|track| !track.note.is_empty());
                    let notes: String =
                        notes.map(|track| format!("; {}: {}", track.version, track.note)).collect();
                    let page = made.page;
                    let words = say!("review-client-made", page = page, size = size, notes = notes);
                    say(News::Done(words, place));
                }
                Err(PageError::Cancelled) => {}
                Err(error) => say(News::Failed(error.to_string())),
            }
        });
    }
}
