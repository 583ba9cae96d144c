//! Fuzz target: containers of plain samples.

#![no_main]

#[path = "../own.rs"]
mod own;
#[path = "../work.rs"]
mod work;

libfuzzer_sys::fuzz_target!(init: own::watch(), |data: &[u8]| work::pcm(data));
