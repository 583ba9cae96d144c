//! Carries out [`Make`]: starts and cancels renders and deliveries, reports how they end, and looks
//! up the name of the next package. The work itself is [`crate::app::render_job`].

use super::shelf;
use crate::app::deeds::{Make, RenderKind};
use crate::app::delivering::{Destination, NextPackage};
use crate::app::desk::Desk;
use crate::app::jobs::{News, Picked};
use crate::app::render_job::RenderJob;
use crate::app::view::View;
use crate::delivery::make::{self, free_revision};
use crate::render::Request;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Interval at which the Deliver view looks up the name of the next package again, because packages
/// may appear or vanish on disk.
const AGAIN: Duration = Duration::from_secs(2);

pub fn act(desk: &mut Desk, deed: Make) {
    match deed {
        Make::Begin(what) => {
            desk.panels.view = View::Deliver;
            if may_begin(desk) {
                match desk.song_files.missing().is_empty() {
                    true => begin(desk, what, false),
                    false => desk.panels.shown.missing = Some(what),
                }
            }
        }
        Make::Without(what) => {
            if may_begin(desk) {
                begin(desk, what, true);
            }
        }
        Make::Cancel => cancel(desk),
        Make::PickFolder => pick_folder(desk),
        Make::OpenFolder => {
            let folder = desk.making.seen.made_in().map(Path::to_owned);
            if let Some(Err(error)) = folder.map(|folder| crate::app::act::open_folder(&folder)) {
                desk.say(format!("{error:#}"));
            }
        }
        Make::KeepExport(export) => shelf::keep_export(desk, *export),
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
        desk.say("Masters are being made already; cancel that first, or wait for it");
    } else if desk.passage.opening {
        // Opening another session would cancel the render.
        desk.say("Another session is being opened");
    }
    !running && !desk.passage.opening
}

/// Starts a render of every included cell: masters alone, or a package with everything that the
/// Deliver panel selects.
fn begin(desk: &mut Desk, making: RenderKind, allow_missing: bool) {
    // Report the end of the previous render before its job is dropped.
    tell(desk);
    let Some(document) = &desk.document else { return };
    let (session, folder) = (document.session.clone(), document.folder());
    let seen = &desk.making.seen;
    let job = match making {
        RenderKind::Masters => {
            let folder_of_masters = seen.masters(document);
            let request =
                Request { folder: folder_of_masters, allow_missing, ..Request::default() };
            desk.jobs.render(session, folder, request)
        }
        RenderKind::Package => {
            let request = make::Request {
                out: seen.packages(document),
                reference_residual: desk.measured.residual(),
                faults: desk.measured.faults(),
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
    let Some(render) = making.seen.render.as_ref().filter(|render| !render.running) else { return };
    if std::mem::replace(&mut making.render_told, true) {
        return;
    }
    let (text, folder) = (render.ending.clone().unwrap_or_default(), render.folder.clone());
    let kept = render.delivered.as_ref().and_then(|delivered| delivered.kept.clone());
    // The new package takes a name; look up the next one.
    making.looked = None;
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
    desk.panels.shown.missing = None;
}

fn pick_folder(desk: &Desk) {
    let Some(document) = &desk.document else { return };
    let dialog =
        rfd::FileDialog::new().set_title("Folder for the masters").set_directory(document.folder());
    desk.jobs.pick(dialog, |dialog| dialog.pick_folder().map(Picked::Export));
}

/// Looks up the name of the next package in a job: whenever its destination changes, and every
/// [`AGAIN`] in the Deliver view.
pub fn look_for_name(desk: &mut Desk) {
    let Some(document) = &desk.document else { return };
    let wanted = desk.making.seen.destination(document);
    let shown = desk.panels.view == View::Deliver;
    let fresh = desk
        .making
        .looked
        .as_ref()
        .is_some_and(|(of, when)| *of == wanted && (!shown || when.elapsed() < AGAIN));
    if fresh {
        return;
    }
    let (number, session) = (desk.number, Arc::clone(&document.session));
    desk.making.looked = Some((wanted.clone(), Instant::now()));
    desk.jobs.spawn("name", move |say| {
        let (revision, name) = free_revision(&session, &wanted.out);
        say(News::NextPackage {
            document: number,
            next: NextPackage { of: wanted, revision, name },
        });
    });
}

/// Destination of the last look-up, and when it started.
pub type NameLookup = Option<(Destination, Instant)>;
