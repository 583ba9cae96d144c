//! MP4 and compressed CAF files ([`Packets`]). symphonia splits them into packets; [`edits`] tells
//! which part of an MP4 file is played.

use super::coder::PacketDecoder;
use super::edits::{self, Edits, PlayedRange};
use super::timeline::Timeline;
use super::watched::{Watch, Watched};
use super::window::SEARCH;
use super::{CompressedFile, GoOn, guarded};
use crate::media::damage::DamageKind;
use crate::media::error::MediaError;
use crate::media::info::AudioInfo;
use crate::media::input::Input;
use crate::units::{Frames, SampleRate};
use std::sync::{Arc, LazyLock};
use symphonia::core::audio::sample::SampleFormat;
use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::codecs::audio::well_known::{
    CODEC_ID_AAC, CODEC_ID_ALAC, CODEC_ID_FLAC, CODEC_ID_MP3, CODEC_ID_PCM_F32BE,
    CODEC_ID_PCM_F32LE, CODEC_ID_PCM_F64BE, CODEC_ID_PCM_F64LE,
};
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::{Hint, Probe};
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::MetadataOptions;
use symphonia::core::packet::Packet;
use symphonia::core::units::TimeBase;
use symphonia::default::formats::{CafReader, IsoMp4Reader};

/// Most bytes read for a header. An hour's tables take about a megabyte, pictures more.
const HEAD: u64 = 64 << 20;
/// Most sample frames in a packet. AAC has 1024, or 2048 with SBR (ISO/IEC 14496-3, 4.5.2.1.1).
/// ALAC has 4096 by default; symphonia's decoder accepts sixteen times as many.
const PACKET: u64 = 65_536;
const AAC_PACKET: u64 = 2048;
const MP3_PACKET: u64 = 1152;
/// Most missing sample frames per byte of file that are believed.
const DENSEST: u64 = 1000;

static PROBE: LazyLock<Probe> = LazyLock::new(|| {
    let mut probe = Probe::new();
    probe.register_format::<IsoMp4Reader<'_>>();
    probe.register_format::<CafReader<'_>>();
    probe
});

/// Whether `head`, the first bytes of a file, begins an MP4 or CAF file.
pub(super) fn is_known(head: &[u8]) -> bool {
    head.get(4..8) == Some(b"ftyp") || head.starts_with(b"caff")
}

pub(super) struct Packets<'a> {
    input: &'a Input,
    reader: Box<dyn FormatReader + 'a>,
    watch: Arc<Watch>,
    coder: PacketDecoder,
    track: u32,
    base: Option<TimeBase>,
    /// Length of the track in its time base, if the header states it.
    units: Option<u64>,
    edits: Option<Edits>,
    info: AudioInfo,
    counted: bool,
    /// Longest length, in sample frames, that is assumed for a packet that cannot be decoded. It
    /// applies until a packet has been decoded.
    longest: u64,
    /// Whether no packet of the codec consists of zeros only.
    marked: bool,
}

impl<'a> Packets<'a> {
    pub fn open(input: &'a Input, go_on: &'a GoOn<'a>) -> Result<Self, MediaError> {
        let watch = Arc::new(Watch::default());
        watch.allow(HEAD);
        let mp4 = input.bytes(0, 8)?.ends_with(b"ftyp");
        // symphonia skips the media data of a truncated file unless it sees the stated length.
        let length = if mp4 { edits::stated_length(input)? } else { input.len() };
        let source = Watched::new(input, length, go_on, &watch);
        let reader = guarded(&input.path, || {
            let stream = MediaSourceStream::new(Box::new(source), Default::default());
            let options = (FormatOptions::default(), MetadataOptions::default());
            PROBE.probe(&Hint::new(), stream, options.0, options.1)
        })?
        .map_err(|error| match watch.was_stopped() {
            true => MediaError::Stopped(input.path.clone()),
            false => match error {
                Error::Unsupported(_) => input.not_audio("it is of no kind that is known"),
                error => input.not_audio(error.to_string()),
            },
        })?;
        let no_track = || input.not_audio("no audio track");
        let track = reader.default_track(TrackType::Audio).ok_or_else(no_track)?;
        let params =
            track.codec_params.as_ref().and_then(|params| params.audio()).ok_or_else(no_track)?;
        // symphonia's PCM decoder allocates this many frames.
        if params.max_frames_per_packet.is_some_and(|frames| frames > PACKET) {
            return Err(input.not_audio("packets that are too long"));
        }
        let mut info = described(input, params);
        if info.channels > 2 {
            let (path, channels) = (input.path.clone(), info.channels);
            return Err(MediaError::Channels { path, channels });
        }
        let coder = PacketDecoder::new(input, params, false)?;
        let edits = if mp4 { Edits::read(input, track.id)? } else { None };
        if edits.as_ref().is_some_and(Edits::are_endless) {
            return Err(input.not_audio("its table of times is endless"));
        }
        // Fragmented files state a duration of 0.
        let units = track.duration.map(|duration| duration.get()).filter(|units| *units > 0);
        let exact = !info.lossy && track.num_frames.is_some_and(|frames| frames > 0);
        info.frames = Frames(match &edits {
            Some(edits) if exact => {
                let heard = edits.heard(info.sample_rate, units);
                let length = heard.until.unwrap_or(0).saturating_sub(heard.from).max(0);
                heard.pause.saturating_add(length as u64)
            }
            _ => track.num_frames.unwrap_or(0),
        });
        let longest = match params.codec {
            CODEC_ID_AAC => AAC_PACKET,
            CODEC_ID_MP3 => MP3_PACKET,
            _ => PACKET,
        };
        let marked = matches!(params.codec, CODEC_ID_AAC | CODEC_ID_ALAC);
        Ok(Self {
            input,
            marked,
            track: track.id,
            base: track.time_base,
            units,
            edits,
            info,
            counted: exact,
            longest,
            coder,
            watch,
            reader,
        })
    }

    /// Reads the next packet. `Ok(Ok(None))` at the end of the file, `Ok(Err(()))` if symphonia
    /// cannot read on.
    fn next(&mut self) -> Result<Result<Option<Packet>, ()>, MediaError> {
        self.watch.allow(SEARCH);
        let packet = guarded(&self.input.path, || self.reader.next_packet())?;
        if self.watch.was_stopped() {
            return Err(MediaError::Stopped(self.input.path.clone()));
        }
        Ok(packet.map_err(drop))
    }

    /// Converts from the track's time base to frames at `rate`.
    fn frames(&self, units: i64, rate: SampleRate) -> i64 {
        let Some(base) = self.base else { return units };
        let (up, down) = (i128::from(base.numer.get()), i128::from(base.denom.get()));
        let frames = i128::from(units) * up * i128::from(rate.0) / down.max(1);
        i64::try_from(frames).unwrap_or(0).clamp(i64::MIN >> 2, i64::MAX >> 2)
    }
}

fn described(input: &Input, params: &AudioCodecParameters) -> AudioInfo {
    let lossy_name = match params.codec {
        CODEC_ID_MP3 => Some("MP3"),
        CODEC_ID_AAC => Some("AAC"),
        _ => None,
    };
    let extension = input.path.extension().and_then(|text| text.to_str()).unwrap_or("");
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
    let bits = params.bits_per_sample.filter(|bits| *bits > 0).or_else(|| {
        sample_format.map(|format| match format {
            SampleFormat::U8 | SampleFormat::S8 => 8,
            SampleFormat::U16 | SampleFormat::S16 => 16,
            SampleFormat::U24 | SampleFormat::S24 => 24,
            SampleFormat::U32 | SampleFormat::S32 | SampleFormat::F32 => 32,
            SampleFormat::F64 => 64,
        })
    });
    AudioInfo {
        format: name,
        channels: params.channels.as_ref().map_or(0, |channels| channels.count()),
        sample_rate: SampleRate(params.sample_rate.unwrap_or(0)),
        bits: if lossy_name.is_some() { None } else { bits },
        float: float && lossy_name.is_none(),
        frames: Frames(0),
        lossy: lossy_name.is_some(),
        time_reference: None,
        truncated: false,
    }
}

impl CompressedFile for Packets<'_> {
    fn info(&self) -> &AudioInfo {
        &self.info
    }

    fn is_counted(&self) -> bool {
        self.counted
    }

    fn run(mut self: Box<Self>, line: &mut Timeline<'_>) -> Result<(), MediaError> {
        let (mut at, mut heard, mut decoded, mut largest) = (0i64, None, 0u64, 1u64);
        let (mut missed, mut packets) = (0u64, 0u64);
        let whole = loop {
            line.go_on()?;
            let packet = match self.next()? {
                Ok(Some(packet)) => packet,
                Ok(None) => break true,
                Err(()) => break false,
            };
            // A fragment may state any number of empty packets.
            packets += 1;
            if packets > self.input.len() {
                return Err(self.input.not_audio("it has more packets than bytes"));
            }
            if packet.track_id != self.track {
                continue;
            }
            // AAC and ALAC packets end with a mark that is not zero, so a packet of zeros was never
            // written.
            let hollow = self.marked && packet.data.iter().all(|byte| *byte == 0);
            let sound = if hollow { None } else { self.coder.decode(&packet.data)? };
            if let Some(sound) = sound {
                line.runs(sound.rate, sound.channels)?;
                decoded += 1;
                largest = largest.max(sound.frames as u64);
            }
            let part = match &heard {
                Some(part) => *part,
                None => {
                    at = self.frames(packet.pts.get(), line.rate()).min(0);
                    let part = self.heard(line.rate());
                    line.rest(part.pause)?;
                    *heard.insert(part)
                }
            };
            let lost = self.frames(packet.block_dur().get() as i64, line.rate()).max(0) as u64;
            let count = match sound {
                Some(sound) => sound.frames as u64,
                None if decoded > 0 => lost.min(largest),
                None => lost.min(self.longest),
            };
            let next = at.saturating_add(count as i64);
            let skip = part.from.saturating_sub(at).clamp(0, count as i64);
            let end = part.until.unwrap_or(i64::MAX).clamp(at + skip, next.max(at + skip));
            let keep = (end - at - skip) as u64;
            if sound.is_some() {
                for plane in &mut self.coder.planes {
                    plane.drain(..(skip as usize).min(plane.len()));
                    plane.truncate(keep as usize);
                }
                line.give(&mut self.coder.planes)?;
            } else if keep > 0 {
                missed += keep;
                if missed > self.input.len().saturating_mul(DENSEST) {
                    return Err(self.input.not_audio("next to nothing of it can be decoded"));
                }
                line.lose(keep)?;
            }
            at = next;
        };
        if decoded == 0 {
            return Err(self.input.not_audio("none of it can be decoded"));
        }
        let until = heard.and_then(|part: PlayedRange| part.until);
        let missing = until.map_or(0, |until| until.saturating_sub(at)).max(0) as u64;
        // Some programs count the last packet at full length.
        if missing > if whole { largest } else { 0 } {
            let believed = missing / DENSEST <= self.input.len();
            line.note(DamageKind::CutOff, if believed { missing } else { 0 });
        } else if !whole && until.is_none() {
            line.note(DamageKind::CutOff, 0);
        }
        Ok(())
    }
}

impl Packets<'_> {
    /// The part of the decoded sound that is played.
    fn heard(&self, rate: SampleRate) -> PlayedRange {
        match &self.edits {
            Some(edits) => edits.heard(rate, self.units),
            None => {
                let units = self.units.map(|units| i64::try_from(units).unwrap_or(i64::MAX));
                let until = units.map(|units| self.frames(units, rate));
                PlayedRange { pause: 0, from: 0, until }
            }
        }
    }
}
