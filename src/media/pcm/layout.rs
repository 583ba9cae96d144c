//! Checks what a header states ([`Stated`]) against the file. The result is the place and encoding
//! of the samples ([`Layout`]). All PCM parsers end here.

use super::encoding::{ByteOrder, Encoding, Form};
use crate::media::error::MediaError;
use crate::media::info::AudioInfo;
use crate::media::input::Input;
use crate::units::{Frames, SampleRate};

/// Place and encoding of the samples of a file, with its facts.
#[derive(Clone, Debug)]
pub struct Layout {
    pub info: AudioInfo,
    pub encoding: Encoding,
    /// Byte offset of the first sample.
    pub start: u64,
    /// Frames that the header promises and the file does not hold.
    pub missing: Frames,
}

/// Sample format as a header states it.
#[derive(Clone, Debug)]
pub(super) struct Stated {
    /// Name of the format: `WAV`, `AIFF` …
    pub format: &'static str,
    pub channels: u32,
    pub rate: f64,
    pub form: Form,
    /// Bits of a sample that carry sound.
    pub bits: u32,
    /// Bytes that hold a sample.
    pub width: u32,
    pub order: ByteOrder,
    /// Whether the format puts unused bits at the low end. The samples are examined in any case.
    /// Without the rule, samples that fit neither end are refused.
    pub by_rule: bool,
}

/// Place of the samples as the header states it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Extent {
    /// Byte offset of the first sample.
    pub start: u64,
    /// Length in bytes; `None`: up to the end of the file.
    pub claimed: Option<u64>,
}

impl Stated {
    /// Checks the stated format and extent against the file.
    ///
    /// # Errors
    /// `NotAudio` for a format that cannot be read.
    pub fn layout(self, input: &Input, extent: Extent) -> Result<Layout, MediaError> {
        let refused = |detail: String| Err(input.not_audio(detail));
        let (bits, width, channels) = (self.bits, self.width, self.channels);
        if !(1..=8).contains(&width) || channels == 0 {
            return refused(format!("samples of {width} bytes in {channels} channels"));
        }
        match self.form {
            Form::Float if bits == 8 * width && [4, 8].contains(&width) => {}
            Form::Float => return refused(format!("{bits}-bit floating point")),
            Form::Unsigned if width == 1 && (1..=8).contains(&bits) => {}
            Form::Signed if (1..=4).contains(&width) && (1..=8 * width).contains(&bits) => {}
            _ if bits == 0 => return refused("samples of no bits".into()),
            _ => return refused(format!("{bits}-bit samples in {width} bytes")),
        }
        let rate = self.rate.round();
        let rate = if (1.0..=f64::from(u32::MAX)).contains(&rate) { rate as u32 } else { 0 };
        let frame = u64::from(width) * u64::from(channels);
        let held = input.len().saturating_sub(extent.start);
        let claimed = extent.claimed.unwrap_or(held);
        let frames = claimed.min(held) / frame;
        let missing = claimed / frame - frames;
        let mut encoding =
            Encoding { form: self.form, width: width as usize, order: self.order, shift: 0 };
        if self.form == Form::Signed && bits < 8 * width {
            let spare = 8 * width - bits;
            let data = (extent.start, frames * frame);
            encoding.shift = match place(input, encoding, spare, data)? {
                Place::Low => spare,
                // The samples fit both ends: 16-bit sound at the low end, or very quiet sound at
                // the high end. Without a rule, the first is far more common.
                Place::Either if !self.by_rule && spare >= 8 => spare,
                Place::Neither if !self.by_rule => {
                    let detail = format!("{bits}-bit samples in {width} bytes, at no end of them");
                    return refused(detail);
                }
                Place::High | Place::Either | Place::Neither => 0,
            };
        }
        let info = AudioInfo {
            format: self.format.into(),
            channels: channels as usize,
            sample_rate: SampleRate(rate),
            bits: Some(bits),
            float: self.form == Form::Float,
            frames: Frames(frames),
            lossy: false,
            time_reference: None,
            truncated: claimed > held,
        };
        Ok(Layout { info, encoding, start: extent.start, missing: Frames(missing) })
    }
}

/// End of its bytes at which the bits of a sample lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    High,
    Low,
    /// Silence, or samples that fit both ends.
    Either,
    Neither,
}

/// Bytes examined in one place.
const LOOK: u64 = 4096;
/// Number of places examined, spread over the file.
const PLACES: u64 = 256;

/// Examines samples to find the end of their bytes at which their bits lie; the other `spare` bits
/// are unused. The samples begin at byte `start` and take `length` bytes.
fn place(
    input: &Input,
    encoding: Encoding,
    spare: u32,
    (start, length): (u64, u64),
) -> Result<Place, MediaError> {
    let width = encoding.width as u64;
    let step = (length / PLACES).max(LOOK) / width * width;
    let unused = 32 - 8 * encoding.width as u32;
    let (mut high, mut low) = (true, true);
    let mut at = 0;
    while at < length && (high || low) {
        let bytes = input.bytes(start + at, (length - at).min(LOOK / width * width) as usize)?;
        for sample in bytes.chunks_exact(encoding.width) {
            let value = encoding.whole(sample) >> unused;
            high &= value.trailing_zeros() >= spare;
            low &= value << (unused + spare) >> (unused + spare) == value;
        }
        at += step.max(width);
    }
    Ok(match (high, low) {
        (true, true) => Place::Either,
        (true, false) => Place::High,
        (false, true) => Place::Low,
        (false, false) => Place::Neither,
    })
}
