//! Random access to the samples of PCM files ([`PcmFile`]): WAV, AIFF, Wave64, CAF and AU. One
//! parser per format finds the samples. Threads can share a file.

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
use crate::disk::cache::Held;
use crate::media::damage::{Damage, DamageKind};
use crate::media::error::MediaError;
use crate::media::info::{AudioInfo, accept};
use crate::media::input::{Input, read_up_to};
use crate::media::pool::Pooled;
use crate::units::Frames;
pub(crate) use encoding::ByteOrder;
use encoding::Encoding;
pub(crate) use layout::Layout;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Finds the samples of a file; `None` if it is no PCM file.
pub(crate) fn parse(input: &Input) -> Result<Option<Layout>, MediaError> {
    let head = input.bytes(0, 64)?;
    for parse in [wav::parse, aiff::parse, wave64::parse, caf::parse, au::parse] {
        if let Some(layout) = parse(input, &head)? {
            return Ok(Some(layout));
        }
    }
    Ok(None)
}

/// A PCM file of one or two channels. Reads take `&self`, so threads can share it. The pool may
/// close it and open it again between two reads.
#[derive(Debug)]
pub struct PcmFile {
    file: Box<Pooled>,
    /// Originals with their stamps, if this file is a conformed copy.
    originals: Vec<(PathBuf, Stamp)>,
    /// Keeps a conformed copy from being removed from its cache.
    held: Option<Held>,
    info: AudioInfo,
    encoding: Encoding,
    /// Byte offset of the first sample.
    start: u64,
    /// Frames that the header promises and the file does not hold.
    missing: Frames,
    /// Samples read so far that were NaN or infinite.
    invalid: AtomicU64,
}

impl PcmFile {
    /// Opens a PCM file; `None` if the file is of another kind.
    ///
    /// # Errors
    /// `NotAudio`, `Channels`, `Rate` or `TooLong` for a file that Stemwright does not take, and
    /// errors of reading.
    pub fn open(path: &Path) -> Result<Option<Self>, MediaError> {
        Self::of(&Input::open(path)?)
    }

    /// As [`PcmFile::open`], for an open file.
    pub(crate) fn of(input: &Input) -> Result<Option<Self>, MediaError> {
        let Some(layout) = parse(input)? else { return Ok(None) };
        let info = accept(&input.path, layout.info)?;
        Ok(Some(Self {
            file: Box::new(Pooled::new(input.clone())),
            originals: Vec::new(),
            held: None,
            info,
            encoding: layout.encoding,
            start: layout.start,
            missing: layout.missing,
            invalid: AtomicU64::new(0),
        }))
    }

    /// Marks this file as a conformed copy of `originals`, of whose samples `invalid` were NaN or
    /// infinite. The copy stays in its cache while this value lives.
    pub(crate) fn made_from(
        mut self,
        originals: Vec<(PathBuf, Stamp)>,
        invalid: u64,
        held: Held,
    ) -> Self {
        self.originals = originals;
        self.held = Some(held);
        self.invalid = AtomicU64::new(invalid);
        self
    }

    pub fn info(&self) -> &AudioInfo {
        &self.info
    }

    pub fn path(&self) -> &Path {
        self.file.path()
    }

    /// Number of samples read so far that were NaN or infinite. A conformed copy counts those of
    /// its originals.
    pub fn invalid(&self) -> u64 {
        self.invalid.load(Ordering::Relaxed)
    }

    /// The missing end of a file whose header promises more than it holds; else empty.
    pub fn damage(&self) -> Vec<Damage> {
        let cut = Damage { at: self.info.frames, frames: self.missing, kind: DamageKind::CutOff };
        if self.info.truncated { vec![cut] } else { Vec::new() }
    }

    /// The file's stamp when it was opened.
    pub fn stamp(&self) -> Stamp {
        self.file.stamp()
    }

    /// Whether the file still has the stamp that it had when it was opened, and its path leads to
    /// it. A conformed copy checks its originals instead.
    pub fn is_unchanged(&self) -> bool {
        match self.originals.as_slice() {
            [] => self.file.is_unchanged(),
            all => all.iter().all(|(path, stamp)| Stamp::at(path) == Some(*stamp)),
        }
    }

    /// Fills the blocks with the samples from frame `from`, which may lie before the start. Frames
    /// outside the file are silent. A mono file fills `left` and leaves `right` silent. NaN and
    /// infinite samples become 0. `scratch` is reused between calls.
    ///
    /// # Errors
    /// `Changed` if the file became shorter, or another one has its path, and errors of reading.
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
