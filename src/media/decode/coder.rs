//! A decoder of symphonia ([`PacketDecoder`]). If it panics, the packet counts as one that cannot be
//! decoded.

use super::guarded;
use crate::media::error::MediaError;
use crate::media::input::Input;
use crate::units::SampleRate;
use std::path::PathBuf;
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error;
use symphonia::core::packet::PacketRef;
use symphonia::core::units::{Duration, Timestamp};

pub(super) struct PacketDecoder {
    path: PathBuf,
    decoder: Box<dyn AudioDecoder>,
    /// The last packet decoded, one plane per channel.
    pub planes: Vec<Vec<f32>>,
    /// Number of panics so far.
    falls: u32,
}

/// Panics that are tolerated in one file.
const FALLS: u32 = 3;

/// Rate, channels and length of a decoded packet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Sound {
    pub rate: SampleRate,
    pub channels: usize,
    pub frames: usize,
}

impl PacketDecoder {
    /// With `verify`, the decoder computes the checksum of the whole stream (FLAC's MD5).
    pub fn new(
        input: &Input,
        params: &AudioCodecParameters,
        verify: bool,
    ) -> Result<Self, MediaError> {
        let mut options = AudioDecoderOptions::default();
        options.verify = verify;
        let decoder = guarded(&input.path, || {
            symphonia::default::get_codecs().make_audio_decoder(params, &options)
        })?
        .map_err(|error| match error {
            Error::Unsupported(kind) => {
                input.not_audio(format!("coding of a kind that is not decoded: {kind}"))
            }
            error => input.not_audio(error.to_string()),
        })?;
        Ok(Self { path: input.path.clone(), decoder, planes: Vec::new(), falls: 0 })
    }

    /// Decodes a packet into `planes`; `None` if the packet cannot be decoded.
    ///
    /// # Errors
    /// `Damaged` after more than [`FALLS`] panics.
    pub fn decode(&mut self, data: &[u8]) -> Result<Option<Sound>, MediaError> {
        let packet = PacketRef::new(0, Timestamp::new(0), Duration::ZERO, data);
        let (decoder, planes) = (&mut self.decoder, &mut self.planes);
        let decoded = guarded(&self.path, || {
            let audio = decoder.decode_ref(&packet).ok()?;
            audio.copy_to_vecs_planar(planes);
            let spec = audio.spec();
            Some((SampleRate(spec.rate()), spec.channels().count()))
        });
        let decoded = match decoded {
            Ok(decoded) => decoded,
            Err(error) => {
                self.falls += 1;
                if self.falls > FALLS {
                    return Err(error);
                }
                self.reset()?;
                None
            }
        };
        let Some((rate, channels)) = decoded else {
            self.planes.iter_mut().for_each(Vec::clear);
            return Ok(None);
        };
        let frames = self.planes.first().map_or(0, Vec::len);
        Ok(Some(Sound { rate, channels, frames }))
    }

    /// Forgets earlier packets, for a gap in the stream.
    pub fn reset(&mut self) -> Result<(), MediaError> {
        guarded(&self.path, || self.decoder.reset())
    }

    /// Whether the checksum of the whole stream matches; true if the stream has none.
    pub fn is_verified(&mut self) -> bool {
        let verified = guarded(&self.path, || self.decoder.finalize().verify_ok);
        verified.is_ok_and(|verified| verified != Some(false))
    }
}
