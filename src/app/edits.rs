//! Rules for the cuts of a version: which version is edited, how far a cut may move, and the text
//! about its length.

use super::open_song::OpenSong;
use crate::session::version::Standard;
use crate::session::version::Version;
use crate::texts::say;
use crate::units::Seconds;

/// Shortest cut, in seconds.
pub const LEAST: f64 = 0.05;

/// Index of the version that cuts are made in: the version that is heard. The full mix stays whole,
/// so while it is heard the radio edit is chosen, if there is one.
pub fn target(song: &OpenSong) -> Option<usize> {
    let versions = &song.session.versions;
    let heard = versions.get(song.version)?;
    let radio = versions.iter().position(|version| version.is(Standard::RadioEdit));
    let spared = heard.is(Standard::FullMix) && song.session.resolved(heard).is_whole();
    radio.filter(|_| spared).or(Some(song.version))
}

/// Moves a cut; its ends stop at the neighbouring cuts, and it stays at least [`LEAST`] long.
pub fn place(version: &mut Version, n: usize, start: Seconds, end: Seconds) {
    let least = n.checked_sub(1).and_then(|n| version.cuts.get(n)).map_or(0.0, |cut| cut.end.0);
    let most = version.cuts.get(n + 1).map_or(f64::MAX, |cut| cut.start.0);
    if let Some(cut) = version.cuts.get_mut(n) {
        cut.start = Seconds(start.0.clamp(least, cut.end.0.max(least)));
        cut.end = Seconds(end.0.clamp(cut.start.0 + LEAST, most.max(cut.start.0 + LEAST)));
    }
}

/// Name and length of the version that is heard, such as `Radio edit 3:02.0 · goal 3:00 (+2.0 s)`,
/// and whether it is within 1 s of its goal. `None` for a whole version without a goal.
pub fn length_line(song: &OpenSong) -> Option<(String, bool)> {
    let version = song.current_version()?;
    let rate = song.session.sample_rate;
    let length = version.length(song.length(), rate).seconds(rate);
    let text = match version.goal {
        Some(goal) => {
            let off = length.0 - goal.0;
            say!(
                "mix-length-goal",
                version = &version.name,
                length = format!("{length:.1}"),
                goal = goal.to_string(),
                off = format!("{off:+.1}"),
            )
        }
        None if version.is_whole() => return None,
        None => format!("{} {length:.1}", version.name),
    };
    let met = version.goal.is_none_or(|goal| (length.0 - goal.0).abs() <= 1.0);
    Some((text.replace('-', "\u{2212}"), met))
}
