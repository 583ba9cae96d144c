//! The packets of one stream of an Ogg file ([`Stream`]), put together from its pages.

use super::codec::{Codec, Heads};
use super::page::{Page, Pages};
use crate::media::error::MediaError;
use crate::media::input::Input;

/// Longest packet in bytes. Pictures in comments are longer and are skipped.
const LONGEST: usize = 1 << 20;
/// Most pages before those of the sound: 64 MB of pages.
const HEADS: usize = 1024;

/// Packets that end on one page.
pub struct PagePackets {
    pub packets: Vec<Vec<u8>>,
    /// Granule position of the page.
    pub position: Option<u64>,
    /// Whether the page is the last one of its stream.
    pub last: bool,
    /// Whether pages are missing before this one.
    pub gap: bool,
}

/// The next part of a stream.
pub enum Next {
    Packets(PagePackets),
    /// First page of the stream that follows this one.
    Chained(Page),
    End,
}

/// A stream whose headers are read.
pub struct Stream {
    pub codec: Codec,
    pieces: Pieces,
    /// Audio packets on the page of the last header packet.
    waiting: Option<PagePackets>,
}

/// Puts packets together from their pieces.
struct Pieces {
    stream: u32,
    /// Number of the next page.
    next: u32,
    /// The start of a packet that continues on the next page.
    part: Vec<u8>,
    /// The current packet lost its beginning or is too long: its rest is dropped.
    broken: bool,
    /// Whether the last page was read.
    ended: bool,
    /// Granule position of the last page that had one.
    reached: Option<u64>,
}

impl Pieces {
    /// Whether a page was read before: its number and its position are not beyond those that were
    /// read.
    fn is_repeated(&self, page: &Page) -> bool {
        let back = self.next.wrapping_sub(page.number);
        let reached = page.position.zip(self.reached).is_some_and(|(at, reached)| at <= reached);
        (1..1 << 31).contains(&back) && reached
    }

    /// The packets that end on this page. The start of an unfinished packet is kept for the next
    /// page.
    fn take(&mut self, page: &Page) -> PagePackets {
        let gap = page.number != self.next;
        self.next = page.number.wrapping_add(1);
        if gap || !page.continued {
            self.part.clear();
            self.broken = page.continued;
        }
        let mut packets = Vec::new();
        for (piece, ends) in page.pieces() {
            if self.part.len() + piece.len() > LONGEST {
                self.broken = true;
            }
            if self.broken {
                self.part.clear();
            } else {
                self.part.extend_from_slice(piece);
            }
            if ends {
                // A broken packet is passed on as an empty one, which cannot be decoded.
                packets.push(std::mem::take(&mut self.part));
                self.broken = false;
            }
        }
        self.ended |= page.last;
        self.reached = page.position.or(self.reached);
        PagePackets { packets, position: page.position, last: page.last, gap }
    }
}

impl Stream {
    /// Reads the headers of the next stream with a known codec. `first` is its first page, if that
    /// was read already.
    pub fn begin(
        input: &Input,
        pages: &mut Pages<'_>,
        mut first: Option<Page>,
    ) -> Result<Self, MediaError> {
        let mut begun: Option<(Pieces, Heads)> = None;
        for _ in 0..HEADS {
            let page = match first.take() {
                Some(page) => page,
                None => match pages.next()? {
                    Some(page) => page,
                    None => break,
                },
            };
            let Some((pieces, heads)) = &mut begun else {
                let head = page.pieces().next().map_or(&[][..], |(piece, _)| piece);
                if page.first
                    && let Some(heads) = Heads::begin(head)
                {
                    let (stream, next) = (page.stream, page.number.wrapping_add(1));
                    let (part, broken, ended) = (Vec::new(), false, page.last);
                    let reached = None;
                    begun = Some((Pieces { stream, next, part, broken, ended, reached }, heads));
                }
                continue;
            };
            if page.stream != pieces.stream || page.first {
                continue;
            }
            let mut taken = pieces.take(&page);
            let mut sound = Vec::new();
            for packet in std::mem::take(&mut taken.packets) {
                let packet = if heads.are_complete() { Some(packet) } else { heads.add(packet) };
                sound.extend(packet);
            }
            if heads.are_complete() {
                let codec = heads.codec(input)?;
                let waiting =
                    (!sound.is_empty()).then_some(PagePackets { packets: sound, ..taken });
                let Some((pieces, _)) = begun else { break };
                return Ok(Self { codec, pieces, waiting });
            }
        }
        Err(input.not_audio("no Vorbis, Opus or FLAC is in it"))
    }

    /// Packets of the next page of this stream, or the stream that follows it.
    pub fn next(&mut self, pages: &mut Pages<'_>) -> Result<Next, MediaError> {
        if let Some(waiting) = self.waiting.take() {
            return Ok(Next::Packets(waiting));
        }
        while let Some(page) = pages.next()? {
            if page.first && self.pieces.ended {
                return Ok(Next::Chained(page));
            }
            if page.stream == self.pieces.stream && !page.first && !self.pieces.is_repeated(&page) {
                return Ok(Next::Packets(self.pieces.take(&page)));
            }
        }
        Ok(Next::End)
    }

    /// Whether the last page of the stream was read.
    pub fn has_ended(&self) -> bool {
        self.pieces.ended
    }
}
