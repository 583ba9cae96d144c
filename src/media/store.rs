//! Conformed copies: a stem that is no WAV file of the session's rate is decoded and converted
//! once, so that everything after it reads plain samples at any place.

use crate::dsp::silence;
use crate::media::decode;
use crate::media::error::MediaError;
use crate::media::info::{AudioInfo, probe};
use crate::media::pcm::PcmFile;
use crate::media::resample::Resampler;
use crate::media::writer::{BitDepth, WavWriter};
use crate::units::SampleRate;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

const BLOCK: usize = 1 << 15;

/// The folder of conformed copies.
#[derive(Clone, Debug)]
pub struct Store {
    folder: PathBuf,
}

impl Store {
    /// A store in a folder of the caller's choice.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// The store in the user's cache folder, or a temporary one where there is none.
    pub fn of_user() -> Self {
        Self::at(super::cache_folder("conformed"))
    }

    /// Opens a file for reading at `rate`. A WAV file of that rate is opened where it is; any
    /// other is read from its copy, which is made now if need be. The info is that of the
    /// original file.
    pub fn open(&self, path: &Path, rate: SampleRate) -> Result<(PcmFile, AudioInfo), MediaError> {
        if let Some(file) = PcmFile::open(path)?
            && file.info().sample_rate == rate
        {
            let info = file.info().clone();
            return Ok((file, info));
        }
        let info = probe(path)?;
        let copy = self.copy_path(path, rate)?;
        if !copy.is_file() {
            self.make(path, &info, rate, &copy)?;
        }
        match PcmFile::open(&copy)? {
            Some(file) => Ok((file, info)),
            None => Err(MediaError::Damaged { path: copy, detail: "not a WAV file".into() }),
        }
    }

    fn copy_path(&self, path: &Path, rate: SampleRate) -> Result<PathBuf, MediaError> {
        Ok(self.folder.join(format!("{}.wav", name_of(path, &rate.0.to_string())?)))
    }

    fn make(
        &self,
        path: &Path,
        info: &AudioInfo,
        rate: SampleRate,
        copy: &Path,
    ) -> Result<(), MediaError> {
        let writing = |source| MediaError::writing(copy, source);
        std::fs::create_dir_all(&self.folder).map_err(writing)?;
        // Dropped on any failure, so that no half-made copy stays.
        let temporary =
            tempfile::NamedTempFile::new_in(&self.folder).map_err(writing)?.into_temp_path();
        let mut writer = WavWriter::create(&temporary, BitDepth::Float32, rate, None)?;
        let mut resampler = Resampler::new(info.sample_rate, rate)?;
        let mut out = silence(0);
        let mono = info.channels == 1;
        let mut feed = |left: &[f32], right: &[f32]| -> Result<(), MediaError> {
            out.iter_mut().for_each(Vec::clear);
            resampler.process(left, right, &mut out)?;
            writer.write_float(&out[0], &out[1])
        };
        if let Some(file) = PcmFile::open(path)? {
            let (mut block, mut scratch) = (silence(BLOCK), Vec::new());
            let total = file.info().frames.0;
            for from in (0..total).step_by(BLOCK) {
                let length = (total - from).min(BLOCK as u64) as usize;
                let [left, right] = &mut block;
                let (left, right) = (&mut left[..length], &mut right[..length]);
                file.read(from as i64, left, right, &mut scratch)?;
                feed(left, if mono { left } else { right })?;
            }
        } else {
            decode::decode(path, &mut |planes| match planes {
                [one] => feed(one, one),
                [left, right, ..] => feed(left, right),
                [] => Ok(()),
            })?;
        }
        out.iter_mut().for_each(Vec::clear);
        resampler.finish(&mut out)?;
        writer.write_float(&out[0], &out[1])?;
        writer.finish()?;
        temporary.persist(copy).map_err(|error| writing(error.error))
    }
}

/// A name for what is made from a file for a purpose: it tells the file's place, size and time of
/// change.
pub(super) fn name_of(path: &Path, purpose: &str) -> Result<String, MediaError> {
    let reading = |source| MediaError::reading(path, source);
    let meta = std::fs::metadata(path).map_err(reading)?;
    let full = path.canonicalize().map_err(reading)?;
    let changed = meta.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let key = format!("{} {} {changed:?} {purpose}", full.display(), meta.len());
    let name = blake3::hash(key.as_bytes()).to_hex();
    Ok(name.get(..32).unwrap_or(&name).to_string())
}
