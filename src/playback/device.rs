//! The sound device, through cpal.

use crate::playback::PlaybackError;
use crate::playback::renderer::Renderer;
use crate::units::SampleRate;
use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{BufferSize, SampleFormat, StreamConfig, SupportedBufferSize};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Frames asked of the device at a time.
const BUFFER: u32 = 256;
/// Samples of the longest buffer that is converted for devices without floating point.
const LONGEST: usize = 1 << 16;

/// A device and how it will be driven.
pub struct Chosen {
    device: cpal::Device,
    config: StreamConfig,
    format: SampleFormat,
}

/// A device that plays; it stops when this is dropped.
pub struct Device {
    _stream: cpal::Stream,
    lost: Arc<AtomicBool>,
}

impl Device {
    pub fn is_lost(&self) -> bool {
        self.lost.load(Ordering::Relaxed)
    }
}

/// The default device at its own rate.
pub fn choose() -> Result<Chosen, PlaybackError> {
    let device = cpal::default_host().default_output_device().ok_or(PlaybackError::NoDevice)?;
    let supported =
        device.default_output_config().map_err(|error| PlaybackError::Device(error.to_string()))?;
    let mut config = supported.config();
    if let SupportedBufferSize::Range { min, max } = *supported.buffer_size() {
        config.buffer_size = BufferSize::Fixed(BUFFER.clamp(min, max));
    }
    Ok(Chosen { device, config, format: supported.sample_format() })
}

impl Chosen {
    pub fn rate(&self) -> SampleRate {
        SampleRate(self.config.sample_rate)
    }

    /// Opens the device and lets the renderer play.
    pub fn start(self, renderer: Renderer) -> Result<Device, PlaybackError> {
        let lost = Arc::new(AtomicBool::new(false));
        let stream = match self.format {
            SampleFormat::I16 => self.stream(renderer, &lost, |x| (x * 32_767.0) as i16),
            SampleFormat::I32 => self.stream(renderer, &lost, |x| (x * 2_147_483_520.0) as i32),
            SampleFormat::U8 => self.stream(renderer, &lost, |x| (x * 127.0 + 128.0) as u8),
            _ => self.stream(renderer, &lost, |x| x),
        }?;
        stream.play().map_err(|error| PlaybackError::Device(error.to_string()))?;
        Ok(Device { _stream: stream, lost })
    }

    fn stream<T: cpal::SizedSample + 'static>(
        &self,
        mut renderer: Renderer,
        lost: &Arc<AtomicBool>,
        convert: impl Fn(f32) -> T + Send + 'static,
    ) -> Result<cpal::Stream, PlaybackError> {
        let channels = usize::from(self.config.channels);
        let mut block = vec![0.0f32; LONGEST];
        let lost = Arc::clone(lost);
        self.device
            .build_output_stream(
                self.config,
                move |out: &mut [T], _| {
                    for part in out.chunks_mut(LONGEST / channels * channels) {
                        let block = &mut block[..part.len()];
                        renderer.process(block, channels);
                        for (out, x) in part.iter_mut().zip(block) {
                            *out = convert(x.clamp(-1.0, 1.0));
                        }
                    }
                },
                move |error| {
                    if matches!(
                        error.kind(),
                        cpal::ErrorKind::DeviceNotAvailable | cpal::ErrorKind::StreamInvalidated
                    ) {
                        lost.store(true, Ordering::Relaxed);
                    }
                },
                None,
            )
            .map_err(|error| PlaybackError::Device(error.to_string()))
    }
}
