//! What is heard: where it plays, how it is to be heard, and what the audio thread says of it.
//! Views look at it; it is changed by deeds.

use super::exports::Exports;
use super::hand::{Hand, Target};
use super::open_song::OpenSong;
use crate::app::measured::Figures;
use crate::dsp::chain::{MOST, Slot};
use crate::dsp::strip::StripSettings;
use crate::engine::source::StemSource;
use crate::playback::{Levels, Reading, Source};
use crate::session::stem::StemId;
use crate::units::{Db, Lufs, Seconds};
use std::sync::Arc;

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Monitor {
    Mix,
    Bypass,
    Reference,
}

/// A balance, or the reference, that is heard in the place of what the session says.
#[derive(Clone, Debug, PartialEq)]
pub struct Audition {
    /// Strips that differ from the session's.
    pub strips: Vec<(StemId, StripSettings)>,
    pub source: Source,
    pub gain: Db,
}

/// Louder or quieter than the mix by more than this is not matched: it is a mistake.
const MOST_MATCHING: f64 = 24.0;

pub struct Heard {
    /// The stems, once they can be read, and the reference.
    pub sources: Option<Arc<Vec<StemSource>>>,
    pub reference: Option<Arc<StemSource>>,
    /// Where the reference lies under the song, in frames.
    pub reference_at: i64,
    pub monitor: Monitor,
    /// The mix is heard through the chosen master.
    pub preview: bool,
    pub audition: Option<Audition>,
    /// A new export that is compared with what the stem was before.
    pub exports: Option<Exports>,
    pub looping: Option<(u64, u64)>,
    /// Loop as drawn, whether it is on or not.
    pub range: Option<(u64, u64)>,
    /// Where it plays, or would begin to.
    pub frame: u64,
    pub playing: bool,
    pub reading: Reading,
    /// Of each stem, and of what leaves for the device.
    pub levels: Vec<Levels>,
    pub out: Levels,
    /// The master's chain is looked at, not that of the selected stem.
    pub watches_mix: bool,
    /// The processor of the chain that is looked at which is heard from before.
    pub comparing: Option<usize>,
    /// Gains of the processors of that chain, and of the limiter.
    pub reductions: [Db; MOST],
    pub limiting: Db,
    /// How much louder those processors make the sound.
    pub louder: [Db; MOST],
    /// A processor that is heard at the end of a stem's chain before it is taken.
    pub trial: Option<(StemId, Slot)>,
    /// A band of an equaliser that is heard alone: place in the chain, and band.
    pub band: Option<(usize, usize)>,
    /// Faders that are being moved while it plays, and what they did so far.
    pub hands: Vec<Hand>,
    /// Times that the disk was late, since the meters were reset.
    pub gaps: u64,
    /// Times that the device was not served in time.
    pub xruns: u64,
    /// What the meters missed since they were reset.
    pub unmetered: Seconds,
}

impl Default for Heard {
    fn default() -> Self {
        Self {
            sources: None,
            reference: None,
            reference_at: 0,
            monitor: Monitor::Mix,
            preview: false,
            audition: None,
            exports: None,
            looping: None,
            range: None,
            frame: 0,
            playing: false,
            reading: Reading::default(),
            levels: Vec::new(),
            out: Levels::default(),
            watches_mix: false,
            comparing: None,
            reductions: [Db::UNITY; MOST],
            limiting: Db::UNITY,
            louder: [Db::UNITY; MOST],
            trial: None,
            band: None,
            hands: Vec::new(),
            gaps: 0,
            xruns: 0,
            unmetered: Seconds(0.0),
        }
    }
}

impl Heard {
    /// Where a hand holds a fader.
    pub fn held(&self, stem: StemId, target: Target) -> Option<f64> {
        let hand = self.hands.iter().find(|hand| hand.is_on(stem, target))?;
        hand.value()
    }

    /// Loudness of the mix as it is heard: through the master while that is previewed.
    fn mix_loudness(&self, song: &OpenSong, figures: &Figures) -> Lufs {
        let master = song.current_master().filter(|_| self.preview);
        let predicted = master.and_then(|m| figures.predict(&song.session, m));
        predicted.map_or(figures.mix.loudness.integrated, |solution| solution.loudness)
    }

    /// The gain that brings a thing to the loudness of the mix.
    pub fn matching_of(
        &self,
        monitor: Monitor,
        song: &OpenSong,
        figures: Option<&Figures>,
    ) -> Option<Db> {
        let figures = figures?;
        let heard = match monitor {
            Monitor::Mix => return None,
            Monitor::Bypass => figures.bypass,
            Monitor::Reference => figures.reference_loudness()?,
        };
        let gain = self.mix_loudness(song, figures) - heard;
        (gain.0.is_finite() && gain.0.abs() < MOST_MATCHING).then_some(gain)
    }
}
