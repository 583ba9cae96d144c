//! One processor in a running chain: switching without clicks, automation, rest in silence, and
//! comparison at equal loudness.
//!
//! [`Unit`] wraps the processor of one [`Slot`]; [`super::Chain`] and [`super::Linked`] run the
//! units.

use super::MOST;
use super::moves::Mover;
use super::rest::Rest;
use super::slot::{ProcessorSettings, SideChainId, Slot};
use crate::dsp::clip::Clip;
use crate::dsp::compressor::Compressor;
use crate::dsp::de_esser::DeEsser;
use crate::dsp::delay::{Delay, DelayLine};
use crate::dsp::dynamic_eq::DynamicEq;
use crate::dsp::eq::{Eq, Workbench};
use crate::dsp::gate::Gate;
use crate::dsp::k_weighting::KWeighting;
use crate::dsp::multiband::Multiband;
use crate::dsp::saturation::Saturation;
use crate::dsp::smooth::Smoothed;
use crate::dsp::stereo_field::StereoField;
use crate::dsp::transient::Transient;
use crate::units::{Db, SampleRate, Seconds};

/// Maximum number of frames per call.
pub const PART: usize = 256;

/// A block of a side-chain signal.
#[derive(Clone, Copy)]
pub struct SideChain<'a> {
    pub id: SideChainId,
    pub left: &'a [f32],
    pub right: &'a [f32],
}

/// Stands in for a missing side chain.
pub const NO_SIDE_CHAIN: SideChain<'static> =
    SideChain { id: SideChainId(u32::MAX), left: &[], right: &[] };

impl<'a> SideChain<'a> {
    /// The frames from `from` to `to`; empty if they are out of range.
    pub fn part(&self, from: usize, to: usize) -> SideChain<'a> {
        let cut = |side: &'a [f32]| side.get(from..to).unwrap_or(&[]);
        SideChain { id: self.id, left: cut(self.left), right: cut(self.right) }
    }

    fn split_at(&self, at: usize) -> (SideChain<'a>, SideChain<'a>) {
        (self.part(0, at), self.part(at, self.left.len()))
    }
}

/// The side-chain id of processors whose dynamics follow another sound, see [`Unit::steered`].
pub const STEERING: SideChainId = SideChainId(u32::MAX - 1);

enum Processor {
    Eq(Box<Eq>),
    Compressor(Box<Compressor>),
    DeEsser(Box<DeEsser>),
    Saturation(Box<Saturation>),
    Stereo(Box<StereoField>),
    DynamicEq(Box<DynamicEq>),
    Multiband(Box<Multiband>),
    Gate(Box<Gate>),
    Transient(Box<Transient>),
    Clip(Box<Clip>),
    Delay(Box<Delay>),
    Nothing,
    /// Panics when it processes.
    #[cfg(test)]
    Faulty,
}

impl Processor {
    /// With `benches`, makes the processor for the audio thread: see [`Eq::live`].
    fn new(
        settings: &ProcessorSettings,
        moves: bool,
        rate: SampleRate,
        benches: Option<&mut Vec<Workbench>>,
    ) -> Self {
        if let (ProcessorSettings::Eq(s), Some(benches)) = (settings, benches) {
            return Self::Eq(Box::new(Eq::live(s, moves, rate, benches)));
        }
        match settings {
            ProcessorSettings::Eq(s) => Self::Eq(Box::new(Eq::new(s, rate))),
            ProcessorSettings::Compressor(s) => {
                Self::Compressor(Box::new(Compressor::new(s, rate)))
            }
            ProcessorSettings::DeEsser(s) => Self::DeEsser(Box::new(DeEsser::new(s, rate))),
            ProcessorSettings::Saturation(s) => {
                Self::Saturation(Box::new(Saturation::new(s, rate)))
            }
            ProcessorSettings::Stereo(s) => Self::Stereo(Box::new(StereoField::new(s, rate))),
            ProcessorSettings::DynamicEq(s) => Self::DynamicEq(Box::new(DynamicEq::new(s, rate))),
            ProcessorSettings::Multiband(s) => Self::Multiband(Box::new(Multiband::new(s, rate))),
            ProcessorSettings::Gate(s) => Self::Gate(Box::new(Gate::new(s, rate))),
            ProcessorSettings::Transient(s) => Self::Transient(Box::new(Transient::new(s, rate))),
            ProcessorSettings::Clip(s) => Self::Clip(Box::new(Clip::new(s))),
            ProcessorSettings::Delay(s) => Self::Delay(Box::new(Delay::new(s, rate))),
            ProcessorSettings::Unknown => Self::Nothing,
        }
    }

    fn set(&mut self, settings: &ProcessorSettings) {
        match (self, settings) {
            (Self::Eq(p), ProcessorSettings::Eq(s)) => p.set(s),
            (Self::Compressor(p), ProcessorSettings::Compressor(s)) => p.set(s),
            (Self::DeEsser(p), ProcessorSettings::DeEsser(s)) => p.set(s),
            (Self::Saturation(p), ProcessorSettings::Saturation(s)) => p.set(s),
            (Self::Stereo(p), ProcessorSettings::Stereo(s)) => p.set(s),
            (Self::DynamicEq(p), ProcessorSettings::DynamicEq(s)) => p.set(s),
            (Self::Multiband(p), ProcessorSettings::Multiband(s)) => p.set(s),
            (Self::Gate(p), ProcessorSettings::Gate(s)) => p.set(s),
            (Self::Transient(p), ProcessorSettings::Transient(s)) => p.set(s),
            (Self::Clip(p), ProcessorSettings::Clip(s)) => p.set(s),
            (Self::Delay(p), ProcessorSettings::Delay(s)) => p.set(s),
            // Settings of another kind: a chain that fits them is on its way.
            _ => {}
        }
    }

    fn latency(&self) -> usize {
        match self {
            Self::Eq(p) => p.latency(),
            Self::Compressor(p) => p.latency(),
            Self::Saturation(p) => p.latency(),
            Self::Gate(p) => p.latency(),
            Self::Clip(p) => p.latency(),
            _ => 0,
        }
    }

    /// Skips frames of silence.
    fn skip(&mut self, frames: usize) {
        if let Self::Eq(p) = self {
            p.skip(frames);
        }
    }

    fn frames_ahead(&self) -> usize {
        match self {
            Self::Eq(p) => p.frames_ahead(),
            _ => 0,
        }
    }

    fn reset(&mut self) {
        match self {
            Self::Eq(p) => p.reset(),
            Self::Compressor(p) => p.reset(),
            Self::DeEsser(p) => p.reset(),
            Self::Saturation(p) => p.reset(),
            Self::Stereo(p) => p.reset(),
            Self::DynamicEq(p) => p.reset(),
            Self::Multiband(p) => p.reset(),
            Self::Gate(p) => p.reset(),
            Self::Transient(p) => p.reset(),
            Self::Clip(p) => p.reset(),
            Self::Delay(p) => p.reset(),
            Self::Nothing => {}
            #[cfg(test)]
            Self::Faulty => {}
        }
    }

    fn process(&mut self, left: &mut [f32], right: &mut [f32], side_chain: Option<[&[f32]; 2]>) {
        match self {
            Self::Eq(p) => p.process(left, right),
            Self::Compressor(p) => p.process(left, right, side_chain),
            Self::DeEsser(p) => p.process(left, right, side_chain),
            Self::Saturation(p) => p.process(left, right),
            Self::Stereo(p) => p.process(left, right),
            Self::DynamicEq(p) => p.process(left, right, side_chain),
            Self::Multiband(p) => p.process(left, right, side_chain),
            Self::Gate(p) => p.process(left, right, side_chain),
            Self::Transient(p) => p.process(left, right, side_chain),
            Self::Clip(p) => p.process(left, right),
            Self::Delay(p) => p.process(left, right),
            Self::Nothing => {}
            #[cfg(test)]
            Self::Faulty => panic!("a processor at fault"),
        }
    }

    fn take_reduction(&mut self) -> Db {
        match self {
            Self::Compressor(p) => p.take_reduction(),
            Self::DeEsser(p) => p.take_reduction(),
            Self::DynamicEq(p) => p.take_reduction(),
            Self::Multiband(p) => p.take_reduction(),
            Self::Gate(p) => p.take_reduction(),
            Self::Clip(p) => p.take_reduction(),
            _ => Db::UNITY,
        }
    }
}

/// Measures loudness before and after a processor over the last seconds, for comparisons at equal
/// loudness.
struct Matching {
    weighting: [[KWeighting; 2]; 2],
    power: [f64; 2],
    share: f64,
}

/// Time constant of the measurement.
const MATCHING: Seconds = Seconds(3.0);
/// Power of −70 LUFS. Quieter sound does not count, as in BS.1770.
const GATE: f64 = 1.17e-7;

impl Matching {
    fn new(rate: SampleRate) -> Self {
        let side = || [KWeighting::new(rate), KWeighting::new(rate)];
        let share = crate::dsp::detector::one_pole(MATCHING, rate);
        Self { weighting: [side(), side()], power: [0.0; 2], share }
    }

    fn listen(&mut self, dry: [&[f32]; 2], wet: [&[f32]; 2]) {
        let [dry_left, dry_right] = dry;
        let [wet_left, wet_right] = wet;
        let frames = dry_left.iter().zip(dry_right).zip(wet_left.iter().zip(wet_right));
        for ((a, b), (c, d)) in frames {
            let mut powers = [0.0; 2];
            for ((sides, frame), power) in
                self.weighting.iter_mut().zip([[*a, *b], [*c, *d]]).zip(&mut powers)
            {
                for (weighting, x) in sides.iter_mut().zip(frame) {
                    *power += weighting.tick(f64::from(x)).powi(2);
                }
            }
            if powers.iter().all(|power| *power > GATE) {
                for (mean, power) in self.power.iter_mut().zip(powers) {
                    *mean += (power - *mean) * self.share;
                }
            }
        }
    }

    /// The factor that makes the dry sound as loud as the processed one, within ±24 dB.
    fn gain(&self) -> f64 {
        let [dry, wet] = self.power;
        if dry > GATE && wet > GATE { (wet / dry).sqrt().clamp(0.063, 15.8) } else { 1.0 }
    }
}

/// How long a processor that was off runs before it is heard.
pub const SETTLING: Seconds = Seconds(0.050);

/// A running processor in its chain.
pub struct Unit {
    slot: Slot,
    processor: Processor,
    /// `Some` on the audio thread only. Files never rest, so that they stay exact to the bit.
    rest: Option<Rest>,
    /// Whether the processor ran on the last block.
    works: bool,
    /// Applies automation.
    mover: Option<Mover>,
    /// Latency of the units before this one, in frames.
    before: i64,
    /// How many frames ahead of the sound the processor expects automated settings.
    ahead: i64,
    /// Share of the processed sound: 1 is on, 0 is off.
    on: Smoothed,
    /// Frames until a processor that was off can be heard: its latency and its settling time.
    warming: usize,
    settling: usize,
    dry: DelayLine,
    /// Delays the side chain by the latency of the units before this one.
    side_chain: DelayLine,
    matching: Matching,
    comparing: bool,
    /// Gain of the dry sound during a comparison.
    dry_gain: Smoothed,
}

impl Unit {
    /// `before` is the latency of the units before this one. With `benches`, for the audio thread:
    /// slow designs run there.
    pub fn new(
        slot: &Slot,
        before: usize,
        rate: SampleRate,
        benches: Option<&mut Vec<Workbench>>,
    ) -> Self {
        let mut mover = Mover::new(slot, rate);
        let moves = mover.is_some();
        let settings = mover.as_mut().map_or(&slot.processor, |mover| {
            mover.go(-(before as i64));
            &mover.settings
        });
        let live = benches.is_some();
        let processor = Processor::new(settings, moves, rate, benches);
        let latency = processor.latency();
        let rest = live.then(|| Rest::new(settings, latency, rate));
        let mut unit = Self {
            slot: slot.clone(),
            processor,
            rest,
            works: false,
            mover,
            before: before as i64,
            on: Smoothed::new(if slot.on { 1.0 } else { 0.0 }, rate),
            warming: 0,
            settling: SETTLING.frames(rate).0 as usize,
            dry: DelayLine::new(latency),
            side_chain: DelayLine::new(if slot.side_chain.is_some() { before } else { 0 }),
            matching: Matching::new(rate),
            comparing: false,
            dry_gain: Smoothed::new(1.0, rate),
            ahead: 0,
        };
        unit.ahead = unit.processor.frames_ahead() as i64;
        unit.prepare(-unit.before);
        unit
    }

    /// After a jump: has the processor prepare its first frames. `first` is the song frame of the
    /// unit's first frame.
    fn prepare(&mut self, first: i64) {
        if let (Some(mover), Processor::Eq(eq)) = (&mut self.mover, &mut self.processor) {
            eq.prepare(|frames, tell| {
                mover.go(first + frames as i64);
                if let ProcessorSettings::Eq(settings) = &mover.settings {
                    tell(settings);
                }
            });
        }
    }

    /// Whether the processor ran on the last block.
    pub fn works(&self) -> bool {
        self.works
    }

    /// Whether all designs for the next block are done.
    pub fn is_ready(&mut self) -> bool {
        match &mut self.processor {
            Processor::Eq(eq) => eq.is_ready(),
            _ => true,
        }
    }

    #[cfg(test)]
    pub fn break_down(&mut self) {
        self.processor = Processor::Faulty;
    }

    /// For files: a processor whose detector hears another sound, given with each block under
    /// [`STEERING`] and already in step with the input.
    pub fn steered(slot: &Slot, before: usize, rate: SampleRate) -> Self {
        let slot = Slot { side_chain: Some(STEERING), ..slot.clone() };
        Self { side_chain: DelayLine::new(0), ..Self::new(&slot, before, rate, None) }
    }

    pub fn latency(&self) -> usize {
        self.processor.latency()
    }

    /// Whether the unit can take the settings of `slot` over.
    pub fn fits(&self, slot: &Slot) -> bool {
        self.slot.fits(slot)
    }

    /// Sets new settings, which must fit. While `comparing`, the input of the processor is heard,
    /// as loud as its output.
    pub fn set(&mut self, slot: &Slot, comparing: bool) {
        if slot.on && !self.slot.on && self.is_off() {
            self.processor.reset();
            self.warming = self.processor.latency() + self.settling;
        }
        self.slot.on = slot.on;
        self.comparing = comparing;
        match &mut self.mover {
            Some(mover) => {
                mover.take(&slot.processor);
                self.processor.set(&mover.settings);
            }
            None => self.processor.set(&slot.processor),
        }
        if let Some(rest) = &mut self.rest {
            rest.set(&slot.processor);
        }
    }

    fn is_off(&self) -> bool {
        self.on.is_settled() && self.on.value() == 0.0
    }

    /// Clears all state; the next frame is `frame` of the song.
    pub fn reset(&mut self, frame: i64) {
        let first = frame - self.before;
        if let Some(mover) = &mut self.mover {
            mover.go(first);
            self.processor.set(&mover.settings);
        }
        self.processor.reset();
        self.prepare(first);
        self.dry.reset();
        self.side_chain.reset();
        self.on.snap();
        self.dry_gain.snap();
        self.warming = 0;
        if let Some(rest) = &mut self.rest {
            rest.wake();
        }
    }

    /// The deepest reduction since the last call, as a negative gain; unity for processors that do not
    /// measure it.
    pub fn take_reduction(&mut self) -> Db {
        self.processor.take_reduction()
    }

    /// How much louder the processor made the sound over the last seconds. Measured while it is
    /// watched.
    pub fn louder(&self) -> Db {
        if self.slot.on { Db::from_factor(self.matching.gain()) } else { Db::UNITY }
    }

    /// Processes up to [`PART`] frames in place. The first frame enters the chain at `frame` of the
    /// song.
    pub fn process(
        &mut self,
        left: &mut [f32],
        right: &mut [f32],
        side_chains: &[SideChain<'_>],
        watched: bool,
        frame: i64,
    ) {
        let Some(mover) = &mut self.mover else {
            self.run(left, right, side_chains, watched);
            return;
        };
        let first = frame - self.before;
        if mover.go(first + self.ahead) {
            self.processor.set(&mover.settings);
        }
        let stays = Mover::stays(first);
        if stays >= left.len() {
            self.run(left, right, side_chains, watched);
            return;
        }
        let (left, left_rest) = left.split_at_mut(stays);
        let (right, right_rest) = right.split_at_mut(stays);
        let mut parts = [[NO_SIDE_CHAIN; MOST]; 2];
        let [now, later] = &mut parts;
        for ((now, later), side_chain) in now.iter_mut().zip(later).zip(side_chains) {
            (*now, *later) = side_chain.split_at(stays);
        }
        let count = side_chains.len().min(MOST);
        let [now, later] = &parts;
        self.run(left, right, now.get(..count).unwrap_or(&[]), watched);
        let later = later.get(..count).unwrap_or(&[]);
        self.process(left_rest, right_rest, later, watched, frame + stays as i64);
    }

    fn run(
        &mut self,
        left: &mut [f32],
        right: &mut [f32],
        side_chains: &[SideChain<'_>],
        watched: bool,
    ) {
        let count = left.len();
        let wanted = self.slot.on && self.warming == 0 && !self.comparing;
        self.on.set(if wanted { 1.0 } else { 0.0 });
        self.warming = self.warming.saturating_sub(count);
        let silent = [0.0f32; PART];
        let mut heard = [[0.0f32; PART]; 2];
        let mut listens = false;
        if let Some(id) = self.slot.side_chain {
            // A missing side chain is silence: it reduces nothing.
            let side_chain = side_chains.iter().find(|side_chain| side_chain.id == id);
            let (l, r) =
                side_chain.map_or((&silent[..count], &silent[..count]), |k| (k.left, k.right));
            let [a, b] = &mut heard;
            a[..count].copy_from_slice(&l[..count]);
            b[..count].copy_from_slice(&r[..count]);
            self.side_chain.process(&mut a[..count], &mut b[..count]);
            listens = true;
        }
        self.works = false;
        if self.is_off() && !self.slot.on {
            self.dry.process(left, right);
            return;
        }
        let [a, b] = &heard;
        let side_chain = listens.then_some([&a[..count], &b[..count]]);
        let still = self.on.is_settled() && self.dry_gain.is_settled();
        if let Some(rest) = &mut self.rest
            && rest.rests([left, right], side_chain)
            && still
        {
            left.fill(0.0);
            right.fill(0.0);
            self.processor.skip(count);
            return;
        }
        self.works = true;
        let mut dry = [[0.0f32; PART]; 2];
        let [dry_left, dry_right] = &mut dry;
        let (dry_left, dry_right) = (&mut dry_left[..count], &mut dry_right[..count]);
        dry_left.copy_from_slice(left);
        dry_right.copy_from_slice(right);
        self.dry.process(dry_left, dry_right);
        self.processor.process(left, right, side_chain);
        if let Some(rest) = &mut self.rest {
            rest.heard([left, right]);
        }
        if watched {
            self.matching.listen([dry_left, dry_right], [left, right]);
        }
        self.dry_gain.set(if self.comparing && self.slot.on { self.matching.gain() } else { 1.0 });
        if self.on.is_settled() && self.on.value() == 1.0 {
            self.dry_gain.snap();
            return;
        }
        let dry = dry_left.iter().zip(&*dry_right);
        for ((l, r), (dl, dr)) in left.iter_mut().zip(right).zip(dry) {
            let (on, gain) = (self.on.tick() as f32, self.dry_gain.tick() as f32);
            let (dl, dr) = (dl * gain, dr * gain);
            *l = dl + (*l - dl) * on;
            *r = dr + (*r - dr) * on;
        }
    }
}
