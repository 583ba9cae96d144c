//! Balances: saved snapshots of all stem strips, and the crossfade between two of them.

use crate::dsp::strip::StripSettings;
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
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SnapshotStrip {
    pub stem: StemId,
    pub strip: StripSettings,
}

/// The letter of a place.
pub fn letter(place: usize) -> char {
    char::from(b'A' + (place % PLACES) as u8)
}

/// Strip settings of stems, each with its stem id.
pub type Balance = Vec<(StemId, StripSettings)>;

impl Snapshot {
    /// Saves the session's current strips.
    pub fn of(session: &Session, place: usize, name: String) -> Self {
        let kept =
            session.stems.iter().map(|stem| SnapshotStrip { stem: stem.id, strip: stem.strip });
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
            Some((kept.stem, StripSettings { solo, solo_safe, ..kept.strip }))
        };
        self.strips.iter().filter_map(strip).collect()
    }
}

/// The edit that recalls a balance.
pub fn recall(balance: Balance) -> Edit {
    let strip = |(stem, settings)| Edit::Strip { stem, settings };
    Edit::Several(balance.into_iter().map(strip).collect())
}

/// A balance between `one` (`share` 0) and `other` (`share` 1). Linear gains are interpolated, so
/// the mix is a linear crossfade; a muted stem has gain 0.
pub fn between(one: &Balance, other: &Balance, share: f64) -> Balance {
    let share = share.clamp(0.0, 1.0);
    let mixed = |(stem, a): &(StemId, StripSettings)| {
        let b = other.iter().find(|(id, _)| id == stem).map_or(a, |(_, strip)| strip);
        let along = |x: f64, y: f64| x + (y - x) * share;
        let gain = |strip: &StripSettings| match strip.mute {
            true => 0.0,
            false => strip.trim.factor() * strip.fader.factor(),
        };
        let nearer = if share < 0.5 { a } else { b };
        if share == 0.0 || share == 1.0 || a == b {
            return (*stem, *nearer);
        }
        // With opposite polarity the gain crosses zero.
        let sign = |strip: &StripSettings| if strip.invert { -1.0 } else { 1.0 };
        let level = along(gain(a) * sign(a), gain(b) * sign(b));
        let fader = Db(Db::from_factor(level.abs()).0 - nearer.trim.0);
        let strip = StripSettings {
            fader,
            invert: level < 0.0,
            mute: a.mute && b.mute,
            pan: Pan(along(a.pan.0, b.pan.0)),
            width: along(a.width, b.width),
            ..*nearer
        };
        (*stem, strip)
    };
    one.iter().map(mixed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strip(fader: f64, pan: f64, mute: bool) -> StripSettings {
        StripSettings { fader: Db(fader), pan: Pan(pan), mute, ..Default::default() }
    }

    #[test]
    fn halfway_is_the_mean_of_both_and_the_ends_are_themselves() {
        let one = vec![(StemId(1), strip(0.0, -1.0, false)), (StemId(2), strip(-6.0, 0.0, true))];
        let other =
            vec![(StemId(2), strip(0.0, 0.0, false)), (StemId(1), strip(-20.0, 1.0, false))];
        assert_eq!(between(&one, &other, 0.0), one);
        assert_eq!(between(&one, &other, 1.0)[1], other[0]);
        let half = between(&one, &other, 0.5);
        assert!((half[0].1.fader.factor() - 0.55).abs() < 1e-9 && half[0].1.pan == Pan(0.0));
        assert!((half[1].1.fader.factor() - 0.5).abs() < 1e-9 && !half[1].1.mute);
    }
}
