//! Analysis of the song: tempo, bars and key, and proposals of cuts that bring a version to a
//! wanted length. The analysis runs as a job; taps of the tempo are collected here too.

use crate::app::desk::Desk;
use crate::app::document::Document;
use crate::app::edits::target;
use crate::app::jobs::{Jobs, News, renew};
use crate::arrange::bars::Bars;
use crate::arrange::beats::{Beats, find, tapped};
use crate::arrange::features::{Features, listen};
use crate::arrange::key;
use crate::arrange::propose::{Proposals, Wish, propose};
use crate::engine::source::StemSource;
use crate::session::edit::Edit;
use crate::session::grid::Grid;
use crate::session::ids::VersionId;
use crate::session::{Session, Song};
use crate::texts::say;
use crate::units::Seconds;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// Seconds of pause after which the next tap starts a new tempo.
const PAUSE: f64 = 2.5;

/// Results of the analysis, kept for the open song.
#[derive(Default)]
pub struct SongAnalysis {
    /// Features of the audio, once the job has listened to the song.
    pub features: Option<Arc<Features>>,
    /// Id of a version, and the edits that were proposed for it.
    pub found: Option<(VersionId, Proposals)>,
    /// Times of the taps of the tempo.
    taps: Vec<Instant>,
    cancel: Arc<AtomicBool>,
}

/// Result of the analysis job.
pub struct Found {
    pub features: Arc<Features>,
    /// Tempo and bars; only if the session had no tempo or no edits were asked for.
    pub beats: Option<Beats>,
    /// The key, if the session has none.
    pub key: Option<String>,
    /// Id of the version, and the edits that were proposed for it.
    pub proposals: Option<(VersionId, Proposals)>,
}

/// Starts the analysis job. `goal` is the wanted length of the version; `None` searches only for
/// tempo, bars and key.
pub fn search(desk: &mut Desk, goal: Option<Seconds>) {
    let Some(document) = &desk.document else { return };
    let Some(sources) = &desk.listen.heard.sources else {
        desk.say(say!("act-stems-being-opened"));
        return;
    };
    let version = target(document).and_then(|n| document.session.versions.get(n));
    let own = &desk.panels.versions;
    let wish = goal.zip(version.map(|version| version.id.clone())).map(|(length, id)| {
        let tolerance = Seconds(own.tolerance);
        (id, Wish { length, tolerance, keep: own.keep.clone() })
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
        sources: Arc<Vec<StemSource>>,
        known: Option<Arc<Features>>,
        wish: Option<(VersionId, Wish)>,
        cancel: Arc<AtomicBool>,
    ) {
        let session = Arc::clone(&document.session);
        let shown = say!("act-listening-to-the-song");
        self.spawn_shown("edits", shown, cancel, move |say, running, cancel| {
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
                let text = say!("act-no-beat");
                return say(News::Failed(text.into()));
            };
            let mut proposals = None;
            if let Some((id, wish)) = wish {
                running.name(say!("act-looking-for-edits"));
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

/// Stores the result of the analysis; tempo, bars and key go into the session.
pub fn found(desk: &mut Desk, found: Found) {
    desk.edits.features = Some(found.features);
    desk.own_step();
    let Some(document) = &mut desk.document else { return };
    let beats = found.beats;
    set_song(document, |song| {
        if let Some(beats) = beats {
            *song = beats.into_song(song);
        }
        song.key = song.key.take().or(found.key);
    });
    if let Some((id, found)) = found.proposals {
        let notes = found.notes.clone();
        desk.edits.found = Some((id, found));
        for note in notes {
            desk.say(note);
        }
    }
}

/// Edits the facts about the song, if they change.
fn set_song(document: &mut Document, apply: impl FnOnce(&mut Song)) {
    let mut song = document.session.song.clone();
    apply(&mut song);
    if song != document.session.song {
        document.edit(Edit::Song(Box::new(song)));
    }
}

/// Sets the start of the first bar to the playhead, and drops bars of a moving tempo.
pub fn first_bar_here(desk: &mut Desk) {
    let here = desk.playhead();
    if let Some(document) = &mut desk.document {
        set_song(document, |song| {
            song.downbeat = here;
            song.bars.clear();
        });
    }
}

/// One tap of the tempo; from the fourth tap on, the tempo is set.
pub fn tap(desk: &mut Desk) {
    let now = Instant::now();
    let taps = &mut desk.edits.taps;
    if taps.last().is_some_and(|last| last.elapsed().as_secs_f64() > PAUSE) {
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
        _ => desk.say(say!("act-taps", count = times.len())),
    }
}
