//! What runs in the audio callback: no lock, no allocation, no file.

use crate::dsp::limiter::LimiterSettings;
use crate::dsp::pan::PanLaw;
use crate::dsp::smooth::Smoothed;
use crate::dsp::strip::{Strip, StripSettings};
use crate::dsp::{Stereo, silence};
use crate::engine::bus::sum;
use crate::engine::master::Finish;
use crate::media::resample::Resampler;
use crate::playback::PlaybackError;
use crate::playback::prefetch::{BLOCK, Block, Content};
use crate::units::{Db, SampleRate};
use rtrb::{Consumer, Producer};

/// Frames handled at a time; a longer device buffer is handled in parts.
const PART: usize = 256;
/// A ceiling that nothing reaches: the limiter is in the path, so that switching the preview
/// makes no gap, and does nothing.
const OUT_OF_REACH: Db = Db(80.0);

/// Orders that must all arrive.
pub enum Command {
    Play,
    Pause,
    /// Only blocks of this epoch are to be heard from now on.
    Epoch(u64),
}

/// What is heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    Mix,
    Reference,
}

/// Where a strip is going.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StripTarget {
    pub settings: StripSettings,
    pub audible: bool,
}

/// The newest settings; only the latest counts.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    pub strips: Vec<StripTarget>,
    pub law: PanLaw,
    pub source: Source,
    /// Gain and ceiling of the master that is previewed.
    pub master: Option<(Db, Db)>,
    /// Gain on what is heard, for comparison at equal loudness.
    pub matching: Db,
}

/// What the audio thread tells the window.
#[derive(Clone, Debug)]
pub struct State {
    pub playing: bool,
    /// Where in the song.
    pub frame: u64,
    /// Highest sample of each stem, left and right, falling slowly.
    pub peaks: Vec<[f32; 2]>,
    /// Times that the disk was late.
    pub gaps: u64,
    /// The epoch that is heard.
    pub epoch: u64,
}

impl State {
    pub fn new(stems: usize) -> Self {
        Self { playing: false, frame: 0, peaks: vec![[0.0; 2]; stems], gaps: 0, epoch: 0 }
    }

    fn copy_from(&mut self, other: &State) {
        self.playing = other.playing;
        self.frame = other.frame;
        self.gaps = other.gaps;
        self.epoch = other.epoch;
        self.peaks.copy_from_slice(&other.peaks);
    }
}

/// The renderer's ends of the queues.
pub struct Ends {
    pub orders: Consumer<Command>,
    pub settings: triple_buffer::Output<Settings>,
    pub state: triple_buffer::Input<State>,
    pub blocks: Consumer<Box<Block>>,
    pub spent: Producer<Box<Block>>,
    pub tap: Producer<[f32; 2]>,
}

/// Everything that settings move.
struct Knobs {
    strips: Vec<Strip>,
    reference: Smoothed,
    matching: Smoothed,
    finish: Finish,
}

impl Knobs {
    fn obey(&mut self, settings: &Settings) {
        for (strip, target) in self.strips.iter_mut().zip(&settings.strips) {
            strip.set(&target.settings, settings.law, target.audible);
        }
        self.reference.set(if settings.source == Source::Reference { 1.0 } else { 0.0 });
        self.matching.set(settings.matching.factor());
        let (gain, ceiling) = settings.master.unwrap_or((Db::UNITY, OUT_OF_REACH));
        self.finish.set_gain(gain);
        self.finish.set_ceiling(ceiling);
    }
}

/// The engine behind the device.
pub struct Renderer {
    ends: Ends,
    knobs: Knobs,
    lanes: Vec<Stereo>,
    mix: Stereo,
    block: Option<Box<Block>>,
    at: usize,
    wanted: u64,
    state: State,
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
        let strips = content
            .mono()
            .into_iter()
            .zip(&settings.strips)
            .map(|(mono, target)| Strip::new(&target.settings, mono, settings.law, rate))
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
            strips,
            reference: Smoothed::new(0.0, rate),
            matching: Smoothed::new(settings.matching.factor(), rate),
            finish: Finish::new(Db::UNITY, Some(&limiter), rate),
        };
        knobs.obey(settings);
        knobs.strips.iter_mut().for_each(Strip::snap);
        Ok(Self {
            ends,
            knobs,
            lanes: (0..=content.stems()).map(|_| silence(PART)).collect(),
            mix: silence(PART),
            block: None,
            at: 0,
            wanted: 0,
            state: State::new(content.stems()),
            gate: Smoothed::new(0.0, rate),
            convert,
            // 20 dB in 0.8 s.
            fall: 10f32.powf(-(PART as f32) / (0.8 * rate.0 as f32)),
        })
    }

    /// Frames from a stem to the device, at equal rates.
    pub fn latency(&self) -> usize {
        self.knobs.finish.latency()
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
            }
        }
        if self.ends.settings.update() {
            let settings = self.ends.settings.output_buffer();
            self.knobs.obey(settings);
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
                return;
            }
        }
    }

    /// Copies the next frames of all lanes; what is not there yet is silence.
    fn gather(&mut self, frames: usize) {
        let mut done = 0;
        while done < frames {
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
                    self.state.playing = false;
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

    /// Strips, sum, reference and gate.
    fn sound(&mut self, frames: usize) {
        for ((strip, lane), peaks) in
            self.knobs.strips.iter_mut().zip(&mut self.lanes).zip(&mut self.state.peaks)
        {
            let [left, right] = lane;
            strip.process(&mut left[..frames], &mut right[..frames]);
            for (peak, side) in peaks.iter_mut().zip([&*left, &*right]) {
                *peak = side[..frames].iter().fold(*peak, |most, x| most.max(x.abs()));
            }
        }
        let stems = self.knobs.strips.len();
        let [left, right] = &mut self.mix;
        sum(self.lanes.iter().take(stems), [&mut *left, &mut *right]);
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
