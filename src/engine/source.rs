//! Reads stems in the time of the song, with their clean regions. Main type: [`StemSource`], used
//! by the prefetch thread, by the render workers and by analyses.

use crate::dsp::{Stereo, silence};
use crate::engine::clean::Region;
use crate::media::store::{Opened, Store};
use crate::media::{Damage, GoOn, MediaError, PcmFile};
use crate::session::stem::{CleanRegion, FileRef, Stem, StemId};
use crate::units::{Frames, SampleRate};
use std::path::Path;
use std::sync::Arc;

/// Reads one stem at any frame of the song.
#[derive(Clone)]
pub struct StemSource {
    id: Option<StemId>,
    /// None for a missing file: the stem is silent.
    file: Option<Arc<PcmFile>>,
    frames: Frames,
    damage: Arc<[Damage]>,
    mono: bool,
    /// Song frame at which the file starts; may be negative.
    start: i64,
    regions: Vec<Region>,
    rate: SampleRate,
}

/// Opens a file of the session at `rate`. Two mono files of one stem open as one stereo file.
pub fn opened(
    file: &FileRef,
    folder: &Path,
    rate: SampleRate,
    store: &Store,
    go_on: &GoOn<'_>,
) -> Result<Opened, MediaError> {
    let right = file.right.as_deref().map(|right| right.place.at(folder));
    store.open_sides(&file.place.at(folder), right.as_deref(), rate, go_on)
}

/// Buffers that a caller of [`StemSource::read`] reuses between blocks.
#[derive(Default)]
pub struct Scratch {
    bytes: Vec<u8>,
    region: Stereo,
}

impl StemSource {
    /// Opens the stem's file, converted to `rate` if need be, and prepares its clean regions.
    pub fn open(
        stem: &Stem,
        folder: &Path,
        rate: SampleRate,
        store: &Store,
    ) -> Result<Self, MediaError> {
        let (id, start) = (Some(stem.id), stem.offset());
        let plain = Self { id, start, ..Self::open_file(&stem.file, folder, rate, store)? };
        plain.with_clean(&stem.clean)
    }

    /// Like [`Self::open`], but a stem whose file cannot be read is silent. The check of the files
    /// reports it.
    pub fn open_or_silent(
        stem: &Stem,
        folder: &Path,
        rate: SampleRate,
        store: &Store,
    ) -> Result<Self, MediaError> {
        match Self::open(stem, folder, rate, store) {
            // These errors come from making the conformed copy, not from the stem.
            Err(error @ (MediaError::Write { .. } | MediaError::Convert { .. })) => Err(error),
            Err(_) => Ok(Self::silent(stem, rate)),
            opened => opened,
        }
    }

    /// A stem whose file is missing: silence of the file's recorded length, without clean regions.
    pub fn silent(stem: &Stem, rate: SampleRate) -> Self {
        let (id, start, regions) = (Some(stem.id), stem.offset(), Vec::new());
        let info = &stem.file.info;
        let frames = info.frames.at_rate(info.sample_rate, rate);
        let (mono, damage) = (info.channels == 1, Arc::from([]));
        Self { id, file: None, frames, damage, mono, start, regions, rate }
    }

    /// Whether the file is missing.
    pub fn is_missing(&self) -> bool {
        self.file.is_none()
    }

    /// Opens a file of the session that is not a stem. It starts with the song and has no clean
    /// regions.
    pub fn open_file(
        file: &FileRef,
        folder: &Path,
        rate: SampleRate,
        store: &Store,
    ) -> Result<Self, MediaError> {
        Ok(Self::of(opened(file, folder, rate, store, &|| true)?, rate))
    }

    /// Returns the same stem with other clean regions.
    pub fn with_clean(&self, regions: &[CleanRegion]) -> Result<Self, MediaError> {
        let mut bytes = Vec::new();
        let mut read = |at: i64, l: &mut [f32], r: &mut [f32]| self.raw(at, l, r, &mut bytes);
        let made = regions.iter().map(|region| Region::new(region, self.rate, &mut read));
        let mut regions = made.collect::<Result<Vec<_>, _>>()?;
        regions.sort_by_key(|region| region.from);
        Ok(Self { regions, ..self.clone() })
    }

    /// Returns the same source, starting at song frame `start`.
    pub fn at(&self, start: i64) -> Self {
        Self { start, ..self.clone() }
    }

    /// Opens any file that is not a stem. It starts with the song and has no clean regions.
    pub fn open_plain(path: &Path, rate: SampleRate, store: &Store) -> Result<Self, MediaError> {
        Ok(Self::of(store.open(path, rate)?, rate))
    }

    /// Like [`Self::open_plain`], for a file that is already open.
    pub fn of(opened: Opened, rate: SampleRate) -> Self {
        let Opened { file, info, damage } = opened;
        let (mono, frames, regions) = (info.channels == 1, file.info().frames, Vec::new());
        let (file, damage) = (Some(Arc::new(file)), damage.into());
        Self { id: None, file, frames, damage, mono, start: 0, regions, rate }
    }

    /// Number of samples read so far that are not numbers (NaN, infinite); they are read as
    /// silence.
    pub fn invalid(&self) -> u64 {
        self.file.as_ref().map_or(0, |file| file.invalid())
    }

    /// Damaged places of the file, in frames of its own rate.
    pub fn damage(&self) -> &[Damage] {
        &self.damage
    }

    /// Whether the file that is read is unchanged since it was opened; true for a missing file.
    pub fn is_unchanged(&self) -> bool {
        self.file.as_ref().is_none_or(|file| file.is_unchanged())
    }

    /// Id of the stem; none for a file that is not a stem.
    pub fn id(&self) -> Option<StemId> {
        self.id
    }

    /// Whether the source is mono: then its sound is in the left channel and the right is silent.
    pub fn is_mono(&self) -> bool {
        self.mono
    }

    /// Frames from the beginning of the song to the end of the file.
    pub fn length(&self) -> Frames {
        Frames((self.frames.0 as i64 + self.start).max(0) as u64)
    }

    /// Fills a stereo block from song frame `from` on, with silence before and after the stem.
    /// `clean` applies the clean regions.
    pub fn read(
        &self,
        from: i64,
        clean: bool,
        left: &mut [f32],
        right: &mut [f32],
        scratch: &mut Scratch,
    ) -> Result<(), MediaError> {
        self.raw(from, left, right, &mut scratch.bytes)?;
        if clean {
            let to = from + left.len() as i64;
            for region in self.regions.iter().filter(|r| r.from < to && r.to > from) {
                let Scratch { bytes, region: buffer } = scratch;
                let sides = (&mut *left, &mut *right);
                region.treat(from, sides, self.mono, buffer, &mut |at, l, r| {
                    self.raw(at, l, r, bytes)
                })?;
            }
        }
        Ok(())
    }

    /// Reads the stem's own sound, without clean regions.
    fn raw(
        &self,
        from: i64,
        left: &mut [f32],
        right: &mut [f32],
        bytes: &mut Vec<u8>,
    ) -> Result<(), MediaError> {
        match &self.file {
            Some(file) => file.read(from - self.start, left, right, bytes)?,
            None => left.fill(0.0),
        }
        if self.mono || self.file.is_none() {
            right.fill(0.0);
        }
        Ok(())
    }
}

impl Scratch {
    pub fn new() -> Self {
        Self { bytes: Vec::new(), region: silence(0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::DamageKind;
    use crate::media::writer::write_plain;

    #[test]
    fn a_file_that_changes_under_the_hands_is_told_and_not_heard() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wav");
        let rate = SampleRate(48_000);
        write_plain(&path, rate, &[0.5; 9000], &[0.5; 9000]).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        // Truncated: 1000 frames of six bytes are missing.
        std::fs::write(&path, &bytes[..bytes.len() - 6000]).unwrap();
        let store = Store::at(folder.path().join("store"));
        let source = StemSource::open_plain(&path, rate, &store).unwrap();
        let (at, frames) = (Frames(8000), Frames(1000));
        assert_eq!(source.damage(), [Damage { at, frames, kind: DamageKind::CutOff }]);
        assert!(source.is_unchanged());
        let (mut left, mut right) = ([0.0; 64], [0.0; 64]);
        let mut read = |from| source.read(from, false, &mut left, &mut right, &mut Scratch::new());
        read(7900).unwrap();
        let file = std::fs::File::options().write(true).open(&path).unwrap();
        file.set_len(6000).unwrap();
        assert!(matches!(read(7900), Err(MediaError::Changed(_))));
        assert!(!source.is_unchanged());
        read(100).unwrap();
    }
}
