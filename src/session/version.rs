//! Versions of a song: which stems are in and how loud, which parts are cut, what is made clean,
//! how it ends.

use crate::session::stem::{CleanRegion, Role, Stem, StemId};
use crate::session::{Session, Unknown, ids};
use crate::units::{Db, EntryId, Frames, SampleRate, Seconds};
use serde::{Deserialize, Serialize};

/// One version.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Version {
    /// Short name for lists and file names: `full`, `radio` …
    #[serde(deserialize_with = "ids::one")]
    pub id: String,
    /// Its own for ever, whatever its id becomes when two add at the same time.
    #[serde(default, skip_serializing_if = "EntryId::is_empty")]
    pub uid: EntryId,
    pub name: String,
    /// Versions that this one builds on, by id: their stems, levels, cuts, fade and clean regions
    /// hold for it too.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "ids::several")]
    pub from: Vec<String>,
    pub stems: Selection,
    /// What differs from the rule: levels, and single stems that are in or out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub levels: Vec<Level>,
    /// Whether the clean regions of the stems are used.
    #[serde(default)]
    pub clean: bool,
    /// Parts taken out of the song, in order of time.
    #[serde(default)]
    pub cuts: Vec<Cut>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fade: Option<Fade>,
    /// How long it shall be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goal: Option<Seconds>,
    /// The code of this recording; every version is one of its own.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub isrc: String,
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// Which stems a version holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Selection {
    All,
    Without { roles: Vec<Role> },
    Only { roles: Vec<Role> },
    Stems { ids: Vec<StemId> },
}

/// A level that a version gives to a stem, or to all stems of a role, beside their faders.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Level {
    pub of: Whose,
    /// −∞ leaves it out; 0 dB for a single stem takes it in, whatever the rule says.
    pub gain: Db,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Whose {
    Role(Role),
    Stem(StemId),
}

/// A part that is taken out, with a crossfade over the join.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cut {
    #[serde(default, skip_serializing_if = "EntryId::is_empty")]
    pub id: EntryId,
    pub start: Seconds,
    pub end: Seconds,
    /// Its length; the join is in its middle.
    pub crossfade: Seconds,
    #[serde(default)]
    pub curve: Crossfade,
    /// How long the sound before the join rings on over what follows, on the stems in `ringing`.
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

/// The shape of a crossfade.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Crossfade {
    /// For each stem by how much both sides are alike: powers add where they have nothing in
    /// common, amplitudes where they are the same.
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

/// The end of a version that fades out: from full level to silence, in the song's time. What
/// comes after it is left out.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fade {
    pub start: Seconds,
    pub end: Seconds,
}

impl Cut {
    /// A cut with the crossfade that suits a join on a beat.
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

    /// Whether cuts make the same of a song, whoever added them.
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
    pub fn new(id: &str, name: &str, stems: Selection) -> Self {
        Self {
            id: id.into(),
            // One that is still to be named is somebody's own.
            uid: if id.is_empty() { EntryId::default() } else { EntryId::of_text(id) },
            name: name.into(),
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

    /// What the version adds to a stem's fader; none where it leaves the stem out.
    pub fn level(&self, stem: &Stem) -> Option<Db> {
        let named = |of: Whose| self.levels.iter().find(move |level| level.of == of);
        if let Some(level) = named(Whose::Stem(stem.id)) {
            return level.gain.finite().map(Db);
        }
        let gain = named(Whose::Role(stem.role)).map_or(Db::UNITY, |level| level.gain);
        self.stems.holds(stem).then_some(gain).filter(|gain| gain.0.is_finite())
    }

    pub fn holds(&self, stem: &Stem) -> bool {
        self.level(stem).is_some()
    }

    /// Gives a stem another level in this version; none leaves it out.
    pub fn set_level(&mut self, stem: &Stem, level: Option<Db>) {
        self.levels.retain(|known| known.of != Whose::Stem(stem.id));
        if self.level(stem) != level {
            let gain = level.map_or(Db::SILENCE, |gain| Db(gain.0.clamp(-60.0, 24.0)));
            self.levels.push(Level { of: Whose::Stem(stem.id), gain });
        }
    }

    /// The stems of a list that it holds.
    pub fn held<'a>(&self, stems: &'a [Stem]) -> impl Iterator<Item = &'a Stem> {
        stems.iter().filter(|stem| self.holds(stem))
    }

    /// Whether it plays the song as long as it is, and in its order.
    pub fn is_whole(&self) -> bool {
        self.cuts.is_empty() && self.fade.is_none()
    }

    /// How long it is, for a song of `whole` frames: what cuts and fade leave.
    pub fn length(&self, whole: Frames, rate: SampleRate) -> Frames {
        Frames(left(self, whole.0, rate).iter().map(|p| p.1 - p.0).sum())
    }

    /// A song is as long as its longest stem, also where that is muted.
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
            let name = &last.name;
            format!(
                "it ends in {silence:.1} s of silence: {name} is longer than the others, and muted"
            )
        })
    }

    /// Cuts and a fade that do not fit the song.
    fn odd_times(&self, session: &Session) -> Vec<String> {
        let whole = session.length().seconds(session.sample_rate);
        let mut notes = Vec::new();
        for (n, cut) in self.cuts.iter().enumerate() {
            let what = format!("the cut from {:.1} to {:.1}", cut.start, cut.end);
            if cut.end.0 <= cut.start.0 || cut.start.0 >= whole.0 {
                notes.push(format!("{what} takes nothing out: it lies outside the song"));
            } else if cut.end.0 > whole.0 + 0.01 {
                notes.push(format!("{what} goes beyond the end of the song, which is {whole:.1}"));
            }
            let next = self.cuts.get(n + 1).map_or(whole.0, |next| next.start.0);
            let last = n.checked_sub(1).and_then(|n| self.cuts.get(n)).map_or(0.0, |c| c.end.0);
            if next < cut.end.0 && n + 1 < self.cuts.len() {
                notes.push(format!("{what} overlaps the next: they are made as one"));
            } else if cut.start.0 > 0.0
                && cut.crossfade.0 > (next - cut.end.0).min(cut.start.0 - last).max(0.0)
            {
                notes.push(format!("{what}: its crossfade is shortened to fit between the cuts"));
            }
        }
        if self.fade.is_some_and(|fade| fade.end.0 <= fade.start.0 || fade.start.0 >= whole.0) {
            notes.push(format!("{}: its fade lies outside the song", self.name));
        }
        notes
    }

    /// What a person should know before a file of this version is sent. The version is one that
    /// [`Session::resolved`] gave.
    pub fn notes(&self, session: &Session) -> Vec<String> {
        let stems = &session.stems;
        let held = || self.held(stems);
        if self.unknown.contains_key("~stems") {
            let text = "what it holds was set by a later version of Stemwright: it is left silent";
            return vec![format!("{}: {text}", self.name)];
        }
        if held().next().is_none() {
            return vec![format!("{} is silent: it holds no stem of this session", self.name)];
        }
        let mut notes = self.odd_times(session);
        notes.extend(self.silent_end(session));
        if (self.id == "radio" || self.goal.is_some()) && self.is_whole() {
            let name = self.name.to_lowercase();
            notes.push(format!("{name} equals the full mix: no cut is set"));
        }
        if self.clean {
            let of_later = |region: &CleanRegion| region.unknown.contains_key("~treatment");
            if held().flat_map(|stem| &stem.clean).any(of_later) {
                notes.push("a clean region was set by a later version: it is muted".into());
            }
            // Where a vocal is another recording, its words may lie elsewhere.
            for stem in held().filter(|s| s.file.before.is_some() && !s.clean.is_empty()) {
                notes.push(format!(
                    "{} was exported again: whether its clean regions still cover what they should is not confirmed",
                    stem.name
                ));
            }
            let open = session.lyrics.iter().flat_map(|lyrics| lyrics.open());
            for word in open.take(20) {
                notes.push(format!(
                    "explicit word at {}: neither confirmed nor dismissed",
                    word.start
                ));
            }
            if held().all(|stem| stem.clean.is_empty()) {
                notes.push("clean equals the full mix: no clean region is set".into());
            }
        }
        let untouched = self.levels.iter().all(|level| level.gain == Db::UNITY);
        if self.stems != Selection::All && held().count() == stems.len() && untouched {
            notes.push(format!("{} equals the full mix: it holds every stem", self.name));
        }
        notes
    }
}

/// The parts of the song that a version plays, in frames.
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

/// The cuts in order, in frames, those that overlap as one, none beyond `length`.
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
    /// A version with everything that it takes over from others. Versions that build on each
    /// other in a circle take nothing twice.
    pub fn resolved(&self, version: &Version) -> Version {
        let mut seen = vec![version.id.as_str()];
        self.with_parents(version, &mut seen)
    }

    /// The full mix, and after it the versions that are parts of it: of the same course, and not
    /// made clean. Empty where there is no full mix.
    pub fn full_mix_and_parts(&self) -> Vec<Version> {
        let Some(full) = self.version("full").map(|full| self.resolved(full)) else {
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

    fn with_parents<'a>(&'a self, version: &Version, seen: &mut Vec<&'a str>) -> Version
    where
        Self: 'a,
    {
        let mut all = version.clone();
        for id in &version.from {
            let Some(parent) = self.version(id).filter(|known| !seen.contains(&known.id.as_str()))
            else {
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
                // What both hold, at both levels.
                let levels = self.stems.iter().map(|stem| {
                    let both = all.level(stem).zip(parent.level(stem));
                    let gain = both.map_or(Db::SILENCE, |(own, other)| own + other);
                    Level { of: Whose::Stem(stem.id), gain }
                });
                all.levels = levels.collect();
            }
        }
        // Nothing is left to be taken over: what is resolved stays what it is.
        all.from.clear();
        all
    }
}

/// Full mix, instrumental, a cappella, radio edit and clean.
pub fn usual() -> Vec<Version> {
    let vocals = vec![Role::LeadVocals, Role::BackingVocals];
    let without = Selection::Without { roles: vocals.clone() };
    vec![
        Version::new("full", "Full mix", Selection::All),
        Version::new("instrumental", "Instrumental", without),
        Version::new("acappella", "A cappella", Selection::Only { roles: vocals }),
        Version::new("radio", "Radio edit", Selection::All),
        Version { clean: true, ..Version::new("clean", "Clean", Selection::All) },
    ]
}

#[cfg(test)]
mod tests;
