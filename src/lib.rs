//! Stemwright: a workstation for stem mixing and stem mastering.
//!
//! The modules form layers; each uses only modules of the layers below it. `tests/house.rs` lists
//! and checks which module may use which.
//!
//! The program never panics on purpose, but its tests may: the lints below are here because in
//! `Cargo.toml` they would apply to the tests too. Modules that only handle input from outside must
//! not index slices either; the others index buffers of their own.

#![warn(clippy::expect_used, clippy::panic, clippy::unreachable, clippy::unwrap_used)]

#[cfg(feature = "window")]
pub mod app; // the window: views, widgets, theme; no rules of the product
pub mod arrange; // tempo and bars, radio edits, words and clean regions
#[warn(clippy::indexing_slicing)]
pub mod cli; // the command line: one file per command
pub mod dates; // dates and times of day: local ones for people, UTC between machines
#[warn(clippy::indexing_slicing)]
pub mod delivery; // packages: masters and stems, session sheet, checks, checksums, archives
#[warn(clippy::indexing_slicing)]
pub mod disk; // the file system: safe opening, atomic writing, locks, clean-up
pub mod dsp; // signal processors and their settings
pub mod engine; // the signal path of playback and render: sources, strips, buses, cuts, finish
#[warn(clippy::indexing_slicing)]
pub mod files; // state of a song's files: same, moved, exported again, missing
pub mod fonts; // the typeface of the window and of the session sheet
pub mod intake; // from a folder of stems to a checked session; the demo song
pub mod media; // audio files in and out: decode, resample, encode, waveform peaks
pub mod playback; // real time: device, transport, prefetch, parameters in, meters out
pub mod render; // offline: plan, mix, find the gain, finish, write, read back and measure
#[warn(clippy::indexing_slicing)]
pub mod review; // comments and rounds, revisions, the page for the client
#[warn(clippy::indexing_slicing)]
pub mod session; // the document that the user edits and saves: plain data
pub mod texts; // the table of texts: one file for each language
pub mod units; // Db, Lufs, Hz, Seconds, SampleRate, Frames
