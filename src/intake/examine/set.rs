//! Judges the stems as a set: length, rate, names, roles, missing groups.

use super::Looked;
use crate::intake::findings::{Finding, Kind, Mend, Severity};
use crate::intake::names::{guess, stem_of};
use crate::intake::stamps::{Start, starts};
use crate::session::Session;
use crate::session::naming::standard;
use crate::session::stem::{Role, Stem, StemId};
use crate::texts::say;
use crate::units::{Frames, SampleRate};
use std::path::Path;

/// Sample rates that a wrong header may confuse.
const RATES: [u32; 4] = [44_100, 48_000, 88_200, 96_000];

/// Findings about the set. `reference` tells whether there is a reference to compare with.
pub fn judge(looked: &[Looked<'_>], session: &Session, reference: bool) -> Vec<Finding> {
    let mut list = Vec::new();
    lengths(looked, session, &mut list);
    names(looked, &mut list);
    groups(session, reference, &mut list);
    list
}

/// Where a stem ends, in frames of the song.
struct End {
    /// In the file as it came, before anybody moved it.
    came: Frames,
    /// Where it lies now.
    now: Frames,
}

impl End {
    /// All stems of the session, in its order.
    fn all(session: &Session) -> Vec<(StemId, Self)> {
        let rate = session.sample_rate;
        let starts = starts(session.stems.iter().map(|stem| &stem.file.info), rate);
        let of = |(stem, start): (&Stem, Start)| {
            let own = stem.file.info.frames.at_rate(stem.file.info.sample_rate, rate);
            let came = Frames(start.frames().0.saturating_add(own.0));
            (stem.id, Self { came, now: stem.end(rate) })
        };
        session.stems.iter().zip(starts).map(of).collect()
    }
}

fn lengths(looked: &[Looked<'_>], session: &Session, list: &mut Vec<Finding>) {
    let rate = session.sample_rate;
    let all = End::all(session);
    let end = |looked: &Looked<'_>| all.iter().find(|(id, _)| *id == looked.stem.id);
    let wrong: Vec<Option<SampleRate>> =
        looked.iter().map(|own| mislabelled(own, looked)).collect();
    let right = looked.iter().zip(&wrong).filter(|(_, wrong)| wrong.is_none());
    let ends: Vec<Frames> = right.filter_map(|(own, _)| Some(end(own)?.1.came)).collect();
    let often = |end: &Frames| ends.iter().filter(|other| *other == end).count();
    // The most frequent end; with a tie, the latest.
    let usual = ends.iter().copied().max_by_key(|end| (often(end), *end)).unwrap_or_default();
    for (looked, wrong) in looked.iter().zip(wrong) {
        let Some((_, end)) = end(looked) else { continue };
        // A file of the right length that was moved into its place is not short by that, and one
        // that was placed so that it ends with the others is not short either.
        let fits = end.came == usual || end.now == usual;
        let finding = if let Some(really) = wrong {
            let info = &looked.scan.info;
            let (rate, really) = (info.sample_rate.to_string(), really.to_string());
            let text = say!("finding-wrong-rate", rate = rate, really = really);
            Finding::new(Kind::MislabelledRate, Severity::Fault, text)
        } else if fits {
            continue;
        } else if end.now < usual {
            let short = Frames(usual.0 - end.now.0);
            let seconds = format!("{:.3}", short.seconds(rate).0);
            let text = say!("finding-ends-before", seconds = seconds, count = short.0);
            Finding::new(Kind::Length, Severity::Caution, text)
                .mended_by(Mend::Pad { frames: short })
        } else {
            let long = Frames(end.now.0 - usual.0);
            let seconds = format!("{:.3}", long.seconds(rate).0);
            let text = say!("finding-ends-after", seconds = seconds, count = long.0);
            Finding::new(Kind::Length, Severity::Caution, text)
        };
        list.push(Finding { stem: Some(looked.stem.id), ..finding });
    }
}

/// The rate at which a file would be as long as most others to a hundredth of a second. `None` if
/// its own rate gives that length already, or no other does.
fn mislabelled(own: &Looked<'_>, all: &[Looked<'_>]) -> Option<SampleRate> {
    let seconds =
        |looked: &Looked<'_>| looked.scan.info.frames.seconds(looked.scan.info.sample_rate).0;
    let same = |length: f64| {
        let others = all.iter().filter(|other| other.stem.id != own.stem.id);
        let all = others.clone().count();
        let alike = others.filter(|other| (seconds(other) - length).abs() < 0.01).count();
        all >= 2 && 2 * alike > all
    };
    if same(seconds(own)) || seconds(own) < 5.0 {
        return None;
    }
    let rates = RATES.into_iter().map(SampleRate).filter(|rate| *rate != own.scan.info.sample_rate);
    rates.into_iter().find(|rate| same(own.scan.info.frames.seconds(*rate).0))
}

/// First character that some system or archive does not accept in a file name.
fn unsafe_in(name: &str) -> Option<char> {
    name.chars().find(|c| c.is_control() || "/\\:*?\"<>|".contains(*c))
}

fn names(all: &[Looked<'_>], list: &mut Vec<Finding>) {
    let mut seen: Vec<(String, &str)> = Vec::new();
    let mut odd = 0;
    for (n, looked) in all.iter().enumerate() {
        let stem = looked.stem;
        let path = Path::new(&stem.file.place.path);
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut add = |kind, severity, text: String| {
            let mend = Mend::Rename { name: standard(n + 1, &stem.name) };
            let finding = Finding::new(kind, severity, text).mended_by(mend);
            list.push(Finding { stem: Some(stem.id), ..finding });
        };
        let own = stem.name.to_lowercase();
        if let Some((_, other)) = seen.iter().find(|(name, _)| *name == own) {
            add(Kind::Name, Severity::Caution, say!("finding-same-name", other = *other));
        }
        seen.push((own, &stem.file.place.path));
        if let Some(c) = unsafe_in(&file) {
            let letter = c.escape_default().to_string();
            add(Kind::Name, Severity::Caution, say!("finding-odd-letter", letter = letter));
        }
        let read = guess(&stem_of(path));
        let plain = file.chars().all(|c| c.is_alphanumeric() || "._-".contains(c));
        odd += usize::from(read.number.is_none() || !plain);
        if stem.role == Role::Other {
            add(Kind::Role, Severity::Note, say!("finding-no-role").into());
        }
        // A duplicate file would sound twice in the sum.
        let heard = looked.scan.highest() > 0.0;
        let before = all.iter().take(n).filter(|_| heard);
        if let Some(other) = before.map(|l| l.stem).find(|s| s.file.is_same_content(&stem.file)) {
            let other = &other.file.place.path;
            add(Kind::Double, Severity::Fault, say!("finding-same-file", other = other));
        }
    }
    if odd > 0 {
        let text = say!("finding-not-standard", odd = odd, count = all.len());
        list.push(Finding::new(Kind::Name, Severity::Note, text));
    }
}

/// Findings about parts that a song usually has and the session lacks.
fn groups(session: &Session, reference: bool, list: &mut Vec<Finding>) {
    if !reference {
        let text = say!("finding-no-rough-mix");
        list.push(Finding::new(Kind::NoReference, Severity::Note, text));
    }
    let has = |role: Role| session.stems.iter().any(|stem| stem.role == role);
    let usual = [
        (Role::Drums, say!("finding-part-drums")),
        (Role::Bass, say!("finding-part-bass")),
        (Role::LeadVocals, say!("finding-part-lead-vocals")),
    ];
    let missing: Vec<&str> =
        usual.iter().filter(|(role, _)| !has(*role)).map(|(_, name)| *name).collect();
    if !missing.is_empty() && session.stems.len() > 1 {
        let text = say!("finding-part-missing", parts = missing.join(", "));
        list.push(Finding::new(Kind::MissingGroup, Severity::Note, text));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::history::tests::song;

    #[test]
    fn a_stem_that_was_moved_into_its_place_is_as_long_as_it_came() {
        let mut session = song();
        let rate = session.sample_rate;
        let stem = &mut session.stems[0];
        (stem.start, stem.skip) = (Frames(0), Frames(0));
        let whole = stem.end(rate);
        (stem.start, stem.skip) = stem.moved(-7);
        let (_, end) = &End::all(&session)[0];
        assert_eq!((end.came, end.now), (whole, Frames(whole.0 - 7)));
    }
}
