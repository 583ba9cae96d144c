//! Broken files of every format end in an error or in partial sound: never in a panic, a hang or an
//! absurd length.

mod common;

use common::*;
use proptest::prelude::*;
use std::sync::LazyLock;
use stemwright::media::store::{Opened, Store};
use stemwright::units::SampleRate;

/// Half a second in every format: extension and bytes.
static FILES: LazyLock<Vec<(&str, Vec<u8>)>> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("source.wav");
    write_float(&source, 48_000, &sound(1, 0.5, 0.4), &sound(2, 0.5, 0.4));
    let formats: [(&str, &[&str]); 15] = [
        ("wav", &["-c:a", "pcm_s24le"]),
        ("wav", &["-c:a", "pcm_f32le", "-rf64", "always"]),
        ("aiff", &["-c:a", "pcm_s24be"]),
        ("flac", &["-c:a", "flac"]),
        ("m4a", &["-c:a", "alac"]),
        ("caf", &["-c:a", "pcm_s16le"]),
        ("caf", &["-c:a", "alac"]),
        ("ogg", &["-c:a", "libvorbis"]),
        ("mp3", &["-c:a", "libmp3lame"]),
        ("m4a", &["-c:a", "aac"]),
        ("w64", &["-c:a", "pcm_s24le"]),
        ("au", &["-c:a", "pcm_s24be"]),
        ("oga", &["-c:a", "flac", "-f", "ogg"]),
        ("opus", &["-c:a", "libopus"]),
        ("aac", &["-c:a", "aac", "-f", "adts"]),
    ];
    let convert = |(n, (extension, options)): (usize, (&'static str, &[&str]))| {
        let path = folder.path().join(format!("{n}.{extension}"));
        ffmpeg_convert(&source, options, &path);
        (extension, std::fs::read(path).unwrap())
    };
    formats.into_iter().enumerate().map(convert).collect()
});

proptest! {
    #![proptest_config(ProptestConfig { cases: 900, ..ProptestConfig::default() })]

    #[test]
    fn no_damage_brings_it_down(
        which in 0usize..15,
        // Most hits are in the header, which holds the sizes.
        hits in prop::collection::vec((0.0f64..1.0, prop::bool::weighted(0.7), any::<u8>()), 0..10),
        kept in prop_oneof![Just(1.0), 0.0f64..1.0],
    ) {
        let (extension, bytes) = &FILES[which];
        let mut bytes = bytes.clone();
        for (place, in_head, value) in hits {
            let reach = if in_head { bytes.len().min(300) } else { bytes.len() };
            bytes[(place * reach as f64) as usize] = value;
        }
        bytes.truncate((bytes.len() as f64 * kept) as usize);
        let size = bytes.len() as u64;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(format!("Stem.{extension}"));
        std::fs::write(&path, bytes).unwrap();
        if let Ok(info) = stemwright::media::probe(&path) {
            prop_assert!(info.channels == 1 || info.channels == 2);
            prop_assert!((22_050..=192_000).contains(&info.sample_rate.0));
            prop_assert!(info.frames.0 <= size * 8000, "{} frames of {size} bytes", info.frames.0);
        }
        let store = Store::at(folder.path().join("cache"));
        if let Ok(Opened { file, .. }) = store.open(&path, SampleRate(44_100)) {
            let (mut left, mut right) = (vec![0.0; 4096], vec![0.0; 4096]);
            file.read(-100, &mut left, &mut right, &mut Vec::new()).unwrap();
            prop_assert!(left.iter().chain(&right).all(|x| x.is_finite()));
        }
    }
}
