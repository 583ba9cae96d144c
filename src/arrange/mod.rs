//! Musical analysis of a song, and shorter or cleaner versions of it.
//!
//! [`features`] reads all stems once and measures them. From these measurements [`beats`] finds
//! tempo, beats and bars, and [`key`] the key; [`bars`] compares bars with each other, and
//! [`propose`] finds radio edits. [`words`] reads and writes lyrics; [`clean`] makes clean regions
//! from explicit words. The window runs these in background jobs; the command line calls them
//! directly.

pub mod bars;
pub mod beats;
pub mod clean;
pub mod features;
pub mod key;
mod onsets;
pub mod propose;
pub mod words;
