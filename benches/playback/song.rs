//! Test material for the benches: stems with full chains, and the settings to play them.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use stemwright::dsp::chain::{Hearing, Kind, ProcessorSettings, Slot};
use stemwright::dsp::eq::{Band, Shape};
use stemwright::dsp::limiter::LimiterSettings;
use stemwright::dsp::strip::StripMoves;
use stemwright::engine::bus::audible;
use stemwright::engine::cuts::CutMap;
use stemwright::engine::path::SignalPath;
use stemwright::engine::source::StemSource;
use stemwright::media::store::Store;
use stemwright::media::writer::{BitDepth, WavWriter};
use stemwright::playback::{Content, Previewed, Settings, Source};
use stemwright::session::Session;
use stemwright::units::{Db, Hz, SampleRate};

pub const RATE: SampleRate = SampleRate(48_000);

/// Writes `count` stems of swelling noise and returns their session. Existing files are kept.
pub fn stems(folder: &Path, count: usize, seconds: usize) -> Session {
    std::fs::create_dir_all(folder).unwrap();
    for n in 0..count {
        let path: PathBuf = folder.join(format!("{:02}_Stem{n}.wav", n + 1));
        if path.exists() {
            continue;
        }
        let mut writer = WavWriter::create(&path, BitDepth::Int24, RATE, None).unwrap();
        let mut state = n as u32 + 1;
        for second in 0..seconds {
            let mut side = || -> Vec<i32> {
                (0..48_000)
                    .map(|frame| {
                        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                        let swell =
                            0.3 + 0.7 * ((second * 48_000 + frame) as f32 * 1e-4).sin().abs();
                        ((state >> 9) as f32 * swell * 0.2) as i32 - 400_000
                    })
                    .collect()
            };
            let (left, right) = (side(), side());
            writer.write_whole(&left, &right).unwrap();
        }
        writer.finish().unwrap();
    }
    stemwright::intake::folder::gather(folder, None).unwrap().session
}

/// Puts five processors on each stem and two on the mix.
pub fn treat(session: &mut Session) {
    let mut eq = Slot::new(Kind::Eq);
    if let ProcessorSettings::Eq(settings) = &mut eq.processor {
        let band =
            |shape, hz, gain| Band { shape, frequency: Hz(hz), gain: Db(gain), ..Band::default() };
        settings.bands = vec![
            band(Shape::HighPass, 80.0, 0.0),
            band(Shape::Bell, 400.0, -2.5),
            band(Shape::Bell, 3400.0, 2.0),
            band(Shape::HighShelf, 9000.0, 3.0),
        ];
    }
    let rest = [Kind::Compressor, Kind::DeEsser, Kind::Saturation, Kind::Stereo].map(Slot::new);
    for stem in &mut session.stems {
        stem.chain = [vec![eq.clone()], rest.to_vec()].concat();
    }
    session.chain = vec![eq, Slot::new(Kind::Compressor)];
}

/// The settings that the window would send; with `master`, with the streaming limiter.
pub fn settings(session: &Session, master: bool) -> Settings {
    let version = session.version(&"full".into()).unwrap();
    let stems = session.stems.iter().zip(audible(session, version));
    let strips = stems
        .map(|(stem, audible)| SignalPath {
            trim: Db::UNITY,
            settings: stem.strip,
            moves: (!stem.automation.is_empty())
                .then(|| Arc::new(StripMoves::new(&stem.automation, session.sample_rate))),
            chain: stem.chain.clone(),
            audible,
        })
        .collect();
    let limiter = Some(LimiterSettings::at(Db(-1.0)));
    Settings {
        strips,
        fader: session.fader,
        chain: session.chain.clone(),
        side_chains: Vec::new(),
        watched: None,
        comparing: None,
        law: session.pan_law,
        source: Source::Mix,
        master: master.then_some(Previewed { gain: Db(0.0), limiter, vinyl: None }),
        finishing: Hearing::Output,
        matching: Db(0.0),
    }
}

pub fn content(session: &Session, folder: &Path) -> Arc<Content> {
    let rate = session.sample_rate;
    let store = Store::of_user();
    let open = |stem| StemSource::open(stem, folder, rate, &store).unwrap();
    let sources = session.stems.iter().map(open).collect();
    let cuts = CutMap::new(&[], rate, session.length().0);
    Arc::new(Content::new(Arc::new(sources), None, cuts, false, rate))
}
