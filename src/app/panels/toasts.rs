//! Messages: what happened, and what can be done about it.

use std::path::PathBuf;
use std::time::{Duration, Instant};

/// A message stays this long, unless the pointer rests on it.
const STAYS: Duration = Duration::from_secs(9);
const MOST: usize = 5;

pub struct Toast {
    pub text: String,
    pub until: Instant,
    /// A folder that can be opened.
    pub folder: Option<PathBuf>,
    /// The state of the history in which undoing takes back what the message tells.
    pub undo: Option<u64>,
}

#[derive(Default)]
pub struct Toasts(pub Vec<Toast>);

impl Toasts {
    pub fn say(&mut self, text: String, folder: Option<PathBuf>) {
        self.add(text, folder, None);
    }

    /// Says what was done by the last step; it can be undone while the history is in this state.
    pub fn say_undo(&mut self, text: String, state: u64) {
        self.add(text, None, Some(state));
    }

    /// Another session is open: what the messages tell was done in the one before.
    pub fn forget_undo(&mut self) {
        self.0.iter_mut().for_each(|toast| toast.undo = None);
    }

    fn add(&mut self, text: String, folder: Option<PathBuf>, undo: Option<u64>) {
        let until = Instant::now() + STAYS;
        // What is said again is not shown twice.
        self.0.retain(|toast| toast.text != text);
        self.0.push(Toast { text, until, folder, undo });
        let surplus = self.0.len().saturating_sub(MOST);
        self.0.drain(..surplus);
    }

    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|toast| toast.text.as_str())
    }

    /// Forgets what is over; tells when the next one will be.
    pub fn age(&mut self) -> Option<Duration> {
        let now = Instant::now();
        self.0.retain(|toast| toast.until > now);
        self.0.iter().map(|toast| toast.until - now).min()
    }
}
