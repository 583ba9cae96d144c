//! Names of edits for the undo list, in words.

use crate::dsp::chain::Slot;
use crate::dsp::strip::StripSettings;
use crate::session::edit::Edit;
use crate::session::stem::{Stem, StemId};
use crate::session::version::{Cut, Fade, Version};
use crate::session::{Session, TrimPlace};
use crate::units::{Db, Pan};

impl Edit {
    /// Describes the edit; `session` is the state before it: `Fader Bass −3.5 dB`.
    pub fn describe(&self, session: &Session) -> String {
        let name = |id: &StemId| {
            session.stem(*id).map_or_else(|| "a stem".to_string(), |stem| stem.name.clone())
        };
        match self {
            Edit::Strip { stem, settings } => {
                let before = session.stem(*stem).map(|stem| stem.strip).unwrap_or_default();
                let words = strip(&before, settings);
                let one = match words.as_slice() {
                    [one] => one,
                    _ => "Strip of {}",
                };
                one.replace("{}", &name(stem))
            }
            Edit::Automation { stem, .. } => format!("Automation of {}", name(stem)),
            Edit::Chain { stem, slots } => {
                let before = match stem {
                    Some(id) => session.stem(*id).map(|stem| stem.chain.as_slice()),
                    None => Some(session.chain.as_slice()),
                };
                let owner = stem.as_ref().map_or_else(|| "the mix".to_string(), name);
                format!("{} of {owner}", chain(before.unwrap_or(&[]), slots))
            }
            Edit::Name { stem, name: new } => format!("Rename {} to {new}", name(stem)),
            Edit::Role { stem, role } => format!("Role of {}: {}", name(stem), role.name()),
            Edit::Note { stem, .. } => format!("Note on {}", name(stem)),
            Edit::Clean { stem, regions } => {
                let before = session.stem(*stem).map_or(0, |stem| stem.clean.len());
                let what = match regions.len().cmp(&before) {
                    std::cmp::Ordering::Greater => "Add a clean region",
                    std::cmp::Ordering::Less => "Remove a clean region",
                    std::cmp::Ordering::Equal => "Clean region",
                };
                format!("{what} of {}", name(stem))
            }
            Edit::Place { stem, start, skip } => {
                let before = session.stem(*stem).map_or(0, Stem::offset);
                let by = start.0 as i64 - skip.0 as i64 - before;
                let way = if by < 0 { "earlier" } else { "later" };
                format!("Move {} {} samples {way}", name(stem), by.abs())
            }
            Edit::File { stem, file } => format!("File of {}: {}", name(stem), file.place.path),
            Edit::AddStem { stem, .. } => format!("Add {}", stem.name),
            Edit::RemoveStem { stem } => format!("Remove {}", name(stem)),
            Edit::MoveStem { stem, to } => format!("Move {} to place {}", name(stem), to + 1),
            Edit::PanLaw(law) => format!("Pan law {}", law.name()),
            Edit::Trim(TrimPlace::BeforeChain) => "Trim before the chain".into(),
            Edit::Trim(TrimPlace::AfterChain) => "Trim after the chain".into(),
            Edit::Reference(_) => "Reference".into(),
            Edit::References(_) => "References".into(),
            Edit::Sections(sections) => match sections.len().cmp(&session.sections.len()) {
                std::cmp::Ordering::Greater => "Add a section".into(),
                std::cmp::Ordering::Less => "Remove a section".into(),
                std::cmp::Ordering::Equal => "Sections".into(),
            },
            Edit::Versions(versions) => version(&session.versions, versions, session),
            Edit::Masters(masters) => {
                let pairs = masters.iter().zip(&session.masters);
                let mut changed = pairs.filter(|(new, old)| new != old);
                let first = changed.next().map(|(new, _)| new.name.as_str());
                first.map_or("Masters".into(), |name| format!("Master {name}"))
            }
            Edit::Delivery(_) => "Delivery".into(),
            Edit::Lyrics(lyrics) => match (&session.lyrics, &**lyrics) {
                (None, Some(_)) => "Import lyrics".into(),
                (Some(_), None) => "Remove lyrics".into(),
                _ => "Explicit words".into(),
            },
            Edit::Brief(_) => "Brief".into(),
            Edit::Song(_) => "Facts about the song".into(),
            Edit::Snapshots(_) => "Balances".into(),
            Edit::Several(edits) => match edits.as_slice() {
                [one] => one.describe(session),
                [first, rest @ ..] => {
                    format!("{} and {} more", first.describe(session), rest.len())
                }
                [] => "Nothing".into(),
            },
        }
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
                [(what, from, to)] => Some(format!("{what} of {} {}", stem.name, arrow(from, to))),
                _ => None,
            }
        }
        Edit::Chain { stem: Some(id), slots: before } => {
            let stem = session.stem(*id)?;
            turned(before, &stem.chain, &stem.name)
        }
        Edit::Chain { stem: None, slots: before } => turned(before, &session.chain, "the mix"),
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
    const MOST: usize = 2;
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
        let show = |at: f64| value.info.show(at).replace('-', "\u{2212}");
        (from != to).then(|| (value.name(), arrow(&show(from), &show(to))))
    });
    let values: Vec<(String, String)> = values.collect();
    let ((first, way), rest) = values.split_first()?;
    let rest = rest.iter().map(|(name, way)| format!(", {name} {way}"));
    let rest: String = rest.collect();
    (values.len() <= MOST).then(|| format!("{first} of {owner} {way}{rest}"))
}

/// Changed continuous values of a strip, as name, old and new; empty if a switch changed.
fn moved(before: &StripSettings, after: &StripSettings) -> Vec<(&'static str, String, String)> {
    let level = |db: Db| if db.0.is_finite() { format!("{db:+.1} dB") } else { "off".into() };
    let percent = |width: f64| format!("{:.0} %", width * 100.0);
    let all = [
        ("Fader", level(before.fader), level(after.fader), before.fader != after.fader),
        ("Trim", level(before.trim), level(after.trim), before.trim != after.trim),
        ("Pan", pan(before.pan), pan(after.pan), before.pan != after.pan),
        ("Width", percent(before.width), percent(after.width), before.width != after.width),
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
        return format!("Add version {name}");
    }
    if let Some(name) = only(before, after) {
        return format!("Remove version {name}");
    }
    let pairs = before.iter().zip(after).filter(|(old, new)| old != new);
    let mut changed =
        pairs.map(|(old, new)| format!("{}: {}", new.name, inside(old, new, session)));
    match (changed.next(), changed.next()) {
        (Some(one), None) => one,
        _ => "Versions".into(),
    }
}

/// Change inside one version.
fn inside(old: &Version, new: &Version, session: &Session) -> String {
    let span = |cut: &Cut| format!("{:.1}\u{2013}{:.1}", cut.start, cut.end);
    let fresh = |cut: &&Cut| !old.cuts.contains(cut);
    if old.name != new.name {
        return format!("was {}", old.name);
    }
    if old.cuts != new.cuts {
        let mut all = new.cuts.iter().filter(fresh);
        return match (new.cuts.len().cmp(&old.cuts.len()), all.next(), all.next()) {
            (std::cmp::Ordering::Less, ..) => "a cut put back".into(),
            (std::cmp::Ordering::Greater, Some(one), None) => format!("cut {}", span(one)),
            (_, Some(one), None) => format!("cut moved to {}", span(one)),
            (_, _, _) => format!("{} cuts", new.cuts.len()),
        };
    }
    if old.fade != new.fade {
        let fade = |fade: Fade| format!("fade {:.1}\u{2013}{:.1}", fade.start, fade.end);
        return new.fade.map_or("no fade".into(), fade);
    }
    let level = |level: Option<Db>| level.map_or("out".into(), |gain| format!("{gain:+.1} dB"));
    let changed = |stem: &&Stem| old.level(stem) != new.level(stem);
    let mut stems = session.stems.iter().filter(changed);
    match (stems.next(), stems.next()) {
        (Some(stem), None) => format!("{} {}", stem.name, level(new.level(stem))),
        (Some(_), Some(_)) => "levels".into(),
        _ if old.isrc != new.isrc => "ISRC".into(),
        _ if old.goal != new.goal => {
            new.goal.map_or("any length".into(), |goal| format!("goal {goal}"))
        }
        _ => "settings".into(),
    }
}

/// Each changed value of a strip; `{}` stands for the stem name.
pub(super) fn strip(before: &StripSettings, after: &StripSettings) -> Vec<String> {
    let level = |db: Db| if db.0.is_finite() { format!("{db:+.1} dB") } else { "off".into() };
    let all: [(bool, String); 8] = [
        (before.mute != after.mute, on(after.mute, "Mute", "Unmute")),
        (before.solo != after.solo, on(after.solo, "Solo", "Unsolo")),
        (before.fader != after.fader, format!("Fader {{}} {}", level(after.fader))),
        (before.pan != after.pan, format!("Pan {{}} {}", pan(after.pan))),
        (before.width != after.width, format!("Width {{}} {:.0} %", after.width * 100.0)),
        (before.trim != after.trim, format!("Trim {{}} {}", level(after.trim))),
        (before.invert != after.invert, "Invert {}".into()),
        (before.solo_safe != after.solo_safe, "Solo-safe {}".into()),
    ];
    all.into_iter().filter(|(changed, _)| *changed).map(|(_, words)| words).collect()
}

fn on(is: bool, yes: &str, no: &str) -> String {
    format!("{} {{}}", if is { yes } else { no })
}

fn pan(pan: Pan) -> String {
    let percent = (pan.0.abs() * 100.0).round();
    match (percent > 0.0, pan.0 > 0.0) {
        (false, _) => "centre".into(),
        (true, true) => format!("R {percent:.0}"),
        (true, false) => format!("L {percent:.0}"),
    }
}

fn chain(before: &[Slot], after: &[Slot]) -> String {
    if after.is_empty() {
        return "Chain".into();
    }
    if before.len() == after.len() {
        let mut changed = before.iter().zip(after).filter(|(a, b)| a != b);
        if let (Some((old, new)), None) = (changed.next(), changed.next())
            && old.kind() == new.kind()
        {
            let name = new.kind().name();
            return match (old.on, new.on) {
                (false, true) => format!("{name} on"),
                (true, false) => format!("{name} off"),
                _ => name.into(),
            };
        }
    }
    if after.len() == before.len() + 1
        && let Some(new) = after.iter().find(|slot| !before.contains(slot))
    {
        return format!("Add {}", new.kind().name());
    }
    "Chain".into()
}

#[cfg(test)]
mod tests {
    use crate::dsp::chain::{Kind, Slot};
    use crate::dsp::strip::StripSettings;
    use crate::session::Session;
    use crate::session::edit::Edit;
    use crate::session::history::History;
    use crate::session::history::tests::stem;
    use crate::session::stem::StemId;
    use crate::units::{Db, SampleRate};

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
            "Add Compressor of Stem 1",
        ];
        assert_eq!(history.steps().collect::<Vec<_>>(), all);
        history.undo(&mut session).unwrap();
        history.undo(&mut session).unwrap();
        assert_eq!((history.steps().collect::<Vec<_>>(), history.depth()), (all.to_vec(), 2));
        history.redo(&mut session).unwrap();
        assert_eq!((history.steps().collect::<Vec<_>>(), history.depth()), (all.to_vec(), 3));
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
