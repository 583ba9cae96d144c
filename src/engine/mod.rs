//! The signal path, shared by playback and render, so that rendered files sound like playback: stem
//! sources with their clean regions, lanes (chain and strip), sums, time edits, and a master's
//! chain and finish. Main types: [`source::StemSource`], [`cuts::CutMap`], [`lane::LanePlayer`],
//! [`master::MasterChain`], [`master::Finish`].

pub mod bus;
mod clean;
pub mod cuts;
pub mod lane;
pub mod master;
pub mod path;
pub mod source;
