//! What the program keeps between runs: recent sessions ([`Recent`]), the chosen sound device,
//! preferences and the geometry of the window. [`Writer`] writes these files, and comments, on a
//! thread of its own.

use crate::app::deeds::Deed;
use crate::app::desk::{Desk, Settings};
use crate::app::preferences::{LARGEST, WindowState};
use crate::app::theme;
use crate::disk;
use crate::playback::device::DeviceSettings;
use crate::texts::{self, Texts, say};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

const MOST_RECENT: usize = 8;

/// Delay between a change of preferences and writing them.
const KEEP: Duration = Duration::from_secs(1);

/// The program's folder for settings; `None` if the system has none.
pub fn folder() -> Option<PathBuf> {
    let dirs = directories::ProjectDirs::from("", "", "Stemwright")?;
    Some(dirs.config_dir().to_owned())
}

type WriteJob = Box<dyn FnOnce() + Send>;

/// Writes small files in order on its own thread, so the window never waits for a disk and the
/// newest state wins. Dropping it waits until everything is written.
#[derive(Default)]
pub struct Writer {
    thread: Option<(Sender<WriteJob>, JoinHandle<()>)>,
}

impl Writer {
    /// Runs `work` after everything that was asked for before.
    pub(in crate::app) fn later(&mut self, work: impl FnOnce() + Send + 'static) {
        if self.thread.is_none() {
            let (sender, receiver) = channel::<WriteJob>();
            let write = move || receiver.into_iter().for_each(|work| work());
            let started = std::thread::Builder::new().name("settings".into()).spawn(write);
            self.thread = started.ok().map(|thread| (sender, thread));
        }
        match &self.thread {
            // The thread only ends when the writer drops its sender.
            Some((sender, _)) => drop(sender.send(Box::new(work))),
            None => work(),
        }
    }
}

impl Writer {
    /// A function that waits until everything that was asked for so far is written.
    pub(in crate::app) fn barrier(&mut self) -> impl FnOnce() + Send + 'static {
        let (sender, receiver) = channel::<()>();
        if self.thread.is_some() {
            self.later(move || drop(sender));
        }
        move || {
            // Nothing is ever sent: this returns when the sender is dropped.
            let _ = receiver.recv();
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        if let Some((sender, thread)) = self.thread.take() {
            drop(sender);
            // A panic of the thread leaves nothing to wait for.
            let _ = thread.join();
        }
    }
}

/// Recently opened sessions, the newest first.
pub struct Recent {
    pub list: Vec<PathBuf>,
}

impl Recent {
    fn file(settings: &Path) -> PathBuf {
        settings.join("recent.json")
    }

    pub fn load(settings: Option<&Path>) -> Self {
        let read = |folder: &Path| -> Option<Vec<PathBuf>> {
            serde_json::from_slice(&disk::bytes(&Self::file(folder), LARGEST).ok()?).ok()
        };
        let mut list = settings.and_then(read).unwrap_or_default();
        list.retain(|path| path.exists());
        Self { list }
    }

    fn first(&mut self, path: &Path) {
        self.list.retain(|known| known != path);
        self.list.insert(0, path.to_owned());
        self.list.truncate(MOST_RECENT);
    }
}

impl Settings {
    /// Puts a session first in the list of recent sessions, and saves the list.
    pub fn remember(&mut self, session: &Path) {
        self.recent.first(session);
        if let (Some(folder), Ok(text)) = (&self.folder, serde_json::to_vec(&self.recent.list)) {
            self.writer.later(write(folder, Recent::file(folder), text));
        }
    }

    /// Saves the chosen sound device.
    pub fn keep_wish(&mut self, wish: &DeviceSettings) {
        if let (Some(folder), Ok(text)) = (&self.folder, serde_json::to_vec_pretty(wish)) {
            self.writer.later(write(folder, wish_file(folder), text));
        }
    }
}

/// A task that writes a file into the settings folder, creating the folder. Errors are ignored:
/// they must not disturb the work on a song.
fn write(folder: &Path, file: PathBuf, text: Vec<u8>) -> impl FnOnce() + Send + 'static {
    let folder = folder.to_owned();
    move || {
        if std::fs::create_dir_all(folder).is_ok() {
            let _ = disk::write(&file, &text);
        }
    }
}

fn wish_file(settings: &Path) -> PathBuf {
    settings.join("audio.json")
}

/// Folder of the translations of the window's texts.
pub fn languages_folder(settings: &Path) -> PathBuf {
    settings.join("languages")
}

/// Opens the folder of translations, with the English texts to copy in it.
pub fn open_translations(desk: &mut Desk) {
    let Some(folder) = desk.settings.folder.as_deref().map(languages_folder) else { return };
    if let Err(error) = Texts::write_english(&folder) {
        let folder = folder.display().to_string();
        let text = say!("act-translations-failed", folder = folder, error = error.to_string());
        return desk.say(text);
    }
    super::act(desk, Deed::ShowFolder(folder));
}

/// The sound device that an earlier run saved; the default if there is none.
pub fn read_wish(settings: Option<&Path>) -> DeviceSettings {
    let read = |folder: &Path| {
        serde_json::from_slice(&disk::bytes(&wish_file(folder), LARGEST).ok()?).ok()
    };
    settings.and_then(read).unwrap_or_default()
}

impl Desk {
    /// Applies theme and scale, and saves preferences and window geometry [`KEEP`] after they
    /// changed, or at once when the program quits.
    pub fn keep_preferences(&mut self) {
        let palette = self.panels.preferences.palette(&self.ctx);
        let language = self.panels.preferences.language.as_str();
        let known = self.settings.languages.iter().find(|texts| texts.language() == language);
        texts::choose(known.copied().unwrap_or_else(Texts::english));
        theme::paint_with(&self.ctx, palette, self.panels.preferences.reduced_motion);
        if (self.ctx.zoom_factor() - self.panels.preferences.scale).abs() > 1e-3 {
            self.ctx.set_zoom_factor(self.panels.preferences.scale);
        }
        let scale = self.panels.preferences.scale;
        let window = self.ctx.input(|input| {
            let viewport = input.viewport();
            let (inner, outer) = (viewport.inner_rect?, viewport.outer_rect);
            let maximised = viewport.maximized.unwrap_or(false);
            let size = (inner.size() * scale).round();
            let position = outer.map(|outer| (outer.min * scale).round().into());
            Some(WindowState { size: size.into(), position, maximised })
        });
        if let Some(window) = window {
            // A maximised window keeps the size and position that it returns to.
            let before = self.panels.preferences.window.filter(|_| window.maximised);
            let window = before.map_or(window, |before| WindowState { maximised: true, ..before });
            self.panels.preferences.window = Some(window);
        }
        let (kept, since) = &mut self.settings.written;
        if *kept == self.panels.preferences {
            *since = None;
            return;
        }
        let changed = *since.get_or_insert_with(Instant::now);
        if changed.elapsed() >= KEEP || self.passage.quitting {
            let (now, folder) = (self.panels.preferences.clone(), self.settings.folder.clone());
            self.settings.written = (now.clone(), None);
            self.settings.writer.later(move || now.keep(folder.as_deref()));
        } else {
            self.ctx.request_repaint_after(KEEP);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_last_stays_and_is_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("deep").join("number");
        let mut writer = Writer::default();
        for n in 0..20u8 {
            writer.later(write(&folder.path().join("deep"), file.clone(), vec![n]));
        }
        drop(writer);
        assert_eq!(std::fs::read(file).unwrap(), [19]);
    }

    #[test]
    fn recent_sessions_are_few_and_named_once() {
        let mut recent = Recent { list: Vec::new() };
        for n in [1, 2, 3, 4, 5, 6, 7, 8, 9, 3] {
            recent.first(Path::new(&format!("/{n}")));
        }
        let names: Vec<_> = recent.list.iter().map(|path| path.display().to_string()).collect();
        assert_eq!(names, ["/3", "/9", "/8", "/7", "/6", "/5", "/4", "/2"]);
    }
}
