//! Tests with files as programs, broken transfers and recorders leave them.

use super::PcmFile;
use crate::media::{AudioInfo, Damage, DamageKind, MediaError};
use crate::units::Frames;
use proptest::prelude::*;
use std::path::Path;

const FRAMES: usize = 3000;

/// Interleaved stereo integers of this many bits: a quiet tone, with full scale at the end.
fn sound(bits: u32) -> Vec<i32> {
    let top = (1i64 << (bits - 1)) as f64;
    let value = |n: usize| {
        let (n, side) = (n / 2, n % 2);
        let wave = (n as f64 * (0.05 + 0.01 * side as f64)).sin() * 0.28;
        match (n + 1 == FRAMES, side) {
            (false, _) => (wave * top).round(),
            (true, 0) => top - 1.0,
            (true, _) => -top,
        }
    };
    (0..2 * FRAMES).map(|n| value(n) as i32).collect()
}

/// Samples of `width` bytes each, shifted up by `shift` bits.
fn bytes(samples: &[i32], width: usize, shift: u32, big: bool) -> Vec<u8> {
    let one = |sample: &i32| {
        let mut bytes = (sample << shift).to_le_bytes()[..width].to_vec();
        if big {
            bytes.reverse();
        }
        bytes
    };
    samples.iter().flat_map(one).collect()
}

fn le(name: &[u8; 4], body: &[u8], size: u32) -> Vec<u8> {
    let pad = if body.len() % 2 == 1 { &[0][..] } else { &[] };
    [&name[..], &size.to_le_bytes(), body, pad].concat()
}

fn chunk(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
    le(name, body, body.len() as u32)
}

fn be(name: &[u8; 4], body: &[u8], pad: bool) -> Vec<u8> {
    let pad = if pad && body.len() % 2 == 1 { &[0][..] } else { &[] };
    [&name[..], &(body.len() as u32).to_be_bytes(), body, pad].concat()
}

fn fmt(tag: u16, bits: u16, align: u16) -> Vec<u8> {
    let mut body = Vec::new();
    for value in [tag, 2] {
        body.extend(value.to_le_bytes());
    }
    body.extend(48_000u32.to_le_bytes());
    body.extend((48_000 * u32::from(align)).to_le_bytes());
    body.extend(align.to_le_bytes());
    body.extend(bits.to_le_bytes());
    chunk(b"fmt ", &body)
}

fn riff(chunks: &[Vec<u8>]) -> Vec<u8> {
    let body = chunks.concat();
    [b"RIFF", &(body.len() as u32 + 4).to_le_bytes()[..], b"WAVE", &body].concat()
}

fn form(kind: &[u8; 4], chunks: &[Vec<u8>], wrong: i32) -> Vec<u8> {
    let body = chunks.concat();
    let size = (body.len() as i32 + 4 + wrong) as u32;
    [b"FORM", &size.to_be_bytes()[..], kind, &body].concat()
}

fn comm(frames: u32, bits: u16, kind: &[u8], channels: u16) -> Vec<u8> {
    let mut body = channels.to_be_bytes().to_vec();
    body.extend(frames.to_be_bytes());
    body.extend(bits.to_be_bytes());
    body.extend([0x40, 0x0E, 0xBB, 0x80, 0, 0, 0, 0, 0, 0]);
    body.extend(kind);
    be(b"COMM", &body, true)
}

fn ssnd(data: &[u8], pad: bool) -> Vec<u8> {
    be(b"SSND", &[&[0; 8], data].concat(), pad)
}

struct File {
    _folder: tempfile::TempDir,
    path: std::path::PathBuf,
}

fn file(content: &[u8]) -> File {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x");
    std::fs::write(&path, content).unwrap();
    File { _folder: folder, path }
}

fn open(path: &Path) -> Result<PcmFile, MediaError> {
    Ok(PcmFile::open(path)?.expect("plain samples"))
}

/// The facts, all samples, and the damage.
fn read(content: &[u8]) -> (AudioInfo, [Vec<f32>; 2], Vec<Damage>) {
    let file = file(content);
    let pcm = open(&file.path).unwrap();
    let count = pcm.info().frames.0 as usize;
    let (mut left, mut right) = (vec![0.0; count], vec![0.0; count]);
    pcm.read(0, &mut left, &mut right, &mut Vec::new()).unwrap();
    (pcm.info().clone(), [left, right], pcm.damage())
}

fn refused(content: &[u8]) -> String {
    let file = file(content);
    PcmFile::open(&file.path).unwrap_err().to_string()
}

/// Checks that a file holds the sound, to the last bit.
fn holds(content: &[u8], bits: u32) {
    let (info, sides, damage) = read(content);
    assert_eq!((info.frames, info.bits), (Frames(FRAMES as u64), Some(bits)));
    assert!(!info.truncated && damage.is_empty());
    let top = (1i64 << (bits - 1)) as f64;
    for (n, sample) in sound(bits).into_iter().enumerate() {
        let wanted = (f64::from(sample) / top) as f32;
        assert_eq!(sides[n % 2][n / 2], wanted, "sample {n} of {bits} bits");
    }
}

#[test]
fn bits_are_found_wherever_they_are_in_their_bytes() {
    let wav =
        |bits: u16, align: u16, data: Vec<u8>| riff(&[fmt(1, bits, align), chunk(b"data", &data)]);
    let (s12, s16, s20, s24) = (sound(12), sound(16), sound(20), sound(24));
    for (bits, align, data) in [
        (16, 4, bytes(&s16, 2, 0, false)),
        (24, 6, bytes(&s24, 3, 0, false)),
        (24, 8, bytes(&s24, 4, 8, false)),
        (24, 8, bytes(&s24, 4, 0, false)),
        (20, 6, bytes(&s20, 3, 4, false)),
        (20, 6, bytes(&s20, 3, 0, false)),
        (12, 4, bytes(&s12, 2, 4, false)),
        (12, 4, bytes(&s12, 2, 0, false)),
        (16, 8, bytes(&s16, 4, 16, false)),
        (16, 8, bytes(&s16, 4, 0, false)),
    ] {
        holds(&wav(bits, align, data), u32::from(bits));
    }
    // A wrong block align, with the right number of bytes per second.
    let mut odd = fmt(1, 16, 4);
    odd[20] = 8;
    holds(&riff(&[odd, chunk(b"data", &bytes(&s16, 2, 0, false))]), 16);
    // Samples that fit neither end of their bytes are refused, not played as noise.
    let noise: Vec<u8> =
        (0..16_000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let said = refused(&wav(24, 8, noise));
    assert!(said.contains("24-bit samples in 4 bytes, at no end of them"), "{said}");
    // Extensible: 24 valid bits of 32, at the high end by the standard.
    let mut body = fmt(0xFFFE, 32, 8)[8..].to_vec();
    body.extend(22u16.to_le_bytes());
    body.extend(24u16.to_le_bytes());
    body.extend(3u32.to_le_bytes());
    body.extend([1, 0, 0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71]);
    let extensible = |shift| {
        let data = chunk(b"data", &bytes(&s24, 4, shift, false));
        riff(&[chunk(b"fmt ", &body), data])
    };
    holds(&extensible(8), 24);
    holds(&extensible(0), 24);
}

#[test]
fn a_time_stamp_is_seen_before_and_behind_the_data() {
    let data = chunk(b"data", &bytes(&sound(16), 2, 0, false));
    let stamp = |time: u64| {
        let mut body = vec![0; 602];
        body[338..346].copy_from_slice(&time.to_le_bytes());
        chunk(b"bext", &body)
    };
    let said = |chunks: &[Vec<u8>]| read(&riff(chunks)).0.time_reference;
    assert_eq!(said(&[stamp(172_800_000), fmt(1, 16, 4), data.clone()]), Some(172_800_000));
    assert_eq!(said(&[fmt(1, 16, 4), data.clone(), stamp(5)]), Some(5));
    assert_eq!(said(&[fmt(1, 16, 4), data.clone(), stamp(0)]), Some(0));
    assert_eq!(said(&[fmt(1, 16, 4), data]), None);
    // Behind an odd number of bytes, with and without the pad byte.
    let odd = vec![128; 2001];
    for pad in [true, false] {
        let mut data = chunk(b"data", &odd);
        data.truncate(data.len() - usize::from(!pad));
        let mut mono = fmt(1, 8, 1);
        mono[10] = 1;
        assert_eq!(said(&[mono, data, stamp(7)]), Some(7), "{pad}");
    }
}

#[test]
fn an_empty_data_chunk_is_empty_and_an_open_one_is_not() {
    let data = bytes(&sound(16), 2, 0, false);
    let words = chunk(b"LIST", &[b"INFOICMT", &[b'x'; 2000][..]].concat());
    let said = refused(&riff(&[fmt(1, 16, 4), chunk(b"data", b""), words]));
    assert!(said.contains("it has no samples"), "{said}");
    for size in [0, u32::MAX] {
        holds(&riff(&[fmt(1, 16, 4), le(b"data", &data, size)]), 16);
    }
    let long = |head: &[u8; 4], held: u64| {
        let mut body = vec![0; 28];
        body[8..16].copy_from_slice(&held.to_le_bytes());
        let chunks = [chunk(b"ds64", &body), fmt(1, 16, 4), le(b"data", &data, u32::MAX)];
        let mut file = riff(&chunks);
        file[..4].copy_from_slice(head);
        file[4..8].fill(0xFF);
        file
    };
    for head in [b"RF64", b"BW64"] {
        holds(&long(head, data.len() as u64), 16);
        holds(&long(head, 0), 16);
    }
}

#[test]
fn sizes_that_began_anew_at_4_gb_are_understood() {
    let data = bytes(&sound(16), 2, 0, false);
    let real = (1u64 << 32) + data.len() as u64;
    let head = riff(&[fmt(1, 16, 4), le(b"data", &data, real as u32)]);
    for tail in [&b""[..], &chunk(b"LIST", b"INFO")] {
        let file = file(&head);
        let whole = std::fs::File::options().write(true).open(&file.path).unwrap();
        // The file is sparse and takes almost no disk space.
        whole.set_len(44 + real).unwrap();
        std::io::Seek::seek(&mut &whole, std::io::SeekFrom::End(0)).unwrap();
        std::io::Write::write_all(&mut &whole, tail).unwrap();
        let pcm = open(&file.path).unwrap();
        assert_eq!((pcm.info().frames.0, pcm.info().truncated), (real / 4, false));
        let (mut left, mut right) = ([1.0; 2], [0.0; 2]);
        pcm.read(real as i64 / 4 - 2, &mut left, &mut right, &mut Vec::new()).unwrap();
        assert_eq!(left, [0.0; 2]);
    }
}

#[test]
fn a_file_that_is_cut_off_is_read_and_told() {
    let data = bytes(&sound(16), 2, 0, false);
    let whole = riff(&[fmt(1, 16, 4), chunk(b"data", &data)]);
    let (info, sides, damage) = read(&whole[..whole.len() - 4001]);
    assert_eq!((info.frames, info.truncated, sides[0].len()), (Frames(1999), true, 1999));
    let cut = Damage { at: Frames(1999), frames: Frames(1001), kind: DamageKind::CutOff };
    assert_eq!(damage, [cut]);
    let big = bytes(&sound(16), 2, 0, true);
    let whole = form(b"AIFF", &[comm(FRAMES as u32, 16, b"", 2), ssnd(&big, true)], 0);
    let (info, _, damage) = read(&whole[..whole.len() - 4001]);
    assert_eq!((info.frames, info.truncated, damage.as_slice()), (Frames(1999), true, &[cut][..]));
}

#[test]
fn aiff_files_of_many_programs_are_read() {
    let frames = FRAMES as u32;
    let (s16, s24) = (sound(16), sound(24));
    let (big, head) = (bytes(&s16, 2, 0, true), comm(frames, 16, b"", 2));
    // The size of the FORM is right, then wrong.
    for wrong in [0, 1, 2, 8, 100, -8] {
        holds(&form(b"AIFF", &[head.clone(), ssnd(&big, true)], wrong), 16);
    }
    // An empty tag at the end, chunks in the other order, and a COMM chunk that holds more.
    holds(&form(b"AIFF", &[head.clone(), ssnd(&big, true), be(b"ID3 ", b"", true)], 0), 16);
    holds(&form(b"AIFF", &[ssnd(&big, true), head], 0), 16);
    let logic = comm(frames, 24, &[&b"NONE"[..], &[0; 400]].concat(), 2);
    holds(&form(b"AIFC", &[logic, ssnd(&bytes(&s24, 3, 0, true), true)], 0), 24);
    // The number of frames was never filled in.
    let open = form(b"AIFF", &[comm(0, 16, b"", 2), ssnd(&big, true)], 0);
    holds(&open, 16);
    for (kind, bits, width, shift, order) in [
        (b"NONE", 16, 2, 0, true),
        (b"twos", 24, 3, 0, true),
        (b"sowt", 16, 2, 0, false),
        (b"sowt", 24, 3, 0, false),
        (b"in24", 24, 3, 0, true),
        (b"42ni", 24, 3, 0, false),
        (b"NONE", 20, 3, 4, true),
        (b"NONE", 12, 2, 4, true),
    ] {
        let data = ssnd(&bytes(&sound(bits), width, shift, order), true);
        holds(&form(b"AIFC", &[comm(frames, bits as u16, kind, 2), data], 0), bits);
    }
    for (kind, order) in [(b"in32", true), (b"23ni", false)] {
        let data: Vec<u8> = s24.iter().flat_map(|s| bytes(&[s << 8], 4, 0, order)).collect();
        let file = form(b"AIFC", &[comm(frames, 32, kind, 2), ssnd(&data, true)], 0);
        assert_eq!(read(&file).1[0][5], (f64::from(s24[10]) / 8_388_608.0) as f32);
    }
    for (kind, wide) in [(b"fl32", false), (b"FL32", false), (b"fl64", true), (b"FL64", true)] {
        let value = |s: &i32| f64::from(*s) / 8_388_608.0;
        let data: Vec<u8> = if wide {
            s24.iter().flat_map(|s| value(s).to_be_bytes()).collect()
        } else {
            s24.iter().flat_map(|s| (value(s) as f32).to_be_bytes()).collect()
        };
        let file = form(b"AIFC", &[comm(frames, 32, kind, 2), ssnd(&data, true)], 0);
        let (info, sides, _) = read(&file);
        assert!(info.float && info.bits == Some(if wide { 64 } else { 32 }));
        assert_eq!(sides[1][5], value(&s24[11]) as f32);
    }
    let said = refused(&form(b"AIFC", &[comm(frames, 16, b"ima4", 2), ssnd(&big, true)], 0));
    assert!(said.contains("AIFF with compression \u{201c}ima4\u{201d}"), "{said}");
}

#[test]
fn an_odd_chunk_needs_no_byte_behind_it() {
    let mono: Vec<u8> = bytes(&sound(24)[..2 * 1501 / 2], 3, 0, true);
    assert_eq!(mono.len() % 2, 1);
    let head = comm(1501, 24, b"", 1);
    let note = be(b"ANNO", b"a remark", true);
    let odd = be(b"NAME", b"odd", false);
    for chunks in [
        vec![head.clone(), ssnd(&mono, false), note.clone()],
        vec![head.clone(), ssnd(&mono, false)],
        vec![odd.clone(), head.clone(), ssnd(&mono, true)],
        vec![ssnd(&mono, false), head.clone(), note],
        // A terminating zero makes the body odd, and the pad byte is missing.
        vec![be(b"NAME", b"even\0", false), ssnd(&mono, true), head],
    ] {
        let (info, sides, _) = read(&form(b"AIFF", &chunks, 0));
        assert_eq!((info.frames, info.channels), (Frames(1501), 1));
        assert!(sides[1].iter().all(|x| *x == 0.0));
    }
}

fn caf(desc: [u32; 5], kind: &[u8; 4], size: u64, data: &[u8]) -> Vec<u8> {
    let mut file = b"caff\0\x01\0\0desc".to_vec();
    file.extend(32u64.to_be_bytes());
    file.extend(48_000f64.to_be_bytes());
    file.extend(kind);
    file.extend(desc.iter().flat_map(|n| n.to_be_bytes()));
    file.extend(b"free\0\0\0\0\0\0\0\x02xx");
    file.extend(b"data");
    file.extend(size.to_be_bytes());
    file.extend([0; 4]);
    file.extend(data);
    file
}

#[test]
fn core_audio_files_are_read() {
    let data = bytes(&sound(24), 3, 0, false);
    let size = data.len() as u64 + 4;
    for size in [size, u64::MAX] {
        holds(&caf([2, 6, 1, 2, 24], b"lpcm", size, &data), 24);
    }
    holds(&caf([0, 4, 1, 2, 16], b"lpcm", u64::MAX, &bytes(&sound(16), 2, 0, true)), 16);
    holds(&caf([0, 8, 1, 2, 24], b"lpcm", u64::MAX, &bytes(&sound(24), 4, 8, true)), 24);
    holds(&caf([0, 8, 1, 2, 24], b"lpcm", u64::MAX, &bytes(&sound(24), 4, 0, true)), 24);
    let said = refused(&caf([2, 4, u32::MAX, 2, 16], b"lpcm", size, &data));
    assert!(said.contains("packets of 4294967295 frames"), "{said}");
    let said = refused(&caf([2, 4, 1, 0, 16], b"lpcm", size, &data));
    assert!(said.contains("0 channels"), "{said}");
    // Compressed CAF files are left to the decoder.
    let file = file(&caf([0, 0, 4096, 2, 16], b"alac", size, &data));
    assert!(PcmFile::open(&file.path).unwrap().is_none());
}

#[test]
fn sun_and_sonic_foundry_files_are_read() {
    let au = |little: bool, offset: u32, size: u32, kind: u32, data: &[u8]| {
        let number = |n: u32| if little { n.to_le_bytes() } else { n.to_be_bytes() };
        let head = [offset, size, kind, 48_000, 2].map(number).concat();
        let magic: &[u8] = if little { b"dns." } else { b".snd" };
        let note = vec![0; offset as usize - 24];
        [magic, &head, &note, data].concat()
    };
    let data = bytes(&sound(24), 3, 0, true);
    let size = data.len() as u32;
    for (offset, size) in [(24, size), (32, size), (24, u32::MAX), (28, 0)] {
        holds(&au(false, offset, size, 4, &data), 24);
    }
    holds(&au(false, 24, u32::MAX, 3, &bytes(&sound(16), 2, 0, true)), 16);
    holds(&au(true, 24, u32::MAX, 3, &bytes(&sound(16), 2, 0, false)), 16);
    let said = refused(&au(false, 24, size, 1, &data));
    assert!(said.contains("AU with compression 1"), "{said}");

    let guid = |name: &[u8; 4]| {
        let tail = [0xF3, 0xAC, 0xD3, 0x11, 0x8C, 0xD1, 0, 0xC0, 0x4F, 0x8E, 0xDB, 0x8A];
        [&name[..], &tail].concat()
    };
    let w64 = |size: u64| {
        let riff = [
            &b"riff"[..],
            &[0x2E, 0x91, 0xCF, 0x11, 0xA5, 0xD6, 0x28, 0xDB, 4, 0xC1, 0, 0],
            &999u64.to_le_bytes(),
            &guid(b"wave"),
        ]
        .concat();
        let form = fmt(1, 24, 6)[8..].to_vec();
        let odd = [guid(b"junk"), 25u64.to_le_bytes().to_vec(), vec![0; 8]].concat();
        let form = [guid(b"fmt "), (24 + form.len() as u64).to_le_bytes().to_vec(), form].concat();
        let data = bytes(&sound(24), 3, 0, false);
        let data = [guid(b"data"), size.to_le_bytes().to_vec(), data].concat();
        [riff, odd, form, data].concat()
    };
    for size in [24 + 6 * FRAMES as u64, 24, 0, u64::MAX] {
        holds(&w64(size), 24);
    }
}

#[test]
fn a_file_that_gets_shorter_is_told_and_one_that_is_another_too() {
    let data = bytes(&sound(16), 2, 0, false);
    let file = file(&riff(&[fmt(1, 16, 4), chunk(b"data", &data)]));
    let pcm = open(&file.path).unwrap();
    assert!(pcm.is_unchanged());
    let (mut left, mut right) = ([0.0; 100], [0.0; 100]);
    let mut at = |from| pcm.read(from, &mut left, &mut right, &mut Vec::new());
    at(2900).unwrap();
    let own = std::fs::File::options().write(true).open(&file.path).unwrap();
    own.set_len(8000).unwrap();
    at(100).unwrap();
    assert!(matches!(at(2900), Err(MediaError::Changed(_))));
    assert!(!pcm.is_unchanged());
    // Any position outside the file gives silence.
    for from in [i64::MIN, -100, 3000, i64::MAX] {
        at(from).unwrap();
    }
}

#[test]
fn longer_than_a_day_is_refused_with_the_figure() {
    let file = file(&riff(&[fmt(1, 8, 2), le(b"data", &[128; 100], u32::MAX)]));
    let own = std::fs::File::options().write(true).open(&file.path).unwrap();
    own.set_len(44 + 2 * 48_000 * 3600 * 25).unwrap();
    let said = PcmFile::open(&file.path).unwrap_err().to_string();
    assert!(said.contains("lasts 25.0 hours; Stemwright takes 24 at most"), "{said}");
}

#[test]
fn gigabytes_that_are_no_sound_are_refused_before_they_are_read() {
    let file = file(&riff(&[fmt(1, 16, 4), le(b"data", &[1; 400], 400)]));
    let own = std::fs::File::options().write(true).open(&file.path).unwrap();
    own.set_len(20_000_000_000).unwrap();
    let said = crate::media::probe(&file.path).unwrap_err().to_string();
    assert!(said.contains("20.0 GB, of which 0:00.002 are sound"), "{said}");
}

proptest! {
    #[test]
    fn no_header_brings_a_parser_down(
        which in 0usize..6,
        hits in prop::collection::vec((0usize..120, any::<u8>()), 0..12),
        length in 0usize..600,
    ) {
        let data = vec![7; 400];
        let mut content = match which {
            0 => riff(&[fmt(1, 24, 6), chunk(b"data", &data)]),
            1 => riff(&[chunk(b"ds64", &[1; 28]), fmt(1, 20, 6), le(b"data", &data, u32::MAX)]),
            2 => form(b"AIFC", &[comm(100, 24, b"sowt", 2), ssnd(&data, true)], 0),
            3 => caf([2, 8, 1, 2, 24], b"lpcm", u64::MAX, &data),
            4 => [&b".snd\0\0\0\x18\xFF\xFF\xFF\xFF\0\0\0\x03\0\0\xBB\x80\0\0\0\x02"[..], &data].concat(),
            _ => [&b"riff\x2E\x91\xCF\x11\xA5\xD6\x28\xDB\x04\xC1\0\0"[..], &data].concat(),
        };
        for (at, value) in hits {
            if let Some(byte) = content.get_mut(at) {
                *byte = value;
            }
        }
        content.truncate(length.max(1));
        let file = file(&content);
        if let Ok(Some(pcm)) = PcmFile::open(&file.path) {
            let frames = pcm.info().frames.0;
            prop_assert!(frames <= content.len() as u64);
            let (mut left, mut right) = (vec![0.0; 700], vec![0.0; 700]);
            pcm.read(-50, &mut left, &mut right, &mut Vec::new()).unwrap();
        }
    }
}
