//! Linear-phase equalisers during playback: the audio thread never designs a filter, and playback
//! equals the export at any latency.

mod common;

use common::song::*;
use common::*;
use std::f32::consts::TAU;
use std::time::{Duration, Instant};
use stemwright::dsp::chain::{ProcessorSettings, Slot};
use stemwright::dsp::eq::{BANDS, Band, EqSettings, designs_on_this_thread};
use stemwright::intake::folder::gather;
use stemwright::playback::{Renderer, Settings, Transport};
use stemwright::units::{Db, Hz, SampleRate};

#[global_allocator]
static ALLOCATOR: Watched = Watched;

/// A linear-phase equaliser with `bands` bands.
fn linear(bands: usize, gain: f64) -> Slot {
    let band = |n: usize| Band {
        frequency: Hz(62.5 * 2f64.powi(n as i32)),
        gain: Db(if n == 4 { gain } else { 2.0 }),
        ..Band::default()
    };
    let bands = (0..bands).map(band).collect();
    Slot::with(ProcessorSettings::Eq(EqSettings { bands, linear_phase: true }))
}

/// The same with automation of the first band's gain.
fn moving(bands: usize, gain: f64, line: &[(f64, f64, f64)]) -> Slot {
    let mut slot = linear(bands, gain);
    let value = slot.processor.movable().into_iter().find(|value| value.name() == "Gain 1");
    slot.set_curve(&value.unwrap(), curve(line));
    slot
}

fn exported(song: &Song) -> [Vec<f32>; 2] {
    let home = tempfile::tempdir().unwrap();
    let chosen = ["--versions", "full", "--masters", "mix"];
    let report = render(home.path(), &song.save(), &home.path().join("out"), &chosen);
    samples(&first_path(&report))
}

/// Plays in blocks. Waits for the disk and for filter designs, as the test does not run in real
/// time.
fn play_designed(transport: &mut Transport, renderer: &mut Renderer, frames: usize) -> Vec<f32> {
    let mut heard = Vec::new();
    while heard.len() < frames {
        let patience = Instant::now();
        while !renderer.is_designed() && patience.elapsed() < Duration::from_secs(5) {
            std::thread::sleep(Duration::from_micros(200));
        }
        heard.extend(left(&play(transport, renderer, 250, 250)));
    }
    heard
}

/// Waits until all filters of the current chains are designed and in use.
fn ready(renderer: &mut Renderer) {
    let patience = Instant::now();
    let mut quiet = 0;
    while quiet < 20 && patience.elapsed() < Duration::from_secs(10) {
        std::thread::sleep(Duration::from_millis(2));
        callback(renderer, &mut [0.0; 64]);
        quiet = if renderer.is_designed() { quiet + 1 } else { 0 };
    }
}

#[test]
fn four_linear_equalisers_on_one_stem_stay_in_step_with_the_others_as_in_the_file() {
    let mut song = Song::plain();
    song.session.stems[0].chain =
        vec![linear(1, 0.0), linear(2, 0.0), linear(3, 0.0), linear(2, 0.0)];
    let file = exported(&song);
    let (mut transport, mut renderer) = song.open("full", 48_000);
    assert!(renderer.latency().0 > 28_800, "more than 0.6 s: {}", renderer.latency().0);
    ready(&mut renderer);
    transport.seek(0);
    transport.play();
    arrive(&mut renderer);
    let heard = play_designed(&mut transport, &mut renderer, 40_000);
    assert_eq!(differ(&heard, &file[0]), None);
}

#[test]
fn linear_equalisers_that_are_added_while_it_plays_move_the_other_stems_with_them() {
    let mut song = Song::plain();
    let (mut transport, mut renderer) = song.open("full", 48_000);
    transport.seek(0);
    transport.play();
    arrive(&mut renderer);
    let before = play_designed(&mut transport, &mut renderer, 10_000).len();
    // One after the other, so that delays change while earlier equalisers still fade in.
    for count in 1..=4 {
        song.session.stems[0].chain = vec![linear(2, 0.0); count];
        transport.set_settings(song.settings("full"));
        play_designed(&mut transport, &mut renderer, 250);
    }
    let file = exported(&song);
    let wait = 60_000;
    let since = 1000 + play_designed(&mut transport, &mut renderer, wait).len();
    let latency = renderer.latency().0;
    assert_eq!(latency, 4 * 9216);
    let heard = play_designed(&mut transport, &mut renderer, 30_000);
    let from = before + since - latency;
    let off = heard.iter().zip(&file[0][from..]).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(off < 1e-5, "{off} at {from}");
}

#[test]
fn a_linear_equaliser_that_moves_is_heard_as_it_is_exported() {
    let mut song = Song::plain();
    let line = [(0.1, -12.0, 0.0), (0.6, 12.0, 0.0), (0.9, 0.0, 0.5)];
    song.session.stems[0].chain = vec![moving(3, 0.0, &line)];
    let file = exported(&song);
    let (mut transport, mut renderer) = song.open("full", 48_000);
    ready(&mut renderer);
    transport.seek(0);
    transport.play();
    arrive(&mut renderer);
    let heard = play_designed(&mut transport, &mut renderer, 60_000);
    assert_eq!(differ(&heard, &file[0]), None);
}

/// A song of one 1 kHz tone at 192 kHz, on the fifth band of its equaliser.
fn fast_song() -> Song {
    let folder = tempfile::tempdir().unwrap();
    let rate = SampleRate(192_000);
    let tone: Vec<f32> =
        (0..3 * 192_000).map(|n| 0.1 * (TAU * 1000.0 * n as f32 / 192_000.0 % TAU).sin()).collect();
    let path = folder.path().join("01_Keys.wav");
    stemwright::media::writer::write_plain(&path, rate, &tone, &tone).unwrap();
    let mut session = gather(folder.path(), None).unwrap().session;
    let line = [(0.0, -6.0, 0.0), (3.0, 6.0, 0.0)];
    session.stems[0].chain = vec![moving(BANDS, 12.0, &line)];
    Song { folder, session }
}

fn dragged(song: &mut Song, gain: f64) -> Settings {
    let ProcessorSettings::Eq(eq) = &mut song.session.stems[0].chain[0].processor else { panic!() };
    eq.bands[4].gain = Db(gain);
    let mut settings = song.settings("full");
    settings.side_chains.clear();
    settings
}

#[test]
fn a_node_of_eight_bands_is_dragged_at_192_khz_while_another_moves_and_nothing_is_designed_here() {
    let mut song = fast_song();
    let settings = dragged(&mut song, 12.0);
    let (mut transport, mut renderer) =
        Transport::new(song.content("full"), settings, SampleRate(192_000)).unwrap();
    transport.seek(0);
    transport.play();
    arrive(&mut renderer);
    let level = |heard: &[f32]| heard.iter().fold(0.0f32, |most, x| most.max(x.abs()));
    let mut out = [0.0f32; 512];
    let (mut loud, mut soft, mut longest) = (0.0f32, 1.0f32, Duration::ZERO);
    // Blocks of 256 frames, 1.33 ms, at the pace of a device, with constant dragging.
    let begun = Instant::now();
    for turn in 0..1400u32 {
        if turn % 6 == 0 {
            let settings = dragged(&mut song, 12.0 - 24.0 * f64::from(turn.min(900)) / 900.0);
            transport.set_settings(settings);
        }
        let due = Duration::from_secs_f64(f64::from(turn) * 256.0 / 192_000.0);
        std::thread::sleep(due.saturating_sub(begun.elapsed()));
        let asked = Instant::now();
        // `callback` aborts the program on an allocation.
        callback(&mut renderer, &mut out);
        longest = longest.max(asked.elapsed());
        match turn {
            10..100 => loud = loud.max(level(&out)),
            1300.. => soft = soft.min(level(&out)),
            _ => {}
        }
    }
    eprintln!("longest callback {longest:?} of 1.33 ms");
    // The dragged gains were designed on another thread, and are audible.
    assert!(loud > 0.3 && soft < 0.06, "{loud} {soft}");
    assert_eq!(designs_on_this_thread(), 0);
}
