//! SMPTE timecodes (SMPTE ST 12-1): hours, minutes, seconds and frames, as video programs count.
//! [`Reader`] reads all times of one file at one [`FrameRate`].

use super::times;
use crate::session::Session;
use crate::units::Seconds;
use std::fmt;
use std::str::FromStr;

/// A frame rate and how its timecode counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameRate {
    /// Frames in one second of timecode.
    pub count: u32,
    /// Whether a second of timecode lasts 1.001 s (NTSC).
    pub slow: bool,
    /// Drop frame: skips frame numbers so that the timecode follows the clock.
    pub drop: bool,
}

const fn rate(count: u32, slow: bool, drop: bool) -> FrameRate {
    FrameRate { count, slow, drop }
}

impl FrameRate {
    /// 24 frames per second.
    pub const FILM: FrameRate = rate(24, false, false);
    /// 25 frames per second.
    pub const PAL: FrameRate = rate(25, false, false);
    /// 29.97 drop frame.
    pub const DROP: FrameRate = rate(30, true, true);
    pub const THIRTY: FrameRate = rate(30, false, false);
    /// All rates, with their names in files and on the command line.
    pub const ALL: [(FrameRate, &str); 8] = [
        (rate(24, true, false), "23.976"),
        (Self::FILM, "24"),
        (Self::PAL, "25"),
        (rate(30, true, false), "29.97"),
        (Self::DROP, "29.97drop"),
        (Self::THIRTY, "30"),
        (rate(50, false, false), "50"),
        (rate(60, false, false), "60"),
    ];

    fn per_second(self) -> f64 {
        f64::from(self.count) / if self.slow { 1.001 } else { 1.0 }
    }

    /// Converts a timecode to a time.
    fn seconds(self, code: Code) -> Seconds {
        let whole =
            u64::from(code.hours) * 3600 + u64::from(code.minutes) * 60 + u64::from(code.seconds);
        let mut frames = whole * u64::from(self.count) + u64::from(code.frames);
        if self.drop {
            let minutes = u64::from(code.hours) * 60 + u64::from(code.minutes);
            frames = frames.saturating_sub(2 * (minutes - minutes / 10));
        }
        Seconds(frames as f64 / self.per_second())
    }

    /// Writes a time as timecode, rounded to the nearest frame.
    pub fn write(self, time: Seconds) -> String {
        let mut frame = self.frame(time);
        let count = u64::from(self.count);
        if self.drop {
            // Drop frame skips two numbers every minute, except every tenth.
            let (minute, ten) = (60 * count - 2, 600 * count - 18);
            let (tens, rest) = (frame / ten, frame % ten);
            frame += 18 * tens + 2 * (rest.saturating_sub(2) / minute);
        }
        let seconds = frame / count;
        let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
        let sign = if self.drop { ';' } else { ':' };
        format!("{hours:02}:{minutes:02}:{:02}{sign}{:02}", seconds % 60, frame % count)
    }

    /// The nearest frame to a time.
    pub fn frame(self, time: Seconds) -> u64 {
        (time.0.max(0.0) * self.per_second()).round() as u64
    }

    /// Time of a frame number, counted from 0.
    pub fn of_frames(self, frames: u64) -> Seconds {
        Seconds(frames as f64 / self.per_second())
    }
}

impl fmt::Display for FrameRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = Self::ALL.iter().find(|(rate, _)| rate == self);
        f.write_str(known.map_or("", |(_, name)| name))
    }
}

impl FromStr for FrameRate {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.iter().find(|(_, name)| *name == text.trim());
        let known = || Self::ALL.map(|(_, name)| name).join(", ");
        found.map(|(rate, _)| *rate).ok_or_else(|| format!("choose from {}", known()))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Code {
    hours: u32,
    minutes: u32,
    seconds: u32,
    frames: u32,
    drop: bool,
}

/// `01:02:03:04`; a semicolon means drop frame.
fn code(text: &str) -> Option<Code> {
    let parts: Vec<&str> = text.trim().split([':', ';']).collect();
    let [hours, minutes, seconds, frames] = parts.as_slice() else { return None };
    let number = |text: &str| -> Option<u32> {
        let plain = (1..=3).contains(&text.len()) && text.chars().all(|c| c.is_ascii_digit());
        text.parse().ok().filter(|_| plain)
    };
    Some(Code {
        hours: number(hours)?,
        minutes: number(minutes).filter(|minutes| *minutes < 60)?,
        seconds: number(seconds).filter(|seconds| *seconds < 60)?,
        frames: number(frames)?,
        drop: text.contains(';'),
    })
}

/// Reads the times of one file, at a frame rate that the user gave or that was found in the file.
pub struct Reader<'a> {
    pub session: &'a Session,
    rate: FrameRate,
    /// The rate is unknown; 24 is assumed.
    guessed: bool,
    /// The user gave the rate.
    asked: bool,
}

impl<'a> Reader<'a> {
    /// Looks for the frame rate of `text`; `asked` overrides it.
    pub fn new(session: &'a Session, text: &str, asked: Option<FrameRate>) -> Self {
        let outside = |c: char| !(c.is_ascii_digit() || c == ':' || c == ';');
        let codes: Vec<Code> = text.split(outside).filter_map(code).collect();
        let most = codes.iter().map(|code| code.frames).max();
        let upper = text.get(..2000.min(text.len())).unwrap_or(text).to_uppercase();
        let said = FrameRate::ALL
            .iter()
            .find(|(_, name)| upper.contains(&format!("TIMECODE FORMAT:\t{name} ")));
        let words = ["FCM: DROP", "TIMECODE FORMAT:\t29.97 DROP"];
        let dropped =
            words.iter().any(|words| upper.contains(words)) || codes.iter().any(|code| code.drop);
        let found = match (asked, said, most) {
            (Some(rate), ..) => Some(rate),
            _ if dropped => Some(FrameRate::DROP),
            (_, Some((rate, _)), _) => Some(*rate),
            (.., Some(30..)) => Some(rate(60, false, false)),
            (.., Some(25..)) => Some(FrameRate::THIRTY),
            (.., Some(24)) => Some(FrameRate::PAL),
            _ => None,
        };
        let guessed = found.is_none() && most.is_some_and(|most| most > 0);
        let rate = found.unwrap_or(FrameRate::FILM);
        Self { session, rate, guessed, asked: asked.is_some() }
    }

    /// Finds the rate from frame numbers listed beside timecodes, with any start hour.
    pub fn beside(&mut self, pairs: &[(&str, u64)]) {
        let fits = |rate: &FrameRate| {
            pairs.iter().filter_map(|(text, frames)| Some((code(text)?, frames))).all(
                |(code, frames)| {
                    let hour = u64::from(rate.count) * 3600;
                    let frame = |code| (rate.seconds(code).0 * rate.per_second()).round() as u64;
                    frame(code) >= *frames && (frame(code) - frames).is_multiple_of(hour)
                },
            )
        };
        let known = [FrameRate::FILM, FrameRate::PAL, FrameRate::THIRTY];
        if self.guessed
            && !pairs.is_empty()
            && let Some(rate) = known.iter().find(|rate| fits(rate))
        {
            (self.rate, self.guessed) = (*rate, false);
        }
    }

    /// Sets the rate that the file states, unless the user gave one.
    pub fn told(&mut self, rate: FrameRate) {
        if !self.asked {
            (self.rate, self.guessed) = (rate, false);
        }
    }

    /// Reads a timecode, or a time in any notation of [`times`].
    pub fn time(&self, text: &str) -> Option<Seconds> {
        match code(text.trim_matches(['[', ']', '(', ')', ' '])) {
            Some(code) => Some(self.rate.seconds(code)),
            None => times::read(text, self.session),
        }
    }

    /// Time of a frame number.
    pub fn frames(&self, frames: u64) -> Seconds {
        self.rate.of_frames(frames)
    }

    /// Seconds that one hour of timecode lasts.
    pub fn hour(&self) -> f64 {
        let hour = Code { hours: 1, minutes: 0, seconds: 0, frames: 0, drop: false };
        self.rate.seconds(hour).0
    }

    /// Message for the user if the rate is only assumed.
    pub fn note(&self) -> Option<String> {
        let text = "nothing says how many frames make a second; the times were read at 24 \
                    (--frames reads them at another rate)";
        self.guessed.then(|| text.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::SampleRate;

    fn session() -> Session {
        Session::new("Song", SampleRate(48_000))
    }

    #[test]
    fn frames_are_read_at_the_rate_that_is_asked_or_found() {
        let session = session();
        let read = |text: &str, asked: Option<&str>| {
            let asked = asked.map(|name| name.parse().unwrap());
            Reader::new(&session, text, asked).time(text).unwrap().0
        };
        let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-6, "{a} {b}");
        near(read("00:00:31:12", None), 31.5);
        near(read("00:00:31:12", Some("25")), 31.48);
        near(read("00:00:31:24", None), 31.96);
        near(read("00:00:31:27", None), 31.9);
        near(read("00:01:00:00", Some("29.97")), 60.06);
        // Drop frame: the first minute skips frames 0 and 1, the tenth does not.
        near(read("00:01:00;02", None), 1800.0 * 1.001 / 30.0);
        near(read("00:10:00;00", None), 17_982.0 * 1.001 / 30.0);
        near(read("1:02:03.5", None), 3723.5);
        assert!("23".parse::<FrameRate>().unwrap_err().contains("23.976, 24"));
        for (rate, name) in FrameRate::ALL {
            assert_eq!((name.parse::<FrameRate>().unwrap(), rate.to_string()), (rate, name.into()));
        }
    }

    #[test]
    fn every_frame_is_written_as_it_is_read() {
        let session = session();
        for (rate, name) in FrameRate::ALL {
            let reader = Reader::new(&session, "", Some(rate));
            for frame in (0..1900).chain(17_970..18_010).chain(107_800..108_200) {
                let text = rate.write(rate.of_frames(frame));
                let back = reader.time(&text).unwrap().0 * rate.per_second();
                assert!((back - frame as f64).abs() < 1e-3, "{name}: {frame} {text} {back}");
            }
        }
        assert_eq!(FrameRate::DROP.write(Seconds(60.06)), "00:01:00;02");
        assert_eq!(FrameRate::PAL.write(Seconds(3600.5)), "01:00:00:13");
    }

    #[test]
    fn a_number_of_frames_beside_a_timecode_tells_the_rate() {
        let session = session();
        for (count, frames) in [(24, 756), (25, 787), (30, 942)] {
            let text = "01:00:31:12";
            let mut reader = Reader::new(&session, text, None);
            assert!(reader.note().is_some());
            reader.beside(&[(text, frames)]);
            assert!(reader.note().is_none(), "{count}");
            assert_eq!(reader.rate.count, count);
        }
    }

    #[test]
    fn what_is_no_timecode_is_none() {
        for junk in ["", "1:2:3", "1:2:3:4:5", "a:b:c:d", "00:61:00:00", "00:00:00:0000", "1::2:3"]
        {
            assert!(code(junk).is_none(), "{junk}");
        }
    }
}
