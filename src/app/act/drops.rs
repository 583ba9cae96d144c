//! Carries out a drop of files: each goes where [`crate::app::dropped`] judges it to belong.

use super::{lyrics, review};
use crate::app::desk::Desk;
use crate::app::dropped::{Use, uses};
use crate::app::jobs::News;
use crate::disk;
use crate::session::preset::{self, Preset};
use crate::texts::say;
use std::path::PathBuf;
use std::sync::Arc;

/// The largest preset file that is read, in bytes.
const LARGEST: u64 = 4_000_000;

impl Desk {
    /// Takes files that were dropped on the window.
    pub(in crate::app) fn drop_files(&mut self, paths: Vec<PathBuf>) {
        // What is open would be hidden by another question, or is about a state that the files change.
        if self.is_asked() || self.is_held() {
            self.say(say!("song-drop-asked"));
            return;
        }
        for (what, files) in uses(paths, self.panels.view, self.document.is_some()) {
            match what {
                Use::Open => self.open(files),
                Use::Stems => self.add_stems(files),
                Use::References => review::add_references(self, files),
                Use::Lyrics => files.into_iter().for_each(|file| lyrics::import(self, file)),
                Use::Comments => review::import_files(self, files),
                Use::Preset => files.into_iter().for_each(|file| take_preset(self, file)),
                Use::Ask => self.panels.shown.dropped = files,
                Use::Nothing => self.nothing_for(&files),
            }
        }
    }

    fn nothing_for(&mut self, files: &[PathBuf]) {
        let names = files.iter().filter_map(|file| file.file_name());
        let names: Vec<String> = names.map(|name| name.to_string_lossy().into_owned()).collect();
        let names = names.join(", ");
        self.say(match self.document.is_some() {
            true => say!("act-nothing-dropped", names = names),
            false => say!("act-open-a-song-first", names = names),
        });
    }
}

/// The answer to the question what dropped files hold.
pub fn take(desk: &mut Desk, files: Vec<PathBuf>, are_lyrics: bool) {
    match are_lyrics {
        true => files.into_iter().for_each(|file| lyrics::import(desk, file)),
        false => review::import_files(desk, files),
    }
}

/// Puts a preset file on the shelf.
fn take_preset(desk: &Desk, path: PathBuf) {
    let Some(settings) = desk.settings.folder.clone() else { return };
    let shown = say!("act-reading-preset");
    desk.jobs.spawn_shown("preset", shown, Arc::default(), move |say, _, _| {
        let read = disk::bytes(&path, LARGEST).map_err(|error| error.to_string());
        let preset = read.and_then(|bytes| {
            serde_json::from_slice::<Preset>(&bytes).map_err(|error| error.to_string())
        });
        say(News::Said(match preset {
            Ok(preset) => match preset::save(&settings, &preset) {
                Ok(_) => say!("act-preset-added", name = &preset.name),
                Err(error) => error.to_string(),
            },
            Err(error) => say!("act-no-preset", path = path.display().to_string(), error = error),
        }));
    });
}
