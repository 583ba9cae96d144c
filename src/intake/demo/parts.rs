//! The parts of the demo song: drums, bass, guitars, keys and effects. Each function renders one
//! stem as a `Track` as long as the song.

use super::sound::{Noise, RATE_HZ, Track, envelope, pitch, pluck, sound};
use super::{BAR, BARS, BEAT};
use std::f64::consts::PI;

/// Root of each bar's chord as a MIDI note, and whether the chord is minor.
pub const CHORDS: [(i32, bool); BARS] = [
    (57, true),
    (53, false), // intro: Am F
    (57, true),
    (53, false),
    (48, false),
    (55, false),
    (57, true),
    (53, false), // verse
    (53, false),
    (55, false),
    (57, true),
    (48, false), // chorus: F G Am C
    (57, true),
    (53, false),
    (48, false),
    (55, false), // verse
    (53, false),
    (55, false),
    (57, true),
    (48, false), // chorus
    (50, true),
    (52, false), // bridge: Dm E
    (57, true),
    (53, false), // outro
];

/// The three MIDI notes of a chord: root, third, fifth.
pub fn chord((root, minor): (i32, bool)) -> [i32; 3] {
    [root, root + if minor { 3 } else { 4 }, root + 7]
}

fn is_chorus(bar: usize) -> bool {
    (8..12).contains(&bar) || (16..20).contains(&bar)
}

fn bars() -> impl Iterator<Item = (usize, (i32, bool))> {
    CHORDS.into_iter().enumerate()
}

fn beat_at(bar: usize, beat: f64) -> usize {
    bar * BAR + (beat * BEAT as f64) as usize
}

pub fn drums() -> Track {
    let mut track = Track::new();
    let mut phase = 0.0;
    let kick = sound(0.4, |t| {
        phase += (46.0 + 130.0 * (-t * 32.0).exp()) / RATE_HZ;
        ((2.0 * PI * phase).sin() * (-t * 8.0).exp() + (-t * 400.0).exp() * 0.3)
            * envelope(t, 0.4, 0.0008, 0.05)
    });
    let mut noise = Noise::new(2);
    let mut dull = 0.0;
    let snare = sound(0.32, |t| {
        dull += (noise.next() - dull) * 0.55;
        let body = (2.0 * PI * 188.0 * t).sin() * (-t * 24.0).exp();
        (dull * 1.1 * (-t * 15.0).exp() + body * 0.7) * envelope(t, 0.32, 0.0005, 0.04)
    });
    let mut cymbal = |seconds: f64, decay: f64| {
        let mut last = [0.0; 2];
        sound(seconds, |t| {
            let x = noise.next();
            let bright = x - 2.0 * last[0] + last[1];
            last = [x, last[0]];
            bright * 0.25 * (-t * decay).exp() * envelope(t, seconds, 0.0005, 0.02)
        })
    };
    let (closed, open, crash) = (cymbal(0.12, 55.0), cymbal(0.35, 11.0), cymbal(2.4, 2.0));
    for (bar, _) in bars().skip(1) {
        let (chorus, bridge) = (is_chorus(bar), (20..22).contains(&bar));
        let kicks: &[f64] = match (chorus, bridge) {
            (true, _) => &[0.0, 1.5, 2.0, 2.75],
            (_, true) => &[0.0],
            _ => &[0.0, 2.0, 2.5],
        };
        for (n, beat) in kicks.iter().enumerate() {
            track.add(beat_at(bar, *beat), &kick, if n == 0 { 0.95 } else { 0.8 }, 0.0);
        }
        if !bridge {
            for beat in [1.0, 3.0] {
                track.add(beat_at(bar, beat), &snare, 0.6, 0.05);
            }
        }
        for eighth in 0..8 {
            let accent = if eighth % 2 == 0 { 0.32 } else { 0.2 };
            let hat = if chorus && eighth == 7 { &open } else { &closed };
            track.add(beat_at(bar, f64::from(eighth) / 2.0), hat, accent, 0.35);
        }
        if [8, 16, 22].contains(&bar) {
            track.add(beat_at(bar, 0.0), &crash, 0.42, -0.3);
        }
        if [7, 15, 19].contains(&bar) {
            for (n, gain) in [0.3, 0.4, 0.5, 0.6].into_iter().enumerate() {
                track.add(beat_at(bar, 3.0 + n as f64 / 4.0), &snare, gain, 0.05);
            }
        }
    }
    track.reverberate(0.10, 0.62);
    track.peak_at(0.37);
    track
}

pub fn bass() -> Track {
    let mut track = Track::new();
    let note = |midi: i32, seconds: f64| {
        let frequency = pitch(midi);
        sound(seconds, |t| {
            let bright = 2.0 + 5.0 * (-t * 7.0).exp();
            let tone: f64 = (1..14)
                .map(|k| {
                    let k = f64::from(k);
                    (2.0 * PI * frequency * k * t).sin() / k * (-k / bright).exp()
                })
                .sum();
            tone * 1.3 * envelope(t, seconds, 0.004, 0.03) * (0.55 + 0.45 * (-t * 3.0).exp())
        })
    };
    for (bar, (root, _)) in bars().skip(2) {
        let root = if root > 52 { root - 24 } else { root - 12 };
        let line: &[(f64, f64, i32)] = if is_chorus(bar) {
            &[
                (0.0, 0.45, 0),
                (0.5, 0.45, 0),
                (1.0, 0.45, 0),
                (1.5, 0.45, 12),
                (2.0, 0.45, 0),
                (2.5, 0.45, 0),
                (3.0, 0.45, 7),
                (3.5, 0.45, 12),
            ]
        } else if bar >= 20 {
            &[(0.0, 3.6, 0)]
        } else {
            &[(0.0, 1.4, 0), (1.5, 0.45, 0), (2.0, 0.9, 0), (3.0, 0.45, 7), (3.5, 0.4, 5)]
        };
        for (beat, length, step) in line {
            track.add(beat_at(bar, *beat), &note(root + step, length * 0.625), 0.5, 0.0);
        }
    }
    track.peak_at(0.25);
    track
}

pub fn guitars() -> Track {
    let mut track = Track::new();
    for (bar, harmony) in bars() {
        let [root, third, fifth] = chord(harmony);
        let strings = [root - 12, fifth - 12, root, third, fifth, root + 12];
        let strums: &[(f64, f64)] = if is_chorus(bar) {
            &[
                (0.0, 1.0),
                (0.5, 0.6),
                (1.0, 0.9),
                (1.5, 0.6),
                (2.0, 1.0),
                (2.5, 0.7),
                (3.0, 0.9),
                (3.5, 0.7),
            ]
        } else if bar >= 20 {
            &[(0.0, 0.9)]
        } else {
            &[]
        };
        for (side, pan) in [-0.8, 0.8].into_iter().enumerate() {
            for (n, (beat, gain)) in strums.iter().enumerate() {
                for (string, note) in strings.into_iter().enumerate() {
                    let seed = (bar * 1000 + n * 60 + string * 7 + side) as u32 + 1;
                    let late = string * 500 + side * 300;
                    let ring = if bar >= 20 { 2.4 } else { 0.9 };
                    let string = pluck(pitch(note), ring, 0.5, 0.994, seed);
                    let driven: Vec<f64> = string.iter().map(|x| (x * 2.2).tanh()).collect();
                    track.add(beat_at(bar, *beat) + late, &driven, gain * 0.16, pan);
                }
            }
        }
        if !is_chorus(bar) && bar < 20 {
            let picked = [root, fifth, root + 12, third + 12, fifth, root + 12, third + 12, fifth];
            for (n, note) in picked.into_iter().enumerate() {
                let string = pluck(pitch(note), 1.1, 0.7, 0.996, (bar * 50 + n) as u32 + 9);
                let pan = if n % 2 == 0 { -0.55 } else { 0.55 };
                track.add(beat_at(bar, n as f64 / 2.0), &string, 0.42, pan);
            }
        }
    }
    track.reverberate(0.2, 0.74);
    track.peak_at(0.25);
    track
}

pub fn keys() -> Track {
    let mut track = Track::new();
    let note = |midi: i32, seconds: f64, hard: f64| {
        let frequency = pitch(midi);
        sound(seconds, |t| {
            let tine = (2.0 * PI * frequency * 14.0 * t).sin() * (-t * 14.0).exp() * 0.25 * hard;
            let body = (2.0 * PI * frequency * t).sin() * (0.9 * hard * (-t * 2.5).exp());
            let tremolo = 1.0 + 0.12 * (2.0 * PI * 4.8 * t).sin();
            (2.0 * PI * frequency * t + body + tine).sin()
                * (-t * 0.8).exp()
                * tremolo
                * envelope(t, seconds, 0.004, 0.2)
        })
    };
    for (bar, harmony) in bars() {
        let [root, third, fifth] = chord(harmony);
        let hits: &[(f64, f64)] =
            if is_chorus(bar) { &[(0.0, 1.4), (1.5, 1.0), (2.5, 1.4)] } else { &[(0.0, 3.9)] };
        for (beat, length) in hits {
            let voicing = [root, fifth, root + 12, third + 12, fifth + 12];
            for (n, midi) in voicing.into_iter().enumerate() {
                let pan = (n as f64 - 2.0) * 0.22;
                let at = beat_at(bar, *beat) + n * 220;
                track.add(at, &note(midi, length * 0.625, 0.8), 0.2, pan);
            }
        }
    }
    track.reverberate(0.22, 0.78);
    track.peak_at(0.2);
    track
}

pub fn effects() -> Track {
    let mut track = Track::new();
    let wind = |seconds: f64, from: f64, to: f64, seed: u32| {
        let mut noise = Noise::new(seed);
        let mut state = [0.0; 2];
        sound(seconds, |t| {
            let rise = t / seconds;
            let frequency = from * (to / from).powf(rise);
            // A swept state-variable band-pass.
            let f = 2.0 * (PI * frequency / RATE_HZ).sin();
            let high = noise.next() - state[0] - 0.35 * state[1];
            state[1] += f * high;
            state[0] += f * state[1];
            state[1] * envelope(t, seconds, seconds * 0.5, 0.02)
        })
    };
    for bar in [8, 16] {
        let riser = wind(5.0, 300.0, 6000.0, bar as u32);
        track.add(beat_at(bar - 2, 0.0), &riser, 0.22, -0.5);
        let riser = wind(5.0, 320.0, 5600.0, bar as u32 + 50);
        track.add(beat_at(bar - 2, 0.0), &riser, 0.22, 0.5);
        let boom = sound(2.2, |t| {
            (2.0 * PI * (38.0 + 14.0 * (-t * 5.0).exp()) * t).sin()
                * (-t * 2.2).exp()
                * envelope(t, 2.2, 0.003, 0.3)
        });
        track.add(beat_at(bar, 0.0), &boom, 0.5, 0.0);
    }
    for (bar, pan) in [(0, -0.7), (0, 0.7), (20, 0.6), (21, -0.6)] {
        let air = wind(4.8, 500.0, 900.0, bar as u32 + 77 + (pan > 0.0) as u32);
        track.add(beat_at(bar, 0.0), &air, 0.10, pan);
    }
    track.reverberate(0.6, 0.84);
    track.peak_at(0.14);
    track
}
