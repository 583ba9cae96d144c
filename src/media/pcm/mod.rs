//! Random access to the samples of files that hold them plain.

mod aiff;
mod au;
mod caf;
mod chunks;
mod encoding;
mod fields;
mod layout;
mod wav;
mod wave64;

#[cfg(test)]
mod tests;

use crate::disk::Stamp;
use crate::media::damage::{Damage, DamageKind};
use crate::media::error::MediaError;
use crate::media::info::{AudioInfo, accept};
use crate::media::input::{Input, read_up_to};
use crate::media::pool::Pooled;
use crate::units::Frames;
use encoding::Encoding;
pub(crate) use layout::Layout;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Finds the samples of a file; `None` if they are not plain.
pub(crate) fn parse(input: &Input) -> Result<Option<Layout>, MediaError> {
    let head = input.bytes(0, 64)?;
    for parse in [wav::parse, aiff::parse, wave64::parse, caf::parse, au::parse] {
        if let Some(layout) = parse(input, &head)? {
            return Ok(Some(layout));
        }
    }
    Ok(None)
}

/// A file of plain samples. Reads take `&self`, so that several threads can share one; it is opened
/// anew where too many files are open.
#[derive(Debug)]
pub struct PcmFile {
    file: Box<Pooled>,
    /// Files that this one is a copy of.
    originals: Vec<(PathBuf, Stamp)>,
    info: AudioInfo,
    encoding: Encoding,
    start: u64,
    missing: Frames,
    /// Samples read so far that were no numbers.
    invalid: AtomicU64,
}

impl PcmFile {
    /// Opens a file of plain samples; `None` if the file is of another kind.
    pub fn open(path: &Path) -> Result<Option<Self>, MediaError> {
        Self::of(&Input::open(path)?)
    }

    /// The same for a file that is open.
    pub(crate) fn of(input: &Input) -> Result<Option<Self>, MediaError> {
        let Some(layout) = parse(input)? else { return Ok(None) };
        let info = accept(&input.path, layout.info)?;
        Ok(Some(Self {
            file: Box::new(Pooled::new(input.clone())),
            originals: Vec::new(),
            info,
            encoding: layout.encoding,
            start: layout.start,
            missing: layout.missing,
            invalid: AtomicU64::new(0),
        }))
    }

    /// Remembers what this file is a copy of.
    pub(crate) fn made_from(mut self, originals: Vec<(PathBuf, Stamp)>) -> Self {
        self.originals = originals;
        self
    }

    pub fn info(&self) -> &AudioInfo {
        &self.info
    }

    pub fn path(&self) -> &Path {
        self.file.path()
    }

    /// How many of the samples that were read so far are no numbers, or infinite.
    pub fn invalid(&self) -> u64 {
        self.invalid.load(Ordering::Relaxed)
    }

    /// What the header promises and the file does not hold.
    pub fn damage(&self) -> Vec<Damage> {
        let cut = Damage { at: self.info.frames, frames: self.missing, kind: DamageKind::CutOff };
        if self.info.truncated { vec![cut] } else { Vec::new() }
    }

    /// What the file looked like when it was opened.
    pub fn stamp(&self) -> Stamp {
        self.file.stamp()
    }

    /// Whether the file is still as it was when it was opened, and at its place. For a conformed
    /// copy that is asked of the files it was made from.
    pub fn is_unchanged(&self) -> bool {
        match self.originals.as_slice() {
            [] => self.file.is_unchanged(),
            all => all.iter().all(|(path, stamp)| Stamp::at(path) == Some(*stamp)),
        }
    }

    /// Fills the blocks with the samples from frame `from`, which may lie before the start;
    /// there is silence outside the file. A mono file fills `left` and leaves `right` silent.
    /// `scratch` is reused between calls. Values that are no numbers become silence.
    ///
    /// # Errors
    /// `Changed` where the file became shorter, or another one has its place.
    pub fn read(
        &self,
        from: i64,
        left: &mut [f32],
        right: &mut [f32],
        scratch: &mut Vec<u8>,
    ) -> Result<(), MediaError> {
        let wanted = left.len().min(right.len());
        let total = self.info.frames.0 as i64;
        let first = from.clamp(0, total);
        let last = from.saturating_add(wanted as i64).clamp(first, total);
        let before = first.saturating_sub(from).clamp(0, wanted as i64) as usize;
        let count = (last - first) as usize;
        for side in [&mut *left, &mut *right] {
            side[..before].fill(0.0);
            side[before + count..].fill(0.0);
        }
        if count == 0 {
            return Ok(());
        }
        let frame = self.encoding.width * self.info.channels;
        scratch.resize(count * frame, 0);
        let file = self.file.file()?;
        let done = read_up_to(&file, scratch, self.start + first as u64 * frame as u64)
            .map_err(|cause| MediaError::reading(self.path(), cause))?;
        if done < scratch.len() {
            return Err(MediaError::Changed(self.path().to_owned()));
        }
        let left = &mut left[before..before + count];
        let right = &mut right[before..before + count];
        let invalid = self.encoding.decode(scratch, left, right);
        if invalid > 0 {
            self.invalid.fetch_add(invalid, Ordering::Relaxed);
        }
        if self.info.channels == 1 {
            right.fill(0.0);
        }
        Ok(())
    }
}
