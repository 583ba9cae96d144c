//! Prepares two copies of a session for a merge. Stems, versions, masters and balances are matched
//! by permanent id; each gets the same number, id, name or place in both copies and in their base,
//! and no two share one.
//! The result does not depend on which copy is called ours. Used by
//! [`merge`](crate::session::merge::merge).

use crate::session::Session;
use crate::session::entries::give_known;
use crate::session::snapshot::PLACES;
use crate::session::stem::StemId;
use crate::session::version::{LevelTarget, Selection};
use crate::units::EntryId;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Two copies and their common base.
pub(super) struct Sides {
    pub base: Option<Session>,
    pub ours: Session,
    pub theirs: Session,
}

/// Both copies and the base, renumbered so that an id means the same entry in each.
pub(super) fn apart(base: Option<&Session>, ours: &Session, theirs: &Session) -> Sides {
    let known = |session: &Session| {
        let mut session = session.work();
        give_known(&mut session);
        session
    };
    let mut sides = Sides { base: base.map(known), ours: known(ours), theirs: known(theirs) };
    sides.split();
    sides.align(
        |session| session.stems.iter().map(|stem| (stem.uid.clone(), stem.id)).collect(),
        |_, taken| {
            let most = taken.iter().map(|id| id.0).max().unwrap_or(0);
            Some(StemId(most.saturating_add(1)))
        },
        renumber,
    );
    sides.align(
        |session| session.versions.iter().map(|one| (one.uid.clone(), one.id.clone())).collect(),
        next_id,
        |session, to| {
            for version in &mut session.versions {
                version.id = to(&version.id);
                version.from.iter_mut().for_each(|id| *id = to(id));
            }
            session.delivery.left_out.iter_mut().for_each(|cell| cell.0 = to(&cell.0));
        },
    );
    sides.align(
        |session| session.masters.iter().map(|one| (one.uid.clone(), one.id.clone())).collect(),
        next_id,
        |session, to| {
            session.masters.iter_mut().for_each(|master| master.id = to(&master.id));
            session.delivery.left_out.iter_mut().for_each(|cell| cell.1 = to(&cell.1));
        },
    );
    // Versions and masters also need different names: people and file names tell them apart by
    // name.
    sides.align(
        |session| session.versions.iter().map(|one| (one.uid.clone(), one.name.clone())).collect(),
        |name, taken| next(name, " ", taken),
        |session, to| session.versions.iter_mut().for_each(|one| one.name = to(&one.name)),
    );
    sides.align(
        |session| session.masters.iter().map(|one| (one.uid.clone(), one.name.clone())).collect(),
        |name, taken| next(name, " ", taken),
        |session, to| session.masters.iter_mut().for_each(|one| one.name = to(&one.name)),
    );
    // With all places taken, two balances share a place, which becomes a conflict.
    sides.align(
        |session| session.snapshots.iter().map(|one| (one.uid.clone(), one.place)).collect(),
        |_, taken| (0..PLACES).find(|place| !taken.contains(place)),
        |session, to| session.snapshots.iter_mut().for_each(|one| one.place = to(&one.place)),
    );
    sides
}

impl Sides {
    /// Separates different entries with the same id: older programs stored no permanent id, so two
    /// people could add different stems or versions with the same number. Each then gets an id from
    /// its content.
    fn split(&mut self) {
        fn own<T: Serialize>(uid: &mut EntryId, what: &T) {
            *uid = EntryId::of_text(&serde_json::to_string(what).unwrap_or_default());
        }
        let is_old = |uid: &EntryId, id: &str| *uid == EntryId::of_text(id);
        for stem in &mut self.ours.stems {
            let other = self.theirs.stems.iter_mut().find(|other| other.uid == stem.uid);
            let Some(other) = other.filter(|other| other.file != stem.file) else { continue };
            let known = match &self.base {
                Some(base) => base.stems.iter().any(|known| known.uid == stem.uid),
                // With the same name it may be the same stem with another file.
                None => other.name == stem.name,
            };
            if !known && is_old(&stem.uid, &stem.id.0.to_string()) {
                let (ours, theirs) = (stem.clone(), other.clone());
                own(&mut stem.uid, &ours);
                own(&mut other.uid, &theirs);
            }
        }
        for version in &mut self.ours.versions {
            let other = self.theirs.versions.iter_mut().find(|other| other.uid == version.uid);
            let Some(other) = other.filter(|other| other.stems != version.stems) else { continue };
            let known = self
                .base
                .as_ref()
                .is_none_or(|base| base.versions.iter().any(|known| known.uid == version.uid));
            if !known && is_old(&version.uid, version.id.as_str()) {
                let (ours, theirs) = (version.clone(), other.clone());
                own(&mut version.uid, &ours);
                own(&mut other.uid, &theirs);
            }
        }
    }

    /// Gives each permanent id one name in all copies, and no name to two entries.
    fn align<I: Clone + Ord>(
        &mut self,
        list: impl Fn(&Session) -> BTreeMap<EntryId, I>,
        free: impl Fn(&I, &BTreeSet<I>) -> Option<I>,
        rename: impl Fn(&mut Session, &dyn Fn(&I) -> I),
    ) {
        let base = self.base.as_ref().map(&list).unwrap_or_default();
        let (ours, theirs) = (list(&self.ours), list(&self.theirs));
        let all: BTreeSet<&EntryId> = base.keys().chain(ours.keys()).chain(theirs.keys()).collect();
        let wanted = |uid: &EntryId| match (base.get(uid), ours.get(uid), theirs.get(uid)) {
            (was, Some(a), Some(b)) if was == Some(a) => Some(b.clone()),
            (was, Some(a), Some(b)) if was == Some(b) => Some(a.clone()),
            (_, Some(a), Some(b)) => Some(a.min(b).clone()),
            (_, Some(one), None) | (_, None, Some(one)) | (Some(one), None, None) => {
                Some(one.clone())
            }
            (None, None, None) => None,
        };
        // Entries present in all copies choose first, entries that one side removed last.
        let rank = |uid: &&EntryId| match base.contains_key(*uid) {
            false => 1,
            true if ours.contains_key(*uid) && theirs.contains_key(*uid) => 0,
            true => 2,
        };
        let mut all: Vec<&EntryId> = all.into_iter().collect();
        all.sort_by_key(rank);
        let mut used: BTreeSet<I> =
            base.values().chain(ours.values()).chain(theirs.values()).cloned().collect();
        let (mut taken, mut names) = (BTreeSet::new(), BTreeMap::new());
        for uid in all {
            let Some(wanted) = wanted(uid) else { continue };
            let name = if taken.contains(&wanted) {
                free(&wanted, &used).unwrap_or(wanted)
            } else {
                wanted
            };
            used.insert(name.clone());
            taken.insert(name.clone());
            names.insert(uid.clone(), name);
        }
        let sides = [Some(&mut self.ours), Some(&mut self.theirs), self.base.as_mut()];
        for session in sides.into_iter().flatten() {
            let to: BTreeMap<I, I> = list(session)
                .into_iter()
                .filter_map(|(uid, from)| Some((from, names.get(&uid)?.clone())))
                .collect();
            rename(session, &|from: &I| to.get(from).unwrap_or(from).clone());
        }
    }
}

/// The first unused text of `text2`, `text3` …
fn next(text: &str, gap: &str, taken: &BTreeSet<String>) -> Option<String> {
    (2..).map(|n| format!("{text}{gap}{n}")).find(|text| !taken.contains(text))
}

/// The same for an id.
fn next_id<I>(id: &I, taken: &BTreeSet<I>) -> Option<I>
where
    I: for<'a> From<&'a str> + AsRef<str> + Ord,
{
    (2..).map(|n| I::from(&format!("{}{n}", id.as_ref()))).find(|id| !taken.contains(id))
}

/// Changes stem ids everywhere in a session: stems, side chains, versions, cuts and balances.
fn renumber(session: &mut Session, to: &dyn Fn(&StemId) -> StemId) {
    let change = |id: &mut StemId| *id = to(id);
    session.stems.iter_mut().for_each(|stem| change(&mut stem.id));
    let chains = session.stems.iter_mut().map(|stem| &mut stem.chain).chain([&mut session.chain]);
    for side_chain in chains.flatten().filter_map(|slot| slot.side_chain.as_mut()) {
        side_chain.0 = to(&StemId(side_chain.0)).0;
    }
    for version in &mut session.versions {
        if let Selection::Stems { ids } = &mut version.stems {
            ids.iter_mut().for_each(change);
        }
        for level in &mut version.levels {
            if let LevelTarget::Stem(id) = &mut level.of {
                change(id);
            }
        }
        version.cuts.iter_mut().flat_map(|cut| &mut cut.ringing).for_each(change);
    }
    let kept = session.snapshots.iter_mut().flat_map(|snapshot| &mut snapshot.strips);
    kept.for_each(|strip| change(&mut strip.stem));
}
