//! Fuzz target: presets and templates.

#![no_main]

#[path = "../documents.rs"]
mod documents;
#[path = "../own.rs"]
mod own;

libfuzzer_sys::fuzz_target!(init: own::watch(), |data: &[u8]| documents::preset(data));
