//! What of a session is in the sound of its files ([`Sound`]): how a file is known to be older than
//! the last change of the mix. Kept as hashes, so that comparing it costs nothing.

use crate::session::Session;
use crate::session::ids::{MasterId, VersionId};
use crate::session::master::Alternates;
use blake3::Hash;
use serde::Serialize;
use serde_json::Value;
use std::collections::HashMap;

/// Fields that no file sounds of: names, permanent ids (given late, when a session is saved), looks,
/// notes, where files lie and what they held before, and solos, which are for listening only.
const SILENT: [&str; 11] =
    ["uid", "id", "name", "colour", "note", "isrc", "path", "raw", "before", "solo", "solo_safe"];

/// The sound of a session: of its mix, and of what makes each version and master of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Sound {
    mix: Hash,
    full_mix: Option<VersionId>,
    versions: HashMap<VersionId, Hash>,
    /// Each with what its gain and its limiter follow.
    masters: HashMap<MasterId, (Hash, Alternates)>,
}

impl Sound {
    pub fn of(session: &Session) -> Self {
        let Session { sample_rate, pan_law, trim, stems, fader, chain, .. } = session;
        let versions = session.versions.iter();
        let masters = session.masters.iter();
        Self {
            mix: hash(&(sample_rate, pan_law, trim, stems, fader, chain)),
            full_mix: session.full_mix().map(|version| version.id.clone()),
            versions: versions.map(|one| (one.id.clone(), hash(&session.resolved(one)))).collect(),
            masters: masters.map(|one| (one.id.clone(), (hash(one), one.alternates))).collect(),
        }
    }

    /// Whether the file of a version and master would sound the same when made of `other`.
    pub fn makes_the_same(&self, other: &Sound, version: &VersionId, master: &MasterId) -> bool {
        let full_mix = |sound: &Sound| sound.versions.get(sound.full_mix.as_ref()?).copied();
        let company = match self.masters.get(master).map(|(_, follows)| *follows) {
            Some(Alternates::MixGain) => full_mix(self) == full_mix(other),
            // Their limiter hears all of them.
            Some(Alternates::Linked) => {
                full_mix(self) == full_mix(other) && self.versions == other.versions
            }
            Some(Alternates::Own) | None => true,
        };
        self.mix == other.mix
            && self.versions.get(version) == other.versions.get(version)
            && self.masters.get(master) == other.masters.get(master)
            && company
    }
}

fn hash(of: &impl Serialize) -> Hash {
    let mut value = serde_json::to_value(of).unwrap_or_default();
    strip(&mut value);
    blake3::hash(value.to_string().as_bytes())
}

fn strip(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|name, _| !SILENT.contains(&name.as_str()));
            fields.values_mut().for_each(strip);
        }
        Value::Array(list) => list.iter_mut().for_each(strip),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::entries;
    use crate::session::history::tests::song;
    use crate::units::Db;

    #[test]
    fn a_file_is_old_when_what_it_sounds_of_changed_and_only_then() {
        let session = song();
        let then = Sound::of(&session);
        let (full, other) = (session.versions[0].id.clone(), session.versions[1].id.clone());
        let master = session.masters[0].id.clone();
        let same = |now: &Session, version| then.makes_the_same(&Sound::of(now), version, &master);
        let mut now = session.clone();
        entries::give(&mut now);
        now.stems[0].name = "Another name".into();
        now.stems[0].strip.solo = true;
        now.delivery.revision = "7".into();
        assert!(same(&now, &full), "nothing of it sounds");
        now.versions[1].clean = !now.versions[1].clean;
        assert!(same(&now, &full) && !same(&now, &other), "one version alone");
        now.stems[0].strip.fader = Db(-1.0);
        assert!(!same(&now, &full), "the mix");
        now = session.clone();
        now.masters[0].depth = crate::media::writer::BitDepth::Float32;
        assert!(!same(&now, &full), "the master");
        now = session.clone();
        now.masters[0].alternates = Alternates::Linked;
        let linked = Sound::of(&now);
        now.versions[1].clean = !now.versions[1].clean;
        let then_full = linked.makes_the_same(&Sound::of(&now), &full, &master);
        assert!(!then_full, "one limiter hears all parts");
        now = session.clone();
        now.masters[0].alternates = Alternates::MixGain;
        let linked = Sound::of(&now);
        now.versions[0].clean = !now.versions[0].clean;
        assert!(
            !linked.makes_the_same(&Sound::of(&now), &other, &master),
            "its gain is that of the full mix"
        );
    }
}
