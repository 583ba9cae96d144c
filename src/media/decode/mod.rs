//! Compressed files, decoded from front to back.
//!
//! FLAC, Ogg, MP3 and ADTS are taken apart here, so that missing and damaged frames are known; MP4
//! and CAF by symphonia. The codecs are symphonia's, and opus-pure's for Opus.

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

/// Takes planar blocks, one vector per channel, and their rate, which is the same for a whole file.
pub type Sink<'a> = dyn FnMut(SampleRate, &[Vec<f32>]) -> Result<(), MediaError> + 'a;

/// Asked at least once per packet; false stops the work.
pub type GoOn<'a> = dyn Fn() -> bool + Sync + 'a;

/// Result of decoding a file to its end.
#[derive(Clone, Debug)]
pub struct Decoded {
    /// Facts of the file, with the length that was really decoded.
    pub info: AudioInfo,
    /// In the order of time.
    pub damage: Vec<Damage>,
}

/// A compressed file whose header was read.
trait Coded {
    /// Facts from the header; 0 frames where it does not state their number.
    fn info(&self) -> &AudioInfo;

    /// Whether the header's number of frames is exact.
    fn is_counted(&self) -> bool;

    fn run(self: Box<Self>, line: &mut Timeline<'_>) -> Result<(), MediaError>;
}

/// Runs other people's code: a panic on a broken file becomes an error of this file.
fn guarded<T>(path: &Path, work: impl FnOnce() -> T) -> Result<T, MediaError> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| MediaError::Damaged {
        path: path.to_owned(),
        detail: "its structure makes no sense".into(),
    })
}

fn open<'a>(input: &'a Input, go_on: &'a GoOn<'a>) -> Result<Box<dyn Coded + 'a>, MediaError> {
    let tags = window::tags(input)?;
    let head = input.bytes(tags, 12)?;
    let coded: Box<dyn Coded + 'a> = if head.starts_with(b"fLaC") {
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

/// Frames per byte of file above which a header's length is not believed.
const DENSEST: u64 = 16;

fn is_believed(coded: &dyn Coded, input: &Input) -> bool {
    let frames = coded.info().frames.0;
    coded.is_counted() && frames > 0 && frames / DENSEST <= input.len()
}

/// Facts from the header alone.
pub(crate) fn head(input: &Input) -> Result<AudioInfo, MediaError> {
    Ok(open(input, &|| true)?.info().clone())
}

/// Reads the facts of a file; one whose header does not tell its length, or tells one that is
/// hard to believe, is decoded to find it.
pub(crate) fn probe(input: &Input, go_on: &GoOn<'_>) -> Result<AudioInfo, MediaError> {
    let coded = open(input, go_on)?;
    let info = coded.info();
    if is_believed(&*coded, input) && info.channels > 0 && info.sample_rate.0 > 0 {
        return Ok(info.clone());
    }
    Ok(run(coded, input, go_on, &mut |_, _| Ok(()))?.info)
}

/// Decodes a whole file and hands on its planar blocks, one vector per channel. Silence stands in
/// for what is lost, so that everything else is in time.
///
/// # Errors
/// `Stopped` where `go_on` says no, those of `sink`, and those of a file that cannot be decoded.
pub fn decode<'a>(
    path: &Path,
    go_on: &'a GoOn<'a>,
    sink: &'a mut Sink<'a>,
) -> Result<Decoded, MediaError> {
    decode_input(&Input::open(path)?, go_on, sink)
}

/// The same for a file that is open.
pub(crate) fn decode_input<'a>(
    input: &'a Input,
    go_on: &'a GoOn<'a>,
    sink: &'a mut Sink<'a>,
) -> Result<Decoded, MediaError> {
    run(open(input, go_on)?, input, go_on, sink)
}

fn run<'a>(
    coded: Box<dyn Coded + 'a>,
    input: &Input,
    go_on: &'a GoOn<'a>,
    sink: &'a mut Sink<'a>,
) -> Result<Decoded, MediaError> {
    let mut info = coded.info().clone();
    let length = info.frames.seconds(info.sample_rate);
    // Before hours are decoded in vain.
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
