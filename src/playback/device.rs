//! Audio devices through cpal: [`survey`] lists them, [`choose`] picks one by a person's [`DeviceSettings`],
//! [`Chosen::start`] opens it as a [`Device`] and runs the renderer in its callback.

use crate::playback::renderer::Renderer;
use crate::playback::{PlaybackError, denormals};
use crate::units::{SampleRate, Seconds};
use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{
    BufferSize, DeviceId, ErrorKind, FromSample, Host, HostId, SampleFormat, SizedSample,
    StreamConfig, SupportedBufferSize, SupportedStreamConfig, SupportedStreamConfigRange,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::channel;
use std::time::Duration;

/// Buffer sizes to choose from, in frames.
pub const BUFFERS: [u32; 8] = [32, 64, 128, 256, 512, 1024, 2048, 4096];
/// Samples that are converted to the device's sample format at a time.
const LONGEST: usize = 1 << 16;

/// The device settings that a person chose; saved between runs. Anything unset follows the system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeviceSettings {
    /// Sound system, such as ALSA or JACK.
    pub system: Option<String>,
    /// Id of the device in its sound system.
    pub device: Option<String>,
    /// Sample rate. Unset means the session's rate, if the device supports it.
    pub rate: Option<SampleRate>,
    /// Buffer size in frames.
    pub buffer: u32,
    /// First of the two channels to use, from 0.
    pub channel: u16,
}

impl Default for DeviceSettings {
    fn default() -> Self {
        Self { system: None, device: None, rate: None, buffer: 256, channel: 0 }
    }
}

/// An output device that is present.
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    /// Value for [`DeviceSettings::device`].
    pub id: String,
    pub name: String,
    pub channels: u16,
    /// The usual sample rates that it supports.
    pub rates: Vec<SampleRate>,
    /// Smallest and largest buffer in frames, where the device reports them.
    pub buffers: Option<(u32, u32)>,
}

/// A sound system and its devices.
#[derive(Clone, Debug, PartialEq)]
pub struct System {
    pub name: String,
    pub devices: Vec<Known>,
}

const RATES: [u32; 6] = [44_100, 48_000, 88_200, 96_000, 176_400, 192_000];

fn hosts() -> impl Iterator<Item = Host> {
    cpal::available_hosts().into_iter().filter_map(|id| cpal::host_from_id(id).ok())
}

/// Lists all sound systems of this build that are available here, with their output devices. Takes
/// a while.
pub fn survey() -> Vec<System> {
    hosts()
        .map(|host| {
            let devices = host.output_devices().into_iter().flatten();
            let devices = devices.filter_map(|device| known(&device)).collect();
            System { name: host.id().name().into(), devices }
        })
        .collect()
}

fn known(device: &cpal::Device) -> Option<Known> {
    let ranges: Vec<SupportedStreamConfigRange> = device.supported_output_configs().ok()?.collect();
    let has = |rate: &u32| {
        ranges
            .iter()
            .any(|range| (range.min_sample_rate()..=range.max_sample_rate()).contains(rate))
    };
    let buffers = ranges.iter().filter_map(|range| match *range.buffer_size() {
        SupportedBufferSize::Range { min, max } => Some((min, max)),
        SupportedBufferSize::Unknown => None,
    });
    Some(Known {
        id: device.id().ok()?.to_string(),
        name: name_of(device),
        channels: ranges.iter().map(SupportedStreamConfigRange::channels).max()?,
        rates: RATES.into_iter().filter(has).map(SampleRate).collect(),
        buffers: buffers.reduce(|(a, b), (min, max)| (a.min(min), b.max(max))),
    })
}

fn name_of(device: &cpal::Device) -> String {
    device.description().map_or_else(|_| "Sound device".into(), |found| found.name().to_string())
}

/// The chosen device, if it is present.
fn wished(wish: &DeviceSettings) -> Option<cpal::Device> {
    let id: DeviceId = wish.device.as_ref()?.parse().ok()?;
    cpal::host_from_id(id.host()).ok()?.device_by_id(&id)
}

/// Whether the chosen device is present and reports an output format.
pub fn is_there(wish: &DeviceSettings) -> bool {
    wished(wish).is_some_and(|device| device.default_output_config().is_ok())
}

fn default_device(wish: &DeviceSettings) -> Option<cpal::Device> {
    let named = |id: &HostId| wish.system.as_deref().is_none_or(|name| name == id.name());
    let default = |host: Host| host.default_output_device();
    let first = hosts().filter(|host| named(&host.id())).find_map(default);
    first.or_else(|| hosts().find_map(default))
}

/// A device and the stream format to open it with.
pub struct Chosen {
    device: cpal::Device,
    config: StreamConfig,
    format: SampleFormat,
    name: String,
    first: usize,
    /// True when the chosen device is absent and this one takes its place.
    instead: bool,
}

/// Errors of the stream so far, shared with its callbacks.
#[derive(Default)]
struct Health {
    lost: AtomicBool,
    xruns: AtomicU64,
}

/// An open device that plays. It stops when this is dropped.
pub struct Device {
    stream: Option<cpal::Stream>,
    health: Arc<Health>,
    pub name: String,
    pub rate: SampleRate,
    pub channels: usize,
    /// Buffer size in frames, where the device reports it.
    pub buffer: Option<u32>,
    /// True when the chosen device was absent and this one took its place.
    pub instead: bool,
}

impl Device {
    pub fn is_lost(&self) -> bool {
        self.health.lost.load(Ordering::Relaxed)
    }

    /// Buffer underruns so far.
    pub fn xruns(&self) -> u64 {
        self.health.xruns.load(Ordering::Relaxed)
    }
}

/// Longest wait for a device to open.
const OPENING: Duration = Duration::from_secs(3);
/// Longest wait for a device to close.
const CLOSING: Duration = Duration::from_millis(300);

impl Drop for Device {
    /// Closes the device before another is opened, as some allow only one open stream. A device
    /// that is gone may never answer (seen with a removed PulseAudio sink), so a separate thread
    /// closes it and the wait is short.
    fn drop(&mut self) {
        let Some(stream) = self.stream.take() else { return };
        let (done, closed) = channel();
        let closing = move || {
            drop(stream);
            // The receiver is gone when the wait timed out.
            let _ = done.send(());
        };
        if std::thread::Builder::new().name("closing".into()).spawn(closing).is_ok() {
            let _ = closed.recv_timeout(CLOSING);
        }
    }
}

fn device_error(error: cpal::Error) -> PlaybackError {
    PlaybackError::Device(error.to_string())
}

/// Finds the chosen device, or the system's default when it is absent, and the supported format
/// nearest to the wish.
pub fn choose(wish: &DeviceSettings, session: SampleRate) -> Result<Chosen, PlaybackError> {
    let found = wished(wish).filter(|device| device.default_output_config().is_ok());
    let instead = wish.device.is_some() && found.is_none();
    let device = found.or_else(|| default_device(wish)).ok_or(PlaybackError::NoDevice)?;
    let usual = device.default_output_config().map_err(device_error)?;
    let rate = wish.rate.unwrap_or(session).0;
    let least = wish.channel + 2;
    let ranges = device.supported_output_configs().map_err(device_error)?;
    let near = |config: &SupportedStreamConfig| {
        let few = config.channels() < least.min(usual.channels().max(2));
        (few, config.channels() != usual.channels(), rank(config.sample_format()))
    };
    let supported = ranges
        .filter_map(|range| range.try_with_sample_rate(rate))
        .min_by_key(near)
        .unwrap_or(usual);
    let mut config = supported.config();
    config.buffer_size = match *supported.buffer_size() {
        SupportedBufferSize::Range { min, max } if min <= max => {
            BufferSize::Fixed(wish.buffer.clamp(min, max))
        }
        _ => BufferSize::Fixed(wish.buffer),
    };
    let (format, name) = (supported.sample_format(), name_of(&device));
    Ok(Chosen { device, config, format, name, first: usize::from(wish.channel), instead })
}

/// Rank of a sample format; 0 is the best.
fn rank(format: SampleFormat) -> usize {
    use SampleFormat::{F32, F64, I16, I24, I32, U8, U16};
    let order = [F32, F64, I32, I24, I16, U16, U8];
    order.iter().position(|known| *known == format).unwrap_or(order.len())
}

impl Chosen {
    /// Sample rate that the device will run at.
    pub fn rate(&self) -> SampleRate {
        SampleRate(self.config.sample_rate)
    }

    /// Opens the device and runs the renderer in its callback.
    pub fn start(self, mut renderer: Renderer) -> Result<Device, PlaybackError> {
        let health = Arc::new(Health::default());
        renderer.use_channels_from(self.first);
        let stream = match self.format {
            SampleFormat::F32 => self.stream::<f32>(renderer, &health),
            SampleFormat::F64 => self.stream::<f64>(renderer, &health),
            SampleFormat::I32 => self.stream::<i32>(renderer, &health),
            SampleFormat::I24 => self.stream::<cpal::I24>(renderer, &health),
            SampleFormat::I16 => self.stream::<i16>(renderer, &health),
            SampleFormat::U16 => self.stream::<u16>(renderer, &health),
            SampleFormat::U8 => self.stream::<u8>(renderer, &health),
            other => Err(PlaybackError::Device(format!("it takes only {other} samples"))),
        }?;
        stream.play().map_err(device_error)?;
        let rate = self.rate();
        let channels = usize::from(self.config.channels);
        let buffer = stream.buffer_size().ok();
        let stream = Some(stream);
        Ok(Device {
            stream,
            health,
            buffer,
            name: self.name,
            rate,
            channels,
            instead: self.instead,
        })
    }

    fn stream<T: SizedSample + FromSample<f32> + 'static>(
        &self,
        mut renderer: Renderer,
        health: &Arc<Health>,
    ) -> Result<cpal::Stream, PlaybackError> {
        let channels = usize::from(self.config.channels).max(1);
        let mut block = vec![0.0f32; LONGEST];
        let health = Arc::clone(health);
        self.device
            .build_output_stream(
                self.config,
                move |out: &mut [T], info: &cpal::OutputCallbackInfo| {
                    denormals::flush();
                    let times = info.timestamp();
                    let ahead = times.playback.saturating_duration_since(times.callback);
                    let ahead = Seconds(ahead.as_secs_f64());
                    for part in out.chunks_mut(LONGEST / channels * channels) {
                        let Some(block) = block.get_mut(..part.len()) else { return };
                        renderer.process(block, channels, ahead);
                        for (out, x) in part.iter_mut().zip(block) {
                            *out = T::from_sample(x.clamp(-1.0, 1.0));
                        }
                    }
                },
                move |error| match error.kind() {
                    ErrorKind::Xrun => {
                        health.xruns.fetch_add(1, Ordering::Relaxed);
                    }
                    ErrorKind::DeviceNotAvailable
                    | ErrorKind::StreamInvalidated
                    | ErrorKind::HostUnavailable => health.lost.store(true, Ordering::Relaxed),
                    // Here the sound goes on: on another device, without real-time priority, or
                    // after a glitch. If it does not, the player notices that callbacks stop.
                    _ => {}
                },
                Some(OPENING),
            )
            .map_err(device_error)
    }
}
