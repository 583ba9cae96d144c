//! Rules of the code base: which module may use which, which module owns which library, the size of
//! files, and the licences of the dependencies.

#[path = "common/sources.rs"]
mod sources;

use sources::sources;
use std::collections::BTreeSet;
use std::path::Path;

/// Every module, and the modules it may use. Unit tests inside a module obey the same rule.
const ARROWS: [(&str, &[&str]); 19] = [
    (
        "app",
        &[
            "arrange", "render", "playback", "intake", "delivery", "review", "engine", "session",
            "files", "media", "disk", "dsp", "fonts", "dates", "texts", "units",
        ],
    ),
    (
        "cli",
        &[
            "app", "arrange", "render", "playback", "intake", "delivery", "review", "engine",
            "session", "files", "media", "disk", "dsp", "dates", "units",
        ],
    ),
    ("render", &["engine", "session", "files", "media", "disk", "dsp", "dates", "texts", "units"]),
    ("playback", &["engine", "session", "files", "media", "disk", "dsp", "dates", "units"]),
    ("arrange", &["engine", "session", "files", "media", "disk", "dsp", "dates", "units"]),
    (
        "delivery",
        &[
            "review", "render", "engine", "session", "files", "media", "disk", "dsp", "fonts",
            "dates", "texts", "units",
        ],
    ),
    (
        "review",
        &[
            "arrange", "render", "engine", "session", "files", "media", "disk", "dsp", "dates",
            "texts", "units",
        ],
    ),
    ("intake", &["engine", "session", "files", "media", "disk", "dsp", "dates", "texts", "units"]),
    ("engine", &["session", "files", "media", "disk", "dsp", "dates", "units"]),
    ("session", &["media", "disk", "dsp", "dates", "texts", "units"]),
    ("files", &["session", "media", "disk", "dsp", "dates", "units"]),
    ("media", &["disk", "dsp", "units"]),
    ("dsp", &["units"]),
    ("disk", &[]),
    ("texts", &[]),
    ("units", &[]),
    ("fonts", &[]),
    ("dates", &[]),
    ("main", &["cli"]),
];

/// Libraries, and the one module that may use each.
const OWNERS: [(&str, &str); 19] = [
    ("egui", "app"),
    ("eframe", "app"),
    ("rfd", "app"),
    ("cpal", "playback"),
    ("symphonia", "media"),
    ("hound", "media"),
    ("jiff", "dates"),
    ("fluent_bundle", "texts"),
    ("unic_langid", "texts"),
    ("rubato", "media"),
    ("audioadapter_buffers", "media"),
    ("ebur128", "dsp"),
    ("multiversion", "dsp"),
    ("zip", "delivery"),
    ("krilla", "delivery"),
    ("automerge", "review"),
    ("csv", "review"),
    ("quick_xml", "review"),
    ("opus_pure", "media"),
];

/// Path, module and code without comments of every source file.
fn code() -> Vec<(String, String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    files
        .into_iter()
        .map(|path| {
            let inner = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
            let module = inner.split('/').next().unwrap().trim_end_matches(".rs").to_string();
            let text = std::fs::read_to_string(&path).unwrap();
            let code: Vec<&str> =
                text.lines().map(|line| line.split("//").next().unwrap_or("")).collect();
            (inner, module, code.join("\n"))
        })
        .collect()
}

/// The words that follow every `prefix` in a text.
fn after<'a>(code: &'a str, prefix: &'a str) -> impl Iterator<Item = &'a str> {
    code.match_indices(prefix).map(move |(at, _)| {
        let rest = &code[at + prefix.len()..];
        rest.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or("")
    })
}

#[test]
fn dependencies_point_down() {
    let files = code();
    assert!(files.len() > 30);
    for (path, module, code) in &files {
        if module == "lib" {
            continue;
        }
        let allowed = ARROWS.iter().find(|(name, _)| name == module);
        let (_, allowed) = allowed.unwrap_or_else(|| panic!("no rule for the module {module}"));
        for used in after(code, "crate::").chain(after(code, "stemwright::")) {
            let fine = used == module || allowed.contains(&used) || used.is_empty();
            assert!(fine, "src/{path} uses {used}, which {module} must not");
        }
        assert!(
            !code.contains("crate::{"),
            "src/{path}: one `use` per module, so that this test sees it"
        );
    }
}

#[test]
fn each_library_has_its_one_place() {
    for (path, module, code) in &code() {
        for (library, owner) in OWNERS {
            let used =
                code.contains(&format!("{library}::")) || code.contains(&format!("use {library}"));
            let inside = module == owner || after(code, "crate::").any(|word| word == library);
            assert!(!used || inside, "src/{path} uses {library}, which belongs to {owner}");
        }
    }
}

/// Files of the window that may act: they own the document, the player, jobs and files. All other
/// files in `src/app` are views or drawing code.
const ACTING: [&str; 24] = [
    "act/",
    "listen/",
    "board.rs",
    "desk.rs",
    "dialog.rs",
    "document.rs",
    "drawn.rs",
    "dropped.rs",
    "examining.rs",
    "foreign.rs",
    "jobs.rs",
    "keeper.rs",
    "left_off.rs",
    "mod.rs",
    "news.rs",
    "notes.rs",
    "opening.rs",
    "preferences.rs",
    "processed.rs",
    "render_job.rs",
    "save_job.rs",
    "shelf.rs",
    "sounds.rs",
    "witness.rs",
];

/// Names that a view must not use: a view reads what it is shown and returns deeds.
const FOR_HANDS: [&str; 14] = [
    "Desk",
    "document::",
    "jobs::",
    "Jobs",
    "listen::",
    "keeper::",
    "act::",
    "board::Board",
    "crate::disk",
    "std::fs",
    "rfd",
    "Player",
    "Transport",
    "Revisions::of",
];

#[test]
fn views_read_and_ask() {
    let mut views = 0;
    for (path, module, code) in &code() {
        let Some(inner) = path.strip_prefix("app/").filter(|_| module == "app") else { continue };
        if ACTING.iter().any(|acting| inner.starts_with(acting)) {
            continue;
        }
        views += 1;
        for word in FOR_HANDS {
            let named = code.match_indices(word).any(|(at, _)| {
                let before = code[..at].chars().next_back();
                !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
            });
            assert!(!named, "src/{path} is a view, and names {word}");
        }
    }
    assert!(views > 50, "{views} views");
}

#[test]
fn no_file_grows_past_its_wall() {
    for (path, _, code) in &code() {
        let lines = code.lines().filter(|line| !line.trim().is_empty()).count();
        assert!(lines <= 500, "src/{path} has {lines} lines of code: it wants a wall");
    }
}

#[test]
fn the_files_that_the_guides_name_are_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for guide in ["ARCHITECTURE.md", "CONTRIBUTING.md", "README.md"] {
        let text = std::fs::read_to_string(root.join(guide)).unwrap();
        let quoted = text.split('`').skip(1).step_by(2);
        let links = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        let own =
            |name: &&str| ["src/", "tests/", "packaging/"].iter().any(|at| name.starts_with(at));
        let named = quoted.filter(own).chain(links.filter(|link| !link.contains("://")));
        for name in named.filter_map(|name| name.split([' ', '#']).next()) {
            assert!(root.join(name).exists(), "{guide} names {name}");
        }
    }
    // Every module is on the map.
    let map = std::fs::read_to_string(root.join("ARCHITECTURE.md")).unwrap();
    for (room, _) in ARROWS.iter().filter(|(room, _)| *room != "main") {
        assert!(map.contains(&format!("`src/{room}")), "ARCHITECTURE.md lacks {room}");
    }
}

/// Whether allowed licences alone satisfy an SPDX expression.
fn met(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let expression = expression.trim();
    for (operator, all) in [(" OR ", false), (" AND ", true)] {
        let parts = split_outside(expression, operator);
        if parts.len() > 1 {
            let mut parts = parts.into_iter();
            return if all {
                parts.all(|part| met(part, allowed))
            } else {
                parts.any(|part| met(part, allowed))
            };
        }
    }
    match expression.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')) {
        Some(inner) => met(inner, allowed),
        None => allowed.contains(expression),
    }
}

/// Splits at an operator outside brackets.
fn split_outside<'a>(text: &'a str, operator: &str) -> Vec<&'a str> {
    let (mut parts, mut depth, mut from) = (Vec::new(), 0, 0);
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ if depth == 0 && text[at..].starts_with(operator) => {
                parts.push(&text[from..at]);
                from = at + operator.len();
            }
            _ => {}
        }
    }
    parts.push(&text[from..]);
    parts
}

#[test]
fn every_dependency_has_an_allowed_licence() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let deny = std::fs::read_to_string(root.join("deny.toml")).unwrap();
    let list = deny.split("allow = [").nth(1).unwrap().split(']').next().unwrap();
    let allowed: BTreeSet<String> = list.split('"').skip(1).step_by(2).map(String::from).collect();
    assert!(allowed.contains("MIT") && !allowed.iter().any(|name| name.contains("GPL")));
    let output = std::process::Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--offline"])
        .current_dir(root)
        .output()
        .unwrap();
    let output = if output.status.success() {
        output
    } else {
        // Packages for other systems may not be fetched yet.
        std::process::Command::new(env!("CARGO"))
            .args(["metadata", "--format-version", "1", "--locked"])
            .current_dir(root)
            .output()
            .unwrap()
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() > 100);
    let refused: Vec<String> = packages
        .iter()
        .filter(|package| {
            let licence = package["license"].as_str().unwrap_or("").replace('/', " OR ");
            !met(&licence, &allowed)
        })
        .map(|package| format!("{}: {}", package["name"], package["license"]))
        .collect();
    assert!(refused.is_empty(), "not allowed: {refused:#?}");
}

#[test]
fn licence_expressions_are_understood() {
    let allowed: BTreeSet<String> = ["MIT", "Zlib"].map(String::from).into();
    assert!(met("GPL-3.0 OR MIT", &allowed));
    assert!(met("(MIT OR Apache-2.0) AND Zlib", &allowed));
    assert!(!met("MIT AND GPL-3.0", &allowed) && !met("GPL-3.0", &allowed) && !met("", &allowed));
}
