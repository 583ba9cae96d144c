//! Three-way merge of two session copies, field by field. [`merge`] returns a [`Merged`] with a
//! [`Conflict`] for each thing that both changed differently.

use crate::session::apart::{Sides, apart};
use crate::session::{Session, difference};
use crate::texts::say;
use serde_json::{Map, Value};

/// Path in a session: field names, and ids of list entries.
pub type Place = Vec<String>;

/// A thing that both sides changed differently.
#[derive(Clone, Debug, PartialEq)]
pub struct Conflict {
    pub place: Place,
    /// Value on our side; `None` if removed.
    pub ours: Option<Value>,
    pub theirs: Option<Value>,
}

/// The side that a conflict is decided for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Ours,
    Theirs,
}

/// Description of one conflict.
#[derive(Clone, Debug, PartialEq)]
pub struct Words {
    /// The change back to the base; `None` without a base.
    pub was: Option<Vec<String>>,
    pub ours: Vec<String>,
    pub theirs: Vec<String>,
}

/// Result of a merge.
#[derive(Clone, Debug)]
pub struct Merged {
    tree: Value,
    /// Whether a common base was given.
    known: bool,
    pub conflicts: Vec<Conflict>,
}

#[derive(Debug, thiserror::Error)]
#[error("the two sessions do not fit together: {0}")]
pub struct MergeError(#[from] serde_json::Error);

/// How deep lists and records are merged.
#[derive(Clone, Copy, PartialEq)]
enum Depth {
    /// Down to single fields.
    Fields,
    /// Only down to entries with an id, such as stems and versions; their content stays whole.
    Entries,
}

/// Merges two copies of the same `base`. Without a base, every difference is a conflict. The result
/// is symmetric: a conflict keeps the base's value until [`Merged::with`] decides it.
pub fn merge(
    base: Option<&Session>,
    ours: &Session,
    theirs: &Session,
) -> Result<Merged, MergeError> {
    let known = base.is_some();
    let Sides { base, ours, theirs } = apart(base, ours, theirs);
    let base = base.map(serde_json::to_value).transpose()?;
    let base = base.unwrap_or_else(|| Value::Object(Map::new()));
    let (ours, theirs) = (serde_json::to_value(ours)?, serde_json::to_value(theirs)?);
    // A merge by field can give an invalid whole, such as settings of one kind with a field of
    // another. The merge then takes whole stems, versions and chains from one side.
    for depth in [Depth::Fields, Depth::Entries] {
        let mut merge = Merge { conflicts: Vec::new(), depth };
        let tree = merge.value(Some(&base), Some(&ours), Some(&theirs), &[]);
        let tree = tree.unwrap_or(Value::Null);
        let merged = Merged { tree, known, conflicts: merge.conflicts };
        let fits = [None, Some(Side::Ours), Some(Side::Theirs)]
            .into_iter()
            .all(|side| merged.with(&vec![side; merged.conflicts.len()]).is_ok());
        if fits || depth == Depth::Entries {
            return Ok(merged);
        }
    }
    Ok(Merged { tree: ours, known, conflicts: Vec::new() })
}

impl Merged {
    /// The merged session with an answer for each conflict; `None` keeps the base's value. Identity
    /// and lineage are empty.
    pub fn with(&self, sides: &[Option<Side>]) -> Result<Session, MergeError> {
        let mut tree = self.tree.clone();
        for (conflict, side) in self.conflicts.iter().zip(sides) {
            let value = match side {
                None => continue,
                Some(Side::Ours) => &conflict.ours,
                Some(Side::Theirs) => &conflict.theirs,
            };
            put(&mut tree, &conflict.place, value.clone());
        }
        let mut session: Session = serde_json::from_value(tree)?;
        // Entries with a time are stored in order of time.
        session.sections.sort_by(|a, b| a.start.0.total_cmp(&b.start.0));
        for version in &mut session.versions {
            version.cuts.sort_by(|a, b| a.start.0.total_cmp(&b.start.0));
        }
        for stem in &mut session.stems {
            stem.clean.sort_by(|a, b| a.start.0.total_cmp(&b.start.0));
        }
        Ok(session)
    }

    /// Describes a conflict in words: `Fader Bass −1.5 dB`.
    pub fn words(&self, conflict: usize) -> Result<Words, MergeError> {
        let one = |side: Option<Side>| {
            let mut sides = vec![None; self.conflicts.len()];
            if let Some(place) = sides.get_mut(conflict) {
                *place = side;
            }
            self.with(&sides)
        };
        let (now, ours, theirs) = (one(None)?, one(Some(Side::Ours))?, one(Some(Side::Theirs))?);
        let words = |from: &Session, to: &Session| {
            let words = difference::in_words(from, &difference::difference(from, to));
            if words.is_empty() { vec![say!("merge-as-it-was").into()] } else { words }
        };
        // Describe the base as a change back from a side that differs from it.
        let from = if now == ours { &theirs } else { &ours };
        let was = self.known.then(|| words(from, &now));
        Ok(Words { was, ours: words(&now, &ours), theirs: words(&now, &theirs) })
    }

    /// Changes from `from` to the merged session, in words, with all conflicts decided for `side`.
    pub fn news(&self, from: &Session, side: Side) -> Result<Vec<String>, MergeError> {
        let then = self.with(&vec![Some(side); self.conflicts.len()])?;
        Ok(difference::in_words(from, &difference::difference(from, &then)))
    }
}

/// Lists of unique plain values without a meaningful order.
const SETS: [&str; 8] =
    ["also", "except", "from", "ids", "left_out", "ringing", "roles", "without"];

/// Key of a list entry: its id, else the stem or role of a level, else the place of a balance, else
/// time and text of a word. In a set, the value itself.
fn id(value: &Value) -> Option<String> {
    let Value::Object(map) = value else { return Some(value.to_string()) };
    match (map.get("id"), map.get("of"), map.get("place"), map.get("start"), map.get("text")) {
        (Some(Value::String(id)), ..) => Some(id.clone()),
        (Some(id), ..) | (None, Some(id), ..) | (None, None, Some(id), ..) => Some(id.to_string()),
        (None, None, None, Some(start), Some(text)) => Some(format!("{start} {text}")),
        _ => None,
    }
}

/// Keys of all entries of a list; `None` if an entry has no key or two share one.
fn ids(value: &Value, is_set: bool) -> Option<Vec<String>> {
    let list = value.as_array()?;
    if !is_set && !list.iter().all(Value::is_object) {
        return None;
    }
    let ids: Vec<String> = list.iter().map(id).collect::<Option<_>>()?;
    let mut sorted = ids.clone();
    sorted.sort_unstable();
    sorted.dedup();
    (sorted.len() == ids.len()).then_some(ids)
}

fn entry<'a>(list: Option<&'a Value>, wanted: &str) -> Option<&'a Value> {
    list?.as_array()?.iter().find(|one| id(one).as_deref() == Some(wanted))
}

struct Merge {
    conflicts: Vec<Conflict>,
    depth: Depth,
}

impl Merge {
    fn value(
        &mut self,
        base: Option<&Value>,
        ours: Option<&Value>,
        theirs: Option<&Value>,
        place: &[String],
    ) -> Option<Value> {
        if ours == theirs || theirs == base {
            return ours.cloned();
        }
        if ours == base {
            return theirs.cloned();
        }
        if let (Some(a), Some(b)) = (ours, theirs) {
            if let Some(merged) = self.record(base, a, b, place) {
                return Some(merged);
            }
            if let Some(merged) = self.list(base, a, b, place) {
                return Some(merged);
            }
        }
        self.conflicts.push(Conflict {
            place: place.to_vec(),
            ours: ours.cloned(),
            theirs: theirs.cloned(),
        });
        // If one side removed what the other changed, it stays until the conflict is decided.
        match (base, ours, theirs) {
            (Some(_), None, Some(kept)) | (Some(_), Some(kept), None) => Some(kept.clone()),
            (Some(base), ..) => Some(base.clone()),
            (None, Some(a), Some(b)) => {
                let (x, y) = (a.to_string(), b.to_string());
                Some(if x < y { a.clone() } else { b.clone() })
            }
            (None, one, other) => one.or(other).cloned(),
        }
    }

    /// Merges records field by field, but only if both have the same `kind`.
    fn record(
        &mut self,
        base: Option<&Value>,
        a: &Value,
        b: &Value,
        place: &[String],
    ) -> Option<Value> {
        let (ours, theirs) = (a.as_object()?, b.as_object()?);
        let empty = Map::new();
        let base = base.map_or(Some(&empty), Value::as_object)?;
        let kind = |map: &Map<String, Value>| map.get("kind").cloned();
        let same_kind = kind(ours) == kind(theirs) && (base.is_empty() || kind(base) == kind(ours));
        // A file's `info` belongs to its content, so the record stays whole.
        let file = |map: &Map<String, Value>| map.contains_key("hash") && map.contains_key("info");
        let whole = (self.depth == Depth::Entries && place.len() >= 2) || file(ours);
        if !same_kind || whole {
            return None;
        }
        let mut names: Vec<&String> = base.keys().chain(ours.keys()).chain(theirs.keys()).collect();
        names.sort_unstable();
        names.dedup();
        let mut out = Map::new();
        for name in names {
            let inner: Place = place.iter().chain([name]).cloned().collect();
            if let Some(value) =
                self.value(base.get(name), ours.get(name), theirs.get(name), &inner)
            {
                out.insert(name.clone(), value);
            }
        }
        Some(Value::Object(out))
    }

    /// Merges lists by entry, if the entries have unique keys.
    fn list(
        &mut self,
        base: Option<&Value>,
        a: &Value,
        b: &Value,
        place: &[String],
    ) -> Option<Value> {
        let is_set = place.last().is_some_and(|name| SETS.contains(&name.as_str()));
        let (ours, theirs) = (ids(a, is_set)?, ids(b, is_set)?);
        let before = match base {
            Some(base) => ids(base, is_set)?,
            None => Vec::new(),
        };
        let mut all: Vec<&String> = before.iter().chain(&ours).chain(&theirs).collect();
        all.sort_unstable();
        all.dedup();
        let mut merged = Vec::new();
        for one in all {
            let inner: Place = place.iter().chain([one]).cloned().collect();
            let (was, x, y) = (entry(base, one), entry(Some(a), one), entry(Some(b), one));
            if let Some(value) = self.value(was, x, y, &inner) {
                merged.push((one.clone(), value));
            }
        }
        let order = order(&before, &ours, &theirs);
        merged.sort_by_key(|(one, _)| order.iter().position(|known| known == one));
        Some(Value::Array(merged.into_iter().map(|(_, value)| value).collect()))
    }
}

/// Order of a merged list: from the side that moved entries, with added entries after their
/// neighbour. If both moved entries, one order is chosen, the same on every machine.
fn order(before: &[String], ours: &[String], theirs: &[String]) -> Vec<String> {
    let common = |list: &[String]| -> Vec<String> {
        let everywhere = |one: &&String| {
            [before, ours, theirs].iter().filter(|list| list.contains(one)).count() >= 2
        };
        list.iter().filter(everywhere).cloned().collect()
    };
    let within = |list: &[String], other: &[String]| -> Vec<String> {
        list.iter().filter(|one| other.contains(one)).cloned().collect()
    };
    let still = |list: &[String]| within(before, list) == within(list, before);
    let mut out = match (still(ours), still(theirs)) {
        (true, true) => common(before),
        (false, true) => common(ours),
        (true, false) => common(theirs),
        (false, false) => common(ours).min(common(theirs)),
    };
    let mut rest: Vec<&String> =
        before.iter().chain(ours).chain(theirs).filter(|one| !out.contains(one)).collect();
    rest.sort_unstable();
    rest.dedup();
    for one in rest {
        let place_in = |list: &[String]| -> Option<usize> {
            let at = list.iter().position(|known| known == one)?;
            let before = list.iter().take(at).rev();
            let neighbour =
                before.filter_map(|known| out.iter().position(|there| there == known)).next();
            Some(neighbour.map_or(0, |place| place + 1))
        };
        let place = place_in(ours).max(place_in(theirs)).or_else(|| place_in(before));
        out.insert(place.unwrap_or(0), one.clone());
    }
    out
}

/// Sets the value at a place of the tree; `None` removes it.
fn put(tree: &mut Value, place: &[String], value: Option<Value>) {
    let Some((first, rest)) = place.split_first() else { return };
    match tree {
        Value::Object(map) if rest.is_empty() => match value {
            Some(value) => {
                map.insert(first.clone(), value);
            }
            None => {
                map.remove(first);
            }
        },
        Value::Object(map) => {
            if let Some(inner) = map.get_mut(first) {
                put(inner, rest, value);
            }
        }
        Value::Array(list) => {
            let at = list.iter().position(|one| id(one).as_ref() == Some(first));
            match (at, value) {
                (Some(at), value) if !rest.is_empty() => {
                    if let Some(inner) = list.get_mut(at) {
                        put(inner, rest, value);
                    }
                }
                (Some(at), Some(value)) => {
                    if let Some(inner) = list.get_mut(at) {
                        *inner = value;
                    }
                }
                (Some(at), None) => drop(list.remove(at)),
                (None, Some(value)) if rest.is_empty() => list.push(value),
                _ => {}
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests;
