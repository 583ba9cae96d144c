//! MP3 and ADTS files ([`Framed`]): frames without a container. Frames are found here, so gaps
//! between them are known. MP3 begins and ends exact to the sample if its info tag states the
//! encoder's delay.

mod adts;
mod mp3;

use super::coder::PacketDecoder;
use super::timeline::Timeline;
use super::window::{SEARCH, Window};
use super::{CompressedFile, GoOn};
use crate::media::damage::DamageKind;
use crate::media::error::MediaError;
use crate::media::info::AudioInfo;
use crate::media::input::Input;
use crate::units::SampleRate;
use mp3::InfoTag;
use symphonia::core::audio::layouts::{CHANNEL_LAYOUT_MONO, CHANNEL_LAYOUT_STEREO};
use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::codecs::audio::well_known::{CODEC_ID_AAC, CODEC_ID_MP3};

/// Bytes of the longest frame header.
const HEAD: usize = 7;
/// Bytes within which the first frame must begin.
const FIRST: u64 = 1 << 20;
/// Frames that must follow the first one, to rule out a chance match.
const FOLLOWERS: usize = 2;
/// Fewer than this many leading frames of a file may lack their bit reservoir.
const RESERVOIR: u64 = 10;
/// Delay of an MP3 decoder in sample frames (LAME Technical FAQ).
const DECODER: u64 = 528 + 1;

/// Header of a frame.
#[derive(Clone, Copy, Debug, PartialEq)]
struct FrameHeader {
    rate: u32,
    channels: usize,
    /// Sample frames in the frame.
    block: u32,
    /// Bytes of the whole frame.
    length: usize,
    /// Bytes of the header that the decoder does not take.
    strip: usize,
    /// Header bits that are equal in all frames of a file.
    kind: (u8, u8),
}

impl FrameHeader {
    /// Whether both headers can belong to frames of the same file.
    fn goes_with(&self, other: &FrameHeader) -> bool {
        self.kind == other.kind && self.channels == other.channels
    }
}

/// Codecs that need no container.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Codec {
    Mp3,
    Aac,
}

impl Codec {
    fn head(self, bytes: &[u8]) -> Option<FrameHeader> {
        match self {
            Codec::Mp3 => mp3::head(bytes),
            Codec::Aac => adts::head(bytes),
        }
    }
}

/// Finds the frames of a file, one after the other.
struct Scan<'a> {
    window: Window<'a>,
    codec: Codec,
    /// Header of the first frame; the others must match it.
    usual: FrameHeader,
    /// Byte offset where the next frame should begin.
    at: u64,
}

impl Scan<'_> {
    /// The next frame that matches the first one: header, byte offset, and bytes skipped before it.
    /// `None` if no further frame is found.
    fn next(&mut self) -> Result<Option<(FrameHeader, u64, u64)>, MediaError> {
        let (mut from, end) = (self.at, self.at.saturating_add(SEARCH));
        let (codec, usual) = (self.codec, self.usual);
        loop {
            let mut fits = |b: &[u8]| codec.head(b).is_some_and(|head| head.goes_with(&usual));
            let Some(at) = self.window.find(from, end, HEAD, 0xFF, &mut fits)? else {
                return Ok(None);
            };
            let Some(head) = codec.head(self.window.get(at, HEAD)?) else { return Ok(None) };
            // After a gap, a second matching frame must follow, to rule out a chance match.
            if at == self.at || follow(&mut self.window, codec, at, 1)? {
                let skipped = at - self.at;
                self.at = at + head.length as u64;
                return Ok(Some((head, at, skipped)));
            }
            from = at + 1;
        }
    }

    /// Counts the whole frames from here on, and the gaps between them.
    fn count(mut self) -> Result<(u64, u64), MediaError> {
        let (mut frames, mut gaps) = (0, 0);
        while let Some((_, _, skipped)) = self.next()? {
            gaps += u64::from(skipped > 0);
            frames += u64::from(self.at <= self.window.input().len());
        }
        Ok((frames, gaps))
    }
}

/// Whether `count` matching frames follow the one at `at`, or fewer and then the end of the file.
fn follow(
    window: &mut Window<'_>,
    codec: Codec,
    mut at: u64,
    count: usize,
) -> Result<bool, MediaError> {
    let Some(usual) = codec.head(window.get(at, HEAD)?) else { return Ok(false) };
    for _ in 0..=count {
        match codec.head(window.get(at, HEAD)?) {
            Some(head) if head.goes_with(&usual) => at += head.length as u64,
            _ => return Ok(at == window.input().len()),
        }
    }
    Ok(true)
}

/// Finds the first frame that begins before `end`.
fn first(
    window: &mut Window<'_>,
    codec: Codec,
    mut from: u64,
    end: u64,
) -> Result<Option<u64>, MediaError> {
    loop {
        let mut is_head = |bytes: &[u8]| codec.head(bytes).is_some();
        let Some(at) = window.find(from, end, HEAD, 0xFF, &mut is_head)? else { return Ok(None) };
        if follow(window, codec, at, FOLLOWERS)? {
            return Ok(Some(at));
        }
        from = at + 1;
    }
}

pub(super) struct Framed<'a> {
    scan: Scan<'a>,
    go_on: &'a GoOn<'a>,
    info: AudioInfo,
    told: Option<InfoTag>,
}

impl<'a> Framed<'a> {
    /// Finds the first frame behind the tags, which take `tags` bytes; `None` if there is none.
    pub fn open(
        input: &'a Input,
        tags: u64,
        go_on: &'a GoOn<'a>,
    ) -> Result<Option<Self>, MediaError> {
        let mut window = Window::new(input, go_on);
        let far = tags.saturating_add(FIRST);
        // A frame right behind the tags is preferred to one after junk.
        let tries = [tags + 1, far]
            .into_iter()
            .flat_map(|end| [Codec::Mp3, Codec::Aac].into_iter().map(move |codec| (codec, end)));
        for (codec, end) in tries {
            let Some(at) = first(&mut window, codec, tags, end)? else { continue };
            let Some(usual) = codec.head(window.get(at, HEAD)?) else { continue };
            let told = match codec {
                Codec::Mp3 => InfoTag::read(window.get(at, usual.length)?),
                Codec::Aac => None,
            };
            let name = if codec == Codec::Mp3 { "MP3" } else { "AAC" };
            let info = AudioInfo::lossy(name, usual.channels, SampleRate(usual.rate));
            let at = if told.is_some() { at + usual.length as u64 } else { at };
            return Ok(Some(Self { scan: Scan { window, codec, usual, at }, go_on, info, told }));
        }
        Ok(None)
    }
}

impl CompressedFile for Framed<'_> {
    fn info(&self) -> &AudioInfo {
        &self.info
    }

    fn is_counted(&self) -> bool {
        // The tag's count may be wrong.
        false
    }

    fn run(self: Box<Self>, line: &mut Timeline<'_>) -> Result<(), MediaError> {
        let Framed { mut scan, go_on, told, .. } = *self;
        let (input, codec, usual) = (scan.window.input(), scan.codec, scan.usual);
        let mut coder = coder(input, codec, &usual)?;
        let block = u64::from(usual.block);
        let told = told.unwrap_or_default();
        let all = told.frames.map(|frames| frames * block);
        let mut part = FrameTrim::of(&told, all);
        // With a single gap and a known total, the length of the gap is exact.
        let again = Scan { window: Window::new(input, go_on), codec, usual, at: scan.at };
        let gap = match (again.count()?, told.frames) {
            ((found, 1), Some(frames)) => Some(frames.saturating_sub(found)),
            _ => None,
        };
        let most = input.len() / usual.length.max(1) as u64 + 1;
        let (mut bytes, mut frames, mut decoded, mut since_gap) = (0u64, 0u64, 0u64, 0u64);
        let (mut cut, mut sum) = (false, 0);
        while let Some((head, at, skipped)) = scan.next()? {
            line.go_on()?;
            if skipped > 0 && frames > 0 {
                // Estimate: the skipped bytes at the average length of a frame.
                let guess = (skipped * frames + bytes / 2) / bytes.max(1);
                let lost = gap.filter(|gap| *gap <= 2 * most).unwrap_or(guess);
                part.lose(line, lost * block)?;
                // If the gap holds foreign data only, no frame is lost.
                if lost > 0 {
                    coder.reset()?;
                    since_gap = 0;
                }
            }
            let data = scan.window.get(at, head.length)?;
            if data.len() < head.length {
                // The last frame is cut off.
                cut = true;
                break;
            }
            frames += 1;
            since_gap += 1;
            bytes += head.length as u64;
            if told.music.is_some() {
                sum = mp3::crc(sum, data);
            }
            match coder.decode(data.get(head.strip..).unwrap_or(&[]))? {
                Some(sound) => {
                    line.runs(sound.rate, sound.channels)?;
                    decoded += 1;
                    part.give(line, &mut coder.planes)?;
                }
                // A file cut out of another one begins with frames that lack their bit reservoir.
                // They become silence, which is no damage.
                None if frames == since_gap && frames < RESERVOIR => {
                    let (_, keep) = part.next(block, line.frames());
                    line.rest(keep)?;
                }
                None => part.lose(line, block)?,
            }
        }
        if decoded == 0 {
            return Err(input.not_audio("none of its frames can be decoded"));
        }
        // The checksum covers these frames only if their length is the stated one.
        if let Some((stated, length)) = told.music
            && !cut
            && (length == bytes || length == bytes + usual.length as u64)
            && sum != stated
            && line.is_whole()
        {
            line.note(DamageKind::Checksum, 0);
        }
        let missing = all.map_or(0, |all| all.saturating_sub(part.passed));
        // Some encoders count the frame that holds the tag.
        if cut || missing > block {
            let (_, keep) = part.next(missing, line.frames());
            // A count far beyond the file's size is not believed.
            let believed = missing / block <= 1000 * most;
            line.note(DamageKind::CutOff, if believed { keep } else { 0 });
        }
        Ok(())
    }
}

fn coder(input: &Input, codec: Codec, usual: &FrameHeader) -> Result<PacketDecoder, MediaError> {
    let mut params = AudioCodecParameters::new();
    match codec {
        Codec::Mp3 => params.for_codec(CODEC_ID_MP3),
        Codec::Aac => {
            let mono = usual.channels == 1;
            let channels = if mono { CHANNEL_LAYOUT_MONO } else { CHANNEL_LAYOUT_STEREO };
            params.for_codec(CODEC_ID_AAC).with_sample_rate(usual.rate).with_channels(channels)
        }
    };
    PacketDecoder::new(input, &params, false)
}

/// The part of the decoded sound that is played, and how far decoding is.
struct FrameTrim {
    /// Sample frames before the part.
    ahead: u64,
    /// Sample frames of the part; `None`: up to the end.
    most: Option<u64>,
    /// Sample frames decoded or lost so far.
    passed: u64,
}

impl FrameTrim {
    fn of(told: &InfoTag, all: Option<u64>) -> Self {
        let added = told.delay + told.padding;
        if added == 0 {
            return Self { ahead: 0, most: None, passed: 0 };
        }
        let most = all.map(|all| all.saturating_sub(added));
        Self { ahead: told.delay + DECODER, most, passed: 0 }
    }

    /// Of the next `count` sample frames, how many to skip and how many to play after them. `heard`
    /// is the number played so far.
    fn next(&mut self, count: u64, heard: u64) -> (u64, u64) {
        let skip = self.ahead.saturating_sub(self.passed).min(count);
        self.passed += count;
        let room = self.most.map_or(u64::MAX, |most| most.saturating_sub(heard));
        (skip, (count - skip).min(room))
    }

    fn give(&mut self, line: &mut Timeline<'_>, planes: &mut [Vec<f32>]) -> Result<(), MediaError> {
        let count = planes.first().map_or(0, Vec::len);
        let (skip, keep) = self.next(count as u64, line.frames());
        for plane in planes.iter_mut() {
            plane.drain(..(skip as usize).min(plane.len()));
            plane.truncate(keep as usize);
        }
        line.give(planes)
    }

    fn lose(&mut self, line: &mut Timeline<'_>, count: u64) -> Result<(), MediaError> {
        let (_, keep) = self.next(count, line.frames());
        if keep > 0 { line.lose(keep) } else { Ok(()) }
    }
}
