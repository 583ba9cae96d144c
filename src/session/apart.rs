//! Stems, versions, masters and balances of two copies, known by what is their own for ever: one
//! has the same number, id or place in both and in what they came from, and no two have the same,
//! whoever merges.

use crate::session::Session;
use crate::session::entries::give_known;
use crate::session::snapshot::PLACES;
use crate::session::stem::StemId;
use crate::session::version::{Selection, Whose};
use crate::units::EntryId;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Two copies, and what they came from.
pub(super) struct Sides {
    pub base: Option<Session>,
    pub ours: Session,
    pub theirs: Session,
}

/// Both copies and their base, so that an id means the same in each.
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
        |id, taken| next(id, "", taken),
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
        |id, taken| next(id, "", taken),
        |session, to| {
            session.masters.iter_mut().for_each(|master| master.id = to(&master.id));
            session.delivery.left_out.iter_mut().for_each(|cell| cell.1 = to(&cell.1));
        },
    );
    // Two of one name cannot be told from each other in a list, nor by their files.
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
    // Where no place is free, two balances in one are asked about.
    sides.align(
        |session| session.snapshots.iter().map(|one| (one.uid.clone(), one.place)).collect(),
        |_, taken| (0..PLACES).find(|place| !taken.contains(place)),
        |session, to| session.snapshots.iter_mut().for_each(|one| one.place = to(&one.place)),
    );
    sides
}

impl Sides {
    /// Programs of before gave what two people added the same number, and nothing of its own: where
    /// it is plainly not the same thing, each gets what belongs to its content.
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
                // It may be the same stem with another file.
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
            if !known && is_old(&version.uid, &version.id) {
                let (ours, theirs) = (version.clone(), other.clone());
                own(&mut version.uid, &ours);
                own(&mut other.uid, &theirs);
            }
        }
    }

    /// Gives each thing one name in all three, and no name to two things.
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
        // What everybody has keeps its name; what somebody took away gives way.
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

/// The first of `text2`, `text3` … that is not taken.
fn next(text: &str, gap: &str, taken: &BTreeSet<String>) -> Option<String> {
    (2..).map(|n| format!("{text}{gap}{n}")).find(|text| !taken.contains(text))
}

/// Gives stems other numbers, wherever they are spoken of.
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
            if let Whose::Stem(id) = &mut level.of {
                change(id);
            }
        }
        version.cuts.iter_mut().flat_map(|cut| &mut cut.ringing).for_each(change);
    }
    let kept = session.snapshots.iter_mut().flat_map(|snapshot| &mut snapshot.strips);
    kept.for_each(|strip| change(&mut strip.stem));
}
