//! [`SignalPath`]: the settings of one stem's path as one value, used by engine, playback and
//! render.

use crate::dsp::chain::Slot;
use crate::dsp::strip::{StripMoves, StripSettings};
use crate::engine::bus::gains;
use crate::session::stem::Stem;
use crate::session::{Session, TrimPlace};
use crate::units::Db;
use std::sync::Arc;

/// Settings of one stem in one version, in processing order: trim, chain, strip.
#[derive(Clone, Debug, PartialEq)]
pub struct SignalPath {
    /// Gain before the chain.
    pub trim: Db,
    pub chain: Vec<Slot>,
    /// Fader, pan, width and polarity. The trim in it is the level that the version adds; in old
    /// sessions it also holds the stem's trim.
    pub settings: StripSettings,
    /// Automation curves of the strip; none while a person holds one of its controls.
    pub moves: Option<Arc<StripMoves>>,
    /// False while the stem is not heard; always true for a rendered path.
    pub audible: bool,
}

impl SignalPath {
    /// The path of a stem to whose fader a version adds `level`.
    pub fn of(session: &Session, stem: &Stem, level: Db) -> Self {
        let moves = StripMoves::new(&stem.automation, session.sample_rate);
        let moves = (!moves.is_empty()).then(|| Arc::new(moves));
        Self::new(session.trim, stem.chain.clone(), stem.strip, level, moves)
    }

    /// A path with these parts, heard. `level` is what the version adds to the fader, and `place`
    /// decides whether the strip's trim works before or after the chain.
    pub fn new(
        place: TrimPlace,
        chain: Vec<Slot>,
        strip: StripSettings,
        level: Db,
        moves: Option<Arc<StripMoves>>,
    ) -> Self {
        let (trim, settings) = gains(place, strip, level);
        Self { trim, chain, settings, moves, audible: true }
    }
}
