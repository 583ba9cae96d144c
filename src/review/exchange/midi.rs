//! Markers of a Standard MIDI File (MIDI 1.0, SMF format 0), which Logic, Pro Tools, Cubase and
//! Live import onto their timelines.

use super::lines::{Marker, drafts, markers};
use crate::review::book::Draft;
use crate::review::comments::Comment;
use crate::session::Session;
use crate::units::Seconds;

/// Ticks per quarter note.
const TICKS: u16 = 960;
/// Default tempo of a MIDI file, in microseconds per quarter note.
const USUAL: u32 = 500_000;
const TEMPO: u8 = 0x51;
const METER: u8 = 0x58;
const NAME: u8 = 0x03;
const MARKER: u8 = 0x06;
const END: u8 = 0x2f;

pub fn is_midi(bytes: &[u8]) -> bool {
    bytes.starts_with(b"MThd")
}

/// Writes comments that have a time as markers, at the tempo of the song. The end of a span is a
/// marker of its own.
pub fn write(session: &Session, comments: &[&Comment]) -> Vec<u8> {
    let (beats, unit) = session.song.meter.unwrap_or((4, 4));
    // The tempo of the session counts beats of the metre.
    let quarters = session.song.tempo.map(|tempo| tempo * 4.0 / f64::from(unit.max(1)));
    // A delta time must be less than 2^28 ticks.
    let last =
        comments.iter().filter_map(|one| one.span()).fold(0.0, |last, (_, to)| to.0.max(last));
    let fits = |quarters: &f64| {
        (10.0..=600.0).contains(quarters) && last / 60.0 * quarters * f64::from(TICKS) < 2e8
    };
    let quarters = quarters.filter(fits);
    let tempo = quarters.map_or(USUAL, |quarters| (60e6 / quarters).round() as u32);
    let mut events = vec![
        (0, NAME, session.song.title.clone().into_bytes()),
        (0, TEMPO, tempo.to_be_bytes().get(1..).unwrap_or_default().to_vec()),
    ];
    if unit.is_power_of_two() && beats < 256 {
        events.push((0, METER, vec![beats as u8, unit.trailing_zeros() as u8, 24, 8]));
    }
    for Marker { at, text } in markers(comments) {
        let tick = at.0 * 1e6 / f64::from(tempo) * f64::from(TICKS);
        events.push((tick.round() as u32, MARKER, text.into_bytes()));
    }
    let last = events.last().map_or(0, |event| event.0);
    events.push((last, END, Vec::new()));
    let (mut track, mut now) = (Vec::new(), 0);
    for (tick, kind, data) in events {
        track.extend(number(tick - now));
        track.extend([0xff, kind]);
        track.extend(number(data.len() as u32));
        track.extend(data);
        now = tick;
    }
    let mut out = b"MThd\0\0\0\x06\0\0\0\x01".to_vec();
    out.extend(TICKS.to_be_bytes());
    out.extend(b"MTrk");
    out.extend((track.len() as u32).to_be_bytes());
    out.extend(track);
    out
}

/// A variable-length quantity: seven bits per byte, highest first; all but the last have bit 7 set.
fn number(mut value: u32) -> Vec<u8> {
    let mut bytes = vec![(value & 0x7f) as u8];
    while value > 0x7f {
        value >>= 7;
        bytes.insert(0, (value & 0x7f) as u8 | 0x80);
    }
    bytes
}

/// The markers of a file, sorted by time. A damaged track gives the markers before the damage.
pub fn read(bytes: &[u8]) -> Vec<Draft> {
    let Some(division) = bytes.get(12..14).and_then(|two| two.try_into().ok()) else {
        return Vec::new();
    };
    let division = i16::from_be_bytes(division);
    let mut events = Vec::new();
    let mut rest = bytes.get(14..).unwrap_or_default();
    while let Some((head, after)) = rest.split_first_chunk::<8>() {
        let length = u32::from_be_bytes([head[4], head[5], head[6], head[7]]) as usize;
        let track = after.get(..length).unwrap_or(after);
        if head.starts_with(b"MTrk") {
            // Keep the events before the damage.
            let _: Option<()> = events_of(track, &mut events);
        }
        rest = after.get(length..).unwrap_or_default();
    }
    events.sort_by_key(|event| event.0);
    let (mut all, mut tick, mut seconds, mut tempo) = (Vec::new(), 0, 0.0, USUAL);
    for (at, kind, data) in events {
        seconds += (at - tick) as f64 * length(division, tempo);
        tick = at;
        match (kind, data) {
            (TEMPO, &[a, b, c]) => tempo = u32::from_be_bytes([0, a, b, c]).max(1),
            (MARKER, text) => {
                let text = String::from_utf8_lossy(text).into_owned();
                all.push(Marker { at: Seconds(seconds), text });
            }
            _ => {}
        }
    }
    drafts(all)
}

/// Seconds per tick. A positive division is ticks per quarter note; a negative one holds frames per
/// second and ticks per frame (SMPTE).
fn length(division: i16, tempo: u32) -> f64 {
    let [frames, ticks] = division.to_be_bytes();
    match division {
        0 => 0.0,
        1.. => f64::from(tempo) / 1e6 / f64::from(division),
        _ => 1.0 / (f64::from(frames.cast_signed().unsigned_abs()) * f64::from(ticks.max(1))),
    }
}

/// The rest of a track.
struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (part, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(part)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    fn number(&mut self) -> Option<u32> {
        let mut value = 0;
        for _ in 0..4 {
            let byte = self.byte()?;
            value = value << 7 | u32::from(byte & 0x7f);
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }
}

/// Appends the meta events of a track, with their absolute ticks. `None` if the track ends too
/// early or is malformed.
fn events_of<'a>(track: &'a [u8], events: &mut Vec<(u64, u8, &'a [u8])>) -> Option<()> {
    let mut track = Cursor(track);
    let (mut tick, mut running) = (0, 0);
    loop {
        tick += u64::from(track.number()?);
        let status = track.byte()?;
        match status {
            0xff => {
                let kind = track.byte()?;
                let length = track.number()?;
                events.push((tick, kind, track.take(length as usize)?));
                if kind == END {
                    return Some(());
                }
            }
            0xf0 | 0xf7 => {
                let length = track.number()?;
                track.take(length as usize)?;
            }
            _ => {
                // Running status: a first byte below 0x80 is data for the previous status.
                let taken = usize::from(status < 0x80);
                running = if taken == 0 { status } else { running };
                let data = match running >> 4 {
                    0xc | 0xd => 1,
                    0x8..=0xe => 2,
                    _ => return None,
                };
                track.take(data - taken)?;
            }
        }
    }
}
