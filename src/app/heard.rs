//! State of playback and monitoring ([`Heard`]): position, loop, monitor, comparisons, and what the
//! audio thread reported. Views read it; deeds change it.

use super::exports::ExportComparison;
use super::hand::{FaderRecording, Target};
use super::open_song::OpenSong;
use crate::app::measured::Figures;
use crate::dsp::chain::{Comparison, MOST, Slot};
use crate::engine::source::StemSource;
use crate::playback::{Levels, Reading, Source};
use crate::session::snapshot::Balance;
use crate::session::stem::StemId;
use crate::units::{Db, Lufs, Seconds};
use std::any::Any;
use std::path::PathBuf;
use std::sync::Arc;

/// What the monitors play.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Monitor {
    Mix,
    Bypass,
    Reference,
}

/// A balance, a state of the session, or the reference, played instead of the session's own mix.
#[derive(Clone, Debug, PartialEq)]
pub struct Audition {
    /// Strips that replace the session's.
    pub strips: Balance,
    pub source: Source,
    pub gain: Db,
}

/// A file that was made, played instead of the session.
#[derive(Clone)]
pub struct HeardFile {
    pub path: PathBuf,
    pub source: Arc<StemSource>,
    /// 0 dB plays it as it is; another gain makes it as loud as the mix.
    pub gain: Db,
    /// Removes a temporary file once it is heard no more; `path` is only a name to show then.
    pub _temporary: Option<Arc<dyn Any + Send + Sync>>,
}

/// Largest matching gain in dB. A larger difference is taken for an error and not matched.
const MOST_MATCHING: f64 = 24.0;

pub struct Heard {
    /// The open stems in the order of the lanes, and the reference; `None` until they are open.
    pub sources: Option<Arc<Vec<StemSource>>>,
    pub reference: Option<Arc<StemSource>>,
    /// Position of the reference in the song, in frames.
    pub reference_at: i64,
    pub monitor: Monitor,
    /// The mix plays through the chosen master.
    pub preview: bool,
    pub audition: Option<Audition>,
    pub file: Option<HeardFile>,
    /// Comparison of a new export with the stem's previous recording.
    pub exports: Option<ExportComparison>,
    /// The stem that is heard together with the reference, alone of all stems.
    pub both: Option<StemId>,
    /// Range of the active loop, in frames.
    pub looping: Option<(u64, u64)>,
    /// The marked range in frames, whether it loops or not.
    pub range: Option<(u64, u64)>,
    /// Playhead, in frames.
    pub frame: u64,
    pub playing: bool,
    pub reading: Reading,
    /// Levels of each stem, and of the output.
    pub levels: Vec<Levels>,
    pub out: Levels,
    /// The chain of the mix is watched, not that of the selected stem.
    pub watches_mix: bool,
    /// Processor in the watched chain whose input, or what it takes away, is heard instead of its
    /// output.
    pub comparing: Option<Comparison>,
    /// What the previewed master takes away is heard instead of its output.
    pub taken: bool,
    /// Deepest gain of each processor of the watched chain, and of the limiter of the previewed
    /// master.
    pub reductions: [Db; MOST],
    pub limiting: Db,
    /// How much louder each of these processors makes the sound.
    pub louder: [Db; MOST],
    /// A processor that plays at the end of a stem's chain for trial.
    pub trial: Option<(StemId, Slot)>,
    /// The equaliser band that plays alone: index in the watched chain, and band.
    pub band: Option<(usize, usize)>,
    /// Faders and pans that are being moved during playback, with their movement so far.
    pub hands: Vec<FaderRecording>,
    /// Number of times that the disk was too slow, since the meters were reset.
    pub gaps: u64,
    /// Number of buffers that the device did not get in time.
    pub xruns: u64,
    /// Duration that the meters missed since they were reset.
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
            file: None,
            exports: None,
            both: None,
            looping: None,
            range: None,
            frame: 0,
            playing: false,
            reading: Reading::default(),
            levels: Vec::new(),
            out: Levels::default(),
            watches_mix: false,
            comparing: None,
            taken: false,
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
    /// Value at which a hand holds a fader or pan.
    pub fn held(&self, stem: StemId, target: Target) -> Option<f64> {
        let hand = self.hands.iter().find(|hand| hand.is_on(stem, target))?;
        hand.value()
    }

    /// Integrated loudness of the mix; through the master while it is previewed.
    fn mix_loudness(&self, song: &OpenSong, figures: &Figures) -> Lufs {
        let master = song.current_master().filter(|_| self.preview);
        let predicted = master.and_then(|m| figures.predict(&song.session, m));
        predicted.map_or(figures.mix.loudness.integrated, |solution| solution.loudness)
    }

    /// Gain that brings a monitor to the loudness of the mix; `None` for the mix itself, without
    /// figures, or beyond [`MOST_MATCHING`].
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
