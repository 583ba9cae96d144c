//! Prepares a version for its masters: master chain, fade-out, conversion to the rate of the file
//! and vinyl filter. Also computes the outline from which the gain of each master is found. Main
//! type: [`Prepared`].

use crate::dsp::prediction::{Outline, OutlineBuilder};
use crate::dsp::silence;
use crate::dsp::true_peak::TruePeakMeter;
use crate::dsp::vinyl::VinylFilter;
use crate::engine::master::MasterChain;
use crate::media::PcmFile;
use crate::media::resample::Resampler;
use crate::media::writer::{BitDepth, WavWriter};
use crate::render::RenderError;
use crate::render::mix::open_temporary;
use crate::render::plan::{Cell, Preparation};
use crate::render::progress::RenderProgress;
use crate::render::scratch::Scratch;
use crate::session::Session;
use crate::units::Db;

const BLOCK: usize = 1 << 14;

/// The audio that the files of one preparation start from.
pub enum Audio<'a> {
    /// The bus itself: no processing was needed.
    Bus(&'a PcmFile),
    /// A temporary file, removed when the [`Prepared`] is dropped.
    Own(PcmFile),
}

/// A version ready for gain and limiter.
pub struct Prepared<'a> {
    pub audio: Audio<'a>,
    pub outline: Outline,
    /// True peak before any gain; −∞ when all masters are limited and none needs it.
    pub true_peak: Db,
}

impl Prepared<'_> {
    pub fn file(&self) -> &PcmFile {
        match &self.audio {
            Audio::Bus(file) => file,
            Audio::Own(file) => file,
        }
    }
}

/// Runs one preparation on the render's worker threads. `buses` are the sums of the plan, in order.
pub fn prepare<'a>(
    session: &Session,
    preparation: &Preparation,
    buses: &'a [PcmFile],
    scratch: &Scratch,
    progress: &RenderProgress<'_>,
) -> Result<Prepared<'a>, RenderError> {
    let bus = buses.get(preparation.bus).ok_or(RenderError::NoStems)?;
    let rate = preparation.rate;
    let as_it_is = rate == session.sample_rate
        && preparation.course.fade().is_none()
        && preparation.vinyl.is_none()
        && preparation.chain.is_empty();
    let limited = |cell: &&Cell| cell.master.limits();
    let with_limiter = preparation.cells.iter().filter(limited).count();
    let mut outline = OutlineBuilder::new(rate, with_limiter > 0);
    let mut peak = (with_limiter < preparation.cells.len()).then(TruePeakMeter::new);
    // The index of the first cell names the temporary file: preparations share no cells.
    let number = preparation.cells.first().map_or(0, |cell| cell.index);
    let path = scratch.path(&format!("prepared{number}.wav"));
    let mut writer = match as_it_is {
        true => None,
        false => Some(WavWriter::create(&path, BitDepth::Float32, rate, None)?),
    };
    let mut resampler = Resampler::new(session.sample_rate, rate)?;
    let (slots, course) = (&preparation.chain, &preparation.course);
    let whole = preparation.follows.and_then(|bus| buses.get(bus));
    let mut chain = match whole {
        Some(_) => MasterChain::linked(slots, course, session.sample_rate),
        None => MasterChain::new(slots, course, session.sample_rate),
    };
    let mut beside = silence(if whole.is_some() { BLOCK } else { 0 });
    let mut filter =
        preparation.vinyl.map(|vinyl| VinylFilter::new(rate, vinyl.mono_below, vinyl.rumble_below));
    let (mut block, mut out) = (silence(BLOCK), silence(0));
    let mut bytes = Vec::new();
    let length = preparation.course.length();
    let mut from = 0;
    let mut finished = false;
    while !finished {
        let count = (length - from).min(BLOCK as u64) as usize;
        let [left, right] = &mut block;
        let (left, right) = (&mut left[..count], &mut right[..count]);
        bus.read(from as i64, left, right, &mut bytes)?;
        out.iter_mut().for_each(Vec::clear);
        if let Some(whole) = whole {
            let [whole_left, whole_right] = &mut beside;
            let (l, r) = (&mut whole_left[..count], &mut whole_right[..count]);
            whole.read(from as i64, l, r, &mut bytes)?;
        }
        from += count as u64;
        finished = from >= length;
        let skip = chain.process_with(left, right, &mut beside);
        resampler.process(&left[skip..], &right[skip..], &mut out)?;
        if finished {
            let [left, right] = chain.finish();
            resampler.process(&left, &right, &mut out)?;
            resampler.finish(&mut out)?;
        }
        let [left, right] = &mut out;
        if let Some(filter) = &mut filter {
            filter.process(left, right);
        }
        outline.process(left, right);
        if let Some(peak) = &mut peak {
            peak.process(left, right);
        }
        if let Some(writer) = &mut writer {
            writer.write_float(left, right)?;
        }
        progress.advance(left.len())?;
    }
    let true_peak = peak.map_or(Db::SILENCE, |mut peak| {
        peak.finish();
        peak.true_peak()
    });
    let audio = match writer {
        Some(writer) => {
            writer.finish()?;
            Audio::Own(open_temporary(&path)?)
        }
        None => Audio::Bus(bus),
    };
    Ok(Prepared { audio, outline: outline.finish(), true_peak })
}

impl Drop for Prepared<'_> {
    fn drop(&mut self) {
        if let Audio::Own(file) = &self.audio {
            // Its masters are written. If the file cannot be removed, the scratch folder's removal
            // does it.
            let _ = std::fs::remove_file(file.path());
        }
    }
}

/// Reads a file block by block.
pub fn for_each_block(
    file: &PcmFile,
    mut each: impl FnMut(&mut [f32], &mut [f32]) -> Result<(), RenderError>,
) -> Result<(), RenderError> {
    let (mut block, mut bytes) = (silence(BLOCK), Vec::new());
    let total = file.info().frames.0;
    for from in (0..total).step_by(BLOCK) {
        let count = (total - from).min(BLOCK as u64) as usize;
        let [left, right] = &mut block;
        let (left, right) = (&mut left[..count], &mut right[..count]);
        file.read(from as i64, left, right, &mut bytes)?;
        each(left, right)?;
    }
    Ok(())
}
