//! The renderer, which runs in the audio callback: commands and settings in, sound and state out.
//! It takes no lock, allocates nothing and reads no file. The main type is [`Renderer`].

use super::block_reader::{BlockReader, ReadOutcome};
use super::clock::Clock;
use super::convert::{Convert, interleave};
use super::lane::{Exchange, PART};
use super::levels::Fall;
use super::messages::{Command, Ends, Place, Settings, State};
use super::targets::ParameterTargets;
use crate::dsp::chain::{MOST, SideChain, SideChainId};
use crate::dsp::eq::KernelWorker;
use crate::dsp::smooth::Smoothed;
use crate::dsp::{Stereo, silence};
use crate::engine::bus::sum;
use crate::engine::cuts::fade_out;
use crate::playback::PlaybackError;
use crate::playback::prefetch::Content;
use crate::units::{Db, Latency, SampleRate, Seconds, SongFrame};
use rtrb::Producer;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

/// Share of a buffer's time that pre-roll before a jump may use.
const ROLL_SHARE: f64 = 0.6;

/// In the last frames of the pre-roll the renderer waits for filter designs. This is more than the
/// lead with which a design is ordered.
const LAST_ROLL: usize = 10 * 1024;

/// Sound of a side-chain stem before its trim and chain.
struct SideChainTap {
    id: SideChainId,
    lane: usize,
    sides: [[f32; PART]; 2],
}

const NO_SIDE_CHAIN: (SideChainId, usize) = (SideChainId(u32::MAX), usize::MAX);

impl SideChainTap {
    fn new(side_chains: &[(SideChainId, usize)], n: usize) -> Self {
        let (id, lane) = side_chains.get(n).copied().unwrap_or(NO_SIDE_CHAIN);
        Self { id, lane, sides: [[0.0; PART]; 2] }
    }
}

/// The playback engine: fills the device's buffers.
pub struct Renderer {
    orders: rtrb::Consumer<Command>,
    settings: triple_buffer::Output<Settings>,
    published: triple_buffer::Input<State>,
    tap: Producer<[f32; 2]>,
    watch: Producer<[f32; 2]>,
    old: Producer<super::messages::Old>,
    reader: BlockReader,
    clock: Clock,
    targets: ParameterTargets,
    lanes: Vec<Stereo>,
    raw: Vec<SideChainTap>,
    watched: Option<Place>,
    mix: Stereo,
    state: State,
    /// Set once the song has been read to its end: frames that chains and delays still hold.
    ending: Option<usize>,
    /// Pre-roll frames left to play unheard, so that the processors settle.
    rolling: usize,
    /// Frames left to play although playback is paused.
    audition: usize,
    /// Frames output since the last jump.
    since: usize,
    /// Closes on pause and before a jump, so that neither clicks.
    gate: Smoothed,
    convert: Option<Convert>,
    rate: SampleRate,
    device_rate: SampleRate,
    /// First of the two device channels in use, from 0.
    first: usize,
    /// When the pre-roll has to stop in this callback.
    until: Instant,
    health: Health,
}

/// Whether the callback still works.
#[derive(Clone, Copy, PartialEq)]
enum Health {
    Well,
    /// A processor panicked: silent until play is pressed.
    Failed,
    /// Reading orders panicked too: silent for good.
    Dead,
}

impl Renderer {
    pub(super) fn new(
        content: &Content,
        settings: &Settings,
        ends: Ends,
        device_rate: SampleRate,
        benches: &mut Vec<KernelWorker>,
    ) -> Result<Self, PlaybackError> {
        let rate = content.rate();
        let Ends { orders, settings: setter, state, blocks, spent, tap, watch, old } = ends;
        Ok(Self {
            orders,
            settings: setter,
            published: state,
            tap,
            watch,
            old,
            reader: BlockReader::new(blocks, spent),
            clock: Clock::new(),
            targets: ParameterTargets::new(content, settings, rate, benches),
            lanes: (0..=content.stems()).map(|_| silence(PART)).collect(),
            raw: (0..MOST).map(|n| SideChainTap::new(&settings.side_chains, n)).collect(),
            watched: settings.watched,
            mix: silence(PART),
            state: State::new(content.stems()),
            ending: None,
            rolling: 0,
            audition: 0,
            since: 0,
            gate: Smoothed::new(0.0, rate),
            convert: Convert::new(rate, device_rate)?,
            rate,
            device_rate,
            first: 0,
            until: Instant::now(),
            health: Health::Well,
        })
    }

    /// Uses two channels of the device, from this one on; the first is 0.
    pub fn use_channels_from(&mut self, first: usize) {
        self.first = first;
    }

    /// Delay from a stem to the device, in frames at the session's rate.
    pub fn latency(&self) -> Latency {
        self.targets.latency()
    }

    /// Latencies of the chains in frames: one per stem, then the mix.
    pub(super) fn latencies(&self) -> Vec<Latency> {
        let lanes = self.targets.lanes.iter().map(|lane| lane.exchange.latency());
        lanes.chain([self.targets.chain.latency()]).collect()
    }

    /// Latency of the finishing path in frames.
    pub(super) fn ending_latency(&self) -> Latency {
        self.targets.output.latency()
    }

    /// Frames read ahead; every queued block counts as full.
    pub fn read_ahead(&self) -> usize {
        self.reader.ready()
    }

    /// Whether every filter design that the next block needs is ready. Until then the previous
    /// design keeps playing.
    pub fn is_designed(&mut self) -> bool {
        self.targets.is_ready()
    }

    /// Whether the last jump has arrived and its pre-roll is done.
    pub fn has_arrived(&self) -> bool {
        !self.reader.is_jumping() && self.rolling == 0
    }

    /// Fills an interleaved device buffer of `channels` channels; unused channels stay silent.
    /// `device` is the time from this callback to the loudspeaker.
    ///
    /// After a panic the output is silent until play is pressed again, and [`State::failures`]
    /// counts it; the rest of the program keeps running.
    pub fn process(&mut self, out: &mut [f32], channels: usize, device: Seconds) {
        let work = AssertUnwindSafe(|| match self.health {
            Health::Well => self.fill(out, channels, device),
            Health::Failed => {
                out.fill(0.0);
                self.obey();
                self.publish(device, Instant::now(), 1.0);
            }
            Health::Dead => out.fill(0.0),
        });
        if let Err(panic) = catch_unwind(work) {
            // Leaked: the audio thread must not free memory.
            std::mem::forget(panic);
            out.fill(0.0);
            self.fail();
        }
    }

    fn fail(&mut self) {
        self.health = if self.health == Health::Well { Health::Failed } else { Health::Dead };
        self.state.failures += 1;
        self.state.ends += u64::from(self.state.playing);
        self.state.playing = false;
        self.audition = 0;
        self.state.out = super::messages::Levels::default();
        self.state.stems.fill(super::messages::Levels::default());
    }

    fn fill(&mut self, out: &mut [f32], channels: usize, device: Seconds) {
        let begun = Instant::now();
        let channels = channels.max(1);
        let seconds = (out.len() / channels) as f64 / self.device_rate.hz().0;
        self.until = begun + Duration::from_secs_f64(seconds * ROLL_SHARE);
        self.obey();
        for part in out.chunks_mut(PART * channels) {
            let frames = part.len() / channels;
            let mut done = 0;
            while self.convert.is_none() && done < frames {
                let made = self.part(frames - done);
                let end = (done + made) * channels;
                if let Some(part) = part.get_mut(done * channels..end) {
                    interleave(sides(&self.mix, made), part, channels, self.first);
                }
                done += made;
            }
            while self.convert.as_ref().is_some_and(|convert| !convert.has(frames)) {
                let made = self.part(PART);
                if let Some(convert) = &mut self.convert {
                    convert.take(sides(&self.mix, made));
                }
            }
            if let Some(convert) = &mut self.convert {
                convert.give(part, channels, self.first);
            }
        }
        self.publish(device, begun, seconds);
    }

    fn publish(&mut self, device: Seconds, begun: Instant, seconds: f64) {
        let latency = self.latency();
        let state = &mut self.state;
        state.latency = latency;
        state.device = device;
        state.at = Some(begun);
        state.callbacks += 1;
        state.epoch = self.reader.epoch();
        // The first frames after a jump only fill the delays. Until the sound comes out, the
        // position stays where the jump put it.
        let behind = self.convert.as_ref().map_or(0.0, |convert| convert.behind.max(0.0));
        let on_the_way = behind as usize + device.frames(self.rate).0 as usize;
        if self.since > on_the_way {
            let heard = self.clock.song(latency + Latency(on_the_way));
            state.frame = u64::try_from(heard.0).unwrap_or(0);
        }
        let load = (begun.elapsed().as_secs_f64() / seconds.max(1e-9)) as f32;
        // Pre-roll uses all the time that it may, so it does not count as load.
        if self.rolling == 0 && self.since > self.rate.0 as usize / 4 {
            let share = (seconds / 0.5).min(1.0) as f32;
            state.load += (load - state.load) * share;
            state.worst_load = state.worst_load.max(load);
        }
        self.published.input_buffer_mut().copy_from(state);
        self.published.publish();
    }

    /// Applies all waiting commands and the newest settings.
    fn obey(&mut self) {
        while let Ok(command) = self.orders.pop() {
            match command {
                Command::Play => {
                    self.state.playing = true;
                    self.health = Health::Well;
                }
                Command::Pause => self.state.playing = false,
                Command::Audition(frames) => self.audition = frames,
                Command::Epoch(epoch) => self.reader.want(epoch),
                Command::Chain(place, chain) => {
                    if let Some(exchange) = self.targets.exchange_at(place) {
                        exchange.exchange(chain, &mut self.old);
                    }
                }
                Command::Finishing(path) => self.targets.output.exchange(path, &mut self.old),
                Command::Delays(delays) => self.targets.alignment.exchange(delays, &mut self.old),
                Command::ResetLevels => {
                    self.state.stems.iter_mut().for_each(super::messages::Levels::reset);
                    self.state.out.reset();
                    self.state.worst_load = 0.0;
                    (self.state.gaps, self.state.unmetered) = (0, 0);
                }
            }
        }
        if self.settings.update() {
            let settings = self.settings.output_buffer();
            self.targets.obey(settings);
            self.watched = settings.watched;
            for (n, raw) in self.raw.iter_mut().enumerate() {
                (raw.id, raw.lane) = settings.side_chains.get(n).copied().unwrap_or(NO_SIDE_CHAIN);
            }
        }
    }

    /// Renders up to `frames` frames into `mix`, at the session's rate; returns their number.
    fn part(&mut self, frames: usize) -> usize {
        let wanted = self.state.playing || self.audition > 0;
        let room = PART + self.gate.length();
        let (late, begins) = self.reader.starves(room);
        if late && begins && wanted && self.rolling == 0 {
            self.state.gaps += 1;
            self.state.gap = self.state.frame;
        }
        let open = wanted && !late && !self.reader.is_jumping() && self.rolling == 0;
        let from_the_start =
            open && self.since == 0 && self.clock.song(self.latency()) == SongFrame(0);
        self.gate.set(if open { 1.0 } else { 0.0 });
        if from_the_start {
            // At its beginning the song starts without a fade, as in the file.
            self.gate.snap();
        }
        if self.gate.is_settled() && self.gate.value() == 0.0 {
            self.stand_still(wanted);
            self.mix.iter_mut().for_each(|side| side[..frames].fill(0.0));
            self.levels(frames, true);
            return frames;
        }
        // While the gate closes, read only the frames of the fade: frames after it would be lost.
        let heard = if open { frames } else { frames.min(self.gate.left().max(1)) };
        let Some(made) = self.read(heard) else {
            // Happens only when a second jump comes before the first one has any sound to fade out.
            self.gate.jump(0.0);
            self.mix.iter_mut().for_each(|side| side[..frames].fill(0.0));
            return frames;
        };
        self.sound(made);
        let [left, right] = &mut self.mix;
        for (l, r) in left[..made].iter_mut().zip(&mut right[..made]) {
            let gain = (self.gate.tick() * self.targets.matching.tick()) as f32;
            (*l, *r) = (*l * gain, *r * gain);
            // A full queue costs the meters a sample, never the output.
            if self.tap.push([*l, *r]).is_err() {
                self.state.unmetered += 1;
            }
        }
        self.levels(made, false);
        self.since += made;
        self.audition = self.audition.saturating_sub(made);
        made
    }

    /// While the gate is closed: completes a jump, and lets the processors settle.
    fn stand_still(&mut self, wanted: bool) {
        if self.reader.is_jumping()
            && let Some((target, roll)) = self.reader.arrive()
        {
            let from = self.reader.place().unwrap_or(SongFrame(target as i64));
            self.targets.reset(from, &mut self.old);
            self.clock.start(from);
            self.state.frame = target;
            self.ending = None;
            self.since = 0;
            self.rolling = roll + self.latency().0;
        }
        while wanted && self.rolling > 0 {
            // The first frames heard must come from the filters designed for them. Earlier pre-roll
            // may use old designs: it is unheard, and waiting for each design would take too long.
            if self.rolling <= LAST_ROLL && !self.targets.is_ready() {
                return;
            }
            let Some(made) = self.read(self.rolling.min(PART)) else { return };
            self.sound(made);
            self.rolling -= made;
            if Instant::now() >= self.until {
                return;
            }
        }
    }

    /// Reads the next frames of all lanes; `None` when none are ready. After the end of the song it
    /// reads silence until the chains are empty, then stops.
    fn read(&mut self, frames: usize) -> Option<usize> {
        match self.reader.read(&mut self.lanes, frames, &mut self.clock) {
            ReadOutcome::Frames(frames) => Some(frames),
            ReadOutcome::Jump | ReadOutcome::Late => None,
            ReadOutcome::End => {
                // Sound that the chains still hold is played before the stop.
                let left = self.ending.unwrap_or(self.latency().0);
                self.ending = Some(left.saturating_sub(frames));
                if left == 0 {
                    self.state.ends += u64::from(self.state.playing);
                    self.state.playing = false;
                    self.audition = 0;
                }
                self.lanes.iter_mut().flatten().for_each(|side| side[..frames].fill(0.0));
                self.clock.advance(self.clock.song(Latency(0)), frames);
                Some(frames)
            }
        }
    }

    /// Processes a block: chains, strips, sum, mix chain, finishing path and reference.
    fn sound(&mut self, frames: usize) {
        for raw in self.raw.iter_mut().filter(|raw| raw.id != NO_SIDE_CHAIN.0) {
            let lane = self.lanes.get(raw.lane).into_iter().flatten();
            for (to, from) in raw.sides.iter_mut().zip(lane) {
                to[..frames].copy_from_slice(&from[..frames]);
            }
        }
        let nothing = SideChain { id: NO_SIDE_CHAIN.0, left: &[], right: &[] };
        let mut heard = [nothing; MOST];
        for (side_chain, SideChainTap { id, sides: [left, right], .. }) in
            heard.iter_mut().zip(&self.raw)
        {
            *side_chain = SideChain { id: *id, left: &left[..frames], right: &right[..frames] };
        }
        let settings = self.settings.output_buffer();
        // The block that was just read entered the clock already.
        let song = self.clock.song(Latency(frames));
        let latest = self.targets.latest();
        let mut exchanged = false;
        for (n, (lane, [left, right])) in
            self.targets.lanes.iter_mut().zip(&mut self.lanes).enumerate()
        {
            let (left, right) = (&mut left[..frames], &mut right[..frames]);
            let watched = self.watched == Some(Place::Stem(n));
            lane.trim.process(left, right);
            let mut watch = Watch::new(watched, left, right);
            exchanged |= lane.exchange.process(
                lane.mono,
                [&mut *left, &mut *right],
                (&heard, watched),
                song,
                &mut self.old,
            );
            watch.push(left, right, &mut self.watch);
            self.targets.alignment.lane(n, left, right);
            let moves = settings.strips.get(n).and_then(|target| target.moves.as_deref());
            let mut at = 0;
            for (count, song) in self.clock.runs(latest, frames) {
                let to = at + count;
                lane.strip.process(&mut left[at..to], &mut right[at..to], moves, song);
                at = to;
            }
        }
        let stems = self.targets.lanes.len();
        let [left, right] = &mut self.mix;
        let (left, right) = (&mut left[..frames], &mut right[..frames]);
        sum(self.lanes.iter().take(stems), [&mut *left, &mut *right]);
        self.targets.fader.process(left, right);
        let watched = self.watched == Some(Place::Mix);
        let mut watch = Watch::new(watched, left, right);
        let mut at = 0;
        for (count, song) in self.clock.runs(latest, frames) {
            // Output before the first frame of the song is pre-ringing of filters. Rendered files
            // drop it, so silence it here too.
            let before = at + usize::try_from(-song.0).unwrap_or(0).min(count);
            left[at..before].fill(0.0);
            right[at..before].fill(0.0);
            let part = [&mut left[at..at + count], &mut right[at..at + count]];
            let listening = (&[][..], watched);
            exchanged |= self.targets.chain.process(false, part, listening, song, &mut self.old);
            at += count;
        }
        let behind = latest + self.targets.chain.latency();
        let mut at = 0;
        for (count, song) in self.clock.runs(behind, frames) {
            let to = at + count;
            fade_out(self.reader.fade(), song, &mut left[at..to], &mut right[at..to]);
            at = to;
        }
        watch.push(left, right, &mut self.watch);
        exchanged |= self.targets.output.process(left, right, &mut self.old);
        if let Some(lane) = self.lanes.get_mut(stems) {
            self.targets.reference(lane, left, right);
        }
        exchanged |= self.targets.alignment.advance(frames, &mut self.old);
        if exchanged {
            self.targets.align();
        }
    }

    /// Updates the levels of all stems and the output, and the gain reductions of the watched chain
    /// and the limiter.
    fn levels(&mut self, frames: usize, silent: bool) {
        let fall = Fall::over(frames, self.rate);
        let mut watched = [Db::UNITY; MOST];
        let lanes = self.targets.lanes.iter_mut().zip(&self.lanes);
        for (n, ((lane, samples), levels)) in lanes.zip(&mut self.state.stems).enumerate() {
            let mut all = [Db::UNITY; MOST];
            let samples = if silent { [&[][..]; 2] } else { sides(samples, frames) };
            lane.exchange.chain().take_reductions(&mut all);
            let deepest = all.iter().fold(Db::UNITY, |most, db| Db(most.0.min(db.0)));
            levels.measure(samples, deepest, fall);
            if self.watched == Some(Place::Stem(n)) {
                watched = all;
            }
        }
        let out = if silent { [&[][..]; 2] } else { sides(&self.mix, frames) };
        self.state.out.measure(out, Db::UNITY, fall);
        if self.watched == Some(Place::Mix) {
            self.targets.chain.chain().take_reductions(&mut watched);
        }
        let exchange: Option<&mut Exchange> =
            self.watched.and_then(|place| self.targets.exchange_at(place));
        if let Some(exchange) = exchange {
            exchange.chain().louder(&mut self.state.louder);
        }
        for (shown, now) in self.state.reductions.iter_mut().zip(watched) {
            fall.ease(shown, now);
        }
        fall.ease(&mut self.state.limiting, self.targets.output.take_reduction());
    }
}

fn sides(from: &Stereo, frames: usize) -> [&[f32]; 2] {
    let [left, right] = from;
    [left.get(..frames).unwrap_or(left), right.get(..frames).unwrap_or(right)]
}

/// Sends the watched chain's input and output, in mono, to the meter thread for the spectrum.
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
                // A full queue costs the spectrum a sample, never the output.
                let _ = to.push([*before, (l + r) / 2.0]);
            }
        }
    }
}
