//! Tests with Ogg files whose pages are lost, damaged and cut off. Vorbis is tested in
//! tests/input.rs, where an encoder is available.

use super::page::crc32;
use crate::media::DamageKind::{Checksum, CutOff, Lost};
use crate::media::decode::tests::{decoded, noise, told};
use crate::media::flac::FlacWriter;
use crate::media::tags::Tags;
use crate::media::writer::BitDepth;
use crate::units::SampleRate;
use opus_pure::{Application, MAX_PACKET_BYTES, OggOpusWriter, OpusEncoder, OpusHead, OpusTags};

/// A tone of this many frames as Opus, with one packet of 20 ms per page.
pub(in crate::media::decode) fn opus(frames: usize) -> Vec<u8> {
    let mut encoder = OpusEncoder::new(48_000, 1, Application::Audio).unwrap();
    let head = OpusHead::for_encoder(&encoder, 48_000);
    let ahead = usize::from(head.pre_skip);
    let mut writer = OggOpusWriter::with_serial(Vec::new(), head, OpusTags::new(), 7).unwrap();
    writer.set_page_target(1);
    let tone: Vec<f32> = (0..frames + 1920).map(tone).collect();
    let mut packet = vec![0; MAX_PACKET_BYTES];
    let mut written = 0;
    for block in tone.chunks_exact(960) {
        let long = encoder.encode(block, 960, &mut packet).unwrap();
        let left = frames + ahead - written;
        if left <= 960 {
            writer.write_packet_with_duration(&packet[..long], left as u32).unwrap();
            break;
        }
        writer.write_packet(&packet[..long]).unwrap();
        written += 960;
    }
    writer.finish().unwrap()
}

fn tone(n: usize) -> f32 {
    0.25 * (n as f32 * 440.0 * std::f32::consts::TAU / 48_000.0).sin()
}

/// Byte ranges of the pages of a file.
fn pages(file: &[u8]) -> Vec<std::ops::Range<usize>> {
    let starts = (0..file.len() - 4).filter(|n| &file[*n..n + 4] == b"OggS").collect::<Vec<_>>();
    let ends = starts.iter().skip(1).copied().chain([file.len()]);
    starts.iter().copied().zip(ends).map(|(a, b)| a..b).collect()
}

fn without(file: &[u8], gone: &[usize]) -> Vec<u8> {
    let kept = pages(file).into_iter().enumerate().filter(|(n, _)| !gone.contains(n));
    kept.flat_map(|(_, range)| file[range].to_vec()).collect()
}

/// Checks that the tone is in place in a part of the sound: the difference is at least 26 dB below
/// it.
fn is_tone(sound: &[f32], part: std::ops::Range<usize>) {
    let (mut error, mut power) = (0.0, 0.0);
    for n in part.clone() {
        error += (sound[n] - tone(n)).powi(2);
        power += tone(n).powi(2);
    }
    assert!(error < power * 2.5e-3, "{part:?}: {error} of {power}");
}

#[test]
fn opus_begins_and_ends_to_the_frame() {
    for frames in [48_000, 100, 960, 50_001] {
        let (sides, found) = decoded(&opus(frames)).unwrap();
        assert_eq!((sides[0].len(), told(&found.damage)), (frames, vec![]));
        assert_eq!(found.info.describe(), "Opus 48 kHz mono");
        if frames > 5000 {
            is_tone(&sides[0], 2000..frames - 100);
        }
    }
}

#[test]
fn pages_that_are_lost_leave_silence_of_their_length() {
    let whole = opus(96_000);
    let count = pages(&whole).len();
    assert!(count > 50, "{count}");
    // Two header pages come first; page n holds the frames from 960·(n − 2) − 312 on.
    let place = |n: usize| (960 * (n - 2)).saturating_sub(312);
    for gone in [vec![40], vec![20, 21, 22], vec![2], vec![count - 3]] {
        let (sides, found) = decoded(&without(&whole, &gone)).unwrap();
        let (from, to) = (place(gone[0]), place(gone[0] + gone.len()));
        assert_eq!(sides[0].len(), 96_000, "{gone:?}");
        assert_eq!(told(&found.damage), [(from as u64, (to - from) as u64, Lost)], "{gone:?}");
        assert!(sides[0][from..to].iter().all(|x| *x == 0.0));
        // The decoder needs some frames to settle after a gap.
        for part in [4000..from, to + 4000..95_000].into_iter().filter(|part| part.len() > 960) {
            is_tone(&sides[0], part);
        }
    }
    // Damage instead of loss, and then junk between two pages.
    let mut damaged = whole.clone();
    let hit = pages(&whole)[40].start + 40;
    damaged[hit] ^= 1;
    let (sides, found) = decoded(&damaged).unwrap();
    assert_eq!(told(&found.damage), [(place(40) as u64, 960, Lost)]);
    assert_eq!(sides[0].len(), 96_000);
    let at = pages(&whole)[30].start;
    let (sides, found) = decoded(&[&whole[..at], &[b'O'; 3000], &whole[at..]].concat()).unwrap();
    assert_eq!((sides[0].len(), told(&found.damage)), (96_000, vec![]));
}

#[test]
fn a_stream_without_its_last_page_is_cut_off() {
    let whole = opus(96_000);
    let cut = pages(&whole)[50].start;
    for end in [cut, cut + 20] {
        let (sides, found) = decoded(&whole[..end]).unwrap();
        let heard = 48 * 960 - 312;
        assert_eq!((sides[0].len(), found.info.truncated), (heard, true));
        assert_eq!(told(&found.damage), [(heard as u64, 0, CutOff)]);
    }
}

#[test]
fn streams_behind_one_another_are_one() {
    let (first, second) = (opus(48_000), opus(20_000));
    let (sides, found) = decoded(&[first, second].concat()).unwrap();
    assert_eq!((sides[0].len(), told(&found.damage)), (68_000, vec![]));
    is_tone(&sides[0], 2000..47_000);
}

/// One page, with its checksum.
fn page(number: u32, flags: u8, position: u64, packets: &[&[u8]]) -> Vec<u8> {
    let mut table = Vec::new();
    for packet in packets {
        table.extend(std::iter::repeat_n(255, packet.len() / 255));
        table.push((packet.len() % 255) as u8);
    }
    let mut out = b"OggS\0".to_vec();
    out.push(flags);
    out.extend(position.to_le_bytes());
    out.extend(9u32.to_le_bytes());
    out.extend(number.to_le_bytes());
    out.extend([0; 4]);
    out.push(table.len() as u8);
    out.extend(table);
    packets.iter().for_each(|packet| out.extend(*packet));
    let check = crc32(0, &out).to_le_bytes();
    out[22..26].copy_from_slice(&check);
    out
}

/// A FLAC stream of five blocks in Ogg (RFC 9639, section 10.1). `hit` damages one of the blocks,
/// and `md5` the checksum of the whole.
fn flac(hit: Option<usize>, md5: u8) -> (Vec<u8>, Vec<i32>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.flac");
    let rate = SampleRate(44_100);
    let mut writer = FlacWriter::create(&path, BitDepth::Int24, rate, &Tags::default()).unwrap();
    let sound = noise(4 * 4096 + 500, 3);
    writer.write_whole(&sound, &sound).unwrap();
    writer.finish().unwrap();
    let native = std::fs::read(&path).unwrap();
    let mut info = native[..42].to_vec();
    info[4] = 0;
    info[30] ^= md5;
    let first = [b"\x7FFLAC\x01\0\0\x01", &info[..]].concat();
    let comments = [0x84, 0, 0, 0];
    let heads: Vec<usize> = (42..native.len() - 8)
        .filter(|n| super::super::flac::frame::FrameHeader::read(&native[*n..]).is_some())
        .collect();
    assert_eq!(heads.len(), 5);
    let mut file = page(0, 2, 0, &[&first]);
    file.extend(page(1, 0, 0, &[&comments]));
    for (n, start) in heads.iter().enumerate() {
        let end = heads.get(n + 1).copied().unwrap_or(native.len());
        let mut frame = native[*start..end].to_vec();
        if hit == Some(n) {
            frame[300] ^= 1;
        }
        let (last, position) = (n == 4, sound.len().min((n + 1) * 4096));
        file.extend(page(n as u32 + 2, if last { 4 } else { 0 }, position as u64, &[&frame]));
    }
    (file, sound)
}

#[test]
fn flac_in_ogg_is_read_and_its_damage_found() {
    let is_sound = |side: &[f32], sound: &[i32], silent: std::ops::Range<usize>| {
        assert_eq!(side.len(), sound.len());
        for (n, (read, wanted)) in side.iter().zip(sound).enumerate() {
            let wanted = if silent.contains(&n) { 0.0 } else { *wanted as f32 / 8_388_608.0 };
            assert_eq!(*read, wanted, "frame {n}");
        }
    };
    let (file, sound) = flac(None, 0);
    let (sides, found) = decoded(&file).unwrap();
    assert_eq!(told(&found.damage), []);
    assert_eq!(found.info.describe(), "FLAC 24-bit 44.1 kHz stereo");
    is_sound(&sides[1], &sound, 0..0);
    // The page is whole, but the frame in it is damaged.
    for hit in 0..5 {
        let (file, sound) = flac(Some(hit), 0);
        let (sides, found) = decoded(&file).unwrap();
        let (from, to) = (hit * 4096, sound.len().min((hit + 1) * 4096));
        assert_eq!(told(&found.damage), [(from as u64, (to - from) as u64, Lost)], "{hit}");
        is_sound(&sides[0], &sound, from..to);
    }
    let (sides, found) = decoded(&without(&file, &[3, 4])).unwrap();
    assert_eq!(told(&found.damage), [(4096, 8192, Lost)]);
    is_sound(&sides[0], &sound, 4096..3 * 4096);
    // The file is cut off, and the header tells how much is missing.
    let (sides, found) = decoded(&without(&file, &[5, 6])).unwrap();
    assert_eq!((sides[0].len(), told(&found.damage)), (3 * 4096, vec![(12_288, 4596, CutOff)]));
    let (_, found) = decoded(&flac(None, 1).0).unwrap();
    assert_eq!(told(&found.damage), [(0, 16_884, Checksum)]);
}
