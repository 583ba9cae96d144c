//! Files with comments, in and out; the document of a round; the page for the client.

use super::rounds::wish;
use crate::app::desk::Desk;
use crate::app::jobs::{Jobs, News, Picked};
use crate::delivery::round::send;
use crate::disk;
use crate::render::progress::{Observer, Overall};
use crate::review::book::Book;
use crate::review::cleaning::notes_of_user;
use crate::review::comments::{Comment, Review};
use crate::review::copies::{Beside, copies};
use crate::review::exchange::timecode::{FrameRate, Reader};
use crate::review::exchange::{Asked, Format, LARGEST, read_as, write_at};
use crate::review::page::{self, PageError, Request};
use crate::review::revisions::Revisions;
use crate::session::Session;
use crate::session::file::load;
use crate::session::naming::compact;
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn folder(desk: &Desk) -> PathBuf {
    desk.document.as_ref().map_or_else(PathBuf::new, |document| document.folder())
}

fn song(desk: &Desk) -> String {
    desk.document.as_ref().map_or_else(String::new, |d| compact(&d.session.song.title))
}

pub fn pick_import(desk: &Desk) {
    let dialog = rfd::FileDialog::new()
        .set_title("Take comments in")
        .set_directory(folder(desk))
        .add_filter("Comments", &["json", "csv", "txt", "srt", "vtt", "edl", "xml", "mid"])
        .add_filter("Everything", &["*"]);
    desk.jobs.pick(dialog, |dialog| dialog.pick_files().map(Picked::Comments));
}

pub fn pick_export(desk: &Desk, format: Format) {
    let dialog = rfd::FileDialog::new()
        .set_title("Write the comments")
        .set_directory(folder(desk))
        .set_file_name(format!("{}_Notes.{}", song(desk), format.ending()));
    desk.jobs.pick(dialog, move |dialog| {
        dialog.save_file().map(|path| Picked::CommentsTo(path, format))
    });
}

pub fn pick_round(desk: &Desk, round: u32) {
    let dialog = rfd::FileDialog::new()
        .set_title("Folder for the document of the round")
        .set_directory(folder(desk));
    desk.jobs
        .pick(dialog, move |dialog| dialog.pick_folder().map(|path| Picked::Round(path, round)));
}

pub fn pick_page(desk: &Desk) {
    let Some(document) = &desk.document else { return };
    let dialog = rfd::FileDialog::new()
        .set_title("File of the page")
        .set_directory(document.folder())
        .set_file_name(page::name(&document.session, &desk.heard_revision()));
    desk.jobs.pick(dialog, |dialog| dialog.save_file().map(Picked::ReviewPage));
}

/// What a person says about the times of files; where that is no time, their words.
fn asked<'a>(desk: &'a Desk, session: &Session) -> Result<Asked, &'a str> {
    let (frames, text) = (desk.notes.frames, desk.notes.begins.trim());
    let start = match text {
        "" => None,
        text => Some(Reader::new(session, text, frames).time(text).ok_or(text)?),
    };
    Ok(Asked { frames, start })
}

/// Takes comments out of what a file or the clipboard holds.
pub fn import(desk: &mut Desk, bytes: &[u8], name: &str) {
    let Some(document) = &desk.document else { return };
    let asked = match asked(desk, &document.session) {
        Ok(asked) => asked,
        Err(text) => {
            return desk.say(format!("\u{201c}{text}\u{201d} is no time; write 1:00:00:00"));
        }
    };
    let found = match read_as(bytes, name, &document.session, asked) {
        Ok(found) => found,
        Err(error) => return desk.say(error.to_string()),
    };
    for note in &found.notes {
        desk.say(format!("{name}: {note}"));
    }
    let Some(merged) = desk.note(|book| book.merge(found.drafts)) else { return };
    let mut words = vec![format!("{} new comments", merged.added)];
    if merged.changed > 0 {
        words.push(format!("{} changed", merged.changed));
    }
    if merged.replies > 0 {
        words.push(format!("{} answers", merged.replies));
    }
    if merged.known > 0 {
        words.push(format!("{} known already", merged.known));
    }
    desk.say(format!("{name}: {}", words.join(", ")));
    let review = desk.notes.book.review();
    let (used, agreed) = (review.used(), review.agreed);
    if merged.added > 0 && used > agreed {
        desk.say(format!("This is round {used}; {agreed} were agreed"));
    }
}

pub fn import_files(desk: &mut Desk, paths: Vec<PathBuf>) {
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        match disk::bytes(&path, LARGEST) {
            Ok(bytes) => import(desk, &bytes, &name),
            Err(cause) => desk.say(format!("{} cannot be read: {cause}", path.display())),
        }
    }
}

pub fn export(desk: &mut Desk, path: &Path, format: Format) {
    desk.note(|book| book.goes_out(|_| true));
    let Some(document) = &desk.document else { return };
    let all: Vec<&Comment> = desk.notes.book.review().present().collect();
    let (times, frames) = (desk.panels.preferences.comment_times, desk.notes.frames);
    let frames = frames.unwrap_or(FrameRate::FILM);
    let text = write_at(format, &document.session, &all, times, frames);
    match disk::write(path, &text) {
        Ok(()) => desk
            .panels
            .toasts
            .say(format!("Written: {}", path.display()), path.parent().map(Path::to_owned)),
        Err(cause) => desk.say(format!("{} cannot be written: {cause}", path.display())),
    }
}

/// Writes the document of a round; the current one is closed by it.
pub fn send_round(desk: &mut Desk, folder: &Path, round: u32) {
    desk.note(|book| book.goes_out(|one| one.round == round));
    let Some(document) = &desk.document else { return };
    let review = desk.notes.book.review();
    let current = review.current_round() == round;
    let times = desk.panels.preferences.comment_times;
    match send(&document.session, review, round, times, folder) {
        Ok(files) => {
            let first = files.first().map_or_else(String::new, |path| path.display().to_string());
            desk.panels
                .toasts
                .say(format!("Written: {first} and its other forms"), Some(folder.into()));
            if current {
                desk.note(|book| book.send_round());
            }
        }
        Err(error) => desk.say(error.to_string()),
    }
}

pub fn picked_page(desk: &mut Desk, out: PathBuf) {
    let Some(document) = &desk.document else { return };
    let session = document.session.clone();
    let chosen = wish(&desk.ctx, &session);
    let request = Request {
        versions: chosen.versions,
        master: chosen.master,
        revisions: chosen.revisions,
        wav: chosen.wav,
        comments: chosen.comments,
        ..Request::new(&session, Some(&document.path), out)
    };
    let shown = chosen.comments;
    let folder = document.folder();
    desk.note(|book| if shown { book.goes_out(|_| true).map(drop) } else { Ok(()) });
    let review = desk.notes.book.review().clone();
    desk.jobs.review_page(session, folder, review, request);
}

/// Shows how far the page is.
struct Told<'a>(&'a crate::app::board::Running);

impl Observer for Told<'_> {
    fn overall(&self, overall: Overall) {
        self.0.share(overall.fraction);
    }
}

/// When something was last put into a folder, or a file written.
fn stamp(path: &Path) -> Option<std::time::SystemTime> {
    std::fs::metadata(path).and_then(|meta| meta.modified()).ok()
}

impl Jobs {
    /// Wakes the window when others write into the folder of a session, as long as `alive` is.
    pub fn watch_notes(&self, path: &Path, alive: &Arc<()>) {
        let folder = path.parent().map_or_else(PathBuf::new, Path::to_owned);
        let places = [Book::folder(path), path.to_owned(), folder];
        let (alive, ctx) = (Arc::downgrade(alive), self.ctx.clone());
        self.spawn("notes", move |_| {
            let look = || places.each_ref().map(|place| stamp(place));
            let mut known = look();
            while alive.strong_count() > 0 {
                std::thread::sleep(super::LOOK);
                let now = look();
                if now != known {
                    known = now;
                    ctx.request_repaint();
                }
            }
        });
    }

    /// Removes what was deleted long ago from the folder of revisions.
    pub fn tidy(&self, path: &Path, session: &Session) {
        let (path, session) = (path.to_owned(), session.clone());
        self.spawn("tidy", move |_| {
            // What cannot be read may speak of anything.
            let beside = copies(&path, &session, &mut Beside::default());
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
        self.spawn_shown("page", "Making the page", Arc::default(), move |say, running, cancel| {
            let made = page::make(&session, &folder, &review, &request, &Told(running), cancel);
            match made {
                Ok(made) => {
                    let place = request.out.parent().map_or_else(PathBuf::new, Path::to_owned);
                    let size = made.bytes as f64 / 1e6;
                    let notes = made.tracks.iter().filter(|track| !track.note.is_empty());
                    let notes: String =
                        notes.map(|track| format!("; {}: {}", track.version, track.note)).collect();
                    say(News::Done(format!("{} is made, {size:.1} MB{notes}", made.page), place));
                }
                Err(PageError::Cancelled) => {}
                Err(error) => say(News::Failed(error.to_string())),
            }
        });
    }
}
