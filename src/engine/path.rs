//! The signal path of one stem as one value, which engine, playback and render read.

use crate::dsp::chain::Slot;
use crate::dsp::strip::{StripMoves, StripSettings};
use crate::engine::bus::gains;
use crate::session::Session;
use crate::session::stem::Stem;
use crate::units::Db;
use std::sync::Arc;

/// What one stem passes in one version, in this order: trim, chain, strip.
#[derive(Clone, Debug, PartialEq)]
pub struct SignalPath {
    /// Gain before the chain.
    pub trim: Db,
    pub chain: Vec<Slot>,
    /// Fader, pan, width and polarity. Its own trim is the level that the version adds, and in
    /// sessions of before also the trim of the stem.
    pub settings: StripSettings,
    /// What the strip does over the song; none while a hand is on it.
    pub moves: Option<Arc<StripMoves>>,
    /// False while the stem is not heard; a path that is rendered always is.
    pub audible: bool,
}

impl SignalPath {
    /// The path of a stem to whose fader a version adds `level`.
    pub fn of(session: &Session, stem: &Stem, level: Db) -> Self {
        let (trim, settings) = gains(session.trim, stem.strip, level);
        let moves = StripMoves::new(&stem.automation, session.sample_rate);
        let moves = (!moves.is_empty()).then(|| Arc::new(moves));
        Self { trim, chain: stem.chain.clone(), settings, moves, audible: true }
    }
}
