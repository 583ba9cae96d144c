//! Short messages over the window ([`Toasts`]): what happened, with a button to open a folder or to
//! undo. Drawn by `crate::app::toasts`.

use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Time on screen; under the pointer a message stays longer.
const STAYS: Duration = Duration::from_secs(9);
const MOST: usize = 5;

/// What the Undo button of a message takes back.
#[derive(Clone, Debug, PartialEq)]
pub enum Undone {
    /// The last step, while the history is in this state.
    Step(u64),
    /// Imported comments, by their ids.
    Comments(Vec<String>),
}

pub struct Toast {
    pub text: String,
    pub until: Instant,
    /// Folder for the "Open folder" button.
    pub folder: Option<PathBuf>,
    pub undo: Option<Undone>,
}

#[derive(Default)]
pub struct Toasts(pub Vec<Toast>);

impl Toasts {
    pub fn say(&mut self, text: String, folder: Option<PathBuf>) {
        self.add(text, folder, None);
    }

    /// Reports the last undo step; the message offers Undo while the history is in this state.
    pub fn say_undo(&mut self, text: String, state: u64) {
        self.add(text, None, Some(Undone::Step(state)));
    }

    /// Reports imported comments; the message offers to delete them again.
    pub fn say_imported(&mut self, text: String, ids: Vec<String>) {
        self.add(text, None, Some(Undone::Comments(ids)));
    }

    /// Removes all Undo buttons, because another session is open.
    pub fn forget_undo(&mut self) {
        self.0.iter_mut().for_each(|toast| toast.undo = None);
    }

    fn add(&mut self, text: String, folder: Option<PathBuf>, undo: Option<Undone>) {
        let until = Instant::now() + STAYS;
        // A repeated message replaces the earlier one.
        self.0.retain(|toast| toast.text != text);
        self.0.push(Toast { text, until, folder, undo });
        let surplus = self.0.len().saturating_sub(MOST);
        self.0.drain(..surplus);
    }

    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|toast| toast.text.as_str())
    }

    /// Drops expired messages; returns the time until the next one expires.
    pub fn age(&mut self) -> Option<Duration> {
        let now = Instant::now();
        self.0.retain(|toast| toast.until > now);
        self.0.iter().map(|toast| toast.until - now).min()
    }
}
