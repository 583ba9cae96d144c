//! The one signal path. Playback and render both use it, so that what is heard is what is
//! exported: sources with their clean regions, chains and strips, sums, cuts, and the end of a master.

pub mod bus;
mod clean;
pub mod cuts;
pub mod lane;
pub mod master;
pub mod path;
pub mod source;
