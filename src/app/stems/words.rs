//! Findings in a word or two, for the lines of the table and the titles of cards.

use crate::intake::findings::{Finding, Kind, Mend};
use crate::units::grouped;

/// A finding in two or three words.
pub fn short(finding: &Finding) -> String {
    if let Some(Mend::Shift { frames }) = &finding.mend {
        let way = if *frames < 0 { "late" } else { "early" };
        return format!("{} samples {way}", grouped(frames.unsigned_abs()));
    }
    let text = match finding.kind {
        Kind::Missing => "missing",
        Kind::Unreadable => "cannot be read",
        Kind::Truncated => "cut off",
        Kind::Damaged => "damaged",
        Kind::NotNumbers => "invalid samples",
        Kind::Start | Kind::Shifted => "not aligned",
        Kind::Length => "another length",
        Kind::Rate => "another rate",
        Kind::MislabelledRate => "wrong rate in the file",
        Kind::Upsampled => "upsampled",
        Kind::Bits | Kind::PaddedBits => "fewer bits used",
        Kind::Dither => "dithered",
        Kind::Over => "over full scale",
        Kind::Clipped => "clipped",
        Kind::Limited => "limited",
        Kind::Headroom => "no headroom",
        Kind::Dc => "constant offset (DC)",
        Kind::Silent => "silent",
        Kind::TooQuiet => "very quiet",
        Kind::MostlySilent => "mostly silent",
        Kind::Dropout => "dropout",
        Kind::Stuck => "stuck samples",
        Kind::Click => "possible click",
        Kind::Polarity => "polarity inverted",
        Kind::MonoAsStereo => "mono in stereo",
        Kind::FakeStereo => "stereo by delay",
        Kind::DeadChannel => "one channel silent",
        Kind::Mono => "mono",
        Kind::Lossy => "from a lossy file",
        Kind::Pumping => "pumping",
        Kind::CommonGain => "another level",
        Kind::Name => "name",
        Kind::Role => "role",
        Kind::Double => "same as another",
        Kind::MissingGroup => "a group is missing",
        Kind::TooMany => "one too many",
        Kind::NoReference => "no reference",
        Kind::Difference => "differs from the reference",
    };
    text.into()
}
