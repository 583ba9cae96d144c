//! The chunks of a WAV file: RIFF (IBM and Microsoft, 1991), WAVE_FORMAT_EXTENSIBLE, RF64 and
//! BW64 (EBU Tech 3306, ITU-R BS.2088), and the `bext` chunk's time stamp (EBU Tech 3285).

use crate::media::error::MediaError;
use crate::media::info::AudioInfo;
use crate::units::{Frames, SampleRate};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// How a sample is stored, little-endian.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    U8,
    I16,
    I24,
    I32,
    F32,
    F64,
}

impl Encoding {
    pub fn bytes(self) -> usize {
        match self {
            Encoding::U8 => 1,
            Encoding::I16 => 2,
            Encoding::I24 => 3,
            Encoding::I32 | Encoding::F32 => 4,
            Encoding::F64 => 8,
        }
    }
}

/// Where the samples of a WAV file are.
#[derive(Clone, Debug)]
pub struct Layout {
    pub info: AudioInfo,
    pub encoding: Encoding,
    /// Byte offset of the first sample.
    pub start: u64,
}

const PCM: u16 = 1;
const FLOAT: u16 = 3;
const EXTENSIBLE: u16 = 0xFFFE;
/// A size that is elsewhere: in `ds64`, or was never filled in.
const UNKNOWN: u32 = u32::MAX;

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// Finds the samples of a WAV file; `None` if the file is no WAV file at all.
pub fn parse(path: &Path) -> Result<Option<Layout>, MediaError> {
    let reading = |source| MediaError::reading(path, source);
    let not_audio = |detail: String| MediaError::NotAudio { path: path.to_owned(), detail };
    let mut file = File::open(path).map_err(reading)?;
    let size = file.metadata().map_err(reading)?.len();
    let mut head = [0u8; 12];
    if size < 12 || file.read_exact(&mut head).is_err() {
        return Ok(None);
    }
    let name = match &head[..4] {
        b"RIFF" => "WAV",
        b"RF64" => "RF64",
        b"BW64" => "BW64",
        _ => return Ok(None),
    };
    if &head[8..12] != b"WAVE" {
        return Ok(None);
    }
    let (mut format, mut long_size, mut time_reference) = (None, None, None);
    let mut at = 12;
    while at + 8 <= size {
        file.seek(SeekFrom::Start(at)).map_err(reading)?;
        let mut head = [0u8; 8];
        file.read_exact(&mut head).map_err(reading)?;
        let stated = u32_at(&head, 4).unwrap_or(0);
        at += 8;
        if &head[..4] == b"data" {
            let format: Vec<u8> =
                format.ok_or_else(|| not_audio("no fmt chunk before the data".into()))?;
            let claimed = match (stated, long_size) {
                (UNKNOWN, Some(long)) => long,
                (UNKNOWN | 0, None) => size - at,
                (stated, _) => u64::from(stated),
            };
            let (mut info, encoding) = describe(name, &format).map_err(not_audio)?;
            let frame = (encoding.bytes() * info.channels) as u64;
            info.truncated = claimed > size - at;
            info.frames = Frames(claimed.min(size - at) / frame.max(1));
            info.time_reference = time_reference;
            return Ok(Some(Layout { info, encoding, start: at }));
        }
        if matches!(&head[..4], b"fmt " | b"ds64" | b"bext") {
            let mut body = vec![0u8; stated.min(4096) as usize];
            let wanted = body.len().min((size - at) as usize);
            body.truncate(wanted);
            file.read_exact(&mut body).map_err(reading)?;
            match &head[..4] {
                b"fmt " => format = Some(body),
                b"ds64" => long_size = u64_at(&body, 8),
                // Description, originator, reference, date and time come first: 338 bytes.
                _ => time_reference = u64_at(&body, 338).filter(|stamp| *stamp > 0),
            }
        }
        at += u64::from(stated) + u64::from(stated % 2);
    }
    Err(not_audio("the file ends before its data chunk".into()))
}

fn describe(name: &str, format: &[u8]) -> Result<(AudioInfo, Encoding), String> {
    let short = || "its fmt chunk is too short".to_string();
    let tag = u16_at(format, 0).ok_or_else(short)?;
    let channels = usize::from(u16_at(format, 2).ok_or_else(short)?);
    let rate = u32_at(format, 4).ok_or_else(short)?;
    let container = u16_at(format, 14).ok_or_else(short)?;
    // An extensible header gives the valid bits, then a mask, then the real tag in a GUID.
    let (tag, bits) = if tag == EXTENSIBLE {
        let valid = u16_at(format, 18).filter(|bits| *bits > 0).unwrap_or(container);
        (u16_at(format, 24).ok_or_else(short)?, valid)
    } else {
        (tag, container)
    };
    let encoding = match (tag, container) {
        (PCM, 8) => Encoding::U8,
        (PCM, 16) => Encoding::I16,
        (PCM, 24) => Encoding::I24,
        (PCM, 32) => Encoding::I32,
        (FLOAT, 32) => Encoding::F32,
        (FLOAT, 64) => Encoding::F64,
        (PCM | FLOAT, bits) => return Err(format!("{bits}-bit samples")),
        (tag, _) => return Err(format!("WAV with compression {tag:#06x}")),
    };
    let info = AudioInfo {
        format: name.into(),
        channels,
        sample_rate: SampleRate(rate),
        bits: Some(u32::from(bits.min(container))),
        float: tag == FLOAT,
        frames: Frames(0),
        lossy: false,
        time_reference: None,
        truncated: false,
    };
    Ok((info, encoding))
}
