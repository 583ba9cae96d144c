//! Permanent ids of the entries that people add: stems, versions, masters, balances, sections,
//! references, cuts, clean regions and chain slots. A merge matches entries by these ids, so
//! nothing that one person added is lost.

use crate::dsp::chain::Slot;
use crate::session::master::Master;
use crate::session::reference::Reference;
use crate::session::snapshot::Snapshot;
use crate::session::stem::{CleanRegion, Stem};
use crate::session::version::{Cut, Version};
use crate::session::{Section, Session, naming};
use crate::units::EntryId;
use std::collections::HashSet;

/// An entry of a list that people add to.
trait Entry {
    fn id(&mut self) -> &mut EntryId;
    /// Text that identifies the entry if it has no id.
    fn known_by(&self) -> String;
}

macro_rules! entry {
    ($kind:ty, $of:ident => $known:expr) => {
        entry!($kind, id, $of => $known);
    };
    ($kind:ty, $field:ident, $of:ident => $known:expr) => {
        impl Entry for $kind {
            fn id(&mut self) -> &mut EntryId {
                &mut self.$field
            }
            fn known_by(&self) -> String {
                let $of = self;
                $known
            }
        }
    };
}

entry!(Stem, uid, of => of.id.0.to_string());
entry!(Version, uid, of => of.id.to_string());
entry!(Master, uid, of => of.id.to_string());
entry!(Snapshot, uid, of => of.place.to_string());
entry!(Section, of => of.name.clone());
entry!(Reference, of => of.file.content.hash.clone());
entry!(Cut, of => format!("{} {}", of.start.0, of.end.0));
entry!(CleanRegion, of => format!("{} {}", of.start.0, of.end.0));
entry!(Slot, of => match of.unknown.get("kind") {
    Some(unknown) => unknown.to_string(),
    None => of.kind().name().to_string(),
});

/// Gives new entries a random id.
pub fn give(session: &mut Session) {
    all(session, &|_| EntryId::fresh());
}

/// Gives the entries of older sessions an id from their content, equal on every machine.
pub fn give_known(session: &mut Session) {
    all(session, &|known_by| EntryId::of_text(known_by));
}

/// Id of an older session, from its name, title and stem hashes, equal on every machine.
pub fn of_before(session: &Session, name: &str) -> EntryId {
    let mut text = naming::composed(&format!("{name}\n{}", session.song.title)).to_lowercase();
    for stem in &session.stems {
        text.push_str(&stem.file.content.hash);
    }
    EntryId::of_text(&text)
}

fn all(session: &mut Session, new: &dyn Fn(&str) -> EntryId) {
    list(&mut session.stems, new);
    list(&mut session.versions, new);
    list(&mut session.masters, new);
    list(&mut session.snapshots, new);
    list(&mut session.chain, new);
    for stem in &mut session.stems {
        list(&mut stem.chain, new);
        list(&mut stem.clean, new);
    }
    list(&mut session.sections, new);
    session.versions.iter_mut().for_each(|version| list(&mut version.cuts, new));
    list(&mut session.references, new);
    session.references.iter_mut().for_each(|reference| list(&mut reference.sections, new));
}

/// Gives an id to entries without one, and a new id to a copy of an entry in the same list.
fn list<T: Entry>(list: &mut [T], new: &dyn Fn(&str) -> EntryId) {
    let mut taken = HashSet::new();
    let mut without = Vec::new();
    for entry in list {
        if entry.id().is_empty() || !taken.insert(entry.id().clone()) {
            without.push(entry);
        }
    }
    for entry in without {
        let known_by = entry.known_by();
        let numbered = (2..).map(|n| format!("{known_by} {n}"));
        let mut tried = std::iter::once(known_by.clone()).chain(numbered).map(|text| new(&text));
        if let Some(id) = tried.find(|id| !taken.contains(id)) {
            taken.insert(id.clone());
            *entry.id() = id;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::chain::Kind;
    use crate::session::history::tests::song;
    use crate::units::Seconds;

    fn chain(session: &Session) -> Vec<EntryId> {
        session.chain.iter().map(|slot| slot.id.clone()).collect()
    }

    #[test]
    fn old_sessions_get_the_same_ids_everywhere_and_new_entries_their_own() {
        let mut session = song();
        session.chain = [Kind::Eq, Kind::Eq, Kind::Gate].map(Slot::new).to_vec();
        session.versions[0].cuts = vec![Cut::new(Seconds(1.0), Seconds(2.0))];
        session.sections = vec![Section::new("Verse", Seconds(1.0))];
        let (mut here, mut there) = (session.clone(), session.clone());
        give_known(&mut here);
        give_known(&mut there);
        assert_eq!(here, there);
        let ids = chain(&here);
        assert!(ids[0] != ids[1] && ids[1] != ids[2] && ids.iter().all(|id| !id.is_empty()));
        assert!(!here.versions[0].cuts[0].id.is_empty() && !here.sections[0].id.is_empty());
        // Existing ids stay when an entry moves or changes.
        here.chain.swap(0, 2);
        here.chain[0].on = false;
        here.chain.push(here.chain[0].clone());
        there = here.clone();
        give(&mut here);
        give(&mut there);
        assert_eq!(chain(&here)[..3], [ids[2].clone(), ids[1].clone(), ids[0].clone()]);
        // A copied entry gets its own id.
        assert!(!ids.contains(&here.chain[3].id));
        assert_ne!(here.chain[3].id, there.chain[3].id);
    }
}
