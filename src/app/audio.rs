//! The page for the sound device: which one, at which rate, with which buffer.

use crate::playback::device::Wish;
use std::path::{Path, PathBuf};

fn file(settings: &Path) -> PathBuf {
    settings.join("audio.json")
}

/// What was chosen in an earlier run.
pub fn load(settings: Option<&Path>) -> Wish {
    let read = |folder: &Path| serde_json::from_slice(&std::fs::read(file(folder)).ok()?).ok();
    settings.and_then(read).unwrap_or_default()
}
