//! Balances: saved snapshots of all stem strips, and the crossfade between two of them.

use crate::dsp::curve::{Curve, FOOT, Point};
use crate::dsp::strip::{FADER_TOP, StripAutomation, StripSettings};
use crate::session::edit::Edit;
use crate::session::stem::StemId;
use crate::session::{Session, Unknown};
use crate::units::{Db, EntryId, Pan};
use serde::{Deserialize, Serialize};

/// Number of places for balances, A to H.
pub const PLACES: usize = 8;

/// One saved balance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// 0 for A, up to 7 for H.
    pub place: usize,
    /// Permanent id. `place` may change when two people add balances at the same time.
    #[serde(default, skip_serializing_if = "EntryId::is_empty")]
    pub uid: EntryId,
    pub name: String,
    pub strips: Vec<SnapshotStrip>,
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// The strip of one stem in a balance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SnapshotStrip {
    pub stem: StemId,
    pub strip: StripSettings,
    /// Automation of fader and pan. `None` in balances of earlier programs, which kept none: the
    /// automation of the session stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub automation: Option<StripAutomation>,
}

/// The letter of a place.
pub fn letter(place: usize) -> char {
    char::from(b'A' + (place % PLACES) as u8)
}

/// A stem in a mix: its strip, and the automation of it.
#[derive(Clone, Debug, PartialEq)]
pub struct BalancedStem {
    pub id: StemId,
    pub strip: StripSettings,
    pub automation: StripAutomation,
}

/// A mix of the stems.
pub type Balance = Vec<BalancedStem>;

impl Snapshot {
    /// Saves the session's current strips.
    pub fn of(session: &Session, place: usize, name: String) -> Self {
        let kept = session.stems.iter().map(|stem| SnapshotStrip {
            stem: stem.id,
            strip: stem.strip,
            automation: Some(stem.automation.clone()),
        });
        Self {
            place,
            uid: EntryId::default(),
            name,
            strips: kept.collect(),
            unknown: Unknown::new(),
        }
    }

    /// The saved strips of stems that still exist. Solo and solo-safe keep their current values;
    /// newer stems are not included.
    pub fn balance(&self, session: &Session) -> Balance {
        let strip = |kept: &SnapshotStrip| {
            let stem = session.stem(kept.stem)?;
            let (solo, solo_safe) = (stem.strip.solo, stem.strip.solo_safe);
            let strip = StripSettings { solo, solo_safe, ..kept.strip };
            let automation = kept.automation.as_ref().unwrap_or(&stem.automation).clone();
            Some(BalancedStem { id: kept.stem, strip, automation })
        };
        self.strips.iter().filter_map(strip).collect()
    }
}

/// Whether the session has this mix.
pub fn is_now(balance: &Balance, session: &Session) -> bool {
    recall(balance, session).is_none()
}

/// The edit that recalls a balance; `None` if the session has this mix already.
pub fn recall(balance: &Balance, session: &Session) -> Option<Edit> {
    let mut edits = Vec::new();
    for BalancedStem { id, strip, automation } in balance {
        let Some(stem) = session.stem(*id) else { continue };
        if stem.strip != *strip {
            edits.push(Edit::Strip { stem: *id, settings: *strip });
        }
        if stem.automation != *automation {
            edits.push(Edit::Automation { stem: *id, automation: automation.clone() });
        }
    }
    (!edits.is_empty()).then_some(Edit::Several(edits))
}

/// A balance between `one` (`share` 0) and `other` (`share` 1). Linear gains are interpolated, so
/// the mix is a linear crossfade; a muted stem has gain 0. Automation is interpolated at the points
/// of both.
pub fn between(one: &Balance, other: &Balance, share: f64) -> Balance {
    let share = share.clamp(0.0, 1.0);
    let mixed = |a: &BalancedStem| {
        let b = other.iter().find(|stem| stem.id == a.id).unwrap_or(a);
        let nearer = if share < 0.5 { a } else { b };
        if share == 0.0 || share == 1.0 || a == b {
            return nearer.clone();
        }
        let along = |x: f64, y: f64| x + (y - x) * share;
        // With opposite polarity the gain crosses zero.
        let gain = |stem: &BalancedStem, fader: Db| {
            let sign = if stem.strip.invert { -1.0 } else { 1.0 };
            if stem.strip.mute { 0.0 } else { sign * stem.strip.trim.factor() * fader.factor() }
        };
        let level = |x: Db, y: Db| along(gain(a, x), gain(b, y));
        let fader = |level: f64| Db::from_factor(level.abs()) - nearer.strip.trim;
        let strip = StripSettings {
            fader: fader(level(a.strip.fader, b.strip.fader)),
            invert: level(a.strip.fader, b.strip.fader) < 0.0,
            mute: a.strip.mute && b.strip.mute,
            pan: Pan(along(a.strip.pan.0, b.strip.pan.0)),
            width: along(a.strip.width, b.strip.width),
            ..nearer.strip
        };
        let faders = [(a, a.strip.fader.0), (b, b.strip.fader.0)];
        let faders = faders.map(|(stem, still)| (&stem.automation.fader, still));
        let pans = [(a, a.strip.pan.0), (b, b.strip.pan.0)];
        let pans = pans.map(|(stem, still)| (&stem.automation.pan, still));
        let automation = StripAutomation {
            fader: blended(faders, |x, y| fader(level(Db(x), Db(y))).0.clamp(FOOT, FADER_TOP.0)),
            pan: blended(pans, along),
        };
        BalancedStem { id: a.id, strip, automation }
    };
    one.iter().map(mixed).collect()
}

/// Two curves put together at the points of both; `still` is the value of a side without a curve.
/// Empty if neither side has one.
fn blended([one, other]: [(&Curve, f64); 2], mixed: impl Fn(f64, f64) -> f64) -> Curve {
    let value = |(curve, still): (&Curve, f64), time| curve.at(time).unwrap_or(still);
    let times = one.0.points().iter().chain(other.0.points()).map(|point| point.time);
    let mut points: Vec<Point> =
        times.map(|time| Point::new(time, mixed(value(one, time), value(other, time)))).collect();
    points.sort_by(|a, b| a.time.0.total_cmp(&b.time.0));
    points.dedup_by(|a, b| a.time == b.time);
    Curve::new(points)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Seconds;

    fn strip(fader: f64, pan: f64, mute: bool) -> StripSettings {
        StripSettings { fader: Db(fader), pan: Pan(pan), mute, ..Default::default() }
    }

    fn still(id: u32, strip: StripSettings) -> BalancedStem {
        BalancedStem { id: StemId(id), strip, automation: StripAutomation::default() }
    }

    #[test]
    fn halfway_is_the_mean_of_both_and_the_ends_are_themselves() {
        let one = vec![still(1, strip(0.0, -1.0, false)), still(2, strip(-6.0, 0.0, true))];
        let other = vec![still(2, strip(0.0, 0.0, false)), still(1, strip(-20.0, 1.0, false))];
        assert_eq!(between(&one, &other, 0.0), one);
        assert_eq!(between(&one, &other, 1.0)[1], other[0]);
        let half = between(&one, &other, 0.5);
        let half = [half[0].strip, half[1].strip];
        assert!((half[0].fader.factor() - 0.55).abs() < 1e-9 && half[0].pan == Pan(0.0));
        assert!((half[1].fader.factor() - 0.5).abs() < 1e-9 && !half[1].mute);
    }

    #[test]
    fn a_balance_holds_the_automation_of_its_strips() {
        let mut session = crate::session::history::tests::song();
        let id = session.stems[0].id;
        let line = |value| {
            Curve::new(vec![Point::new(Seconds(0.0), value), Point::new(Seconds(4.0), -12.0)])
        };
        let kept = |session: &Session| Snapshot::of(session, 0, String::new());
        let plain = kept(&session);
        session.stems[0].automation.fader = line(0.0);
        let automated = kept(&session);
        let [a, b] = [&plain, &automated].map(|kept| kept.balance(&session));
        assert_ne!(a, b, "they differ in automation alone");
        assert!(is_now(&b, &session) && !is_now(&a, &session));
        recall(&a, &session).unwrap().apply(&mut session).unwrap();
        assert!(session.stem(id).unwrap().automation.is_empty() && is_now(&a, &session));
        // Halfway between a still fader and a line: a line of the mean gains.
        let still = session.stem(id).unwrap().strip.fader;
        let half = between(&a, &b, 0.5)[0].automation.fader.at(Seconds(4.0)).unwrap();
        let mean = (still.factor() + Db(-12.0).factor()) / 2.0;
        assert!((Db(half).factor() - mean).abs() < 1e-9, "{half}");
        // A balance of an earlier program leaves the automation as it is.
        let mut tree = serde_json::to_value(&automated).unwrap();
        for strip in tree["strips"].as_array_mut().unwrap() {
            strip.as_object_mut().unwrap().remove("automation");
        }
        let old: Snapshot = serde_json::from_value(tree).unwrap();
        session.stems[0].automation.fader = line(-3.0);
        assert!(is_now(&old.balance(&session), &session));
    }
}
