//! What a song is made of, and shorter or cleaner versions of it.
//!
//! [`features`] listens to the stems once; [`beats`] finds tempo, beats and bars in what it
//! heard; [`bars`] compares the bars with each other; [`propose`] finds radio edits; [`key`]
//! finds the key; [`words`]
//! reads and writes lyrics; [`clean`] makes clean regions of words.

pub mod bars;
pub mod beats;
pub mod clean;
pub mod features;
pub mod key;
mod onsets;
pub mod propose;
pub mod words;
