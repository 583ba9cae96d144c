//! Comparing a new export with what the stem was before.

use crate::app::desk::Desk;
use crate::app::exports::{Before, Exports};
use crate::app::jobs::{Jobs, News};
use crate::app::sounds::loudness;
use crate::engine::source::{StemSource, opened};
use crate::files::FileOf;
use crate::files::kept::Kept;
use crate::media::store::{Opened, Store};
use crate::session::stem::{Stem, StemId};
use crate::units::{Db, Lufs};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Lets the new export of a stem be heard, or what the stem was before; plays from where it stands.
pub fn hear(desk: &mut Desk, id: StemId, old: bool) {
    let alone = desk.panels.shown.alone;
    let known = desk.listen.heard.exports.as_ref().filter(|exports| exports.stem() == id);
    if let Some(before) = known.map(|exports| Arc::clone(&exports.before)) {
        return listen_to(desk, Some(Exports { before, old, alone }));
    }
    let Some(document) = &desk.document else { return };
    let Some(stem) = document.session.stem(id).cloned() else { return };
    desk.awaited_export = Some((id, old));
    desk.jobs.before(desk.number, stem, document.folder(), document.session.sample_rate);
}

/// What the stem was before is ready.
pub fn ready(desk: &mut Desk, before: Before) {
    let wanted = desk.awaited_export.take().filter(|(id, _)| *id == before.stem);
    let Some((_, old)) = wanted else { return };
    let alone = desk.panels.shown.alone;
    listen_to(desk, Some(Exports { before: Arc::new(before), old, alone }));
}

/// Ends comparing: the stem is heard as it is.
pub fn end(desk: &mut Desk) {
    desk.awaited_export = None;
    if desk.listen.heard.exports.is_some() {
        listen_to(desk, None);
    }
}

/// Both in the mix, or alone.
pub fn set_alone(desk: &mut Desk, alone: bool) {
    desk.panels.shown.alone = alone;
    if let Some(exports) = desk.listen.heard.exports.clone() {
        listen_to(desk, Some(Exports { alone, ..exports }));
    }
}

fn listen_to(desk: &mut Desk, exports: Option<Exports>) {
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

/// Points the session at what a stem was before; it is written beside the new export.
pub fn use_old(desk: &mut Desk, of: FileOf) {
    let Some(document) = &desk.document else { return };
    let Some(file) = crate::files::file(&document.session, of).cloned() else { return };
    desk.jobs.locate(desk.number, document, vec![of], move |_, base| {
        let restored = Kept::of_user().restore_before(&file, base);
        restored.ok().flatten().map(|path| vec![(of, path, None)]).unwrap_or_default()
    });
}

impl Jobs {
    /// Opens what a stem was before, and measures how loud both are.
    fn before(&self, document: u64, stem: Stem, folder: PathBuf, rate: crate::units::SampleRate) {
        self.spawn_shown("before", "Opening both", Arc::default(), move |say, _, cancel| {
            let Some(copies) = Kept::of_user().before(&stem.file) else {
                return say(News::Failed(format!(
                    "There is no copy of what {} was before",
                    stem.name
                )));
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
