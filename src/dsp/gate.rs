//! A gate or downward expander with hysteresis: it opens at the threshold and closes at a lower
//! level, so a decaying note does not make it chatter.

use crate::dsp::delay::DelayLine;
use crate::dsp::detector::{Detection, Detector, RUN, decibels, factor, heard, in_runs, one_pole};
use crate::dsp::parameter::{Settings, Unit, parameters};
use crate::dsp::processor::{Blueprint, NoSettings, Processor, Setup};
use crate::units::{Db, Hz, Latency, SampleRate, Seconds};
use serde::{Deserialize, Serialize};

/// Settings of the gate.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GateSettings {
    /// The gate opens at this level.
    pub threshold: Db,
    /// The gate closes this far below the threshold.
    pub hysteresis: Db,
    /// Ratio of the expander; 100 acts as a gate.
    pub ratio: f64,
    /// The largest reduction.
    pub range: Db,
    /// Time from the level above the threshold until 63 % of the reduction, in decibels, is gone.
    pub attack: Seconds,
    /// Time that the level has to spend below the closing level before the gate closes.
    pub hold: Seconds,
    /// Time from the end of the hold until 63 % of the reduction, in decibels.
    pub release: Seconds,
    pub look_ahead: Seconds,
    pub key_high_pass: Hz,
    pub key_low_pass: Hz,
}

impl Default for GateSettings {
    fn default() -> Self {
        Self {
            threshold: Db(-45.0),
            hysteresis: Db(6.0),
            ratio: 4.0,
            range: Db(24.0),
            attack: Seconds(0.001),
            hold: Seconds(0.040),
            release: Seconds(0.120),
            look_ahead: Seconds(0.001),
            key_high_pass: Hz(20.0),
            key_low_pass: Hz(20_000.0),
        }
    }
}

parameters! { GateSettings;
    threshold "Threshold", Unit::Decibels, -90.0 => 0.0, threshold;
    range "Range", Unit::Decibels, 0.0 => 90.0, range;
    attack "Attack", Unit::Time, 0.000_05 => 0.1, attack;
    release "Release", Unit::Time, 0.005 => 4.0, release;
    hold "Hold", Unit::Time, 0.0 => 1.0, hold;
    hysteresis "Hysteresis", Unit::Decibels, 0.0 => 24.0, hysteresis;
    ratio "Ratio", Unit::Ratio, 1.0 => 100.0, ratio;
    look_ahead "Look-ahead", Unit::Time, 0.0 => 0.02, look_ahead;
    key_high_pass "Key high-pass", Unit::Hertz, 20.0 => 2000.0, key_high_pass;
    key_low_pass "Key low-pass", Unit::Hertz, 200.0 => 20_000.0, key_low_pass;
}

/// The running gate.
pub struct Gate {
    settings: GateSettings,
    rate: SampleRate,
    detector: Detector,
    /// The greatest power of the part of [`PERIOD`] that runs, and of the parts before it.
    peaks: [f64; PARTS],
    /// The greatest of the parts before the one that runs, of which `part` frames are left.
    before: f64,
    part: u64,
    /// Frames since the sound itself reached the closing level.
    below: u64,
    open: bool,
    reduction: f64,
    delay: DelayLine,
    deepest: f64,
}

/// Half a period of the lowest tone: so long a waveform may stay below the level it has. An envelope
/// that outlasts it is an echo of the filters that found it.
const PERIOD: Seconds = Seconds(0.012);
const PARTS: usize = 6;
/// The power of a tone may be twice that of its samples, where its peaks lie between them.
const BETWEEN: f64 = 2.05;

impl Gate {
    pub fn new(settings: &GateSettings, rate: SampleRate) -> Self {
        let s = settings.clamped();
        Self {
            settings: s,
            rate,
            detector: Detector::new(Detection::Peak, s.key_high_pass, s.key_low_pass, rate),
            peaks: [0.0; PARTS],
            before: 0.0,
            part: 0,
            below: 0,
            open: false,
            reduction: 0.0,
            delay: DelayLine::new(s.look_ahead.frames(rate).0 as usize),
            deepest: 0.0,
        }
    }

    /// Takes the power of the waveform and returns the greatest of the last [`PERIOD`], whose parts
    /// have `part` frames.
    #[inline]
    fn peak(&mut self, now: f64, part: u64) -> f64 {
        if self.part == 0 {
            self.part = part;
            self.peaks.rotate_right(1);
            let [first, before @ ..] = &mut self.peaks;
            *first = 0.0;
            self.before = before.iter().copied().fold(0.0, f64::max);
        }
        self.part -= 1;
        let [first, ..] = &mut self.peaks;
        *first = first.max(now);
        first.max(self.before)
    }

    /// Gates up to [`RUN`] frames.
    fn run(&mut self, left: &mut [f32], right: &mut [f32], side_chain: Option<[&[f32]; 2]>) {
        let s = self.settings;
        let (attack, release) = (one_pole(s.attack, self.rate), one_pole(s.release, self.rate));
        // The sound comes later by the look-ahead, so the gate stays open as much longer.
        let hold = s.hold.frames(self.rate).0 + self.delay.length() as u64;
        let closes_at = s.threshold.0 - s.hysteresis.0;
        let closing_power = Db(closes_at).factor().powi(2);
        let part = (PERIOD.frames(self.rate).0 / PARTS as u64).max(1);
        let mut room = [[0.0; 2]; RUN];
        let values = &mut room[..left.len()];
        for (n, value) in values.iter_mut().enumerate() {
            let [power, now] = self.detector.powers(heard(side_chain, n, [left[n], right[n]]));
            *value = [power.min(self.peak(now, part) * BETWEEN), now];
        }
        for [value, now] in values.iter_mut() {
            let level = decibels(*value);
            self.below = if *now >= closing_power { 0 } else { self.below.saturating_add(1) };
            if level >= s.threshold.0 {
                self.open = true;
            } else if level < closes_at && self.below > hold {
                self.open = false;
            }
            let aim = if self.open {
                0.0
            } else {
                ((s.threshold.0 - level).max(0.0) * (s.ratio - 1.0)).min(s.range.0)
            };
            let share = if aim < self.reduction { attack } else { release };
            self.reduction += (aim - self.reduction) * share;
            if self.reduction < 1e-6 && aim == 0.0 {
                self.reduction = 0.0;
            }
            *value = self.reduction;
        }
        for (([reduction, _], l), r) in values.iter().zip(left).zip(right) {
            [*l, *r] = self.delay.tick([*l, *r]);
            if *reduction > 0.0 {
                self.deepest = self.deepest.max(*reduction);
                let gain = factor(-reduction) as f32;
                (*l, *r) = (*l * gain, *r * gain);
            }
        }
    }
}

impl Processor for Gate {
    type Settings = GateSettings;

    /// Frames from input to output: the look-ahead.
    fn latency(&self) -> Latency {
        Latency(self.delay.length())
    }

    /// Sets new settings. A different look-ahead needs a new gate.
    fn set(&mut self, settings: &GateSettings) {
        let s = settings.clamped();
        self.detector.set(Detection::Peak, s.key_high_pass, s.key_low_pass);
        self.settings = s;
    }

    fn reset(&mut self) {
        self.detector.reset();
        self.delay.reset();
        (self.peaks, self.before, self.part, self.below) = ([0.0; PARTS], 0.0, 0, 0);
        (self.open, self.reduction) = (false, 0.0);
    }

    /// The deepest reduction since the last call, as a negative gain.
    fn take_reduction(&mut self) -> Db {
        Db(-std::mem::take(&mut self.deepest))
    }

    /// Gates a block in place. With `side_chain`, the detector hears it instead of the input.
    fn process(&mut self, left: &mut [f32], right: &mut [f32], side_chain: Option<[&[f32]; 2]>) {
        in_runs((left, right, side_chain), |(l, r, key)| self.run(l, r, key));
        self.detector.calm();
    }
}

impl Blueprint for GateSettings {
    const NAME: &'static str = "Gate";
    const SIDE_CHAIN: bool = true;

    type Processor = Gate;
    type Band = NoSettings;

    fn build(&self, setup: Setup<'_>) -> Gate {
        Gate::new(self, setup.rate)
    }

    fn structure(&self) -> (u64, u64) {
        (0, self.look_ahead.0.to_bits())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    const RATE: SampleRate = SampleRate(48_000);

    /// Gain of each frame for a tone that steps from level to level. Between the steps no sample is
    /// 0: the tone is set off by half a frame.
    fn gate(hz: f64, levels: &[(f64, usize)], settings: &GateSettings) -> Vec<f64> {
        let levels = levels.iter().flat_map(|(level, frames)| vec![Db(*level).factor(); *frames]);
        let x: Vec<f32> = levels
            .enumerate()
            .map(|(n, level)| (level * ((n as f64 + 0.5) * hz * TAU / 48_000.0).sin()) as f32)
            .collect();
        let (mut left, mut right) = (x.clone(), x.clone());
        let mut gate = Gate::new(settings, RATE);
        gate.process(&mut left, &mut right, None);
        let late = gate.latency().0;
        left[late..].iter().zip(&x).map(|(y, x)| f64::from(y / x)).collect()
    }

    #[test]
    fn it_opens_above_and_closes_lower() {
        let settings = GateSettings { look_ahead: Seconds(0.0), ..Default::default() };
        let half = 24_000;
        let levels = [(-60.0, half), (-40.0, half), (-48.0, half), (-60.0, 2 * half)];
        let y = gate(1000.0, &levels, &settings);
        assert!(y[half - 1] < 0.1, "shut: {}", y[half - 1]);
        assert_eq!(y[2 * half - 1], 1.0, "open");
        assert_eq!(y[3 * half - 1], 1.0, "still open 3 dB under the threshold");
        assert!(y[5 * half - 1] < 0.1, "shut again");
    }

    #[test]
    fn range_is_the_most_it_takes() {
        let settings =
            GateSettings { range: Db(12.0), look_ahead: Seconds(0.0), ..Default::default() };
        let y = gate(1000.0, &[(-85.0, 96_000)], &settings);
        assert!((Db::from_factor(y[95_999]).0 + 12.0).abs() < 0.01);
    }

    #[test]
    fn it_opens_and_closes_when_it_says() {
        let share = 1.0 - (-1.0f64).exp();
        let times = [(0.001, 0.01, 0.02), (0.003, 0.02, 0.05), (0.01, 0.04, 0.12), (0.1, 0.2, 0.4)];
        for hz in [50.0, 200.0, 1000.0, 5000.0] {
            for loud in [-6.0, -35.0] {
                for (attack, hold, release) in times {
                    let settings = GateSettings {
                        attack: Seconds(attack),
                        hold: Seconds(hold),
                        release: Seconds(release),
                        look_ahead: Seconds(0.0),
                        ..Default::default()
                    };
                    let before = (release * 4.8e5) as usize + 9600;
                    let open = (attack * 9.6e5) as usize + 9600;
                    let after = (release * 2.4e5) as usize + 24_000;
                    let y = gate(hz, &[(-70.0, before), (loud, open), (-70.0, after)], &settings);
                    let db = |n: usize| Db::from_factor(y[n]).0;
                    let shut = db(before - 100);
                    assert!((shut + 24.0).abs() < 0.01, "{shut}");
                    let reached = |from: usize, is: &dyn Fn(f64) -> bool| {
                        (from..y.len()).position(|n| is(db(n))).unwrap() as f64 / 48e3
                    };
                    let up = reached(before, &|gain| gain >= shut * (1.0 - share));
                    let down = reached(before + open, &|gain| gain <= shut * share);
                    let what = format!("{hz} {loud}: {up} {down} for {attack} {hold} {release}");
                    // A wave has to rise to the threshold first.
                    assert!((up - attack).abs() < attack * 0.05 + 0.06 / hz, "{what}");
                    assert!((down - hold - release).abs() < release * 0.05 + 0.000_1, "{what}");
                }
            }
        }
    }

    #[test]
    fn a_look_ahead_opens_sooner_and_closes_at_the_same_time() {
        let closed = |ahead| {
            let settings = GateSettings { look_ahead: Seconds(ahead), ..Default::default() };
            let y = gate(1000.0, &[(-70.0, 48_000), (-10.0, 9600), (-70.0, 24_000)], &settings);
            assert!((y[48_000] > 0.9) == (ahead > 0.0), "{}", y[48_000]);
            y.iter().skip(57_600).position(|gain| *gain < 0.5).unwrap()
        };
        assert_eq!(closed(0.0), closed(0.005));
    }

    #[test]
    fn without_a_hold_it_waits_for_half_a_period_at_most() {
        let settings = GateSettings { hold: Seconds(0.0), ..Default::default() };
        for hz in [50.0, 80.0, 1000.0] {
            let y = gate(hz, &[(-30.0, 48_000), (-90.0, 24_000)], &settings);
            assert!(y[9600..47_900].iter().all(|gain| *gain == 1.0), "{hz}: it chatters");
            assert!(y[48_000 + 600] < 1.0, "{hz}");
        }
    }
}
