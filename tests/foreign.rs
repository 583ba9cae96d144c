//! Files of other programs: the decoded sound equals ffmpeg's, and damage is reported at its place
//! where the reference decoders report it too.

mod common;

use common::*;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use stemwright::media::DamageKind::{CutOff, Lost};
use stemwright::media::store::{Opened, Store};
use stemwright::media::{Damage, DamageKind, probe};
use stemwright::units::Frames;

const FRAMES: usize = 288_590;

/// Six seconds of sound. The length is no multiple of any codec's frame.
static SOURCE: LazyLock<(tempfile::TempDir, PathBuf)> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("source.wav");
    let side = |seed| {
        let mut side = sound(seed, 6.1, 0.4);
        side.truncate(FRAMES);
        side
    };
    let written = folder.path().join("float.wav");
    write_float(&written, 48_000, &side(1), &side(2));
    ffmpeg_convert(&written, &["-c:a", "pcm_s24le"], &path);
    (folder, path)
});

struct Place {
    folder: tempfile::TempDir,
    store: Store,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::at(folder.path().join("store"));
        Self { folder, store }
    }

    /// The source, encoded by ffmpeg.
    fn encoded(&self, name: &str, options: &[&str]) -> PathBuf {
        let path = self.folder.path().join(name);
        ffmpeg_convert(&SOURCE.1, options, &path);
        path
    }

    /// Writes a file with this content and opens it at its own rate.
    fn opened(&self, name: &str, content: &[u8]) -> Opened {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        self.store.open(&path, probe(&path).unwrap().sample_rate).unwrap()
    }
}

/// All samples, interleaved.
fn heard(opened: &Opened) -> Vec<f32> {
    let count = opened.file.info().frames.0 as usize;
    let (mut left, mut right) = (vec![0.0; count], vec![0.0; count]);
    opened.file.read(0, &mut left, &mut right, &mut Vec::new()).unwrap();
    match opened.info.channels {
        1 => left,
        _ => left.iter().zip(&right).flat_map(|(l, r)| [*l, *r]).collect(),
    }
}

/// Samples as ffmpeg decodes them, interleaved. `decoder` may select a decoder.
fn ffmpeg(path: &Path, decoder: &[&str]) -> Vec<f32> {
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin"])
        .args(decoder)
        .args(["-i", text(path), "-f", "f32le", "-"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let (samples, _) = output.stdout.as_chunks();
    samples.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect()
}

fn worst(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

fn told(damage: &[Damage]) -> Vec<(u64, u64, DamageKind)> {
    damage.iter().map(|damage| (damage.at.0, damage.frames.0, damage.kind)).collect()
}

#[test]
fn plain_and_lossless_files_are_the_same_to_the_bit() {
    let place = Place::new();
    let cases: [(&str, &[&str]); 29] = [
        ("u8.wav", &["-c:a", "pcm_u8"]),
        ("i16.wav", &["-c:a", "pcm_s16le"]),
        ("i24.wav", &["-c:a", "pcm_s24le"]),
        ("i32.wav", &["-c:a", "pcm_s32le"]),
        ("f32.wav", &["-c:a", "pcm_f32le"]),
        ("f64.wav", &["-c:a", "pcm_f64le"]),
        ("rf64.wav", &["-c:a", "pcm_s24le", "-rf64", "always"]),
        ("i24.w64", &["-c:a", "pcm_s24le"]),
        ("f32.w64", &["-c:a", "pcm_f32le"]),
        ("i8.aiff", &["-c:a", "pcm_s8"]),
        ("i16.aiff", &["-c:a", "pcm_s16be"]),
        ("i24.aiff", &["-c:a", "pcm_s24be"]),
        ("i32.aiff", &["-c:a", "pcm_s32be"]),
        ("sowt.aiff", &["-c:a", "pcm_s16le"]),
        ("f32.aiff", &["-c:a", "pcm_f32be"]),
        ("f64.aiff", &["-c:a", "pcm_f64be"]),
        ("i16.caf", &["-c:a", "pcm_s16be"]),
        ("i24.caf", &["-c:a", "pcm_s24le"]),
        ("f32.caf", &["-c:a", "pcm_f32be"]),
        ("f64.caf", &["-c:a", "pcm_f64le"]),
        ("i16.au", &["-c:a", "pcm_s16be"]),
        ("i24.au", &["-c:a", "pcm_s24be"]),
        ("f32.au", &["-c:a", "pcm_f32be"]),
        ("i24.flac", &["-c:a", "flac", "-sample_fmt", "s32"]),
        ("i16.flac", &["-c:a", "flac", "-sample_fmt", "s16", "-compression_level", "12"]),
        ("mono.flac", &["-c:a", "flac", "-ac", "1", "-ar", "44100"]),
        ("flac.oga", &["-c:a", "flac", "-f", "ogg"]),
        ("alac.m4a", &["-c:a", "alac"]),
        ("alac.caf", &["-c:a", "alac"]),
    ];
    for (name, options) in cases {
        let path = place.encoded(name, options);
        let opened = place.store.open(&path, probe(&path).unwrap().sample_rate).unwrap();
        assert_eq!(told(&opened.damage), [], "{name}");
        assert!(heard(&opened) == ffmpeg(&path, &[]), "{name}");
    }
}

#[test]
fn lossy_files_are_the_same_and_begin_and_end_to_the_frame() {
    let place = Place::new();
    let cases: [(&str, &[&str], usize); 13] = [
        ("cbr.mp3", &["-c:a", "libmp3lame", "-b:a", "320k"], FRAMES),
        ("vbr.mp3", &["-c:a", "libmp3lame", "-q:a", "2"], FRAMES),
        ("mono.mp3", &["-c:a", "libmp3lame", "-ac", "1"], FRAMES),
        // Without the tag, the encoder's padding is unknown.
        ("bare.mp3", &["-c:a", "libmp3lame", "-write_xing", "0", "-id3v2_version", "0"], 0),
        ("slow.mp3", &["-c:a", "libmp3lame", "-ar", "22050"], 0),
        ("aac.m4a", &["-c:a", "aac", "-b:a", "256k"], FRAMES),
        ("fast.mp4", &["-c:a", "aac", "-movflags", "+faststart"], FRAMES),
        ("bits.mp4", &["-c:a", "aac", "-movflags", "frag_keyframe+empty_moov"], 0),
        ("bare.aac", &["-c:a", "aac", "-f", "adts"], 0),
        ("fine.ogg", &["-c:a", "libvorbis", "-q:a", "8"], FRAMES),
        ("rough.ogg", &["-c:a", "libvorbis", "-q:a", "0", "-ac", "1"], FRAMES),
        ("fine.opus", &["-c:a", "libopus", "-b:a", "160k"], FRAMES),
        ("rough.opus", &["-c:a", "libopus", "-b:a", "24k", "-ac", "1"], FRAMES),
    ];
    for (name, options, frames) in cases {
        let path = place.encoded(name, options);
        let info = probe(&path).unwrap();
        let opened = place.store.open(&path, info.sample_rate).unwrap();
        assert_eq!((told(&opened.damage), info.lossy), (vec![], true), "{name}");
        assert_eq!(opened.file.info().frames, info.frames, "{name}");
        // ffmpeg's own Opus decoder is not exact, so libopus is used; it returns integers.
        let opus = name.ends_with("opus");
        let other = ffmpeg(&path, if opus { &["-c:a", "libopus"] } else { &[] });
        let own = heard(&opened);
        let worst = worst(&own, &other);
        assert!(worst < if opus { 4e-5 } else { 2e-5 }, "{name}: {worst}");
        // ffmpeg ignores the end of an edit list.
        let (own, other) = (own.len() / info.channels, other.len() / info.channels);
        assert!(own == other || (own < other && name.contains(".m")), "{name}: {own} of {other}");
        if frames > 0 {
            assert_eq!(own, frames, "{name}");
        }
    }
}

#[test]
fn the_delay_of_an_aac_encoder_is_no_part_of_the_song() {
    let place = Place::new();
    let click = |at: usize, frames: usize| {
        let mut side = vec![0.001; frames];
        side[at] = 0.9;
        side
    };
    let made = |name: &str, extra: usize| {
        let wav = place.folder.path().join("click.wav");
        let side = click(144_000 + extra, 288_000 + extra);
        write_float(&wav, 48_000, &side, &side);
        let path = place.folder.path().join(name);
        ffmpeg_convert(&wav, &["-c:a", "aac", "-b:a", "192k"], &path);
        std::fs::read(&path).unwrap()
    };
    let usual = made("usual.m4a", 0);
    // A delay of 2112 frames, as other encoders have: 1088 more, removed by the edit list.
    let mut long = made("long.m4a", 1088);
    let at = long.windows(4).position(|four| four == b"elst").unwrap();
    assert_eq!(long[at + 16..at + 20], 1024u32.to_be_bytes());
    long[at + 12..at + 16].copy_from_slice(&6000u32.to_be_bytes());
    long[at + 16..at + 20].copy_from_slice(&2112u32.to_be_bytes());
    for (name, content) in [("usual.m4a", usual), ("long.m4a", long)] {
        let opened = place.opened(name, &content);
        assert_eq!((opened.info.frames, told(&opened.damage)), (Frames(288_000), vec![]));
        let sound = heard(&opened);
        let loudest = |a: &usize, b: &usize| sound[2 * a].abs().total_cmp(&sound[2 * b].abs());
        assert_eq!((0..288_000).max_by(loudest), Some(144_000), "{name}");
    }
}

#[test]
fn sound_is_found_among_pictures_and_surround_is_refused() {
    let place = Place::new();
    let path = place.folder.path().join("film.mp4");
    let made = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-y", "-f", "lavfi", "-i", "testsrc=d=6:s=64x48:r=25"])
        .args(["-i", text(&SOURCE.1), "-c:v", "mpeg4", "-c:a", "aac"])
        .arg(&path)
        .status();
    assert!(made.unwrap().success());
    let info = probe(&path).unwrap();
    assert_eq!((info.describe().as_str(), info.frames.0), ("AAC 48 kHz stereo", FRAMES as u64));
    for (name, codec) in [("six.m4a", "aac"), ("six.flac", "flac"), ("six.ogg", "libvorbis")] {
        let path = place.encoded(name, &["-ac", "6", "-c:a", codec]);
        let error = probe(&path).unwrap_err().to_string();
        assert!(error.contains("has 6 channels; Stemwright takes mono and stereo"), "{error}");
    }
    let path = place.encoded("other.mp4", &["-c:a", "ac3"]);
    let error = probe(&path).unwrap_err().to_string();
    assert!(error.contains("other.mp4 holds no audio that Stemwright can read"), "{error}");
}

/// Asserts that the sound outside `part` equals the undamaged file.
fn is_the_rest(damaged: &[f32], whole: &[f32], part: std::ops::Range<usize>) {
    let (from, to) = (2 * part.start, (2 * part.end).min(damaged.len()));
    assert!(worst(&damaged[..from], &whole[..from]) < 1e-6, "before {part:?}");
    assert!(worst(&damaged[to..], &whole[to..]) < 1e-6, "behind {part:?}");
}

#[test]
fn a_hole_in_an_mp3_keeps_its_length() {
    let place = Place::new();
    let path = place.encoded("whole.mp3", &["-c:a", "libmp3lame", "-b:a", "192k"]);
    let (bytes, whole) = (
        std::fs::read(&path).unwrap(),
        heard(&place.opened("w.mp3", &std::fs::read(&path).unwrap())),
    );
    let (from, to) = (bytes.len() / 2, bytes.len() / 2 + 10_000);
    let cut = [&bytes[..from], &bytes[to..]].concat();
    let mut hollow = bytes.clone();
    hollow[from..to].fill(0);
    for (name, content) in [("cut.mp3", cut), ("hollow.mp3", hollow)] {
        let opened = place.opened(name, &content);
        assert_eq!(opened.info.frames, Frames(FRAMES as u64), "{name}");
        let [(at, frames, Lost)] = told(&opened.damage)[..] else { panic!("{:?}", opened.damage) };
        assert!(
            (140_000..150_000).contains(&at) && (17_000..24_000).contains(&frames),
            "{at}, {frames}"
        );
        // The following frames use bytes of the lost part (the bit reservoir).
        is_the_rest(&heard(&opened), &whole, at as usize..at as usize + frames as usize + 3 * 1152);
    }
    let half = place.opened("half.mp3", &bytes[..from]);
    let [(at, missing, CutOff)] = told(&half.damage)[..] else { panic!("{:?}", half.damage) };
    assert!(half.info.truncated && (at + missing).abs_diff(FRAMES as u64) < 1200);
    // A part cut out of another file starts in the middle and is complete.
    let later = place.opened("later.mp3", &bytes[from..]);
    assert_eq!(told(&later.damage), []);
    assert!(later.info.frames.0 > 140_000);
}

#[test]
fn an_mp3_that_is_not_what_was_encoded_is_told() {
    let place = Place::new();
    for rate in ["128k", "320k"] {
        let path = place.encoded("whole.mp3", &["-c:a", "libmp3lame", "-b:a", rate]);
        let bytes = std::fs::read(&path).unwrap();
        assert_eq!(told(&place.opened("as-it-is.mp3", &bytes).damage), [], "{rate}");
        for part in [3, 5, 7] {
            let mut other = bytes.clone();
            let at = bytes.len() * part / 8;
            other[at] ^= 4;
            let opened = place.opened("bit.mp3", &other);
            assert!(!opened.damage.is_empty(), "{rate} {part}");
            assert_eq!(opened.info.frames, Frames(FRAMES as u64));
        }
    }
}

#[test]
fn damage_of_mp4_files_keeps_the_rest_in_time() {
    let place = Place::new();
    let fast = ["-movflags", "+faststart"];
    // Without PNS: the decoder's generated noise differs after a gap.
    let codecs = [("alac", &["-c:a", "alac"][..]), ("aac", &["-c:a", "aac", "-aac_pns", "0"])];
    for (name, options) in codecs {
        let path = place.encoded(&format!("{name}.m4a"), &[options, &fast].concat());
        let bytes = std::fs::read(&path).unwrap();
        let whole = heard(&place.store.open(&path, probe(&path).unwrap().sample_rate).unwrap());
        let middle = bytes.len() / 2;
        let half = place.opened("half.m4a", &bytes[..middle]);
        let [(at, missing, CutOff)] = told(&half.damage)[..] else { panic!("{:?}", half.damage) };
        assert_eq!(
            (at, at + missing, half.info.truncated),
            (half.info.frames.0, FRAMES as u64, true)
        );
        is_the_rest(&heard(&half), &whole, at as usize..FRAMES);
        let mut hollow = bytes.clone();
        hollow[middle..middle + 40_000.min(bytes.len() / 4)].fill(0);
        let opened = place.opened("hollow.m4a", &hollow);
        let [(at, frames, Lost)] = told(&opened.damage)[..] else { panic!("{:?}", opened.damage) };
        assert_eq!(opened.info.frames, Frames(FRAMES as u64));
        let part = (at as usize).saturating_sub(4096)..(at + frames) as usize + 4096;
        is_the_rest(&heard(&opened), &whole, part);
    }
}

#[test]
fn pages_of_vorbis_that_are_lost_or_missing_are_told() {
    let place = Place::new();
    let path = place.encoded("whole.ogg", &["-c:a", "libvorbis", "-q:a", "6"]);
    let bytes = std::fs::read(&path).unwrap();
    let whole = heard(&place.opened("w.ogg", &bytes));
    let middle = bytes.len() / 2;
    let mut flipped = bytes.clone();
    flipped[middle] ^= 1;
    let cut = [&bytes[..middle], &bytes[middle + 9000..]].concat();
    for (name, content) in [("flipped.ogg", flipped), ("cut.ogg", cut)] {
        let opened = place.opened(name, &content);
        assert_eq!(opened.info.frames, Frames(FRAMES as u64), "{name}");
        let [(at, frames, Lost)] = told(&opened.damage)[..] else { panic!("{:?}", opened.damage) };
        let part = at as usize..(at + frames) as usize;
        assert!(heard(&opened)[2 * part.start..2 * part.end].iter().all(|x| *x == 0.0));
        is_the_rest(&heard(&opened), &whole, part);
    }
    let half = place.opened("half.ogg", &bytes[..middle]);
    assert_eq!(told(&half.damage), [(half.info.frames.0, 0, CutOff)]);
    assert!(half.info.truncated);
    is_the_rest(&heard(&half), &whole, half.info.frames.0 as usize..FRAMES);
}

#[test]
fn what_flac_s_own_test_finds_is_found() {
    let place = Place::new();
    let whole =
        std::fs::read(place.encoded("a.flac", &["-c:a", "flac", "-sample_fmt", "s32"])).unwrap();
    let hit = |at: usize, with: u8| {
        let mut bytes = whole.clone();
        bytes[at] ^= with;
        bytes
    };
    let middle = whole.len() / 2;
    let cases = [
        ("whole.flac", whole.clone()),
        ("bit.flac", hit(middle, 0x10)),
        ("head.flac", hit(whole.len() / 3, 0x80)),
        ("md5.flac", hit(26, 0xFF)),
        ("half.flac", whole[..middle].to_vec()),
        ("last.flac", whole[..whole.len() - 1].to_vec()),
        ("lost.flac", [&whole[..middle], &whole[middle + 5000..]].concat()),
    ];
    for (name, content) in cases {
        let opened = place.opened(name, &content);
        let path = place.folder.path().join(name);
        let tested = Command::new("flac").args(["-t", "-s"]).arg(&path).output().unwrap();
        assert_eq!(tested.status.success(), opened.damage.is_empty(), "{name}");
        assert_eq!(name == "whole.flac", opened.damage.is_empty(), "{name}");
    }
}
