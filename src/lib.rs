//! Stemwright: a workstation for stem mixing and stem mastering.
//!
//! Each module uses only those below it.

pub mod app; // the window: views, widgets, theme; it knows no rule of the product
pub mod arrange; // tempo and bars, radio edits, words and clean regions
pub mod cli; // the command line: one file per command
pub mod dates; // dates and times of day: local ones for people, UTC between machines
pub mod delivery; // what leaves the house: masters and stems, session sheet, checks, checksums, archives
pub mod disk; // files as such: opened with care, written whole, locked, tidied up
pub mod dsp; // signal processors: settings beside the code that obeys them
pub mod engine; // the one signal path: sources, strips, version buses, cuts, end of a master
pub mod files; // what became of the files of a song: same, moved, exported again, missing
pub mod fonts; // the typeface of the window and of the session sheet
pub mod intake; // a folder of stems becomes a checked session; the demo song
pub mod media; // audio files in and out: decode, resample, encode, waveform peaks
pub mod playback; // real time: device, transport, prefetch, parameters in, meters out
pub mod render; // offline: plan, mix, find the gain, finish, write, read back and measure
pub mod review; // revisions: every state that left the house
pub mod session; // the document: what a person made and saves; plain data
pub mod units; // Db, Lufs, Hz, Seconds, SampleRate, Frames
