//! Damaged parts of an audio file ([`Damage`]), with position, length and kind. The decoders and
//! the PCM reader report them; the intake judges them.

use crate::units::{Frames, SampleRate, Seconds};
use serde::{Deserialize, Serialize};

/// Kind of damage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DamageKind {
    /// The file ends before its audio is complete.
    CutOff,
    /// A part in the middle could not be read; silence of its length replaces it.
    Lost,
    /// All audio could be read, but it does not match the checksum of the file.
    Checksum,
}

/// A damaged part of a file, in frames of the file's own rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Damage {
    pub at: Frames,
    /// Length of the part; 0 if unknown.
    pub frames: Frames,
    pub kind: DamageKind,
}

/// A duration in words: `85 ms`, `3.2 s`.
fn brief(time: Seconds) -> String {
    match time.0 {
        short if short < 0.000_95 => format!("{:.2} ms", short * 1000.0),
        short if short < 0.995 => format!("{:.0} ms", short * 1000.0),
        long if long < 60.0 => format!("{long:.1} s"),
        _ => format!("{time}"),
    }
}

impl Damage {
    /// Length of the damaged part in words, `85 ms`; `None` if unknown.
    pub fn length(&self, rate: SampleRate) -> Option<String> {
        (self.frames > Frames(0)).then(|| brief(self.frames.seconds(rate)))
    }

    /// The damage in words, without the file's name: `damaged at 1:02.345, 85 ms are lost`.
    pub fn describe(&self, rate: SampleRate) -> String {
        let at = self.at.seconds(rate);
        match (self.kind, self.length(rate)) {
            (DamageKind::CutOff, None) => {
                format!("ends at {at:.3} without the mark of its end: it was cut off")
            }
            (DamageKind::CutOff, Some(long)) => format!("ends {long} before its header says"),
            (DamageKind::Lost, None) => {
                format!("damaged at {at:.3}; how much is lost cannot be known")
            }
            (DamageKind::Lost, Some(long)) => format!("damaged at {at:.3}, {long} are lost"),
            (DamageKind::Checksum, _) => {
                "its checksum does not fit: it is not what was encoded".into()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damage_is_said_in_words() {
        let said = |kind, at, frames| {
            Damage { at: Frames(at), frames: Frames(frames), kind }.describe(SampleRate(48_000))
        };
        assert_eq!(said(DamageKind::CutOff, 48_000, 153_600), "ends 3.2 s before its header says");
        assert_eq!(
            said(DamageKind::CutOff, 72_000, 0),
            "ends at 0:01.500 without the mark of its end: it was cut off"
        );
        assert_eq!(said(DamageKind::Lost, 2_992_560, 4096), "damaged at 1:02.345, 85 ms are lost");
        assert_eq!(
            said(DamageKind::Lost, 0, 0),
            "damaged at 0:00.000; how much is lost cannot be known"
        );
        assert!(said(DamageKind::Checksum, 0, 10).starts_with("its checksum does not fit"));
    }
}
