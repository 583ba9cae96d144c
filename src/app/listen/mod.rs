//! Playing: what the window asks of the transport, and what it hears back.

mod device_watch;
mod hand;
mod told;

use crate::app::exports::Exports;
use crate::app::heard::Heard;
use crate::app::measured::Figures;
use crate::app::open_song::OpenSong;
use crate::dsp::strip::{StripAutomation, StripMoves};
use crate::engine::cuts::CutMap;
use crate::engine::source::StemSource;
use crate::playback::device::Wish;
use crate::playback::{Content, Levels, Place, Player, Settings};
use crate::session::stem::{CleanRegion, StemId};
use crate::session::version::{Cut, Fade};
use crate::units::{Frames, SampleRate};
pub use device_watch::DeviceWatch;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The transport, and what it is told and says.
pub struct Listen {
    player: Option<Player>,
    pub device_watch: DeviceWatch,
    /// What is heard, and how it is to be heard.
    pub heard: Heard,
    /// It played when the stems were taken away, and goes on once they are back.
    resume: bool,
    /// Times that the song came to its end, as far as it was seen.
    ends: u64,
    sent: Option<(u64, usize, Settings)>,
    /// The time edits that are read.
    edits: Option<(Vec<Cut>, Option<Fade>, bool)>,
    /// The clean regions of the sources.
    cleans: Vec<Vec<CleanRegion>>,
    moves: HashMap<StemId, (StripAutomation, Arc<StripMoves>)>,
    scrubbed: Option<Instant>,
}

/// Between two places that are heard while scrubbing.
const SCRUB: Duration = Duration::from_millis(60);

impl Listen {
    pub fn new(wish: Wish) -> Self {
        Self {
            player: None,
            device_watch: DeviceWatch::new(wish),
            heard: Heard::default(),
            resume: false,
            ends: 0,
            sent: None,
            edits: None,
            cleans: Vec::new(),
            moves: HashMap::new(),
            scrubbed: None,
        }
    }

    fn content(&self, song: &OpenSong) -> Option<Arc<Content>> {
        let mut sources = Arc::clone(self.heard.sources.as_ref()?);
        let old = self
            .heard
            .exports
            .as_ref()
            .and_then(|exports| Some((exports.stem(), exports.source()?)));
        if let Some((id, old)) = old {
            let stems = song.session.stems.iter().map(|stem| stem.id);
            let one = |(source, stem): (&StemSource, _)| match stem == id {
                true => (**old).clone(),
                false => source.clone(),
            };
            sources = Arc::new(sources.iter().zip(stems).map(one).collect());
        }
        let version = song.current_version()?;
        let session = &song.session;
        let cuts = CutMap::of(&version, session.sample_rate, session.length().0);
        let reference = self.heard.reference.as_ref().map(|file| match self.heard.reference_at {
            0 => Arc::clone(file),
            at => Arc::new(file.at(at)),
        });
        Some(Arc::new(Content::new(sources, reference, cuts, version.clean, session.sample_rate)))
    }

    /// Waits for stems that are opened anew: until they are there nothing sounds.
    pub fn wait_for_stems(&mut self) {
        self.resume |= std::mem::take(&mut self.heard.playing);
        (self.player, self.heard.sources, self.sent) = (None, None, None);
        self.heard.levels.clear();
        self.cleans.clear();
    }

    /// Takes the opened stems. What plays goes on with them, and what waited for them begins again.
    pub fn take_sources(
        &mut self,
        song: Option<&OpenSong>,
        figures: Option<&Figures>,
        sources: Vec<StemSource>,
        reference: Option<Arc<StemSource>>,
    ) -> anyhow::Result<()> {
        let shape = |all: &[StemSource]| all.iter().map(StemSource::is_mono).collect::<Vec<_>>();
        let same = self.heard.sources.as_ref().is_some_and(|known| shape(known) == shape(&sources));
        self.heard.sources = Some(Arc::new(sources));
        // Other regions are noticed with the next picture.
        self.cleans = Vec::new();
        self.heard.reference = reference;
        let resume = std::mem::take(&mut self.resume);
        if !same {
            // Stems have become mono or stereo, or are others.
            let playing = resume | std::mem::take(&mut self.heard.playing);
            self.player = None;
            if let Some(song) = song.filter(|_| playing) {
                self.toggle(song, figures)?;
            }
        }
        self.renew(song);
        Ok(())
    }

    /// Hears a new export of a stem, or what the stem was before, in its place; or neither.
    pub fn compare_exports(
        &mut self,
        song: &OpenSong,
        figures: Option<&Figures>,
        exports: Option<Exports>,
    ) -> anyhow::Result<()> {
        let mono = |exports: &Option<Exports>| {
            exports.as_ref().and_then(|exports| Some(exports.source()?.is_mono()))
        };
        let other = mono(&self.heard.exports) != mono(&exports);
        self.heard.exports = exports;
        self.sent = None;
        self.renew(Some(song));
        // A lane is mono or stereo for as long as it plays.
        if other { self.reopen(song, figures) } else { Ok(()) }
    }

    /// Takes another file as the reference.
    pub fn take_reference(&mut self, song: Option<&OpenSong>, reference: Option<Arc<StemSource>>) {
        self.heard.reference = reference;
        self.renew(song);
    }

    pub fn reference_at(&self) -> i64 {
        self.heard.reference_at
    }

    /// Puts the reference at another place under the song.
    pub fn place_reference(&mut self, song: &OpenSong, at: i64) {
        if self.heard.reference_at != at {
            self.heard.reference_at = at;
            self.renew(Some(song));
        }
    }

    /// Reads other files from now on.
    fn renew(&mut self, song: Option<&OpenSong>) {
        let content = song.and_then(|song| self.content(song));
        if let (Some(player), Some(content)) = (&mut self.player, content) {
            player.transport.set_content(content);
        }
    }

    /// Looks at the chain of the mix, or at that of the selected stem. What was compared or
    /// heard alone there is not carried over.
    pub fn look_at(&mut self, mix: bool) {
        if self.heard.watches_mix != mix {
            self.heard.watches_mix = mix;
            self.heard.comparing = None;
            self.heard.band = None;
        }
    }

    /// The chain that is looked at.
    fn watched(&self, song: &OpenSong) -> Option<Place> {
        if self.heard.watches_mix {
            return Some(Place::Mix);
        }
        let stems = &song.session.stems;
        stems.iter().position(|stem| Some(stem.id) == song.selected).map(Place::Stem)
    }

    /// Sends what changed to the audio thread.
    pub fn update(
        &mut self,
        song: &OpenSong,
        state: u64,
        figures: Option<&Figures>,
        figures_state: u64,
    ) {
        let regions = self.follow_regions(song);
        if self.player.is_none() {
            return;
        }
        let key = (state ^ (figures_state << 32), song.version);
        let Some(settings) = self.settings(song, figures) else { return };
        let edits = song.current_version().map(|v| (v.cuts, v.fade, v.clean));
        let (same, other_edits) = match &self.sent {
            Some((state, version, sent)) => {
                ((*state, *version) == key && *sent == settings, edits != self.edits)
            }
            None => (false, false),
        };
        if same && !regions && !other_edits {
            return;
        }
        // Versions that differ in stems only need no other reading.
        let content = (other_edits || regions).then(|| self.content(song)).flatten();
        if let Some(player) = &mut self.player {
            player.transport.set_settings(settings.clone());
            if let Some(content) = content {
                player.transport.set_content(content);
            }
        }
        self.sent = Some((key.0, key.1, settings));
        self.edits = edits;
    }

    /// Gives the sources the clean regions of the session; true if they are others now.
    fn follow_regions(&mut self, song: &OpenSong) -> bool {
        let Some(sources) = &self.heard.sources else { return false };
        let stems = &song.session.stems;
        let known = self.cleans.len() == stems.len()
            && self.cleans.iter().zip(stems).all(|(known, stem)| *known == stem.clean);
        if known || sources.len() != stems.len() {
            return false;
        }
        let renewed = sources.iter().zip(stems).map(|(source, stem)| {
            // What cannot be read is told of when it is played.
            source.with_clean(&stem.clean).unwrap_or_else(|_| source.clone())
        });
        self.heard.sources = Some(Arc::new(renewed.collect()));
        self.cleans = stems.iter().map(|stem| stem.clean.clone()).collect();
        true
    }

    /// Reads state and meters; true while something moves.
    pub fn listen(&mut self, rate: SampleRate) -> bool {
        self.device_watch.hear();
        let Some(player) = &mut self.player else { return false };
        if let Some(error) = player.transport.fault() {
            self.device_watch.say(format!("{error}; it is silent until then"));
        }
        let lost = player.is_lost();
        let jumping = player.transport.is_jumping();
        let state = player.transport.state();
        // A device may take a while to begin and to stop: what counts is what was asked for, until
        // the song is over.
        self.heard.playing &= self.ends == state.ends;
        self.ends = state.ends;
        if state.playing && !jumping {
            // Between two callbacks the song goes on.
            let since = state.at.map_or(0.0, |at| at.elapsed().as_secs_f64()).min(0.1);
            let moved = (since * rate.hz().0) as u64;
            let end = self.heard.looping.map_or(u64::MAX, |(_, to)| to);
            let frame = state.frame;
            self.heard.frame = if frame < end { (frame + moved).min(end) } else { frame + moved };
        }
        self.heard.levels.clone_from(&state.stems);
        self.heard.out = state.out;
        self.heard.unmetered = Frames(state.unmetered).seconds(rate);
        self.heard.reductions = state.reductions;
        self.heard.limiting = state.limiting;
        self.heard.louder = state.louder;
        let (gaps, gap, load) = (state.gaps, state.gap, (state.load, state.worst_load));
        if gaps > self.heard.gaps {
            let time = Frames(gap).seconds(rate);
            self.device_watch
                .say(format!("The disk was too slow at {time:.1}; the sound waited for it"));
        }
        self.heard.gaps = gaps;
        let device = player.device();
        self.heard.xruns = device.xruns;
        self.heard.reading.clone_from(player.transport.reading());
        self.device_watch.note(device, load);
        if lost {
            self.lose(rate);
            return true;
        }
        self.heard.playing
            || self.heard.levels.iter().any(|levels| levels.peaks.iter().any(|p| *p > 1e-4))
    }

    /// The device is gone: it stops where it is, and says so.
    fn lose(&mut self, rate: SampleRate) {
        let was = std::mem::take(&mut self.heard.playing);
        self.player = None;
        self.heard.levels.clear();
        self.heard.out = Levels::default();
        self.device_watch.lost(was, Frames(self.heard.frame).seconds(rate));
    }

    pub fn is_playing(&self) -> bool {
        self.heard.playing
    }

    pub fn frame(&self) -> u64 {
        self.heard.frame
    }

    fn ensure_player(
        &mut self,
        song: &OpenSong,
        figures: Option<&Figures>,
    ) -> anyhow::Result<&mut Player> {
        let player = match self.player.take() {
            Some(player) => player,
            None => {
                let (Some(content), Some(settings)) =
                    (self.content(song), self.settings(song, figures))
                else {
                    anyhow::bail!("the stems are still being opened");
                };
                let mut player = Player::open(content, settings, &self.device_watch.wish)?;
                self.device_watch.opened(&player.device());
                player.transport.set_loop(self.heard.looping);
                self.sent = None;
                (self.heard.gaps, self.ends) = (0, 0);
                player
            }
        };
        Ok(self.player.insert(player))
    }

    /// Starts or stops; an error if there is nothing to play on.
    pub fn toggle(&mut self, song: &OpenSong, figures: Option<&Figures>) -> anyhow::Result<()> {
        if self.player.as_mut().is_some_and(Player::is_lost) {
            self.player = None;
        }
        if self.heard.playing {
            self.heard.playing = false;
            if let Some(player) = &mut self.player {
                player.transport.pause();
            }
            return Ok(());
        }
        let end = song.length().0;
        if self.heard.frame + 1 >= end {
            self.heard.frame = 0;
        }
        let frame = self.heard.frame;
        let player = self.ensure_player(song, figures)?;
        player.transport.seek(frame);
        player.transport.reset_meters();
        player.transport.play();
        self.heard.playing = true;
        Ok(())
    }

    /// Opens the device anew, because another one is wished for, or the one that was is back.
    /// What played goes on.
    pub fn reopen(&mut self, song: &OpenSong, figures: Option<&Figures>) -> anyhow::Result<()> {
        let playing = std::mem::take(&mut self.heard.playing);
        self.player = None;
        if playing { self.toggle(song, figures) } else { Ok(()) }
    }

    pub fn seek(&mut self, frame: u64) {
        self.heard.frame = frame;
        if let Some(player) = &mut self.player {
            player.transport.seek(frame);
        }
    }

    /// Goes to a place under a hand that moves, so that it is heard.
    pub fn scrub(&mut self, song: &OpenSong, figures: Option<&Figures>, frame: u64) {
        let soon = self.scrubbed.is_some_and(|at| at.elapsed() < SCRUB);
        if frame == self.heard.frame || soon {
            self.heard.frame = frame;
            return;
        }
        self.heard.frame = frame;
        self.scrubbed = Some(Instant::now());
        // Without a device there is nothing to hear, and the place is found all the same.
        if let Ok(player) = self.ensure_player(song, figures) {
            player.transport.scrub(frame);
        }
    }

    /// Loops a range, or nothing; a playhead that is outside the range goes to its start.
    pub fn set_loop(&mut self, looping: Option<(u64, u64)>) {
        self.heard.looping = looping;
        if let Some(player) = &mut self.player {
            player.transport.set_loop(looping);
        }
        if let Some((from, to)) = looping
            && !(from..to).contains(&self.heard.frame)
        {
            self.seek(from);
        }
    }

    /// Starts loudness, highest levels and overs anew.
    pub fn reset_meters(&mut self) {
        if let Some(player) = &mut self.player {
            player.transport.reset_meters();
        }
    }

    /// The stems stand in another order: each at the place it had before.
    pub fn reorder(&mut self, places: &[usize]) {
        let Some(sources) = &self.heard.sources else { return };
        let moved = places.iter().filter_map(|place| sources.get(*place).cloned());
        self.heard.sources = Some(Arc::new(moved.collect()));
    }

    /// Forgets the device, because the stems are others now.
    pub fn close(&mut self) {
        let (monitor, preview, wish) =
            (self.heard.monitor, self.heard.preview, self.device_watch.wish.clone());
        *self = Self::new(wish);
        (self.heard.monitor, self.heard.preview) = (monitor, preview);
    }
}
