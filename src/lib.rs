//! Stemwright: a workstation for stem mixing and stem mastering.
//!
//! Each module uses only those below it.

pub mod dsp; // signal processors: settings beside the code that obeys them
pub mod units; // Db, Lufs, Hz, Seconds, SampleRate, Frames
