//! Conformed copies ([`Store`]). A stem that is compressed, or not at the session's rate, is
//! decoded and converted once into a 32-bit float WAV file in the user's cache. All later readers
//! get PCM samples at any position ([`Opened`]). Several threads and processes may share one folder
//! of copies.

use crate::disk::{self, Stamp, Temporary};
use crate::dsp::{Stereo, silence};
use crate::media::damage::Damage;
use crate::media::decode::{self, GoOn};
use crate::media::error::MediaError;
use crate::media::hashes::Hashes;
use crate::media::info::{AudioInfo, accept};
use crate::media::input::Input;
use crate::media::pcm::{self, PcmFile};
use crate::media::resample::Resampler;
use crate::media::writer::{BitDepth, WavWriter};
use crate::units::SampleRate;
use serde::{Deserialize, Serialize};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

#[cfg(test)]
mod tests;

/// Frames per block.
const BLOCK: usize = 1 << 15;
/// Largest description of a copy, in bytes.
const BESIDE: u64 = 1 << 20;
/// Copies that are unused for this long are deleted. They are large, and quick to make again.
const KEPT: Duration = Duration::from_secs(30 * 24 * 3600);

/// Limit for all copies, in bytes. Four minutes at 48 kHz take 92 MB, so the limit holds five songs
/// of 40 stems that all need a copy. Nobody works on more at once. The limit is lower if the disk
/// is nearly full, see [`room`].
const MOST: u64 = 20_000_000_000;

/// A folder of conformed copies.
#[derive(Clone, Debug)]
pub struct Store {
    folder: PathBuf,
    most: u64,
}

/// A file that can be read at any position, at the requested rate.
#[derive(Debug)]
pub struct Opened {
    pub file: PcmFile,
    /// Facts of the original file.
    pub info: AudioInfo,
    /// Damage of the original, in frames of its own rate.
    pub damage: Vec<Damage>,
}

/// Description of a copy's original, kept as JSON beside the copy.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct CopyDescription {
    info: AudioInfo,
    damage: Vec<Damage>,
    /// Samples of the original that are NaN or infinite.
    #[serde(default)]
    invalid: u64,
    /// BLAKE3 hash of the copy. Without it, nobody would notice that a cache file was cut off.
    #[serde(default)]
    hash: String,
}

impl Store {
    /// A store in the given folder, with the usual limit.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), most: MOST }
    }

    /// The store in the user's cache folder, or in a temporary folder if there is none.
    pub fn of_user() -> Self {
        Self::at(super::cache_folder("conformed"))
    }

    /// Opens a file for reading at `rate`. A PCM file of that rate is read in place. Any other file
    /// is read from its copy, which is made now if it does not exist.
    ///
    /// # Errors
    /// `Changed` if the file changes during both of two reads, and errors of reading, decoding and
    /// writing the copy.
    pub fn open(&self, path: &Path, rate: SampleRate) -> Result<Opened, MediaError> {
        self.open_sides(path, None, rate, &|| true)
    }

    /// As [`Store::open`], but ends with `Stopped` when `go_on` returns false. With a `right` file,
    /// it opens two mono files as one stereo file. Each of them is converted to `rate` separately;
    /// the longer one sets the length.
    ///
    /// # Errors
    /// `NotMono` if one of the two is stereo, and those of [`Store::open`].
    pub fn open_sides(
        &self,
        left: &Path,
        right: Option<&Path>,
        rate: SampleRate,
        go_on: &GoOn<'_>,
    ) -> Result<Opened, MediaError> {
        let paths: Vec<&Path> = [left].into_iter().chain(right).collect();
        self.conformed(&paths, rate, go_on)
    }

    fn conformed(
        &self,
        paths: &[&Path],
        rate: SampleRate,
        go_on: &GoOn<'_>,
    ) -> Result<Opened, MediaError> {
        let mut changed = PathBuf::new();
        // A file that changes while it is read gets a second attempt.
        for _ in 0..2 {
            let inputs =
                paths.iter().map(|path| Input::open(path)).collect::<Result<Vec<_>, _>>()?;
            if let [input] = inputs.as_slice()
                && let Some(file) = PcmFile::of(input)?
                && file.info().sample_rate == rate
            {
                let (info, damage) = (file.info().clone(), file.damage());
                return Ok(Opened { file, info, damage });
            }
            let copy = self.copy_of(&inputs, rate)?;
            // Hold the copy before looking whether it exists: another process may be removing
            // copies.
            let held = disk::cache::hold(&copy);
            let known = match self.kept(&copy) {
                Some(known) => known,
                None => match self.make(&inputs, rate, &copy, go_on)? {
                    Some(known) => known,
                    None => {
                        let other = inputs.iter().find(|input| !input.is_unchanged());
                        changed = other.or(inputs.first()).map_or(changed, |one| one.path.clone());
                        continue;
                    }
                },
            };
            let originals =
                inputs.into_iter().map(|input| (input.path, input.stamp)).collect::<Vec<_>>();
            return match PcmFile::open(&copy)? {
                Some(file) => {
                    let file = file.made_from(originals, known.invalid, held);
                    Ok(Opened { file, info: known.info, damage: known.damage })
                }
                None => Err(MediaError::Damaged { path: copy, detail: "not a WAV file".into() }),
            };
        }
        Err(MediaError::Changed(changed))
    }

    /// Path of the copy of these originals at `rate`.
    fn copy_of(&self, inputs: &[Input], rate: SampleRate) -> Result<PathBuf, MediaError> {
        let purpose = rate.0.to_string();
        let names = inputs.iter().map(|input| name_for(&input.path, &input.stamp, &purpose));
        let names = names.collect::<Result<Vec<_>, _>>()?;
        let name = match names.as_slice() {
            [one] => one.clone(),
            all => short(&all.join(" ")),
        };
        Ok(self.folder.join(format!("{name}.wav")))
    }

    /// Makes a copy. Returns `None`, and leaves no copy, if an original changed while it was read.
    fn make(
        &self,
        inputs: &[Input],
        rate: SampleRate,
        copy: &Path,
        go_on: &GoOn<'_>,
    ) -> Result<Option<CopyDescription>, MediaError> {
        let writing = |cause| MediaError::writing(copy, cause);
        std::fs::create_dir_all(&self.folder).map_err(writing)?;
        disk::cache::forget(&self.folder, KEPT);
        // The temporary file is deleted when dropped, so a failure leaves no half-made copy.
        let temporary = Temporary::within(&self.folder).map_err(writing)?;
        let writer = WavWriter::create(temporary.path(), BitDepth::Float32, rate, None)?;
        let mut known = match inputs {
            [left, right] => self.write_pair([left, right], rate, writer, go_on)?,
            all => match all.first() {
                Some(input) => write_one(input, rate, writer, go_on)?,
                None => return Ok(None),
            },
        };
        if !inputs.iter().all(Input::is_unchanged) {
            return Ok(None);
        }
        known.hash = disk::hash(temporary.path()).map_err(writing)?;
        let text = serde_json::to_vec(&known).map_err(|error| writing(error.into()))?;
        disk::write(&beside(copy), &text).map_err(writing)?;
        match temporary.place(copy) {
            // `AlreadyExists`: another thread or process made the same copy first.
            Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(writing(error)),
            _ => {}
        }
        let free = fs4::available_space(&self.folder).unwrap_or(u64::MAX);
        disk::cache::bound(&self.folder, |held| room(self.most, held, free));
        Ok(Some(known))
    }

    /// Writes two mono files as one stereo file.
    fn write_pair(
        &self,
        sides: [&Input; 2],
        rate: SampleRate,
        mut writer: WavWriter,
        go_on: &GoOn<'_>,
    ) -> Result<CopyDescription, MediaError> {
        // Convert each side separately first, because rates and codecs may differ.
        let writing = |cause| MediaError::writing(&self.folder, cause);
        let (mut known, mut files) = (Vec::new(), Vec::new());
        for input in sides {
            let head = match pcm::parse(input)? {
                Some(layout) => layout.info,
                None => decode::head(input)?,
            };
            if head.channels != 1 {
                return Err(MediaError::NotMono(input.path.clone()));
            }
        }
        for input in sides {
            let side = Temporary::within(&self.folder).map_err(writing)?;
            let writer = WavWriter::create(side.path(), BitDepth::Float32, rate, None)?;
            known.push(write_one(input, rate, writer, go_on)?);
            let file = PcmFile::open(side.path())?;
            files.push((side, file.ok_or_else(|| MediaError::Missing(input.path.clone()))?));
        }
        let length = files.iter().map(|(_, file)| file.info().frames.0).max().unwrap_or(0);
        let mut block = silence(BLOCK);
        let (mut unused, mut bytes) = (vec![0.0; BLOCK], Vec::new());
        for from in (0..length).step_by(BLOCK) {
            let count = (length - from).min(BLOCK as u64) as usize;
            for (side, (_, file)) in block.iter_mut().zip(&files) {
                side.resize(count, 0.0);
                unused.resize(count, 0.0);
                file.read(from as i64, side, &mut unused, &mut bytes)?;
            }
            let [left, right] = &block;
            writer.write_float(left, right)?;
            if !go_on() {
                return Err(MediaError::Stopped(self.folder.clone()));
            }
        }
        writer.finish()?;
        let mut known = known.into_iter();
        let (Some(left), Some(right)) = (known.next(), known.next()) else {
            return Err(MediaError::Missing(self.folder.clone()));
        };
        let not_mono = || MediaError::NotMono(self.folder.clone());
        let info = left.info.paired(&right.info).ok_or_else(not_mono)?;
        let scaled = |damage: &Damage| Damage {
            at: damage.at.at_rate(right.info.sample_rate, info.sample_rate),
            frames: damage.frames.at_rate(right.info.sample_rate, info.sample_rate),
            kind: damage.kind,
        };
        let invalid = left.invalid + right.invalid;
        let mut damage = left.damage;
        damage.extend(right.damage.iter().map(scaled));
        damage.sort_by_key(|damage| damage.at);
        Ok(CopyDescription { info, damage, invalid, hash: String::new() })
    }

    /// Description of a finished copy. Removes a copy that has no description, or whose content
    /// does not match the hash in it.
    fn kept(&self, copy: &Path) -> Option<CopyDescription> {
        if !copy.is_file() {
            return None;
        }
        let known = disk::bytes(&beside(copy), BESIDE).ok();
        let known = known.and_then(|text| serde_json::from_slice::<CopyDescription>(&text).ok());
        let hashes = Hashes::at(self.folder.join("hashes"));
        let known = known.filter(|known| hashes.hash(copy).is_ok_and(|hash| hash == known.hash));
        if known.is_none() {
            // The caller makes the copy again.
            let _ = std::fs::remove_file(copy);
        }
        disk::cache::used(&beside(copy));
        known
    }
}

/// Limit for the copies, in bytes: `most`, or half of the space that would be free without them if
/// that is less, so copies never fill the disk. The copies take `held` bytes, and the disk has
/// `free` bytes left.
fn room(most: u64, held: u64, free: u64) -> u64 {
    most.min(held.saturating_add(free) / 2)
}

/// Path of a copy's description.
fn beside(copy: &Path) -> PathBuf {
    copy.with_extension("json")
}

/// Decodes a file and writes it at another rate. A mono file fills both sides.
fn write_one(
    input: &Input,
    rate: SampleRate,
    mut writer: WavWriter,
    go_on: &GoOn<'_>,
) -> Result<CopyDescription, MediaError> {
    let mut out = silence(0);
    let known = match PcmFile::of(input)? {
        Some(file) => {
            let (info, damage) = (file.info().clone(), file.damage());
            let mono = info.channels == 1;
            let mut resampler = Resampler::new(info.sample_rate, rate)?;
            let (mut block, mut scratch) = (silence(BLOCK), Vec::new());
            for from in (0..info.frames.0).step_by(BLOCK) {
                let length = (info.frames.0 - from).min(BLOCK as u64) as usize;
                let [left, right] = &mut block;
                let (left, right) = (&mut left[..length], &mut right[..length]);
                file.read(from as i64, left, right, &mut scratch)?;
                let right = if mono { &*left } else { &*right };
                feed(&mut resampler, &mut writer, &mut out, left, right)?;
                if !go_on() {
                    return Err(MediaError::Stopped(input.path.clone()));
                }
            }
            finish(resampler, writer, &mut out)?;
            CopyDescription { info, damage, invalid: file.invalid(), hash: String::new() }
        }
        None => {
            let mut resampler: Option<Resampler> = None;
            let decoded = decode::decode_input(input, go_on, &mut |own, planes| {
                let resampler = match &mut resampler {
                    Some(resampler) => resampler,
                    none => none.insert(Resampler::new(own, rate)?),
                };
                match planes {
                    [one] => feed(resampler, &mut writer, &mut out, one, one),
                    [left, right, ..] => feed(resampler, &mut writer, &mut out, left, right),
                    [] => Ok(()),
                }
            })?;
            let info = accept(&input.path, decoded.info)?;
            if let Some(resampler) = resampler {
                finish(resampler, writer, &mut out)?;
            }
            CopyDescription { info, damage: decoded.damage, invalid: 0, hash: String::new() }
        }
    };
    Ok(known)
}

fn feed(
    resampler: &mut Resampler,
    writer: &mut WavWriter,
    out: &mut Stereo,
    left: &[f32],
    right: &[f32],
) -> Result<(), MediaError> {
    out.iter_mut().for_each(Vec::clear);
    resampler.process(left, right, out)?;
    writer.write_float(&out[0], &out[1])
}

fn finish(
    mut resampler: Resampler,
    mut writer: WavWriter,
    out: &mut Stereo,
) -> Result<(), MediaError> {
    out.iter_mut().for_each(Vec::clear);
    resampler.finish(out)?;
    writer.write_float(&out[0], &out[1])?;
    writer.finish()
}

/// Name of a cache entry: a hash of the file's full path, its stamp and `purpose`.
pub(super) fn name_of(path: &Path, purpose: &str) -> Result<String, MediaError> {
    let missing = || MediaError::Missing(path.to_owned());
    name_for(path, &Stamp::at(path).ok_or_else(missing)?, purpose)
}

/// As [`name_of`], for the stamp of an open file.
pub(super) fn name_for(path: &Path, stamp: &Stamp, purpose: &str) -> Result<String, MediaError> {
    let full = path.canonicalize().map_err(|cause| MediaError::reading(path, cause))?;
    Ok(short(&format!("{} {} {purpose}", full.display(), stamp.key())))
}

/// The first 32 digits of the key's BLAKE3 hash, in hexadecimal.
fn short(key: &str) -> String {
    let name = blake3::hash(key.as_bytes()).to_hex();
    name.get(..32).unwrap_or(&name).to_string()
}
