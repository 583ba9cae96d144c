//! Describes edits for a change log, value by value. Used by
//! [`in_words`](crate::session::difference::in_words).

use crate::dsp::chain::{ProcessorSettings, Slot};
use crate::dsp::eq::{Band, EqSettings};
use crate::session::Session;
use crate::session::describe::{named, shown, strip};
use crate::session::edit::Edit;
use crate::texts::{say, word};
use crate::units::Hz;

/// Above this number of changed values in one processor, only their count is given.
const MOST: usize = 6;

/// One sentence per value that `edit` changes; `session` is the state before the edit.
pub fn told(edit: &Edit, session: &Session) -> Vec<String> {
    match edit {
        Edit::Strip { stem, settings } => {
            let Some(known) = session.stem(*stem) else { return vec![edit.describe(session)] };
            let words = strip(&known.strip, settings);
            words.into_iter().map(|line| line.replace("{}", &known.name)).collect()
        }
        Edit::Chain { stem, slots } => {
            let (owner, before) = match stem {
                None => (say!("edit-the-mix"), &session.chain),
                Some(id) => match session.stem(*id) {
                    Some(stem) => (stem.name.as_str(), &stem.chain),
                    None => return vec![edit.describe(session)],
                },
            };
            let kinds = |chain: &[Slot]| chain.iter().map(Slot::kind).collect::<Vec<_>>();
            if kinds(before) != kinds(slots) {
                return vec![edit.describe(session)];
            }
            let pairs = before.iter().zip(slots).filter(|(old, new)| old != new);
            let lines = pairs.flat_map(|(old, new)| {
                let processor = word("processor", new.kind().name());
                let what = say!("edit-processor", processor = processor, owner = owner);
                let changes = slot(old, new).into_iter();
                changes.map(move |change| say!("told-change", what = &what, change = change))
            });
            lines.collect()
        }
        Edit::Several(edits) => crate::session::difference::in_words(session, edits),
        other => vec![other.describe(session)],
    }
}

fn slot(old: &Slot, new: &Slot) -> Vec<String> {
    let mut lines = Vec::new();
    if old.on != new.on {
        lines.push(if new.on { say!("told-on") } else { say!("told-off") }.to_string());
    }
    match (&old.processor, &new.processor) {
        (ProcessorSettings::Eq(old), ProcessorSettings::Eq(new)) => lines.extend(bands(old, new)),
        (old, new) if old != new => lines.extend(values(old, new)),
        _ => {}
    }
    if old.automation != new.automation {
        lines.push(say!("told-automation").into());
    }
    if old.side_chain != new.side_chain {
        lines.push(say!("told-side-chain").into());
    }
    if lines.is_empty() {
        lines.push(say!("told-settings").into());
    }
    lines
}

/// Changed bands of an equaliser, with their new settings.
fn bands(old: &EqSettings, new: &EqSettings) -> Vec<String> {
    let frequency = |Hz(at): Hz| match at {
        at if at >= 1000.0 => format!("{:.2} kHz", at / 1000.0),
        at => format!("{at:.0} Hz"),
    };
    let what = |band: &Band| {
        let at = frequency(band.frequency);
        match band.shape.has_gain() {
            true => say!("told-band-gain", gain = format!("{:+.1}", band.gain), at = at),
            false => {
                let shape = shape(band).to_lowercase();
                say!("told-band-shape", shape = word("told-shape", &shape), at = at)
            }
        }
    };
    let mut lines = Vec::new();
    for n in 0..old.bands.len().max(new.bands.len()) {
        match (old.bands.get(n), new.bands.get(n)) {
            (Some(old), Some(new)) if old == new => {}
            (Some(old), Some(new)) if old.on && !new.on => {
                lines.push(say!("told-band-off", band = what(old)));
            }
            (_, Some(new)) if new.on => lines.push(what(new)),
            (Some(old), None) => lines.push(say!("told-band-removed", band = what(old))),
            _ => {}
        }
    }
    if lines.len() > MOST {
        return vec![say!("told-bands", count = lines.len())];
    }
    lines
}

fn shape(band: &Band) -> &'static str {
    let place = crate::dsp::eq::Shape::ALL.iter().position(|known| *known == band.shape);
    place.and_then(|n| crate::dsp::eq::Shape::NAMES.get(n)).copied().unwrap_or("Band")
}

/// Names and new values of the settings that differ.
fn values(old: &ProcessorSettings, new: &ProcessorSettings) -> Vec<String> {
    let changed = new.values().into_iter().filter_map(|value| {
        let (before, now) = (old.get(value.place), new.get(value.place)?);
        let told = || say!("told-value", name = named(&value), value = shown(&value, now));
        (before != Some(now)).then(told)
    });
    let lines: Vec<String> = changed.collect();
    match lines.len() {
        0 => vec![say!("told-settings").into()],
        count if count > MOST => vec![say!("told-values", count = count)],
        _ => lines,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::chain::Kind;
    use crate::dsp::eq::Shape;
    use crate::session::difference::{difference, in_words};
    use crate::session::history::tests::stem;
    use crate::units::{Db, Pan, SampleRate};

    #[test]
    fn a_log_tells_values() {
        let mut old = Session::new("Song", SampleRate(48_000));
        old.stems = vec![stem(1), stem(2)];
        old.stems[1].name = "Lead Vocals".into();
        old.stems[1].chain = [Kind::Eq, Kind::Compressor, Kind::DeEsser].map(Slot::new).into();
        let mut new = old.clone();
        new.stems[0].strip.fader = Db(-1.5);
        new.stems[0].strip.pan = Pan(0.2);
        let chain = &mut new.stems[1].chain;
        if let ProcessorSettings::Eq(eq) = &mut chain[0].processor {
            eq.bands.push(Band {
                on: true,
                frequency: Hz(9000.0),
                gain: Db(2.0),
                ..Band::default()
            });
            eq.bands.push(Band {
                on: true,
                shape: Shape::HighPass,
                frequency: Hz(80.0),
                ..Band::default()
            });
        }
        if let ProcessorSettings::Compressor(compressor) = &mut chain[1].processor {
            compressor.ratio = 4.0;
        }
        chain[2].on = !chain[2].on;
        let words = in_words(&old, &difference(&old, &new));
        assert_eq!(words[0], "Fader Stem 1 \u{2212}1.5 dB");
        assert_eq!(words[1], "Pan Stem 1 R 20");
        assert_eq!(words[2], "EQ of Lead Vocals: +2.0 dB at 9.00 kHz");
        assert_eq!(words[3], "EQ of Lead Vocals: high-pass at 80 Hz");
        assert_eq!(words[4], "Compressor of Lead Vocals: Ratio 4.0");
        assert!(words[5].starts_with("De-esser of Lead Vocals: o"), "{words:?}");
        assert_eq!(words.len(), 6);
        // The reverse edit.
        let back = in_words(&new, &difference(&new, &old));
        assert!(
            back.contains(&"EQ of Lead Vocals: +2.0 dB at 9.00 kHz removed".to_string()),
            "{back:?}"
        );
    }
}
