//! Times as people and programs write them: `1:02:03.456`, `0:47`, `2268000 samples`, `bar 37.3`.

use crate::session::Session;
use crate::session::grid::Grid;
use crate::units::{Frames, Seconds};
use serde::{Deserialize, Serialize};

/// A notation for times.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeNotation {
    /// `0:47.250`
    #[default]
    Minutes,
    /// `00:00:47.250`
    Hours,
    /// `2268000 samples`
    Samples,
    /// `bar 37.3`, rounded down to the beat; minutes if the tempo is unknown.
    Bars,
}

impl TimeNotation {
    pub const ALL: [(TimeNotation, &str); 4] = [
        (TimeNotation::Minutes, "m:ss.mmm"),
        (TimeNotation::Hours, "hh:mm:ss.mmm"),
        (TimeNotation::Samples, "samples"),
        (TimeNotation::Bars, "bars and beats"),
    ];

    /// Writes a time of the session's song.
    pub fn write(self, time: Seconds, session: &Session) -> String {
        match (self, session.bar_at(Seconds(time.0 + 1e-4))) {
            (Self::Hours, _) => time.stamp('.'),
            (Self::Samples, _) => format!("{} samples", time.frames(session.sample_rate).0),
            (Self::Bars, Some((bar, beat))) => format!("bar {bar}.{beat}"),
            _ => format!("{time:.3}"),
        }
    }
}

/// Reads any of these notations; a bare number is seconds. `None` for other text and for negative
/// times.
pub fn read(text: &str, session: &Session) -> Option<Seconds> {
    let text = text.trim().trim_matches(['[', ']', '(', ')']).to_lowercase();
    let time = if let Some(bars) = text.strip_prefix("bar ") {
        bar(bars, session)?
    } else if let Some(count) = text.strip_suffix("samples").or(text.strip_suffix("smp")) {
        Frames(count.trim().parse().ok()?).seconds(session.sample_rate)
    } else if text.contains(':') {
        clock(&text)?
    } else if text.matches('.').count() == 2 {
        bar(&text, session)?
    } else if let Some((minutes, seconds)) = text.split_once('m') {
        let seconds = seconds.trim().trim_end_matches('s');
        let seconds = if seconds.is_empty() { "0" } else { seconds };
        format!("{minutes}:{seconds}").parse().ok()?
    } else {
        text.trim_end_matches('s').parse().ok()?
    };
    (time.0.is_finite() && time.0 >= 0.0).then_some(time)
}

/// `37.3` or REAPER's `37.3.50`: bar, beat, hundredths of a beat; bar and beat count from 1.
fn bar(text: &str, session: &Session) -> Option<Seconds> {
    let grid = Grid::of(session)?;
    let mut parts = text.trim().split('.');
    let bar: u32 = parts.next()?.parse().ok()?;
    let beat: u32 = parts.next().map_or(Some(1), |beat| beat.parse().ok())?;
    let hundredths: u32 = parts.next().map_or(Some(0), |part| part.parse().ok())?;
    let beats = f64::from(beat) - 1.0 + f64::from(hundredths.min(99)) / 100.0;
    Some(grid.time(f64::from(bar) - 1.0 + beats / f64::from(grid.beats_in_bar().max(1))))
}

/// `m:ss`, `h:mm:ss`, or the `hh:mm:ss:ff` of video programs. Ignores the frames, because their
/// rate is unknown here.
fn clock(text: &str) -> Option<Seconds> {
    let text = text.replace(';', ":");
    let parts: Vec<&str> = text.split(':').collect();
    match parts.as_slice() {
        [hours, minutes, seconds, _frames] => format!("{hours}:{minutes}:{seconds}").parse().ok(),
        _ => text.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::SampleRate;

    fn session() -> Session {
        let mut session = Session::new("Song", SampleRate(48_000));
        session.song.tempo = Some(120.0);
        session.song.meter = Some((4, 4));
        session
    }

    #[test]
    fn every_way_to_write_a_time_is_read() {
        let session = session();
        for (text, seconds) in [
            ("0:47", 47.0),
            ("1:02:03.5", 3723.5),
            ("00:00:47,250", 47.25),
            ("00:01:02:12", 62.0),
            ("48000 samples", 1.0),
            ("bar 3.1", 4.0),
            ("bar 3", 4.0),
            ("3.2.50", 4.75),
            ("1m12s", 72.0),
            ("[0:05]", 5.0),
            ("12.5", 12.5),
            ("7s", 7.0),
        ] {
            assert_eq!(read(text, &session), Some(Seconds(seconds)), "{text}");
        }
        for junk in ["", "soon", "1:2:3:4:5", "-3", "bar x", "1:xx", "NaN", "inf"] {
            assert_eq!(read(junk, &session), None, "{junk}");
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let session = session();
        for seconds in [0.0, 4.0, 62.5, 3723.5] {
            for (code, name) in TimeNotation::ALL {
                let text = code.write(Seconds(seconds), &session);
                let back = read(&text, &session).unwrap();
                assert!((back.0 - seconds).abs() < 1e-3, "{name}: {text}");
            }
        }
        assert_eq!(TimeNotation::Bars.write(Seconds(4.5), &session), "bar 3.2");
        assert_eq!(TimeNotation::Hours.write(Seconds(47.25), &session), "00:00:47.250");
    }
}
