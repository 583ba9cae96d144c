//! Measures finished files from the disk, in any format: loudness, sample peak and true peak. Used
//! after each render and by `measure` on the command line.

use crate::dsp::loudness::{Loudness, LoudnessMeter};
use crate::dsp::silence;
use crate::dsp::true_peak::TruePeakMeter;
use crate::media::{AudioInfo, MediaError, PcmFile, decode};
use crate::units::{Db, Lufs, SampleRate};
use serde::Serialize;
use std::path::Path;

const BLOCK: usize = 1 << 14;

/// Measurements of one file.
#[derive(Clone, Debug)]
pub struct Measurement {
    pub info: AudioInfo,
    pub loudness: Loudness,
    pub sample_peak: Db,
    /// The larger of the peak of the band-limited curve and the reading of ITU-R BS.1770.
    pub true_peak: Db,
    /// The peak of the band-limited curve.
    pub exact_peak: Db,
    /// Short-term loudness, ten values a second.
    pub history: Vec<Lufs>,
    /// Samples that are NaN or infinite. They were measured as silence.
    pub invalid: u64,
}

/// The meters of a file, fed block by block.
struct Meters {
    loudness: LoudnessMeter,
    peak: TruePeakMeter,
    mono: bool,
}

impl Meters {
    fn new(path: &Path, channels: usize, rate: SampleRate) -> Result<Self, MediaError> {
        let loudness = LoudnessMeter::new(channels, rate)
            .map_err(|_| MediaError::Rate { path: path.to_owned(), rate })?;
        Ok(Self { loudness, peak: TruePeakMeter::new(), mono: channels == 1 })
    }

    fn process(&mut self, left: &[f32], right: &[f32]) {
        self.loudness.process(left, right);
        self.peak.process(left, if self.mono { left } else { right });
    }

    fn finish(mut self, info: AudioInfo) -> Measurement {
        self.peak.finish();
        Measurement {
            info,
            loudness: self.loudness.reading(),
            sample_peak: self.peak.sample_peak(),
            true_peak: self.peak.true_peak(),
            exact_peak: self.peak.exact(),
            history: self.loudness.history().to_vec(),
            invalid: 0,
        }
    }
}

/// Measures a file. Calls `advance` with the frames of every block; its error ends the measurement.
pub fn measure<E: From<MediaError>>(
    path: &Path,
    advance: &mut dyn FnMut(usize) -> Result<(), E>,
) -> Result<Measurement, E> {
    if let Some(file) = PcmFile::open(path)? {
        return measure_pcm(&file, file.info().channels, advance);
    }
    let facts = crate::media::probe(path)?;
    let mut meters = Meters::new(path, facts.channels, facts.sample_rate)?;
    let mut stopped = None;
    let decoded = decode::decode(path, &|| true, &mut |_, planes| {
        let left = planes.first().map_or(&[][..], Vec::as_slice);
        meters.process(left, planes.get(1).map_or(left, Vec::as_slice));
        if let Err(error) = advance(left.len()) {
            stopped = Some(error);
            return Err(MediaError::Stopped(path.to_owned()));
        }
        Ok(())
    });
    match (stopped, decoded) {
        (Some(error), _) => Err(error),
        (None, Err(error)) => Err(error.into()),
        (None, Ok(decoded)) => Ok(meters.finish(decoded.info)),
    }
}

/// Like [`measure`], for an open file, as one or two channels: the conformed copy of a mono file
/// has two.
pub fn measure_pcm<E: From<MediaError>>(
    file: &PcmFile,
    channels: usize,
    advance: &mut dyn FnMut(usize) -> Result<(), E>,
) -> Result<Measurement, E> {
    let info = file.info().clone();
    let mut meters = Meters::new(file.path(), channels, info.sample_rate)?;
    let (mut block, mut bytes) = (silence(BLOCK), Vec::new());
    for from in (0..info.frames.0).step_by(BLOCK) {
        let count = (info.frames.0 - from).min(BLOCK as u64) as usize;
        let [left, right] = &mut block;
        let (left, right) = (&mut left[..count], &mut right[..count]);
        file.read(from as i64, left, right, &mut bytes)?;
        meters.process(left, right);
        advance(count)?;
    }
    Ok(Measurement { invalid: file.invalid(), ..meters.finish(info) })
}

/// Output of `measure --json` for one file. A value that is not finite, such as the loudness of
/// silence, is absent.
#[derive(Clone, Debug, Serialize)]
pub struct MeasuredFile {
    pub file: String,
    pub format: String,
    pub channels: usize,
    pub sample_rate: u32,
    pub bits: Option<u32>,
    pub frames: u64,
    pub integrated_lufs: Option<f64>,
    pub loudness_range_lu: Option<f64>,
    pub momentary_max_lufs: Option<f64>,
    pub short_term_max_lufs: Option<f64>,
    pub sample_peak_dbfs: Option<f64>,
    pub true_peak_dbtp: Option<f64>,
    /// Samples that are NaN or infinite; absent where there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invalid_samples: Option<u64>,
}

impl MeasuredFile {
    pub fn new(path: &Path, measured: &Measurement) -> Self {
        let info = &measured.info;
        Self {
            file: path.display().to_string(),
            format: info.format.clone(),
            channels: info.channels,
            sample_rate: info.sample_rate.0,
            bits: info.bits,
            frames: info.frames.0,
            integrated_lufs: measured.loudness.integrated.finite(),
            loudness_range_lu: measured.loudness.range.and_then(Db::finite),
            momentary_max_lufs: measured.loudness.momentary_max.finite(),
            short_term_max_lufs: measured.loudness.short_term_max.finite(),
            sample_peak_dbfs: measured.sample_peak.finite(),
            true_peak_dbtp: measured.true_peak.finite(),
            invalid_samples: Some(measured.invalid).filter(|count| *count > 0),
        }
    }
}
