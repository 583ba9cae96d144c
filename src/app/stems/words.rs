//! Findings in a word or two, for the lines of the table and the titles of cards.

use crate::intake::findings::{Finding, Kind, Mend};
use crate::texts::say;
use crate::units::grouped;

/// A finding in two or three words.
pub fn short(finding: &Finding) -> String {
    if let Some(Mend::Shift { frames }) = &finding.mend {
        let count = grouped(frames.unsigned_abs());
        return match *frames < 0 {
            true => say!("stems-short-late", count = count),
            false => say!("stems-short-early", count = count),
        };
    }
    let text = match finding.kind {
        Kind::Missing => say!("stems-short-missing"),
        Kind::Unreadable => say!("stems-short-cannot-be-read"),
        Kind::Truncated => say!("stems-short-cut-off"),
        Kind::Damaged => say!("stems-short-damaged"),
        Kind::NotNumbers => say!("stems-short-invalid-samples"),
        Kind::Start | Kind::Shifted => say!("stems-short-not-aligned"),
        Kind::Length => say!("stems-short-another-length"),
        Kind::Rate => say!("stems-short-another-rate"),
        Kind::MislabelledRate => say!("stems-short-wrong-rate-in-the-file"),
        Kind::Upsampled => say!("stems-short-upsampled"),
        Kind::Bits | Kind::PaddedBits => say!("stems-short-fewer-bits-used"),
        Kind::Dither => say!("stems-short-dithered"),
        Kind::Over => say!("stems-short-over-full-scale"),
        Kind::Clipped => say!("stems-short-clipped"),
        Kind::Limited => say!("stems-short-limited"),
        Kind::Headroom => say!("stems-short-no-headroom"),
        Kind::Dc => say!("stems-short-constant-offset-dc"),
        Kind::Silent => say!("stems-short-silent"),
        Kind::TooQuiet => say!("stems-short-very-quiet"),
        Kind::MostlySilent => say!("stems-short-mostly-silent"),
        Kind::Dropout => say!("stems-short-dropout"),
        Kind::Stuck => say!("stems-short-stuck-samples"),
        Kind::Click => say!("stems-short-possible-click"),
        Kind::Polarity => say!("stems-short-polarity-inverted"),
        Kind::MonoAsStereo => say!("stems-short-mono-in-stereo"),
        Kind::FakeStereo => say!("stems-short-stereo-by-delay"),
        Kind::DeadChannel => say!("stems-short-one-channel-silent"),
        Kind::Mono => say!("stems-short-mono"),
        Kind::Lossy => say!("stems-short-from-a-lossy-file"),
        Kind::Pumping => say!("stems-short-pumping"),
        Kind::CommonGain => say!("stems-short-another-level"),
        Kind::Name => say!("stems-short-name"),
        Kind::Role => say!("stems-short-role"),
        Kind::Double => say!("stems-short-same-as-another"),
        Kind::MissingGroup => say!("stems-short-a-group-is-missing"),
        Kind::TooMany => say!("stems-short-one-too-many"),
        Kind::NoReference => say!("stems-short-no-reference"),
        Kind::Difference => say!("stems-short-differs-from-the-reference"),
    };
    text.into()
}
