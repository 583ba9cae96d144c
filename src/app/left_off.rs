//! Where a person left a song off ([`LeftOff`]): view, version, master, stem, playhead, findings that
//! are ignored, files that were left out. Kept in the program's settings, not in the session: another
//! person may have left off elsewhere.

use super::desk::Desk;
use super::document::Document;
use super::measured::IgnoredFinding;
use super::panels::LeftOut;
use super::view::View;
use crate::disk;
use crate::session::ids::{MasterId, VersionId};
use crate::session::stem::StemId;
use crate::units::{EntryId, Frames};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

/// The largest file that is read, in bytes.
const LARGEST: u64 = 100_000;
/// Songs that are remembered; the longest unopened ones are forgotten.
const MOST: usize = 200;
/// Delay between a change and writing it.
const KEEP: Duration = Duration::from_secs(1);

/// Where a person left a song off.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LeftOff {
    /// Name of the view.
    view: String,
    version: VersionId,
    master: MasterId,
    stem: Option<StemId>,
    frame: Frames,
    preview: bool,
    pack: bool,
    ignored: Vec<IgnoredFinding>,
    /// Files that could not be taken into the song, as far as nobody dismissed them.
    left_out: Vec<LeftOut>,
    /// Folder that a person chose for exports.
    exports: Option<PathBuf>,
}

/// What was written last, and since when it differs.
#[derive(Default)]
pub struct Kept {
    last: LeftOff,
    since: Option<Instant>,
}

fn folder(settings: &Path) -> PathBuf {
    settings.join("songs")
}

/// File of a song; `None` before its session is saved. An id comes from a file, so its hash is used.
fn file(settings: &Path, song: &EntryId) -> Option<PathBuf> {
    let name = EntryId::of_text(song.as_str());
    (!song.is_empty()).then(|| folder(settings).join(format!("{}.json", name.as_str())))
}

impl LeftOff {
    /// Reads where the song was left off; `None` if it was not opened before.
    pub fn load(settings: &Path, document: &Document) -> Option<Self> {
        let path = file(settings, &document.session.id).filter(|_| document.on_disk)?;
        serde_json::from_slice(&disk::bytes(&path, LARGEST).ok()?).ok()
    }

    fn of(desk: &Desk, document: &Document) -> Self {
        let session = &document.session;
        Self {
            view: desk.panels.view.name().into(),
            version: document.current_version().map(|version| version.id).unwrap_or_default(),
            master: session
                .masters
                .get(document.master)
                .map_or_else(MasterId::default, |m| m.id.clone()),
            stem: document.selected,
            frame: Frames(desk.listen.frame()),
            preview: desk.listen.heard.preview,
            pack: desk.panels.pack,
            ignored: desk.measured.ignored.clone(),
            left_out: desk.panels.stems.left_out.clone(),
            exports: desk.making.seen.folder.clone(),
        }
    }

    /// Puts the desk where the song was left off. What is gone is passed over.
    pub fn apply(self, desk: &mut Desk) {
        let Some(document) = &mut desk.document else { return };
        let session = document.open.session.clone();
        let version = session.versions.iter().position(|one| one.id == self.version);
        let master = session.masters.iter().position(|one| one.id == self.master);
        document.open.version = version.unwrap_or(document.open.version);
        document.open.master = master.unwrap_or(document.open.master);
        if let Some(stem) = self.stem.filter(|id| session.stem(*id).is_some()) {
            document.open.select(Some(stem));
        }
        let frame = self.frame.0.min(session.length().0);
        desk.listen.seek(frame);
        desk.listen.heard.preview = self.preview;
        desk.panels.pack = self.pack;
        desk.making.seen.folder.clone_from(&self.exports);
        desk.measured.ignored.clone_from(&self.ignored);
        desk.panels.stems.left_out.clone_from(&self.left_out);
        if let Some(view) = View::ALL.into_iter().find(|view| view.name() == self.view) {
            desk.panels.view = view;
        }
        desk.left_off.last = self;
    }
}

impl Desk {
    /// Writes where the person is [`KEEP`] after that changed, or at once (`now`). The playhead
    /// alone is no change: it is written with the next one, and when the song is left.
    pub(super) fn keep_left_off(&mut self, now: bool) {
        let (Some(document), Some(settings)) = (&self.document, self.settings.folder.clone())
        else {
            return;
        };
        let Some(path) = file(&settings, &document.session.id).filter(|_| document.on_disk) else {
            return;
        };
        let here = LeftOff::of(self, document);
        let known = LeftOff { frame: here.frame, ..self.left_off.last.clone() };
        let same = here == known && !(now && here.frame != self.left_off.last.frame);
        if same {
            self.left_off.since = None;
            return;
        }
        let since = *self.left_off.since.get_or_insert_with(Instant::now);
        if !now && since.elapsed() < KEEP {
            self.ctx.request_repaint_after(KEEP);
            return;
        }
        let Ok(text) = serde_json::to_vec(&here) else { return };
        self.left_off = Kept { last: here, since: None };
        self.settings.writer.later(move || {
            // Ignored: the song opens where a new one does.
            let _ =
                std::fs::create_dir_all(folder(&settings)).and_then(|()| disk::write(&path, &text));
            forget_old(&settings);
        });
    }
}

/// Deletes the files that were written longest ago, beyond [`MOST`].
fn forget_old(settings: &Path) {
    let Ok(files) = std::fs::read_dir(folder(settings)) else { return };
    let mut all: Vec<(SystemTime, PathBuf)> = files
        .flatten()
        .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
        .collect();
    all.sort();
    let surplus = all.len().saturating_sub(MOST);
    all.into_iter().take(surplus).for_each(|(_, path)| drop(std::fs::remove_file(path)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_so_many_songs_are_remembered() {
        let settings = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder(settings.path())).unwrap();
        for n in 0..MOST + 3 {
            let path = folder(settings.path()).join(format!("{n}.json"));
            let file = std::fs::File::create(&path).unwrap();
            let time = SystemTime::UNIX_EPOCH + Duration::from_secs(n as u64);
            file.set_modified(time).unwrap();
        }
        forget_old(settings.path());
        let names = std::fs::read_dir(folder(settings.path())).unwrap().count();
        assert_eq!(names, MOST);
        assert!(!folder(settings.path()).join("2.json").exists());
        assert!(folder(settings.path()).join("3.json").exists());
    }

    #[test]
    fn the_file_of_a_song_lies_in_its_folder_whatever_its_id() {
        let settings = Path::new("/settings");
        let id: EntryId = serde_json::from_str("\"../../etc/passwd\"").unwrap();
        let path = file(settings, &id).unwrap();
        assert_eq!(path.parent(), Some(Path::new("/settings/songs")));
        assert_eq!(file(settings, &EntryId::default()), None);
    }
}
