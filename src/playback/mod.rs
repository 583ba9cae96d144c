//! Real-time playback: the audio device, the transport, reading ahead, settings in, meters out.
//!
//! ```text
//! window ── commands, settings ──▶ renderer (audio callback) ──▶ device
//!    │                                ▲              │
//!    └── jumps, content ──▶ prefetch ─┘ blocks       └── samples ──▶ meters ──▶ window
//! ```
//! The window holds a [`Transport`]. The [`Renderer`] runs in the audio callback: it takes no lock,
//! allocates nothing and reads no file. Audio blocks circulate between the renderer and the
//! prefetch thread; the audio thread never frees memory.

mod align;
mod block_reader;
mod clock;
mod convert;
mod denormals;
mod designer;
pub mod device;
mod handover;
mod lane;
mod levels;
mod messages;
mod meters;
mod output;
mod player;
mod prefetch;
mod renderer;
mod targets;

pub use crate::dsp::spectrum::{BINS, Spectrum};
pub use messages::{Levels, Place, Settings, Source, State};
pub use meters::{Reading, SCOPE_POINTS};
pub use output::Previewed;
pub use player::{DeviceState, Player};
pub use prefetch::Content;
pub use renderer::Renderer;

use crate::dsp::chain::{Chain, Slot, fits, memory};
use crate::dsp::loudness::UnsupportedRate;
use crate::media::MediaError;
use crate::units::{Latency, SampleRate, Seconds};
use align::{Delays, room_for};
use designer::Designers;
use messages::{Command, Old};
use meters::Meters;
use output::{FinishingPath, same_path};
use prefetch::{Jump, Prefetch};
use std::sync::Arc;

#[derive(Debug, thiserror::Error)]
pub enum PlaybackError {
    #[error("no sound device was found; connect one and press play again")]
    NoDevice,
    /// The system's words are a sentence of their own, with a full stop.
    #[error(
        "the sound device cannot be opened ({}); close other programs that use it, or choose another",
        .0.trim_end_matches('.')
    )]
    Device(String),
    #[error("a processor failed and the sound was stopped; press play to start it again")]
    Failed,
    #[error(transparent)]
    Media(#[from] MediaError),
    #[error(transparent)]
    Rate(#[from] UnsupportedRate),
    #[error("a thread could not be started: {0}")]
    Thread(#[from] std::io::Error),
}

/// Control side of playback, held by the window: the transport of one session.
pub struct Transport {
    commands: rtrb::Producer<Command>,
    settings: triple_buffer::Input<Settings>,
    state: triple_buffer::Output<State>,
    prefetch: Prefetch,
    meters: Meters,
    epoch: u64,
    /// First frame and end of the loop, in frames of the song.
    looping: Option<(u64, u64)>,
    rate: SampleRate,
    /// Frames of the song, before time edits.
    length: u64,
    /// The newest chains that the audio thread has or will receive: one per stem, then the mix.
    chains: Vec<Vec<Slot>>,
    /// Latencies of these chains in frames, in the same order.
    latencies: Vec<Latency>,
    /// Latency of the newest finishing path, in frames.
    ending: Latency,
    /// Longest delay, in frames, that the lanes' current delay lines can hold.
    room: Latency,
    /// Master of the finishing path that the audio thread has or will receive.
    master: Option<Previewed>,
    designers: Designers,
    /// Callback failures that [`Self::fault`] has already reported.
    failures: u64,
    old: rtrb::Consumer<Old>,
}

impl Transport {
    /// Starts the prefetch, meter and designer threads. Returns the transport and the renderer for
    /// a device that runs at `device_rate`.
    pub fn new(
        content: Arc<Content>,
        settings: Settings,
        device_rate: SampleRate,
    ) -> Result<(Self, Renderer), PlaybackError> {
        let (commands, orders) = rtrb::RingBuffer::new(COMMANDS);
        let (settings_in, settings_out) = triple_buffer::triple_buffer(&settings);
        let (state_in, state_out) = triple_buffer::triple_buffer(&State::new(content.stems()));
        let rate = content.rate();
        let (prefetch, blocks, spent) = Prefetch::start(Arc::clone(&content))?;
        let (meters, tap, watch) = Meters::start(rate)?;
        let (old_in, old) = rtrb::RingBuffer::new(COMMANDS);
        let ends = messages::Ends {
            orders,
            settings: settings_out,
            state: state_in,
            blocks,
            spent,
            tap,
            watch,
            old: old_in,
        };
        let designers = Designers::start()?;
        let mut benches = Vec::new();
        let renderer = Renderer::new(&content, &settings, ends, device_rate, &mut benches)?;
        designers.take(benches);
        let transport = Self {
            commands,
            settings: settings_in,
            state: state_out,
            prefetch,
            meters,
            epoch: 0,
            looping: None,
            rate,
            length: content.length(),
            chains: chains_of(&settings),
            latencies: renderer.latencies(),
            ending: renderer.ending_latency(),
            room: room_for(renderer.latency(), rate),
            designers,
            failures: 0,
            master: settings.master,
            old,
        };
        Ok((transport, renderer))
    }

    fn command(&mut self, command: Command) {
        // The queue holds far more than the commands of one device buffer. It is full only when the
        // audio thread is gone, and then nothing can be heard anyway.
        let _ = self.commands.push(command);
    }

    /// Starts playback; after a failure this also starts the processors again.
    pub fn play(&mut self) {
        self.command(Command::Play);
    }

    pub fn pause(&mut self) {
        self.command(Command::Pause);
    }

    /// Jumps to a frame of the song. The processors first play the sound before that frame,
    /// unheard, so that they have settled: see [`memory`]. Under a high CPU load this pre-roll is
    /// shorter, because it would delay the jump too long.
    pub fn seek(&mut self, frame: u64) {
        let load = f64::from(self.state().load);
        let settling = self.chains.iter().map(|slots| memory(slots).0).fold(0.0, f64::max);
        let settling = if self.master.is_some() { settling.max(0.1) } else { settling };
        let patience = if load > 0.0 { PATIENCE.0 / load } else { f64::INFINITY };
        let roll = Seconds(settling.min(patience)).frames(self.rate).0 as usize;
        self.jump(frame, roll);
    }

    fn jump(&mut self, frame: u64, roll: usize) {
        self.epoch += 1;
        self.prefetch.jump(Jump::To { frame, roll, epoch: self.epoch });
        self.command(Command::Epoch(self.epoch));
    }

    /// Jumps to a frame of the song. While paused, also plays a short piece from there.
    pub fn scrub(&mut self, frame: u64) {
        self.jump(frame, 0);
        if !self.state().playing {
            self.command(Command::Audition(SCRUB.frames(self.rate).0 as usize));
        }
    }

    /// Loops between two frames of the song; `None` turns looping off. Playback continues without a
    /// gap unless the end of the old or the new loop lies within the next two seconds, which may be
    /// read already.
    pub fn set_loop(&mut self, range: Option<(u64, u64)>) {
        if self.looping == range {
            return;
        }
        let here = self.state().frame;
        let near = here..here + 2 * u64::from(self.rate.0);
        let ends_near = |range: Option<(u64, u64)>| {
            let end = range.map_or(self.length, |(_, to)| to);
            near.contains(&end.min(self.length))
        };
        let again = ends_near(range) || ends_near(self.looping);
        self.looping = range;
        self.prefetch.jump(Jump::Loop(range));
        if again {
            self.seek(here);
        }
    }

    /// Replaces the time edits or the files of the same stems, and seeks to the current position.
    pub fn set_content(&mut self, content: Arc<Content>) {
        self.length = content.length();
        self.prefetch.jump(Jump::Content(content));
        let here = self.state().frame;
        self.seek(here);
    }

    /// Applies new settings. When the structure of a chain or of the finishing path changes, a
    /// replacement is built here and sent to the audio thread. Replaced objects come back and are
    /// freed here.
    pub fn set_settings(&mut self, settings: Settings) {
        while self.old.pop().is_ok() {}
        let wanted = chains_of(&settings);
        let stems = settings.strips.len();
        let mut made = Vec::new();
        for (n, slots) in wanted.iter().enumerate() {
            if self.chains.get(n).is_none_or(|known| !fits(known, slots)) {
                let place = if n < stems { Place::Stem(n) } else { Place::Mix };
                let mut benches = Vec::new();
                let chain = Chain::live(slots, self.rate, &mut benches);
                self.designers.take(benches);
                if let Some(known) = self.latencies.get_mut(n) {
                    *known = chain.latency();
                }
                made.push(Command::Chain(place, Box::new(chain)));
            }
        }
        self.chains = wanted;
        if !same_path(self.master.as_ref(), settings.master.as_ref()) {
            let path = FinishingPath::new(settings.master.as_ref(), self.rate);
            self.ending = path.latency();
            made.push(Command::Finishing(Box::new(path)));
        }
        self.make_room();
        made.into_iter().for_each(|command| self.command(command));
        self.master = settings.master;
        self.settings.write(settings);
    }

    /// Sends longer delay lines when the total latency exceeds what the current ones can hold.
    fn make_room(&mut self) {
        let (mix, stems) = self.latencies.split_last().unwrap_or((&Latency(0), &[]));
        let latency = stems.iter().copied().max().unwrap_or_default() + *mix + self.ending;
        if latency > self.room {
            self.room = latency;
            let delays = Delays::new(stems.len(), latency, self.rate);
            self.command(Command::Delays(Box::new(delays)));
        }
    }

    /// Returns a new fault, each one once: a stem that could not be read and is silent, or a
    /// processor that failed.
    pub fn fault(&mut self) -> Option<PlaybackError> {
        let failures = self.state().failures;
        if failures > std::mem::replace(&mut self.failures, failures) {
            return Some(PlaybackError::Failed);
        }
        self.prefetch.fault().map(PlaybackError::Media)
    }

    /// Whether a jump was requested that is not heard yet.
    pub fn is_jumping(&mut self) -> bool {
        self.epoch != self.state().epoch
    }

    /// The latest state from the audio thread.
    pub fn state(&mut self) -> &State {
        self.state.read()
    }

    /// The latest reading of the meters.
    pub fn reading(&mut self) -> &Reading {
        self.meters.reading()
    }

    /// Resets the meters, the peak holds and the counters of gaps and load.
    pub fn reset_meters(&mut self) {
        self.meters.reset();
        self.command(Command::ResetLevels);
    }
}

/// Longest pre-roll before a jump at 100 % CPU load; at half the load it may be twice as long.
const PATIENCE: Seconds = Seconds(0.033);
/// Length of sound played at each scrub position while paused.
const SCRUB: Seconds = Seconds(0.070);
/// Capacity of the queue of commands and of the queue of objects that come back to be freed.
const COMMANDS: usize = 512;

fn chains_of(settings: &Settings) -> Vec<Vec<Slot>> {
    let stems = settings.strips.iter().map(|target| target.chain.clone());
    stems.chain([settings.chain.clone()]).collect()
}

#[cfg(test)]
mod tests;
