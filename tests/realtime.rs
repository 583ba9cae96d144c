//! Playback: the audio thread allocates nothing, and what is heard is what is exported.

mod common;

use common::*;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::Arc;
use std::time::{Duration, Instant};
use stemwright::dsp::chain::{KeyId, Kind, ProcessorSettings, Slot};
use stemwright::dsp::eq::{Band, EqSettings};
use stemwright::dsp::limiter::LimiterSettings;
use stemwright::dsp::strip::StripSettings;
use stemwright::engine::bus::audible;
use stemwright::engine::cuts::CutMap;
use stemwright::engine::source::StemSource;
use stemwright::intake::folder::gather;
use stemwright::media::store::Store;
use stemwright::playback::{Content, Place, Renderer, Settings, Source, StripTarget, Transport};
use stemwright::session::version::Cut;
use stemwright::session::{Session, Unknown};
use stemwright::units::{Db, Pan, SampleRate, Seconds};

thread_local! {
    static FORBIDDEN: Cell<bool> = const { Cell::new(false) };
}

/// Ends the program when a thread allocates or frees that has forbidden itself to.
struct Watched;

fn watch() {
    if FORBIDDEN.get() {
        FORBIDDEN.set(false);
        eprintln!("the audio thread allocated or freed memory");
        std::process::abort();
    }
}

// SAFETY: every call goes on to the system's allocator unchanged.
unsafe impl GlobalAlloc for Watched {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        watch();
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        watch();
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Watched = Watched;

/// Calls the renderer as a device would, with no memory to be had.
fn callback(renderer: &mut Renderer, out: &mut [f32]) {
    FORBIDDEN.set(true);
    renderer.process(out, 2);
    FORBIDDEN.set(false);
}

struct Song {
    folder: tempfile::TempDir,
    session: Session,
}

impl Song {
    fn new() -> Self {
        let folder = folder_of(&[
            ("01_Drums", &sound(1, 4.0, 0.3), &sound(2, 4.0, 0.3)),
            ("02_Bass", &sound(3, 4.0, 0.2), &sound(3, 4.0, 0.2)),
            ("03_LeadVox", &sound(4, 4.0, 0.25), &sound(5, 4.0, 0.2)),
        ]);
        let mut session = gather(folder.path(), None).unwrap().session;
        session.stems[0].strip =
            StripSettings { fader: Db(-3.0), width: 0.5, ..Default::default() };
        session.stems[1].strip =
            StripSettings { pan: Pan(-0.4), invert: true, ..Default::default() };
        // Latency on one stem, a stem that listens to another, and a chain on the mix.
        let on = |kind| Slot::new(kind);
        let mut ducker = Slot::new(Kind::Compressor);
        ducker.key = Some(KeyId(session.stems[0].id.0));
        session.stems[0].chain = vec![on(Kind::Eq), on(Kind::Saturation), on(Kind::Gate)];
        session.stems[1].chain = vec![ducker, on(Kind::DynamicEq), on(Kind::Stereo)];
        session.stems[2].chain = vec![on(Kind::DeEsser), on(Kind::Transient), on(Kind::Multiband)];
        Self { folder, session }
    }

    fn settings(&self, version: &str) -> Settings {
        let version = self.session.version(version).unwrap();
        let strips = self
            .session
            .stems
            .iter()
            .zip(audible(&self.session, version))
            .map(|(stem, audible)| StripTarget {
                settings: stem.strip,
                chain: stem.chain.clone(),
                audible,
            })
            .collect();
        Settings {
            strips,
            chain: self.session.chain.clone(),
            keys: vec![(KeyId(self.session.stems[0].id.0), 0)],
            watched: None,
            comparing: None,
            law: self.session.pan_law,
            source: Source::Mix,
            master: None,
            matching: Db(0.0),
        }
    }

    fn content(&self) -> Arc<Content> {
        self.content_of("full")
    }

    fn content_of(&self, version: &str) -> Arc<Content> {
        let cuts = &self.session.version(version).unwrap().cuts;
        let store = Store::at(self.folder.path().join("cache"));
        let rate = self.session.sample_rate;
        let sources = self
            .session
            .stems
            .iter()
            .map(|stem| StemSource::open(stem, self.folder.path(), rate, &store).unwrap())
            .collect();
        let cuts = CutMap::new(cuts, rate, self.session.length().0);
        Arc::new(Content::new(Arc::new(sources), None, cuts, false, rate))
    }

    fn open(&self, version: &str, rate: u32) -> (Transport, Renderer) {
        let content = self.content_of(version);
        Transport::new(content, self.settings(version), SampleRate(rate)).unwrap()
    }
}

/// Plays a number of frames in blocks; the disk is waited for, as there is no real time here.
fn play(
    transport: &mut Transport,
    renderer: &mut Renderer,
    frames: usize,
    block: usize,
) -> Vec<f32> {
    let mut heard = vec![0.0f32; frames * 2];
    for out in heard.chunks_mut(block * 2) {
        let patience = Instant::now();
        while renderer.read_ahead() < block && patience.elapsed() < Duration::from_secs(5) {
            std::thread::sleep(Duration::from_micros(100));
        }
        callback(renderer, out);
    }
    assert_eq!(transport.state().gaps, 0, "the disk was late");
    heard
}

fn left(heard: &[f32]) -> Vec<f32> {
    heard.iter().step_by(2).copied().collect()
}

#[test]
fn what_is_heard_is_what_is_exported_at_any_block_size() {
    same_as_exported("full", &[1, 64, 256, 1000, 8192]);
}

#[test]
fn a_radio_edit_is_heard_as_it_is_exported_across_its_joins() {
    same_as_exported("radio", &[256]);
}

fn same_as_exported(version: &str, blocks: &[usize]) {
    let mut song = Song::new();
    let radio = song.session.versions.iter_mut().find(|version| version.id == "radio").unwrap();
    radio.cuts.push(Cut {
        start: Seconds(0.2),
        end: Seconds(1.7),
        crossfade: Seconds(0.02),
        unknown: Unknown::new(),
    });
    let home = tempfile::tempdir().unwrap();
    let path = song.folder.path().join("Song.stemwright");
    stemwright::session::file::save(&song.session, &path).unwrap();
    let report = render(
        home.path(),
        &path,
        &home.path().join("out"),
        &["--versions", version, "--masters", "mix"],
    );
    let written = first_path(&report);
    let exported = samples(&written);
    for block in blocks.iter().copied() {
        let (mut transport, mut renderer) = song.open(version, 48_000);
        std::thread::sleep(Duration::from_millis(60));
        transport.play();
        let frames = if block == 1 { 3000 } else { 20_000 };
        let heard = left(&play(&mut transport, &mut renderer, frames, block));
        // The gate opens in 10 ms, and the limiter in the path is late by a fixed number.
        let (latency, opened) = (renderer.latency(), 480);
        let ours = &heard[latency + opened..];
        let wanted = &exported[0][opened..opened + ours.len()];
        let first = ours.iter().zip(wanted).position(|(a, b)| a != b);
        assert_eq!(first, None, "block of {block}: the first frame that differs");
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
            match turn {
                50 => transport.set_settings(song.settings("instrumental")),
                100 => transport.seek(96_000),
                150 => {
                    let mut settings = song.settings("full");
                    settings.master = Some((Db(6.0), LimiterSettings::at(Db(-1.0))));
                    settings.matching = Db(-2.0);
                    transport.set_settings(settings);
                }
                200 => {
                    transport.set_loop(Some((24_000, 36_000)));
                    transport.seek(24_000);
                }
                220 => {
                    // Other values, another order, more processors, one heard from before.
                    let mut settings = song.settings("full");
                    let bands = vec![Band { gain: Db(-4.0), ..Band::default() }; 8];
                    let eq = EqSettings { bands, linear_phase: true };
                    settings.strips[0].chain = vec![Slot::with(ProcessorSettings::Eq(eq))];
                    settings.strips[1].chain.swap(0, 2);
                    settings.strips[2].chain.clear();
                    settings.chain = Kind::ALL.map(Slot::new).to_vec();
                    settings.watched = Some(Place::Stem(1));
                    settings.comparing = Some(0);
                    transport.set_settings(settings);
                }
                235 => {
                    let mut settings = song.settings("full");
                    settings.watched = Some(Place::Mix);
                    settings.strips[0].chain.iter_mut().for_each(|slot| slot.on = false);
                    transport.set_settings(settings);
                }
                250 => transport.set_content(song.content()),
                300 => transport.pause(),
                320 => transport.play(),
                _ => {}
            }
            std::thread::sleep(Duration::from_millis(2));
            callback(&mut renderer, &mut out);
            loudest = out.iter().fold(loudest, |most, x| most.max(x.abs()));
        }
        assert!(loudest > 0.1, "{rate}: it was heard");
        let frame = transport.state().frame;
        assert!((24_000..=36_100).contains(&frame), "{rate}: inside the loop, at {frame}");
    }
}

#[test]
fn a_jump_is_heard_at_the_right_place_and_without_a_click() {
    let song = Song::new();
    let (mut transport, mut renderer) = song.open("full", 48_000);
    std::thread::sleep(Duration::from_millis(60));
    transport.play();
    let before = play(&mut transport, &mut renderer, 4800, 256);
    transport.seek(100_000);
    std::thread::sleep(Duration::from_millis(40));
    let after = play(&mut transport, &mut renderer, 9600, 256);
    let whole: Vec<f32> = left(&before).into_iter().chain(left(&after)).collect();
    // The steepest step of the sound itself is the measure for a click.
    let (mut other, mut plain) = song.open("full", 48_000);
    std::thread::sleep(Duration::from_millis(60));
    other.play();
    let undisturbed = left(&play(&mut other, &mut plain, 112_000, 256));
    let steepest = |x: &[f32]| x.windows(2).map(|p| (p[1] - p[0]).abs()).fold(0.0, f32::max);
    assert!(
        steepest(&whole) <= steepest(&undisturbed) * 1.3,
        "{} {}",
        steepest(&whole),
        steepest(&undisturbed)
    );
    let frame = transport.state().frame;
    assert!((107_000..109_700).contains(&frame), "{frame}");
}

#[test]
fn a_loop_repeats_to_the_sample() {
    // Without processors that remember what they heard before the loop.
    let mut song = Song::new();
    song.session.stems.iter_mut().for_each(|stem| stem.chain.clear());
    let (mut transport, mut renderer) = song.open("full", 48_000);
    transport.set_loop(Some((10_000, 14_000)));
    transport.seek(10_000);
    std::thread::sleep(Duration::from_millis(60));
    transport.play();
    let heard = left(&play(&mut transport, &mut renderer, 24_000, 250));
    let from = 2000 + renderer.latency();
    assert_eq!(heard[from..from + 4000], heard[from + 4000..from + 8000]);
    assert_eq!(heard[from..from + 4000], heard[from + 8000..from + 12_000]);
}

#[test]
fn the_meters_read_what_is_played() {
    let song = Song::new();
    let (mut transport, mut renderer) = song.open("full", 48_000);
    std::thread::sleep(Duration::from_millis(60));
    transport.play();
    let mut heard = Vec::new();
    // The meters hold a second; they are read by a thread that wakes every few milliseconds.
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
}
