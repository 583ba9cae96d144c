//! Real time: the device, the transport, reading ahead, parameters in, meters out.
//!
//! ```text
//! window ── commands, settings ──▶ renderer (audio callback) ──▶ device
//!    │                                ▲              │
//!    └── jumps, content ──▶ prefetch ─┘ blocks       └── samples ──▶ meters ──▶ window
//! ```
//! The renderer takes no lock, allocates nothing and reads no file. Blocks go round between
//! it and the prefetch thread; nothing is freed on the way.

mod device;
mod lane;
mod messages;
mod meters;
mod prefetch;
mod renderer;
mod spectrum;

pub use messages::{Place, Settings, Source, State, StripTarget};
pub use meters::{Reading, SCOPE_POINTS};
pub use prefetch::Content;
pub use renderer::Renderer;
pub use spectrum::{BINS, Spectrum};

use crate::dsp::chain::{Chain, Slot, fits};
use crate::dsp::loudness::UnsupportedRate;
use crate::media::MediaError;
use crate::units::SampleRate;
use device::Device;
use messages::Command;
use meters::Meters;
use prefetch::{Jump, Prefetch};
use std::sync::Arc;

#[derive(Debug, thiserror::Error)]
pub enum PlaybackError {
    #[error("no sound device was found; connect one and press play again")]
    NoDevice,
    #[error(
        "the sound device cannot be opened: {0}; close other programs that use it, or choose another"
    )]
    Device(String),
    #[error(transparent)]
    Media(#[from] MediaError),
    #[error(transparent)]
    Rate(#[from] UnsupportedRate),
    #[error("a thread could not be started: {0}")]
    Thread(#[from] std::io::Error),
}

/// What the window holds: the transport of one session.
pub struct Transport {
    commands: rtrb::Producer<Command>,
    settings: triple_buffer::Input<Settings>,
    state: triple_buffer::Output<State>,
    prefetch: Prefetch,
    meters: Meters,
    epoch: u64,
    looping: Option<(u64, u64)>,
    rate: SampleRate,
    /// The chains that the audio thread has or will have: of the stems, then of the mix.
    chains: Vec<Vec<Slot>>,
    old_chains: rtrb::Consumer<Box<Chain>>,
}

impl Transport {
    /// Starts prefetch and meters, and gives the renderer for a device of `device_rate`.
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
        let (old_in, old_chains) = rtrb::RingBuffer::new(COMMANDS);
        let ends = messages::Ends {
            orders,
            settings: settings_out,
            state: state_in,
            blocks,
            spent,
            tap,
            watch,
            old_chains: old_in,
        };
        let renderer = Renderer::new(&content, &settings, ends, device_rate)?;
        let transport = Self {
            commands,
            settings: settings_in,
            state: state_out,
            prefetch,
            meters,
            epoch: 0,
            looping: None,
            rate,
            chains: chains_of(&settings),
            old_chains,
        };
        Ok((transport, renderer))
    }

    fn command(&mut self, command: Command) {
        // The queue is far longer than the commands of one device buffer; were it full, the
        // audio thread would be gone and nothing could be heard anyway.
        let _ = self.commands.push(command);
    }

    pub fn play(&mut self) {
        self.command(Command::Play);
    }

    pub fn pause(&mut self) {
        self.command(Command::Pause);
    }

    /// Jumps to a frame of the song.
    pub fn seek(&mut self, frame: u64) {
        self.epoch += 1;
        self.prefetch.jump(Jump::To { frame, epoch: self.epoch });
        self.command(Command::Epoch(self.epoch));
    }

    /// Loops between two frames of the song, or not at all.
    pub fn set_loop(&mut self, range: Option<(u64, u64)>) {
        if self.looping != range {
            self.looping = range;
            self.prefetch.jump(Jump::Loop(range));
            let here = self.state().frame;
            self.seek(here);
        }
    }

    /// Plays other edits of the same stems, from where it is.
    pub fn set_content(&mut self, content: Arc<Content>) {
        self.prefetch.jump(Jump::Content(content));
        let here = self.state().frame;
        self.seek(here);
    }

    /// New settings. Chains of another build are made here and handed over; old ones come back
    /// to be freed.
    pub fn set_settings(&mut self, settings: Settings) {
        while self.old_chains.pop().is_ok() {}
        let wanted = chains_of(&settings);
        let stems = settings.strips.len();
        for (n, slots) in wanted.iter().enumerate() {
            if self.chains.get(n).is_none_or(|known| !fits(known, slots)) {
                let place = if n < stems { Place::Stem(n) } else { Place::Mix };
                self.command(Command::Chain(place, Box::new(Chain::new(slots, self.rate))));
            }
        }
        self.chains = wanted;
        self.settings.write(settings);
    }

    /// What the audio thread last said.
    pub fn state(&mut self) -> &State {
        self.state.read()
    }

    /// What the meters last read.
    pub fn reading(&mut self) -> &Reading {
        self.meters.reading()
    }

    /// Starts the meters anew.
    pub fn reset_meters(&mut self) {
        self.meters.reset();
    }
}

/// Commands that may be under way at once, and so chains that may be on their way back.
const COMMANDS: usize = 512;

fn chains_of(settings: &Settings) -> Vec<Vec<Slot>> {
    let stems = settings.strips.iter().map(|target| target.chain.clone());
    stems.chain([settings.chain.clone()]).collect()
}

/// A transport with a device behind it.
pub struct Player {
    pub transport: Transport,
    device: Device,
}

impl Player {
    /// Opens the default device.
    pub fn open(content: Arc<Content>, settings: Settings) -> Result<Self, PlaybackError> {
        let chosen = device::choose()?;
        let (transport, renderer) = Transport::new(content, settings, chosen.rate())?;
        let device = chosen.start(renderer)?;
        Ok(Self { transport, device })
    }

    /// Whether the device has gone, for instance because it was unplugged.
    pub fn is_lost(&self) -> bool {
        self.device.is_lost()
    }
}
