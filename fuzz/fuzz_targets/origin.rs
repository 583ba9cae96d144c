#![no_main]

#[path = "../work.rs"]
mod work;

libfuzzer_sys::fuzz_target!(init: work::watch_own_code(), |data: &[u8]| work::origin(data));
