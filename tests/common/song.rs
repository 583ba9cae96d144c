//! A short song that uses every playback feature, with a stand-in for the audio callback that
//! aborts on any allocation.

#![allow(unsafe_code, reason = "an allocator that counts")]

use super::*;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::Arc;
use std::time::{Duration, Instant};
use stemwright::dsp::chain::{Hearing, Kind, SideChainId, Slot};
use stemwright::dsp::curve::{Curve, Point};
use stemwright::dsp::eq::{Band, EqSettings};
use stemwright::dsp::strip::{StripAutomation, StripSettings};
use stemwright::engine::bus::audible;
use stemwright::engine::cuts::CutMap;
use stemwright::engine::path::SignalPath;
use stemwright::engine::source::StemSource;
use stemwright::intake::folder::gather;
use stemwright::media::store::Store;
use stemwright::playback::{Content, Renderer, Settings, Source, Transport};
use stemwright::session::Session;
use stemwright::units::{Db, Pan, Seconds};

thread_local! {
    static FORBIDDEN: Cell<bool> = const { Cell::new(false) };
}

/// An allocator that aborts the program if a thread allocates or frees within `callback`.
pub struct Watched;

fn watch() {
    if FORBIDDEN.get() {
        FORBIDDEN.set(false);
        eprintln!("the audio thread allocated or freed memory");
        std::process::abort();
    }
}

// SAFETY: every call is passed unchanged to the system's allocator.
unsafe impl GlobalAlloc for Watched {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        watch();
        // SAFETY: the caller upholds the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        watch();
        // SAFETY: the caller upholds the contract of `dealloc`.
        unsafe { System.dealloc(pointer, layout) }
    }
}

/// Calls the renderer as a device does, with allocation forbidden.
pub fn callback(renderer: &mut Renderer, out: &mut [f32]) {
    FORBIDDEN.set(true);
    renderer.process(out, 2, Seconds(0.0));
    FORBIDDEN.set(false);
}

pub struct Song {
    pub folder: tempfile::TempDir,
    pub session: Session,
}

pub fn curve(points: &[(f64, f64, f64)]) -> Curve {
    let point = |(time, value, bend): &(f64, f64, f64)| Point {
        time: Seconds(*time),
        value: *value,
        bend: *bend,
    };
    Curve::new(points.iter().map(point).collect())
}

impl Song {
    /// Three stems of four seconds with chains, a side chain and automation.
    pub fn new() -> Self {
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
        // Latency on one stem, a side chain from another stem, and a chain on the mix.
        let on = |kind| Slot::new(kind);
        let mut ducker = Slot::new(Kind::Compressor);
        ducker.side_chain = Some(SideChainId(session.stems[0].id.0));
        let threshold = ducker.processor.movable()[0];
        ducker.set_curve(&threshold, curve(&[(0.1, -30.0, 0.0), (2.0, -10.0, 0.6)]));
        let mut eq = on(Kind::Eq);
        eq.set_bands(EqSettings { bands: vec![Band::default(); 3], linear_phase: false });
        let gain = eq.processor.movable().into_iter().find(|value| value.name() == "Gain 2");
        eq.set_curve(&gain.unwrap(), curve(&[(0.2, -3.0, 0.0), (0.5, 8.0, -0.3), (3.0, 0.0, 0.0)]));
        session.stems[0].chain = vec![eq, on(Kind::Saturation), on(Kind::Gate)];
        session.stems[1].chain = vec![ducker, on(Kind::DynamicEq), on(Kind::Stereo)];
        session.stems[2].chain = vec![on(Kind::DeEsser), on(Kind::Transient), on(Kind::Multiband)];
        session.stems[2].automation = StripAutomation {
            fader: curve(&[
                (0.05, 0.0, 0.0),
                (0.3, -9.0, -0.5),
                (0.31, 3.0, 0.0),
                (3.0, -2.0, 0.0),
            ]),
            pan: curve(&[(0.0, -0.5, 0.0), (2.5, 0.8, 0.0)]),
        };
        let mut glue = Slot::new(Kind::Compressor);
        let makeup = glue.processor.movable()[1];
        glue.set_curve(&makeup, curve(&[(0.0, 2.0, 0.0), (1.5, 4.0, 0.0)]));
        session.chain = vec![Slot::new(Kind::Eq), glue];
        session.fader = Db(-1.5);
        Self { folder, session }
    }

    /// The same song without chains and automation, so without any processor state.
    pub fn plain() -> Self {
        let mut song = Self::new();
        for stem in &mut song.session.stems {
            stem.chain.clear();
            stem.automation = StripAutomation::default();
        }
        song.session.chain.clear();
        song.session.fader = Db::UNITY;
        song
    }

    /// Writes the session beside its stems and returns its path.
    pub fn save(&self) -> PathBuf {
        let path = self.folder.path().join("Song.stemwright");
        stemwright::session::file::save(&self.session, &path).unwrap();
        path
    }

    pub fn settings(&self, version: &str) -> Settings {
        let version = &self.session.resolved(self.session.version(&version.into()).unwrap());
        let stems = self.session.stems.iter().zip(audible(&self.session, version));
        let strips = stems
            .map(|(stem, audible)| {
                let level = version.level(stem).unwrap_or(Db::UNITY);
                SignalPath { audible, ..SignalPath::of(&self.session, stem, level) }
            })
            .collect();
        Settings {
            strips,
            fader: self.session.fader,
            chain: self.session.chain.clone(),
            side_chains: vec![(SideChainId(self.session.stems[0].id.0), 0)],
            watched: None,
            comparing: None,
            law: self.session.pan_law,
            source: Source::Mix,
            master: None,
            finishing: Hearing::Output,
            matching: Db(0.0),
        }
    }

    pub fn content(&self, version: &str) -> Arc<Content> {
        let version = &self.session.resolved(self.session.version(&version.into()).unwrap());
        let store = Store::at(self.folder.path().join("cache"));
        let rate = self.session.sample_rate;
        let sources = self
            .session
            .stems
            .iter()
            .map(|stem| StemSource::open(stem, self.folder.path(), rate, &store).unwrap())
            .collect();
        let cuts = CutMap::of(version, rate, self.session.length().0);
        Arc::new(Content::new(Arc::new(sources), None, cuts, version.clean, rate))
    }

    pub fn open(&self, version: &str, rate: u32) -> (Transport, Renderer) {
        let content = self.content(version);
        Transport::new(content, self.settings(version), SampleRate(rate)).unwrap()
    }
}

/// Runs the callback until a jump is complete and the disk has read ahead.
pub fn arrive(renderer: &mut Renderer) {
    let patience = Instant::now();
    while !renderer.has_arrived() && patience.elapsed() < Duration::from_secs(5) {
        std::thread::sleep(Duration::from_millis(1));
        callback(renderer, &mut [0.0; 64]);
    }
    assert!(renderer.has_arrived(), "the jump was never heard");
}

/// Plays `frames` frames in blocks of `block` and returns them interleaved. Waits for the disk, as
/// the test does not run in real time.
pub fn play(
    transport: &mut Transport,
    renderer: &mut Renderer,
    frames: usize,
    block: usize,
) -> Vec<f32> {
    let mut heard = vec![0.0f32; frames * 2];
    for out in heard.chunks_mut(block * 2) {
        let patience = Instant::now();
        while renderer.read_ahead() < block + 4096 && patience.elapsed() < Duration::from_secs(2) {
            std::thread::sleep(Duration::from_micros(100));
        }
        callback(renderer, out);
    }
    assert_eq!(transport.state().gaps, 0, "the disk was late");
    heard
}

pub fn left(heard: &[f32]) -> Vec<f32> {
    heard.iter().step_by(2).copied().collect()
}

/// First frame at which two sounds differ.
pub fn differ(heard: &[f32], exported: &[f32]) -> Option<usize> {
    assert!(exported.iter().any(|x| x.abs() > 0.05), "there is something to hear");
    let first = heard.iter().zip(exported).position(|(a, b)| a != b)?;
    eprintln!("frame {first}: {} heard, {} exported", heard[first], exported[first]);
    Some(first)
}
