//! A transport and the audio device that plays it, for the window's thread. [`Player::open`]
//! chooses and starts the device; [`Player::is_lost`] tells the window when to open another.

use super::device::{self, Device, DeviceSettings};
use super::{Content, PlaybackError, Settings, Transport};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A device that has not called back for this long counts as lost: it sleeps, or its sound system
/// ended without an error.
const DEAD: Duration = Duration::from_secs(3);

/// A transport, and the device that plays it. Sound stops when this is dropped.
pub struct Player {
    pub transport: Transport,
    device: Device,
    /// The last callback count that differed from the one before, and when it was seen.
    alive: (u64, Instant),
}

/// State of the open device, for display.
#[derive(Clone, Debug, PartialEq)]
pub struct DeviceState {
    pub name: String,
    /// True when the chosen device is absent and the system's default plays in its place.
    pub instead: bool,
    pub rate: crate::units::SampleRate,
    pub channels: usize,
    pub buffer: Option<u32>,
    /// Buffer underruns so far.
    pub xruns: u64,
}

impl Player {
    /// Opens the chosen device, or the system's default when it is absent.
    pub fn open(
        content: Arc<Content>,
        settings: Settings,
        wish: &DeviceSettings,
    ) -> Result<Self, PlaybackError> {
        let chosen = device::choose(wish, content.rate())?;
        let (transport, renderer) = Transport::new(content, settings, chosen.rate())?;
        let device = chosen.start(renderer)?;
        Ok(Self { transport, device, alive: (0, Instant::now()) })
    }

    /// Whether the device is gone, for instance unplugged, or has stopped calling back. Poll this
    /// often: it also updates the time of the last callback.
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
