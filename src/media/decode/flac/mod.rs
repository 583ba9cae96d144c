//! FLAC files (RFC 9639). Frames are found and checked here, so damaged and missing ones are known.
//! Of the metadata only STREAMINFO needs to be right.

pub(super) mod frame;
mod scan;
#[cfg(test)]
pub(super) mod tests;

use super::coder::PacketDecoder;
use super::timeline::Timeline;
use super::window::{SEARCH, Window};
use super::{CompressedFile, GoOn};
use crate::media::damage::DamageKind;
use crate::media::error::MediaError;
use crate::media::info::AudioInfo;
use crate::media::input::Input;
use crate::units::{Frames, SampleRate};
use frame::{FrameHeader, INFO, LONGEST_HEAD, Numbering, StreamInfo};
use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::codecs::audio::well_known::CODEC_ID_FLAC;

/// Most metadata blocks.
const BLOCKS: usize = 10_000;
/// Most sample frames per byte: a constant block of 65,535 takes eleven bytes or more.
const DENSEST: u64 = 6000;

pub(super) struct Flac<'a> {
    input: &'a Input,
    go_on: &'a GoOn<'a>,
    stream: StreamInfo,
    info: AudioInfo,
    /// Byte offset where the frames begin.
    at: u64,
}

/// Facts from STREAMINFO.
pub(super) fn described(stream: &StreamInfo) -> AudioInfo {
    AudioInfo {
        format: "FLAC".into(),
        channels: stream.channels as usize,
        sample_rate: SampleRate(stream.rate),
        bits: Some(stream.bits),
        float: false,
        frames: Frames(stream.total),
        lossy: false,
        time_reference: None,
        truncated: false,
    }
}

/// A decoder for the frames of a stream; with `verify` it computes the checksum of the whole.
pub(super) fn coder(
    input: &Input,
    stream: &StreamInfo,
    verify: bool,
) -> Result<PacketDecoder, MediaError> {
    let mut params = AudioCodecParameters::new();
    params.for_codec(CODEC_ID_FLAC).with_extra_data(Box::from(stream.raw));
    PacketDecoder::new(input, &params, verify)
}

impl<'a> Flac<'a> {
    /// Reads the metadata, which begin at byte `at`. Blocks behind STREAMINFO are skipped, so wrong
    /// cue sheets, pictures and seek tables do no harm.
    ///
    /// # Errors
    /// `NotAudio` if STREAMINFO is damaged, or no frame follows within [`SEARCH`] bytes.
    pub fn open(input: &'a Input, at: u64, go_on: &'a GoOn<'a>) -> Result<Self, MediaError> {
        let no_head = || input.not_audio("its head is damaged");
        let first = input.bytes(at + 4, 4 + INFO)?;
        let [kind, _, _, length, body @ ..] = first.as_slice() else { return Err(no_head()) };
        if kind & 0x7F != 0 || usize::from(*length) < INFO {
            return Err(no_head());
        }
        let stream = StreamInfo::read(body).ok_or_else(no_head)?;
        let mut at = at + 4;
        for _ in 0..BLOCKS {
            let head = input.bytes(at, 4)?;
            // A frame where a block should be means wrong lengths. The search for frames begins
            // here.
            let Some((kind, lengths)) = head.split_first().filter(|(kind, _)| **kind != 0xFF)
            else {
                break;
            };
            let length = lengths.iter().fold(0u64, |length, byte| length << 8 | u64::from(*byte));
            at += 4 + length;
            if kind & 0x80 != 0 {
                break;
            }
        }
        let mut window = Window::new(input, go_on);
        let mut is_head = |b: &[u8]| FrameHeader::read(b).is_some_and(|head| stream.fits(&head));
        let end = at.saturating_add(SEARCH);
        if window.find(at, end, LONGEST_HEAD, 0xFF, &mut is_head)?.is_none() {
            return Err(input.not_audio("it has no frames"));
        }
        let info = described(&stream);
        Ok(Self { input, go_on, stream, info, at })
    }
}

impl CompressedFile for Flac<'_> {
    fn info(&self) -> &AudioInfo {
        &self.info
    }

    fn is_counted(&self) -> bool {
        self.stream.total > 0
    }

    fn run(self: Box<Self>, line: &mut Timeline<'_>) -> Result<(), MediaError> {
        let Flac { input, go_on, stream, at, .. } = *self;
        let mut coder = coder(input, &stream, true)?;
        // Trials need a decoder of their own, because they must not count towards the checksum.
        let mut trial = self::coder(input, &stream, false)?;
        let mut decodes = |bytes: &[u8]| Ok(trial.decode(bytes)?.is_some());
        let mut frames = scan::FrameScan::new(Window::new(input, go_on), &stream, at);
        let mut numbering = Numbering::new(&stream);
        let (mut bytes, mut decoded) = (0u64, 0u64);
        while let Some(found) = frames.next(&mut decodes)? {
            // A frame behind the stated end belongs to another stream.
            if stream.total > 0 && line.frames() >= stream.total {
                break;
            }
            let room = match stream.total {
                0 => u64::MAX,
                total => total - line.frames(),
            };
            let most = room.min(input.len().saturating_mul(DENSEST));
            let mut counted = numbering;
            match counted.missing(&found.head) {
                Some(0) => {}
                Some(missing) if missing <= most => line.lose(missing)?,
                // A repeated frame, or a number that the file cannot hold.
                _ => {
                    line.note(DamageKind::Lost, 0);
                    continue;
                }
            }
            numbering = counted;
            match coder.decode(&found.bytes)? {
                Some(sound) => {
                    line.runs(sound.rate, sound.channels)?;
                    line.give(&mut coder.planes)?;
                    decoded += sound.frames as u64;
                    bytes += found.bytes.len() as u64;
                }
                None => line.lose(u64::from(found.head.block))?,
            }
        }
        if decoded == 0 {
            return Err(input.not_audio("none of its frames can be decoded"));
        }
        let missing = stream.total.saturating_sub(line.frames());
        if missing > 0 {
            // If the file still holds half of the bytes that the missing frames need, they are
            // damaged rather than cut off.
            let needed = u128::from(bytes) * u128::from(missing) / u128::from(decoded);
            if u128::from(frames.left()) >= (needed / 2).max(1) {
                line.lose(missing.min(input.len().saturating_mul(DENSEST)))?;
            } else {
                line.note(DamageKind::CutOff, missing);
            }
        } else if let (0, Some(begun)) = (stream.total, frames.begun()) {
            line.note(DamageKind::CutOff, u64::from(begun.block));
        }
        if line.is_whole() && !coder.is_verified() {
            line.note(DamageKind::Checksum, line.frames());
        }
        Ok(())
    }
}
