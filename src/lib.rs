//! Stemwright: a workstation for stem mixing and stem mastering.
//!
//! Each module uses only those below it.
//!
//! Nothing here panics on purpose; tests may, which is why these lints are not in `Cargo.toml`,
//! where they would hold for tests too. The rooms that only handle what comes from outside do not
//! index either; the others index buffers that they made themselves.

#![warn(clippy::expect_used, clippy::panic, clippy::unreachable, clippy::unwrap_used)]

#[cfg(feature = "window")]
pub mod app; // the window: views, widgets, theme; it knows no rule of the product
pub mod arrange; // tempo and bars, radio edits, words and clean regions
#[warn(clippy::indexing_slicing)]
pub mod cli; // the command line: one file per command
pub mod dates; // dates and times of day: local ones for people, UTC between machines
#[warn(clippy::indexing_slicing)]
pub mod delivery; // what leaves the house: masters and stems, session sheet, checks, checksums, archives
#[warn(clippy::indexing_slicing)]
pub mod disk; // files as such: opened with care, written whole, locked, tidied up
pub mod dsp; // signal processors: settings beside the code that obeys them
pub mod engine; // the one signal path: sources, strips, version buses, cuts, end of a master
#[warn(clippy::indexing_slicing)]
pub mod files; // what became of the files of a song: same, moved, exported again, missing
pub mod fonts; // the typeface of the window and of the session sheet
pub mod intake; // a folder of stems becomes a checked session; the demo song
pub mod media; // audio files in and out: decode, resample, encode, waveform peaks
pub mod playback; // real time: device, transport, prefetch, parameters in, meters out
pub mod render; // offline: plan, mix, find the gain, finish, write, read back and measure
#[warn(clippy::indexing_slicing)]
pub mod review; // revisions: every state that left the house
#[warn(clippy::indexing_slicing)]
pub mod session; // the document: what a person made and saves; plain data
pub mod units; // Db, Lufs, Hz, Seconds, SampleRate, Frames
