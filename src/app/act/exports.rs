//! Comparison of a new export of a stem with the stem's previous recording, at equal loudness. The
//! job here opens the previous recording from its kept copy and measures both.

use crate::app::desk::Desk;
use crate::app::exports::{Before, ExportComparison};
use crate::app::jobs::{Jobs, News};
use crate::app::sounds::loudness;
use crate::engine::source::{StemSource, opened};
use crate::files::FileOf;
use crate::files::kept::Kept;
use crate::media::store::{Opened, Store};
use crate::session::stem::{Stem, StemId};
use crate::texts::say;
use crate::units::{Db, Lufs};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Plays the new export of a stem, or its previous recording (`old`). Playback starts at the
/// playhead if it is stopped.
pub fn hear(desk: &mut Desk, id: StemId, old: bool) {
    let alone = desk.panels.shown.alone;
    let known = desk.listen.heard.exports.as_ref().filter(|exports| exports.stem() == id);
    if let Some(before) = known.map(|exports| Arc::clone(&exports.before)) {
        return listen_to(desk, Some(ExportComparison { before, old, alone }));
    }
    let Some(document) = &desk.document else { return };
    let Some(stem) = document.session.stem(id).cloned() else { return };
    desk.awaited_export = Some((id, old));
    desk.jobs.before(desk.number, stem, document.folder(), document.session.sample_rate);
}

/// Takes the previous recording that the job opened, if it is still wanted.
pub fn ready(desk: &mut Desk, before: Before) {
    let wanted = desk.awaited_export.take().filter(|(id, _)| *id == before.stem);
    let Some((_, old)) = wanted else { return };
    let alone = desk.panels.shown.alone;
    listen_to(desk, Some(ExportComparison { before: Arc::new(before), old, alone }));
}

/// Ends the comparison: the stem plays its own file again.
pub fn end(desk: &mut Desk) {
    desk.awaited_export = None;
    if desk.listen.heard.exports.is_some() {
        listen_to(desk, None);
    }
}

/// Plays both recordings alone, or together with the other stems.
pub fn set_alone(desk: &mut Desk, alone: bool) {
    desk.panels.shown.alone = alone;
    if let Some(exports) = desk.listen.heard.exports.clone() {
        listen_to(desk, Some(ExportComparison { alone, ..exports }));
    }
}

fn listen_to(desk: &mut Desk, exports: Option<ExportComparison>) {
    let Some(document) = &desk.document else { return };
    let begins = exports.is_some() && !desk.listen.is_playing();
    let figures = desk.measured.figures.as_ref();
    let done = desk.listen.compare_exports(document, figures, exports);
    let played = done.and_then(|()| match begins {
        true => desk.listen.toggle(document, figures),
        false => Ok(()),
    });
    if let Err(error) = played {
        desk.say(format!("{error:#}"));
    }
}

/// Restores the previous recording beside the new export, and points the session at it.
pub fn use_old(desk: &mut Desk, of: FileOf) {
    let Some(document) = &desk.document else { return };
    let Some(file) = crate::files::file(&document.session, of).cloned() else { return };
    desk.jobs.locate(desk.number, document, vec![of], move |_, base| {
        let restored = Kept::of_user().restore_before(&file, base);
        restored.ok().flatten().map(|path| vec![(of, path, None)]).unwrap_or_default()
    });
}

impl Jobs {
    /// Opens the kept copy of the previous recording, and measures the loudness of both.
    fn before(&self, document: u64, stem: Stem, folder: PathBuf, rate: crate::units::SampleRate) {
        let shown = say!("act-opening-both");
        self.spawn_shown("before", shown, Arc::default(), move |say, _, cancel| {
            let Some(copies) = Kept::of_user().before(&stem.file) else {
                return say(News::Failed(say!("act-no-copy-before", stem = &stem.name)));
            };
            let (store, go_on) = (Store::of_user(), || !cancel.load(Ordering::Relaxed));
            let old = match store.open_sides(&copies.left, copies.right.as_deref(), rate, &go_on) {
                Ok(old) => old,
                Err(error) => return say(News::Failed(error.to_string())),
            };
            let measured = |sound: &Opened| loudness(sound, cancel).and_then(Lufs::finite);
            let new = opened(&stem.file, &folder, rate, &store, &go_on).ok();
            let louder = measured(&old).zip(new.as_ref().and_then(measured));
            let louder = louder.map(|(old, new)| Db(new - old));
            let source = Arc::new(StemSource::of(old, rate).at(stem.offset()));
            let before = Before { stem: stem.id, source, louder };
            say(News::Before { document, before });
        });
    }
}
