//! Forward compatibility: values that only a newer program knows. A document with such values
//! opens; each value is replaced by a default, kept, and written back on save.
//!
//! The original value is kept beside its field, among the record's unknown fields:
//! `"role": "theremin"` becomes `"role": "other", "~role": {"was": "theremin", "as": "other"}`.
//! It thus follows the record through copies, undo and merges. If a person changes the field, the
//! new value counts.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use serde_path_to_error::Segment;

/// Prefix of the field that keeps an original value.
const MARK: char = '~';
/// Maximum number of replaced values in one document.
const MOST: usize = 500;

/// Structure of a document: which records keep unknown fields, and which values replace unknown
/// ones in required fields.
pub struct Shape {
    /// Paths of the records; `*` stands for any list index, the root is empty.
    pub records: &'static [&'static str],
    /// Record, field, and default value as JSON.
    pub instead: &'static [(&'static str, &'static str, &'static str)],
    /// Lists that must keep all entries: reading fails rather than drop one.
    pub whole: &'static [&'static str],
    /// Brings a document of an earlier schema into the present form.
    pub upgrade: fn(&mut Value),
}

/// Structure of a session. A version with an unknown stem selection holds no stems; a clean region
/// with an unknown treatment is muted.
pub const SESSION: Shape = Shape {
    records: &[
        "",
        "song",
        "stems/*",
        "stems/*/file",
        "stems/*/clean/*",
        "reference",
        "references/*",
        "references/*/file",
        "references/*/sections/*",
        "sections/*",
        "versions/*",
        "versions/*/cuts/*",
        "masters/*",
        "delivery",
        "snapshots/*",
        "lyrics",
    ],
    instead: &[
        ("stems/*", "role", "\"other\""),
        ("stems/*/clean/*", "treatment", "{\"kind\": \"mute\"}"),
        ("versions/*", "stems", "{\"kind\": \"stems\", \"ids\": []}"),
        ("masters/*", "target", "null"),
        ("masters/*", "depth", "\"int24\""),
        ("masters/*", "rate", "\"session\""),
    ],
    whole: &["stems"],
    upgrade: super::upgrade,
};

/// A session in the form in which it was written.
pub const SESSION_AS_WRITTEN: Shape = Shape { upgrade: |_| {}, ..SESSION };

/// A document with unknown fields only in its root record.
pub const FLAT: Shape = Shape { records: &[""], instead: &[], whole: &[], upgrade: |_| {} };

/// Reads a document, replacing values that this program does not understand.
///
/// # Errors
/// The first value that cannot be replaced.
pub fn read<T: DeserializeOwned + Serialize>(
    mut tree: Value,
    shape: &Shape,
) -> Result<T, serde_json::Error> {
    // A revision stores its session with marks: put the original values back first.
    in_their_fields(&mut tree, false);
    (shape.upgrade)(&mut tree);
    let mut passed = 0;
    loop {
        let error = match serde_path_to_error::deserialize::<_, T>(&tree) {
            Ok(read) if passed == 0 => return Ok(read),
            Ok(read) => return settled(&read),
            Err(error) => error,
        };
        let path: Vec<String> = error
            .path()
            .iter()
            .filter_map(|part| match part {
                Segment::Seq { index } => Some(index.to_string()),
                Segment::Map { key } => Some(key.clone()),
                Segment::Enum { .. } | Segment::Unknown => None,
            })
            .collect();
        passed += 1;
        if passed > MOST || !pass_over(&mut tree, &path, shape) {
            return Err(error.into_inner());
        }
    }
}

/// Updates the `as` value of every mark to the value that the program writes now.
pub fn settled<T: DeserializeOwned + Serialize>(read: &T) -> Result<T, serde_json::Error> {
    let mut tree = serde_json::to_value(read)?;
    // A list may have lost an entry, and a remaining entry may hold marks: inner records first.
    walk(&mut tree, Order::InnerFirst, &mut |record| {
        for mark in marks(record) {
            let now = record.get(mark.trim_start_matches(MARK)).cloned();
            if let Some(kept) = record.get_mut(&mark).and_then(Value::as_object_mut) {
                kept.insert("as".into(), now.unwrap_or(Value::Null));
            }
        }
    });
    serde_json::from_value(tree)
}

/// Moves the value at `path` into a mark. False if no default can replace it.
fn pass_over(tree: &mut Value, path: &[String], shape: &Shape) -> bool {
    // The innermost record on the path that keeps unknown fields, and the field in it.
    let record = (0..path.len()).rev().find(|n| fits(shape.records, path.get(..*n).unwrap_or(&[])));
    let Some((at, (field, rest))) =
        record.and_then(|n| Some((path.get(..n)?, path.get(n..)?.split_first()?)))
    else {
        return false;
    };
    let Some(record) = at.iter().try_fold(&mut *tree, |tree, key| inside(tree, key)) else {
        return false;
    };
    let Some(map) = record.as_object_mut() else { return false };
    let Some(mut was) = map.get(field).cloned() else { return false };
    // The value may itself contain marks.
    in_their_fields(&mut was, true);
    let mark = format!("{MARK}{field}");
    map.entry(mark).or_insert_with(|| json!({"was": was, "as": null}));
    let entry = rest.iter().position(|key| key.parse::<usize>().is_ok());
    match entry {
        // Drop the entry from the list.
        Some(n) if !shape.whole.contains(&field.as_str()) => {
            let list = map.get_mut(field).and_then(|value| {
                rest.get(..n)?.iter().try_fold(value, |tree, key| inside(tree, key))
            });
            let place = rest.get(n).and_then(|key| key.parse::<usize>().ok());
            match (list.and_then(Value::as_array_mut), place) {
                (Some(list), Some(place)) if place < list.len() => drop(list.remove(place)),
                _ => return false,
            }
        }
        Some(_) => return false,
        None => {
            let instead =
                shape.instead.iter().find(|(place, name, _)| name == field && fits(&[place], at));
            let value = instead.and_then(|(.., text)| serde_json::from_str(text).ok());
            match value {
                // The default is already in place and did not help.
                Some(value) if map.get(field) == Some(&value) => return false,
                Some(value) => drop(map.insert(field.clone(), value)),
                None => drop(map.remove(field)),
            }
        }
    }
    true
}

fn inside<'a>(tree: &'a mut Value, key: &str) -> Option<&'a mut Value> {
    match tree {
        Value::Object(map) => map.get_mut(key),
        Value::Array(list) => list.get_mut(key.parse::<usize>().ok()?),
        _ => None,
    }
}

/// Whether `path` matches one of the places.
fn fits(places: &[&str], path: &[String]) -> bool {
    places.iter().any(|place| {
        let parts: Vec<&str> = place.split('/').filter(|part| !part.is_empty()).collect();
        parts.len() == path.len()
            && parts.iter().zip(path).all(|(part, key)| match *part {
                "*" => key.parse::<usize>().is_ok(),
                part => part == key,
            })
    })
}

#[derive(Clone, Copy, PartialEq)]
enum Order {
    OuterFirst,
    InnerFirst,
}

/// Calls `each` for every record of a tree, except inside marks.
fn walk(tree: &mut Value, order: Order, each: &mut dyn FnMut(&mut Map<String, Value>)) {
    match tree {
        Value::Object(map) => {
            if order == Order::OuterFirst {
                each(map);
            }
            for (name, value) in map.iter_mut() {
                if !name.starts_with(MARK) {
                    walk(value, order, each);
                }
            }
            if order == Order::InnerFirst {
                each(map);
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|value| walk(value, order, each)),
        _ => {}
    }
}

/// A document as written to disk: original values return to their fields, unless a person changed
/// the field.
pub fn written<T: Serialize>(document: &T) -> Result<Value, serde_json::Error> {
    let mut tree = serde_json::to_value(document)?;
    in_their_fields(&mut tree, false);
    Ok(tree)
}

/// Moves original values back into their fields: always, or only where the field is unchanged.
fn in_their_fields(tree: &mut Value, always: bool) {
    walk(tree, Order::OuterFirst, &mut |record| {
        for mark in marks(record) {
            let Some(Value::Object(mut kept)) = record.remove(&mark) else { continue };
            let field = mark.trim_start_matches(MARK);
            let now = record.get(field).cloned().unwrap_or(Value::Null);
            if (always || kept.get("as") == Some(&now))
                && let Some(was) = kept.remove("was")
            {
                record.insert(field.to_string(), was);
            }
        }
    });
}

/// Names of the marks of a record. Other fields may have the same prefix.
fn marks(record: &Map<String, Value>) -> Vec<String> {
    let ours = |(key, value): &(&String, &Value)| {
        key.starts_with(MARK) && value.get("was").is_some() && value.get("as").is_some()
    };
    record.iter().filter(ours).map(|(key, _)| key.clone()).collect()
}

/// Names of the replaced fields, for a person: `role of Drums`.
pub fn passed<T: Serialize>(document: &T) -> Vec<String> {
    let Ok(mut tree) = serde_json::to_value(document) else { return Vec::new() };
    let mut all = Vec::new();
    walk(&mut tree, Order::OuterFirst, &mut |record| {
        let name = record.get("name").and_then(Value::as_str);
        let of = name.map_or(String::new(), |name| format!(" of {name}"));
        let marked = marks(record);
        all.extend(marked.iter().map(|key| format!("{}{of}", key.trim_start_matches(MARK))));
    });
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Session;
    use crate::session::history::tests::song;
    use crate::session::stem::{CleanRegion, Role, Treatment};
    use crate::session::version::{Cut, Selection};
    use crate::units::Seconds;

    /// A session with an entry in every list.
    fn full() -> Value {
        let mut session = song();
        session.stems[0].clean =
            vec![CleanRegion::new(Seconds(1.0), Seconds(2.0), Treatment::Reverse)];
        session.versions[3].cuts = vec![Cut::new(Seconds(1.0), Seconds(2.0))];
        session.reference = Some(session.stems[1].file.clone());
        serde_json::to_value(&session).unwrap()
    }

    fn at<'a>(tree: &'a mut Value, path: &str) -> &'a mut Value {
        path.split('/').fold(tree, |tree, key| inside(tree, key).unwrap())
    }

    #[test]
    fn every_value_that_is_not_known_opens_and_comes_back() {
        let cases: [(&str, Value); 14] = [
            ("stems/0/role", json!("theremin")),
            ("stems/0/strip/fader", json!({"curve": 3})),
            ("stems/0/clean/0/treatment", json!({"kind": "whisper"})),
            ("stems/1/file/before", json!({"many": []})),
            ("versions/2/stems", json!({"kind": "by_mood", "mood": "calm"})),
            ("versions/3/cuts/0/curve", json!("swing")),
            ("masters/0/format", json!("ogg")),
            ("masters/0/shaping", json!("gentle")),
            ("masters/1/depth", json!("int20")),
            ("masters/1/rate", json!({"as_asked": 3})),
            ("pan_law", json!("binaural")),
            ("delivery/package", json!({"drive": {"fast": true}})),
            ("song/tempo", json!({"map": [1, 2]})),
            ("stems/2/chain", json!([{"kind": "compressor", "detection": "vactrol", "on": true}])),
        ];
        let mut all = full();
        for (path, value) in cases {
            let mut tree = full();
            for tree in [&mut tree, &mut all] {
                let (record, field) = path.rsplit_once('/').map_or(("", path), |split| split);
                let record = if record.is_empty() { &mut *tree } else { at(tree, record) };
                record.as_object_mut().unwrap().insert(field.into(), value.clone());
            }
            let session: Session =
                read(tree.clone(), &SESSION).unwrap_or_else(|e| panic!("{path}: {e}"));
            let mut back = written(&session).unwrap();
            assert_eq!(at(&mut back, path), &value, "{path}");
            assert!(
                path.contains("chain") || passed(&session).len() == 1,
                "{path}: {:?}",
                passed(&session)
            );
            // Marks survive serialisation, and thus undo, copies and merges.
            let again: Session =
                serde_json::from_value(serde_json::to_value(&session).unwrap()).unwrap();
            assert_eq!(again, session);
        }
        let session: Session = read(all, &SESSION).unwrap();
        assert_eq!(session.stems[0].role, Role::Other);
        assert_eq!(session.versions[2].stems, Selection::Stems { ids: Vec::new() });
        assert_eq!(session.stems[0].clean[0].treatment, Treatment::Mute);
        assert_eq!(passed(&session).len(), 13);
    }

    #[test]
    fn what_a_person_sets_counts() {
        let mut tree = full();
        *at(&mut tree, "stems/0/role") = json!("theremin");
        let mut session: Session = read(tree, &SESSION).unwrap();
        session.stems[0].role = Role::Keys;
        let mut back = written(&session).unwrap();
        assert_eq!(at(&mut back, "stems/0/role"), "keys");
        assert!(!back.to_string().contains("theremin"));
    }

    #[test]
    fn a_foreign_name_that_begins_alike_is_a_name_like_any_other() {
        let mut tree = full();
        *at(&mut tree, "stems/0/role") = json!("theremin");
        let foreign = json!({"was": 5});
        at(&mut tree, "stems/0").as_object_mut().unwrap().insert("~n".into(), foreign.clone());
        let session: Session = read(tree, &SESSION).unwrap();
        assert_eq!(passed(&session), ["role of Stem 1"]);
        assert_eq!(at(&mut written(&session).unwrap(), "stems/0/~n"), &foreign);
        // A stored session with marks reads the same as the document.
        let kept = serde_json::to_value(&session).unwrap();
        assert_eq!(read::<Session>(kept, &SESSION).unwrap(), session);
    }

    #[test]
    fn a_value_in_a_list_that_loses_an_entry_stays() {
        let mut tree = full();
        *at(&mut tree, "masters/0/rate") = json!("lunar");
        *at(&mut tree, "masters/1/name") = json!(["CD"]);
        let session: Session = read(tree.clone(), &SESSION).unwrap();
        assert_eq!(passed(&session).len(), 2);
        let mut back = written(&session).unwrap();
        for path in ["masters/0/rate", "masters/1/name"] {
            assert_eq!(at(&mut back, path), at(&mut tree, path));
        }
        assert_eq!(read::<Session>(back, &SESSION).unwrap(), session);
    }

    #[test]
    fn an_entry_that_makes_no_sense_is_left_out_but_no_stem() {
        let mut tree = full();
        *at(&mut tree, "versions/1") = json!({"id": "instrumental", "hologram": true});
        let mut session: Session = read(tree.clone(), &SESSION).unwrap();
        assert_eq!(session.versions.len(), 4);
        assert_eq!(written(&session).unwrap()["versions"][1]["hologram"], true);
        session.versions.pop();
        assert_eq!(written(&session).unwrap()["versions"].as_array().unwrap().len(), 3);
        *at(&mut tree, "stems/1") = json!({"id": 2, "hologram": true});
        assert!(read::<Session>(tree, &SESSION).is_err());
        for junk in [json!(3), json!([]), json!({}), json!({"schema": "x"})] {
            assert!(read::<Session>(junk, &SESSION).is_err());
        }
    }
}
