//! A transport with a device behind it.

use super::device::{self, Device, Wish};
use super::{Content, PlaybackError, Settings, Transport};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A device that has not asked for sound for so long has stopped: it is asleep, or its sound
/// system is gone without a word.
const DEAD: Duration = Duration::from_secs(3);

pub struct Player {
    pub transport: Transport,
    device: Device,
    /// Callbacks when they were last seen to be more than before, and when that was.
    alive: (u64, Instant),
}

/// What a person may want to know about the device.
#[derive(Clone, Debug, PartialEq)]
pub struct DeviceState {
    pub name: String,
    /// Another device was wished for.
    pub instead: bool,
    pub rate: crate::units::SampleRate,
    pub channels: usize,
    pub buffer: Option<u32>,
    /// Times that the device ran dry.
    pub xruns: u64,
}

impl Player {
    /// Opens the device that is wished for, or the computer's own in its place.
    pub fn open(
        content: Arc<Content>,
        settings: Settings,
        wish: &Wish,
    ) -> Result<Self, PlaybackError> {
        let chosen = device::choose(wish, content.rate())?;
        let (transport, renderer) = Transport::new(content, settings, chosen.rate())?;
        let device = chosen.start(renderer)?;
        Ok(Self { transport, device, alive: (0, Instant::now()) })
    }

    /// Whether the device has gone, for instance because it was unplugged, or has stopped
    /// asking for sound. To be asked often.
    pub fn is_lost(&mut self) -> bool {
        let callbacks = self.transport.state().callbacks;
        if callbacks != self.alive.0 {
            self.alive = (callbacks, Instant::now());
        }
        self.device.is_lost() || self.alive.1.elapsed() > DEAD
    }

    pub fn device(&self) -> DeviceState {
        let Device { name, rate, channels, buffer, instead, .. } = &self.device;
        DeviceState {
            name: name.clone(),
            instead: *instead,
            rate: *rate,
            channels: *channels,
            buffer: *buffer,
            xruns: self.device.xruns(),
        }
    }
}
