//! Measures playback: callback times and start, and playing through a real sound device.
//!
//! - `cargo bench --bench playback`: callback times, seeks, start and memory, to
//!   `target/playback/measurements.md`; `-- jumps` measures the seeks alone
//! - `cargo bench --bench playback -- play SESSION SECONDS [SYSTEM]`: plays through the default
//!   device of a sound system, such as ALSA
//! - `cargo bench --bench playback -- compare HEARD.raw MIX.wav`: compares a recording with a
//!   render
//!
//! `packaging/rig` runs the last two with a virtual sound card.

mod device;
mod figures;
mod song;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let words: Vec<&str> =
        arguments.iter().map(String::as_str).filter(|a| *a != "--bench").collect();
    match words.as_slice() {
        [_, "play", session, seconds, system @ ..] => {
            let seconds = seconds.parse().unwrap();
            device::play(session.as_ref(), seconds, system.first().copied());
        }
        [_, "compare", heard, mix] => device::compare(heard.as_ref(), mix.as_ref()),
        [_, "jumps"] => figures::jumps(&mut |line| println!("{line}")),
        _ => figures::all(),
    }
}
