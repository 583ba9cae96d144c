//! The table of texts is whole: every text that the code says is in it, with the values that it
//! gets, nothing in it is unused, and no sentence of the window stands in the code itself.

#[path = "common/sources.rs"]
mod sources;

use sources::sources;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Path and code of each source file below a folder, without its unit tests.
fn code(below: &str) -> Vec<(String, String)> {
    let mut files = Vec::new();
    sources(&root().join(below), &mut files);
    let read = |path: &PathBuf| {
        let text = std::fs::read_to_string(path).unwrap();
        let own = text.split("#[cfg(test)]\nmod ").next().unwrap_or("").to_owned();
        (path.strip_prefix(root()).unwrap().to_string_lossy().into_owned(), own)
    };
    files.iter().map(read).collect()
}

/// The ids of English with the values that each text takes.
fn table() -> BTreeMap<String, BTreeSet<String>> {
    let text = std::fs::read_to_string(root().join("assets/texts/en.ftl")).unwrap();
    let mut table: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut current = String::new();
    for line in text.lines() {
        if line.starts_with(|letter: char| letter.is_ascii_alphabetic()) {
            current = line.split_once('=').unwrap().0.trim().to_owned();
            let before = table.insert(current.clone(), BTreeSet::new());
            assert!(before.is_none(), "the text {current} is there twice");
        } else if line.starts_with('#') || line.is_empty() {
            continue;
        }
        for after in line.split('$').skip(1) {
            let end = after.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            let name = &after[..end.unwrap_or(after.len())];
            table.get_mut(&current).unwrap().insert(name.to_owned());
        }
    }
    table
}

/// A piece of code after `say!(`: the id, and the names of the values.
fn said(rest: &str) -> (String, BTreeSet<String>) {
    let mut depth = 1;
    let mut flat = String::new();
    let mut letters = rest.chars();
    let mut id = String::new();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => {
                let mut inside = String::new();
                while let Some(letter) = letters.next() {
                    match letter {
                        '\\' => drop(letters.next()),
                        '"' => break,
                        other => inside.push(other),
                    }
                }
                if id.is_empty() {
                    id = inside;
                }
            }
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            other if depth == 1 => flat.push(other),
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    let values = flat.split(',').filter_map(|part| part.split_once('='));
    let named = |(name, _): (&str, &str)| {
        let name = name.trim();
        let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        is_name.then(|| name.to_owned())
    };
    (id, values.filter_map(named).collect())
}

#[test]
fn every_text_is_in_the_table_with_its_values() {
    let table = table();
    let mut wrong = Vec::new();
    let mut used = BTreeSet::new();
    let mut kinds = BTreeSet::new();
    for (path, code) in code("src") {
        for (at, begin) in code.match_indices("say!(") {
            let (id, values) = said(&code[at + begin.len()..]);
            match table.get(&id) {
                None if path.ends_with("texts/mod.rs") => {}
                None => wrong.push(format!("{path}: no text {id}")),
                Some(wanted) if *wanted != values => {
                    wrong.push(format!("{path}: {id} is given {values:?} and takes {wanted:?}"));
                }
                Some(_) => drop(used.insert(id)),
            }
        }
        for begin in ["texts::word(", " word(", "(word("] {
            for (at, _) in code.match_indices(begin) {
                let rest = code[at + begin.len()..].trim_start();
                if let Some(kind) = rest.strip_prefix('"').and_then(|rest| rest.split('"').next()) {
                    kinds.insert(kind.to_owned());
                }
            }
        }
    }
    let is_word = |id: &str| {
        kinds.iter().any(|kind| id.strip_prefix(kind.as_str()).is_some_and(|r| r.starts_with('-')))
    };
    let is_free = |id: &str| is_word(id) || id == "language-name";
    let unused = table.keys().filter(|id| !used.contains(*id) && !is_free(id));
    wrong.extend(unused.map(|id| format!("the text {id} is said nowhere")));
    assert!(table.len() > 500 && used.len() > 400, "{} texts, {} used", table.len(), used.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
