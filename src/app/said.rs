//! Tests that the table of texts has every word that lower rooms say in English and the window shows
//! in the chosen language.

use super::actions::ACTIONS;
use crate::arrange::words::list::LANGUAGES;
use crate::delivery::checks::Verdict;
use crate::dsp::chain::{Kind, ProcessorSettings};
use crate::dsp::dither::Shaping;
use crate::dsp::eq::{Band, EqSettings};
use crate::dsp::pan::PanLaw;
use crate::dsp::parameter::Unit;
use crate::intake::findings::Mend;
use crate::media::writer::BitDepth;
use crate::review::comments::Status;
use crate::session::brief::Brief;
use crate::session::delivery::{Grouping, Packaging};
use crate::session::master::Alternates;
use crate::session::naming::{STEM_TOKENS, TOKENS};
use crate::session::preset;
use crate::session::ready::ReadyMade;
use crate::session::stem::{Colour, Role, Treatment};
use crate::session::version::Crossfade;
use crate::texts::{english_of, word_id};
use crate::units::Frames;
use std::collections::BTreeMap;

/// Asserts that each word has a text, the word itself in English.
fn all_there<'a>(kind: &str, words: impl IntoIterator<Item = &'a str>) {
    let mut count = 0;
    for word in words {
        assert_eq!(english_of(&word_id(kind, word)), Some(word), "{kind}: {word}");
        count += 1;
    }
    assert!(count > 0, "no words of the kind {kind}");
}

#[test]
fn every_action_has_its_name_and_search_words() {
    all_there("action", ACTIONS.iter().map(|action| action.name));
    let mut ids = BTreeMap::new();
    for action in ACTIONS.iter() {
        assert_eq!(
            english_of(&word_id("find", action.name)),
            Some(action.words),
            "{}",
            action.name
        );
        let before = ids.insert(word_id("action", action.name), action.name);
        assert_eq!(before, None, "{} has the id of another action", action.name);
    }
}

#[test]
fn every_processor_has_the_words_of_its_values() {
    let bands = EqSettings { bands: vec![Band::default()], ..EqSettings::default() };
    let mut all: Vec<ProcessorSettings> = Kind::ALL.map(ProcessorSettings::of).to_vec();
    all.push(ProcessorSettings::Eq(bands));
    for settings in &all {
        let values = settings.values();
        for value in &values {
            all_there("parameter", [value.info.name]);
            if let Unit::Choice(names) = value.info.unit {
                all_there("choice", names.iter().copied());
            }
        }
    }
    all_there("choice", Alternates::ALL.map(Alternates::name));
    all_there("processor", Kind::ALL.map(Kind::name));
    all_there("processor", Kind::ALL.map(Kind::short));
    all_there("processor", [Kind::Unknown.name()]);
}

#[test]
fn every_word_of_the_song_is_there() {
    all_there("role", Role::ALL.map(Role::name));
    all_there("colour", Colour::ALL.map(Colour::name));
    all_there("treatment", Treatment::ALL.map(Treatment::name));
    all_there("pan-law", PanLaw::ALL.map(PanLaw::name));
    all_there("crossfade", Crossfade::ALL.map(Crossfade::name));
    let presets = preset::built_in();
    all_there("preset", presets.iter().map(|preset| preset.name.as_str()));
    let names: Vec<String> = ReadyMade::ALL.iter().map(|ready| ready.name()).collect();
    all_there("version", names.iter().map(String::as_str));
    all_there("status", Status::ALL.map(Status::name));
    all_there("brief", Brief::default().fields().iter().map(|(name, _)| *name));
    all_there("language", LANGUAGES.iter().map(|(_, name)| *name));
}

#[test]
fn every_word_of_a_delivery_is_there() {
    all_there("dither", Shaping::NAMES.iter().copied());
    let depths = [BitDepth::Int16, BitDepth::Int24, BitDepth::Float32];
    all_there("depth", depths.map(BitDepth::name));
    let verdicts = [Verdict::Good, Verdict::Look, Verdict::Failed, Verdict::Unknown];
    all_there("verdict", verdicts.map(Verdict::name));
    all_there("packaging", Packaging::ALL.iter().map(|(_, name)| *name));
    all_there("grouping", Grouping::ALL.iter().map(|(_, name)| *name));
    all_there("token", TOKENS.iter().chain(&STEM_TOKENS).map(|(_, name)| *name));
    let mends = [
        Mend::Shift { frames: 0 },
        Mend::Polarity,
        Mend::Dc { offset: [0.0; 2] },
        Mend::Convert,
        Mend::Pad { frames: Frames(0) },
        Mend::Rename { name: String::new() },
    ];
    all_there("mend", mends.iter().map(Mend::name));
}
