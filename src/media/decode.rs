//! Everything that is no WAV file, decoded from front to back by symphonia.

use crate::media::error::MediaError;
use crate::media::info::AudioInfo;
use crate::units::{Frames, SampleRate};
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use symphonia::core::audio::sample::SampleFormat;
use symphonia::core::codecs::audio::well_known::{
    CODEC_ID_AAC, CODEC_ID_ALAC, CODEC_ID_FLAC, CODEC_ID_MP3, CODEC_ID_PCM_F32BE,
    CODEC_ID_PCM_F32LE, CODEC_ID_PCM_F64BE, CODEC_ID_PCM_F64LE, CODEC_ID_VORBIS,
};
use symphonia::core::codecs::audio::{AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::MetadataOptions;

/// Takes planar blocks, one vector per channel.
pub type Sink<'a> = dyn FnMut(&[Vec<f32>]) -> Result<(), MediaError> + 'a;

struct Opened {
    format: Box<dyn FormatReader>,
    decoder: Box<dyn AudioDecoder>,
    track: u32,
    info: AudioInfo,
    counted: bool,
}

/// Lets a decoder work. They are other people's code, and a broken file may bring one down:
/// that ends the reading of this file, not the program.
fn guarded<T>(path: &Path, work: impl FnOnce() -> T) -> Result<T, MediaError> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| MediaError::Damaged {
        path: path.to_owned(),
        detail: "its structure makes no sense".into(),
    })
}

fn open(path: &Path) -> Result<Opened, MediaError> {
    guarded(path, || open_unguarded(path))?
}

fn open_unguarded(path: &Path) -> Result<Opened, MediaError> {
    let not_audio = |detail: String| MediaError::NotAudio { path: path.to_owned(), detail };
    let file = File::open(path).map_err(|source| MediaError::reading(path, source))?;
    let stream = MediaSourceStream::new(Box::new(file), Default::default());
    let mut hint = Hint::new();
    let extension = path.extension().and_then(|text| text.to_str()).unwrap_or("");
    hint.with_extension(extension);
    let format = symphonia::default::get_probe()
        .probe(&hint, stream, FormatOptions::default(), MetadataOptions::default())
        .map_err(|error| not_audio(error.to_string()))?;
    let track =
        format.default_track(TrackType::Audio).ok_or_else(|| not_audio("no audio track".into()))?;
    let params = track
        .codec_params
        .as_ref()
        .and_then(|params| params.audio())
        .ok_or_else(|| not_audio("no audio track".into()))?;
    let decoder = symphonia::default::get_codecs()
        .make_audio_decoder(params, &AudioDecoderOptions::default())
        .map_err(|error| not_audio(error.to_string()))?;
    let lossy_name = match params.codec {
        CODEC_ID_MP3 => Some("MP3"),
        CODEC_ID_AAC => Some("AAC"),
        CODEC_ID_VORBIS => Some("Vorbis"),
        _ => None,
    };
    let name = match params.codec {
        CODEC_ID_FLAC => "FLAC".into(),
        CODEC_ID_ALAC => "ALAC".into(),
        _ => lossy_name.map_or_else(|| extension.to_uppercase(), Into::into),
    };
    let format_of_codec = match params.codec {
        CODEC_ID_PCM_F32BE | CODEC_ID_PCM_F32LE => Some(SampleFormat::F32),
        CODEC_ID_PCM_F64BE | CODEC_ID_PCM_F64LE => Some(SampleFormat::F64),
        _ => None,
    };
    let sample_format = params.sample_format.or(format_of_codec);
    let float = matches!(sample_format, Some(SampleFormat::F32 | SampleFormat::F64));
    let bits = params.bits_per_sample.or_else(|| {
        sample_format.map(|format| match format {
            SampleFormat::U8 | SampleFormat::S8 => 8,
            SampleFormat::U16 | SampleFormat::S16 => 16,
            SampleFormat::U24 | SampleFormat::S24 => 24,
            SampleFormat::U32 | SampleFormat::S32 | SampleFormat::F32 => 32,
            SampleFormat::F64 => 64,
        })
    });
    let info = AudioInfo {
        format: name,
        channels: params.channels.as_ref().map_or(0, |channels| channels.count()),
        sample_rate: SampleRate(params.sample_rate.unwrap_or(0)),
        bits: if lossy_name.is_some() { None } else { bits },
        float: float && lossy_name.is_none(),
        frames: Frames(track.num_frames.unwrap_or(0)),
        lossy: lossy_name.is_some(),
        time_reference: None,
        truncated: false,
    };
    let counted = track.num_frames.is_some() && !info.lossy;
    Ok(Opened { track: track.id, decoder, info, counted, format })
}

/// Frames in a byte of file beyond which a header's word is not taken for the length.
const DENSEST: u64 = 16;

/// Reads the facts of a file; one whose header does not tell its length, or tells one that is
/// hard to believe, is decoded to find it.
pub fn probe(path: &Path) -> Result<AudioInfo, MediaError> {
    let opened = open(path)?;
    let info = opened.info.clone();
    let bytes = std::fs::metadata(path).map_err(|cause| MediaError::reading(path, cause))?.len();
    let believed = opened.counted && info.frames.0 / DENSEST <= bytes;
    if believed && info.channels > 0 && info.sample_rate.0 > 0 {
        return Ok(info);
    }
    run(opened, path, &mut |_| Ok(()))
}

/// Decodes the whole file and hands on its planar blocks, one vector per channel.
/// Returns the facts, with the length that was really decoded.
pub fn decode(path: &Path, sink: &mut Sink<'_>) -> Result<AudioInfo, MediaError> {
    run(open(path)?, path, sink)
}

fn run(mut opened: Opened, path: &Path, sink: &mut Sink<'_>) -> Result<AudioInfo, MediaError> {
    let damaged = |detail: String| MediaError::Damaged { path: path.to_owned(), detail };
    let mut info = opened.info;
    let promised = info.frames;
    let mut planes: Vec<Vec<f32>> = Vec::new();
    let mut frames = 0u64;
    loop {
        let packet = match guarded(path, || opened.format.next_packet())? {
            Ok(Some(packet)) => packet,
            Ok(None) => break,
            Err(Error::IoError(error)) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
                break;
            }
            Err(error) => return Err(damaged(error.to_string())),
        };
        if packet.track_id != opened.track {
            continue;
        }
        let decoded = guarded(path, || {
            let audio = opened.decoder.decode(&packet)?;
            audio.copy_to_vecs_planar(&mut planes);
            Ok((audio.spec().channels().count(), audio.spec().rate()))
        })?;
        match decoded {
            Ok((channels, rate)) => {
                (info.channels, info.sample_rate) = (channels, SampleRate(rate));
                if channels > 2 {
                    return Err(MediaError::Channels { path: path.to_owned(), channels });
                }
            }
            // A lossy stream may begin inside its bit reservoir: that packet is silence, so
            // that what follows stays in time.
            Err(Error::DecodeError(_)) if info.lossy => {
                let length = packet.dur.get() as usize;
                planes.resize(info.channels, Vec::new());
                for plane in &mut planes {
                    plane.clear();
                    plane.resize(length, 0.0);
                }
            }
            Err(error) => return Err(damaged(error.to_string())),
        }
        for value in planes.iter_mut().flatten().filter(|value| !value.is_finite()) {
            *value = 0.0;
        }
        frames += planes.first().map_or(0, Vec::len) as u64;
        sink(&planes)?;
    }
    info.truncated = opened.counted && frames < promised.0;
    info.frames = Frames(frames);
    Ok(info)
}
