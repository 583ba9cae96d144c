//! Test fixture for views ([`World`]): the plain data behind [`Seen`], without a window, files,
//! jobs or a player; and tests that draw every view.

use super::delivering::Delivering;
use super::gauges::Gauges;
use super::heard::{Heard, Monitor};
use super::known_files::SongFiles;
use super::measured::Measured;
use super::notes::Revised;
use super::notes::tests::revision;
use super::open_song::OpenSong;
use super::panels::Panels;
use super::preferences::Preferences;
use super::seen::{Device, Questions, Seen, Sound, Switched};
use super::shelf::Shelf;
use super::view::View;
use super::{deeds::*, picture, theme};
use crate::arrange::propose::Proposals;
use crate::dsp::chain::{Kind, Slot};
use crate::playback::device::DeviceSettings;
use crate::review::comments::Review as Comments;
use crate::session::Section;
use crate::session::Session;
use crate::session::counted::CloneCounter;
use crate::session::history::History;
use crate::session::history::tests::{song, stem};
use crate::session::ids::VersionId;
use crate::units::Seconds;
use egui::Shape;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use std::cell::RefCell;
use std::path::PathBuf;
use std::sync::Arc;

#[derive(Default)]
pub struct World {
    pub song: Option<OpenSong>,
    pub history: History,
    pub heard: Heard,
    pub gauges: Gauges,
    pub measured: Measured,
    pub files: SongFiles,
    pub proposals: Option<(VersionId, Proposals)>,
    pub delivering: Delivering,
    pub shelf: Shelf,
    pub comments: Comments,
    pub revised: Revised,
    pub wish: DeviceSettings,
}

impl World {
    pub fn of(session: Session) -> Self {
        let song = Some(OpenSong::new(session, PathBuf::from("Song.stemwright")));
        Self { song, ..Self::default() }
    }

    pub fn seen(&self) -> Seen<'_> {
        Seen {
            song: self.song.as_ref(),
            history: &self.history,
            unsaved: false,
            state: self.history.state(),
            heard: &self.heard,
            gauges: &self.gauges,
            measured: &self.measured,
            files: &self.files,
            recent: &[],
            settings: None,
            languages: &[],
            proposals: self.proposals.as_ref(),
            delivering: &self.delivering,
            shelf: &self.shelf,
            review: &self.comments,
            revised: &self.revised,
            merging: None,
            device: Device { wish: &self.wish, systems: None, open: None, load: (0.0, 0.0) },
            questions: Questions::default(),
            jobs: &[],
            opening: false,
            hovering: None,
            asked: RefCell::default(),
        }
    }
}

/// Where a text ends each time that it is painted, and whether it is cut there.
pub fn ends_of(harness: &Harness<'_>, words: &str) -> Vec<(bool, f32)> {
    let texts = harness.output().shapes.iter().filter_map(|one| match &one.shape {
        Shape::Text(text) if text.galley.job.text == words => Some(text),
        _ => None,
    });
    let ends = texts.map(|text| (text.galley.elided, text.galley.mesh_bounds.right() + text.pos.x));
    ends.collect()
}

/// Draws the whole window in a view, lets `act` use it, and returns the deeds that were asked for.
fn asked(view: View, act: impl FnOnce(&mut Harness<'_>)) -> Vec<Deed> {
    let mut session = song();
    session.sections = vec![Section::new("Verse", Seconds(0.2))];
    session.chain = Kind::ALL.into_iter().map(Slot::new).collect();
    if let Some(stem) = session.stems.first_mut() {
        stem.chain = vec![Slot::new(Kind::Eq), Slot::new(Kind::Compressor)];
    }
    let mut world = World::of(session);
    let kept = world.song.as_ref().map(|song| ("1".into(), Arc::clone(&song.session)));
    (world.revised.all, world.revised.last) = (vec![revision("1")], kept);
    let mut panels = Panels::new(Preferences { hints: usize::MAX, ..Preferences::default() });
    panels.view = view;
    let asked = RefCell::<Vec<Deed>>::default();
    let mut harness = Harness::builder()
        .with_size(egui::vec2(1600.0, 1000.0))
        .with_context_setup(theme::apply)
        .build_ui(|ui| {
            let seen = world.seen();
            let before = CloneCounter::on_this_thread();
            picture::show(&seen, &mut panels, ui, false);
            assert_eq!(CloneCounter::on_this_thread(), before, "{view:?} copies the session");
            asked.borrow_mut().extend(seen.asked.into_inner());
        });
    harness.run_steps(2);
    act(&mut harness);
    harness.run_steps(2);
    drop(harness);
    asked.into_inner()
}

#[test]
fn every_view_is_drawn_from_what_is_seen_and_copies_nothing() {
    for view in View::ALL {
        let asked = asked(view, |harness| {
            let tab = egui::accesskit::Role::Tab;
            let shown = harness.get_by_role_and_label(tab, view.name());
            let lit = shown.accesskit_node().toggled();
            assert_eq!(lit, Some(egui::accesskit::Toggled::True), "{view:?}");
        });
        // Drawing alone must not ask for changes.
        let quiet = |deed: &Deed| !matches!(deed, Deed::Edit(_) | Deed::Play(_) | Deed::Session(_));
        assert!(asked.iter().all(quiet), "{view:?}: {asked:?}");
    }
}

#[test]
fn a_click_is_a_deed_and_changes_nothing_by_itself() {
    let muted = asked(View::Mix, |harness| harness.get_by_label("Mute Stem 2").click());
    let mutes = |deed: &&Deed| {
        matches!(deed, Deed::Stems(Stems::Switch(stem, settings))
            if *stem == stem_id(2) && settings.mute)
    };
    assert_eq!(muted.iter().filter(mutes).count(), 1, "{muted:?}");
    let played = asked(View::Review, |harness| harness.get_by_label("Play").click());
    assert!(played.iter().any(|deed| matches!(deed, Deed::Play(Play::Toggle))), "{played:?}");
}

#[test]
fn only_what_the_monitors_are_switched_to_is_heard_and_plays_while_playback_runs() {
    let mut world = World::of(song());
    let sounds = |world: &World, row: Switched<'_>| world.seen().sound(row);
    assert_eq!(sounds(&world, Switched::Mix), Sound::Chosen);
    assert_eq!(sounds(&world, Switched::Master(0)), Sound::Off);
    world.heard.preview = true;
    assert_eq!(sounds(&world, Switched::Master(0)), Sound::Chosen, "playback stands");
    assert_eq!(sounds(&world, Switched::Master(1)), Sound::Off);
    world.heard.playing = true;
    assert_eq!(sounds(&world, Switched::Master(0)), Sound::Playing);
    // The reference is heard, and no master.
    world.heard.monitor = Monitor::Reference;
    assert_eq!(sounds(&world, Switched::Master(0)), Sound::Off);
    assert_eq!(sounds(&world, Switched::Reference), Sound::Playing);
    let words = [Sound::Off, Sound::Chosen, Sound::Playing].map(Sound::word);
    assert_eq!(words, ["Play", "Heard", "Playing"]);
}

fn stem_id(n: u32) -> crate::session::stem::StemId {
    stem(n).id
}
