//! Measures the CPU cost of the processors.

use crate::page::Page;
use std::time::Instant;
use stemwright::dsp::chain::{Chain, Kind, ProcessorSettings, Slot};
use stemwright::dsp::eq::{Band, Shape};
use stemwright::dsp::limiter::{Limiter, LimiterSettings};
use stemwright::units::{Db, Hz, SampleRate};

const RATE: SampleRate = SampleRate(48_000);

fn noise(seconds: usize, seed: u32) -> Vec<f32> {
    let mut state = seed;
    (0..seconds * 48_000)
        .map(|n| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let swell = 0.3 + 0.7 * ((n as f32) * 0.0002).sin().abs();
            ((state >> 8) as f32 / 8_388_608.0 - 1.0) * 0.25 * swell
        })
        .collect()
}

/// An equaliser with four typical bands.
fn eq() -> Slot {
    let mut slot = Slot::new(Kind::Eq);
    if let ProcessorSettings::Eq(settings) = &mut slot.processor {
        let band =
            |shape, hz, gain| Band { shape, frequency: Hz(hz), gain: Db(gain), ..Band::default() };
        settings.bands = vec![
            band(Shape::HighPass, 80.0, 0.0),
            band(Shape::Bell, 400.0, -2.5),
            band(Shape::Bell, 3400.0, 2.0),
            band(Shape::HighShelf, 9000.0, 3.0),
        ];
    }
    slot
}

fn slot(kind: Kind) -> Slot {
    if kind == Kind::Eq {
        return eq();
    }
    let mut slot = Slot::new(kind);
    match &mut slot.processor {
        ProcessorSettings::Stereo(s) => s.width = 1.2,
        ProcessorSettings::Transient(s) => s.attack = Db(3.0),
        _ => {}
    }
    slot
}

/// Nanoseconds per frame in blocks of 512, best of five runs.
fn cost(mut process: impl FnMut(&mut [f32], &mut [f32])) -> f64 {
    let (left, right) = (noise(4, 1), noise(4, 2));
    (0..5)
        .map(|_| {
            let (mut l, mut r) = (left.clone(), right.clone());
            let begun = Instant::now();
            for (l, r) in l.chunks_mut(512).zip(r.chunks_mut(512)) {
                process(l, r);
            }
            begun.elapsed().as_secs_f64() * 1e9 / left.len() as f64
        })
        .fold(f64::INFINITY, f64::min)
}

fn chain_cost(slots: &[Slot]) -> f64 {
    let mut chain = Chain::new(slots, RATE);
    cost(|l, r| chain.process(l, r, &[], false, stemwright::units::SongFrame(0)))
}

pub fn speed(page: &mut Page) {
    page.heading("Cost, stereo at 48 kHz");
    let frame = 1e9 / 48_000.0;
    let mut rows = Vec::new();
    let mut row = |name: &str, ns: f64| {
        let share = ns / frame * 100.0;
        rows.push(vec![name.to_string(), format!("{ns:.0} ns"), format!("{share:.2} %")]);
    };
    for kind in Kind::ALL {
        row(kind.name(), chain_cost(&[slot(kind)]));
    }
    let mut limiter = Limiter::new(&LimiterSettings::at(Db(-12.0)), RATE);
    let limiting = cost(|l, r| limiter.process(l, r));
    row("Limiter, at work", limiting);
    let stem =
        [Kind::Eq, Kind::Compressor, Kind::DeEsser, Kind::Saturation, Kind::Stereo].map(slot);
    let one = chain_cost(&stem);
    let mix =
        [Kind::Eq, Kind::Compressor, Kind::Multiband, Kind::Saturation, Kind::Stereo, Kind::Clip];
    let master = chain_cost(&mix.map(slot)) + limiting;
    row("A stem: EQ, compressor, de-esser, saturation, width", one);
    row("The master: six processors and limiter", master);
    row("Eight such stems and the master", 8.0 * one + master);
    page.table(&["processor", "for a frame", "of one core"], &rows);
}
