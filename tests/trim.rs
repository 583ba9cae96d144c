//! The trim of a stem is before its chain. In sessions of earlier versions it stays behind the
//! chain until the user changes that.

mod common;

use common::song::*;
use common::*;
use stemwright::dsp::Stereo;
use stemwright::dsp::chain::{Kind, ProcessorSettings, Slot};
use stemwright::session::TrimPlace;
use stemwright::session::stem::Role;
use stemwright::session::version::{Level, LevelTarget};
use stemwright::units::Db;

fn compressor() -> Slot {
    let mut slot = Slot::new(Kind::Compressor);
    if let ProcessorSettings::Compressor(settings) = &mut slot.processor {
        settings.threshold = Db(-30.0);
        settings.ratio = 8.0;
    }
    slot
}

fn far(a: &Stereo, b: &Stereo) -> f64 {
    let pairs = a.iter().flatten().zip(b.iter().flatten());
    relative_db(pairs.map(|(a, b)| f64::from(a - b)), b)
}

#[test]
fn a_trim_drives_the_chain_and_a_level_of_a_version_does_not() {
    let quiet = sound(1, 3.0, 0.02);
    let loud: Vec<f32> = quiet.iter().map(|x| x * Db(24.0).factor() as f32).collect();
    let other = sound(2, 3.0, 0.1);
    let made = |stem: &[f32], trim: f64, place: TrimPlace| {
        let folder = folder_of(&[("01_Bass", stem, stem), ("02_Lead Vox", &other, &other)]);
        let home = tempfile::tempdir().unwrap();
        expect(home.path(), 0, &["new", text(folder.path())]);
        let path = session_in(folder.path());
        let mut session = stemwright::session::file::load(&path).unwrap();
        assert_eq!(session.trim, TrimPlace::BeforeChain, "of a new session");
        session.trim = place;
        session.stems[0].chain = vec![compressor()];
        session.stems[0].strip.trim = Db(trim);
        // A version's level is behind the chain, so the parts still sum to the whole.
        let level = Level { of: LevelTarget::Role(Role::Bass), gain: Db(-3.0) };
        session.versions[0].levels = vec![level];
        session.versions[1].levels = vec![level];
        stemwright::session::file::save(&session, &path).unwrap();
        let out = folder.path().join("out");
        let more = ["--versions", "full,instrumental,acappella", "--masters", "mix"];
        let report = render(home.path(), &path, &out, &more);
        let file =
            |n: usize| samples(std::path::Path::new(report["files"][n]["path"].as_str().unwrap()));
        [file(0), file(1), file(2)]
    };
    let [driven, bass, vocals] = made(&quiet, 24.0, TrimPlace::BeforeChain);
    let [as_loud, ..] = made(&loud, 0.0, TrimPlace::BeforeChain);
    let [after, ..] = made(&quiet, 24.0, TrimPlace::AfterChain);
    assert!(far(&driven, &as_loud) < -100.0, "24-bit stems differ by their rounding alone");
    assert!(far(&after, &as_loud) > -20.0, "the compressor did nothing to the quiet one");
    let sum: Stereo = [0, 1]
        .map(|side| bass[side].iter().zip(&vocals[side]).map(|(a, b)| a + b).collect::<Vec<f32>>());
    assert!(far(&sum, &driven) < -130.0);
}

#[test]
fn a_session_of_before_keeps_its_sound() {
    let song = Song::new();
    let text = serde_json::to_value(&song.session).unwrap();
    let mut before = text.clone();
    before.as_object_mut().unwrap().remove("trim");
    let session: stemwright::session::Session = serde_json::from_value(before).unwrap();
    assert_eq!(session.trim, TrimPlace::AfterChain);
}
