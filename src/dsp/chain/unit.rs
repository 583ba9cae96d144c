//! One processor in a running chain: switching without clicks, automation, rest in silence, and
//! comparison at equal loudness.
//!
//! [`Insert`] wraps the processor of one [`Slot`]; [`super::Chain`] and [`super::Linked`] run the
//! units.

use super::MOST;
use super::erased::Running;
use super::moves::AutomationPlayer;
use super::rest::SilenceTimer;
use super::slot::{SideChainId, Slot};
use crate::dsp::delay::DelayLine;
use crate::dsp::eq::KernelWorker;
use crate::dsp::k_weighting::KWeighting;
use crate::dsp::processor::Setup;
use crate::dsp::smooth::Smoothed;
use crate::units::{Db, Latency, SampleRate, Seconds, SongFrame};

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

/// The side-chain id of processors whose dynamics follow another sound, see [`Insert::steered`].
pub const STEERING: SideChainId = SideChainId(u32::MAX - 1);

/// Loudness before and after, over the last seconds, for a comparison that no level decides.
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

/// What is heard of a processor, or of the path of a master.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Hearing {
    #[default]
    Output,
    Input,
    /// The input less the output: what is taken away.
    Difference,
}

/// A running processor in its chain.
pub struct Insert {
    slot: Slot,
    processor: Box<dyn Running>,
    /// On the audio thread. Files are made without: there every bit counts.
    rest: Option<SilenceTimer>,
    /// Whether the processor ran on the last block.
    works: bool,
    /// Applies automation.
    mover: Option<AutomationPlayer>,
    /// By how much the sound that settings act on is behind the input of the chain.
    behind: Latency,
    /// How many frames ahead of the sound the processor expects automated settings.
    ahead: usize,
    /// Share of the processed sound: 1 is on, 0 is off.
    on: Smoothed,
    /// Frames until a processor that was off can be heard: its latency and its settling time.
    warming: usize,
    settling: usize,
    dry: DelayLine,
    /// Delays the side chain by the latency of the units before this one.
    side_chain: DelayLine,
    matching: Matching,
    hears: Hearing,
    /// Gain of the dry sound during a comparison.
    dry_gain: Smoothed,
}

impl Insert {
    /// `before` is the latency of the units before this one. With `benches`, for the audio thread:
    /// slow designs run there.
    pub fn new(
        slot: &Slot,
        before: Latency,
        rate: SampleRate,
        benches: Option<&mut Vec<KernelWorker>>,
    ) -> Self {
        let mut mover = AutomationPlayer::new(slot, rate);
        let automated = mover.is_some();
        let settings = mover.as_mut().map_or(&slot.processor, |mover| {
            mover.go(SongFrame(0).behind(before));
            &mover.settings
        });
        let live = benches.is_some();
        let processor =
            settings.any().build(Setup { rate, automated, reach: slot.reach(), benches });
        let (latency, behind) = (processor.latency(), before + processor.acts_behind());
        let rest = live.then(|| SilenceTimer::new(settings, latency, rate));
        let mut unit = Self {
            slot: slot.clone(),
            processor,
            rest,
            works: false,
            mover,
            behind,
            on: Smoothed::new(if slot.on { 1.0 } else { 0.0 }, rate),
            warming: 0,
            settling: SETTLING.frames(rate).0 as usize,
            dry: DelayLine::new(latency.0),
            side_chain: DelayLine::new(if slot.side_chain.is_some() { before.0 } else { 0 }),
            matching: Matching::new(rate),
            hears: Hearing::Output,
            dry_gain: Smoothed::new(1.0, rate),
            ahead: 0,
        };
        unit.ahead = unit.processor.frames_ahead();
        unit.prepare(SongFrame(0).behind(behind));
        unit
    }

    /// After a jump: has the processor prepare its first frames. `first` is the song frame of the
    /// unit's first frame.
    fn prepare(&mut self, first: SongFrame) {
        if let Some(mover) = &mut self.mover {
            self.processor.prepare(mover, first);
        }
    }

    /// Whether the processor ran on the last block.
    pub fn works(&self) -> bool {
        self.works
    }

    /// Whether all designs for the next block are done.
    pub fn is_ready(&mut self) -> bool {
        self.processor.is_ready()
    }

    #[cfg(test)]
    pub fn break_down(&mut self) {
        self.processor = Box::new(super::erased::Faulty);
    }

    /// For files: a processor whose detector hears another sound, given with each block under
    /// [`STEERING`] and already in step with the input.
    pub fn steered(slot: &Slot, before: Latency, rate: SampleRate) -> Self {
        let slot = Slot { side_chain: Some(STEERING), ..slot.clone() };
        Self { side_chain: DelayLine::new(0), ..Self::new(&slot, before, rate, None) }
    }

    pub fn latency(&self) -> Latency {
        self.processor.latency()
    }

    /// Whether the unit can take the settings of `slot` over.
    pub fn fits(&self, slot: &Slot) -> bool {
        self.slot.fits(slot)
    }

    /// Sets new settings, which must fit. The input of the processor is heard as loud as its output,
    /// the difference as it is.
    pub fn set(&mut self, slot: &Slot, hears: Hearing) {
        if slot.on && !self.slot.on && self.is_off() {
            self.processor.reset();
            self.warming = self.processor.latency().0 + self.settling;
        }
        self.slot.on = slot.on;
        self.hears = hears;
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
    pub fn reset(&mut self, frame: SongFrame) {
        let first = frame.behind(self.behind);
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
        frame: SongFrame,
    ) {
        let Some(mover) = &mut self.mover else {
            self.run(left, right, side_chains, watched);
            return;
        };
        let first = frame.behind(self.behind);
        if mover.go(first.after(self.ahead)) {
            self.processor.set(&mover.settings);
        }
        let stays = AutomationPlayer::stays(first);
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
        self.process(left_rest, right_rest, later, watched, frame.after(stays));
    }

    /// Fades in what a processor hears that was off, over half its settling time: a resonance would ring
    /// long from a sudden beginning. `warming` frames are left before it is heard.
    fn fade_in(&self, warming: usize, left: &mut [f32], right: &mut [f32]) {
        let gone = (self.processor.latency().0 + self.settling).saturating_sub(warming);
        let fade = (self.settling / 2).max(1) as f32;
        for (n, (l, r)) in left.iter_mut().zip(right).enumerate() {
            let share = ((gone + n) as f32 / fade).min(1.0);
            let share = share * share * (3.0 - 2.0 * share);
            (*l, *r) = (*l * share, *r * share);
        }
    }

    fn run(
        &mut self,
        left: &mut [f32],
        right: &mut [f32],
        side_chains: &[SideChain<'_>],
        watched: bool,
    ) {
        let count = left.len();
        let wanted = self.slot.on && self.warming == 0;
        self.on.set(match self.hears {
            Hearing::Output if wanted => 1.0,
            Hearing::Difference if wanted => -1.0,
            _ => 0.0,
        });
        let warming = self.warming;
        self.warming = warming.saturating_sub(count);
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
        if warming > 0 {
            self.fade_in(warming, left, right);
        }
        self.processor.process(left, right, side_chain);
        if let Some(rest) = &mut self.rest {
            rest.heard([left, right]);
        }
        if watched {
            self.matching.listen([dry_left, dry_right], [left, right]);
        }
        self.dry_gain.set(match self.hears {
            Hearing::Input if self.slot.on => self.matching.gain(),
            // At a share of −1, the dry sound counts twice.
            Hearing::Difference if wanted => 0.5,
            _ => 1.0,
        });
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
