//! The demo's singers: a glottal pulse train filtered by the formants of vowels.

use super::parts::{CHORDS, chord};
use super::sound::{Noise, RATE_HZ, Resonator, Track, envelope, pitch};
use super::{BAR, BEAT};
use std::f64::consts::PI;

/// Explicit words in the lead, which the clean version hides: bar, and length in beats.
pub const EXPLICIT: [(f64, f64); 3] = [(5.0, 0.75), (11.0, 1.0), (18.5, 0.75)];

#[derive(Clone, Copy)]
enum Vowel {
    Ah,
    Eh,
    Ee,
    Oh,
    Oo,
}

/// Centre in Hz, bandwidth in Hz and level of a tenor's four formants.
fn formants(vowel: Vowel) -> [(f64, f64, f64); 4] {
    match vowel {
        Vowel::Ah => {
            [(650.0, 80.0, 1.0), (1080.0, 90.0, 0.5), (2650.0, 120.0, 0.45), (2900.0, 130.0, 0.4)]
        }
        Vowel::Eh => {
            [(400.0, 70.0, 1.0), (1700.0, 80.0, 0.2), (2600.0, 100.0, 0.25), (3200.0, 120.0, 0.2)]
        }
        Vowel::Ee => {
            [(290.0, 40.0, 1.0), (1870.0, 90.0, 0.18), (2800.0, 100.0, 0.13), (3250.0, 120.0, 0.1)]
        }
        Vowel::Oh => {
            [(400.0, 40.0, 1.0), (800.0, 80.0, 0.32), (2600.0, 100.0, 0.25), (2800.0, 120.0, 0.25)]
        }
        Vowel::Oo => {
            [(350.0, 40.0, 1.0), (600.0, 60.0, 0.1), (2700.0, 100.0, 0.14), (2900.0, 120.0, 0.2)]
        }
    }
}

/// One sung note.
struct Sung {
    frequency: f64,
    seconds: f64,
    vowel: Vowel,
    /// Level of a hiss before the vowel, like an s or a t.
    consonant: f64,
    seed: u32,
}

impl Sung {
    fn sound(&self) -> Vec<f64> {
        let mut noise = Noise::new(self.seed);
        let mut bank = formants(self.vowel)
            .map(|(centre, width, level)| (Resonator::new(centre, width), level));
        let mut hiss = Resonator::new(6200.0, 2400.0);
        let (mut phase, mut dull) = (0.0, 0.0);
        let onset = if self.consonant > 0.0 { 0.05 } else { 0.0 };
        super::sound::sound(self.seconds, |t| {
            let vibrato = 0.012 * (2.0 * PI * 5.4 * t).sin() * (t * 2.5 - 0.4).clamp(0.0, 1.0);
            let scoop = -0.03 * (-t * 22.0).exp();
            phase = (phase + self.frequency * (1.0 + vibrato + scoop) / RATE_HZ) % 1.0;
            // Glottal flow: open for six tenths of a period, then closed.
            let flow = if phase < 0.6 { (PI * phase / 0.6).sin().powi(2) } else { 0.0 };
            let breath = noise.next() * 0.03;
            let voiced = flow - dull + breath;
            dull = flow;
            let tone: f64 =
                bank.iter_mut().map(|(filter, level)| filter.tick(voiced) * *level).sum();
            let sung = tone * envelope(t - onset, self.seconds - onset, 0.03, 0.09);
            let burst = hiss.tick(noise.next()) * self.consonant * envelope(t, 0.075, 0.01, 0.04);
            sung * 14.0 + burst
        })
    }
}

/// Beat in the phrase, length in beats, MIDI note, vowel, level of the consonant.
type Note = (f64, f64, i32, Vowel, f64);

const VERSE: [Note; 12] = [
    (0.5, 0.5, 64, Vowel::Ee, 0.5),
    (1.0, 0.5, 64, Vowel::Ah, 0.0),
    (1.5, 1.0, 67, Vowel::Oh, 0.3),
    (2.5, 1.2, 64, Vowel::Eh, 0.4),
    (4.0, 0.75, 65, Vowel::Ah, 0.5),
    (4.75, 0.75, 64, Vowel::Ee, 0.2),
    (5.5, 1.8, 60, Vowel::Oo, 0.4),
    (8.0, 0.5, 60, Vowel::Ah, 0.5),
    (8.5, 0.5, 62, Vowel::Ee, 0.0),
    (9.0, 1.5, 64, Vowel::Oh, 0.4),
    (12.0, 0.75, 62, Vowel::Eh, 0.8),
    (13.0, 2.4, 59, Vowel::Ah, 0.3),
];

const CHORUS: [Note; 11] = [
    (0.0, 1.4, 69, Vowel::Ah, 0.4),
    (1.5, 0.5, 69, Vowel::Ee, 0.2),
    (2.0, 1.9, 72, Vowel::Oh, 0.0),
    (4.0, 1.4, 71, Vowel::Ah, 0.5),
    (5.5, 0.5, 69, Vowel::Eh, 0.0),
    (6.0, 1.9, 67, Vowel::Oo, 0.3),
    (8.0, 1.4, 69, Vowel::Ah, 0.4),
    (9.5, 0.5, 72, Vowel::Ee, 0.2),
    (10.0, 1.8, 76, Vowel::Ah, 0.0),
    (12.0, 1.0, 72, Vowel::Oh, 0.9),
    (13.0, 2.6, 67, Vowel::Ah, 0.2),
];

fn sing(track: &mut Track, bar: usize, notes: &[Note], until: f64) {
    for (n, (beat, length, midi, vowel, consonant)) in notes.iter().enumerate() {
        if *beat >= until {
            continue;
        }
        let sung = Sung {
            frequency: pitch(*midi - 12),
            seconds: length * BEAT as f64 / RATE_HZ,
            vowel: *vowel,
            consonant: *consonant,
            seed: (bar * 40 + n) as u32 + 3,
        };
        let at = bar * BAR + (beat * BEAT as f64) as usize;
        track.add(at, &sung.sound(), 0.6, 0.0);
    }
}

pub fn lead() -> Track {
    let mut track = Track::new();
    sing(&mut track, 2, &VERSE, 16.0);
    sing(&mut track, 6, &VERSE, 8.0);
    sing(&mut track, 8, &CHORUS, 16.0);
    sing(&mut track, 12, &VERSE, 16.0);
    sing(&mut track, 16, &CHORUS, 16.0);
    sing(&mut track, 20, &CHORUS, 6.0);
    track.reverberate(0.12, 0.72);
    track.peak_at(0.3);
    track
}

pub fn backing() -> Track {
    let mut track = Track::new();
    let choruses = (8..12).chain(16..20);
    for (bar, harmony) in choruses.filter_map(|bar| Some((bar, *CHORDS.get(bar)?))) {
        for (voice, note) in chord(harmony).into_iter().enumerate() {
            for (side, pan) in [-0.7, 0.7].into_iter().enumerate() {
                let detune = 1.0 + (side as f64 - 0.5) * 0.006 + voice as f64 * 0.001;
                let sung = Sung {
                    frequency: pitch(note) * detune,
                    seconds: 2.45,
                    vowel: if bar % 2 == 0 { Vowel::Oo } else { Vowel::Ah },
                    consonant: 0.0,
                    seed: (bar * 10 + voice * 2 + side) as u32 + 400,
                };
                track.add(bar * BAR + voice * 400 + side * 700, &sung.sound(), 0.3, pan);
            }
        }
    }
    track.reverberate(0.3, 0.8);
    track.peak_at(0.16);
    track
}
