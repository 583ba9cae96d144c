//! What two people added under one id is two things: one of them gets an id of its own, the same
//! one whoever merges.

use crate::session::snapshot::PLACES;
use crate::session::stem::StemId;
use crate::session::version::{Selection, Version, Whose, usual};
use crate::session::{Session, master};
use serde::Serialize;

/// Both copies, with no id that means one thing here and another there.
pub(super) fn apart(
    base: Option<&Session>,
    ours: &Session,
    theirs: &Session,
) -> Result<(Session, Session), serde_json::Error> {
    let mut both = Both { base, ours: ours.clone(), theirs: theirs.clone() };
    both.stems()?;
    both.versions()?;
    both.masters()?;
    both.balances()?;
    Ok((both.ours, both.theirs))
}

struct Both<'a> {
    base: Option<&'a Session>,
    ours: Session,
    theirs: Session,
}

/// Whether the first of two gives way.
fn gives_way<T: Serialize>(ours: &T, theirs: &T) -> Result<bool, serde_json::Error> {
    Ok(serde_json::to_string(ours)? > serde_json::to_string(theirs)?)
}

impl Both<'_> {
    fn side(&mut self, ours: bool) -> &mut Session {
        if ours { &mut self.ours } else { &mut self.theirs }
    }

    fn all(&self) -> impl Iterator<Item = &Session> {
        [Some(&self.ours), Some(&self.theirs), self.base].into_iter().flatten()
    }

    fn stems(&mut self) -> Result<(), serde_json::Error> {
        let new = self.ours.stems.iter().map(|stem| stem.id);
        let mut added: Vec<StemId> =
            new.filter(|id| self.base.is_none_or(|base| base.stem(*id).is_none())).collect();
        // In the same order whoever merges, so that each gets the same number.
        added.sort_unstable();
        for id in added {
            let Some(stem) = self.ours.stem(id) else { continue };
            let Some(other) = self.theirs.stem(id).filter(|other| other.file != stem.file) else {
                continue;
            };
            // Without a base it may be the same stem with another file.
            if self.base.is_none() && other.name == stem.name {
                continue;
            }
            let ours = gives_way(stem, other)?;
            let ids = self.all().flat_map(|session| &session.stems).map(|stem| stem.id.0);
            let fresh = StemId(ids.max().unwrap_or(0).saturating_add(1));
            renumber(self.side(ours), id, fresh);
        }
        Ok(())
    }

    fn versions(&mut self) -> Result<(), serde_json::Error> {
        let usual = usual();
        let new = self.ours.versions.iter().filter(|version| match self.base {
            Some(base) => base.version(&version.id).is_none(),
            None => usual.iter().all(|usual| usual.id != version.id),
        });
        let mut added: Vec<String> = new.map(|version| version.id.clone()).collect();
        added.sort_unstable();
        for id in added {
            let (Some(own), Some(other)) = (self.ours.version(&id), self.theirs.version(&id))
            else {
                continue;
            };
            // Without a base it may be the same one, changed.
            let is_other = |a: &Version, b: &Version| a.name != b.name && a.stems != b.stems;
            if own == other || (self.base.is_none() && !is_other(own, other)) {
                continue;
            }
            let ours = gives_way(own, other)?;
            let name = if ours { own.name.clone() } else { other.name.clone() };
            let taken = |text: &str| {
                self.all().any(|session| {
                    session.versions.iter().any(|known| known.id == text || known.name == text)
                })
            };
            let fresh = free(&id, "", &taken);
            let title = free(&name, " ", &taken);
            let session = self.side(ours);
            for version in &mut session.versions {
                change(&mut version.from, &id, &fresh);
                if version.id == id {
                    (version.id, version.name) = (fresh.clone(), title.clone());
                }
            }
            let cells = session.delivery.left_out.iter_mut().map(|cell| &mut cell.0);
            change(cells, &id, &fresh);
        }
        Ok(())
    }

    fn masters(&mut self) -> Result<(), serde_json::Error> {
        let usual = master::usual();
        let known = |id: &str| match self.base {
            Some(base) => base.masters.iter().any(|known| known.id == id),
            None => usual.iter().any(|known| known.id == id),
        };
        let new = self.ours.masters.iter().filter(|master| !known(&master.id));
        let mut added: Vec<String> = new.map(|master| master.id.clone()).collect();
        added.sort_unstable();
        for id in added {
            let of = |session: &Session| session.masters.iter().find(|one| one.id == id).cloned();
            let (Some(own), Some(other)) = (of(&self.ours), of(&self.theirs)) else { continue };
            if own == other || (self.base.is_none() && own.name == other.name) {
                continue;
            }
            let ours = gives_way(&own, &other)?;
            let taken = |text: &str| {
                self.all().any(|session| {
                    session.masters.iter().any(|known| known.id == text || known.name == text)
                })
            };
            let fresh = free(&id, "", &taken);
            let title = free(if ours { &own.name } else { &other.name }, " ", &taken);
            let session = self.side(ours);
            for master in session.masters.iter_mut().filter(|master| master.id == id) {
                (master.id, master.name) = (fresh.clone(), title.clone());
            }
            let cells = session.delivery.left_out.iter_mut().map(|cell| &mut cell.1);
            change(cells, &id, &fresh);
        }
        Ok(())
    }

    /// Two balances in one place: one goes to the next that is free. Where none is, it is asked.
    fn balances(&mut self) -> Result<(), serde_json::Error> {
        for place in 0..PLACES {
            let of = |session: &Session| {
                session.snapshots.iter().find(|kept| kept.place == place).cloned()
            };
            let (Some(own), Some(other)) = (of(&self.ours), of(&self.theirs)) else { continue };
            if own == other || self.base.is_none_or(|base| of(base).is_some()) {
                continue;
            }
            let taken: Vec<usize> =
                self.all().flat_map(|one| &one.snapshots).map(|kept| kept.place).collect();
            let Some(free) = (0..PLACES).find(|place| !taken.contains(place)) else { continue };
            let ours = gives_way(&own, &other)?;
            let kept = self.side(ours).snapshots.iter_mut();
            kept.filter(|kept| kept.place == place).for_each(|kept| kept.place = free);
        }
        Ok(())
    }
}

/// The first of `text`, `text2`, `text3` … that is not taken.
fn free(text: &str, gap: &str, taken: &dyn Fn(&str) -> bool) -> String {
    let mut all = (2..).map(|n| format!("{text}{gap}{n}"));
    all.find(|text| !taken(text)).unwrap_or_default()
}

fn change<'a>(all: impl IntoIterator<Item = &'a mut String>, from: &str, to: &str) {
    for one in all {
        if one == from {
            *one = to.into();
        }
    }
}

/// Gives a stem another number, wherever it is spoken of.
fn renumber(session: &mut Session, from: StemId, to: StemId) {
    let change = |id: &mut StemId| {
        if *id == from {
            *id = to;
        }
    };
    for stem in &mut session.stems {
        change(&mut stem.id);
    }
    let chains = session.stems.iter_mut().map(|stem| &mut stem.chain).chain([&mut session.chain]);
    for key in chains.flatten().filter_map(|slot| slot.key.as_mut()) {
        if key.0 == from.0 {
            key.0 = to.0;
        }
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
