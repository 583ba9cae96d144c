//! The parts of the signal path that settings steer: lanes, mix chain, finishing path, reference.
//! [`ParameterTargets`] belongs to the renderer and runs on the audio thread.

use super::align::{Alignment, room_for};
use super::handover::crossfade;
use super::lane::{Exchange, PlayLane};
use super::messages::{Old, Place, Settings, Source};
use super::output::Output;
use crate::dsp::Stereo;
use crate::dsp::eq::KernelWorker;
use crate::dsp::smooth::Smoothed;
use crate::dsp::trim::Trim;
use crate::playback::prefetch::Content;
use crate::units::{Latency, SampleRate, SongFrame};
use rtrb::Producer;
use std::sync::Arc;

/// The lanes, the chain of the mix, the finishing path, and the reference beside them.
pub struct ParameterTargets {
    pub lanes: Vec<PlayLane>,
    /// The fader of the mix.
    pub fader: Trim,
    pub chain: Exchange,
    pub output: Output,
    /// Aligns the lanes with each other, and the reference with the mix.
    pub alignment: Alignment,
    /// Share of the reference in the output, 0 to 1.
    reference: Smoothed,
    /// Gain for comparison at equal loudness.
    pub matching: Smoothed,
}

impl ParameterTargets {
    pub fn new(
        content: &Content,
        settings: &Settings,
        rate: SampleRate,
        benches: &mut Vec<KernelWorker>,
    ) -> Self {
        let lanes: Vec<PlayLane> = content
            .mono()
            .into_iter()
            .zip(&settings.strips)
            .map(|(mono, target)| PlayLane::new(target, mono, settings.law, rate, benches))
            .collect();
        let mut targets = Self {
            alignment: Alignment::new(lanes.len(), Latency(0), rate),
            lanes,
            fader: Trim::new(settings.fader, rate),
            chain: Exchange::new(&settings.chain, rate, benches),
            output: Output::new(settings.master.as_ref(), settings.finishing, rate),
            reference: Smoothed::new(0.0, rate),
            matching: Smoothed::new(settings.matching.factor(), rate),
        };
        let room = room_for(targets.latency(), rate);
        targets.alignment = Alignment::new(targets.lanes.len(), room, rate);
        targets.obey(settings);
        targets.snap();
        targets.align();
        targets.alignment.reset();
        targets
    }

    /// Applies new settings; values glide to them.
    pub fn obey(&mut self, settings: &Settings) {
        for (n, (lane, target)) in self.lanes.iter_mut().zip(&settings.strips).enumerate() {
            let watched = settings.watched == Some(Place::Stem(n));
            lane.trim.set(target.trim);
            lane.exchange.set(&target.chain, settings.comparing.filter(|_| watched));
            // The address identifies the automation curves. It is unique while these settings keep
            // them alive.
            let moves = target.moves.as_ref().map_or(0, |moves| Arc::as_ptr(moves) as u64);
            lane.strip.set(&target.settings, settings.law, target.audible, moves);
        }
        self.fader.set(settings.fader);
        let watched = settings.watched == Some(Place::Mix);
        self.chain.set(&settings.chain, settings.comparing.filter(|_| watched));
        self.output.set(settings.master.as_ref(), settings.finishing);
        self.reference.set(match settings.source {
            Source::Mix => 0.0,
            Source::Both => 0.5,
            Source::Reference => 1.0,
        });
        self.matching.set(settings.matching.factor());
    }

    fn snap(&mut self) {
        for lane in &mut self.lanes {
            lane.trim.snap();
            lane.strip.snap();
        }
        self.fader.snap();
        self.reference.snap();
        self.matching.snap();
    }

    /// Sets the delays that align the lanes with the slowest lane, and the reference with the mix.
    pub fn align(&mut self) {
        let latest = self.latest();
        for (n, lane) in self.lanes.iter().enumerate() {
            let late = latest.0.saturating_sub(lane.exchange.latency().0);
            self.alignment.set_lane(n, Latency(late));
        }
        let latency = self.latency();
        self.alignment.set_reference(latency);
    }

    /// The chain at a place; `None` for a stem that does not exist.
    pub fn exchange_at(&mut self, place: Place) -> Option<&mut Exchange> {
        match place {
            Place::Stem(n) => self.lanes.get_mut(n).map(|lane| &mut lane.exchange),
            Place::Mix => Some(&mut self.chain),
        }
    }

    /// Latency of the slowest lane, in frames.
    pub fn latest(&self) -> Latency {
        self.lanes.iter().map(|lane| lane.exchange.latency()).max().unwrap_or_default()
    }

    /// Latency from a stem to the output, in frames.
    pub fn latency(&self) -> Latency {
        self.latest() + self.chain.latency() + self.output.latency()
    }

    /// For a jump: clears all sound and delays, and ends all glides.
    pub fn reset(&mut self, frame: SongFrame, old: &mut Producer<Old>) {
        self.lanes.iter_mut().for_each(|lane| lane.exchange.reset(frame, old));
        self.chain.reset(frame.behind(self.latest()), old);
        self.output.reset(old);
        self.alignment.jump(old);
        self.snap();
        self.align();
        self.alignment.reset();
    }

    /// Whether every filter design that the next block needs is ready.
    pub fn is_ready(&mut self) -> bool {
        self.chain.is_ready() && self.lanes.iter_mut().all(|lane| lane.exchange.is_ready())
    }

    /// Crossfades from the mix to the reference, by the reference's share. `lane` holds the
    /// reference.
    pub fn reference(&mut self, lane: &mut Stereo, left: &mut [f32], right: &mut [f32]) {
        let [own_left, own_right] = lane;
        let (own_left, own_right) = (&mut own_left[..left.len()], &mut own_right[..right.len()]);
        self.alignment.reference(own_left, own_right);
        if self.reference.is_settled() && self.reference.value() == 0.0 {
            return;
        }
        crossfade(&mut self.reference, [left, right], [own_left, own_right]);
    }
}
