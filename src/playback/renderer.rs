//! What runs in the audio callback: no lock, no allocation, no file.

use super::lane::{Exchange, PART, PlayLane, align};
use super::messages::{Command, Ends, Place, Settings, Source, State};
use crate::dsp::chain::{Chain, Key, KeyId, MOST};
use crate::dsp::delay::Tap;
use crate::dsp::limiter::LimiterSettings;
use crate::dsp::smooth::Smoothed;
use crate::dsp::strip::Strip;
use crate::dsp::{Stereo, silence};
use crate::engine::bus::sum;
use crate::engine::master::Finish;
use crate::media::resample::Resampler;
use crate::playback::PlaybackError;
use crate::playback::prefetch::{BLOCK, Block, Content};
use crate::units::{Db, SampleRate};
use rtrb::Producer;

/// A ceiling that nothing reaches: the limiter is in the path, so that switching the preview
/// makes no gap, and does nothing.
const OUT_OF_REACH: Db = Db(80.0);

/// Everything that settings move.
struct Knobs {
    lanes: Vec<PlayLane>,
    chain: Exchange,
    /// Keeps the reference in step with the mix.
    reference_delay: Tap,
    reference: Smoothed,
    matching: Smoothed,
    finish: Finish,
}

impl Knobs {
    fn obey(&mut self, settings: &Settings) {
        for (n, (lane, target)) in self.lanes.iter_mut().zip(&settings.strips).enumerate() {
            let watched = settings.watched == Some(Place::Stem(n));
            lane.exchange.set(&target.chain, settings.comparing.filter(|_| watched));
            lane.strip.set(&target.settings, settings.law, target.audible);
        }
        let watched = settings.watched == Some(Place::Mix);
        self.chain.set(&settings.chain, settings.comparing.filter(|_| watched));
        self.reference.set(if settings.source == Source::Reference { 1.0 } else { 0.0 });
        self.matching.set(settings.matching.factor());
        let idle = (Db::UNITY, LimiterSettings::at(OUT_OF_REACH));
        let (gain, limiter) = settings.master.unwrap_or(idle);
        self.finish.set_gain(gain);
        self.finish.set_limiter(&limiter);
    }

    /// Lets the quicker lanes wait for the slowest, and the reference for the mix.
    fn align(&mut self) {
        let latest = self.latest();
        for lane in &mut self.lanes {
            lane.align.set(latest - lane.exchange.latency());
        }
        self.reference_delay.set(latest + self.chain.latency());
    }

    fn exchange_at(&mut self, place: Place) -> Option<&mut Exchange> {
        match place {
            Place::Stem(n) => self.lanes.get_mut(n).map(|lane| &mut lane.exchange),
            Place::Mix => Some(&mut self.chain),
        }
    }

    /// Latency of the slowest lane.
    fn latest(&self) -> usize {
        self.lanes.iter().map(|lane| lane.exchange.latency()).max().unwrap_or(0)
    }

    fn reset(&mut self, spent: &mut Producer<Box<Chain>>) {
        self.lanes.iter_mut().for_each(|lane| lane.exchange.reset(spent));
        self.chain.reset(spent);
        self.align();
        self.forget_delays();
    }

    fn forget_delays(&mut self) {
        self.lanes.iter_mut().for_each(|lane| lane.align.reset());
        self.reference_delay.reset();
    }
}

/// What a lane that is listened to was before its chain.
struct Raw {
    id: KeyId,
    lane: usize,
    sides: [[f32; PART]; 2],
}

const NO_KEY: (KeyId, usize) = (KeyId(u32::MAX), usize::MAX);

impl Raw {
    fn new(keys: &[(KeyId, usize)], n: usize) -> Self {
        let (id, lane) = keys.get(n).copied().unwrap_or(NO_KEY);
        Self { id, lane, sides: [[0.0; PART]; 2] }
    }
}

/// The engine behind the device.
pub struct Renderer {
    ends: Ends,
    knobs: Knobs,
    lanes: Vec<Stereo>,
    raw: Vec<Raw>,
    watched: Option<Place>,
    mix: Stereo,
    block: Option<Box<Block>>,
    at: usize,
    wanted: u64,
    state: State,
    /// The song has been read to its end; so many frames are still on their way.
    ending: Option<usize>,
    /// Falls on pause and before a jump, so that neither clicks.
    gate: Smoothed,
    convert: Option<(Resampler, Stereo, usize)>,
    fall: f32,
}

impl Renderer {
    pub(super) fn new(
        content: &Content,
        settings: &Settings,
        ends: Ends,
        device_rate: SampleRate,
    ) -> Result<Self, PlaybackError> {
        let rate = content.rate();
        let lanes = content
            .mono()
            .into_iter()
            .zip(&settings.strips)
            .map(|(mono, target)| PlayLane::new(target, mono, settings.law, rate))
            .collect();
        let convert = if rate == device_rate {
            None
        } else {
            let resampler = Resampler::new(rate, device_rate)?;
            let room = resampler.output_bound(PART) + 4 * PART;
            let ready = [Vec::with_capacity(room * 4), Vec::with_capacity(room * 4)];
            Some((resampler, ready, 0))
        };
        let limiter = LimiterSettings::at(OUT_OF_REACH);
        let mut knobs = Knobs {
            lanes,
            chain: Exchange::new(&settings.chain, rate),
            reference_delay: align(rate),
            reference: Smoothed::new(0.0, rate),
            matching: Smoothed::new(settings.matching.factor(), rate),
            finish: Finish::new(Db::UNITY, Some(&limiter), rate),
        };
        knobs.obey(settings);
        knobs.lanes.iter_mut().for_each(|lane| Strip::snap(&mut lane.strip));
        knobs.align();
        knobs.forget_delays();
        Ok(Self {
            ends,
            knobs,
            lanes: (0..=content.stems()).map(|_| silence(PART)).collect(),
            raw: (0..MOST).map(|n| Raw::new(&settings.keys, n)).collect(),
            watched: settings.watched,
            mix: silence(PART),
            block: None,
            at: 0,
            wanted: 0,
            state: State::new(content.stems()),
            ending: None,
            gate: Smoothed::new(0.0, rate),
            convert,
            // 20 dB in 0.8 s.
            fall: 10f32.powf(-(PART as f32) / (0.8 * rate.0 as f32)),
        })
    }

    /// Frames from a stem to the device, at equal rates.
    pub fn latency(&self) -> usize {
        self.knobs.latest() + self.knobs.chain.latency() + self.knobs.finish.latency()
    }

    /// Whole blocks that are read ahead of what is heard, in frames.
    pub fn read_ahead(&self) -> usize {
        self.ends.blocks.slots() * BLOCK
    }

    /// Fills an interleaved device buffer of `channels`; further channels than two stay silent.
    pub fn process(&mut self, out: &mut [f32], channels: usize) {
        let channels = channels.max(1);
        if self.convert.is_none() {
            for part in out.chunks_mut(PART * channels) {
                let frames = part.len() / channels;
                self.part(frames);
                interleave(&self.mix, 0, part, channels);
            }
            return;
        }
        for part in out.chunks_mut(PART * channels) {
            let frames = part.len() / channels;
            while let Some((_, ready, at)) = &self.convert
                && ready.first().map_or(0, Vec::len) < at + frames
            {
                self.part(PART);
                if let Some((resampler, ready, at)) = &mut self.convert {
                    let [left, right] = &self.mix;
                    for side in ready.iter_mut() {
                        side.copy_within(*at.., 0);
                        side.truncate(side.len() - *at);
                    }
                    *at = 0;
                    // It can only fail for buffers of the wrong size, and these are fixed.
                    let _ = resampler.process(left, right, ready);
                }
            }
            if let Some((_, ready, at)) = &mut self.convert {
                interleave(ready, *at, part, channels);
                *at += frames;
            }
        }
    }

    /// Makes `frames` frames of sound in `mix`, at the session's rate.
    fn part(&mut self, frames: usize) {
        while let Ok(command) = self.ends.orders.pop() {
            match command {
                Command::Play => self.state.playing = true,
                Command::Pause => self.state.playing = false,
                Command::Epoch(epoch) => self.wanted = epoch,
                Command::Chain(place, chain) => {
                    if let Some(exchange) = self.knobs.exchange_at(place) {
                        exchange.exchange(chain, &mut self.ends.old_chains);
                    }
                }
            }
        }
        if self.ends.settings.update() {
            let settings = self.ends.settings.output_buffer();
            self.knobs.obey(settings);
            self.watched = settings.watched;
            for (n, raw) in self.raw.iter_mut().enumerate() {
                (raw.id, raw.lane) = settings.keys.get(n).copied().unwrap_or(NO_KEY);
            }
        }
        let [left, right] = &mut self.mix;
        left.resize(frames, 0.0);
        right.resize(frames, 0.0);
        let jumping = self.state.epoch != self.wanted;
        let open = self.state.playing && !jumping;
        self.gate.set(if open { 1.0 } else { 0.0 });
        let shut = self.gate.is_settled() && self.gate.value() == 0.0;
        if shut {
            self.skip_to_wanted();
            self.mix.iter_mut().for_each(|side| side.fill(0.0));
        } else {
            self.gather(frames);
            self.sound(frames);
        }
        let [left, right] = &mut self.mix;
        self.knobs.finish.process(left, right);
        for (l, r) in left.iter_mut().zip(right.iter_mut()) {
            let matching = self.knobs.matching.tick() as f32;
            (*l, *r) = (*l * matching, *r * matching);
            if !shut {
                // A full queue loses a reading of the meters, never a sample of the sound.
                let _ = self.ends.tap.push([*l, *r]);
            }
        }
        self.state.peaks.iter_mut().flatten().for_each(|peak| *peak *= self.fall);
        self.reductions();
        self.state.latency = self.latency();
        self.ends.state.input_buffer_mut().copy_from(&self.state);
        self.ends.state.publish();
    }

    /// While silent: throws away what is of another epoch, until the wanted one is there.
    fn skip_to_wanted(&mut self) {
        if self.state.epoch == self.wanted {
            return;
        }
        loop {
            if let Some(block) = self.block.take_if(|block| block.epoch != self.wanted) {
                let _ = self.ends.spent.push(block);
            }
            if self.block.is_none() {
                match self.ends.blocks.pop() {
                    Ok(block) => {
                        self.block = Some(block);
                        self.at = 0;
                    }
                    Err(_) => return,
                }
            }
            if let Some(block) = &self.block
                && block.epoch == self.wanted
            {
                self.state.epoch = self.wanted;
                self.state.frame = block.frame;
                self.knobs.reset(&mut self.ends.old_chains);
                self.ending = None;
                return;
            }
        }
    }

    /// Copies the next frames of all lanes; what is not there yet is silence.
    fn gather(&mut self, frames: usize) {
        let mut done = 0;
        if let Some(left) = &mut self.ending {
            // What chains hold back is heard before it stops.
            *left = left.saturating_sub(frames);
            if *left == 0 && self.state.epoch == self.wanted {
                self.ending = None;
                self.state.playing = false;
            }
            self.lanes.iter_mut().flatten().for_each(|side| side[..frames].fill(0.0));
            return;
        }
        while done < frames && self.ending.is_none() {
            if self.block.is_none() {
                let Ok(block) = self.ends.blocks.pop() else {
                    self.state.gaps += 1;
                    break;
                };
                if block.epoch != self.state.epoch {
                    // Of a jump that is still under way; or left over from before one.
                    if block.epoch == self.wanted {
                        self.block = Some(block);
                        self.at = 0;
                        break;
                    }
                    let _ = self.ends.spent.push(block);
                    continue;
                }
                self.block = Some(block);
                self.at = 0;
            }
            let Some(block) = &self.block else { break };
            if block.epoch != self.state.epoch {
                break;
            }
            let take = (block.frames - self.at).min(frames - done);
            for (lane, source) in self.lanes.iter_mut().zip(&block.lanes) {
                for (to, from) in lane.iter_mut().zip(source) {
                    let from = &from[self.at..self.at + take];
                    to[done..done + take].copy_from_slice(from);
                }
            }
            done += take;
            self.at += take;
            self.state.frame = block.frame + self.at as u64;
            if self.at == block.frames {
                if block.last {
                    self.ending = Some(self.knobs.latest() + self.knobs.chain.latency());
                }
                if let Some(block) = self.block.take() {
                    let _ = self.ends.spent.push(block);
                }
            }
        }
        for side in self.lanes.iter_mut().flatten() {
            side[done..frames].fill(0.0);
        }
    }

    /// Chains, strips, sum, reference and gate.
    fn sound(&mut self, frames: usize) {
        for raw in self.raw.iter_mut().filter(|raw| raw.id != NO_KEY.0) {
            for (to, from) in
                raw.sides.iter_mut().zip(self.lanes.get(raw.lane).into_iter().flatten())
            {
                to[..frames].copy_from_slice(&from[..frames]);
            }
        }
        let nothing = Key { id: NO_KEY.0, left: &[], right: &[] };
        let mut heard = [nothing; MOST];
        for (key, Raw { id, sides: [left, right], .. }) in heard.iter_mut().zip(&self.raw) {
            *key = Key { id: *id, left: &left[..frames], right: &right[..frames] };
        }
        let mut exchanged = false;
        for (n, ((lane, samples), peaks)) in
            self.knobs.lanes.iter_mut().zip(&mut self.lanes).zip(&mut self.state.peaks).enumerate()
        {
            let [left, right] = samples;
            let (left, right) = (&mut left[..frames], &mut right[..frames]);
            let watched = self.watched == Some(Place::Stem(n));
            let mut watch = Watch::new(watched, left, right);
            let spent = &mut self.ends.old_chains;
            exchanged |= lane.exchange.process(lane.mono, left, right, &heard, watched, spent);
            watch.push(left, right, &mut self.ends.watch);
            lane.align.process(left, right);
            lane.strip.process(left, right);
            for (peak, side) in peaks.iter_mut().zip([&*left, &*right]) {
                *peak = side.iter().fold(*peak, |most, x| most.max(x.abs()));
            }
        }
        let stems = self.knobs.lanes.len();
        let [left, right] = &mut self.mix;
        sum(self.lanes.iter().take(stems), [&mut *left, &mut *right]);
        let watched = self.watched == Some(Place::Mix);
        let mut watch = Watch::new(watched, left, right);
        let spent = &mut self.ends.old_chains;
        exchanged |= self.knobs.chain.process(false, left, right, &[], watched, spent);
        watch.push(left, right, &mut self.ends.watch);
        if exchanged {
            self.knobs.align();
        }
        if let Some([left, right]) = self.lanes.get_mut(stems) {
            let (left, right) = (&mut left[..frames], &mut right[..frames]);
            self.knobs.reference_delay.process(left, right);
        }
        let reference = self.lanes.get(stems);
        for (n, (l, r)) in left.iter_mut().zip(right).enumerate() {
            let share = self.knobs.reference.tick() as f32;
            let gate = self.gate.tick() as f32;
            if share > 0.0 {
                let at = |side: usize| {
                    reference.and_then(|lane| lane.get(side)?.get(n)).copied().unwrap_or(0.0)
                };
                *l += (at(0) - *l) * share;
                *r += (at(1) - *r) * share;
            }
            (*l, *r) = (*l * gate, *r * gate);
        }
    }

    /// Gains of the watched chain and of the limiter: down at once, back by 20 dB a second.
    fn reductions(&mut self) {
        let mut now = [Db::UNITY; MOST];
        if let Some(exchange) = self.watched.and_then(|place| self.knobs.exchange_at(place)) {
            exchange.chain().take_reductions(&mut now);
            exchange.chain().louder(&mut self.state.louder);
        }
        let back = -20.0 * self.fall.log10();
        let ease = |shown: &mut Db, now: Db| {
            *shown = Db((shown.0 + f64::from(back)).min(0.0).min(now.0));
        };
        for (shown, now) in self.state.reductions.iter_mut().zip(now) {
            ease(shown, now);
        }
        ease(&mut self.state.limiting, self.knobs.finish.take_reduction());
    }
}

/// Sends what goes into a chain and what comes out to whoever draws its spectrum.
struct Watch {
    before: [f32; PART],
    on: bool,
}

impl Watch {
    fn new(on: bool, left: &[f32], right: &[f32]) -> Self {
        let mut before = [0.0; PART];
        if on {
            for (before, (l, r)) in before.iter_mut().zip(left.iter().zip(right)) {
                *before = (l + r) / 2.0;
            }
        }
        Self { before, on }
    }

    fn push(&mut self, left: &[f32], right: &[f32], to: &mut Producer<[f32; 2]>) {
        if self.on {
            for (before, (l, r)) in self.before.iter().zip(left.iter().zip(right)) {
                // A full queue loses a picture, never a sample of the sound.
                let _ = to.push([*before, (l + r) / 2.0]);
            }
        }
    }
}

fn interleave(from: &Stereo, at: usize, out: &mut [f32], channels: usize) {
    let [left, right] = from;
    let pairs = left.iter().zip(right).skip(at);
    for (frame, (l, r)) in out.chunks_mut(channels).zip(pairs) {
        match frame {
            [one] => *one = (l + r) / 2.0,
            [a, b, rest @ ..] => {
                (*a, *b) = (*l, *r);
                rest.fill(0.0);
            }
            [] => {}
        }
    }
}
