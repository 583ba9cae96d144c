//! Cuts and words of versions: what keys, timeline and the Versions view do to them.

use super::desk::Desk;
use super::document::Document;
use super::jobs::{Jobs, News, renew};
use crate::arrange::bars::Bars;
use crate::arrange::beats::{Beats, find, tapped};
use crate::arrange::clean::decide;
use crate::arrange::features::{Features, listen};
use crate::arrange::key;
use crate::arrange::propose::{Proposals, Wish, propose};
use crate::arrange::words::list::mark;
use crate::arrange::words::{LARGEST, read, write};
use crate::disk;
use crate::session::edit::Edit;
use crate::session::grid::Grid;
use crate::session::lyrics::{Lyrics, Verdict};
use crate::session::stem::{CleanRegion, Treatment};
use crate::session::version::{Cut, Version};
use crate::session::{Session, Song};
use crate::units::{Frames, Seconds, counted};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// What is heard before and after a join.
const ROLL: f64 = 4.0;
/// A cut is at least so long, in seconds.
const LEAST: f64 = 0.05;

/// What the window knows about edits.
pub struct Edits {
    /// What was heard of the song, once it was listened to.
    pub features: Option<Arc<Features>>,
    /// Edits that were found, and the id of the version that they are for.
    pub found: Option<(String, Proposals)>,
    /// The cut that is worked on, of the version that is heard.
    pub cut: Option<usize>,
    /// A join that is to be heard once the picture is drawn.
    pub hear: Option<usize>,
    pub keep: Vec<(Seconds, Seconds)>,
    pub tolerance: f64,
    /// The goal as it is typed.
    pub typed: String,
    pub treatment: Treatment,
    /// The name that is asked for: of a version, or of a template.
    pub naming: Option<(Option<usize>, String)>,
    taps: Vec<Instant>,
    cancel: Arc<AtomicBool>,
}

impl Default for Edits {
    fn default() -> Self {
        Self {
            features: None,
            found: None,
            cut: None,
            hear: None,
            keep: Vec::new(),
            tolerance: 1.0,
            typed: String::new(),
            treatment: Treatment::Mute,
            naming: None,
            taps: Vec::new(),
            cancel: Arc::default(),
        }
    }
}

/// What was found out about a song.
pub struct Found {
    pub features: Arc<Features>,
    /// Tempo and bars, where the session had none or they were asked for.
    pub beats: Option<Beats>,
    /// The key, where the song has none yet.
    pub key: Option<String>,
    /// Edits for a version.
    pub proposals: Option<(String, Proposals)>,
}

/// The version whose cuts are made: the one that is heard, or the radio edit while a full mix that
/// is whole is, which stays as it is.
fn target(document: &Document) -> Option<usize> {
    let versions = &document.session.versions;
    let heard = versions.get(document.version)?;
    let radio = versions.iter().position(|version| version.id == "radio");
    let spared = heard.id == "full" && document.session.resolved(heard).is_whole();
    radio.filter(|_| spared).or(Some(document.version))
}

/// Changes the version that edits are made to, and lets it be heard. What it takes over from
/// others becomes its own where it is changed.
pub fn change(document: &mut Document, apply: impl FnOnce(&mut Version)) {
    let Some(n) = target(document) else { return };
    document.open.version = n;
    let mut versions = document.session.versions.clone();
    let Some(version) = versions.get_mut(n) else { return };
    let resolved = document.session.resolved(version);
    (version.cuts, version.fade) = (resolved.cuts, resolved.fade);
    apply(version);
    version.cuts.sort_by(|a, b| a.start.0.total_cmp(&b.start.0));
    if document.session.versions.get(n) != Some(version) {
        document.edit(Edit::Versions(versions));
    }
}

/// The same as a step of its own.
pub fn change_once(document: &mut Document, apply: impl FnOnce(&mut Version)) {
    document.begin_gesture();
    change(document, apply);
    document.begin_gesture();
}

/// Takes the marked range out.
pub fn cut_range(desk: &mut Desk) {
    let Some(document) = &mut desk.document else { return };
    let Some((from, to)) = desk.listen.heard.range else {
        desk.say("Drag over the timeline first: what is marked is cut out");
        return;
    };
    let rate = document.session.sample_rate;
    let (from, to) = (Frames(from).seconds(rate), Frames(to).seconds(rate));
    let whole = document.length().seconds(rate);
    if to.0 - from.0 < LEAST || to.0 - from.0 >= whole.0 - 1.0 {
        desk.say("That is too short or too long for a cut");
        return;
    }
    change_once(document, |version| {
        // Cuts that would touch become one.
        let touches = |cut: &Cut| cut.start.0 <= to.0 && cut.end.0 >= from.0;
        let (mut start, mut end) = (from, to);
        for cut in version.cuts.iter().filter(|cut| touches(cut)) {
            start = Seconds(start.0.min(cut.start.0));
            end = Seconds(end.0.max(cut.end.0));
        }
        version.cuts.retain(|cut| !touches(cut));
        version.cuts.push(Cut::new(start, end));
    });
    let cuts = document.session.versions.get(document.version).map(|version| version.cuts.clone());
    desk.edits.cut = cuts.and_then(|cuts| {
        cuts.iter().position(|cut| cut.start.0 <= from.0 + 1e-6 && cut.end.0 >= to.0 - 1e-6)
    });
    desk.listen.heard.range = None;
    desk.listen.set_loop(None);
}

/// The cut that is worked on, or the one at the playhead, or the only one.
fn chosen(desk: &Desk) -> Option<(usize, Cut)> {
    let document = desk.document.as_ref()?;
    let cuts = document.current_version()?.cuts;
    let here = document.seconds(desk.listen.frame());
    let at = cuts.iter().position(|cut| (cut.start.0 - 1.0..=cut.end.0 + 1.0).contains(&here.0));
    let n = desk.edits.cut.filter(|n| *n < cuts.len()).or(at).or((cuts.len() == 1).then_some(0))?;
    Some((n, cuts.get(n)?.clone()))
}

/// Puts the chosen cut back.
pub fn put_back(desk: &mut Desk) {
    let Some((n, _)) = chosen(desk) else {
        desk.say("Click a cut first");
        return;
    };
    if let Some(document) = &mut desk.document {
        remove(document, n);
    }
    desk.edits.cut = None;
}

/// Takes a cut away, if it is there.
pub fn remove(document: &mut Document, n: usize) {
    change_once(document, |version| {
        if n < version.cuts.len() {
            version.cuts.remove(n);
        }
    });
}

/// Moves the chosen cut by beats, both ends, each to the same place in its bar.
pub fn nudge(desk: &mut Desk, beats: f64) {
    let Some((n, cut)) = chosen(desk) else {
        desk.say("Click a cut first");
        return;
    };
    let Some(document) = &mut desk.document else { return };
    let grid = Grid::of(&document.session);
    let moved = |time: Seconds| {
        grid.as_ref().map_or(Seconds(time.0 + beats), |grid| grid.moved(time, beats))
    };
    let (start, end) = (moved(cut.start), moved(cut.end));
    let whole = document.length().seconds(document.session.sample_rate);
    if start.0 < 0.0 || end.0 > whole.0 {
        return;
    }
    desk.edits.cut = Some(n);
    change(document, |version| place(version, n, start, end));
}

/// Moves a cut; it stops at its neighbours.
pub fn place(version: &mut Version, n: usize, start: Seconds, end: Seconds) {
    let least = n.checked_sub(1).and_then(|n| version.cuts.get(n)).map_or(0.0, |cut| cut.end.0);
    let most = version.cuts.get(n + 1).map_or(f64::MAX, |cut| cut.start.0);
    if let Some(cut) = version.cuts.get_mut(n) {
        cut.start = Seconds(start.0.clamp(least, cut.end.0.max(least)));
        cut.end = Seconds(end.0.clamp(cut.start.0 + LEAST, most.max(cut.start.0 + LEAST)));
    }
}

/// Plays over a join, from a little before it to a little after it, round and round.
pub fn hear_join(desk: &mut Desk, n: usize) {
    let Some(document) = &desk.document else { return };
    let Some(cut) = document.current_version().and_then(|version| version.cuts.get(n).cloned())
    else {
        return;
    };
    let rate = document.session.sample_rate;
    let whole = document.length().seconds(rate);
    let from = Seconds((cut.start.0 - ROLL).max(0.0)).frames(rate).0;
    let to = Seconds((cut.end.0 + ROLL).min(whole.0)).frames(rate).0;
    desk.edits.cut = Some(n);
    desk.listen.heard.range = Some((from, to));
    desk.listen.set_loop(Some((from, to)));
    desk.listen.seek(from);
    if !desk.listen.is_playing() {
        desk.toggle_play();
    }
}

pub fn hear_chosen(desk: &mut Desk) {
    match chosen(desk) {
        Some((n, _)) => hear_join(desk, n),
        None => desk.say("There is no cut to hear"),
    }
}

/// Takes a proposal into the version that it is for.
pub fn take(desk: &mut Desk, n: usize) {
    let Some((id, found)) = &desk.edits.found else { return };
    let (Some(proposal), id) = (found.list.get(n).cloned(), id.clone()) else { return };
    let Some(document) = &mut desk.document else { return };
    let Some(place) = document.session.versions.iter().position(|version| version.id == id) else {
        return;
    };
    document.open.version = place;
    change_once(document, |version| {
        version.cuts = proposal.cuts;
        version.fade = proposal.fade;
    });
    desk.edits.cut = None;
}

/// Sets the length that the version shall have.
pub fn set_goal(document: &mut Document, goal: Option<Seconds>) {
    change_once(document, |version| version.goal = goal);
}

/// Begins to look for edits of the version, or only for tempo and bars.
pub fn search(desk: &mut Desk, goal: Option<Seconds>) {
    let (Some(document), Some(sources)) = (&mut desk.document, &desk.listen.heard.sources) else {
        return;
    };
    let version = target(document).and_then(|n| document.session.versions.get(n));
    let wish = goal.zip(version.map(|version| version.id.clone())).map(|(length, id)| {
        let tolerance = Seconds(desk.edits.tolerance);
        (id, Wish { length, tolerance, keep: desk.edits.keep.clone() })
    });
    let cancel = renew(&mut desk.edits.cancel);
    let (known, sources) = (desk.edits.features.clone(), Arc::clone(sources));
    desk.jobs.edits(document, desk.number, sources, known, wish, cancel);
}

impl Jobs {
    fn edits(
        &self,
        document: &Document,
        number: u64,
        sources: Arc<Vec<crate::engine::source::StemSource>>,
        known: Option<Arc<Features>>,
        wish: Option<(String, Wish)>,
        cancel: Arc<AtomicBool>,
    ) {
        let session = Arc::clone(&document.session);
        self.spawn_shown("edits", "Listening to the song", cancel, move |say, running, cancel| {
            let mut session = Session::clone(&session);
            let features = match known {
                Some(known) => known,
                None => match listen(&session, &sources, &|share| running.share(share), cancel) {
                    Ok(features) => Arc::new(features),
                    Err(_) if cancel.load(Ordering::Relaxed) => return,
                    Err(error) => return say(News::Failed(error.to_string())),
                },
            };
            let meter = session.song.meter.map(|(beats, _)| beats);
            let beats = (session.song.tempo.is_none() || wish.is_none())
                .then(|| find(&features, meter))
                .flatten();
            if let Some(beats) = &beats {
                session.song = beats.clone().into_song(&session.song);
            }
            let Some(grid) = Grid::of(&session) else {
                let text = "No beat was found: tap the tempo, and set the first bar";
                return say(News::Failed(text.into()));
            };
            let mut proposals = None;
            if let Some((id, wish)) = wish {
                running.name("Looking for edits");
                let bars = Bars::new(&features, &grid, session.lyrics.as_ref());
                match propose(&session, &sources, &bars, &wish) {
                    Ok(found) => proposals = Some((id, found)),
                    Err(error) => return say(News::Failed(error.to_string())),
                }
            }
            if !cancel.load(Ordering::Relaxed) {
                let unknown = session.song.key.is_none();
                let key = key::find(&features).filter(|_| unknown).map(|key| key.name);
                let found = Box::new(Found { features, beats, key, proposals });
                say(News::Edits { document: number, found });
            }
        });
    }
}

impl Desk {
    /// What was found out about the song.
    pub(super) fn take_found(&mut self, found: Found) {
        self.edits.features = Some(found.features);
        let Some(document) = &mut self.document else { return };
        let beats = found.beats;
        set_song(document, |song| {
            if let Some(beats) = beats {
                *song = beats.into_song(song);
            }
            song.key = song.key.take().or(found.key);
        });
        if let Some((id, found)) = found.proposals {
            let notes = found.notes.clone();
            self.edits.found = Some((id, found));
            for note in notes {
                self.say(note);
            }
        }
    }
}

/// Changes facts about the song as one step.
pub fn set_song(document: &mut Document, apply: impl FnOnce(&mut Song)) {
    let mut song = document.session.song.clone();
    apply(&mut song);
    if song != document.session.song {
        document.edit_once(Edit::Song(Box::new(song)));
    }
}

/// The first bar begins at the playhead.
pub fn first_bar_here(desk: &mut Desk) {
    let here = desk.playhead();
    if let Some(document) = &mut desk.document {
        set_song(document, |song| {
            song.downbeat = here;
            song.bars.clear();
        });
    }
}

/// One tap of the tempo; from the fourth on it counts.
pub fn tap(desk: &mut Desk) {
    let now = Instant::now();
    let taps = &mut desk.edits.taps;
    if taps.last().is_some_and(|last| last.elapsed().as_secs_f64() > 2.5) {
        taps.clear();
    }
    taps.push(now);
    let first = taps.first().copied().unwrap_or(now);
    let times: Vec<Seconds> =
        taps.iter().map(|tap| Seconds(tap.duration_since(first).as_secs_f64())).collect();
    match (tapped(&times), &mut desk.document) {
        (Some(tempo), Some(document)) => set_song(document, |song| {
            song.tempo = Some((tempo * 10.0).round() / 10.0);
            song.bars.clear();
        }),
        _ => desk.say(format!("{} of 4 taps", times.len())),
    }
}

/// Reads lyrics from a file, and looks for explicit words in them.
pub fn import(desk: &mut Desk, path: &Path) {
    let Some(document) = &mut desk.document else { return };
    let length = document.length().seconds(document.session.sample_rate);
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let bytes = match disk::bytes(path, LARGEST) {
        Ok(bytes) => bytes,
        Err(error) => return desk.say(format!("{} cannot be read: {error}", path.display())),
    };
    match read(&bytes, &name, length) {
        Ok(found) => {
            let before = document.session.lyrics.clone().unwrap_or_default();
            let language = if before.language.is_empty() { "en".into() } else { before.language };
            let (also, except) = (before.also, before.except);
            let words = found.words;
            let mut lyrics =
                Lyrics { source: name, language, words, also, except, ..Lyrics::default() };
            mark(&mut lyrics);
            let (all, explicit) = (lyrics.words.len(), lyrics.open().count());
            document.edit_once(Edit::Lyrics(Box::new(Some(lyrics))));
            desk.say(format!("{}: {}, {explicit} explicit", found.format, counted(all, "word")));
            for note in found.notes {
                desk.say(note);
            }
        }
        Err(error) => desk.say(error.to_string()),
    }
}

/// Changes the lyrics, and looks for explicit words again.
pub fn change_lyrics(document: &mut Document, apply: impl FnOnce(&mut Lyrics)) {
    let Some(mut lyrics) = document.session.lyrics.clone() else { return };
    apply(&mut lyrics);
    mark(&mut lyrics);
    document.edit_once(Edit::Lyrics(Box::new(Some(lyrics))));
}

/// Confirms or dismisses words.
pub fn decide_words(desk: &mut Desk, numbers: &[usize], verdict: Verdict) {
    let (Some(document), Some(sources)) = (&mut desk.document, &desk.listen.heard.sources) else {
        return;
    };
    match decide(&document.session, sources, numbers, verdict, desk.edits.treatment) {
        Ok(Some(edit)) => document.edit_once(edit),
        Ok(None) => desk.say("No stem has the role of a vocal: give one its role in Stems"),
        Err(error) => desk.say(error.to_string()),
    }
}

/// Makes the marked range of the selected stem clean, or lets it through again; the clean version
/// is heard then.
pub fn clean_range(desk: &mut Desk, clean: bool) {
    let Some(document) = &mut desk.document else { return };
    let (Some((from, to)), Some(stem)) =
        (desk.listen.heard.range, document.selected_stem().cloned())
    else {
        desk.say("Select a stem, and drag over the timeline first");
        return;
    };
    let rate = document.session.sample_rate;
    let (from, to) = (Frames(from).seconds(rate), Frames(to).seconds(rate));
    let mut regions = stem.clean;
    // What lies under the range gives way to it.
    regions.retain(|region| region.end.0 <= from.0 || region.start.0 >= to.0);
    if clean {
        regions.push(CleanRegion::new(from, to, desk.edits.treatment));
        regions.sort_by(|a, b| a.start.0.total_cmp(&b.start.0));
    }
    document.edit_once(Edit::Clean { stem: stem.id, regions });
    let version = document.session.versions.iter().position(|version| version.clean);
    document.open.version = version.unwrap_or(document.version);
    let what = if clean { desk.edits.treatment.name() } else { "let through" };
    desk.say(format!("{}: {what} from {from:.1} to {to:.1}", stem.name));
}

/// Writes the lyrics of the version that is heard, at its times.
pub fn export(desk: &mut Desk, path: &Path) {
    let Some(document) = &desk.document else { return };
    let Some(version) = document.current_version() else { return };
    let lines = write::lines_of(&document.session, &version);
    let lrc = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("lrc"));
    let text = match lrc {
        true => write::lrc(&lines, &document.session.song.title),
        false => write::srt(&lines),
    };
    let written = crate::disk::write(path, text.as_bytes());
    match written {
        Ok(()) => desk.say(format!("Saved {}", path.display())),
        Err(error) => desk.say(format!("{} cannot be written: {error}", path.display())),
    }
}

/// The version that is heard, how long it is and shall be: `Radio edit 3:02 of 3:00`.
pub fn length_line(document: &Document) -> Option<(String, bool)> {
    let version = document.current_version()?;
    let rate = document.session.sample_rate;
    let length = version.length(document.length(), rate).seconds(rate);
    let text = match version.goal {
        Some(goal) => {
            let off = length.0 - goal.0;
            format!("{} {length:.1} \u{b7} goal {goal} ({off:+.1} s)", version.name)
        }
        None if version.is_whole() => return None,
        None => format!("{} {length:.1}", version.name),
    };
    let met = version.goal.is_none_or(|goal| (length.0 - goal.0).abs() <= 1.0);
    Some((text.replace('-', "\u{2212}"), met))
}
