//! Versions of a song: which stems sound and at which level, cuts, clean regions, and the fade at
//! the end.
//! [`Session::resolved`] merges a version with the versions that it builds on; renderer and player
//! use the resolved form.

use crate::session::ids::VersionId;
use crate::session::stem::{CleanRegion, Role, Stem, StemId};
use crate::session::{Session, Unknown};
use crate::texts::say;
use crate::units::{Db, EntryId, Frames, SampleRate, Seconds};
use serde::{Deserialize, Serialize};

/// One version of the song.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Version {
    /// Short name for lists and file names: `full`, `radio` …
    pub id: VersionId,
    /// Permanent id. `id` may change when two people add versions at the same time.
    #[serde(default, skip_serializing_if = "EntryId::is_empty")]
    pub uid: EntryId,
    pub name: String,
    /// Which of the versions that every session starts with; `None` for all others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standard: Option<Standard>,
    /// Ids of versions that this one builds on. Their stems, levels, clean setting, fade, goal and
    /// cuts apply too; see [`Session::resolved`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub from: Vec<VersionId>,
    pub stems: Selection,
    /// Exceptions to `stems`: levels, and single stems that are in or out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub levels: Vec<Level>,
    /// Whether the stems' clean regions apply.
    #[serde(default)]
    pub clean: bool,
    /// Parts removed from the song, in order of time.
    #[serde(default)]
    pub cuts: Vec<Cut>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fade: Option<Fade>,
    /// Target length.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goal: Option<Seconds>,
    /// ISRC of this version; every version is a separate recording.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub isrc: String,
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// Versions that every new session has. Their role stays when a person renames them or changes
/// their rules: the full mix is the version that others follow in gain, the radio edit the one that
/// receives suggested cuts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standard {
    FullMix,
    Instrumental,
    Acappella,
    RadioEdit,
    Clean,
}

impl Standard {
    /// What it is called in a sentence.
    pub fn name(self) -> &'static str {
        match self {
            Self::FullMix => "full mix",
            Self::Instrumental => "instrumental",
            Self::Acappella => "a cappella",
            Self::RadioEdit => "radio edit",
            Self::Clean => "clean version",
        }
    }

    /// The standard version that sessions of schema 1 knew by this id.
    pub fn of_schema_1(id: &str) -> Option<Self> {
        Some(match id {
            "full" => Self::FullMix,
            "instrumental" => Self::Instrumental,
            "acappella" => Self::Acappella,
            "radio" => Self::RadioEdit,
            "clean" => Self::Clean,
            _ => return None,
        })
    }
}

/// Rule that selects the stems of a version.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Selection {
    All,
    Without { roles: Vec<Role> },
    Only { roles: Vec<Role> },
    Stems { ids: Vec<StemId> },
}

/// Extra gain of a stem, or of all stems of a role, in addition to the fader.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Level {
    pub of: LevelTarget,
    /// −∞ dB leaves the stem out. Any finite gain for a single stem includes it, even against the
    /// rule.
    pub gain: Db,
}

/// Role or stem that a [`Level`] applies to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LevelTarget {
    Role(Role),
    Stem(StemId),
}

/// A removed part of the song, with a crossfade over the join.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cut {
    #[serde(default, skip_serializing_if = "EntryId::is_empty")]
    pub id: EntryId,
    pub start: Seconds,
    pub end: Seconds,
    /// Length of the crossfade, centred on the join.
    pub crossfade: Seconds,
    #[serde(default)]
    pub curve: Crossfade,
    /// How long the stems in `ringing` ring on over the join.
    #[serde(default, skip_serializing_if = "is_none")]
    pub ring: Seconds,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ringing: Vec<StemId>,
    #[serde(flatten)]
    pub unknown: Unknown,
}

fn is_none(time: &Seconds) -> bool {
    *time == Seconds(0.0)
}

/// Curve of a crossfade.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Crossfade {
    /// Per stem, by correlation of both sides: uncorrelated sides add in power, equal sides in
    /// amplitude.
    #[default]
    Measured,
    EqualPower,
    EqualGain,
}

impl Crossfade {
    pub const ALL: [Crossfade; 3] =
        [Crossfade::Measured, Crossfade::EqualPower, Crossfade::EqualGain];

    pub fn name(self) -> &'static str {
        match self {
            Crossfade::Measured => "by correlation",
            Crossfade::EqualPower => "equal power",
            Crossfade::EqualGain => "equal gain",
        }
    }
}

/// Fade-out at the end of a version, in song time, from full level to silence. Everything after
/// `end` is left out.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fade {
    pub start: Seconds,
    pub end: Seconds,
}

impl Cut {
    /// A cut with the default crossfade for a join on a beat: 12 ms, by correlation.
    pub fn new(start: Seconds, end: Seconds) -> Self {
        Self {
            id: EntryId::default(),
            start,
            end,
            crossfade: Seconds(0.012),
            curve: Crossfade::Measured,
            ring: Seconds(0.0),
            ringing: Vec::new(),
            unknown: Unknown::new(),
        }
    }

    pub fn length(&self) -> Seconds {
        Seconds((self.end.0 - self.start.0).max(0.0))
    }

    /// Whether both lists cut the same parts in the same way; ids are ignored.
    pub fn alike(one: &[Cut], other: &[Cut]) -> bool {
        let same = |(a, b): (&Cut, &Cut)| *a == Cut { id: a.id.clone(), ..b.clone() };
        one.len() == other.len() && one.iter().zip(other).all(same)
    }
}

impl Selection {
    fn holds(&self, stem: &Stem) -> bool {
        match self {
            Selection::All => true,
            Selection::Without { roles } => !roles.contains(&stem.role),
            Selection::Only { roles } => roles.contains(&stem.role),
            Selection::Stems { ids } => ids.contains(&stem.id),
        }
    }
}

impl Version {
    pub fn is(&self, standard: Standard) -> bool {
        self.standard == Some(standard)
    }

    pub fn new(id: &str, name: &str, stems: Selection) -> Self {
        Self {
            id: id.into(),
            // A version without an id gets a fresh `uid` later.
            uid: if id.is_empty() { EntryId::default() } else { EntryId::of_text(id) },
            name: name.into(),
            standard: None,
            from: Vec::new(),
            stems,
            levels: Vec::new(),
            clean: false,
            cuts: Vec::new(),
            fade: None,
            goal: None,
            isrc: String::new(),
            unknown: Unknown::new(),
        }
    }

    /// Gain that the version adds to a stem's fader; `None` if the stem is left out.
    pub fn level(&self, stem: &Stem) -> Option<Db> {
        let named = |of: LevelTarget| self.levels.iter().find(move |level| level.of == of);
        if let Some(level) = named(LevelTarget::Stem(stem.id)) {
            return level.gain.finite().map(Db);
        }
        let gain = named(LevelTarget::Role(stem.role)).map_or(Db::UNITY, |level| level.gain);
        self.stems.holds(stem).then_some(gain).filter(|gain| gain.0.is_finite())
    }

    pub fn holds(&self, stem: &Stem) -> bool {
        self.level(stem).is_some()
    }

    /// Its stems that are muted in the mix, with their numbers from 1.
    pub fn muted<'a>(&self, stems: &'a [Stem]) -> impl Iterator<Item = (usize, &'a Stem)> {
        let numbered = stems.iter().enumerate();
        numbered
            .filter(|(_, stem)| stem.strip.mute && self.holds(stem))
            .map(|(n, stem)| (n + 1, stem))
    }

    /// Numbers of those stems: `02, 05`; empty if none is muted.
    pub fn muted_numbers(&self, stems: &[Stem]) -> String {
        self.muted(stems).map(|(n, _)| format!("{n:02}")).collect::<Vec<_>>().join(", ")
    }

    /// A note for each file of the version if stems in it are muted.
    pub fn without_muted(&self, session: &Session) -> Option<String> {
        let muted = self.muted(&session.stems).map(|(n, stem)| format!("{n:02} {}", stem.name));
        let muted: Vec<String> = muted.collect();
        (!muted.is_empty()).then(|| format!("without {} (muted)", muted.join(", ")))
    }

    /// Sets a stem's gain in this version; `None` leaves the stem out.
    pub fn set_level(&mut self, stem: &Stem, level: Option<Db>) {
        self.levels.retain(|known| known.of != LevelTarget::Stem(stem.id));
        if self.level(stem) != level {
            let gain = level.map_or(Db::SILENCE, |gain| Db(gain.0.clamp(-60.0, 24.0)));
            self.levels.push(Level { of: LevelTarget::Stem(stem.id), gain });
        }
    }

    /// The stems of a list that this version holds.
    pub fn held<'a>(&self, stems: &'a [Stem]) -> impl Iterator<Item = &'a Stem> {
        stems.iter().filter(|stem| self.holds(stem))
    }

    /// Whether the version plays the whole song, without cuts and fade.
    pub fn is_whole(&self) -> bool {
        self.cuts.is_empty() && self.fade.is_none()
    }

    /// Length after cuts and fade, for a song of `whole` frames at `rate`.
    pub fn length(&self, whole: Frames, rate: SampleRate) -> Frames {
        Frames(left(self, whole.0, rate).iter().map(|p| p.1 - p.0).sum())
    }

    /// A note if the version ends in silence: a muted stem counts for the song's length.
    fn silent_end(&self, session: &Session) -> Option<String> {
        let rate = session.sample_rate;
        let (muted, heard): (Vec<&Stem>, Vec<&Stem>) =
            self.held(&session.stems).partition(|stem| stem.strip.mute);
        let end = |stems: &[&Stem]| stems.iter().map(|stem| stem.end(rate)).max();
        let last = muted.iter().max_by_key(|stem| stem.end(rate))?;
        let whole = self.length(session.length(), rate).seconds(rate);
        let sounding = self.length(end(&heard)?, rate).seconds(rate);
        let silence = whole.0 - sounding.0;
        (silence > 1.0 && last.end(rate) == session.length()).then(|| {
            let silence = format!("{silence:.1}");
            say!("version-note-silent-end", silence = silence, stem = &last.name)
        })
    }

    /// Notes on cuts and a fade that do not fit the song.
    fn odd_times(&self, session: &Session) -> Vec<String> {
        let whole = session.length().seconds(session.sample_rate);
        let mut notes = Vec::new();
        for (n, cut) in self.cuts.iter().enumerate() {
            let [from, to, end] = [cut.start, cut.end, whole].map(|time| format!("{time:.1}"));
            let (from, to) = (from.as_str(), to.as_str());
            if cut.end.0 <= cut.start.0 || cut.start.0 >= whole.0 {
                notes.push(say!("version-note-cut-outside", from = from, to = to));
            } else if cut.end.0 > whole.0 + 0.01 {
                notes.push(say!("version-note-cut-beyond", from = from, to = to, end = end));
            }
            let next = self.cuts.get(n + 1).map_or(whole.0, |next| next.start.0);
            let last = n.checked_sub(1).and_then(|n| self.cuts.get(n)).map_or(0.0, |c| c.end.0);
            if next < cut.end.0 && n + 1 < self.cuts.len() {
                notes.push(say!("version-note-cut-overlaps", from = from, to = to));
            } else if cut.start.0 > 0.0
                && cut.crossfade.0 > (next - cut.end.0).min(cut.start.0 - last).max(0.0)
            {
                notes.push(say!("version-note-cut-crossfade", from = from, to = to));
            }
        }
        if self.fade.is_some_and(|fade| fade.end.0 <= fade.start.0 || fade.start.0 >= whole.0) {
            notes.push(say!("version-note-fade-outside", version = &self.name));
        }
        notes
    }

    /// Warnings for a person before a file of this version is delivered. Call it on a version from
    /// [`Session::resolved`].
    pub fn notes(&self, session: &Session) -> Vec<String> {
        let stems = &session.stems;
        let held = || self.held(stems);
        if self.unknown.contains_key("~stems") {
            return vec![say!("version-note-unknown", version = &self.name)];
        }
        if held().next().is_none() {
            return vec![say!("version-note-silent", version = &self.name)];
        }
        let mut notes = self.odd_times(session);
        notes.extend(self.silent_end(session));
        if (self.is(Standard::RadioEdit) || self.goal.is_some()) && self.is_whole() {
            notes.push(say!("version-note-no-cut", version = &self.name));
        }
        if self.clean {
            let of_later = |region: &CleanRegion| region.unknown.contains_key("~treatment");
            if held().flat_map(|stem| &stem.clean).any(of_later) {
                notes.push(say!("version-note-unknown-region").into());
            }
            // In a new export the words may lie elsewhere.
            for stem in held().filter(|s| s.file.before.is_some() && !s.clean.is_empty()) {
                notes.push(say!("version-note-regions-unsure", stem = &stem.name));
            }
            let open = session.lyrics.iter().flat_map(|lyrics| lyrics.open());
            for word in open.take(20) {
                notes.push(say!("version-note-word-open", time = word.start.to_string()));
            }
            if held().all(|stem| stem.clean.is_empty()) {
                notes.push(say!("version-note-no-region", version = &self.name));
            }
        }
        let untouched = self.levels.iter().all(|level| level.gain == Db::UNITY);
        if self.stems != Selection::All && held().count() == stems.len() && untouched {
            notes.push(say!("version-note-every-stem", version = &self.name));
        }
        notes
    }
}

/// Parts of the song that a version plays, as start and end frames at `rate`, for a song of `whole`
/// frames.
pub fn left(version: &Version, whole: u64, rate: SampleRate) -> Vec<(u64, u64)> {
    let end = version.fade.map_or(whole, |fade| fade.end.frames(rate).0.min(whole));
    let mut parts = Vec::new();
    let mut from = 0;
    for (start, stop) in merged(&version.cuts, end, rate) {
        if start > from {
            parts.push((from, start));
        }
        from = stop;
    }
    if from < end {
        parts.push((from, end));
    }
    parts
}

/// Cuts as start and end frames, sorted, clipped to `length`, with overlapping or adjacent cuts
/// joined.
pub fn merged(cuts: &[Cut], length: u64, rate: SampleRate) -> Vec<(u64, u64)> {
    let frames = |cut: &Cut| {
        let (from, to) = (cut.start.frames(rate).0, cut.end.frames(rate).0);
        (from.min(length), to.min(length))
    };
    let mut parts: Vec<(u64, u64)> = cuts.iter().map(frames).filter(|(a, b)| a < b).collect();
    parts.sort_unstable();
    parts.dedup_by(|next, last| {
        let joined = next.0 <= last.1;
        if joined {
            last.1 = last.1.max(next.1);
        }
        joined
    });
    parts
}

impl Session {
    /// The version merged with all versions that it builds on. Levels add up, and a stem must be in
    /// all of them. Cuts, fade and goal come from the first version that has them. Versions that
    /// build on each other in a loop are used once.
    pub fn resolved(&self, version: &Version) -> Version {
        let mut seen = vec![&version.id];
        self.with_parents(version, &mut seen)
    }

    /// The first version in this role; `None` where a person removed it.
    pub fn standard(&self, standard: Standard) -> Option<&Version> {
        self.versions.iter().find(|version| version.is(standard))
    }

    pub fn full_mix(&self) -> Option<&Version> {
        self.standard(Standard::FullMix)
    }

    /// The full mix, then all versions with its cuts, fade and clean setting. Empty if there is no
    /// full mix.
    pub fn full_mix_and_parts(&self) -> Vec<Version> {
        let Some(full) = self.full_mix().map(|full| self.resolved(full)) else {
            return Vec::new();
        };
        let all = self.versions.iter().map(|version| self.resolved(version));
        let alike = |version: &Version| {
            Cut::alike(&version.cuts, &full.cuts)
                && version.fade == full.fade
                && version.clean == full.clean
        };
        let others = all.filter(|version| version.id != full.id && alike(version));
        std::iter::once(full.clone()).chain(others).collect()
    }

    fn with_parents<'a>(&'a self, version: &Version, seen: &mut Vec<&'a VersionId>) -> Version
    where
        Self: 'a,
    {
        let mut all = version.clone();
        for id in &version.from {
            let Some(parent) = self.version(id).filter(|known| !seen.contains(&&known.id)) else {
                continue;
            };
            seen.push(&parent.id);
            let parent = self.with_parents(parent, seen);
            all.clean |= parent.clean;
            all.fade = all.fade.or(parent.fade);
            all.goal = all.goal.or(parent.goal);
            if all.cuts.is_empty() {
                all.cuts.clone_from(&parent.cuts);
            }
            let plain = parent.stems == Selection::All && parent.levels.is_empty();
            if !plain {
                // Only stems in both versions sound, with both gains added.
                let levels = self.stems.iter().map(|stem| {
                    let both = all.level(stem).zip(parent.level(stem));
                    let gain = both.map_or(Db::SILENCE, |(own, other)| own + other);
                    Level { of: LevelTarget::Stem(stem.id), gain }
                });
                all.levels = levels.collect();
            }
        }
        // A resolved version takes nothing from others, so resolving it again changes nothing.
        all.from.clear();
        all
    }
}

/// The five default versions.
pub fn usual() -> Vec<Version> {
    let vocals = vec![Role::LeadVocals, Role::BackingVocals];
    let without = Selection::Without { roles: vocals.clone() };
    let version = |standard, id, name, stems| Version {
        standard: Some(standard),
        ..Version::new(id, name, stems)
    };
    vec![
        version(Standard::FullMix, "full", "Full mix", Selection::All),
        version(Standard::Instrumental, "instrumental", "Instrumental", without),
        version(Standard::Acappella, "acappella", "A cappella", Selection::Only { roles: vocals }),
        version(Standard::RadioEdit, "radio", "Radio edit", Selection::All),
        Version { clean: true, ..version(Standard::Clean, "clean", "Clean", Selection::All) },
    ]
}

#[cfg(test)]
mod tests;
