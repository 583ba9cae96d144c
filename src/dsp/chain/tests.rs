//! Properties of every processor, for all settings and inputs.

use super::*;
use crate::dsp::dynamic_eq::DynamicBand;
use crate::dsp::eq::{Band, EqSettings, Placement, Shape, Slope};
use crate::dsp::parameter::Settings;
use crate::units::Hz;
use proptest::prelude::*;

/// Settings of any kind with random values in range.
fn processors() -> impl Strategy<Value = ProcessorSettings> {
    let positions = prop::collection::vec(0.0..=1.0f64, 16);
    (0..Kind::ALL.len(), positions, prop::collection::vec(bands(), 0..8)).prop_map(
        |(kind, positions, bands)| {
            let mut settings = ProcessorSettings::of(Kind::ALL[kind]);
            let own = settings.values().into_iter().filter(|value| value.place.band.is_none());
            for (value, position) in own.zip(&positions) {
                settings.put(value.place, value.info.value(*position));
            }
            match &mut settings {
                // Linear-phase filters have their own tests.
                ProcessorSettings::Eq(s) => (s.bands, s.linear_phase) = (bands, false),
                ProcessorSettings::DynamicEq(s) => {
                    let band = |b: &Band| {
                        let range = Db(b.gain.0.clamp(-24.0, 12.0));
                        DynamicBand { frequency: b.frequency, range, ..Default::default() }
                            .clamped()
                    };
                    s.bands = bands.iter().take(4).map(band).collect();
                }
                ProcessorSettings::Multiband(s) => {
                    for (band, position) in s.bands.iter_mut().zip(&positions) {
                        band.threshold = Db(-60.0 * position);
                    }
                }
                _ => {}
            }
            settings
        },
    )
}

fn bands() -> impl Strategy<Value = Band> {
    (0..7usize, 0..6usize, 0..5usize, 10.0..20_000.0f64, -24.0..24.0f64, 0.1..24.0f64).prop_map(
        |(shape, slope, placement, frequency, gain, q)| Band {
            on: true,
            shape: Shape::ALL[shape],
            slope: Slope::ALL[slope],
            placement: Placement::ALL[placement],
            frequency: Hz(frequency),
            gain: Db(gain),
            q,
        },
    )
}

fn rates() -> impl Strategy<Value = SampleRate> {
    prop::sample::select(vec![44_100, 48_000, 96_000, 192_000]).prop_map(SampleRate)
}

/// Noise with bursts.
fn noise(count: usize, level: f32, seed: u32) -> Vec<f32> {
    let mut state = seed;
    (0..count)
        .map(|n| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let burst = if (n / 500) % 3 == 0 { 1.0 } else { 0.05 };
            ((state >> 8) as f32 / 8_388_608.0 - 1.0) * level * burst
        })
        .collect()
}

fn run(chain: &mut Chain, x: &[f32], y: &[f32], block: usize) -> [Vec<f32>; 2] {
    let (mut left, mut right) = (x.to_vec(), y.to_vec());
    for (n, (l, r)) in left.chunks_mut(block).zip(right.chunks_mut(block)).enumerate() {
        chain.process(l, r, &[], false, SongFrame((n * block) as i64));
    }
    [left, right]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn no_input_makes_a_number_that_is_none_and_all_stays_bounded(
        processor in processors(),
        rate in rates(),
        level in prop::sample::select(vec![1e-30f32, 1e-3, 1.0, 100.0, 1e30]),
    ) {
        let mut chain = Chain::new(&[Slot::with(processor)], rate);
        let (x, y) = (noise(6000, level, 1), noise(6000, level, 2));
        let out = run(&mut chain, &x, &y, 512);
        let most = out.iter().flatten().fold(0.0f32, |most, v| most.max(v.abs()));
        prop_assert!(out.iter().flatten().all(|v| v.is_finite()));
        // Eight bands of 24 dB, each with as much again for its resonance.
        prop_assert!(level > 1.0 || most <= 1e6 * level.max(1e-3), "{most}");
    }

    #[test]
    fn the_block_size_does_not_matter(
        processor in processors(),
        block in 1usize..900,
    ) {
        let (x, y) = (noise(4000, 0.5, 3), noise(4000, 0.4, 4));
        let make = || Chain::new(&[Slot::with(processor.clone())], SampleRate(48_000));
        prop_assert_eq!(run(&mut make(), &x, &y, block), run(&mut make(), &x, &y, 4000));
    }

    #[test]
    fn off_is_a_delay_and_nothing_else(processor in processors(), rate in rates()) {
        let slot = Slot { on: false, ..Slot::with(processor) };
        let mut chain = Chain::new(&[slot], rate);
        let (x, y) = (noise(6000, 0.5, 5), noise(6000, 0.4, 6));
        let late = chain.latency().0;
        prop_assert!(late < 5000);
        let [left, right] = run(&mut chain, &x, &y, 333);
        prop_assert_eq!(&left[late..], &x[..6000 - late]);
        prop_assert_eq!(&right[late..], &y[..6000 - late]);
    }

    #[test]
    fn silence_stays_silence(processor in processors(), rate in rates()) {
        let mut chain = Chain::new(&[Slot::with(processor)], rate);
        let out = run(&mut chain, &[0.0; 3000], &[0.0; 3000], 256);
        prop_assert!(out.iter().flatten().all(|v| *v == 0.0));
    }

    #[test]
    fn settings_survive_json(processor in processors(), on: bool) {
        let slot = Slot { on, ..Slot::with(processor) };
        let text = serde_json::to_string(&slot).unwrap();
        prop_assert_eq!(serde_json::from_str::<Slot>(&text).unwrap(), slot);
    }

    #[test]
    fn a_switch_makes_no_click(processor in processors()) {
        // A slow sine, switched off and on again: no steps larger than those of the sine itself.
        let kind = processor.kind();
        prop_assume!(!matches!(kind, Kind::Delay | Kind::Clip | Kind::Saturation));
        let x: Vec<f32> = (0..48_000).map(|n| 0.3 * (n as f32 * 0.01).sin()).collect();
        let mut slot = Slot::with(processor);
        let mut chain = Chain::new(std::slice::from_ref(&slot), SampleRate(48_000));
        let (mut left, mut right) = (x.clone(), x.clone());
        for (n, (l, r)) in left.chunks_mut(480).zip(right.chunks_mut(480)).enumerate() {
            if n == 60 || n == 80 {
                slot.on = !slot.on;
                chain.set(std::slice::from_ref(&slot), None);
            }
            chain.process(l, r, &[], false, SongFrame(n as i64 * 480));
        }
        let steepest = |y: &[f32]| y.windows(2).map(|w| (w[1] - w[0]).abs()).fold(0.0, f32::max);
        let loudest = left[20_000..].iter().fold(0.3f32, |most, v| most.max(v.abs()));
        let before = steepest(&left[20_000..28_000]);
        prop_assert!(steepest(&left[28_000..]) < before + 0.02 * loudest + 0.004);
    }
}

#[test]
fn a_comparison_is_as_loud_as_the_processed_sound() {
    let rate = SampleRate(48_000);
    let mut slot = Slot::new(Kind::Eq);
    let ProcessorSettings::Eq(eq) = &mut slot.processor else { panic!() };
    eq.bands.push(Band { shape: Shape::HighShelf, gain: Db(12.0), ..Band::default() });
    let mut chain = Chain::new(std::slice::from_ref(&slot), rate);
    let x = noise(48_000 * 20, 0.3, 7);
    let (mut left, mut right) = (x.clone(), x.clone());
    let half = x.len() / 2;
    for (n, (l, r)) in left.chunks_mut(480).zip(right.chunks_mut(480)).enumerate() {
        if n * 480 == half {
            let compared = Some(Comparison { slot: 0, hears: Hearing::Input });
            chain.set(std::slice::from_ref(&slot), compared);
        }
        chain.process(l, r, &[], true, SongFrame(0));
    }
    let loudness = |from: usize| {
        let mut meter = crate::dsp::loudness::LoudnessMeter::new(2, rate).unwrap();
        meter.process(&left[from..from + half - 48_000], &right[from..from + half - 48_000]);
        meter.reading().integrated
    };
    let apart = loudness(0) - loudness(half + 24_000);
    assert!(apart.0.abs() < 0.5, "{apart:?}");
}

#[test]
fn what_a_processor_takes_away_is_its_input_less_its_output() {
    let slot = Slot { on: true, ..Slot::new(Kind::Saturation) };
    let rate = SampleRate(48_000);
    let x = noise(48_000, 0.3, 7);
    let play = |comparing| {
        let mut chain = Chain::new(std::slice::from_ref(&slot), rate);
        chain.set(std::slice::from_ref(&slot), comparing);
        let (mut left, mut right) = (x.clone(), x.clone());
        chain.process(&mut left, &mut right, &[], true, SongFrame(0));
        assert_eq!(left, right);
        (left, chain.latency().0)
    };
    let (output, late) = play(None);
    let (taken, _) = play(Some(Comparison { slot: 0, hears: Hearing::Difference }));
    for n in 4800..x.len() {
        assert!((taken[n] - (x[n - late] - output[n])).abs() < 1e-6, "{n}");
    }
    assert!(taken[4800..].iter().any(|v| v.abs() > 0.02));
}

#[test]
fn a_key_keeps_step_with_what_it_ducks() {
    let rate = SampleRate(48_000);
    let mut ducker = Slot::new(Kind::Compressor);
    ducker.side_chain = Some(SideChainId(9));
    let mut chain = Chain::new(&[Slot::new(Kind::Saturation), ducker.clone()], rate);
    let late = chain.latency().0;
    let side_chain: Vec<f32> = (0..9600).map(|n| if n >= 4800 { 0.9 } else { 0.0 }).collect();
    let (mut left, mut right) = (vec![0.05f32; 9600], vec![0.05f32; 9600]);
    let side_chains = [SideChain { id: SideChainId(9), left: &side_chain, right: &side_chain }];
    chain.process(&mut left, &mut right, &side_chains, false, SongFrame(0));
    let before = left[4000 + late];
    let fallen = left.iter().skip(4000).position(|v| *v < before * 0.99).unwrap() + 4000;
    assert!((4800 + late..4800 + late + 200).contains(&fallen), "{fallen} {late}");
    let mut alone = Chain::new(&[ducker], rate);
    let (mut left, mut right) = (vec![0.9f32; 4800], vec![0.9f32; 4800]);
    alone.process(&mut left, &mut right, &[], false, SongFrame(0));
    assert!(left.iter().all(|v| *v == 0.9), "a side_chain that is not there ducks nothing");
}

#[test]
fn what_nothing_reaches_does_no_work_and_wakes_with_the_sound() {
    let rate = SampleRate(48_000);
    let linear =
        EqSettings { bands: vec![Band { gain: Db(3.0), ..Band::default() }], linear_phase: true };
    let kinds = Kind::ALL.map(Slot::new).into_iter();
    for slot in kinds.chain([Slot::with(ProcessorSettings::Eq(linear))]) {
        let slots = [slot];
        let mut benches = Vec::new();
        let mut live = Chain::live(&slots, rate, &mut benches);
        while benches.iter_mut().any(|bench| bench.work()) {}
        let mut file = Chain::new(&slots, rate);
        let name = slots[0].kind().name();
        let x = noise(96_000, 0.5, 7);
        let (heard, wanted) = (run(&mut live, &x, &x, 256), run(&mut file, &x, &x, 256));
        assert_eq!(heard, wanted, "{name}");
        assert_eq!(live.at_work(), 1, "{name}");
        // With default settings, processors forget within thirty seconds.
        let silent = vec![0.0; 32 * 48_000];
        let (heard, _) =
            (run(&mut live, &silent, &silent, 256), run(&mut file, &silent, &silent, 256));
        assert_eq!(live.at_work(), 0, "{name}");
        assert!(heard.iter().all(|side| side[31 * 48_000..].iter().all(|x| *x == 0.0)));
        assert_eq!(file.at_work(), 1, "{name}: files are made without a rest");
        let (heard, wanted) = (run(&mut live, &x, &x, 256), run(&mut file, &x, &x, 256));
        assert_eq!(live.at_work(), 1, "{name}");
        let off = heard[0].iter().zip(&wanted[0]).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        // A thousandth of a decibel of 0.5.
        assert!(off < 5.8e-5, "{name}: {off}");
    }
}

#[test]
fn kernels_that_are_made_elsewhere_sound_like_those_that_are_made_at_once() {
    let rate = SampleRate(44_100);
    let bands = vec![Band { gain: Db(6.0), ..Band::default() }; 3];
    let mut slot = Slot::with(ProcessorSettings::Eq(EqSettings { bands, linear_phase: true }));
    let gain = slot.processor.movable().into_iter().find(|value| value.name() == "Gain 2").unwrap();
    let point = |time, value| crate::dsp::curve::Point::new(Seconds(time), value);
    slot.set_curve(&gain, crate::dsp::curve::Curve::new(vec![point(0.1, -12.0), point(0.9, 12.0)]));
    let slots = [slot];
    let x = noise(60_000, 0.5, 3);
    let wanted = run(&mut Chain::new(&slots, rate), &x, &x, 700);
    for block in [64, 100, 1000] {
        let mut benches = Vec::new();
        let mut live = Chain::live(&slots, rate, &mut benches);
        assert!(!live.is_ready());
        // A jump makes earlier orders stale.
        for _ in 0..20 {
            live.reset(SongFrame(0));
        }
        let (mut left, mut right) = (x.clone(), x.clone());
        for (n, (l, r)) in left.chunks_mut(block).zip(right.chunks_mut(block)).enumerate() {
            while benches.iter_mut().any(|bench| bench.work()) {}
            assert!(live.is_ready());
            live.process(l, r, &[], false, SongFrame((n * block) as i64));
        }
        assert_eq!([left, right], wanted, "blocks of {block}");
    }
}

/// A linear-phase equaliser with one bell.
fn linear(frequency: f64, gain: f64, q: f64) -> Slot {
    let band = Band { frequency: Hz(frequency), gain: Db(gain), q, ..Band::default() };
    Slot::with(ProcessorSettings::Eq(EqSettings { bands: vec![band], linear_phase: true }))
}

fn automated(mut slot: Slot, name: &str, points: &[(f64, f64)]) -> Slot {
    use crate::dsp::curve::{Curve, Point};
    let value = slot.processor.movable().into_iter().find(|value| value.name() == name).unwrap();
    let points = points.iter().map(|(time, value)| Point::new(Seconds(*time), *value));
    slot.set_curve(&value, Curve::new(points.collect()));
    slot
}

#[test]
fn a_narrow_low_band_needs_a_new_chain_also_if_automation_makes_it_one() {
    let rate = SampleRate(48_000);
    let (wide, narrow) = (linear(40.0, 6.0, 1.0), linear(40.0, 6.0, 8.0));
    assert!(wide.fits(&linear(60.0, 5.0, 1.2)) && !wide.fits(&narrow));
    let latency = |slot: &Slot| Chain::new(std::slice::from_ref(slot), rate).latency().0;
    assert_eq!((latency(&wide), latency(&narrow)), (9216, 9216 + 24_576));
    let moved = automated(wide.clone(), "Q 1", &[(0.0, 0.7), (1.0, 8.0), (2.0, 1.0)]);
    assert_eq!(latency(&moved), latency(&narrow));
    let back = Slot { processor: narrow.processor.clone(), ..moved.clone() };
    assert!(moved.fits(&back), "what is automated does not decide");
}

#[test]
fn automation_of_a_linear_equaliser_meets_the_sound_that_comes_out() {
    let slot =
        automated(linear(80.0, 0.0, 2.0), "Gain 1", &[(0.0, 0.0), (1.0, 0.0), (1.001, 12.0)]);
    let mut chain = Chain::new(&[slot], SampleRate(48_000));
    let latency = chain.latency().0;
    let mut left: Vec<f32> = (0..120_000).map(|n| 0.1 * (n as f32 * 0.010_472).sin()).collect();
    let mut right = left.clone();
    chain.process(&mut left, &mut right, &[], false, SongFrame(0));
    let peak = |from: usize| {
        let heard = &left[from + latency..from + latency + 600];
        heard.iter().fold(0.0f32, |most, x| most.max(x.abs()))
    };
    assert!(latency > 9000 && peak(46_000) < 0.11 && peak(49_500) > 0.38, "{latency}");
}

#[test]
fn an_automated_linear_equaliser_plays_as_it_is_exported() {
    let line = [(0.0, -6.0), (0.6, 6.0), (1.2, 0.0)];
    let slots = [automated(linear(60.0, 0.0, 4.0), "Gain 1", &line)];
    let rate = SampleRate(48_000);
    let input: Vec<f32> = (0..90_000).map(|n| 0.1 * (n as f32 * 0.008).sin()).collect();
    let (mut left, mut right) = (input.clone(), input.clone());
    Chain::new(&slots, rate).process(&mut left, &mut right, &[], false, SongFrame(0));
    let mut workers = Vec::new();
    let mut chain = Chain::live(&slots, rate, &mut workers);
    let (mut l, mut r) = (input.clone(), input);
    for (n, (l, r)) in l.chunks_mut(250).zip(r.chunks_mut(250)).enumerate() {
        while workers.iter_mut().any(KernelWorker::work) {}
        assert!(chain.is_ready());
        chain.process(l, r, &[], false, SongFrame(250 * n as i64));
    }
    assert!(l == left && r == right);
}
