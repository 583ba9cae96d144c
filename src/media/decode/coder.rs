//! One of symphonia's decoders, kept from bringing the program down.

use super::guarded;
use crate::media::error::MediaError;
use crate::media::input::Input;
use crate::units::SampleRate;
use std::path::PathBuf;
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::packet::PacketRef;
use symphonia::core::units::{Duration, Timestamp};

pub(super) struct Coder {
    path: PathBuf,
    decoder: Box<dyn AudioDecoder>,
    /// What the last packet became, one plane for each channel.
    pub planes: Vec<Vec<f32>>,
    /// How often the decoder came down.
    falls: u32,
}

/// A decoder that comes down more often than this does so for every packet.
const FALLS: u32 = 3;

/// What a packet is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Sound {
    pub rate: SampleRate,
    pub channels: usize,
    pub frames: usize,
}

impl Coder {
    /// `verify` asks for a checksum of everything, where the codec has one.
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
        .map_err(|error| input.not_audio(error.to_string()))?;
        Ok(Self { path: input.path.clone(), decoder, planes: Vec::new(), falls: 0 })
    }

    /// Decodes a packet into `planes`; none where that is not possible.
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

    /// Forgets what came before.
    pub fn reset(&mut self) -> Result<(), MediaError> {
        guarded(&self.path, || self.decoder.reset())
    }

    /// Whether everything that was decoded has the checksum that it should have; true where there
    /// is none.
    pub fn is_verified(&mut self) -> bool {
        let verified = guarded(&self.path, || self.decoder.finalize().verify_ok);
        verified.is_ok_and(|verified| verified != Some(false))
    }
}
