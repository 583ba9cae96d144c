//! Joins stereo stems that came as two mono files, as Pro Tools and others export them:
//! `Keys.L.wav` and `Keys.R.wav`.

use crate::session::file_ref::{FileRef, RightFile};
use crate::session::naming::plain;

/// Channel that a file name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Left,
    Right,
}

/// Splits the side off the end of a name: `Keys.L`, `Pad_R`, `Piano (L)`, `Strings-Left`. A
/// separator or bracket must stand before it.
pub fn side(name: &str) -> Option<(&str, Side)> {
    let (inner, close) = match name.strip_suffix([')', ']']) {
        Some(inner) => (inner, true),
        None => (name, false),
    };
    let lower = plain(inner);
    let words =
        [("left", Side::Left), ("right", Side::Right), ("l", Side::Left), ("r", Side::Right)];
    for (word, side) in words {
        // Lower-casing can change the length in bytes, but not of these words.
        if !lower.ends_with(word) || inner.len() <= word.len() {
            continue;
        }
        let Some(before) = inner.get(..inner.len() - word.len()) else { continue };
        let opened =
            before.strip_suffix(if close { &['(', '['][..] } else { &['.', '_', '-', ' '][..] });
        if let Some(stem) = opened {
            let stem = stem.trim_end_matches([' ', '_', '-', '.']);
            return (!stem.is_empty()).then_some((stem, side));
        }
    }
    None
}

/// Joins mono files of one rate and one name, a left and a right one, to stereo stems. Returns
/// every file with its stem name, in the order of the files; a pair takes the place of its left
/// file.
pub fn paired(files: Vec<(String, FileRef)>) -> Vec<(String, FileRef)> {
    let sides: Vec<Option<(String, Side)>> = files
        .iter()
        .map(|(name, file)| {
            let (stem, side) = side(name).filter(|_| file.info.channels == 1)?;
            Some((plain(stem), side))
        })
        .collect();
    let other = |n: usize| {
        let (stem, side) = sides.get(n)?.as_ref()?;
        let rate = files.get(n)?.1.info.sample_rate;
        let fits = |(_, one): &(usize, &Option<(String, Side)>)| {
            one.as_ref().is_some_and(|(name, own)| name == stem && own != side)
        };
        // Two files of the same side and name form no pair.
        let alone =
            sides.iter().flatten().filter(|one| *one == &(stem.clone(), *side)).count() == 1;
        let mut all = sides.iter().enumerate().filter(fits).filter(|_| alone);
        let (m, _) = all.next().filter(|_| all.next().is_none())?;
        let same_rate = files.get(m)?.1.info.sample_rate == rate;
        same_rate.then_some(m)
    };
    let pairs: Vec<Option<usize>> = (0..files.len()).map(other).collect();
    let mut out = Vec::new();
    for (n, (name, file)) in files.iter().enumerate() {
        let right = pairs.get(n).copied().flatten().and_then(|m| files.get(m));
        match (side(name), right) {
            (Some((_, Side::Right)), Some(_)) => {}
            (Some((stem, Side::Left)), Some((_, right))) => {
                let side = RightFile { place: right.place.clone(), content: right.content.clone() };
                let info = file.info.paired(&right.info).unwrap_or_else(|| file.info.clone());
                let right = Some(Box::new(side));
                out.push((stem.to_string(), FileRef { info, right, ..file.clone() }));
            }
            _ => out.push((name.clone(), file.clone())),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::file_ref::Place;
    use crate::session::history::tests::stem;
    use crate::units::Frames;

    fn file(name: &str, channels: usize, frames: u64) -> (String, FileRef) {
        let mut file = stem(1).file;
        file.place = Place { path: format!("{name}.wav"), raw: None };
        (file.info.channels, file.info.frames) = (channels, Frames(frames));
        (name.into(), file)
    }

    #[test]
    fn sides_are_read_as_they_are_spelled() {
        for (name, stem, right) in [
            ("Keys.L", "Keys", false),
            ("Keys.R", "Keys", true),
            ("Pad_R", "Pad", true),
            ("Piano (L)", "Piano", false),
            ("Strings-Left", "Strings", false),
            ("02 Gesänge right", "02 Gesänge", true),
        ] {
            let wanted = if right { Side::Right } else { Side::Left };
            assert_eq!(side(name), Some((stem, wanted)), "{name}");
        }
        for name in ["L", "Vocal", "Guitar", ".L", "Snare", "Bell", "Left", "(R)", "ſL"] {
            assert_eq!(side(name), None, "{name}");
        }
    }

    #[test]
    fn two_mono_sides_are_one_stereo_stem() {
        let files = vec![
            file("Keys.L", 1, 100),
            file("Keys.R", 1, 120),
            file("Guitar L", 1, 100),
            file("Pad.L", 2, 100),
            file("Pad.R", 2, 100),
            file("Vocals", 1, 100),
        ];
        let paired = paired(files);
        let names: Vec<&str> = paired.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["Keys", "Guitar L", "Pad.L", "Pad.R", "Vocals"]);
        let keys = &paired[0].1;
        assert_eq!((keys.info.channels, keys.info.frames), (2, Frames(120)));
        assert_eq!(keys.right.as_ref().unwrap().place.path, "Keys.R.wav");
        assert!(paired[1..].iter().all(|(_, file)| file.right.is_none()));
    }
}
