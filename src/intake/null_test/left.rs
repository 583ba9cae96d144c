//! What is left of the reference, as sound.

use super::fit::read;
use super::{NullTest, open};
use crate::dsp::silence;
use crate::engine::source::Scratch;
use crate::intake::IntakeError;
use crate::media::writer::{BitDepth, WavWriter};
use crate::session::Session;
use std::path::Path;

/// Frames that are read at once.
const BLOCK: usize = 1 << 15;

/// Writes what a test leaves of the reference to a WAV file: of the stems as they came, or of every
/// stem in its place (`fixed`). `go_on` is called for every block; its error ends the work.
pub fn write_left(
    session: &Session,
    folder: &Path,
    reference: &Path,
    test: &NullTest,
    fixed: bool,
    to: &Path,
    go_on: &dyn Fn() -> Result<(), IntakeError>,
) -> Result<(), IntakeError> {
    let (sources, mix) = open(session, folder, reference)?;
    let length = session.length().max(mix.length()).0 as i64;
    let mut file = WavWriter::create(to, BitDepth::Float32, session.sample_rate, None)?;
    let (mut left, mut block, mut scratch) = (silence(BLOCK), silence(BLOCK), Scratch::new());
    for from in (0..length).step_by(BLOCK) {
        go_on()?;
        read(&mix, from, &mut left, &mut scratch)?;
        for (stem, source) in session.stems.iter().zip(&sources) {
            let Some(place) = test.stems.iter().find(|place| place.id == stem.id) else { continue };
            let (late, gain) = match (fixed, stem.strip.invert) {
                (true, _) => (place.shift, place.gain),
                (false, true) => (-test.reference_late, -test.gain),
                (false, false) => (-test.reference_late, test.gain),
            };
            read(source, from + late, &mut block, &mut scratch)?;
            for (left, stem) in left.iter_mut().flatten().zip(block.iter().flatten()) {
                *left -= (f64::from(*stem) * gain) as f32;
            }
        }
        let frames = ((length - from) as usize).min(BLOCK);
        let [first, second] = &left;
        let part = |channel: &[f32]| channel.iter().take(frames).copied().collect::<Vec<f32>>();
        file.write_float(&part(first), &part(second))?;
    }
    Ok(file.finish()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::source::StemSource;
    use crate::intake::folder::gather_files;
    use crate::intake::null_test::null_test;
    use crate::media::store::Store;
    use crate::media::writer::write_plain;
    use crate::units::{Db, SampleRate};

    /// Noise between two silences; its samples depend on their number alone.
    fn noise(seed: u32, n: i64) -> f32 {
        if !(2_000..90_000).contains(&n) {
            return 0.0;
        }
        let mut x = (n as u32).wrapping_mul(0x9E37_79B9) ^ seed.wrapping_mul(0x85EB_CA6B);
        x = (x ^ (x >> 15)).wrapping_mul(0x2C1B_3C6D);
        x = (x ^ (x >> 12)).wrapping_mul(0x297A_2D39);
        ((x ^ (x >> 15)) as f32 / u32::MAX as f32 - 0.5) * 0.4
    }

    #[test]
    fn what_is_left_sounds_as_loud_as_the_test_says() {
        let folder = tempfile::tempdir().unwrap();
        let rate = SampleRate(48_000);
        let write = |name: &str, sample: &dyn Fn(i64) -> f32| {
            let path = folder.path().join(name);
            let samples: Vec<f32> = (0..96_000).map(sample).collect();
            write_plain(&path, rate, &samples, &samples).unwrap();
            path
        };
        let bass = write("Bass.wav", &|n| noise(1, n));
        let keys = write("Keys.wav", &|n| noise(2, n - 700));
        let mix = write("Mix.wav", &|n| noise(1, n) + noise(2, n));
        let session =
            gather_files(&[bass, keys], "Song", &folder.path().join("Song.stemwright")).unwrap();
        let session = session.session;
        let test = null_test(&session, folder.path(), &mix, &|| Ok(())).unwrap();
        assert!(test.residual_db > Db(-10.0) && test.fitted_db < Db(-30.0), "{test:?}");
        let power = |path: &Path| {
            let store = Store::at(folder.path().join("store"));
            let source = StemSource::open_plain(path, rate, &store).unwrap();
            let mut block = silence(source.length().0 as usize);
            read(&source, 0, &mut block, &mut Scratch::new()).unwrap();
            block.iter().flatten().map(|x| f64::from(*x).powi(2)).sum::<f64>()
        };
        for (fixed, expected) in [(false, test.residual_db), (true, test.fitted_db)] {
            let out = folder.path().join("left.wav");
            let go_on = || Ok(());
            write_left(&session, folder.path(), &mix, &test, fixed, &out, &go_on).unwrap();
            let level = Db::from_power(power(&out) / power(&mix));
            assert!((level.0 - expected.0).abs() < 0.5, "{fixed}: {level} for {expected}");
        }
    }
}
