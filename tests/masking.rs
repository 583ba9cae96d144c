//! Masking: the covered band of a stem is found, and the suggested cure uncovers it.

mod common;

use common::*;
use std::f32::consts::TAU;
use std::sync::atomic::AtomicBool;
use stemwright::engine::source::StemSource;
use stemwright::intake::folder::gather;
use stemwright::media::store::Store;
use stemwright::render::masking::{Masking, masking};
use stemwright::session::Session;

fn tones(parts: &[(f32, f32)]) -> Vec<f32> {
    (0..48_000 * 4)
        .map(|n| {
            parts.iter().map(|(hz, level)| level * (n as f32 * hz * TAU / 48_000.0).sin()).sum()
        })
        .collect()
}

fn found(folder: &std::path::Path, session: &Session) -> Masking {
    let store = Store::at(folder.join("cache"));
    let rate = session.sample_rate;
    let open = |stem| StemSource::open(stem, folder, rate, &store).unwrap();
    let sources: Vec<StemSource> = session.stems.iter().map(open).collect();
    masking(session, &sources, session.stems[1].id, &AtomicBool::new(false)).unwrap()
}

#[test]
fn a_covered_voice_is_found_and_uncovered() {
    // The keys cover the voice's band at 3 kHz by 12 dB; its band at 300 Hz is free.
    let keys = tones(&[(90.0, 0.2), (3000.0, 0.2)]);
    let voice = tones(&[(300.0, 0.1), (3000.0, 0.05)]);
    let folder = folder_of(&[("01_Keys", &keys, &keys), ("02_LeadVox", &voice, &voice)]);
    let mut session = gather(folder.path(), None).unwrap().session;
    let before = found(folder.path(), &session);
    let [conflict] = &before.conflicts[..] else { panic!("{:?}", before.conflicts) };
    assert_eq!(conflict.masker, session.stems[0].id);
    assert!(conflict.low.0 < 3000.0 && conflict.high.0 > 3000.0, "{conflict:?}");
    assert!(conflict.share > 0.9 && (conflict.excess.0 - 12.0).abs() < 0.5, "{conflict:?}");
    // A lower fader counts at once.
    session.stems[0].strip.fader = stemwright::units::Db(-9.0);
    assert!(found(folder.path(), &session).conflicts.is_empty());
    session.stems[0].strip.fader = stemwright::units::Db(0.0);
    session.stems[0].chain.push(conflict.cure.clone());
    let after = found(folder.path(), &session);
    let excess = after.conflicts.first().map_or(4.0, |conflict| conflict.excess.0);
    assert!(excess < 7.0, "the keys give way: {excess}");
}
