//! The report of a render, and `render.json`, the list of all renders in a folder. Main types:
//! [`FileReport`], [`Report`].

use crate::disk;
use crate::disk::lock::{self, Lock};
use crate::render::RenderError;
use crate::render::problem::{self, Problem};
use crate::session::ids::{MasterId, VersionId};
use crate::session::naming::numbered;
use crate::units::Db;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// File name of the list.
pub const NAME: &str = "render.json";

/// One file, measured after it was written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FileReport {
    pub version: VersionId,
    pub master: MasterId,
    pub path: String,
    pub integrated_lufs: Option<f64>,
    pub true_peak_dbtp: Option<f64>,
    pub loudness_range_lu: Option<f64>,
    pub sample_rate: u32,
    pub bits: u32,
    pub frames: u64,
    /// Gain before the limiter.
    pub gain_db: f64,
    /// Deepest gain reduction of the limiter.
    pub reduction_db: f64,
    pub passed: bool,
    /// Problems; the file passes only without any.
    #[serde(with = "problem::list")]
    pub problems: Vec<Problem>,
    /// Notes for a person.
    pub notes: Vec<String>,
}

impl FileReport {
    /// Deepest gain reduction as a positive figure, as people say it.
    pub fn limiting(&self) -> Db {
        Db(self.reduction_db.abs())
    }

    /// The result of the measurement in a word or two.
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
    /// Notes that concern no single file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// The largest `render.json` that is read, in bytes; a thousand renders of a hundred files are
/// less.
const LARGEST: u64 = 128_000_000;
/// Longest wait for another render that writes the list.
const PATIENCE: Duration = Duration::from_secs(20);

/// Adds a render to `render.json` in `folder` and keeps the entries of earlier renders. A lock
/// protects it from renders that write at the same time. Paths become relative to the folder. A
/// list that cannot be read is renamed, and its new path is returned.
pub fn keep(report: &Report, folder: &Path) -> Result<Option<PathBuf>, RenderError> {
    let path = folder.join(NAME);
    let failed = |cause| RenderError::Folder { path: path.clone(), cause };
    let lock = Lock::take(&lock::beside(&path), PATIENCE).map_err(failed)?;
    let _lock = lock.ok_or_else(|| failed(std::io::ErrorKind::WouldBlock.into()))?;
    let mut all = report.clone();
    let (earlier, aside) = match load(folder) {
        Ok(earlier) => (earlier, None),
        Err(_) => (None, Some(set_aside(folder).map_err(failed)?)),
    };
    if let Some(earlier) = earlier {
        all.files = earlier.files.into_iter().chain(all.files).collect();
    }
    for file in &mut all.files {
        file.path = relative(&file.path, folder);
    }
    let text = serde_json::to_string_pretty(&all).map_err(|error| failed(error.into()))?;
    disk::write(&path, text.as_bytes()).map_err(failed)?;
    Ok(aside)
}

/// A path as it is written in the list: relative to its folder, with forward slashes.
fn relative(path: &str, folder: &Path) -> String {
    let path = Path::new(path);
    let inner = path.strip_prefix(folder).ok();
    let name = path.file_name().filter(|_| path.is_absolute()).map(Path::new);
    inner.or(name).unwrap_or(path).to_string_lossy().replace('\\', "/")
}

/// Renames a list that cannot be read; returns its new path.
fn set_aside(folder: &Path) -> std::io::Result<PathBuf> {
    let names = numbered("render_unreadable").map(|name| folder.join(format!("{name}.json")));
    for to in names {
        match disk::place(&folder.join(NAME), &to) {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            placed => return placed.map(|()| to),
        }
    }
    Err(std::io::ErrorKind::AlreadyExists.into())
}

/// The newest report of each file that a render made in this folder and that is still there, with
/// its path. Nothing if the list cannot be read.
pub fn made(folder: &Path) -> Vec<(FileReport, PathBuf)> {
    let mut made: Vec<(FileReport, PathBuf)> = Vec::new();
    for report in load(folder).ok().flatten().map_or(Vec::new(), |report| report.files) {
        made.retain(|(known, _)| known.version != report.version || known.master != report.master);
        // The list of a package names its files from the folder of the package.
        let outer = folder.parent().unwrap_or(folder);
        let mut places = [folder, outer].into_iter().map(|from| from.join(&report.path));
        if let Some(path) = places.find(|path| path.is_file()) {
            made.push((report, path));
        }
    }
    made
}

/// Reads the list of a folder; `None` when there is no file.
fn load(folder: &Path) -> std::io::Result<Option<Report>> {
    let path = folder.join(NAME);
    if !path.exists() {
        return Ok(None);
    }
    Ok(Some(serde_json::from_slice(&disk::bytes(&path, LARGEST)?)?))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::session::Session;

    /// A verified file of the first version and a master.
    pub fn report(session: &Session, master: usize, path: &str) -> FileReport {
        FileReport {
            version: session.versions[0].id.clone(),
            master: session.masters[master].id.clone(),
            path: path.into(),
            integrated_lufs: Some(-14.0),
            true_peak_dbtp: Some(-1.0),
            loudness_range_lu: Some(5.0),
            sample_rate: 48_000,
            bits: 24,
            frames: 48_000,
            gain_db: 0.0,
            reduction_db: 0.0,
            passed: true,
            problems: Vec::new(),
            notes: Vec::new(),
        }
    }
}
