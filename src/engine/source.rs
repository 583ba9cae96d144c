//! A stem in the song's time, with its clean regions.

use crate::dsp::{Stereo, silence};
use crate::media::store::Store;
use crate::media::{MediaError, PcmFile};
use crate::session::stem::{Stem, Treatment};
use crate::units::{Db, Hz, SampleRate, Seconds};
use std::f64::consts::PI;
use std::path::Path;
use std::sync::Arc;

/// Crossfade at both ends of a clean region, inside it.
const FADE: Seconds = Seconds(0.008);
const BLEEP: (Hz, Db) = (Hz(1000.0), Db(-18.0));

#[derive(Clone)]
struct Region {
    from: i64,
    to: i64,
    treatment: Treatment,
}

/// Reads one stem at any place of the song.
#[derive(Clone)]
pub struct StemSource {
    file: Arc<PcmFile>,
    mono: bool,
    start: i64,
    regions: Vec<Region>,
    rate: SampleRate,
}

/// Buffers that a reader keeps between blocks.
#[derive(Default)]
pub struct Scratch {
    bytes: Vec<u8>,
    region: Stereo,
}

impl StemSource {
    /// Opens the stem's file, at the session's rate.
    pub fn open(
        stem: &Stem,
        folder: &Path,
        rate: SampleRate,
        store: &Store,
    ) -> Result<Self, MediaError> {
        let (file, info) = store.open(&folder.join(&stem.file.path), rate)?;
        let mut regions: Vec<Region> = stem
            .clean
            .iter()
            .map(|region| Region {
                from: region.start.frames(rate).0 as i64,
                to: region.end.frames(rate).0 as i64,
                treatment: region.treatment,
            })
            .collect();
        regions.sort_by_key(|region| region.from);
        let file = Arc::new(file);
        Ok(Self { file, mono: info.channels == 1, start: stem.start.0 as i64, regions, rate })
    }

    /// Opens a file that is no stem: it starts with the song and has no clean regions.
    pub fn open_plain(path: &Path, rate: SampleRate, store: &Store) -> Result<Self, MediaError> {
        let (file, info) = store.open(path, rate)?;
        let file = Arc::new(file);
        Ok(Self { file, mono: info.channels == 1, start: 0, regions: Vec::new(), rate })
    }

    /// Whether the stem is mono: then its sound is in the left channel only.
    pub fn is_mono(&self) -> bool {
        self.mono
    }

    /// Fills a stereo block from song frame `from`; silence before and after the stem.
    pub fn read(
        &self,
        from: i64,
        clean: bool,
        left: &mut [f32],
        right: &mut [f32],
        scratch: &mut Scratch,
    ) -> Result<(), MediaError> {
        self.raw(from, left, right, &mut scratch.bytes)?;
        if clean {
            let to = from + left.len() as i64;
            for region in self.regions.iter().filter(|r| r.from < to && r.to > from) {
                self.treat(region, from, left, right, scratch)?;
            }
        }
        Ok(())
    }

    fn raw(
        &self,
        from: i64,
        left: &mut [f32],
        right: &mut [f32],
        bytes: &mut Vec<u8>,
    ) -> Result<(), MediaError> {
        self.file.read(from - self.start, left, right, bytes)?;
        if self.mono {
            right.fill(0.0);
        }
        Ok(())
    }

    /// Applies a region to the part of the block that lies in it.
    fn treat(
        &self,
        region: &Region,
        from: i64,
        left: &mut [f32],
        right: &mut [f32],
        scratch: &mut Scratch,
    ) -> Result<(), MediaError> {
        let first = region.from.max(from);
        let last = region.to.min(from + left.len() as i64);
        let count = (last - first).max(0) as usize;
        let at = (first - from) as usize;
        let Scratch { bytes, region: buffer } = scratch;
        let [wet_left, wet_right] = buffer;
        wet_left.resize(count, 0.0);
        wet_right.resize(count, 0.0);
        if region.treatment == Treatment::Reverse {
            let mirrored = region.from + region.to - last;
            self.raw(mirrored, wet_left, wet_right, bytes)?;
            wet_left.reverse();
            wet_right.reverse();
        }
        let fade = FADE.frames(self.rate).0.min((region.to - region.from) as u64 / 2).max(1) as f64;
        let dry_pairs = left[at..at + count].iter_mut().zip(&mut right[at..at + count]);
        let wet_pairs = wet_left.iter().zip(wet_right.iter());
        for (n, ((l, r), (wl, wr))) in dry_pairs.zip(wet_pairs).enumerate() {
            let frame = first + n as i64;
            let edge = (frame - region.from + 1).min(region.to - frame) as f64;
            let mix = (edge / fade).min(1.0) as f32;
            let (wet_l, wet_r) = match region.treatment {
                Treatment::Mute => (0.0, 0.0),
                Treatment::Reverse => (*wl, *wr),
                Treatment::Dip { gain } => {
                    let gain = gain.factor() as f32;
                    (*l * gain, *r * gain)
                }
                Treatment::Bleep => {
                    let t = (frame - region.from) as f64 / self.rate.hz().0;
                    let tone = BLEEP.1.factor() * (2.0 * PI * BLEEP.0.0 * t).sin();
                    let tone = tone as f32;
                    (tone, if self.mono { 0.0 } else { tone })
                }
            };
            *l += (wet_l - *l) * mix;
            *r += (wet_r - *r) * mix;
        }
        Ok(())
    }
}

impl Scratch {
    pub fn new() -> Self {
        Self { bytes: Vec::new(), region: silence(0) }
    }
}
