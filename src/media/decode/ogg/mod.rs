//! Ogg files with Vorbis, Opus or FLAC ([`Ogg`]). Granule positions give every page its position in
//! time; page numbers reveal lost pages.

mod codec;
mod page;
mod stream;
#[cfg(test)]
pub(super) mod tests;
mod vorbis;

use super::timeline::Timeline;
use super::window::Window;
use super::{CompressedFile, GoOn};
use crate::media::damage::DamageKind;
use crate::media::error::MediaError;
use crate::media::info::AudioInfo;
use crate::media::input::Input;
use page::Pages;
use stream::{Next, PagePackets, Stream};

/// Most missing sample frames per byte of file that are believed. Opus codes 2880 frames of silence
/// in a byte.
const DENSEST: u64 = 3000;

pub(super) struct Ogg<'a> {
    input: &'a Input,
    pages: Pages<'a>,
    stream: Stream,
}

impl<'a> Ogg<'a> {
    /// Reads the headers of the first stream with a known codec, from byte `at` on.
    pub fn open(input: &'a Input, at: u64, go_on: &'a GoOn<'a>) -> Result<Self, MediaError> {
        let mut pages = Pages::new(Window::new(input, go_on), at);
        let stream = Stream::begin(input, &mut pages, None)?;
        Ok(Self { input, pages, stream })
    }
}

impl CompressedFile for Ogg<'_> {
    fn info(&self) -> &AudioInfo {
        self.stream.codec.info()
    }

    fn is_counted(&self) -> bool {
        self.info().frames.0 > 0
    }

    fn run(mut self: Box<Self>, line: &mut Timeline<'_>) -> Result<(), MediaError> {
        let mut promised = 0;
        loop {
            promised += self.info().frames.0;
            let mut place = GranuleClock::new(self.stream.codec.ahead());
            let chained = loop {
                match self.stream.next(&mut self.pages)? {
                    Next::Packets(packets) => {
                        let bound = self.input.len().saturating_mul(DENSEST);
                        place.put(&mut self.stream, &packets, bound, line)?;
                    }
                    Next::Chained(page) => break Some(page),
                    Next::End => break None,
                }
            };
            let whole = line.is_whole() && self.stream.has_ended() && line.frames() >= promised;
            if whole && !self.stream.codec.is_verified() {
                line.note(DamageKind::Checksum, line.frames());
            }
            // Recordings of radio chain several streams.
            let Some(page) = chained else { break };
            self.stream = Stream::begin(self.input, &mut self.pages, Some(page))?;
            line.runs(self.info().sample_rate, self.info().channels)?;
        }
        if line.frames() == 0 {
            return Err(self.input.not_audio("nothing in it can be decoded"));
        }
        let missing = promised.saturating_sub(line.frames());
        if missing > 0 || !self.stream.has_ended() {
            line.note(DamageKind::CutOff, missing);
        }
        Ok(())
    }
}

/// Position of the next page of a stream, in granule positions.
struct GranuleClock {
    /// Leading frames to drop.
    ahead: u64,
    /// Position of the next frame that is decoded; `None` before the first page.
    next: Option<i64>,
    /// Position of the first frame that is played.
    from: i64,
}

impl GranuleClock {
    fn new(ahead: u64) -> Self {
        Self { ahead, next: None, from: 0 }
    }

    /// Decodes the packets of a page and passes their sound on at the page's position. Missing
    /// frames before that position become silence, up to `bound` of them.
    fn put(
        &mut self,
        stream: &mut Stream,
        page: &PagePackets,
        bound: u64,
        line: &mut Timeline<'_>,
    ) -> Result<(), MediaError> {
        if page.gap {
            stream.codec.reset()?;
        }
        // Sound of the page, and the first frame that could not be decoded.
        let mut planes = vec![Vec::new(); line.channels()];
        let mut broken = None;
        for packet in &page.packets {
            line.go_on()?;
            if !stream.codec.decode(packet, &mut planes)? {
                broken.get_or_insert(planes.first().map_or(0, Vec::len));
            }
        }
        let count = planes.first().map_or(0, Vec::len) as i64;
        let stated = page.position.map(|position| position as i64);
        let next = *self.next.get_or_insert_with(|| {
            // A stream may begin with more sound than is played (Vorbis I, A.2; RFC 7845, 4.2), or
            // be cut out of a longer one (RFC 7845, 4.5).
            let begun = stated.unwrap_or(count) - count;
            let unknown = page.gap || broken.is_some() || (page.last && begun < 0);
            let next = if unknown { 0 } else { begun };
            self.from = next.max(0) + self.ahead as i64;
            next
        });
        let end = stated.unwrap_or(next + count);
        let missing = end - (next + count);
        self.next = Some(end);
        if missing > 0 && missing as u64 <= bound {
            // The silence goes to the front if pages are lost, else to the broken packet.
            let at = if page.gap { 0 } else { broken.unwrap_or(0) };
            let rest = planes.iter_mut().map(|plane| plane.split_off(at.min(plane.len())));
            let rest = rest.collect();
            self.give(next, planes, line)?;
            let silent = next + at as i64;
            let hidden = (self.from - silent).clamp(0, missing);
            line.lose((missing - hidden) as u64)?;
            return self.give(silent + missing, rest, line);
        }
        if missing > 0 || (broken.is_some() && stated.is_none()) {
            line.note(DamageKind::Lost, 0);
        }
        if missing < 0 && page.last {
            // The stream ends within the last packet.
            let kept = (count + missing).max(0) as usize;
            planes.iter_mut().for_each(|plane| plane.truncate(kept));
        }
        self.give(next, planes, line)
    }

    /// Passes on the part of the sound that is played; the sound begins at position `at`.
    fn give(
        &self,
        at: i64,
        mut planes: Vec<Vec<f32>>,
        line: &mut Timeline<'_>,
    ) -> Result<(), MediaError> {
        let skip = (self.from - at).max(0) as usize;
        for plane in &mut planes {
            plane.drain(..skip.min(plane.len()));
        }
        line.give(&mut planes)
    }
}
