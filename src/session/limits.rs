//! Limits on the values of a session. Session files may come from other programs and people, so
//! impossible numbers are rejected before they cause huge memory use or endless work.

use crate::dsp::strip::FADER_TOP;
use crate::media::{LONGEST, RATES};
use crate::session::Session;
use crate::session::entries;
use crate::session::file_ref::FileRef;
use crate::session::master::RateRule;
use crate::session::newer;
use crate::session::version::Version;
use crate::units::{Db, Frames, SampleRate, Seconds, counted};
use std::collections::HashSet;

/// A value outside its limits, with a sentence for a person.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{what} is {value}; {most}")]
pub struct Odd {
    what: String,
    value: String,
    most: String,
}

fn odd(what: impl Into<String>, value: impl ToString, most: impl Into<String>) -> Odd {
    Odd { what: what.into(), value: value.to_string(), most: most.into() }
}

/// Maximum number of entries per list (for `NAME`, bytes per name): far above real use, and enough
/// to bound the work.
const STEMS: usize = 2_000;
const LISTS: usize = 2_000;
const CUTS: usize = 2_000;
const REGIONS: usize = 20_000;
const SLOTS: usize = 256;
const BARS: usize = 100_000;
const WORDS: usize = 200_000;
const NAME: usize = 4_000;

fn count(what: impl Into<String>, held: usize, most: usize) -> Result<(), Odd> {
    if held <= most {
        return Ok(());
    }
    Err(odd(format!("the number of {}", what.into()), held, format!("{most} are the most")))
}

fn rate(what: impl Into<String>, rate: SampleRate) -> Result<(), Odd> {
    if RATES.contains(&rate.0) {
        return Ok(());
    }
    Err(odd(what, format!("{} Hz", rate.0), "Stemwright works from 22.05 to 192 kHz"))
}

fn frames(what: impl Into<String>, frames: Frames, rate: SampleRate) -> Result<(), Odd> {
    if frames <= LONGEST.frames(rate) {
        return Ok(());
    }
    Err(odd(what, format!("{} frames", frames.0), "a song lasts 24 hours at most"))
}

fn time(what: impl Into<String>, time: Seconds) -> Result<(), Odd> {
    if time.0.abs() <= LONGEST.0 {
        return Ok(());
    }
    Err(odd(what, format!("{} s", time.0), "a song lasts 24 hours at most"))
}

/// Rejects gains above 100 dB and NaN; −∞ dB is allowed.
fn gain(what: impl Into<String>, gain: Db) -> Result<(), Odd> {
    if gain.0 <= 100.0 {
        return Ok(());
    }
    Err(odd(what, format!("{:e} dB", gain.0), "100 dB is the most"))
}

/// Limits the length of names: they become file names, screen text and lines of documents.
fn name(what: &str, text: &str) -> Result<(), Odd> {
    if text.len() <= NAME {
        return Ok(());
    }
    let begun: String = text.chars().take(20).collect();
    let what = format!("the length of the {what} \u{201c}{begun}\u{2026}\u{201d}");
    Err(odd(what, counted(text.len(), "byte"), format!("{NAME} are the most")))
}

fn file(of: &str, file: &FileRef) -> Result<(), Odd> {
    let before = file.before.as_deref().map(|before| &before.info);
    for info in [Some(&file.info), before].into_iter().flatten() {
        rate(format!("the rate of {of}"), info.sample_rate)?;
        frames(format!("the length of {of}"), info.frames, info.sample_rate)?;
        if !(1..=2).contains(&info.channels) {
            let what = format!("the number of channels of {of}");
            return Err(odd(what, info.channels, "Stemwright takes mono and stereo"));
        }
    }
    Ok(())
}

fn version(version: &Version) -> Result<(), Odd> {
    let name = &version.name;
    self::name("name of a version", name)?;
    version.levels.iter().try_for_each(|level| gain(format!("a level of {name}"), level.gain))?;
    count(format!("cuts of {name}"), version.cuts.len(), CUTS)?;
    count(format!("levels of {name}"), version.levels.len(), LISTS)?;
    count(format!("versions that {name} builds on"), version.from.len(), LISTS)?;
    for cut in &version.cuts {
        for at in [cut.start, cut.end, cut.crossfade, cut.ring] {
            time(format!("the time of a cut of {name}"), at)?;
        }
    }
    for at in version.fade.iter().flat_map(|fade| [fade.start, fade.end]).chain(version.goal) {
        time(format!("the fade or length of {name}"), at)?;
    }
    Ok(())
}

fn only_once<'a>(what: &str, ids: impl Iterator<Item = &'a str>) -> Result<(), Odd> {
    let mut seen = HashSet::new();
    for id in ids {
        if !seen.insert(id) {
            return Err(odd(
                format!("the id of a {what}"),
                format!("\u{201c}{id}\u{201d}"),
                "another one has it",
            ));
        }
    }
    Ok(())
}

/// Checks all values of a session, and gives ids to entries of older sessions.
///
/// # Errors
/// The first value outside its limits, with its name and number.
pub fn checked(mut session: Session) -> Result<Session, Odd> {
    rate("the session\u{2019}s rate", session.sample_rate)?;
    count("stems", session.stems.len(), STEMS)?;
    only_once(
        "stem",
        session
            .stems
            .iter()
            .map(|stem| stem.id.0.to_string())
            .collect::<Vec<_>>()
            .iter()
            .map(String::as_str),
    )?;
    for stem in &session.stems {
        let name = &stem.name;
        self::name("name of a stem", name)?;
        gain(format!("the trim of {name}"), stem.strip.trim)?;
        gain(format!("the fader of {name}"), stem.strip.fader)?;
        if !(0.0..=100.0).contains(&stem.strip.width) {
            let what = format!("the width of {name}");
            return Err(odd(what, format!("{:e}", stem.strip.width), "it lies between 0 and 100"));
        }
        file(name, &stem.file)?;
        frames(format!("the start of {name}"), stem.start, session.sample_rate)?;
        frames(format!("what {name} skips"), stem.skip, session.sample_rate)?;
        count(format!("processors of {name}"), stem.chain.len(), SLOTS)?;
        count(format!("clean regions of {name}"), stem.clean.len(), REGIONS)?;
        for region in &stem.clean {
            time(format!("the time of a clean region of {name}"), region.start)?;
            time(format!("the time of a clean region of {name}"), region.end)?;
        }
    }
    gain("the fader of the mix", session.fader)?;
    session.fader = Db(session.fader.0.min(FADER_TOP.0));
    count("processors of the mix", session.chain.len(), SLOTS)?;
    session.reference.iter().try_for_each(|own| file("the rough mix", own))?;
    count("references", session.references.len(), LISTS)?;
    session.references.iter().try_for_each(|one| file(&one.name, &one.file))?;
    count("sections", session.sections.len(), LISTS)?;
    for section in &session.sections {
        time(format!("the start of {}", section.name), section.start)?;
    }
    count("versions", session.versions.len(), LISTS)?;
    only_once("version", session.versions.iter().map(|version| version.id.as_str()))?;
    session.versions.iter().try_for_each(version)?;
    count("masters", session.masters.len(), LISTS)?;
    only_once("master", session.masters.iter().map(|master| master.id.as_str()))?;
    for master in &session.masters {
        if let RateRule::Fixed(own) | RateRule::AtLeast(own) = master.rate {
            rate(format!("the rate of {}", master.name), own)?;
        }
    }
    let song = &session.song;
    name("title", &song.title)?;
    name("name of the artist", &song.artist)?;
    time("the first downbeat", song.downbeat)?;
    count("bars", song.bars.len(), BARS)?;
    song.bars.iter().try_for_each(|bar| time("the start of a bar", *bar))?;
    if let Some((beats, unit)) = song.meter
        && (!(1..=64).contains(&beats) || !(1..=64).contains(&unit))
    {
        return Err(odd("the meter", format!("{beats}/{unit}"), "1 to 64 of each"));
    }
    count("balances", session.snapshots.len(), LISTS)?;
    if let Some(lyrics) = &session.lyrics {
        count("words", lyrics.words.len(), WORDS)?;
        for word in &lyrics.words {
            time("the time of a word", word.start)?;
            time("the time of a word", word.end)?;
        }
    }
    entries::give_known(&mut session);
    if newer::passed(&session).is_empty() {
        return Ok(session);
    }
    // Defaults that replace values of a newer program get ids too.
    Ok(newer::settled(&session).unwrap_or(session))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::history::tests::song;
    use crate::session::version::Cut;

    #[test]
    fn values_that_no_song_has_are_refused_by_name_and_figure() {
        assert!(checked(song()).is_ok());
        let said = |change: fn(&mut Session)| {
            let mut session = song();
            change(&mut session);
            checked(session).unwrap_err().to_string()
        };
        let all: [(fn(&mut Session), &str); 11] = [
            (|s| s.stems[0].strip.fader = Db(1e38), "the fader of Stem 1 is 1e38 dB"),
            (|s| s.stems[0].strip.width = f64::NAN, "the width of Stem 1 is NaN"),
            (|s| s.song.title = "x".repeat(1_000_000), "is 1000000 bytes; 4000 are the most"),
            (
                |s| s.stems[0].start = Frames(1 << 60),
                "the start of Stem 1 is 1152921504606846976 frames",
            ),
            (
                |s| s.stems[1].file.info.frames = Frames(u64::MAX),
                "the length of Stem 2 is 18446744073709551615 frames",
            ),
            (|s| s.sample_rate = SampleRate(u32::MAX), "rate is 4294967295 Hz"),
            (|s| s.masters[1].rate = RateRule::Fixed(SampleRate(1)), "the rate of CD is 1 Hz"),
            (
                |s| s.versions[3].cuts = vec![Cut::new(Seconds(1.0), Seconds(2.0)); 100_000],
                "cuts of Radio edit is 100000",
            ),
            (|s| s.song.bars = vec![Seconds(0.0); 1_000_000], "bars is 1000000"),
            (|s| s.song.meter = Some((0, 4)), "the meter is 0/4"),
            (|s| s.versions[1].id = "full".into(), "another one has it"),
        ];
        for (change, words) in all {
            let text = said(change);
            assert!(text.contains(words), "{text}");
        }
    }
}
