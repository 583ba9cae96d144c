//! Fuzz target: decoding of encoded audio files.

#![no_main]

#[path = "../own.rs"]
mod own;
#[path = "../work.rs"]
mod work;

libfuzzer_sys::fuzz_target!(init: own::watch(), |data: &[u8]| work::decode(data));
