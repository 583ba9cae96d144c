//! What was rendered and what it measured: `render.json`.

use crate::disk;
use crate::render::RenderError;
use serde::{Deserialize, Serialize};
use std::path::Path;

pub const NAME: &str = "render.json";

/// One file, as it measured after it was written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FileReport {
    pub version: String,
    pub master: String,
    pub path: String,
    pub integrated_lufs: Option<f64>,
    pub true_peak_dbtp: Option<f64>,
    pub loudness_range_lu: Option<f64>,
    pub sample_rate: u32,
    pub bits: u32,
    pub frames: u64,
    /// Gain before the limiter.
    pub gain_db: f64,
    /// The most that the limiter took off.
    pub reduction_db: f64,
    pub passed: bool,
    /// What is wrong with the file.
    pub problems: Vec<String>,
    /// What a person should know about it.
    pub notes: Vec<String>,
}

impl FileReport {
    /// What the measurement came to, in a word.
    pub fn verdict(&self) -> &'static str {
        if self.passed { "verified" } else { "needs a look" }
    }
}

/// One render.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    pub files: Vec<FileReport>,
    pub seconds: f64,
    pub peak_memory_bytes: Option<u64>,
}

/// Adds a render to the manifest of its folder; what earlier renders wrote there stays.
pub fn keep(report: &Report, folder: &Path) -> Result<(), RenderError> {
    let path = folder.join(NAME);
    let failed = |cause| RenderError::Folder { path: path.clone(), cause };
    let mut all = report.clone();
    if let Some(earlier) = load(folder) {
        all.files = earlier.files.into_iter().chain(all.files).collect();
    }
    let text = serde_json::to_string_pretty(&all).map_err(|error| failed(error.into()))?;
    disk::write(&path, text.as_bytes()).map_err(failed)
}

/// The manifest of a folder, if it has one that can be read.
pub fn load(folder: &Path) -> Option<Report> {
    serde_json::from_slice(&std::fs::read(folder.join(NAME)).ok()?).ok()
}
