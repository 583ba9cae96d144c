//! Decoding of compressed files, from front to back.
//!
//! FLAC, Ogg, MP3 and ADTS files are split into frames here, so missing and damaged frames are
//! known. symphonia splits MP4 and CAF. The codecs are symphonia's, and opus-pure's for Opus. Each
//! format implements `Coded` and feeds a `Timeline`, which passes planar blocks to the caller's
//! [`Sink`]. The store and [`probe`](crate::media::probe) decode on their callers' threads.

mod coder;
mod edits;
mod flac;
mod framed;
mod ogg;
mod packets;
mod timeline;
mod watched;
mod window;

#[cfg(test)]
pub(super) mod tests;

use crate::media::LONGEST;
use crate::media::damage::{Damage, DamageKind};
use crate::media::error::MediaError;
use crate::media::info::AudioInfo;
use crate::media::input::Input;
use crate::units::SampleRate;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use timeline::Timeline;

/// Receives planar blocks, one vector per channel, and their rate, which is the same for a whole
/// file.
pub type Sink<'a> = dyn FnMut(SampleRate, &[Vec<f32>]) -> Result<(), MediaError> + 'a;

/// Asked at least once per packet; returning false stops the work.
pub type GoOn<'a> = dyn Fn() -> bool + Sync + 'a;

/// Result of decoding a file to its end.
#[derive(Clone, Debug)]
pub struct Decoded {
    /// Facts of the file, with the rate, channels and length that were decoded.
    pub info: AudioInfo,
    /// Damaged parts in order of time.
    pub damage: Vec<Damage>,
}

/// A compressed file whose header was read.
trait CompressedFile {
    /// Facts from the header; 0 frames if it does not state their number.
    fn info(&self) -> &AudioInfo;

    /// Whether the header's number of frames is exact.
    fn is_counted(&self) -> bool;

    /// Decodes the whole file into `line`.
    fn run(self: Box<Self>, line: &mut Timeline<'_>) -> Result<(), MediaError>;
}

/// Runs third-party code. A panic on a broken file becomes a `Damaged` error of this file.
fn guarded<T>(path: &Path, work: impl FnOnce() -> T) -> Result<T, MediaError> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| MediaError::Damaged {
        path: path.to_owned(),
        detail: "its structure makes no sense".into(),
    })
}

/// Recognises the format by the first bytes behind any ID3 tags.
fn open<'a>(
    input: &'a Input,
    go_on: &'a GoOn<'a>,
) -> Result<Box<dyn CompressedFile + 'a>, MediaError> {
    let tags = window::tags(input)?;
    let head = input.bytes(tags, 12)?;
    let coded: Box<dyn CompressedFile + 'a> = if head.starts_with(b"fLaC") {
        Box::new(flac::Flac::open(input, tags, go_on)?)
    } else if head.starts_with(b"OggS") {
        Box::new(ogg::Ogg::open(input, tags, go_on)?)
    } else if packets::is_known(&head) && tags == 0 {
        Box::new(packets::Packets::open(input, go_on)?)
    } else if let Some(framed) = framed::Framed::open(input, tags, go_on)? {
        Box::new(framed)
    } else {
        return Err(input.not_audio("it is of no kind that is known"));
    };
    Ok(coded)
}

/// Frames per byte of file above which a stated length is not believed.
const DENSEST: u64 = 16;

/// Whether the header's length is exact, and plausible for the size of the file.
fn is_believed(coded: &dyn CompressedFile, input: &Input) -> bool {
    let frames = coded.info().frames.0;
    coded.is_counted() && frames > 0 && frames / DENSEST <= input.len()
}

/// Facts from the header alone.
pub(crate) fn head(input: &Input) -> Result<AudioInfo, MediaError> {
    Ok(open(input, &|| true)?.info().clone())
}

/// Reads the facts of a file. If its header states no exact and plausible length, the whole file is
/// decoded to find it.
pub(crate) fn probe(input: &Input, go_on: &GoOn<'_>) -> Result<AudioInfo, MediaError> {
    let coded = open(input, go_on)?;
    let info = coded.info();
    if is_believed(&*coded, input) && info.channels > 0 && info.sample_rate.0 > 0 {
        return Ok(info.clone());
    }
    Ok(run(coded, input, go_on, &mut |_, _| Ok(()))?.info)
}

/// Decodes a whole file and passes its planar blocks to `sink`, one vector per channel. Silence
/// replaces lost parts, so the rest stays in time.
///
/// # Errors
/// `Stopped` if `go_on` returns false, errors of `sink`, and errors of a file that cannot be
/// decoded.
pub fn decode<'a>(
    path: &Path,
    go_on: &'a GoOn<'a>,
    sink: &'a mut Sink<'a>,
) -> Result<Decoded, MediaError> {
    decode_input(&Input::open(path)?, go_on, sink)
}

/// As [`decode`], for an open file.
pub(crate) fn decode_input<'a>(
    input: &'a Input,
    go_on: &'a GoOn<'a>,
    sink: &'a mut Sink<'a>,
) -> Result<Decoded, MediaError> {
    run(open(input, go_on)?, input, go_on, sink)
}

fn run<'a>(
    coded: Box<dyn CompressedFile + 'a>,
    input: &Input,
    go_on: &'a GoOn<'a>,
    sink: &'a mut Sink<'a>,
) -> Result<Decoded, MediaError> {
    let mut info = coded.info().clone();
    let length = info.frames.seconds(info.sample_rate);
    // Refuse the file before hours of it are decoded.
    if length.0 > LONGEST.0 && is_believed(&*coded, input) {
        return Err(MediaError::TooLong { path: input.path.clone(), length });
    }
    let mut line = Timeline::new(&input.path, info.sample_rate, info.channels, go_on, sink)?;
    coded.run(&mut line)?;
    let damage;
    (info.frames, info.sample_rate, info.channels, damage) = line.finish();
    info.truncated = damage.iter().any(|damage| damage.kind == DamageKind::CutOff);
    Ok(Decoded { info, damage })
}
