//! Tests of all formats: work that can be stopped, and files that hold no audio.

use super::{Decoded, decode};
use crate::media::{Damage, DamageKind, MediaError, probe};
use std::sync::atomic::{AtomicU32, Ordering};

/// Decodes a file in memory. Returns its sound, one vector per channel, and the facts.
pub(super) fn decoded(content: &[u8]) -> Result<(Vec<Vec<f32>>, Decoded), MediaError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x");
    std::fs::write(&path, content).unwrap();
    let mut sides = Vec::new();
    let decoded = decode(&path, &|| true, &mut |_, planes| {
        sides.resize(planes.len(), Vec::new());
        sides.iter_mut().zip(planes).for_each(|(side, plane)| side.extend_from_slice(plane));
        Ok(())
    })?;
    assert_eq!(sides.first().map_or(0, Vec::len) as u64, decoded.info.frames.0);
    Ok((sides, decoded))
}

/// Position, length and kind of each damaged part.
pub(in crate::media) fn told(damage: &[Damage]) -> Vec<(u64, u64, DamageKind)> {
    damage.iter().map(|damage| (damage.at.0, damage.frames.0, damage.kind)).collect()
}

/// Repeatable noise in 24-bit samples, of at most 2¹⁹.
pub(in crate::media) fn noise(frames: usize, seed: u32) -> Vec<i32> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state as i32 >> 12
    };
    (0..frames).map(|_| next()).collect()
}

#[test]
fn nothing_is_looked_for_to_the_end_of_a_large_file_of_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let head = super::flac::tests::file(&[4096; 2]);
    for (name, content) in [("x.flac", head.as_slice()), ("x.ogg", b""), ("x.mp3", b"ID3")] {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        let file = std::fs::File::options().write(true).open(&path).unwrap();
        // The file is sparse and takes almost no disk space.
        file.set_len(20 << 30).unwrap();
        let start = std::time::Instant::now();
        let decoded = decode(&path, &|| true, &mut |_, _| Ok(()));
        assert_eq!(decoded.is_ok(), name == "x.flac", "{name}");
        assert!(decoded.is_err() || decoded.is_ok_and(|decoded| decoded.damage.is_empty()));
        let _ = probe(&path);
        assert!(start.elapsed().as_secs() < 5, "{name}: {:?}", start.elapsed());
    }
}

#[test]
fn work_can_be_stopped_at_any_moment() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x");
    let whole = super::flac::tests::file(&[4096; 40]);
    let ogg = super::ogg::tests::opus(48_000);
    for content in [whole, ogg] {
        std::fs::write(&path, content).unwrap();
        let asked = AtomicU32::new(0);
        let all =
            decode(&path, &|| asked.fetch_add(1, Ordering::Relaxed) < u32::MAX, &mut |_, _| Ok(()));
        assert!(all.is_ok());
        let times = asked.into_inner();
        assert!(times > 40, "{times}");
        for most in (0..times).step_by(7) {
            let asked = AtomicU32::new(0);
            let go_on = || asked.fetch_add(1, Ordering::Relaxed) < most;
            let stopped = decode(&path, &go_on, &mut |_, _| Ok(()));
            assert!(matches!(stopped, Err(MediaError::Stopped(_))), "{most} of {times}");
        }
        // The sink may end the work with an error of its own.
        let own = decode(&path, &|| true, &mut |_, _| Err(MediaError::Empty("own".into())));
        assert!(matches!(own, Err(MediaError::Empty(_))));
    }
}

#[test]
fn what_is_nothing_is_refused() {
    for content in
        [&b"x"[..], &[0; 70_000], &[0xFF; 70_000], b"fLaC", b"OggS", b"ID3\x03\0\0\0\0\0\x01"]
    {
        let error = decoded(content).unwrap_err().to_string();
        assert!(error.contains("holds no audio"), "{error}");
    }
}
