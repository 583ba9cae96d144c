//! Sessions of earlier versions open and render to the same bytes, unless the changelog explains a
//! difference. The expected results are in `tests/kept`: version, master, first 8 bytes of the
//! SHA-256 of the samples, and their RMS.

mod common;

use common::*;
use sha2::{Digest, Sha256};
use std::path::Path;

const RATE: u32 = 48_000;
const STEMS: [&str; 4] = ["01_Drums", "02_Bass", "03_Lead Vox", "04_Keys"];

/// Four seconds of 24-bit noise that decays within each half second. Integer arithmetic only, so it
/// is the same on every machine.
fn stem(seed: u32) -> Vec<u8> {
    let (mut random, mut low) = (seed, 0i64);
    let mut bytes = Vec::new();
    for n in 0..4 * i64::from(RATE) {
        for side in 0..2 {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let noise = i64::from(random >> 8) - 0x80_0000;
            let falls = 24_000 - (n + i64::from(seed) * 1000) % 24_000;
            let sound = (noise * falls).div_euclid(24_000).div_euclid(2 + i64::from(seed));
            low += (sound - low).div_euclid(4);
            let value = if side == 0 { low } else { (low + sound).div_euclid(2) };
            let value = value.clamp(-0x80_0000, 0x7f_ffff) as i32;
            bytes.extend_from_slice(&value.to_le_bytes()[..3]);
        }
    }
    bytes
}

fn write_stem(path: &Path, data: &[u8]) {
    let mut file = Vec::new();
    let length = data.len() as u32;
    file.extend_from_slice(b"RIFF");
    file.extend_from_slice(&(36 + length).to_le_bytes());
    file.extend_from_slice(b"WAVEfmt ");
    file.extend_from_slice(&16u32.to_le_bytes());
    for word in [1u16, 2] {
        file.extend_from_slice(&word.to_le_bytes());
    }
    file.extend_from_slice(&RATE.to_le_bytes());
    file.extend_from_slice(&(RATE * 6).to_le_bytes());
    for word in [6u16, 24] {
        file.extend_from_slice(&word.to_le_bytes());
    }
    file.extend_from_slice(b"data");
    file.extend_from_slice(&length.to_le_bytes());
    file.extend_from_slice(data);
    std::fs::write(path, file).unwrap();
}

/// Hash and RMS of the samples of a file.
fn sounds(path: &Path) -> (String, f64) {
    let bytes = std::fs::read(path).unwrap();
    let at = bytes.windows(4).skip(12).position(|four| four == b"data").unwrap() + 12;
    let length = u32::from_le_bytes(bytes[at + 4..at + 8].try_into().unwrap()) as usize;
    let hash = Sha256::digest(&bytes[at + 8..at + 8 + length]);
    let hash: String = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let [left, right] = samples(path);
    let sum: f64 = left.iter().chain(&right).map(|x| f64::from(*x).powi(2)).sum();
    (hash, (sum / (left.len() + right.len()) as f64).sqrt())
}

/// Hash of results of the system's maths library. If it differs from the one used for the lists,
/// the last bits of a sound may differ too.
fn mathematics() -> String {
    let mut hash = Sha256::new();
    for n in 1..2000 {
        let x = f64::from(n) * 0.013;
        for value in [x.sin(), x.tan(), x.exp(), x.ln(), x.powf(1.7), x.tanh(), x.atan2(2.0)] {
            hash.update(value.to_le_bytes());
        }
        for value in [(x as f32).sin(), (x as f32).exp(), (x as f32).ln(), (x as f32).tanh()] {
            hash.update(value.to_le_bytes());
        }
    }
    hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// That hash on the machine that made the lists.
const MATHEMATICS: &str = "174ac2f0bce39801";

/// Whether FFTs use the same vector instructions as on that machine; each kind of CPU rounds them
/// differently.
#[cfg(target_arch = "x86_64")]
fn same_vectors() -> bool {
    is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma")
}

#[cfg(not(target_arch = "x86_64"))]
fn same_vectors() -> bool {
    false
}

#[test]
fn sessions_of_before_render_to_the_same_bytes() {
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kept");
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("Stems")).unwrap();
    for (n, name) in STEMS.iter().enumerate() {
        write_stem(&folder.path().join(format!("Stems/{name}.wav")), &stem(n as u32 + 1));
    }
    let exact = mathematics() == MATHEMATICS && same_vectors();
    let mut different = false;
    for name in ["strips", "chains", "versions"] {
        let home = tempfile::tempdir().unwrap();
        let session = folder.path().join(format!("{name}.stemwright"));
        std::fs::copy(kept.join(format!("{name}.stemwright")), &session).unwrap();
        let out = folder.path().join(name);
        let masters = "mix,streaming,cd,vinyl,broadcast";
        let report = render(home.path(), &session, &out, &["--masters", masters]);
        let files = report["files"].as_array().unwrap();
        let list = std::fs::read_to_string(kept.join(format!("{name}.txt"))).unwrap();
        assert_eq!(files.len(), list.lines().count(), "{name}");
        let mut other = Vec::new();
        for (file, line) in files.iter().zip(list.lines()) {
            let words: Vec<&str> = line.split(' ').collect();
            let [version, master, hash, rms] = words[..] else { panic!("{line}") };
            assert_eq!((&file["version"], &file["master"]), (&version.into(), &master.into()));
            let (found, level) = sounds(Path::new(file["path"].as_str().unwrap()));
            let rms: f64 = rms.parse().unwrap();
            if (level / rms - 1.0).abs() >= 1e-5 || exact && found != hash {
                other.push(format!("{version} {master} {found} {level:.9e}"));
            }
        }
        different |= !other.is_empty();
        for line in other {
            eprintln!("{name}: {line}");
        }
    }
    assert!(!different, "other sound than before, by the lines above");
}
