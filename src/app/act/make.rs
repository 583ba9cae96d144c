//! Carries out [`Make`]: starts and cancels renders and deliveries, reports how they end, and looks
//! up the revision of the next one. The work itself is [`crate::app::render_job`].

use super::shelf;
use crate::app::act;
use crate::app::deeds::{Deed, Make, RenderKind};
use crate::app::delivering::Destination;
use crate::app::desk::Desk;
use crate::app::dialog::Dialog;
use crate::app::heard::HeardFile;
use crate::app::jobs::{News, Picked};
use crate::app::panels::BeforeExport;
use crate::app::render_job::RenderJob;
use crate::app::view::View;
use crate::delivery::before::before;
use crate::delivery::checks::{Check, Facts};
use crate::delivery::make;
use crate::engine::source::StemSource;
use crate::media::store::Store;
use crate::session::sound::Sound;
use crate::texts::say;
use crate::units::Db;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Interval at which the Deliver view looks up the next revision again, because files may appear or
/// vanish on disk.
const AGAIN: Duration = Duration::from_secs(2);

pub fn act(desk: &mut Desk, deed: Make) {
    match deed {
        Make::Begin(what) => {
            desk.panels.view = View::Deliver;
            if may_begin(desk) {
                let found = stands_out(desk, what);
                match found.is_empty() && desk.song_files.missing().is_empty() {
                    true => begin(desk, what),
                    false => {
                        desk.panels.shown.before = Some(BeforeExport { kind: what, found });
                    }
                }
            }
        }
        Make::Anyway(what) => {
            if may_begin(desk) {
                desk.making.accepted = stands_out(desk, what);
                begin(desk, what);
            }
        }
        Make::Cancel => cancel(desk),
        Make::PickFolder => pick_folder(desk),
        Make::OpenFolder => {
            if let Some(folder) = desk.making.seen.made_in().map(Path::to_owned) {
                act::act(desk, Deed::ShowFolder(folder));
            }
        }
        Make::Play(path, gain) => play(desk, path, gain),
        Make::KeepExport(export) => shelf::keep_export(desk, *export),
    }
}

/// Plays a file in place of the session, or the session again if the file plays like that. A file
/// that is chosen while playback stands goes on.
fn play(desk: &mut Desk, path: PathBuf, gain: Db) {
    let Some(document) = &desk.document else { return };
    if desk.listen.heard.file.as_ref().is_some_and(|file| file.path == path && file.gain == gain) {
        return match desk.listen.is_playing() {
            true => desk.listen.hear_file(Some(document), None),
            false => desk.toggle_play(),
        };
    }
    let (number, rate) = (desk.number, document.session.sample_rate);
    desk.jobs.spawn("file", move |say| {
        say(match StemSource::open_plain(&path, rate, &Store::of_user()) {
            Ok(source) => News::File {
                document: number,
                file: HeardFile { path, source: Arc::new(source), gain, _temporary: None },
            },
            Err(error) => News::Said(say!(
                "act-cannot-be-played",
                path = path.display().to_string(),
                error = error.to_string()
            )),
        });
    });
}

/// Plays a file that a job opened, from the playhead.
pub fn hear(desk: &mut Desk, file: HeardFile) {
    let Some(document) = &desk.document else { return };
    let length = file.source.length().0;
    desk.listen.hear_file(Some(document), Some(file));
    if desk.listen.frame() >= length {
        desk.listen.seek(0);
    }
    if !desk.listen.is_playing() {
        desk.toggle_play();
    }
}

/// Cancels the render or delivery that is running.
pub fn cancel(desk: &mut Desk) {
    if let Some(job) = &desk.making.render {
        job.cancel();
    }
}

/// Whether a render can start now; reports why not. A running render continues.
fn may_begin(desk: &mut Desk) -> bool {
    let running = desk.making.render.as_ref().is_some_and(RenderJob::is_running);
    if running {
        desk.say(say!("act-made-already"));
    } else if desk.passage.opening {
        // Opening another session would cancel the render.
        desk.say(say!("act-another-opens"));
    }
    !running && !desk.passage.opening
}

/// What a person should know before an export, if it is not what was accepted for the last one.
fn stands_out(desk: &Desk, kind: RenderKind) -> Vec<Check> {
    let Some(document) = &desk.document else { return Vec::new() };
    let facts = Facts { findings: desk.measured.to_check(), ..Facts::default() };
    let packed = kind == RenderKind::Package;
    let found = before(&document.session, &facts, &desk.song_files.missing_beside(), packed);
    if found == desk.making.accepted { Vec::new() } else { found }
}

/// Starts a render of every included cell: masters alone, or a package with everything that the
/// Deliver panel selects. Missing stems were asked about.
fn begin(desk: &mut Desk, kind: RenderKind) {
    // Report the end of the previous render before its job is dropped.
    tell(desk);
    let Some(document) = &desk.document else { return };
    let (session, folder) = (document.session.clone(), document.folder());
    let chosen = desk.making.seen.folder.clone();
    let allow_missing = !desk.song_files.missing().is_empty();
    let job = match kind {
        RenderKind::Masters => {
            let destination = desk.making.seen.destination(document);
            desk.jobs.masters(session, destination, allow_missing)
        }
        RenderKind::Package => {
            let request = make::Request {
                out: chosen.unwrap_or_else(|| folder.clone()),
                reference_residual: desk.measured.residual(),
                findings: desk.measured.to_check(),
                session: Some(document.path.clone()),
                allow_missing,
                ..make::Request::default()
            };
            // The package takes its comments from the disk.
            let comments_written = desk.settings.writer.barrier();
            desk.jobs.deliver(session, folder, request, comments_written)
        }
    };
    desk.making.render = Some(job);
    desk.making.render_told = false;
    tell(desk);
}

/// Copies the progress of the render into the view state. When it ends, reports the result once, in
/// whichever view the person is; a revision that was kept enters the session's lineage.
pub fn tell(desk: &mut Desk) {
    let making = &mut desk.making;
    let Some(job) = &mut making.render else { return };
    if let Some(now) = job.look() {
        making.seen.render = Some(now);
    }
    let ended = making.seen.render.as_ref().filter(|render| !render.is_running());
    let Some(render) = ended else { return };
    if std::mem::replace(&mut making.render_told, true) {
        return;
    }
    let (text, folder) = (render.ending.clone().unwrap_or_default(), render.folder.clone());
    let kept = render.delivered.as_ref().and_then(|delivered| delivered.kept.clone());
    // The new files take a name; look up the next one.
    making.looked = None;
    let taken = render.makes.as_ref().map(|(revision, _)| revision);
    if making.seen.next.as_ref().map(|next| &next.revision) == taken {
        making.seen.next = None;
    }
    desk.panels.toasts.say(text, Some(folder));
    if let (Some(hash), Some(document)) = (kept, &mut desk.document) {
        document.descend(&hash);
        desk.notes.revised.forget();
    }
}

/// Reports the end of a finished render, then drops the job and all render state of the song.
pub fn forget(desk: &mut Desk) {
    tell(desk);
    desk.making.render = None;
    desk.making.seen = Default::default();
    desk.making.looked = None;
    desk.panels.shown.before = None;
    desk.making.accepted = Vec::new();
}

fn pick_folder(desk: &Desk) {
    let Some(document) = &desk.document else { return };
    let dialog =
        Dialog::new().set_title(say!("act-pick-masters-folder")).set_directory(document.folder());
    desk.jobs.pick(dialog, |dialog| dialog.pick_folder().map(Picked::Export));
}

/// Destination of the last look-up of a revision, and when it started.
pub type NameLookup = Option<(Destination, Instant)>;

/// Keeps what the session sounds of while the Deliver view is shown, which compares it with the
/// files that were made.
pub fn look_for_changes(desk: &mut Desk) {
    let Some(document) = &desk.document else { return };
    let sound = &mut desk.making.seen.sound;
    let state = document.state();
    let known = sound.as_ref().is_some_and(|(of, _)| *of == state);
    if desk.panels.view == View::Deliver && !known {
        *sound = Some((state, Sound::of(&document.session)));
    }
}

/// Looks up the revision of the next export in a job: whenever its destination changes, and every
/// [`AGAIN`] in the Deliver view.
pub fn look_for_name(desk: &mut Desk) {
    let Some(document) = &desk.document else { return };
    let (seen, shown) = (&desk.making.seen, desk.panels.view == View::Deliver);
    let fresh = desk.making.looked.as_ref().is_some_and(|(of, when)| {
        seen.leads_to(of, document) && (!shown || when.elapsed() < AGAIN)
    });
    if fresh {
        return;
    }
    let wanted = seen.destination(document);
    let known = seen.next.as_ref().and_then(|next| next.last.as_ref()?.sound.clone());
    let (number, session) = (desk.number, Arc::clone(&document.session));
    desk.making.looked = Some((wanted.clone(), Instant::now()));
    desk.jobs.spawn("name", move |say| {
        let next = wanted.look(&session, known.as_ref());
        say(News::NextExport { document: number, next: Box::new(next) });
    });
}
