//! Playback: the audio thread allocates nothing, and playback equals the export.

mod common;

use common::song::*;
use common::*;
use std::time::{Duration, Instant};
use stemwright::dsp::chain::{Comparison, Hearing, Kind, ProcessorSettings, Slot};
use stemwright::dsp::eq::{Band, EqSettings};
use stemwright::dsp::limiter::LimiterSettings;
use stemwright::media::writer::BitDepth;
use stemwright::playback::{Place, Previewed, Renderer, Settings, Transport};
use stemwright::session::master::Vinyl;
use stemwright::session::stem::{CleanRegion, Treatment};
use stemwright::session::version::Cut;
use stemwright::session::version::Fade;
use stemwright::units::{Db, Hz, SampleRate, Seconds};

#[global_allocator]
static ALLOCATOR: Watched = Watched;

fn with_radio_edit() -> Song {
    let mut song = Song::new();
    let radio = song.session.versions.iter_mut().find(|version| version.id == "radio").unwrap();
    radio.cuts.push(Cut { crossfade: Seconds(0.02), ..Cut::new(Seconds(0.2), Seconds(1.7)) });
    song
}

/// Plays a version from its first sample and compares it with the exported file.
fn same_as_exported(song: &Song, version: &str, master: &str, blocks: &[usize], frames: usize) {
    let home = tempfile::tempdir().unwrap();
    let out = home.path().join("out");
    let chosen = ["--versions", version, "--masters", master];
    let report = render(home.path(), &song.save(), &out, &chosen);
    let exported = samples(&first_path(&report));
    let known = song.session.master(&master.into()).unwrap();
    for block in blocks.iter().copied() {
        let mut settings = song.settings(version);
        settings.master = known.target.map(|target| Previewed {
            gain: Db(report["files"][0]["gain_db"].as_f64().unwrap()),
            limiter: target.limit.then(|| known.limiter_at(target.ceiling)),
            vinyl: known.vinyl,
        });
        if known.target.is_none() {
            settings.chain.clear();
        }
        let content = song.content(version);
        let (mut transport, mut renderer) =
            Transport::new(content, settings, SampleRate(48_000)).unwrap();
        transport.seek(0);
        transport.play();
        arrive(&mut renderer);
        let frames = if block == 1 { 3000 } else { frames };
        let heard = play(&mut transport, &mut renderer, frames, block);
        for (side, exported) in exported.iter().enumerate() {
            let heard: Vec<f32> = heard.iter().skip(side).step_by(2).copied().collect();
            assert_eq!(differ(&heard, exported), None, "{version} {master}, block of {block}");
        }
    }
}

#[test]
fn what_is_heard_is_what_is_exported_from_the_first_sample_at_any_block_size() {
    same_as_exported(&Song::new(), "full", "mix", &[1, 64, 256, 1000, 8192], 30_000);
}

#[test]
fn a_radio_edit_is_heard_as_it_is_exported_across_its_joins() {
    same_as_exported(&with_radio_edit(), "radio", "mix", &[256], 20_000);
}

#[test]
fn levels_clean_regions_tails_and_a_fade_are_heard_as_they_are_exported() {
    let mut song = with_radio_edit();
    let stems = song.session.stems.clone();
    let loud = song.session.masters.iter_mut().find(|master| master.id == "streaming").unwrap();
    loud.depth = BitDepth::Float32;
    song.session.stems[0].clean =
        vec![CleanRegion::new(Seconds(0.05), Seconds(0.15), Treatment::Vowel)];
    let parent = song.session.versions.iter().position(|version| version.id == "clean").unwrap();
    song.session.versions[parent].set_level(&stems[1], Some(Db(-2.0)));
    let radio = song.session.versions.iter_mut().find(|version| version.id == "radio").unwrap();
    radio.from = vec!["clean".into()];
    radio.set_level(&stems[0], Some(Db(1.5)));
    radio.cuts[0].ring = Seconds(0.1);
    radio.cuts[0].ringing = vec![stems[0].id];
    // Starts and ends within the frames compared.
    radio.fade = Some(Fade { start: Seconds(1.8), end: Seconds(2.0) });
    same_as_exported(&song, "radio", "mix", &[64, 1000], 22_000);
    same_as_exported(&song, "radio", "streaming", &[256], 22_000);
}

#[test]
fn a_master_is_heard_as_it_is_exported_with_its_dynamics_and_its_limiter() {
    let mut song = with_radio_edit();
    let loud = song.session.masters.iter_mut().find(|master| master.id == "streaming").unwrap();
    // Without dither, so that samples can be compared.
    loud.depth = BitDepth::Float32;
    let target = loud.target.as_mut().unwrap();
    target.loudness.0 = -11.0;
    let vinyl = song.session.masters.iter_mut().find(|master| master.id == "vinyl").unwrap();
    vinyl.depth = BitDepth::Float32;
    vinyl.rate = stemwright::session::master::RateRule::Session;
    same_as_exported(&song, "full", "streaming", &[64, 1000], 60_000);
    same_as_exported(&song, "radio", "streaming", &[256], 60_000);
    same_as_exported(&song, "full", "vinyl", &[256], 60_000);
}

#[test]
fn after_a_jump_processors_have_settled() {
    let mut song = Song::new();
    // The memory of an automatic release is longer than any settling time, so it is off here.
    let ducker = &mut song.session.stems[1].chain[0].processor;
    let auto = ducker.values().into_iter().find(|value| value.info.name == "Auto release");
    ducker.put(auto.unwrap().place, 0.0);
    let (mut transport, mut renderer) = song.open("full", 48_000);
    transport.seek(0);
    transport.play();
    arrive(&mut renderer);
    let whole = left(&play(&mut transport, &mut renderer, 150_000, 512));
    for place in [30_000usize, 96_000, 111_111] {
        // A new renderer has measured no load yet, so the processors get their full settling time.
        let (mut transport, mut renderer) = song.open("full", 48_000);
        transport.seek(place as u64);
        transport.play();
        arrive(&mut renderer);
        let heard = left(&play(&mut transport, &mut renderer, 30_000, 512));
        // Compares after the fade-in only.
        let there = &whole[place..place + 30_000];
        let off = |n: usize| (heard[n] - there[n]).abs();
        let power = |x: &[f32]| x.iter().map(|x| x * x).sum::<f32>() / x.len() as f32;
        let rest: Vec<f32> = (600..30_000).map(off).collect();
        let residual = 10.0 * (power(&rest) / power(there)).log10();
        eprintln!("{place}: {residual:.1} dB");
        // A gain error of 0.1 dB would leave −39 dB.
        assert!(residual < -39.0, "{place}: {residual} dB");
    }
}

/// Every kind of message to the audio thread during playback.
fn act(turn: usize, song: &Song, transport: &mut Transport) {
    match turn {
        50 => transport.set_settings(song.settings("instrumental")),
        100 => transport.seek(96_000),
        150 => {
            let mut settings = song.settings("full");
            let limiter = Some(LimiterSettings::at(Db(-1.0)));
            settings.master = Some(Previewed { gain: Db(6.0), limiter, vinyl: None });
            settings.matching = Db(-2.0);
            transport.set_settings(settings);
        }
        170 => {
            let mut settings = song.settings("full");
            let vinyl = Some(Vinyl { mono_below: Hz(150.0), rumble_below: Hz(20.0) });
            settings.master = Some(Previewed { gain: Db(-3.0), limiter: None, vinyl });
            settings.finishing = Hearing::Input;
            transport.set_settings(settings);
        }
        200 => {
            transport.set_loop(Some((24_000, 36_000)));
            transport.seek(24_000);
        }
        220 => {
            // Other values, another order, more processors, one heard at its input for comparison.
            let mut settings = song.settings("full");
            let bands = vec![Band { gain: Db(-4.0), ..Band::default() }; 8];
            let eq = EqSettings { bands, linear_phase: true };
            settings.strips[0].chain = vec![Slot::with(ProcessorSettings::Eq(eq))];
            settings.strips[1].chain.swap(0, 2);
            settings.strips[2].chain.clear();
            settings.chain = Kind::ALL.map(Slot::new).to_vec();
            settings.watched = Some(Place::Stem(1));
            settings.comparing = Some(Comparison { slot: 0, hears: Hearing::Difference });
            transport.set_settings(settings);
        }
        235 => {
            let mut settings = song.settings("full");
            settings.watched = Some(Place::Mix);
            settings.strips[0].chain.iter_mut().for_each(|slot| slot.on = false);
            settings.strips[1].settings.fader = Db(-20.0);
            settings.strips[2].moves = None;
            transport.set_settings(settings);
        }
        240 => {
            let mut settings = song.settings("full");
            settings.source = stemwright::playback::Source::Reference;
            transport.set_settings(settings);
        }
        245 => transport.set_settings(song.settings("full")),
        // A replaced stem on disk causes this message too.
        250 => transport.set_content(song.content("full")),
        270 => transport.reset_meters(),
        300 => transport.pause(),
        310 => transport.scrub(30_000),
        320 => transport.play(),
        _ => {}
    }
}

#[test]
fn everything_a_person_does_while_it_plays_needs_no_memory() {
    let song = Song::new();
    for rate in [48_000, 44_100, 96_000] {
        let (mut transport, mut renderer) = song.open("full", rate);
        std::thread::sleep(Duration::from_millis(60));
        transport.play();
        let mut out = [0.0f32; 512];
        let mut loudest = 0.0f32;
        for turn in 0..400 {
            act(turn, &song, &mut transport);
            std::thread::sleep(Duration::from_millis(2));
            callback(&mut renderer, &mut out);
            loudest = out.iter().fold(loudest, |most, x| most.max(x.abs()));
        }
        assert!(loudest > 0.1, "{rate}: it was heard");
        let frame = transport.state().frame;
        assert!((24_000..=36_100).contains(&frame), "{rate}: inside the loop, at {frame}");
    }
}

/// A seeded random generator, so that failures can be reproduced.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}

fn random_order(dice: &mut Dice, song: &Song, transport: &mut Transport) {
    let versions = ["full", "instrumental", "acappella", "radio"];
    let version = versions[dice.roll(4) as usize];
    match dice.roll(14) {
        0 => transport.seek(dice.roll(200_000)),
        1 => transport.pause(),
        2 | 3 => transport.play(),
        4 => {
            let from = dice.roll(150_000);
            transport.set_loop(Some((from, from + 1 + dice.roll(20_000))));
        }
        5 => transport.set_loop(None),
        6 => transport.scrub(dice.roll(190_000)),
        7 => transport.set_content(song.content(version)),
        8 => transport.reset_meters(),
        _ => transport.set_settings(random_settings(dice, song, version)),
    }
}

fn random_settings(dice: &mut Dice, song: &Song, version: &str) -> Settings {
    let mut settings = song.settings(version);
    for strip in &mut settings.strips {
        strip.settings.fader = Db(6.0 - dice.roll(40) as f64);
        strip.settings.mute = dice.roll(5) == 0;
        let kind = Kind::ALL[dice.roll(11) as usize];
        match dice.roll(6) {
            0 => strip.chain.push(Slot::new(kind)),
            1 => drop(strip.chain.pop()),
            2 => strip.chain.reverse(),
            3 => strip.moves = None,
            // Other bands for an equaliser with automated bands.
            4 => {
                if let Some(slot) = strip.chain.iter_mut().find(|slot| slot.kind() == Kind::Eq) {
                    let bands = vec![Band::default(); dice.roll(9) as usize];
                    slot.processor =
                        ProcessorSettings::Eq(EqSettings { bands, linear_phase: false });
                }
            }
            _ => {}
        }
    }
    settings.fader = Db(3.0 - dice.roll(20) as f64);
    let limiter = (dice.roll(2) == 0).then(|| LimiterSettings::at(Db(-1.0)));
    let previewed = Previewed { gain: Db(3.0), limiter, vinyl: None };
    settings.master = (dice.roll(3) == 0).then_some(previewed);
    settings.finishing = match dice.roll(6) {
        0 => Hearing::Input,
        1 => Hearing::Difference,
        _ => Hearing::Output,
    };
    settings.watched = (dice.roll(2) == 0).then_some(Place::Stem(dice.roll(3) as usize));
    settings
}

#[test]
fn thousands_of_random_orders_at_every_block_size_and_then_the_truth() {
    let song = with_radio_edit();
    let (mut transport, mut renderer) = song.open("full", 48_000);
    let mut dice = Dice(0x5EED_1234_5678_9ABC);
    let mut out = vec![0.0f32; 2 * 4096];
    transport.play();
    let started = Instant::now();
    for turn in 0..4096usize {
        if dice.roll(3) == 0 {
            random_order(&mut dice, &song, &mut transport);
        }
        // Every block size once, in a scattered order.
        let block = 1 + (turn * 1_597) % 4096;
        callback(&mut renderer, &mut out[..2 * block]);
        let loudest = out[..2 * block].iter().fold(0.0f32, |most, x| most.max(x.abs()));
        assert!(loudest < 30.0, "turn {turn}: {loudest}");
    }
    eprintln!("4096 callbacks in {:?}", started.elapsed());
    // After all that, the session still sounds like its export.
    transport.pause();
    transport.set_loop(None);
    transport.set_content(song.content("full"));
    let mut settings = song.settings("full");
    settings.chain.clear();
    transport.set_settings(settings);
    callback(&mut renderer, &mut out);
    transport.seek(0);
    transport.reset_meters();
    transport.play();
    arrive(&mut renderer);
    let heard = left(&play(&mut transport, &mut renderer, 30_000, 333));
    let home = tempfile::tempdir().unwrap();
    let chosen = ["--versions", "full", "--masters", "mix"];
    let report = render(home.path(), &song.save(), &home.path().join("out"), &chosen);
    assert_eq!(differ(&heard, &samples(&first_path(&report))[0]), None);
}

fn steepest(x: &[f32]) -> f32 {
    x.windows(2).map(|p| (p[1] - p[0]).abs()).fold(0.0, f32::max)
}

#[test]
fn a_jump_is_heard_at_the_right_place_and_without_a_click() {
    let song = Song::new();
    let (mut transport, mut renderer) = song.open("full", 48_000);
    transport.play();
    arrive(&mut renderer);
    let mut whole = left(&play(&mut transport, &mut renderer, 4800, 256));
    transport.seek(100_000);
    for _ in 0..50 {
        let mut out = [0.0; 512];
        std::thread::sleep(Duration::from_millis(1));
        callback(&mut renderer, &mut out);
        whole.extend(left(&out));
    }
    // The steepest step of the undisturbed sound is the limit for a click.
    let (mut other, mut plain) = song.open("full", 48_000);
    other.play();
    arrive(&mut plain);
    let undisturbed = left(&play(&mut other, &mut plain, 130_000, 256));
    let (jumped, smooth) = (steepest(&whole), steepest(&undisturbed));
    assert!(jumped <= smooth * 1.3, "{jumped} {smooth}");
    let frame = transport.state().frame;
    assert!((100_500..114_000).contains(&frame), "{frame}");
}

#[test]
fn a_fader_is_heard_with_the_next_sample() {
    let song = Song::plain();
    let play_with = |fader: f64| {
        let (mut transport, mut renderer) = song.open("full", 48_000);
        transport.play();
        arrive(&mut renderer);
        play(&mut transport, &mut renderer, 24_000, 256);
        let mut settings = song.settings("full");
        settings.strips[0].settings.fader = Db(fader);
        transport.set_settings(settings);
        left(&play(&mut transport, &mut renderer, 256, 256))
    };
    let (still, moved) = (play_with(-3.0), play_with(-30.0));
    let first = still.iter().zip(&moved).position(|(a, b)| a != b);
    assert!(first.is_some_and(|frame| frame < 4), "{first:?}");
}

#[test]
fn a_loop_repeats_to_the_sample_however_short_it_is() {
    let song = Song::plain();
    for (from, to) in [(10_000u64, 14_000u64), (20_000, 20_256), (150_000, 151_777)] {
        let (mut transport, mut renderer) = song.open("full", 48_000);
        transport.set_loop(Some((from, to)));
        transport.seek(from);
        transport.play();
        arrive(&mut renderer);
        let length = (to - from) as usize;
        let heard = left(&play(&mut transport, &mut renderer, 6 * length + 3000, 250));
        let turns: Vec<&[f32]> = heard[600..].chunks_exact(length).collect();
        assert!(turns.len() > 4 && turns[0].iter().any(|x| x.abs() > 0.01));
        for turn in &turns[1..] {
            assert_eq!(turn.iter().zip(turns[0]).position(|(a, b)| a != b), None);
        }
    }
}

#[test]
fn a_loop_that_is_set_far_ahead_makes_no_gap() {
    let song = Song::plain();
    let heard = |set: bool| {
        let (mut transport, mut renderer) = song.open("full", 48_000);
        transport.play();
        arrive(&mut renderer);
        let mut heard = left(&play(&mut transport, &mut renderer, 4800, 256));
        if set {
            transport.set_loop(Some((1000, 150_000)));
        }
        heard.extend(left(&play(&mut transport, &mut renderer, 20_000, 256)));
        heard
    };
    assert_eq!(differ(&heard(true), &heard(false)), None);
}

#[test]
fn the_meters_read_what_is_played_and_miss_no_sample() {
    let mut song = Song::plain();
    // A single sample that exceeds full scale after the fader.
    let path = song.folder.path().join("01_Drums.wav");
    let [mut l, r] = samples(&path);
    l[30_000] = 0.99;
    stemwright::media::writer::write_plain(&path, SampleRate(48_000), &l, &r).unwrap();
    song.session.stems[0].strip.fader = Db(3.0);
    song.session.stems[0].strip.width = 1.0;
    let (mut transport, mut renderer) = song.open("full", 48_000);
    transport.play();
    arrive(&mut renderer);
    let mut heard = Vec::new();
    // A thread reads the meters every few milliseconds.
    for _ in 0..8 {
        heard.extend(play(&mut transport, &mut renderer, 12_000, 500));
        std::thread::sleep(Duration::from_millis(120));
    }
    let reading = transport.reading().clone();
    let peak = heard.iter().fold(0.0f32, |most, x| most.max(x.abs()));
    assert!(
        reading.true_peak >= Db::from_factor(f64::from(peak) * 0.999),
        "{:?}",
        reading.true_peak
    );
    assert!(reading.loudness.momentary.0 > -30.0 && reading.correlation.is_some());
    assert!((reading.seconds - 2.0).abs() < 0.05, "{}", reading.seconds);
    let state = transport.state();
    let clipped = &state.stems[0];
    assert!(clipped.overs == 1 && clipped.highest > 1.3, "{clipped:?}");
    assert!((state.out.highest - peak).abs() < 1e-6 && state.unmetered == 0);
    transport.reset_meters();
    callback(&mut renderer, &mut [0.0; 64]);
    assert_eq!(transport.state().stems[0].overs, 0);
}

#[test]
fn the_playhead_is_what_is_heard() {
    let mut song = Song::plain();
    let mut slow = Slot::new(Kind::Eq);
    slow.processor.put(slow.processor.values()[0].place, 1.0);
    song.session.chain = vec![slow];
    // A single click; everything else is silent.
    let beat = 72_000;
    for n in 1..=3 {
        let name = ["01_Drums", "02_Bass", "03_LeadVox"][n - 1];
        let mut x = vec![0.0; 192_000];
        x[beat] = if n == 1 { 0.9 } else { 0.0 };
        let path = song.folder.path().join(format!("{name}.wav"));
        stemwright::media::writer::write_plain(&path, SampleRate(48_000), &x, &x).unwrap();
    }
    for (rate, device) in [(48_000, 0.0), (48_000, 0.03), (44_100, 0.0), (96_000, 0.01)] {
        let (mut transport, mut renderer) = song.open("full", rate);
        transport.seek(48_000);
        transport.play();
        arrive(&mut renderer);
        assert_eq!(transport.state().frame, 48_000);
        let block = 240;
        let mut out = vec![0.0; 2 * block];
        for _ in 0..400 {
            std::thread::sleep(Duration::from_micros(500));
            renderer.process(&mut out, 2, Seconds(device));
            if out.iter().any(|x: &f32| x.abs() > 0.1) {
                break;
            }
        }
        let frame = transport.state().frame as f64;
        let wanted = beat as f64 - device * 48_000.0;
        let off = frame - wanted;
        assert!((-20.0..300.0).contains(&off), "{rate} {device}: {off} frames off");
    }
}

#[test]
fn channels_that_were_chosen_sound_and_no_others() {
    let song = Song::plain();
    let (mut transport, mut renderer) = song.open("full", 48_000);
    transport.play();
    arrive(&mut renderer);
    let heard = |renderer: &mut Renderer, first: usize| {
        renderer.use_channels_from(first);
        let mut out = vec![0.0f32; 6 * 512];
        renderer.process(&mut out, 6, Seconds(0.0));
        let loud = |n: usize| out.iter().skip(n).step_by(6).any(|x| *x != 0.0);
        (0..6).filter(|n| loud(*n)).collect::<Vec<_>>()
    };
    assert_eq!(heard(&mut renderer, 0), [0, 1]);
    assert_eq!(heard(&mut renderer, 2), [2, 3]);
    assert_eq!(heard(&mut renderer, 9), [4, 5]);
}
