//! The preview of a master measures like its file, and compared sounds are equally loud.

mod common;

use common::song::*;
use common::*;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use stemwright::dsp::loudness::LoudnessMeter;
use stemwright::dsp::strip::{StripAutomation, StripSettings};
use stemwright::dsp::true_peak::TruePeakMeter;
use stemwright::engine::cuts::CutMap;
use stemwright::engine::master::chain_of;
use stemwright::engine::source::StemSource;
use stemwright::media::store::Store;
use stemwright::playback::{Content, Previewed, Settings, Source, Transport};
use stemwright::render::overview::{Overview, overview};
use stemwright::session::Session;
use stemwright::units::{Db, Lufs, SampleRate};

const RATE: SampleRate = SampleRate(48_000);

fn sources(song: &Song) -> Vec<StemSource> {
    let store = Store::at(song.folder.path().join("cache"));
    let open = |stem| StemSource::open(stem, song.folder.path(), RATE, &store).unwrap();
    song.session.stems.iter().map(open).collect()
}

fn measured(song: &Song, session: &Session) -> Overview {
    let never = AtomicBool::new(false);
    overview(session, session.version(&"full".into()).unwrap(), &sources(song), &|_| (), &never)
        .unwrap()
}

/// Plays the whole song and measures the output.
fn heard(content: Arc<Content>, settings: Settings) -> (Lufs, Db) {
    let (mut transport, mut renderer) = Transport::new(content, settings, RATE).unwrap();
    transport.seek(0);
    transport.play();
    arrive(&mut renderer);
    let mut meter = LoudnessMeter::new(2, RATE).unwrap();
    let mut peak = TruePeakMeter::new();
    let mut out = vec![0.0; 2 * 480];
    for _ in 0..400 {
        while renderer.read_ahead() < 5000 && transport.state().playing {
            std::thread::sleep(std::time::Duration::from_micros(200));
            if transport.state().frame > 180_000 {
                break;
            }
        }
        renderer.process(&mut out, 2, stemwright::units::Seconds(0.0));
        let side = |n: usize| out.iter().skip(n).step_by(2).copied().collect::<Vec<f32>>();
        let (left, right) = (side(0), side(1));
        meter.process(&left, &right);
        peak.process(&left, &right);
    }
    assert_eq!(transport.state().gaps, 0);
    peak.finish();
    (meter.reading().integrated, peak.true_peak())
}

#[test]
fn the_meter_reads_what_the_file_will_read() {
    let song = Song::new();
    let home = tempfile::tempdir().unwrap();
    let out = home.path().join("out");
    let report = render(home.path(), &song.save(), &out, &["--versions", "full"]);
    let figures = measured(&song, &song.session);
    for (n, master) in song.session.masters.iter().enumerate() {
        let file = &report["files"][n];
        assert_eq!(file["master"], master.id.as_str());
        let target = master.target.unwrap();
        let mut settings = song.settings("full");
        settings.chain = chain_of(&song.session, master);
        settings.master = Some(Previewed {
            gain: figures.predict(&song.session, master).unwrap().gain,
            limiter: target.limit.then(|| master.limiter_at(target.ceiling)),
            vinyl: master.vinyl,
        });
        let (loudness, peak) = heard(song.content("full"), settings);
        let written = file["integrated_lufs"].as_f64().unwrap();
        assert!((loudness.0 - written).abs() < 0.1, "{}: {loudness:?} {written}", master.id);
        // At another sample rate the same sound has slightly different peaks.
        assert!(peak.0 <= target.ceiling.0 + 0.05, "{}: {peak:?}", master.id);
    }
}

fn with_reference(song: &Song, path: &Path) -> Arc<Content> {
    let store = Store::at(song.folder.path().join("cache"));
    let reference = Arc::new(StemSource::open_plain(path, RATE, &store).unwrap());
    let cuts = CutMap::new(&[], RATE, song.session.length().0);
    Arc::new(Content::new(Arc::new(sources(song)), Some(reference), cuts, false, RATE))
}

#[test]
fn bypass_and_reference_are_as_loud_as_the_mix() {
    let song = Song::new();
    let [left, right] = [sound(7, 4.0, 0.9), sound(8, 4.0, 0.8)];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("reference.wav");
    stemwright::media::writer::write_plain(&path, RATE, &left, &right).unwrap();
    let mut meter = LoudnessMeter::new(2, RATE).unwrap();
    meter.process(&left, &right);
    let reference = meter.reading().integrated;
    let mut flat = song.session.clone();
    for stem in &mut flat.stems {
        stem.strip = StripSettings::default();
        stem.automation = StripAutomation::default();
        stem.chain.clear();
    }
    flat.chain.clear();
    let mix = measured(&song, &song.session).loudness.integrated;
    let bypass = measured(&song, &flat).loudness.integrated;
    assert!((mix - bypass).0.abs() > 1.0 && (mix - reference).0.abs() > 1.0, "they differ");
    let content = || with_reference(&song, &path);
    let mut settings = song.settings("full");
    let (plain, _) = heard(content(), settings.clone());
    settings.source = Source::Reference;
    settings.matching = mix - reference;
    let (other, _) = heard(content(), settings.clone());
    settings.source = Source::Mix;
    for strip in &mut settings.strips {
        strip.settings = StripSettings::default();
        strip.moves = None;
        strip.chain.iter_mut().for_each(|slot| slot.on = false);
    }
    settings.chain.iter_mut().for_each(|slot| slot.on = false);
    settings.matching = mix - bypass;
    let (flat, _) = heard(content(), settings);
    assert!((other - plain).0.abs() < 0.1, "reference {other:?} {plain:?}");
    assert!((flat - plain).0.abs() < 0.1, "bypass {flat:?} {plain:?}");
}
