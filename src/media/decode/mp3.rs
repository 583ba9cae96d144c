//! MP3 files (ISO/IEC 11172-3 and 13818-3, layer III), taken apart here, so that what lies between
//! the frames is known. Sound begins and ends to the frame where the encoder left its delay
//! (Xing and LAME tags: gabriel.mp3-tech.org/mp3infotag.html).

use super::coder::Coder;
use super::timeline::Timeline;
use super::window::{SEARCH, Window};
use super::{Coded, GoOn};
use crate::media::damage::DamageKind;
use crate::media::error::MediaError;
use crate::media::info::AudioInfo;
use crate::media::input::Input;
use crate::units::{Frames, SampleRate};
use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::codecs::audio::well_known::CODEC_ID_MP3;

/// Bytes of a head.
const HEAD: usize = 4;
/// Bytes in which the first frame has to begin.
const FIRST: u64 = 1 << 20;
/// Frames that follow the first one, so that it is no chance.
const FOLLOWERS: usize = 2;
/// Frames after a gap whose beginning stood in those that are lost.
const RESERVOIR: u64 = 10;
/// What a decoder of this kind is late by.
const DECODER: u64 = 528 + 1;

/// The head of a frame.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Head {
    rate: u32,
    channels: usize,
    /// Frames of sound.
    block: u32,
    /// Bytes of the whole frame.
    length: usize,
    /// Bytes of the side information.
    side: usize,
    /// What all frames of a file have in common: version, layer and rate.
    kind: (u8, u8),
}

impl Head {
    fn read(bytes: &[u8]) -> Option<Self> {
        let [0xFF, a, b, c, ..] = bytes else { return None };
        let (version, layer) = (a >> 3 & 3, a >> 1 & 3);
        if a & 0xE0 != 0xE0 || version == 1 || layer != 1 {
            return None;
        }
        // Kilobits in a second, by version 1 and by 2 and 2.5.
        const FULL: [u32; 14] = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
        const HALF: [u32; 14] = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
        let full = version == 3;
        let index = usize::from(b >> 4).checked_sub(1)?;
        let kilobits = *if full { FULL.get(index) } else { HALF.get(index) }?;
        let rate = *[44_100, 48_000, 32_000].get(usize::from(b >> 2 & 3))?;
        let rate = match version {
            3 => rate,
            2 => rate / 2,
            _ => rate / 4,
        };
        let block: u32 = if full { 1152 } else { 576 };
        let mono = c >> 6 == 3;
        let side = match (full, mono) {
            (true, false) => 32,
            (true, true) | (false, false) => 17,
            (false, true) => 9,
        };
        let length = block / 8 * kilobits * 1000 / rate + u32::from(b >> 1 & 1);
        let channels = if mono { 1 } else { 2 };
        let kind = (a & 0xFE, b & 0x0C);
        Some(Self { rate, channels, block, length: length as usize, side, kind })
    }

    fn goes_with(&self, other: &Head) -> bool {
        self.kind == other.kind && self.channels == other.channels
    }
}

/// What the first frame says of the whole, instead of sound.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Told {
    /// Frames of the file.
    frames: Option<u64>,
    /// Frames of sound that are added at the beginning and the end.
    delay: u64,
    padding: u64,
}

impl Told {
    /// None where the frame holds sound.
    fn read(frame: &[u8], head: &Head) -> Option<Self> {
        let number = |at: usize| Some(u32::from_be_bytes(*frame.get(at..)?.first_chunk()?));
        if frame.get(HEAD + 32..HEAD + 36) == Some(b"VBRI") {
            return Some(Self { frames: number(HEAD + 32 + 14).map(u64::from), ..Self::default() });
        }
        let at = HEAD + head.side;
        if !matches!(frame.get(at..at + 4), Some(b"Xing" | b"Info")) {
            return None;
        }
        let flags = number(at + 4).unwrap_or(0);
        let mut told = Self::default();
        let mut next = at + 8;
        if flags & 1 != 0 {
            told.frames = number(next).map(u64::from);
            next += 4;
        }
        // Bytes, a table of places and a quality may follow.
        next += if flags & 2 == 0 { 0 } else { 4 };
        next += if flags & 4 == 0 { 0 } else { 100 };
        next += if flags & 8 == 0 { 0 } else { 4 };
        let encoder = frame.get(next..next + 4);
        if matches!(encoder, Some(b"LAME" | b"Lavf" | b"Lavc"))
            && let Some([a, b, c]) = frame.get(next + 21..next + 24)
        {
            told.delay = u64::from(*a) << 4 | u64::from(*b) >> 4;
            told.padding = u64::from(*b & 15) << 8 | u64::from(*c);
        }
        Some(told)
    }
}

pub(super) struct Mp3<'a> {
    window: Window<'a>,
    info: AudioInfo,
    head: Head,
    told: Option<Told>,
    /// Where the next frame is.
    at: u64,
}

impl<'a> Mp3<'a> {
    /// Looks for the first frame; none where there is none.
    pub fn open(
        input: &'a Input,
        tags: u64,
        go_on: &'a GoOn<'a>,
    ) -> Result<Option<Self>, MediaError> {
        let mut window = Window::new(input, go_on);
        let Some(at) = first(&mut window, tags)? else { return Ok(None) };
        let Some(head) = Head::read(window.get(at, HEAD)?) else { return Ok(None) };
        let told = Told::read(window.get(at, head.length)?, &head);
        let counted = told.and_then(|told| told.frames).unwrap_or(0) * u64::from(head.block);
        let added = told.map_or(0, |told| told.delay + told.padding);
        let info = AudioInfo {
            format: "MP3".into(),
            channels: head.channels,
            sample_rate: SampleRate(head.rate),
            bits: None,
            float: false,
            frames: Frames(counted.saturating_sub(added)),
            lossy: true,
            time_reference: None,
            truncated: false,
        };
        let at = if told.is_some() { at + head.length as u64 } else { at };
        Ok(Some(Self { window, info, head, told, at }))
    }

    /// The next frame like the first one, and bytes between it and the one before. None where there
    /// is none any more.
    fn next(&mut self) -> Result<Option<(Head, Vec<u8>, u64)>, MediaError> {
        let (mut from, end) = (self.at, self.at.saturating_add(SEARCH));
        loop {
            let usual = self.head;
            let mut fits = |bytes: &[u8]| Head::read(bytes).is_some_and(|h| h.goes_with(&usual));
            let Some(at) = self.window.find(from, end, HEAD, 0xFF, &mut fits)? else {
                return Ok(None);
            };
            let Some(head) = Head::read(self.window.get(at, HEAD)?) else { return Ok(None) };
            // Where frames do not follow each other, chance is kept out.
            if at == self.at || follows(&mut self.window, at, &usual, 1)? {
                let skipped = at - self.at;
                let bytes = self.window.get(at, head.length)?.to_vec();
                self.at = at + head.length as u64;
                return Ok(Some((head, bytes, skipped)));
            }
            from = at + 1;
        }
    }
}

/// Whether as many frames follow the one at `at`, or the file ends with them.
fn follows(
    window: &mut Window<'_>,
    mut at: u64,
    usual: &Head,
    count: usize,
) -> Result<bool, MediaError> {
    for n in 0..=count {
        match Head::read(window.get(at, HEAD)?) {
            Some(head) if head.goes_with(usual) => at += head.length as u64,
            _ => return Ok(n > 0 && at == window.input().len()),
        }
    }
    Ok(true)
}

fn first(window: &mut Window<'_>, tags: u64) -> Result<Option<u64>, MediaError> {
    let mut from = tags;
    loop {
        let mut is_head = |bytes: &[u8]| Head::read(bytes).is_some();
        let end = tags.saturating_add(FIRST);
        let Some(at) = window.find(from, end, HEAD, 0xFF, &mut is_head)? else { return Ok(None) };
        let Some(head) = Head::read(window.get(at, HEAD)?) else { return Ok(None) };
        if follows(window, at, &head, FOLLOWERS)? {
            return Ok(Some(at));
        }
        from = at + 1;
    }
}

impl Coded for Mp3<'_> {
    fn info(&self) -> &AudioInfo {
        &self.info
    }

    fn is_counted(&self) -> bool {
        // The last frames may be missing.
        false
    }

    fn run(mut self: Box<Self>, line: &mut Timeline<'_>) -> Result<(), MediaError> {
        let input = self.window.input();
        let mut params = AudioCodecParameters::new();
        params.for_codec(CODEC_ID_MP3);
        let mut coder = Coder::new(input, &params, false)?;
        let told = self.told.unwrap_or_default();
        let block = u64::from(self.head.block);
        let all = told.frames.map(|frames| frames * block);
        let mut part = Part::of(&told, all);
        let (mut bytes, mut frames, mut decoded, mut since_gap) = (0u64, 0u64, 0u64, 0u64);
        while let Some((head, data, skipped)) = self.next()? {
            line.go_on()?;
            if skipped > 0 && frames > 0 {
                // As many frames as the bytes between may have been.
                let lost = (skipped * frames + bytes / 2) / bytes.max(1);
                part.lose(line, lost * block)?;
                coder.reset()?;
                since_gap = 0;
            }
            if data.len() < head.length {
                // The last one is cut in the middle.
                let (_, keep) = part.next(block, line.frames());
                line.note(DamageKind::CutOff, keep);
                break;
            }
            frames += 1;
            since_gap += 1;
            bytes += head.length as u64;
            match coder.decode(&data)? {
                Some(sound) => {
                    line.runs(sound.rate, sound.channels)?;
                    decoded += 1;
                    part.give(line, &mut coder.planes)?;
                }
                // A file that was cut out of another begins with frames whose beginning is not
                // there; they are silent, and nothing is lost.
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
        // Some encoders count the frame of the tag.
        let missing = all.map_or(0, |all| all.saturating_sub(part.passed));
        if missing > block {
            let (_, keep) = part.next(missing, line.frames());
            line.note(DamageKind::CutOff, keep);
        }
        Ok(())
    }
}

/// The part of the decoded sound that is heard.
struct Part {
    /// Frames before it.
    ahead: u64,
    /// Its frames; none up to the end.
    most: Option<u64>,
    /// Frames that were decoded so far.
    passed: u64,
}

impl Part {
    fn of(told: &Told, all: Option<u64>) -> Self {
        let added = told.delay + told.padding;
        if added == 0 {
            return Self { ahead: 0, most: None, passed: 0 };
        }
        let most = all.map(|all| all.saturating_sub(added));
        Self { ahead: told.delay + DECODER, most, passed: 0 }
    }

    /// How many of the next frames are passed over, and how many are heard after them.
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
