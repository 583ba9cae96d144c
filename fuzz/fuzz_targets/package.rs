//! Fuzz target: verifying a package, as a folder or an archive.

#![no_main]

#[path = "../documents.rs"]
mod documents;
#[path = "../own.rs"]
mod own;

libfuzzer_sys::fuzz_target!(init: own::watch(), |data: &[u8]| documents::package(data));
