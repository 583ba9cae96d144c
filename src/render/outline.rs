//! Computes the waveform of a stem after its chain and before its fader, for display in the window.

use crate::dsp::pan::PanLaw;
use crate::dsp::strip::{StripAutomation, StripSettings};
use crate::engine::bus::Lane;
use crate::engine::lane::LanePlayer;
use crate::engine::source::StemSource;
use crate::media::peaks::{BASE, Peaks};
use crate::render::RenderError;
use crate::session::Session;
use crate::units::Db;
use std::sync::atomic::{AtomicBool, Ordering};

const BLOCK: usize = BASE * 128;

/// Peaks of the stem at `index` after its chain, from the beginning of the song.
pub fn processed(
    session: &Session,
    sources: &[StemSource],
    index: usize,
    cancel: &AtomicBool,
) -> Result<Peaks, RenderError> {
    // Only the chain: a flat strip, and a pan law that leaves a mono stem's level unchanged.
    let mut plain = Session { pan_law: PanLaw::Balance, ..session.clone() };
    for stem in &mut plain.stems {
        stem.strip = StripSettings::default();
        stem.automation = StripAutomation::default();
    }
    let lane = Lane { stem: index, clean: false, gain: Db::UNITY };
    let player = LanePlayer::new(&plain, lane, |at| sources.get(at), None, BLOCK);
    let mut player = player.ok_or(RenderError::NoStems)?;
    let mut peaks = Peaks::default();
    for from in (0..session.length().0).step_by(BLOCK) {
        if cancel.load(Ordering::Relaxed) {
            return Err(RenderError::Cancelled);
        }
        let count = (session.length().0 - from).min(BLOCK as u64) as usize;
        player.play(count)?;
        let [left, right] = &player.block;
        if let (Some(left), Some(right)) = (left.get(..count), right.get(..count)) {
            peaks.grow(left, Some(right));
        }
    }
    Ok(peaks)
}
