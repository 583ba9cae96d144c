//! Ready-made versions ([`ReadyMade`]) and version templates ([`Template`]) that a person saves for
//! other songs. Both return the [`Edit`] that adds the versions.

use crate::session::Session;
use crate::session::edit::Edit;
use crate::session::file::FileError;
use crate::session::ids::{MasterId, VersionId};
use crate::session::master::plain;
use crate::session::shelf;
use crate::session::stem::Role;
use crate::session::version::{Level, LevelTarget, Selection, Standard, Version};
use crate::units::{Db, EntryId, Seconds};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// A ready-made version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadyMade {
    TvMix,
    VocalUp,
    VocalDown,
    CleanRadio,
    /// A short version; the target length in seconds.
    CutDown(u32),
    /// One version per stem.
    Stems,
}

impl ReadyMade {
    pub const ALL: [ReadyMade; 8] = [
        ReadyMade::TvMix,
        ReadyMade::VocalUp,
        ReadyMade::VocalDown,
        ReadyMade::CleanRadio,
        ReadyMade::CutDown(60),
        ReadyMade::CutDown(30),
        ReadyMade::CutDown(15),
        ReadyMade::Stems,
    ];

    pub fn name(self) -> String {
        match self {
            ReadyMade::TvMix => "TV mix".into(),
            ReadyMade::VocalUp => "Vocal up".into(),
            ReadyMade::VocalDown => "Vocal down".into(),
            ReadyMade::CleanRadio => "Clean radio edit".into(),
            ReadyMade::CutDown(seconds) => format!("Cut-down {seconds} s"),
            ReadyMade::Stems => "Stems".into(),
        }
    }

    pub fn explained(self) -> &'static str {
        match self {
            ReadyMade::TvMix => "No lead vocal; the backing vocals stay",
            ReadyMade::VocalUp => "The lead vocal 1 dB louder",
            ReadyMade::VocalDown => "The lead vocal 1 dB quieter",
            ReadyMade::CleanRadio => {
                "The cuts of the radio edit and the regions of the clean version"
            }
            ReadyMade::CutDown(_) => "A short piece for spots and loops, to be found by its length",
            ReadyMade::Stems => "Each stem by itself, at its fader, without a master",
        }
    }

    /// The edit that adds the version, or for [`ReadyMade::Stems`] all stem versions.
    pub fn edit(self, session: &Session) -> Edit {
        let lead = |gain: f64| Version {
            levels: vec![Level { of: LevelTarget::Role(Role::LeadVocals), gain: Db(gain) }],
            ..Version::new("", "", Selection::All)
        };
        let without_lead = Selection::Without { roles: vec![Role::LeadVocals] };
        let one = match self {
            ReadyMade::TvMix => Version::new("", "", without_lead),
            ReadyMade::VocalUp => lead(1.0),
            ReadyMade::VocalDown => lead(-1.0),
            ReadyMade::CleanRadio => Version {
                from: [Standard::RadioEdit, Standard::Clean]
                    .into_iter()
                    .filter_map(|one| Some(session.standard(one)?.id.clone()))
                    .collect(),
                ..Version::new("", "", Selection::All)
            },
            ReadyMade::CutDown(seconds) => Version {
                goal: Some(Seconds(f64::from(seconds))),
                ..Version::new("", "", Selection::All)
            },
            ReadyMade::Stems => return stems(session),
        };
        let mut versions = session.versions.clone();
        versions.push(Version { name: self.name(), ..one });
        named(&mut versions);
        Edit::Versions(versions)
    }
}

/// Adds a version for each stem, exported only to the 24-bit master without a target. New stem
/// versions are left out of all other masters, and the other versions are left out of that master.
fn stems(session: &Session) -> Edit {
    let mut versions = session.versions.clone();
    let before = versions.len();
    for (n, stem) in session.stems.iter().enumerate() {
        let name = format!("{:02} {}", n + 1, stem.name);
        versions.push(Version::new("", &name, Selection::Stems { ids: vec![stem.id] }));
    }
    named(&mut versions);
    let mut masters = session.masters.clone();
    let raw = plain().into_iter().find(|master| master.id == "mix24");
    if let Some(raw) = raw.filter(|raw| masters.iter().all(|known| known.id != raw.id)) {
        masters.push(raw);
    }
    let mut delivery = session.delivery.clone();
    for (n, version) in versions.iter().enumerate() {
        for master in &masters {
            let goes = (n >= before) == (master.id == "mix24");
            let cell = (version.id.clone(), master.id.clone());
            let fresh = n >= before || session.master_is_new(&master.id);
            if !goes && fresh && !delivery.left_out.contains(&cell) {
                delivery.left_out.push(cell);
            }
        }
    }
    Edit::Several(vec![
        Edit::Versions(versions),
        Edit::Masters(masters),
        Edit::Delivery(Box::new(delivery)),
    ])
}

impl Session {
    fn master_is_new(&self, id: &MasterId) -> bool {
        self.masters.iter().all(|known| known.id != *id)
    }
}

/// Gives each version without an id a unique id made from its name, and a unique name. Other
/// versions stay unchanged.
pub fn named(versions: &mut [Version]) {
    for n in 0..versions.len() {
        let taken = |versions: &[Version], test: &dyn Fn(&Version) -> bool| {
            versions.iter().enumerate().any(|(m, known)| m != n && test(known))
        };
        let Some(name) = versions.get(n).filter(|v| v.id.is_empty()).map(|v| v.name.clone()) else {
            continue;
        };
        let plain: String =
            name.to_lowercase().chars().filter(|c| c.is_ascii_alphanumeric()).collect();
        let base = if plain.is_empty() { "version".to_string() } else { plain };
        let free = |try_of: &dyn Fn(usize) -> String, test: &dyn Fn(&Version, &str) -> bool| {
            (1..).map(try_of).find(|text| !taken(versions, &|known| test(known, text)))
        };
        let number = |base: &str, k: usize, gap: &str| match k {
            1 => base.to_string(),
            k => format!("{base}{gap}{k}"),
        };
        let id = free(&|k| number(&base, k, ""), &|known, text| known.id == *text);
        let title = free(&|k| number(&name, k, " "), &|known, text| known.name == text);
        if let (Some(version), Some(id), Some(title)) = (versions.get_mut(n), id, title) {
            (version.id, version.name) = (id.as_str().into(), title);
        }
    }
}

/// Versions saved for other songs: their rules, without cuts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Template {
    pub name: String,
    pub versions: Vec<Version>,
    /// Cells that are not delivered: version and master.
    #[serde(default)]
    pub left_out: Vec<(VersionId, MasterId)>,
}

impl Template {
    /// Keeps the parts of a session's versions that suit another song: selections by role, levels
    /// by role, goals, and which version builds on which.
    pub fn of(session: &Session, name: &str) -> Self {
        let by_stem = |version: &&Version| !matches!(version.stems, Selection::Stems { .. });
        let general = |version: &Version| Version {
            uid: EntryId::of_text(version.id.as_str()),
            cuts: Vec::new(),
            fade: None,
            // An ISRC belongs to one recording.
            isrc: String::new(),
            levels: version
                .levels
                .iter()
                .copied()
                .filter(|level| matches!(level.of, LevelTarget::Role(_)))
                .collect(),
            ..version.clone()
        };
        Self {
            name: name.into(),
            versions: session.versions.iter().filter(by_stem).map(general).collect(),
            left_out: session.delivery.left_out.clone(),
        }
    }

    /// The edit that adds the versions missing in `session`, by id. Versions that it already has
    /// stay unchanged.
    pub fn edit(&self, session: &Session) -> Edit {
        let mut versions = session.versions.clone();
        for version in self.versions.iter().filter(|one| session.version(&one.id).is_none()) {
            // Templates of earlier programs know standard versions by id. A session has one of each.
            let known = || Standard::of_schema_1(version.id.as_str());
            let standard = version.standard.or_else(known);
            let standard = standard.filter(|one| session.standard(*one).is_none());
            versions.push(Version { standard, ..version.clone() });
        }
        let mut delivery = session.delivery.clone();
        for cell in &self.left_out {
            if session.version(&cell.0).is_none() && !delivery.left_out.contains(cell) {
                delivery.left_out.push(cell.clone());
            }
        }
        Edit::Several(vec![Edit::Versions(versions), Edit::Delivery(Box::new(delivery))])
    }
}

/// Saved templates, sorted by name. Skips unreadable files.
pub fn saved(settings: &Path) -> Vec<Template> {
    shelf::all(&settings.join("versions"), |template: &Template| &template.name)
}

/// Saves a template to its own file, replacing one of the same name.
pub fn save(settings: &Path, template: &Template) -> Result<PathBuf, FileError> {
    shelf::put(&settings.join("versions"), &template.name, template)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::history::tests::stem;
    use crate::session::stem::Stem;
    use crate::session::version::Cut;
    use crate::units::SampleRate;

    fn session() -> Session {
        let mut session = Session::new("Song", SampleRate(48_000));
        for (n, role) in
            [Role::Drums, Role::LeadVocals, Role::BackingVocals].into_iter().enumerate()
        {
            session.stems.push(Stem { role, ..stem(n as u32 + 1) });
        }
        session
    }

    #[test]
    fn ready_versions_hold_what_they_say_and_have_ids_of_their_own() {
        let mut session = session();
        for ready in [
            ReadyMade::TvMix,
            ReadyMade::VocalUp,
            ReadyMade::VocalUp,
            ReadyMade::CleanRadio,
            ReadyMade::Stems,
        ] {
            ready.edit(&session).apply(&mut session).unwrap();
        }
        let level = |id: &str, n: usize| {
            let version = session.resolved(session.version(&id.into()).unwrap());
            version.level(&session.stems[n])
        };
        assert_eq!((level("tvmix", 1), level("tvmix", 2)), (None, Some(Db::UNITY)));
        assert_eq!((level("vocalup2", 1), level("vocalup", 0)), (Some(Db(1.0)), Some(Db::UNITY)));
        assert!(session.resolved(session.version(&"cleanradioedit".into()).unwrap()).clean);
        assert_eq!(session.version(&"vocalup2".into()).unwrap().name, "Vocal up 2");
        // Stem versions are delivered only without a target, and other versions only to other
        // masters.
        let out = |version: &str, master: &str| {
            session.delivery.left_out.contains(&(version.into(), master.into()))
        };
        assert!(out("01stem1", "cd") && !out("01stem1", "mix24"));
        assert!(out("full", "mix24") && !out("full", "cd"));
    }

    #[test]
    fn a_template_brings_the_rules_to_another_song() {
        let mut first = session();
        ReadyMade::VocalUp.edit(&first).apply(&mut first).unwrap();
        ReadyMade::CleanRadio.edit(&first).apply(&mut first).unwrap();
        first.versions[3].cuts.push(Cut::new(Seconds(1.0), Seconds(2.0)));
        first.versions[0].isrc = "USS1Z9900001".into();
        let home = tempfile::tempdir().unwrap();
        let template = Template::of(&first, "Mine: 1");
        save(home.path(), &template).unwrap();
        assert_eq!(saved(home.path()), std::slice::from_ref(&template));
        let mut second = session();
        template.edit(&second).apply(&mut second).unwrap();
        assert_eq!(second.versions.len(), 7);
        assert!(second.versions.iter().all(|version| version.cuts.is_empty()));
        assert!(second.versions.iter().all(|version| version.isrc.is_empty()));
        assert_eq!(second.versions[5].levels, first.versions[5].levels);
    }
}
