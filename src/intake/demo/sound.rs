//! Building blocks of the demo's instruments: the stereo `Track`, noise, delay lines, resonators,
//! envelopes and plucked strings. Frequencies are in Hz, durations in seconds, positions in frames
//! at 48 kHz.

use super::{LENGTH, RATE};
use std::f64::consts::PI;

pub const RATE_HZ: f64 = RATE as f64;

/// A stereo track as long as the song, one buffer per channel.
pub struct Track {
    pub left: Vec<f32>,
    pub right: Vec<f32>,
}

impl Track {
    pub fn new() -> Self {
        Self { left: vec![0.0; LENGTH], right: vec![0.0; LENGTH] }
    }

    /// Mixes in a mono sound at frame `at`. `pan` goes from −1 (left) to +1 (right) with constant
    /// power.
    pub fn add(&mut self, at: usize, sound: &[f64], gain: f64, pan: f64) {
        let angle = (pan + 1.0) * PI / 4.0;
        let (left, right) = (angle.cos() * gain, angle.sin() * gain);
        let room = self.left.iter_mut().zip(&mut self.right).skip(at);
        for ((l, r), x) in room.zip(sound) {
            *l += (x * left) as f32;
            *r += (x * right) as f32;
        }
    }

    pub fn add_track(&mut self, other: &Track) {
        for (own, other) in [(&mut self.left, &other.left), (&mut self.right, &other.right)] {
            for (own, other) in own.iter_mut().zip(other) {
                *own += other;
            }
        }
    }

    /// Scales the track to a sample peak of `peak` (linear).
    pub fn peak_at(&mut self, peak: f32) {
        let most = self.left.iter().chain(&self.right).fold(1e-9f32, |m, x| m.max(x.abs()));
        for x in self.left.iter_mut().chain(&mut self.right) {
            *x *= peak / most;
        }
    }

    pub fn round_to_24_bits(&mut self) {
        for x in self.left.iter_mut().chain(&mut self.right) {
            *x = ((f64::from(*x) * 8_388_608.0).round() / 8_388_608.0) as f32;
        }
    }

    /// Adds a reverb: four combs and two all-passes per side (M. R. Schroeder, *Natural sounding
    /// artificial reverberation*, JAES 10/3, 1962), with the delay times of Freeverb.
    pub fn reverberate(&mut self, wet: f32, feedback: f64) {
        let send: Vec<f64> =
            self.left.iter().zip(&self.right).map(|(l, r)| f64::from(l + r) / 2.0).collect();
        for (side, spread) in [(&mut self.left, 0), (&mut self.right, 23)] {
            let mut hall = vec![0.0; send.len()];
            for delay in [1116, 1277, 1422, 1617] {
                let mut line = Line::new(delay + spread);
                let mut dull = 0.0;
                for (out, x) in hall.iter_mut().zip(&send) {
                    let y = line.read();
                    dull += (y - dull) * 0.55;
                    line.write(x + dull * feedback);
                    *out += y / 4.0;
                }
            }
            for delay in [556, 225] {
                let mut line = Line::new(delay + spread);
                for x in &mut hall {
                    let y = line.read();
                    let into = *x + y * 0.5;
                    line.write(into);
                    *x = y - into * 0.5;
                }
            }
            for (out, x) in side.iter_mut().zip(hall) {
                *out += x as f32 * wet;
            }
        }
    }
}

/// A delay line of fixed length. Read before each write.
pub struct Line {
    values: Vec<f64>,
    at: usize,
}

impl Line {
    pub fn new(length: usize) -> Self {
        Self { values: vec![0.0; length.max(1)], at: 0 }
    }

    pub fn filled(values: Vec<f64>) -> Self {
        Self { values, at: 0 }
    }

    pub fn read(&self) -> f64 {
        self.values.get(self.at).copied().unwrap_or(0.0)
    }

    pub fn write(&mut self, x: f64) {
        if let Some(value) = self.values.get_mut(self.at) {
            *value = x;
        }
        self.at = (self.at + 1) % self.values.len();
    }
}

/// Noise from −1 to 1. The same seed gives the same noise.
pub struct Noise(u32);

impl Noise {
    pub fn new(seed: u32) -> Self {
        Self(seed.wrapping_mul(2_654_435_761) | 1)
    }

    pub fn next(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        f64::from(self.0) / f64::from(u32::MAX) * 2.0 - 1.0
    }
}

/// A two-pole resonator with unity gain at its centre.
pub struct Resonator {
    a: [f64; 2],
    gain: f64,
    y: [f64; 2],
}

impl Resonator {
    pub fn new(frequency: f64, bandwidth: f64) -> Self {
        let r = (-PI * bandwidth / RATE_HZ).exp();
        let w = 2.0 * PI * frequency / RATE_HZ;
        let gain = (1.0 - r) * (1.0 - 2.0 * r * (2.0 * w).cos() + r * r).sqrt();
        Self { a: [2.0 * r * w.cos(), -r * r], gain, y: [0.0; 2] }
    }

    pub fn tick(&mut self, x: f64) -> f64 {
        let y = self.gain * x + self.a[0] * self.y[0] + self.a[1] * self.y[1];
        self.y = [y, self.y[0]];
        y
    }
}

/// Renders `f`, a function of time in seconds, for `seconds`.
pub fn sound(seconds: f64, mut f: impl FnMut(f64) -> f64) -> Vec<f64> {
    (0..(seconds * RATE_HZ) as usize).map(|n| f(n as f64 / RATE_HZ)).collect()
}

/// Frequency of a MIDI note in Hz (A4, note 69, is 440 Hz).
pub fn pitch(note: i32) -> f64 {
    440.0 * 2f64.powf(f64::from(note - 69) / 12.0)
}

/// Envelope at time `t`: rises from 0 to 1 over `attack` seconds, falls to 0 over the last
/// `release` seconds of `length`.
pub fn envelope(t: f64, length: f64, attack: f64, release: f64) -> f64 {
    (t / attack).min((length - t) / release).clamp(0.0, 1.0)
}

/// A plucked string (K. Karplus and A. Strong, *Digital synthesis of plucked-string and drum
/// timbres*, Computer Music Journal 7/2, 1983).
pub fn pluck(frequency: f64, seconds: f64, bright: f64, damp: f64, seed: u32) -> Vec<f64> {
    let period = RATE_HZ / frequency - 0.5;
    let length = period as usize;
    let rest = period - length as f64;
    let mut noise = Noise::new(seed);
    let mut dull = 0.0;
    let start = (0..length).map(|_| {
        dull += (noise.next() - dull) * bright;
        dull
    });
    let mut line = Line::filled(start.collect());
    let (mut last, mut tuned) = (0.0, 0.0);
    sound(seconds, |t| {
        let x = line.read();
        let mean = (x + last) / 2.0;
        last = x;
        // A first-order all-pass provides the fractional part of the period.
        let fraction = (1.0 - rest) / (1.0 + rest);
        let out = fraction * mean + tuned;
        tuned = mean - fraction * out;
        line.write(out * damp);
        x * envelope(t, seconds, 0.0005, 0.03)
    })
}
