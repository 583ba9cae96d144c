//! What is done with an input that may be anything: by the fuzzer here, and by tests/fuzzed.rs with
//! the inputs that were kept. Through the library's public surface, as the program does it.

use std::cell::Cell;
use std::io::Write;
use stemwright::media::decode::decode as decode_file;
use stemwright::media::origin::software;
use stemwright::media::{MediaError, PcmFile, probe};

/// Frames that are enough of one input.
const ENOUGH: u64 = 2_000_000;
/// Frames of sound in a byte of file, at most: silence in FLAC.
const DENSEST: u64 = 8_000;

fn file(extension: &str, content: &[u8]) -> tempfile::NamedTempFile {
    let suffix = format!(".{extension}");
    let mut file = tempfile::Builder::new().suffix(&suffix).tempfile().unwrap();
    file.write_all(content).unwrap();
    file
}

/// Containers of plain samples: what the head says is checked against the file, and read anywhere.
#[allow(dead_code, reason = "each target uses its own")]
pub fn pcm(data: &[u8]) {
    let file = file("wav", data);
    let Ok(Some(pcm)) = PcmFile::open(file.path()) else { return };
    let frames = pcm.info().frames.0;
    assert!(frames > 0 && frames <= data.len() as u64);
    let (mut left, mut right, mut bytes) = (vec![0.0; 300], vec![0.0; 300], Vec::new());
    let end = frames as i64;
    for from in [i64::MIN, -10, 0, end / 2, end - 1, end, i64::MAX] {
        pcm.read(from, &mut left, &mut right, &mut bytes).unwrap();
        assert!(left.iter().chain(&right).all(|x| x.is_finite()));
    }
    let damage = pcm.damage();
    assert_eq!(damage.is_empty(), !pcm.info().truncated);
    for damage in damage {
        assert!(!damage.describe(pcm.info().sample_rate).is_empty());
    }
    assert!(pcm.is_unchanged());
}

/// Everything that is decoded. The first byte chooses the extension; its highest bit asks for
/// checksums that fit, so that what lies behind them is reached too.
#[allow(dead_code, reason = "each target uses its own")]
pub fn decode(data: &[u8]) {
    let Some((first, content)) = data.split_first() else { return };
    let extensions = ["flac", "ogg", "mp3", "m4a", "caf", "aac", "opus", "wav"];
    let content = if first & 0x80 == 0 { content.to_vec() } else { mend(content) };
    let file = file(extensions[usize::from(*first) % extensions.len()], &content);
    let heard = Cell::new(0);
    let decoded = decode_file(file.path(), &|| true, &mut |rate, planes| {
        assert!((22_050..=192_000).contains(&rate.0));
        assert!((1..=2).contains(&planes.len()));
        let count = planes[0].len();
        assert!(planes.iter().all(|plane| plane.len() == count));
        assert!(planes.iter().flatten().all(|x| x.is_finite()));
        heard.set(heard.get() + count as u64);
        if heard.get() > ENOUGH { Err(MediaError::Empty("enough".into())) } else { Ok(()) }
    });
    assert!(
        heard.get() <= ENOUGH + 65_536 && heard.get() <= DENSEST * content.len() as u64 + 65_536
    );
    if let Ok(decoded) = decoded {
        let info = &decoded.info;
        assert_eq!(info.frames.0, heard.get());
        for damage in &decoded.damage {
            assert!(damage.at <= info.frames);
            assert!(!damage.describe(info.sample_rate).is_empty());
        }
    } else {
        // Looking for the head alone ends too.
        let _ = probe(file.path());
    }
}

/// The names of programs in the heads of files.
#[allow(dead_code, reason = "each target uses its own")]
pub fn origin(data: &[u8]) {
    let file = file("wav", data);
    if let Some(name) = software(file.path()) {
        assert!(!name.chars().any(char::is_control));
    }
}

/// Checksums of the pages of Ogg and the frames of FLAC, made anew.
fn mend(content: &[u8]) -> Vec<u8> {
    let mut bytes = content.to_vec();
    let syncs: Vec<usize> = (0..bytes.len().saturating_sub(10))
        .filter(|at| bytes[*at] == 0xFF && bytes[at + 1] & 0xFE == 0xF8)
        .collect();
    let ends = syncs.iter().skip(1).copied().chain([bytes.len()]).collect::<Vec<_>>();
    for (start, end) in syncs.into_iter().zip(ends) {
        let (block, rate) = (bytes[start + 2] >> 4, bytes[start + 2] & 15);
        let number = (bytes[start + 4].leading_ones() as usize).clamp(1, 7);
        let more = |code: u8, one: u8, two: &[u8]| {
            usize::from(code == one) + 2 * usize::from(two.contains(&code))
        };
        let check = start + 4 + number + more(block, 6, &[7]) + more(rate, 12, &[13, 14]);
        if check + 3 < end {
            bytes[check] = crc(&bytes[start..check], 8, 0x07) as u8;
            let sum = crc(&bytes[start..end - 2], 16, 0x8005) as u16;
            bytes[end - 2..end].copy_from_slice(&sum.to_be_bytes());
        }
    }
    let mut at = 0;
    while let Some(next) =
        bytes.get(at..).and_then(|rest| rest.windows(4).position(|four| four == b"OggS"))
    {
        at += next;
        let count = bytes.get(at + 26).map_or(0, |count| usize::from(*count));
        let table = bytes.get(at + 27..at + 27 + count).unwrap_or(&[]);
        let end = at + 27 + count + table.iter().map(|n| usize::from(*n)).sum::<usize>();
        if let Some(page) = bytes.get_mut(at..end)
            && page.len() >= 27
        {
            page[22..26].fill(0);
            let sum = crc(page, 32, 0x04C1_1DB7);
            page[22..26].copy_from_slice(&sum.to_le_bytes());
        }
        at += 4;
    }
    bytes
}

/// A checksum of so many bits, from zero, the highest bit first.
fn crc(bytes: &[u8], bits: u32, polynomial: u32) -> u32 {
    let top = 1u64 << (bits - 1);
    let sum = bytes.iter().fold(0u64, |sum, byte| {
        (0..8).fold(sum ^ u64::from(*byte) << (bits - 8), |sum, _| {
            let next = sum << 1;
            (if sum & top == 0 { next } else { next ^ u64::from(polynomial) }) & (2 * top - 1)
        })
    });
    sum as u32
}
