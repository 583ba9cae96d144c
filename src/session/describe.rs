//! Names of edits for the undo list, in words.

use crate::dsp::chain::{ParameterRef, Slot};
use crate::dsp::parameter::Unit;
use crate::dsp::strip::StripSettings;
use crate::session::edit::Edit;
use crate::session::lyrics::{Lyrics, Verdict, Word};
use crate::session::stem::{Stem, StemId};
use crate::session::version::{Cut, Fade, Version};
use crate::session::{Session, TrimPlace};
use crate::texts::{say, word};
use crate::units::{Db, Pan};
use std::cmp::Ordering;

impl Edit {
    /// Describes the edit; `session` is the state before it: `Fader Bass −3.5 dB`.
    pub fn describe(&self, session: &Session) -> String {
        let name = |id: &StemId| {
            let stem = session.stem(*id);
            stem.map_or_else(|| say!("edit-a-stem").to_string(), |stem| stem.name.clone())
        };
        match self {
            Edit::Strip { stem, settings } => {
                let before = session.stem(*stem).map(|stem| stem.strip).unwrap_or_default();
                match strip(&before, settings).as_slice() {
                    [one] => one.replace("{}", &name(stem)),
                    _ => say!("edit-strip", name = name(stem)),
                }
            }
            Edit::Automation { stem, .. } => say!("edit-automation", name = name(stem)),
            Edit::Chain { stem, slots } => {
                let before = match stem {
                    Some(id) => session.stem(*id).map(|stem| stem.chain.as_slice()),
                    None => Some(session.chain.as_slice()),
                };
                let owner = stem.as_ref().map_or_else(|| say!("edit-the-mix").to_string(), name);
                chain(before.unwrap_or(&[]), slots, &owner)
            }
            Edit::Name { stem, name: new } => say!("edit-rename", name = name(stem), new = new),
            Edit::Role { stem, role } => {
                say!("edit-role", name = name(stem), role = word("role", role.name()))
            }
            Edit::Colour { stem, colour: None } => say!("edit-colour-of-role", name = name(stem)),
            Edit::Colour { stem, colour: Some(colour) } => {
                let colour = word("colour", colour.name());
                say!("edit-colour", name = name(stem), colour = colour)
            }
            Edit::MixFader(level) => say!("edit-mix-fader", level = format!("{level:+.1}")),
            Edit::Note { stem, .. } => say!("edit-note", name = name(stem)),
            Edit::Clean { stem, regions } => {
                let before = session.stem(*stem).map_or(0, |stem| stem.clean.len());
                match regions.len().cmp(&before) {
                    Ordering::Greater => say!("edit-clean-add", name = name(stem)),
                    Ordering::Less => say!("edit-clean-remove", name = name(stem)),
                    Ordering::Equal => say!("edit-clean", name = name(stem)),
                }
            }
            Edit::Place { stem, start, skip } => {
                let before = session.stem(*stem).map_or(0, Stem::offset);
                let by = start.0 as i64 - skip.0 as i64 - before;
                if by < 0 {
                    say!("edit-move-earlier", name = name(stem), count = by.abs())
                } else {
                    say!("edit-move-later", name = name(stem), count = by)
                }
            }
            Edit::File { stem, file } => {
                say!("edit-file", name = name(stem), file = &file.place.path)
            }
            Edit::AddStem { stem, .. } => say!("edit-stem-add", name = &stem.name),
            Edit::RemoveStem { stem } => say!("edit-stem-remove", name = name(stem)),
            Edit::MoveStem { stem, to } => {
                say!("edit-stem-move", name = name(stem), place = to + 1)
            }
            Edit::PanLaw(law) => say!("edit-pan-law", law = word("pan-law", law.name())),
            Edit::Trim(TrimPlace::BeforeChain) => say!("edit-trim-before").into(),
            Edit::Trim(TrimPlace::AfterChain) => say!("edit-trim-after").into(),
            Edit::Reference(_) => say!("edit-reference").into(),
            Edit::References(_) => say!("edit-references").into(),
            Edit::Sections(sections) => match sections.len().cmp(&session.sections.len()) {
                Ordering::Greater => say!("edit-section-add").into(),
                Ordering::Less => say!("edit-section-remove").into(),
                Ordering::Equal => say!("edit-sections").into(),
            },
            Edit::Versions(versions) => version(&session.versions, versions, session),
            Edit::Masters(masters) => {
                let pairs = masters.iter().zip(&session.masters);
                let mut changed = pairs.filter(|(new, old)| new != old);
                let first = changed.next().map(|(new, _)| new.name.as_str());
                first.map_or(say!("edit-masters").into(), |name| say!("edit-master", name = name))
            }
            Edit::Delivery(_) => say!("edit-delivery").into(),
            Edit::Lyrics(lyrics) => match (&session.lyrics, &**lyrics) {
                (None, Some(_)) => say!("edit-lyrics-import").into(),
                (Some(_), None) => say!("edit-lyrics-remove").into(),
                (Some(before), Some(after)) => decided(before, after),
                (None, None) => say!("edit-explicit-words").into(),
            },
            Edit::Brief(_) => say!("edit-brief").into(),
            Edit::Song(_) => say!("edit-song").into(),
            Edit::Snapshots(_) => say!("edit-balances").into(),
            Edit::Several(edits) => match edits.as_slice() {
                [one] => one.describe(session),
                // The decision about a word and the region that carries it out are one act.
                [Edit::Clean { .. }, words @ Edit::Lyrics(_)] => words.describe(session),
                [first, rest @ ..] => {
                    say!("edit-several", first = first.describe(session), count = rest.len())
                }
                [] => say!("edit-nothing").into(),
            },
        }
    }
}

/// What was decided about explicit words.
fn decided(before: &Lyrics, after: &Lyrics) -> String {
    let pairs = before.words.iter().zip(&after.words);
    let changed: Vec<&Word> =
        pairs.filter(|(old, new)| old.verdict != new.verdict).map(|(_, new)| new).collect();
    let all = |verdict| changed.iter().all(|word| word.verdict == Some(verdict));
    match changed.as_slice() {
        [] => say!("edit-explicit-words").into(),
        [word] if all(Verdict::Clean) => say!("edit-word-confirm", word = &word.text),
        [word] if all(Verdict::Keep) => say!("edit-word-keep", word = &word.text),
        words if all(Verdict::Clean) => say!("edit-words-confirm", count = words.len()),
        words if all(Verdict::Keep) => say!("edit-words-keep", count = words.len()),
        _ => say!("edit-explicit-words").into(),
    }
}

/// Old and new value of a step that moved one value, as in
/// `Threshold of Lead Vocals −21.0 → −24.0 dB`; `None` for other steps. `back` is the inverse of
/// the whole step, including all its edits; `session` is the state after the step.
pub(super) fn step(back: &Edit, session: &Session) -> Option<String> {
    match back {
        Edit::Strip { stem, settings: before } => {
            let stem = session.stem(*stem)?;
            match moved(before, &stem.strip).as_slice() {
                [(what, from, to)] => Some(say!(
                    "edit-value",
                    value = *what,
                    owner = &stem.name,
                    change = arrow(from, to)
                )),
                _ => None,
            }
        }
        Edit::Chain { stem: Some(id), slots: before } => {
            let stem = session.stem(*id)?;
            turned(before, &stem.chain, &stem.name)
        }
        Edit::Chain { stem: None, slots: before } => {
            turned(before, &session.chain, say!("edit-the-mix"))
        }
        _ => None,
    }
}

/// `−21.0 → −24.0 dB`; the common unit appears once.
fn arrow(from: &str, to: &str) -> String {
    let unit = to.rsplit_once(' ').map_or("", |(_, unit)| unit);
    let from = from.strip_suffix(unit).filter(|_| !unit.is_empty()).map_or(from, str::trim_end);
    format!("{from} \u{2192} {to}")
}

/// One or two changed values of one processor; `None` for any other change.
fn turned(before: &[Slot], after: &[Slot], owner: &str) -> Option<String> {
    if before.len() != after.len() {
        return None;
    }
    let mut changed = before.iter().zip(after).filter(|(old, new)| old != new);
    let (Some((old, new)), None) = (changed.next(), changed.next()) else { return None };
    let same = old.kind() == new.kind() && old.on == new.on && old.side_chain == new.side_chain;
    if !same || old.automation != new.automation {
        return None;
    }
    let values = new.processor.values().into_iter().filter_map(|value| {
        let (from, to) = (old.processor.get(value.place)?, new.processor.get(value.place)?);
        let change = || arrow(&shown(&value, from), &shown(&value, to));
        (from != to).then(|| (named(&value), change()))
    });
    match values.collect::<Vec<(String, String)>>().as_slice() {
        [(value, change)] => {
            Some(say!("edit-value", value = value, owner = owner, change = change))
        }
        [(value, change), (second, other)] => Some(say!(
            "edit-two-values",
            value = value,
            owner = owner,
            change = change,
            second = second,
            other = other
        )),
        _ => None,
    }
}

/// Name of a parameter, with the number of its band.
pub(super) fn named(value: &ParameterRef) -> String {
    let name = word("parameter", value.info.name);
    value.place.band.map_or_else(|| name.to_string(), |band| format!("{name} {}", band + 1))
}

pub(super) fn shown(value: &ParameterRef, at: f64) -> String {
    let text = value.info.show(at);
    match value.info.unit {
        Unit::Choice(_) => word("choice", &text).to_owned(),
        _ => text,
    }
}

/// Changed continuous values of a strip, as name, old and new; empty if a switch changed.
fn moved(before: &StripSettings, after: &StripSettings) -> Vec<(&'static str, String, String)> {
    let percent = |width: f64| format!("{:.0} %", width * 100.0);
    let (fader, trim) = (say!("edit-fader"), say!("edit-trim"));
    let all = [
        (fader, level(before.fader), level(after.fader), before.fader != after.fader),
        (trim, level(before.trim), level(after.trim), before.trim != after.trim),
        (say!("edit-pan"), pan(before.pan), pan(after.pan), before.pan != after.pan),
        (
            say!("edit-width"),
            percent(before.width),
            percent(after.width),
            before.width != after.width,
        ),
    ];
    let switched = (before.mute, before.solo, before.invert, before.solo_safe)
        != (after.mute, after.solo, after.invert, after.solo_safe);
    let turned = all.into_iter().filter(|(.., changed)| *changed && !switched);
    turned.map(|(what, from, to, _)| (what, from, to)).collect()
}

/// Change in the list of versions: `Radio edit: cut 0:30–0:40`.
fn version(before: &[Version], after: &[Version], session: &Session) -> String {
    let only = |some: &[Version], others: &[Version]| {
        let other = |one: &&Version| others.iter().all(|known| known.id != one.id);
        some.iter().find(other).map(|one| one.name.clone())
    };
    if let Some(name) = only(after, before) {
        return say!("edit-version-add", name = name);
    }
    if let Some(name) = only(before, after) {
        return say!("edit-version-remove", name = name);
    }
    let pairs = before.iter().zip(after).filter(|(old, new)| old != new);
    let mut changed = pairs.map(|(old, new)| {
        say!("edit-version", name = &new.name, change = inside(old, new, session))
    });
    match (changed.next(), changed.next()) {
        (Some(one), None) => one,
        _ => say!("edit-versions").into(),
    }
}

/// Change inside one version.
fn inside(old: &Version, new: &Version, session: &Session) -> String {
    let span = |cut: &Cut| format!("{:.1}\u{2013}{:.1}", cut.start, cut.end);
    let fresh = |cut: &&Cut| !old.cuts.contains(cut);
    if old.name != new.name {
        return say!("edit-version-was", name = &old.name);
    }
    if old.cuts != new.cuts {
        let mut all = new.cuts.iter().filter(fresh);
        return match (new.cuts.len().cmp(&old.cuts.len()), all.next(), all.next()) {
            (Ordering::Less, ..) => say!("edit-version-cut-back").into(),
            (Ordering::Greater, Some(one), None) => say!("edit-version-cut", span = span(one)),
            (_, Some(one), None) => say!("edit-version-cut-moved", span = span(one)),
            (_, _, _) => say!("edit-version-cuts", count = new.cuts.len()),
        };
    }
    if old.fade != new.fade {
        let span = |fade: Fade| format!("{:.1}\u{2013}{:.1}", fade.start, fade.end);
        let fade = |fade: Fade| say!("edit-version-fade", span = span(fade));
        return new.fade.map_or(say!("edit-version-no-fade").into(), fade);
    }
    let level = |level: Option<Db>| {
        level.map_or(say!("edit-version-out").into(), |gain| format!("{gain:+.1} dB"))
    };
    let changed = |stem: &&Stem| old.level(stem) != new.level(stem);
    let mut stems = session.stems.iter().filter(changed);
    match (stems.next(), stems.next()) {
        (Some(stem), None) => format!("{} {}", stem.name, level(new.level(stem))),
        (Some(_), Some(_)) => say!("edit-version-levels").into(),
        _ if old.isrc != new.isrc => "ISRC".into(),
        _ if old.goal != new.goal => {
            new.goal.map_or(say!("edit-version-any-length").into(), |goal| {
                say!("edit-version-goal", goal = goal.to_string())
            })
        }
        _ => say!("edit-version-settings").into(),
    }
}

/// Each changed value of a strip; `{}` stands for the stem name.
pub(super) fn strip(before: &StripSettings, after: &StripSettings) -> Vec<String> {
    let name = "{}";
    let width = format!("{:.0} %", after.width * 100.0);
    let all: [(bool, String); 8] = [
        (before.mute != after.mute, mute(after.mute, name)),
        (before.solo != after.solo, solo(after.solo, name)),
        (
            before.fader != after.fader,
            say!("edit-strip-fader", name = name, level = level(after.fader)),
        ),
        (before.pan != after.pan, say!("edit-strip-pan", name = name, pan = pan(after.pan))),
        (before.width != after.width, say!("edit-strip-width", name = name, width = width)),
        (
            before.trim != after.trim,
            say!("edit-strip-trim", name = name, level = level(after.trim)),
        ),
        (before.invert != after.invert, say!("edit-invert", name = name)),
        (before.solo_safe != after.solo_safe, say!("edit-solo-safe", name = name)),
    ];
    all.into_iter().filter(|(changed, _)| *changed).map(|(_, words)| words).collect()
}

fn mute(on: bool, name: &str) -> String {
    if on { say!("edit-mute", name = name) } else { say!("edit-unmute", name = name) }
}

fn solo(on: bool, name: &str) -> String {
    if on { say!("edit-solo", name = name) } else { say!("edit-unsolo", name = name) }
}

fn level(db: Db) -> String {
    if db.0.is_finite() { format!("{db:+.1} dB") } else { say!("edit-level-off").into() }
}

fn pan(pan: Pan) -> String {
    let percent = (pan.0.abs() * 100.0).round();
    let is_off_centre = percent > 0.0;
    let percent = format!("{percent:.0}");
    match (is_off_centre, pan.0 > 0.0) {
        (false, _) => say!("edit-pan-centre").into(),
        (true, true) => say!("edit-pan-right", percent = percent),
        (true, false) => say!("edit-pan-left", percent = percent),
    }
}

fn chain(before: &[Slot], after: &[Slot], owner: &str) -> String {
    let name = |slot: &Slot| word("processor", slot.kind().name());
    if after.is_empty() {
        return say!("edit-chain", owner = owner);
    }
    if before.len() == after.len() {
        let mut changed = before.iter().zip(after).filter(|(a, b)| a != b);
        if let (Some((old, new)), None) = (changed.next(), changed.next())
            && old.kind() == new.kind()
        {
            let name = name(new);
            return match (old.on, new.on) {
                (false, true) => say!("edit-processor-on", processor = name, owner = owner),
                (true, false) => say!("edit-processor-off", processor = name, owner = owner),
                _ => say!("edit-processor", processor = name, owner = owner),
            };
        }
    }
    if after.len() == before.len() + 1
        && let Some(new) = after.iter().find(|slot| !before.contains(slot))
    {
        return say!("edit-processor-add", processor = name(new), owner = owner);
    }
    say!("edit-chain", owner = owner)
}

#[cfg(test)]
mod tests {
    use crate::dsp::chain::{Kind, Slot};
    use crate::dsp::strip::StripSettings;
    use crate::session::Session;
    use crate::session::edit::Edit;
    use crate::session::history::History;
    use crate::session::history::tests::stem;
    use crate::session::lyrics::{Lyrics, Verdict, Word};
    use crate::session::stem::{CleanRegion, StemId, Treatment};
    use crate::units::{Db, SampleRate, Seconds};

    #[test]
    fn the_list_says_what_was_done_and_walks_both_ways() {
        let mut session = Session::new("Song", SampleRate(48_000));
        let mut history = History::default();
        let id = StemId(1);
        let plain = StripSettings::default();
        let mut make = |history: &mut History, edit, gesture| {
            history.apply(&mut session, edit, gesture).unwrap();
        };
        make(&mut history, Edit::AddStem { at: 0, stem: Box::new(stem(1)) }, None);
        for (n, db) in [-1.0, -2.0, -3.5].into_iter().enumerate() {
            let settings = StripSettings { fader: Db(db), ..plain };
            make(&mut history, Edit::Strip { stem: id, settings }, Some(7));
            assert_eq!(history.depth(), 2, "{n}");
        }
        let muted = StripSettings { fader: Db(-3.5), mute: true, ..plain };
        make(&mut history, Edit::Strip { stem: id, settings: muted }, None);
        let slots = vec![Slot::new(Kind::Compressor)];
        make(&mut history, Edit::Chain { stem: Some(id), slots }, None);
        let all = [
            "Add Stem 1",
            "Fader of Stem 1 0.0 \u{2192} \u{2212}3.5 dB",
            "Mute Stem 1",
            "Add Compressor to Stem 1",
        ];
        assert_eq!(history.steps().collect::<Vec<_>>(), all);
        history.undo(&mut session).unwrap();
        history.undo(&mut session).unwrap();
        assert_eq!((history.steps().collect::<Vec<_>>(), history.depth()), (all.to_vec(), 2));
        history.redo(&mut session).unwrap();
        assert_eq!((history.steps().collect::<Vec<_>>(), history.depth()), (all.to_vec(), 3));
    }

    #[test]
    fn a_decision_about_a_word_is_one_act() {
        let mut session = Session::new("Song", SampleRate(48_000));
        session.stems = vec![stem(1)];
        let word = |text: &str| Word {
            text: text.into(),
            start: Seconds(1.0),
            end: Seconds(1.5),
            line: false,
            unsure: false,
            verdict: Some(Verdict::Open),
        };
        let lyrics = Lyrics { words: vec![word("damn"), word("hell")], ..Lyrics::default() };
        session.lyrics = Some(lyrics.clone());
        let said = |numbers: &[usize], verdict| {
            let mut lyrics = lyrics.clone();
            numbers.iter().for_each(|n| lyrics.words[*n].verdict = Some(verdict));
            let regions = vec![CleanRegion::new(Seconds(1.0), Seconds(1.5), Treatment::Mute)];
            let region = Edit::Clean { stem: StemId(1), regions };
            Edit::Several(vec![region, Edit::Lyrics(Box::new(Some(lyrics)))]).describe(&session)
        };
        assert_eq!(said(&[0], Verdict::Clean), "Confirm “damn”");
        assert_eq!(said(&[1], Verdict::Keep), "Keep “hell”");
        assert_eq!(said(&[0, 1], Verdict::Clean), "Confirm 2 explicit words");
    }

    #[test]
    fn a_step_tells_the_value_and_where_it_came_from() {
        let mut session = Session::new("Song", SampleRate(48_000));
        session.stems = vec![stem(1)];
        session.stems[0].chain = vec![Slot::new(Kind::Compressor), Slot::new(Kind::Eq)];
        let mut history = History::default();
        let place = |slot: &Slot, name: &str| {
            let values = slot.processor.values();
            values.iter().find(|value| value.info.name == name).unwrap().place
        };
        let turn = |session: &Session, to: f64| {
            let mut slots = session.stems[0].chain.clone();
            let threshold = place(&slots[0], "Threshold");
            slots[0].processor.put(threshold, to);
            Edit::Chain { stem: Some(StemId(1)), slots }
        };
        for (to, gesture) in [(-21.0, 1), (-22.0, 2), (-23.0, 2), (-24.0, 2)] {
            let edit = turn(&session, to);
            history.apply(&mut session, edit, Some(gesture)).unwrap();
        }
        let last = history.steps().last().unwrap();
        assert_eq!(last, "Threshold of Stem 1 \u{2212}21.0 \u{2192} \u{2212}24.0 dB");
        assert_eq!(history.depth(), 2);
    }
}
