//! Runs the inputs that fuzzing found (fuzz/) and its seeds. None may cause a panic.

#[path = "../fuzz/documents.rs"]
mod documents;
#[path = "../fuzz/work.rs"]
mod work;

use std::path::Path;

fn all(target: &str, work: fn(&[u8])) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    let mut count = 0;
    for folder in ["seeds", "corpus-kept"] {
        for entry in std::fs::read_dir(root.join(folder).join(target)).into_iter().flatten() {
            let path = entry.unwrap().path();
            println!("{}", path.display());
            work(&std::fs::read(path).unwrap());
            count += 1;
        }
    }
    assert!(count > 0, "no inputs of {target}");
}

#[test]
fn containers_of_plain_samples() {
    all("pcm", work::pcm);
}

#[test]
fn what_is_decoded() {
    all("decode", work::decode);
}

#[test]
fn names_of_programs() {
    all("origin", work::origin);
}

#[test]
fn sessions() {
    all("session", documents::session);
}

#[test]
fn changes_of_a_book() {
    all("change", documents::change);
}

#[test]
fn packages() {
    all("package", documents::package);
}

#[test]
fn words_of_songs() {
    all("lyrics", documents::lyrics);
}

#[test]
fn comments_of_others() {
    all("comments", documents::comments);
}

#[test]
fn presets_and_templates() {
    all("preset", documents::preset);
}
