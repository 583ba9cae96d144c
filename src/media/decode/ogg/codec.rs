//! Codecs that Ogg files may hold ([`Codec`]), and the packets that describe them ([`Heads`]):
//! Vorbis (Vorbis I, section 4.2), Opus (RFC 7845, section 5), FLAC (RFC 9639, section 10.1).

use super::vorbis;
use crate::media::decode::coder::PacketDecoder;
use crate::media::decode::flac::frame::{self, StreamInfo};
use crate::media::decode::{flac, guarded};
use crate::media::error::MediaError;
use crate::media::info::AudioInfo;
use crate::media::input::Input;
use crate::units::SampleRate;
use opus_pure::{MAX_PACKET_SAMPLES, OpusDecoder};
use std::path::PathBuf;
use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::codecs::audio::well_known::CODEC_ID_VORBIS;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Vorbis,
    Opus,
    Flac,
}

/// The header packets of a stream, which come before those of the sound.
pub struct Heads {
    kind: Kind,
    packets: Vec<Vec<u8>>,
    complete: bool,
}

impl Heads {
    /// Recognises the codec by the first packet of a stream; `None` if the codec is not known.
    pub fn begin(first: &[u8]) -> Option<Self> {
        let kind = if first.starts_with(b"\x01vorbis") {
            Kind::Vorbis
        } else if first.starts_with(b"OpusHead") {
            Kind::Opus
        } else if first.starts_with(b"\x7FFLAC") {
            Kind::Flac
        } else {
            return None;
        };
        Some(Self { kind, packets: vec![first.to_vec()], complete: false })
    }

    pub fn are_complete(&self) -> bool {
        self.complete
    }

    /// Takes the next packet; returns it if it is the first one of the sound.
    pub fn add(&mut self, packet: Vec<u8>) -> Option<Vec<u8>> {
        // FLAC need not state its number of header packets; audio packets begin with a frame's
        // sync.
        if self.kind == Kind::Flac {
            self.complete = packet.first() == Some(&0xFF);
            return self.complete.then_some(packet);
        }
        if self.kind == Kind::Opus && !packet.starts_with(b"OpusTags") {
            // The tags are lost; nothing in them is needed.
            self.complete = true;
            return Some(packet);
        }
        self.packets.push(packet);
        let needed = if self.kind == Kind::Vorbis { 3 } else { 2 };
        self.complete = self.packets.len() >= needed;
        None
    }

    /// Builds the decoder from the header packets.
    ///
    /// # Errors
    /// `NotAudio` for a damaged header or an unsupported kind of Opus, `Channels` for other than
    /// one or two channels.
    pub fn codec(&self, input: &Input) -> Result<Codec, MediaError> {
        let wrong = || input.not_audio("its head is damaged");
        let first = self.packets.first().ok_or_else(wrong)?;
        let byte = |at: usize| first.get(at).copied().ok_or_else(wrong);
        match self.kind {
            Kind::Vorbis => {
                let setup = self.packets.get(2).ok_or_else(wrong)?;
                if !vorbis::is_bearable(setup) {
                    return Err(wrong());
                }
                let rate = u32::from_le_bytes([byte(12)?, byte(13)?, byte(14)?, byte(15)?]);
                let info = AudioInfo::lossy("Vorbis", usize::from(byte(11)?), SampleRate(rate));
                let mut params = AudioCodecParameters::new();
                let both = [first.as_slice(), setup.as_slice()].concat();
                params.for_codec(CODEC_ID_VORBIS).with_extra_data(both.into_boxed_slice());
                refuse_channels(input, &info)?;
                let coder = PacketDecoder::new(input, &params, false)?;
                Ok(Codec { info, ahead: 0, decoder: Decoder::Vorbis(coder) })
            }
            Kind::Flac => {
                let stream = first.get(17..).and_then(StreamInfo::read).ok_or_else(wrong)?;
                let info = flac::described(&stream);
                refuse_channels(input, &info)?;
                let coder = flac::coder(input, &stream, true)?;
                Ok(Codec { info, ahead: 0, decoder: Decoder::Flac(coder) })
            }
            Kind::Opus => {
                let channels = usize::from(byte(9)?);
                let ahead = u64::from(u16::from_le_bytes([byte(10)?, byte(11)?]));
                let gain = i16::from_le_bytes([byte(16)?, byte(17)?]);
                // Surround (several streams) and other major versions are refused.
                let several = byte(18)? != 0 && byte(19)? != 1;
                if byte(8)? >> 4 != 0 || several {
                    return Err(input.not_audio("Opus of a kind that is not known"));
                }
                let info = AudioInfo::lossy("Opus", channels, SampleRate(48_000));
                refuse_channels(input, &info)?;
                let mut decoder = OpusDecoder::new(48_000, channels)
                    .map_err(|error| input.not_audio(error.to_string()))?;
                decoder.gain_q8 = i32::from(gain);
                let block = vec![0.0; MAX_PACKET_SAMPLES * channels];
                let (path, falls) = (input.path.clone(), 0);
                let opus = Opus { decoder, block, channels, path, falls };
                Ok(Codec { info, ahead, decoder: Decoder::Opus(Box::new(opus)) })
            }
        }
    }
}

fn refuse_channels(input: &Input, info: &AudioInfo) -> Result<(), MediaError> {
    let (path, channels) = (input.path.clone(), info.channels);
    if (1..=2).contains(&channels) { Ok(()) } else { Err(MediaError::Channels { path, channels }) }
}

struct Opus {
    decoder: OpusDecoder,
    /// Interleaved sound of the last packet.
    block: Vec<f32>,
    channels: usize,
    path: PathBuf,
    /// Number of panics so far.
    falls: u32,
}

enum Decoder {
    Vorbis(PacketDecoder),
    Flac(PacketDecoder),
    Opus(Box<Opus>),
}

/// A codec whose headers are read, ready for packets of sound.
pub struct Codec {
    info: AudioInfo,
    /// Leading frames to drop (the pre-skip of Opus).
    ahead: u64,
    decoder: Decoder,
}

impl Codec {
    pub fn info(&self) -> &AudioInfo {
        &self.info
    }

    /// Leading frames to drop.
    pub fn ahead(&self) -> u64 {
        self.ahead
    }

    /// Decodes a packet and appends it to `planes`. Returns false if the packet cannot be decoded,
    /// or has another rate or other channels than the header states.
    pub fn decode(&mut self, packet: &[u8], planes: &mut [Vec<f32>]) -> Result<bool, MediaError> {
        let coder = match &mut self.decoder {
            Decoder::Opus(opus) => return opus.decode(packet, planes),
            Decoder::Flac(_) if !frame::is_whole(packet) => return Ok(false),
            Decoder::Vorbis(coder) | Decoder::Flac(coder) => coder,
        };
        let Some(sound) = coder.decode(packet)? else { return Ok(false) };
        let same = (sound.channels, sound.rate) == (self.info.channels, self.info.sample_rate);
        if same {
            for (to, from) in planes.iter_mut().zip(&coder.planes) {
                to.extend_from_slice(from);
            }
        }
        Ok(same)
    }

    /// Forgets earlier packets, for a gap in the stream.
    pub fn reset(&mut self) -> Result<(), MediaError> {
        match &mut self.decoder {
            Decoder::Vorbis(coder) | Decoder::Flac(coder) => coder.reset(),
            Decoder::Opus(opus) => opus.reset(),
        }
    }

    /// Whether the checksum of the whole stream matches; true if the codec has none.
    pub fn is_verified(&mut self) -> bool {
        match &mut self.decoder {
            Decoder::Flac(coder) => coder.is_verified(),
            Decoder::Vorbis(_) | Decoder::Opus(_) => true,
        }
    }
}

impl Opus {
    fn decode(&mut self, packet: &[u8], planes: &mut [Vec<f32>]) -> Result<bool, MediaError> {
        // The decoder treats an empty packet as a loss and makes up sound.
        if packet.is_empty() {
            return Ok(false);
        }
        let (decoder, block) = (&mut self.decoder, &mut self.block);
        let decoded =
            guarded(&self.path, || decoder.decode(packet, MAX_PACKET_SAMPLES, block).ok());
        let frames = match decoded {
            Ok(Some(frames)) => frames,
            Ok(None) => return Ok(false),
            Err(error) => {
                self.falls += 1;
                if self.falls > 3 {
                    return Err(error);
                }
                self.reset()?;
                return Ok(false);
            }
        };
        for (n, plane) in planes.iter_mut().enumerate() {
            let samples = self.block.iter().skip(n).step_by(self.channels.max(1));
            plane.extend(samples.take(frames));
        }
        Ok(true)
    }

    fn reset(&mut self) -> Result<(), MediaError> {
        // No file can make the reset fail.
        guarded(&self.path, || drop(self.decoder.reset_state()))
    }
}
