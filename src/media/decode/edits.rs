//! The part of an MP4 file's sound that is played ([`Edits`]). The edit list states it (ISO/IEC
//! 14496-12, 8.6.6). The tag `iTunSMPB` replaces a list without pause and start offset. Without
//! both, all of the sound is played.

use crate::media::error::MediaError;
use crate::media::input::Input;
use crate::units::SampleRate;

/// Most atoms read from one container.
const MOST: usize = 1000;
/// Most bytes read from an edit list or a tag.
const BODY: usize = 4096;

/// Name of an atom, and the byte range of its body.
#[derive(Clone, Copy, Debug)]
struct Atom {
    name: [u8; 4],
    start: u64,
    end: u64,
}

/// The part that is played, as the file states it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Edits {
    /// Silence before the part, in the movie's time scale.
    pause: u64,
    /// Start of the part, in the track's time scale.
    start: u64,
    /// Length of the part, in the movie's time scale; `None`: up to the end.
    length: Option<u64>,
    /// Units per second of the movie's time scale.
    movie: u32,
    /// Units per second of the track's time scale.
    track: u32,
    /// `iTunSMPB`: frames before the sound, and the length of the sound.
    note: Option<(u64, u64)>,
    /// Number of entries in the time-to-sample table.
    times: u32,
}

/// Most entries of a time-to-sample table. Audio has one or two; symphonia walks through all of
/// them for every packet.
const TIMES: u32 = 20_000;

/// The part that is played, in frames of the decoded sound.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct PlayedRange {
    /// Silence before the part.
    pub pause: u64,
    /// First frame of the part.
    pub from: i64,
    /// End of the part, not included; `None`: up to the end.
    pub until: Option<i64>,
}

/// Atoms between two byte offsets, up to the first one with an impossible size.
fn atoms(input: &Input, start: u64, end: u64) -> Result<Vec<Atom>, MediaError> {
    let (mut found, mut at) = (Vec::new(), start);
    while found.len() < MOST && at + 8 <= end {
        let head = input.bytes(at, 16)?;
        let [a, b, c, d, e, f, g, h, rest @ ..] = head.as_slice() else { break };
        let (body, size) = match (u32::from_be_bytes([*a, *b, *c, *d]), rest) {
            (0, _) => (8, end - at),
            (1, rest) => match rest.first_chunk() {
                Some(size) => (16, u64::from_be_bytes(*size)),
                None => break,
            },
            (size, _) => (8, u64::from(size)),
        };
        let Some(stop) = at.checked_add(size).filter(|stop| size >= body && *stop <= end) else {
            break;
        };
        found.push(Atom { name: [*e, *f, *g, *h], start: at + body, end: stop });
        at = stop;
    }
    Ok(found)
}

/// Length of a file according to its outermost atoms, at least its real length. It is greater if
/// the file is truncated.
pub(super) fn stated_length(input: &Input) -> Result<u64, MediaError> {
    const FAR: u64 = 1 << 40;
    let last = atoms(input, 0, FAR)?.last().map_or(0, |atom| atom.end);
    // An atom without a size extends to the end of the file.
    Ok(if last == FAR { input.len() } else { last.max(input.len()) })
}

/// Atoms inside `outer` that have this name.
fn inside(input: &Input, outer: Atom, name: &[u8; 4]) -> Result<Vec<Atom>, MediaError> {
    let mut all = atoms(input, outer.start, outer.end)?;
    all.retain(|atom| atom.name == *name);
    Ok(all)
}

/// The first atom along a path of names, starting inside `outer`.
fn along(input: &Input, mut outer: Atom, path: &[&[u8; 4]]) -> Result<Option<Atom>, MediaError> {
    for name in path {
        // `meta` is a full atom: version and flags precede its children.
        if outer.name == *b"meta" {
            outer.start += 4;
        }
        match inside(input, outer, name)?.first() {
            Some(atom) => outer = *atom,
            None => return Ok(None),
        }
    }
    Ok(Some(outer))
}

/// The first bytes of an atom's body, at most [`BODY`].
fn body(input: &Input, atom: Atom) -> Result<Vec<u8>, MediaError> {
    input.bytes(atom.start, (atom.end - atom.start).min(BODY as u64) as usize)
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// Time scale from the body of a movie or media header.
fn scale(head: &[u8]) -> Option<u32> {
    number(head, if head.first() == Some(&1) { 20 } else { 12 })
}

impl Edits {
    /// Reads the edits of a track; `None` if the file lacks the headers or time scales for them.
    pub fn read(input: &Input, track: u32) -> Result<Option<Self>, MediaError> {
        let top = atoms(input, 0, input.len())?;
        let Some(movie) = top.into_iter().find(|atom| atom.name == *b"moov") else {
            return Ok(None);
        };
        let mut edits = Self::default();
        let Some(head) = along(input, movie, &[b"mvhd"])? else { return Ok(None) };
        edits.movie = scale(&body(input, head)?).unwrap_or(0);
        for trak in inside(input, movie, b"trak")? {
            let Some(head) = along(input, trak, &[b"tkhd"])? else { continue };
            let head = body(input, head)?;
            if number(&head, if head.first() == Some(&1) { 20 } else { 12 }) != Some(track) {
                continue;
            }
            let Some(media) = along(input, trak, &[b"mdia", b"mdhd"])? else { continue };
            edits.track = scale(&body(input, media)?).unwrap_or(0);
            let times = along(input, trak, &[b"mdia", b"minf", b"stbl", b"stts"])?;
            if let Some(times) = times {
                edits.times = number(&input.bytes(times.start, 8)?, 4).unwrap_or(0);
            }
            if let Some(list) = along(input, trak, &[b"edts", b"elst"])? {
                edits.follow(&body(input, list)?);
            }
        }
        edits.note = note(input, movie)?;
        let usable = edits.movie > 0 && edits.track > 0;
        Ok(usable.then_some(edits))
    }

    /// Reads leading pauses and the first part. If a list has several parts, everything from the
    /// start of the first one is played. Audio files have one part.
    fn follow(&mut self, list: &[u8]) {
        let long = list.first() == Some(&1);
        let entry = if long { 20 } else { 12 };
        let count = number(list, 4).unwrap_or(0) as usize;
        let mut parts = 0;
        for bytes in list.get(8..).unwrap_or(&[]).chunks_exact(entry).take(count) {
            let read = |at: usize| {
                let high = number(bytes, at).unwrap_or(0);
                if !long {
                    return (u64::from(high), high == u32::MAX);
                }
                let value = u64::from(high) << 32 | u64::from(number(bytes, at + 4).unwrap_or(0));
                (value, value == u64::MAX)
            };
            let ((length, _), (start, none)) = (read(0), read(entry / 2 - 2));
            match (none, parts) {
                (true, 0) => self.pause = self.pause.saturating_add(length),
                (true, _) => {}
                (false, 0) => {
                    (self.start, self.length) = (start, (length > 0).then_some(length));
                    parts = 1;
                }
                (false, _) => self.length = None,
            }
        }
    }

    /// Whether the time-to-sample table is longer than audio needs.
    pub fn are_endless(&self) -> bool {
        self.times > TIMES
    }

    /// Converts to frames at `rate`. `units` is the length of the whole track in its time scale.
    pub fn heard(&self, rate: SampleRate, units: Option<u64>) -> PlayedRange {
        let frames = |count: u64, scale: u32| {
            let frames = u128::from(count) * u128::from(rate.0) / u128::from(scale.max(1));
            i64::try_from(frames).unwrap_or(i64::MAX >> 2).min(i64::MAX >> 2)
        };
        let all = units.map(|units| frames(units, self.track));
        match self.note {
            Some((ahead, length)) if self.start == 0 && self.pause == 0 => {
                let from = i64::try_from(ahead).unwrap_or(0);
                let until = from.saturating_add(i64::try_from(length).unwrap_or(i64::MAX));
                return PlayedRange { pause: 0, from, until: Some(until) };
            }
            _ => {}
        }
        let from = frames(self.start, self.track);
        let until = self.length.map(|length| {
            let until = from + frames(length, self.movie);
            // The movie's time scale is coarser. If the two lengths agree within a tick, the
            // track's is exact.
            let tick = frames(1, self.movie) + 1;
            all.filter(|all| all.abs_diff(until) <= tick as u64).unwrap_or(until)
        });
        // A pause is limited to the length of the track, which is 0 if unknown.
        let pause = frames(self.pause, self.movie).min(all.unwrap_or(0)).max(0) as u64;
        PlayedRange { pause, from, until: until.or(all) }
    }
}

/// Reads `iTunSMPB`, such as ` 00000000 00000840 000001CA 00000000003F31F6 …`. The second
/// number counts the frames before the sound, the third those behind it, the fourth those of the
/// sound. Returns the second and the fourth.
fn note(input: &Input, movie: Atom) -> Result<Option<(u64, u64)>, MediaError> {
    let Some(list) = along(input, movie, &[b"udta", b"meta", b"ilst"])? else { return Ok(None) };
    for own in inside(input, list, b"----")? {
        let (Some(name), Some(data)) =
            (along(input, own, &[b"name"])?, along(input, own, &[b"data"])?)
        else {
            continue;
        };
        // Version and flags precede both texts; in `data` a language follows them.
        if body(input, name)?.get(4..) != Some(b"iTunSMPB") {
            continue;
        }
        let text = body(input, data)?;
        let text = String::from_utf8_lossy(text.get(8..).unwrap_or(&[])).into_owned();
        let mut numbers =
            text.split_whitespace().skip(1).map(|word| u64::from_str_radix(word, 16).ok());
        let (ahead, _, length) =
            (numbers.next().flatten(), numbers.next(), numbers.next().flatten());
        return Ok(ahead.zip(length).filter(|(ahead, length)| *ahead < 1 << 20 && *length > 0));
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn atom(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
        [&(body.len() as u32 + 8).to_be_bytes()[..], name, body].concat()
    }

    fn numbers(all: &[u32]) -> Vec<u8> {
        all.iter().flat_map(|n| n.to_be_bytes()).collect()
    }

    fn read(list: Option<&[u32]>, note: Option<&str>) -> Edits {
        let elst = list.map_or(vec![], |list| atom(b"edts", &atom(b"elst", &numbers(list))));
        let mdia = atom(b"mdia", &atom(b"mdhd", &numbers(&[0, 0, 0, 48_000, 0])));
        let tkhd = atom(b"tkhd", &numbers(&[7, 0, 0, 1, 0]));
        let trak = atom(b"trak", &[tkhd, elst, mdia].concat());
        let udta = note.map_or(vec![], |note| {
            let name = atom(b"name", &[&[0; 4][..], b"iTunSMPB"].concat());
            let data = atom(b"data", &[&[0, 0, 0, 1, 0, 0, 0, 0][..], note.as_bytes()].concat());
            let own =
                atom(b"----", &[atom(b"mean", b"\0\0\0\0com.apple.iTunes"), name, data].concat());
            atom(b"udta", &atom(b"meta", &[&[0; 4][..], &atom(b"ilst", &own)].concat()))
        });
        let mvhd = atom(b"mvhd", &numbers(&[0, 0, 0, 1000, 0]));
        let bytes = [atom(b"ftyp", b"M4A "), atom(b"moov", &[mvhd, trak, udta].concat())].concat();
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        Edits::read(&Input::open(file.path()).unwrap(), 1).unwrap().unwrap()
    }

    #[test]
    fn the_edit_list_tells_what_is_heard() {
        let rate = SampleRate(48_000);
        let heard = |list: &[u32], units| read(Some(list), None).heard(rate, Some(units));
        let part = |pause, from, until| PlayedRange { pause, from, until: Some(until) };
        let one = 0x1_0000;
        // 6 s from frame 1024 on, exact to the frame.
        assert_eq!(heard(&[0, 1, 6000, 1024, one], 289_024), part(0, 1024, 289_024));
        // The movie's milliseconds are rounded; the track is not.
        assert_eq!(heard(&[0, 1, 6000, 1024, one], 289_060), part(0, 1024, 289_060));
        // The list shortens the track by a second.
        assert_eq!(heard(&[0, 1, 5000, 1024, one], 289_024), part(0, 1024, 241_024));
        // One second of silence first.
        let list = [0, 2, 1000, u32::MAX, one, 6000, 2112, one];
        assert_eq!(heard(&list, 290_112), part(48_000, 2112, 290_112));
        // Without a length, the part goes to the end.
        assert_eq!(heard(&[0, 1, 0, 1024, one], 289_024), part(0, 1024, 289_024));
        // The list states more entries than it holds.
        assert_eq!(heard(&[0, 4_000_000], 100), part(0, 0, 100));
    }

    #[test]
    fn the_note_of_itunes_counts_where_there_is_no_list() {
        let text = " 00000000 00000840 000001CA 0000000000046500 00000000";
        let rate = SampleRate(48_000);
        let heard = read(None, Some(text)).heard(rate, Some(300_000));
        assert_eq!(heard, PlayedRange { pause: 0, from: 2112, until: Some(2112 + 288_000) });
        let heard = read(Some(&[0, 1, 6000, 1024, 1 << 16]), Some(text)).heard(rate, Some(289_024));
        assert_eq!(heard.from, 1024);
        assert_eq!(read(None, Some("nonsense")).note, None);
    }
}
