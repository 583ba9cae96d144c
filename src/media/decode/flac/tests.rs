//! Tests with FLAC files that are whole, unusual, old and damaged.

use super::frame::FrameHeader;
use crate::media::DamageKind::{Checksum, CutOff, Lost};
use crate::media::decode::tests::{decoded, noise, told};
use crate::media::flac::bits::{Bits, crc8, crc16};
use crate::media::flac::frame::write;
use md5::{Digest, Md5};

const RATE: u32 = 48_000;

/// How frames are numbered.
#[derive(Clone, Copy, PartialEq)]
enum Numbers {
    Frames,
    /// Sample numbers, with the flag for blocks of different lengths.
    Samples,
    /// Sample numbers without that flag, as in old files.
    OldSamples,
}

fn sound(frames: usize) -> [Vec<i32>; 2] {
    [noise(frames, 1), noise(frames, 2)]
}

/// The frames of a stream with these blocks.
fn frames(blocks: &[usize], numbers: Numbers) -> Vec<Vec<u8>> {
    let [left, right] = sound(blocks.iter().sum());
    let (mut at, mut all) = (0, Vec::new());
    for (n, block) in blocks.iter().enumerate() {
        let mut bits = Bits::default();
        let number = if numbers == Numbers::Frames { n } else { at };
        let part = (&left[at..at + block], &right[at..at + block]);
        write(&mut bits, number as u32, part, 24, RATE);
        let mut bytes = bits.bytes;
        if numbers == Numbers::Samples {
            let length = FrameHeader::read(&bytes).unwrap().length;
            bytes[1] |= 1;
            bytes[length - 1] = crc8(&bytes[..length - 1]);
            let end = bytes.len() - 2;
            let check = crc16(&bytes[..end]).to_be_bytes();
            bytes[end..].copy_from_slice(&check);
        }
        all.push(bytes);
        at += block;
    }
    all
}

/// Header of a stream. `total` is 0 if unknown; `more` holds further metadata blocks.
fn head(least: usize, most: usize, total: u64, md5: [u8; 16], more: &[u8]) -> Vec<u8> {
    let mut out = b"fLaC".to_vec();
    out.extend([if more.is_empty() { 0x80 } else { 0 }, 0, 0, 34]);
    out.extend((least as u16).to_be_bytes());
    out.extend((most as u16).to_be_bytes());
    out.extend([0; 6]);
    out.extend((u64::from(RATE) << 44 | 1 << 41 | 23 << 36 | total).to_be_bytes());
    out.extend(md5);
    out.extend(more);
    out
}

fn checksum(frames: usize) -> [u8; 16] {
    let [left, right] = sound(frames);
    let mut md5 = Md5::new();
    for sample in left.iter().zip(&right).flat_map(|(l, r)| [l, r]) {
        md5.update(&sample.to_le_bytes()[..3]);
    }
    md5.finalize().into()
}

/// A whole file of these blocks.
pub(in crate::media::decode) fn file(blocks: &[usize]) -> Vec<u8> {
    let total: usize = blocks.iter().sum();
    let most = *blocks.iter().max().unwrap();
    let head = head(most, most, total as u64, checksum(total), b"");
    [head, frames(blocks, Numbers::Frames).concat()].concat()
}

/// Checks that the sound is there, with silence in one place.
fn is_sound(sides: &[Vec<f32>], silent: std::ops::Range<usize>) {
    let all = sound(sides[0].len());
    for (side, wanted) in sides.iter().zip(&all) {
        for (n, (read, wanted)) in side.iter().zip(wanted).enumerate() {
            let wanted = if silent.contains(&n) { 0.0 } else { *wanted as f32 / 8_388_608.0 };
            assert_eq!(*read, wanted, "frame {n}");
        }
    }
}

#[test]
fn whole_files_are_read_whatever_stands_in_their_heads() {
    let blocks = [4096, 4096, 4096, 1000];
    let total: usize = blocks.iter().sum();
    let stream = frames(&blocks, Numbers::Frames).concat();
    // A broken cue sheet, a seek table with impossible positions, an unknown block.
    let cue = [5, 0, 0, 3, 1, 2, 3];
    let table = [3, 0, 0, 18, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9];
    let unknown = [0x80 | 99, 0, 0, 1, 0];
    let more = [&cue[..], &table, &unknown].concat();
    for more in [&b""[..], &more] {
        for total in [total as u64, 0] {
            let head = head(4096, 4096, total, checksum(13_288), more);
            // With tags before and behind the stream, as some programs add them.
            let id3 = b"ID3\x04\0\0\0\0\0\x05abcde".to_vec();
            for (before, behind) in [(vec![], vec![]), (id3, [&b"TAG"[..], &[0; 125]].concat())] {
                let file = [before, head.clone(), stream.clone(), behind].concat();
                let (sides, found) = decoded(&file).unwrap();
                assert_eq!(sides[0].len(), 13_288);
                is_sound(&sides, 0..0);
                assert_eq!((told(&found.damage), found.info.truncated), (vec![], false));
                assert_eq!(found.info.describe(), "FLAC 24-bit 48 kHz stereo");
            }
        }
    }
}

#[test]
fn blocks_of_different_lengths_are_read_however_they_are_numbered() {
    let blocks = [4096, 1024, 2304, 576, 4096, 333];
    let total: usize = blocks.iter().sum();
    for numbers in [Numbers::Frames, Numbers::Samples, Numbers::OldSamples] {
        let stream = frames(&blocks, numbers);
        let head = head(333, 4096, total as u64, checksum(total), b"");
        let (sides, found) = decoded(&[head.clone(), stream.concat()].concat()).unwrap();
        assert_eq!((sides[0].len(), told(&found.damage)), (total, vec![]));
        is_sound(&sides, 0..0);
        // A lost frame leaves silence of its length. If frames are numbered, that length is a
        // guess.
        let lost = [&stream[..2], &stream[3..]].concat().concat();
        let (sides, found) = decoded(&[head, lost].concat()).unwrap();
        if numbers == Numbers::Frames {
            assert_eq!(told(&found.damage)[0], (5120, 4096, Lost));
        } else {
            assert_eq!(told(&found.damage), [(5120, 2304, Lost)]);
            is_sound(&sides, 5120..7424);
        }
    }
}

#[test]
fn a_flipped_bit_costs_its_frame_and_nothing_else() {
    let blocks = [4096; 6];
    let whole = file(&blocks);
    let stream = frames(&blocks, Numbers::Frames);
    let starts: Vec<usize> =
        (0..6).map(|n| 42 + stream[..n].iter().map(Vec::len).sum::<usize>()).collect();
    for (n, frame) in stream.iter().enumerate() {
        // Hits in its header, its middle and its checksum.
        for place in [0, 1, 4, 6, frame.len() / 2, frame.len() - 1] {
            let mut damaged = whole.clone();
            damaged[starts[n] + place] ^= 0x10;
            let (sides, found) = decoded(&damaged).unwrap();
            assert_eq!(sides[0].len(), 6 * 4096, "frame {n}, byte {place}");
            assert_eq!(told(&found.damage), [(n as u64 * 4096, 4096, Lost)], "{n}, {place}");
            is_sound(&sides, n * 4096..(n + 1) * 4096);
            assert!(!found.info.truncated);
        }
    }
}

#[test]
fn bytes_that_are_lost_or_added_leave_the_rest_in_time() {
    let blocks = [4096; 8];
    let whole = file(&blocks);
    let stream = frames(&blocks, Numbers::Frames);
    let start = |n: usize| 42 + stream[..n].iter().map(Vec::len).sum::<usize>();
    // Frames 2 and 3 are missing, and a part of frame 4.
    let lost = [&whole[..start(2)], &whole[start(4) + 100..]].concat();
    let (sides, found) = decoded(&lost).unwrap();
    assert_eq!(told(&found.damage), [(8192, 3 * 4096, Lost)]);
    is_sound(&sides, 8192..5 * 4096);
    // The first frame is missing, and the stream header is whole.
    let (sides, found) = decoded(&[&whole[..42], &whole[start(1)..]].concat()).unwrap();
    assert_eq!(told(&found.damage), [(0, 4096, Lost)]);
    is_sound(&sides, 0..4096);
    // Junk between frames is no damage of the sound.
    let junk: Vec<u8> = (0..5000).map(|n| (n * 7 % 251) as u8).collect();
    let added = [&whole[..start(3)], &junk, &whole[start(3)..]].concat();
    let (sides, found) = decoded(&added).unwrap();
    assert_eq!(told(&found.damage), []);
    is_sound(&sides, 0..0);
    // Damage in two places.
    let mut twice = whole.clone();
    twice[start(1) + 50] ^= 1;
    twice[start(5) + 50] ^= 1;
    let (_, found) = decoded(&twice).unwrap();
    assert_eq!(told(&found.damage), [(4096, 4096, Lost), (5 * 4096, 4096, Lost)]);
}

#[test]
fn a_file_that_ends_early_is_told_with_what_is_missing() {
    let whole = file(&[4096; 8]);
    let stream = frames(&[4096; 8], Numbers::Frames);
    let start = |n: usize| 42 + stream[..n].iter().map(Vec::len).sum::<usize>();
    for (cut, kept) in [(start(4), 4), (start(4) + 1000, 4), (whole.len() - 30_000, 6)] {
        let (sides, found) = decoded(&whole[..cut]).unwrap();
        let missing = (8 - kept) * 4096;
        assert_eq!(sides[0].len(), kept * 4096);
        assert_eq!(told(&found.damage), [(kept as u64 * 4096, missing as u64, CutOff)]);
        assert!(found.info.truncated);
        is_sound(&sides, 0..0);
    }
    // A download that stopped halfway may have zeros at its end.
    let mut hollow = whole.clone();
    hollow[start(4)..].fill(0);
    let (sides, found) = decoded(&hollow).unwrap();
    assert_eq!(told(&found.damage), [(4 * 4096, 4 * 4096, Lost)]);
    is_sound(&sides, 4 * 4096..8 * 4096);
    // Without a length in the header, only the frame that was begun is known to be missing.
    let head = head(4096, 4096, 0, [0; 16], b"");
    let open = [head, whole[42..start(4) + 1000].to_vec()].concat();
    let (_, found) = decoded(&open).unwrap();
    assert_eq!(told(&found.damage), [(4 * 4096, 4096, CutOff)]);
}

#[test]
fn a_wrong_checksum_of_the_whole_is_told() {
    let mut wrong = file(&[4096; 3]);
    wrong[30] ^= 0xFF;
    let (sides, found) = decoded(&wrong).unwrap();
    assert_eq!(told(&found.damage), [(0, 3 * 4096, Checksum)]);
    is_sound(&sides, 0..0);
}

#[test]
fn numbers_that_cannot_be_make_no_endless_silence() {
    // A frame number that is hours ahead, in a small file.
    let stream = frames(&[4096; 2], Numbers::Frames);
    let [left, right] = sound(8192);
    let mut bits = Bits::default();
    write(&mut bits, 0x7FFF_FFFF >> 1, (&left[4096..], &right[4096..]), 24, RATE);
    let far = [stream[0].clone(), bits.bytes.clone(), stream[1].clone()].concat();
    let file = [head(4096, 4096, 8192, [0; 16], b""), far.clone()].concat();
    let (sides, found) = decoded(&file).unwrap();
    assert_eq!(sides[0].len(), 8192);
    assert_eq!(told(&found.damage), [(4096, 0, Lost)]);
    // The same frame twice.
    let twice = [head(4096, 4096, 8192, [0; 16], b""), stream[0].clone(), stream.concat()].concat();
    let (sides, found) = decoded(&twice).unwrap();
    assert_eq!((sides[0].len(), told(&found.damage)), (8192, vec![(4096, 0, Lost)]));
    is_sound(&sides, 0..0);
}

#[test]
fn heads_that_lie_are_refused_or_decoded() {
    // The header states more than a day.
    let mut long = file(&[4096; 2]);
    long[21] |= 0x0F;
    long[22..26].fill(0xFF);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.flac");
    std::fs::write(&path, &long).unwrap();
    let error = crate::media::probe(&path).map(|info| info.frames.0);
    assert!(matches!(error, Ok(8192)), "{error:?}");
    for place in 4..42 {
        let mut wrong = file(&[4096; 2]);
        wrong[place] ^= 0x55;
        let _ = decoded(&wrong);
    }
}
