//! File dialogs ([`Dialog`]): those of the system, or a path that a person typed where the system
//! has none (on Linux without a desktop portal and without zenity).

use super::jobs::{Jobs, News, Picked};
use crate::texts::say;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A dialog that ends sooner was never shown: nobody cancels so fast.
const AT_ONCE: Duration = Duration::from_millis(400);

/// A question for files, with the methods of `rfd::FileDialog`.
#[derive(Clone, Default)]
pub struct Dialog {
    title: String,
    directory: Option<PathBuf>,
    name: String,
    filters: Vec<(String, Vec<String>)>,
    /// Answers in place of the system's dialog.
    typed: Option<PathBuf>,
}

impl Dialog {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn set_title(mut self, title: impl Into<String>) -> Self {
        self.title = title.into();
        self
    }

    pub fn set_directory(mut self, folder: impl AsRef<Path>) -> Self {
        self.directory = Some(folder.as_ref().to_owned());
        self
    }

    pub fn set_file_name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    pub fn add_filter(mut self, name: &str, extensions: &[&str]) -> Self {
        let extensions = extensions.iter().map(|&extension| extension.into()).collect();
        self.filters.push((name.into(), extensions));
        self
    }

    pub fn title(&self) -> &str {
        if self.title.is_empty() { say!("common-open") } else { &self.title }
    }

    /// The path to start typing from: the folder, and the proposed name of the file.
    pub fn start(&self) -> String {
        let folder = self
            .directory
            .clone()
            .or_else(|| Some(directories::UserDirs::new()?.home_dir().into()));
        folder.unwrap_or_default().join(&self.name).display().to_string()
    }

    /// The same question, answered by a typed text. A leading `~` is the person's home.
    pub fn answered(mut self, text: &str) -> Self {
        let text = text.trim().trim_matches('"');
        let home = || Some(directories::UserDirs::new()?.home_dir().to_owned());
        let path =
            match text.strip_prefix('~').filter(|rest| rest.is_empty() || rest.starts_with('/')) {
                Some(rest) => home().map(|home| home.join(rest.trim_start_matches('/'))),
                None => None,
            };
        let path = path.unwrap_or_else(|| text.into());
        let folder = self.directory.clone().unwrap_or_default();
        self.typed = Some(folder.join(path));
        self
    }

    fn system(&self) -> rfd::FileDialog {
        let mut dialog = rfd::FileDialog::new().set_title(self.title()).set_file_name(&self.name);
        if let Some(folder) = &self.directory {
            dialog = dialog.set_directory(folder);
        }
        for (name, extensions) in &self.filters {
            dialog = dialog.add_filter(name, extensions);
        }
        dialog
    }

    pub fn pick_file(self) -> Option<PathBuf> {
        match &self.typed {
            Some(path) => path.is_file().then(|| path.clone()),
            None => self.system().pick_file(),
        }
    }

    pub fn pick_files(self) -> Option<Vec<PathBuf>> {
        match &self.typed {
            Some(path) => path.is_file().then(|| vec![path.clone()]),
            None => self.system().pick_files(),
        }
    }

    pub fn pick_folder(self) -> Option<PathBuf> {
        match &self.typed {
            Some(path) => path.is_dir().then(|| path.clone()),
            None => self.system().pick_folder(),
        }
    }

    pub fn save_file(self) -> Option<PathBuf> {
        match &self.typed {
            Some(path) => path.parent().is_some_and(Path::is_dir).then(|| path.clone()),
            None => self.system().save_file(),
        }
    }
}

/// A question for a file or folder that the system could not show.
#[derive(Clone)]
pub struct PathQuestion {
    pub dialog: Dialog,
    ask: Arc<dyn Fn(Dialog) -> Option<Picked> + Send + Sync>,
}

impl Jobs {
    /// Shows a file dialog; the choice arrives as [`News::Picked`]. Where the system has no dialog,
    /// [`News::AskPath`] asks for a path instead.
    pub fn pick(
        &self,
        dialog: Dialog,
        ask: impl Fn(Dialog) -> Option<Picked> + Send + Sync + 'static,
    ) {
        let work = move |say: &(dyn Fn(News) + Sync)| {
            let began = Instant::now();
            let picked = exists().then(|| ask(dialog.clone())).flatten();
            match picked {
                Some(picked) => say(News::Picked(picked)),
                None if exists() && began.elapsed() > AT_ONCE => {}
                None => say(News::AskPath(PathQuestion { dialog, ask: Arc::new(ask) })),
            }
        };
        // macOS only allows dialogs on the main thread; elsewhere the window keeps running.
        if cfg!(target_os = "macos") {
            work(&self.teller());
        } else {
            self.spawn("dialog", move |say| work(say));
        }
    }

    /// Answers a question for a path by a typed text.
    pub fn answer_path(&self, question: &PathQuestion, text: String) {
        let question = question.clone();
        self.spawn("dialog", move |say| {
            match (question.ask)(question.dialog.clone().answered(&text)) {
                Some(picked) => say(News::Picked(picked)),
                None => {
                    say(News::Said(say!("song-path-no-such-place", path = text.as_str())));
                    say(News::AskPath(question));
                }
            }
        });
    }
}

/// Whether the system can show a file dialog. On Linux that takes a desktop portal or zenity.
fn exists() -> bool {
    if !cfg!(target_os = "linux") {
        return true;
    }
    let folders = |name: &str, usual: &str| -> Vec<PathBuf> {
        let set = std::env::var_os(name).unwrap_or_else(|| usual.into());
        std::env::split_paths(&set).collect()
    };
    let portal = Path::new("dbus-1/services/org.freedesktop.portal.Desktop.service");
    folders("XDG_DATA_DIRS", "/usr/local/share:/usr/share")
        .iter()
        .any(|one| one.join(portal).exists())
        || folders("PATH", "/usr/bin").iter().any(|one| one.join("zenity").exists())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typed_path_answers_only_the_question_that_was_asked() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.srt");
        std::fs::write(&file, "").unwrap();
        let dialog = Dialog::new().set_directory(folder.path()).set_file_name("b.txt");
        assert_eq!(PathBuf::from(dialog.start()), folder.path().join("b.txt"));
        let answered = |text: &str| dialog.clone().answered(text);
        // Relative to the folder, absolute, in quotes.
        for text in ["a.srt", &file.display().to_string(), &format!("\"{}\" ", file.display())] {
            assert_eq!(answered(text).pick_file(), Some(file.clone()), "{text}");
            assert_eq!(answered(text).pick_files(), Some(vec![file.clone()]));
            assert_eq!(answered(text).pick_folder(), None, "it is no folder");
        }
        assert_eq!(answered("missing.srt").pick_file(), None);
        assert_eq!(answered("new.srt").save_file(), Some(folder.path().join("new.srt")));
        assert_eq!(answered("nowhere/new.srt").save_file(), None);
        let home = directories::UserDirs::new().unwrap().home_dir().to_owned();
        assert_eq!(answered("~").pick_folder(), Some(home));
    }
}
