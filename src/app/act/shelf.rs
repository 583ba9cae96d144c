//! Presets and templates that a person keeps for other songs: jobs save one and then read all of
//! them again into [`Shelf`].

use crate::app::desk::Desk;
use crate::app::jobs::{Jobs, News};
use crate::app::shelf::Shelf;
use crate::session::delivery::StemExport;
use crate::session::file::FileError;
use crate::session::preset::{self, Preset};
use crate::session::ready::{Template, save, saved};
use crate::texts::say;
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn read(settings: &Path) -> Shelf {
    Shelf {
        versions: saved(settings),
        stem_exports: StemExport::templates(Some(settings)),
        presets: preset::built_in().into_iter().chain(preset::saved(settings)).collect(),
    }
}

pub fn keep_versions(desk: &mut Desk, template: Template) {
    keep(desk, move |settings| save(settings, &template));
}

pub fn keep_export(desk: &mut Desk, export: StemExport) {
    keep(desk, move |settings| export.keep(settings));
}

pub fn keep_preset(desk: &mut Desk, preset: Preset) {
    keep(desk, move |settings| preset::save(settings, &preset));
}

fn keep(desk: &mut Desk, write: impl FnOnce(&Path) -> Result<PathBuf, FileError> + Send + 'static) {
    let Some(settings) = desk.settings.folder.clone() else {
        return desk.say(say!("act-no-folder-to-keep"));
    };
    desk.jobs.spawn_shown("keep", say!("act-keeping"), Arc::default(), move |say, _, _| {
        let text = match write(&settings) {
            Ok(path) => say!("act-saved", path = path.display().to_string()),
            Err(error) => return say(News::Failed(error.to_string())),
        };
        say(News::Shelf(Box::new(read(&settings))));
        say(News::Said(text));
    });
}

impl Jobs {
    /// Reads all saved presets and templates.
    pub fn read_shelf(&self, settings: Option<&Path>) {
        let Some(settings) = settings.map(Path::to_owned) else { return };
        self.spawn("shelf", move |say| say(News::Shelf(Box::new(read(&settings)))));
    }
}
