//! Makes clean regions for explicit words: from just before to just after each word, with edges at
//! the quietest place nearby.

use super::words::list::explicit;
use crate::dsp::silence;
use crate::engine::source::{Scratch, StemSource};
use crate::media::MediaError;
use crate::session::Session;
use crate::session::edit::Edit;
use crate::session::lyrics::{Lyrics, Verdict, Word};
use crate::session::stem::{CleanRegion, Role, StemId, Treatment};
use crate::units::{SampleRate, Seconds};

/// Margins around a word, and how far an edge moves to find a quiet place.
const BEFORE: Seconds = Seconds(0.040);
const AFTER: Seconds = Seconds(0.060);
const REACH: Seconds = Seconds(0.030);
/// Window in which levels are compared.
const WINDOW: Seconds = Seconds(0.004);

/// The stem that sings the words: the lead vocals, otherwise the first backing vocals.
pub fn singer(session: &Session) -> Option<StemId> {
    let of = |role: Role| session.stems.iter().find(|stem| stem.role == role);
    of(Role::LeadVocals).or(of(Role::BackingVocals)).map(|stem| stem.id)
}

/// The clean region of a word with its margins. Its edges are at the quietest place within 30 ms,
/// and it never covers a neighbouring word. `None` if there is no word with this number.
pub fn region(
    source: &StemSource,
    rate: SampleRate,
    lyrics: &Lyrics,
    number: usize,
    treatment: Treatment,
) -> Result<Option<CleanRegion>, MediaError> {
    let Some(word) = lyrics.words.get(number) else { return Ok(None) };
    let beside = |n: Option<usize>| n.and_then(|n| lyrics.words.get(n));
    // The region may reach the neighbouring words, but not cover them.
    let least = beside(number.checked_sub(1)).map_or(0.0, |last| last.end.0.min(word.start.0));
    let most = beside(Some(number + 1)).map_or(f64::MAX, |next| next.start.0.max(word.end.0));
    let start = quietest(source, rate, Seconds(word.start.0 - BEFORE.0))?;
    let end = quietest(source, rate, Seconds(word.end.0 + AFTER.0))?;
    let start = Seconds(start.0.clamp(least.min(word.start.0), word.start.0));
    let end = Seconds(end.0.clamp(word.end.0, most.max(word.end.0)));
    Ok(Some(CleanRegion::new(start, end, treatment)))
}

/// The quietest place within [`REACH`] of a time.
fn quietest(source: &StemSource, rate: SampleRate, time: Seconds) -> Result<Seconds, MediaError> {
    let frames = |time: Seconds| time.frames(rate).0 as usize;
    let from = time.0.max(0.0) - REACH.0;
    let (reach, window) = (frames(Seconds(2.0 * REACH.0)), frames(WINDOW).max(1));
    let first = (from * rate.hz().0).round() as i64 - window as i64 / 2;
    let [mut left, mut right] = silence(reach + window);
    source.read(first, false, &mut left, &mut right, &mut Scratch::new())?;
    let power: Vec<f64> = left.iter().zip(&right).map(|(l, r)| f64::from(l * l + r * r)).collect();
    let middle = reach / 2;
    let sums = power.windows(window).map(|part| part.iter().sum::<f64>()).enumerate();
    // The nearest of equally quiet places.
    let best = sums
        .min_by(|(n, a), (m, b)| a.total_cmp(b).then(n.abs_diff(middle).cmp(&m.abs_diff(middle))));
    let at = best.map_or(middle, |(n, _)| n);
    Ok(Seconds((from + at as f64 / rate.hz().0).max(0.0)))
}

/// The edit that applies a verdict to words. `Clean` gives each word a region on the singer's stem;
/// other verdicts remove it. `sources` are the stems in the session's order. `None` without lyrics
/// or a vocal stem.
pub fn decide(
    session: &Session,
    sources: &[StemSource],
    numbers: &[usize],
    verdict: Verdict,
    treatment: Treatment,
) -> Result<Option<Edit>, MediaError> {
    let Some(mut lyrics) = session.lyrics.clone() else { return Ok(None) };
    let Some(place) = session.stems.iter().position(|stem| Some(stem.id) == singer(session)) else {
        return Ok(None);
    };
    let (Some(stem), Some(source)) = (session.stems.get(place), sources.get(place)) else {
        return Ok(None);
    };
    let mut regions = stem.clean.clone();
    for number in numbers {
        let made = region(source, session.sample_rate, &lyrics, *number, treatment)?;
        let Some(word) = lyrics.words.get_mut(*number) else { continue };
        word.verdict = Some(verdict);
        let middle = (word.start.0 + word.end.0) / 2.0;
        regions.retain(|known| !(known.start.0..known.end.0).contains(&middle));
        regions.extend(made.filter(|_| verdict == Verdict::Clean));
    }
    regions.sort_by(|a, b| a.start.0.total_cmp(&b.start.0));
    let stem = stem.id;
    Ok(Some(Edit::Several(vec![
        Edit::Clean { stem, regions },
        Edit::Lyrics(Box::new(Some(lyrics))),
    ])))
}

/// Indices of explicit words without a decision.
pub fn open(lyrics: &Lyrics) -> Vec<usize> {
    let open = |word: &Word| word.verdict == Some(Verdict::Open);
    explicit(lyrics).filter(|(_, word)| open(word)).map(|(n, _)| n).collect()
}
