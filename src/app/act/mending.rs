//! Carries out [`Mending`]: mends findings by edits or by new files, writes a set of mended stems,
//! and the HTML page of findings for the sender of the stems.

use crate::app::deeds::Mending;
use crate::app::desk::Desk;
use crate::app::dialog::Dialog;
use crate::app::heard::HeardFile;
use crate::app::jobs::{Jobs, News, Picked};
use crate::app::stems::left_name;
use crate::disk::{self, Temporary};
use crate::engine::source::StemSource;
use crate::files::take::file_ref;
use crate::intake::examine::{Examination, stopped};
use crate::intake::findings::{Finding, Mend, Span};
use crate::intake::mend::{Repair, in_session, write, write_all};
use crate::intake::null_test::write_left;
use crate::intake::report;
use crate::media::store::Store;
use crate::session::Session;
use crate::session::edit::Edit;
use crate::session::naming::standard;
use crate::session::stem::{FileRef, Stem, StemId};
use crate::texts::say;
use crate::units::{Db, Frames, Seconds};
use anyhow::Context;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

pub fn act(desk: &mut Desk, deed: Mending) {
    match deed {
        Mending::Mend(findings) => mend(desk, &findings),
        Mending::Ignore(finding) => desk.measured.ignored.push(finding),
        Mending::ShowIgnored(stem) => desk.measured.ignored.retain(|(of, _)| *of != stem),
        Mending::Play(span) => play(desk, span),
        Mending::PlayBoth(stem, span) => {
            play(desk, span);
            desk.listen.heard.both = Some(stem);
        }
        Mending::PlayLeft { fixed } => play_left(desk, fixed),
        Mending::PickPage => pick_page(desk),
        Mending::PickSet => pick_set(desk),
    }
}

/// Mends findings. Edits of the session become one undo step; constant offsets (DC) need new files,
/// which a job writes.
fn mend(desk: &mut Desk, findings: &[Finding]) {
    let Some(document) = &mut desk.document else { return };
    let session = &document.session;
    // What was found in an earlier state of a stem would be mended twice.
    let known = |finding: &&Finding| {
        let stem = finding.stem.and_then(|id| session.stem(id));
        stem.is_some_and(|stem| desk.measured.may_fix(stem))
    };
    let findings = findings.iter().filter(known);
    let edits: Vec<Edit> = findings.clone().filter_map(|f| in_session(session, f)).collect();
    let anew: Vec<(Stem, [f64; 2])> = findings
        .filter_map(|finding| match finding.mend {
            Some(Mend::Dc { offset }) => Some((session.stem(finding.stem?)?.clone(), offset)),
            _ => None,
        })
        .collect();
    let (session, folder) = (Arc::clone(&document.session), document.folder());
    if !edits.is_empty() {
        document.edit(Edit::Several(edits));
        desk.reopen_stems();
    }
    if !anew.is_empty() {
        desk.measured.fixing = Some(desk.number);
        desk.jobs.write_anew(desk.number, session, folder, anew);
    }
}

/// Points stems at their mended files; their position in the song does not change.
pub fn take(desk: &mut Desk, files: Vec<(StemId, FileRef)>) {
    desk.measured.fixing = None;
    if files.is_empty() {
        return;
    }
    desk.own_step();
    let Some(document) = &mut desk.document else { return };
    let edit = |(stem, file)| Edit::File { stem, file: Box::new(file) };
    document.edit(Edit::Several(files.into_iter().map(edit).collect()));
    desk.reopen_stems();
}

/// Seconds before and after a place that are played with it.
const AROUND: f64 = 1.0;

fn play(desk: &mut Desk, span: Span) {
    let Some(document) = &desk.document else { return };
    let (rate, end) = (document.session.sample_rate, document.length().0);
    let frame = |at: f64| Seconds(at.max(0.0)).frames(rate).0.min(end);
    let (from, to) = (frame(span.from.0 - AROUND), frame(span.to.0 + AROUND));
    if from < to {
        desk.play_round(from, to);
    }
}

/// Starts the job that writes what the null test leaves of the reference, and plays it.
fn play_left(desk: &mut Desk, fixed: bool) {
    let Some(document) = &desk.document else { return };
    let name = left_name(fixed);
    if desk.listen.heard.file.as_ref().is_some_and(|file| file.path == name) {
        return desk.listen.hear_file(Some(document), None);
    }
    let Some(found) = found(desk) else { return };
    let Some(document) = &desk.document else { return };
    let tested = found.null_test;
    let (Some(test), Some(reference)) = (tested, document.session.reference.as_ref()) else {
        return;
    };
    let (session, folder) = (Arc::clone(&document.session), document.folder());
    let (reference, number) = (reference.place.at(&folder), desk.number);
    let shown = say!("act-playing-what-is-left");
    desk.jobs.spawn_shown("left", shown, Arc::default(), move |say, _, cancel| {
        let go_on = || stopped(cancel);
        let written = || -> anyhow::Result<HeardFile> {
            let file = Temporary::within(&std::env::temp_dir())?;
            write_left(&session, &folder, &reference, &test, fixed, file.path(), &go_on)?;
            let rate = session.sample_rate;
            let source = StemSource::open_plain(file.path(), rate, &Store::of_user())?;
            let (source, gain) = (Arc::new(source), Db::UNITY);
            Ok(HeardFile { path: name, source, gain, _temporary: Some(Arc::new(file)) })
        };
        match written() {
            Ok(file) => say(News::File { document: number, file }),
            Err(_) if cancel.load(Ordering::Relaxed) => {}
            Err(error) => say(News::Failed(format!("{error:#}"))),
        }
    });
}

fn pick_page(desk: &Desk) {
    let Some(document) = &desk.document else { return };
    let dialog = Dialog::new()
        .set_title(say!("act-pick-page"))
        .set_directory(document.folder())
        .set_file_name("Stems_check.html");
    desk.jobs.pick(dialog, |dialog| dialog.save_file().map(Picked::Page));
}

fn pick_set(desk: &Desk) {
    let Some(document) = &desk.document else { return };
    let dialog =
        Dialog::new().set_title(say!("act-pick-fixed-folder")).set_directory(document.folder());
    desk.jobs.pick(dialog, |dialog| dialog.pick_folder().map(Picked::Mended));
}

/// What was found in the stems as they are now. Says so while that is not known yet: findings of an
/// earlier state would be told, or mended a second time.
fn found(desk: &mut Desk) -> Option<Examination> {
    let document = desk.document.as_ref()?;
    if desk.measured.is_of(&document.session) {
        return desk.measured.examination.clone();
    }
    desk.say(say!("act-still-checking"));
    None
}

pub fn write_page(desk: &mut Desk, path: PathBuf) {
    let Some(found) = found(desk) else { return };
    let Some(document) = &desk.document else { return };
    let session = Arc::clone(&document.session);
    // The sender has to export them again, too.
    let left_out = desk.panels.stems.left_out.iter().map(|one| one.reason.clone());
    let left_out: Vec<String> = left_out.collect();
    desk.jobs.spawn_shown("page", say!("act-writing-page"), Arc::default(), move |say, _, _| {
        let page = report::page(&session, &found, &left_out);
        say(match disk::write(&path, page.as_bytes()) {
            Ok(()) => {
                let folder = path.parent().unwrap_or(&path).to_owned();
                News::Done(say!("act-written", path = path.display().to_string()), folder)
            }
            Err(cause) => News::Failed(say!(
                "act-cannot-be-written",
                path = path.display().to_string(),
                error = cause.to_string()
            )),
        });
    });
}

pub fn write_set(desk: &mut Desk, out: PathBuf) {
    let Some(found) = found(desk) else { return };
    let Some(document) = &desk.document else { return };
    desk.jobs.write_set(document.session.clone(), document.folder(), found, out);
}

impl Jobs {
    /// Writes stems without their constant offsets into `Stems_mended` beside the session.
    fn write_anew(
        &self,
        document: u64,
        session: Arc<Session>,
        folder: PathBuf,
        stems: Vec<(Stem, [f64; 2])>,
    ) {
        self.spawn_shown("fix", say!("act-fixing"), Arc::default(), move |say, running, cancel| {
            let all = stems.len() as f32;
            let mut files = Vec::new();
            for (n, (stem, offset)) in stems.into_iter().enumerate() {
                let each = |share: f32| {
                    running.share((n as f32 + share) / all);
                    !cancel.load(Ordering::Relaxed)
                };
                match without_offset(&session, &folder, &stem, offset, &each) {
                    Ok(file) => files.push((stem.id, file)),
                    Err(error) => {
                        say(News::Failed(format!("{error:#}")));
                        files.clear();
                        break;
                    }
                }
            }
            say(News::Mended { document, files });
        });
    }

    fn write_set(&self, session: Arc<Session>, folder: PathBuf, found: Examination, out: PathBuf) {
        self.spawn_shown("fix", say!("act-fixing"), Arc::default(), move |say, running, cancel| {
            let shown = |share| running.share(share);
            match write_all(&session, &folder, &found, &out, &shown, cancel) {
                Ok(done) => {
                    say(News::Done(say!("act-fixed-copies-written", count = done.len()), out))
                }
                Err(error) => say(News::Failed(error.to_string())),
            }
        });
    }
}

/// Writes the file of a stem without its constant offset into a new file. The whole file is
/// written, whatever part of it the session uses, so the stem's position stays valid.
fn without_offset(
    session: &Session,
    folder: &Path,
    stem: &Stem,
    offset: [f64; 2],
    each: &dyn Fn(f32) -> bool,
) -> anyhow::Result<FileRef> {
    let number = session.stems.iter().position(|known| known.id == stem.id).unwrap_or(0);
    let name = standard(number + 1, &stem.name);
    let out = folder.join("Stems_fixed");
    let free = |n: u32| {
        let path = match n {
            1 => out.join(format!("{name}.wav")),
            n => out.join(format!("{name}_{n}.wav")),
        };
        (!path.exists()).then_some(path)
    };
    let path = (1..1000).find_map(free).context(say!("act-fixed-folder-full"))?;
    std::fs::create_dir_all(&out)
        .with_context(|| say!("act-path-cannot-be-written", path = out.display().to_string()))?;
    let whole = Stem { start: Frames(0), skip: Frames(0), ..stem.clone() };
    let (repair, length) = (Repair { offset, ..Repair::default() }, whole.end(session.sample_rate));
    write(session, folder, &whole, &repair, length, &path, each)?;
    Ok(file_ref(&path, folder)?)
}
