//! Sweeps tones through what bends the waveform, and looks for what is no harmonic of them.

use crate::page::Page;
use realfft::RealFftPlanner;
use std::f64::consts::TAU;
use stemwright::dsp::clip::{Clip, ClipSettings};
use stemwright::dsp::processor::Processor;
use stemwright::dsp::saturation::{Saturation, SaturationSettings, ShaperCurve};
use stemwright::units::{Db, SampleRate};

const RATES: [u32; 3] = [44_100, 48_000, 96_000];
/// A prime, so that no alias of a tone that repeats after so many frames is one of its harmonics.
const PERIOD: usize = 4001;

/// The strongest line from 20 Hz to 20 kHz that is no harmonic of the tone on line `tone`, in dB
/// relative to it.
fn alias(rate: u32, tone: usize, processor: &mut impl Processor) -> f64 {
    let turn = |n: usize| (TAU * ((n * tone) % PERIOD) as f64 / PERIOD as f64).sin() as f32;
    let mut left: Vec<f32> = (0..17 * PERIOD).map(turn).collect();
    let mut right = left.clone();
    processor.process(&mut left, &mut right, None);
    let fft = RealFftPlanner::<f64>::new().plan_fft_forward(PERIOD);
    let mut time: Vec<f64> = left[16 * PERIOD..].iter().map(|x| f64::from(*x)).collect();
    let mut lines = fft.make_output_vec();
    fft.process(&mut time, &mut lines).expect("lengths fit");
    let width = f64::from(rate) / PERIOD as f64;
    let heard = (20.0 / width).ceil() as usize..=(20_000.0 / width) as usize;
    let aliases = heard.filter(|k| k % tone != 0).map(|k| lines[k].norm());
    Db::from_factor(aliases.fold(0.0, f64::max) / lines[tone].norm()).0
}

/// The worst of the tones from 100 Hz to 15 kHz.
fn worst<P: Processor>(rate: u32, build: impl Fn(SampleRate) -> P) -> String {
    let line = |hz: f64| (hz * PERIOD as f64 / f64::from(rate)) as usize;
    let tones =
        (line(100.0)..line(3000.0)).step_by(31).chain((line(3000.0)..line(15_000.0)).step_by(7));
    let levels = tones.map(|tone| alias(rate, tone, &mut build(SampleRate(rate))));
    format!("{:.1} dB", levels.fold(f64::NEG_INFINITY, f64::max))
}

pub fn aliases(page: &mut Page) {
    page.heading(
        "Saturation and clipper: worst alias below 20 kHz, under a tone of 100 Hz to 15 kHz",
    );
    page.add("The tone is at 0 dBFS, 20 dB over where it saturates or over the ceiling.");
    let mut rows = Vec::new();
    for curve in ShaperCurve::ALL {
        let settings = SaturationSettings { drive: Db(20.0), curve, ..Default::default() };
        let at = |rate| worst(rate, |rate| Saturation::new(&settings, rate));
        rows.push([format!("{curve:?}")].into_iter().chain(RATES.map(at)).collect());
    }
    for knee in [0.0, 0.3, 1.0, 3.0, 6.0, 12.0] {
        let settings = ClipSettings { ceiling: Db(-20.0), knee: Db(knee) };
        let at = |rate| worst(rate, |_| Clip::new(&settings));
        let name = format!("Clipper, knee of {knee} dB");
        rows.push([name].into_iter().chain(RATES.map(at)).collect());
    }
    let names = RATES.map(|rate| SampleRate(rate).to_string());
    let mut head = vec!["curve"];
    head.extend(names.iter().map(String::as_str));
    page.table(&head, &rows);
    page.add("\nAt eight times the rate they were −27 to −45 dB at 44.1 kHz.");
}
