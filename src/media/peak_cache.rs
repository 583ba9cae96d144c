//! Cache of waveform outlines ([`PeakCache`]). The jobs of the window look here before they read a
//! stem.

use crate::disk;
use crate::media::peaks::{Peaks, Point};
use crate::media::store::name_of;
use crate::units::SampleRate;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// First bytes of every file; the number changes with the format.
const MAGIC: &[u8; 8] = b"SWPEAKS1";
/// Bytes of a point: three values of `f32`.
const POINT: usize = 12;
/// Bytes of the largest outline: a day at the highest rate fits.
const MOST: u64 = 1 << 30;
/// Outlines that are unused for this long are deleted.
const KEPT: Duration = Duration::from_secs(90 * 24 * 3600);

/// A folder of cached outlines.
#[derive(Clone, Debug)]
pub struct PeakCache {
    folder: PathBuf,
}

impl PeakCache {
    /// A cache in the given folder.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// The cache in the user's cache folder, or in a temporary folder if there is none.
    pub fn of_user() -> Self {
        Self::at(super::cache_folder("peaks"))
    }

    /// The outline of a file at a session's rate; `None` if it is not cached or the file has
    /// changed.
    pub fn load(&self, file: &Path, rate: SampleRate) -> Option<Peaks> {
        let path = self.folder.join(name_of(file, &rate.0.to_string()).ok()?);
        let bytes = disk::bytes(&path, MOST).ok()?;
        disk::cache::used(&path);
        let (points, rest) = bytes.strip_prefix(MAGIC)?.as_chunks::<POINT>();
        if !rest.is_empty() {
            return None;
        }
        let value = |bytes: &[u8; POINT], n: usize| {
            let four = bytes.get(n * 4..n * 4 + 4).and_then(|four| four.try_into().ok());
            four.map_or(0.0, f32::from_le_bytes)
        };
        let point = |bytes| Point {
            least: value(bytes, 0),
            most: value(bytes, 1),
            mean_square: value(bytes, 2),
        };
        Some(Peaks::over(points.iter().map(point)))
    }

    /// Stores an outline. A failure is ignored, because the outline can be read again.
    pub fn keep(&self, file: &Path, rate: SampleRate, peaks: &Peaks) {
        let Ok(name) = name_of(file, &rate.0.to_string()) else { return };
        let mut bytes = MAGIC.to_vec();
        for point in peaks.points() {
            for value in [point.least, point.most, point.mean_square] {
                bytes.extend(value.to_le_bytes());
            }
        }
        let write = || -> std::io::Result<()> {
            std::fs::create_dir_all(&self.folder)?;
            disk::cache::forget(&self.folder, KEPT);
            disk::write(&self.folder.join(name), &bytes)
        };
        let _ = write();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outlines_come_back_until_the_file_changes() {
        let folder = tempfile::tempdir().unwrap();
        let cache = PeakCache::at(folder.path().join("peaks"));
        let file = folder.path().join("a.wav");
        std::fs::write(&file, b"first").unwrap();
        let rate = SampleRate(48_000);
        assert!(cache.load(&file, rate).is_none());
        let points = (0..100).map(|n| Point {
            least: -(n as f32) / 100.0,
            most: n as f32 / 100.0,
            mean_square: 0.1,
        });
        let peaks = Peaks::over(points);
        cache.keep(&file, rate, &peaks);
        let back = cache.load(&file, rate).unwrap();
        assert_eq!(back.points(), peaks.points());
        assert_eq!(back.span(0.0, 25_600.0), peaks.span(0.0, 25_600.0));
        assert!(cache.load(&file, SampleRate(44_100)).is_none());
        std::fs::write(&file, b"another").unwrap();
        assert!(cache.load(&file, rate).is_none());
        // A damaged entry is ignored.
        cache.keep(&file, rate, &peaks);
        for entry in std::fs::read_dir(folder.path().join("peaks")).unwrap() {
            std::fs::write(entry.unwrap().path(), b"SWPEAKS1abc").unwrap();
        }
        assert!(cache.load(&file, rate).is_none());
    }
}
