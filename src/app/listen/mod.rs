//! Playback as the window controls it: [`Listen`] owns the player, sends it content and settings,
//! and copies what the audio thread reports into [`Heard`]. Runs on the window's thread.

mod device_watch;
mod hand;
mod told;

use crate::app::exports::ExportComparison;
use crate::app::heard::{Heard, HeardFile, Monitor};
use crate::app::measured::Figures;
use crate::app::open_song::OpenSong;
use crate::dsp::strip::{StripAutomation, StripMoves};
use crate::engine::cuts::CutMap;
use crate::engine::source::StemSource;
use crate::playback::device::DeviceSettings;
use crate::playback::{Content, Levels, Place, Player, Settings};
use crate::session::stem::{CleanRegion, StemId};
use crate::session::version::{Cut, Fade};
use crate::texts::say;
use crate::units::{Frames, SampleRate};
pub use device_watch::DeviceWatch;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The transport, the settings that were sent to it, and the state that it reports.
pub struct Listen {
    player: Option<Player>,
    pub device_watch: DeviceWatch,
    /// How playback is monitored, and the state that the audio thread reported.
    pub heard: Heard,
    /// Playback was interrupted to reopen the stems, and continues once they are ready.
    resume: bool,
    /// How often the song had ended when the state was last read.
    ends: u64,
    /// State, version and settings that were last sent; see [`Listen::update`].
    sent: Option<(u64, usize, Settings)>,
    /// Cuts, fade and clean flag of the content that was last sent.
    edits: Option<(Vec<Cut>, Option<Fade>, bool)>,
    /// The clean regions that the sources were built with.
    cleans: Vec<Vec<CleanRegion>>,
    /// Prepared automation of the strips, by stem.
    moves: HashMap<StemId, (StripAutomation, Arc<StripMoves>)>,
    scrubbed: Option<Instant>,
}

/// Shortest time between two positions that are played while scrubbing.
const SCRUB: Duration = Duration::from_millis(60);

impl Listen {
    pub fn new(wish: DeviceSettings) -> Self {
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

    /// The content to read for the current version: sources (the previous recording in place of a
    /// new export while both are compared), the placed reference, and cuts.
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
        if let Some(file) = &self.heard.file {
            // Its cuts are made already.
            let length = file.source.length().0;
            let whole = CutMap::new(&[], session.sample_rate, length);
            let file = Some(Arc::clone(&file.source));
            return Some(Arc::new(Content::new(sources, file, whole, false, session.sample_rate)));
        }
        let cuts = CutMap::of(&version, session.sample_rate, session.length().0);
        let reference = self.heard.reference.as_ref().map(|file| match self.heard.reference_at {
            0 => Arc::clone(file),
            at => Arc::new(file.at(at)),
        });
        Some(Arc::new(Content::new(sources, reference, cuts, version.clean, session.sample_rate)))
    }

    /// Stops playback until [`Listen::take_sources`] brings the reopened stems.
    pub fn wait_for_stems(&mut self) {
        self.resume |= std::mem::take(&mut self.heard.playing);
        (self.player, self.heard.sources, self.sent) = (None, None, None);
        self.heard.levels.clear();
        self.cleans.clear();
    }

    /// Takes the opened stems. Playback continues with them; playback that waited for them
    /// restarts.
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
        // `follow_regions` sets them again in the next UI frame.
        self.cleans = Vec::new();
        self.set_reference(reference);
        let resume = std::mem::take(&mut self.resume);
        if !same {
            // Another number of stems, or a stem changed between mono and stereo: rebuild the player.
            let playing = resume | std::mem::take(&mut self.heard.playing);
            self.player = None;
            if let Some(song) = song.filter(|_| playing) {
                self.toggle(song, figures)?;
            }
        }
        self.renew(song);
        Ok(())
    }

    /// Plays the new export of a stem or its previous recording, or ends the comparison (`None`).
    pub fn compare_exports(
        &mut self,
        song: &OpenSong,
        figures: Option<&Figures>,
        exports: Option<ExportComparison>,
    ) -> anyhow::Result<()> {
        let mono = |exports: &Option<ExportComparison>| {
            exports.as_ref().and_then(|exports| Some(exports.source()?.is_mono()))
        };
        let other = mono(&self.heard.exports) != mono(&exports);
        self.heard.exports = exports;
        self.sent = None;
        self.renew(Some(song));
        // The player fixes mono or stereo for each lane.
        if other { self.reopen(song, figures) } else { Ok(()) }
    }

    /// Replaces the reference.
    pub fn take_reference(&mut self, song: Option<&OpenSong>, reference: Option<Arc<StemSource>>) {
        self.set_reference(reference);
        self.renew(song);
    }

    fn set_reference(&mut self, reference: Option<Arc<StemSource>>) {
        if reference.is_none() && self.heard.monitor == Monitor::Reference {
            // Silence is no reference.
            self.heard.monitor = Monitor::Mix;
        }
        if reference.is_none() {
            self.heard.both = None;
        }
        self.heard.reference = reference;
    }

    /// Plays a file instead of the session, or the session again (`None`).
    pub fn hear_file(&mut self, song: Option<&OpenSong>, file: Option<HeardFile>) {
        self.heard.file = file;
        self.sent = None;
        self.renew(song);
    }

    pub fn reference_at(&self) -> i64 {
        self.heard.reference_at
    }

    /// Moves the reference to this offset in the song, in frames.
    pub fn place_reference(&mut self, song: &OpenSong, at: i64) {
        if self.heard.reference_at != at {
            self.heard.reference_at = at;
            self.renew(Some(song));
        }
    }

    /// Gives the running player the current content.
    fn renew(&mut self, song: Option<&OpenSong>) {
        let content = song.and_then(|song| self.content(song));
        if let (Some(player), Some(content)) = (&mut self.player, content) {
            player.transport.set_content(content);
        }
    }

    /// Watches the chain of the mix, or that of the selected stem. A change ends the comparison of
    /// a processor and the solo of a band.
    pub fn look_at(&mut self, mix: bool) {
        if self.heard.watches_mix != mix {
            self.heard.watches_mix = mix;
            self.heard.comparing = None;
            self.heard.band = None;
        }
    }

    /// The chain whose meters are watched; `None` if no stem is selected.
    fn watched(&self, song: &OpenSong) -> Option<Place> {
        if self.heard.watches_mix {
            return Some(Place::Mix);
        }
        let stems = &song.session.stems;
        stems.iter().position(|stem| Some(stem.id) == song.selected).map(Place::Stem)
    }

    /// Sends changed settings and content to the player. `state` and `figures_state` identify the
    /// session and its figures.
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
        // The content only depends on cuts, fade and clean regions.
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

    /// Rebuilds the sources if clean regions of the session changed; returns true if it did.
    fn follow_regions(&mut self, song: &OpenSong) -> bool {
        let Some(sources) = &self.heard.sources else { return false };
        let stems = &song.session.stems;
        let known = self.cleans.len() == stems.len()
            && self.cleans.iter().zip(stems).all(|(known, stem)| *known == stem.clean);
        if known || sources.len() != stems.len() {
            return false;
        }
        let renewed = sources.iter().zip(stems).map(|(source, stem)| {
            // A file that cannot be read is reported during playback.
            source.with_clean(&stem.clean).unwrap_or_else(|_| source.clone())
        });
        self.heard.sources = Some(Arc::new(renewed.collect()));
        self.cleans = stems.iter().map(|stem| stem.clean.clone()).collect();
        true
    }

    /// Reads the state and meters of the audio thread. Returns true while the window must keep
    /// repainting.
    pub fn listen(&mut self, rate: SampleRate) -> bool {
        self.device_watch.hear();
        let Some(player) = &mut self.player else { return false };
        if let Some(error) = player.transport.fault() {
            self.device_watch.say(say!("act-silent-until-then", error = error.to_string()));
        }
        let lost = player.is_lost();
        let jumping = player.transport.is_jumping();
        let state = player.transport.state();
        // The device starts and stops with a delay, so the requested state counts until the song
        // ends.
        self.heard.playing &= self.ends == state.ends;
        self.ends = state.ends;
        if state.playing && !jumping {
            // Extrapolates the playhead between two callbacks.
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
            self.device_watch.say(say!("act-disk-too-slow", time = format!("{time:.1}")));
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

    /// The device is lost: playback stops at the playhead, and a message reports it.
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
                    anyhow::bail!(say!("act-stems-not-open-yet"));
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

    /// Starts or pauses playback. At the end of the song, playback restarts from the beginning.
    ///
    /// # Errors
    /// If the stems are not open yet, or no device can be opened.
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

    /// Opens the device again, because its settings changed or the lost device is back. Playback
    /// continues.
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

    /// Moves the playhead to `frame` and plays a short piece there, at most every [`SCRUB`].
    pub fn scrub(&mut self, song: &OpenSong, figures: Option<&Figures>, frame: u64) {
        let soon = self.scrubbed.is_some_and(|at| at.elapsed() < SCRUB);
        if frame == self.heard.frame || soon {
            self.heard.frame = frame;
            return;
        }
        self.heard.frame = frame;
        self.scrubbed = Some(Instant::now());
        // Without a device the playhead still moves.
        if let Ok(player) = self.ensure_player(song, figures) {
            player.transport.scrub(frame);
        }
    }

    /// Sets the loop, in frames; `None` ends it. A playhead outside the loop moves to its start.
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

    /// Resets loudness, peak hold and overs.
    pub fn reset_meters(&mut self) {
        if let Some(player) = &mut self.player {
            player.transport.reset_meters();
        }
    }

    /// Reorders the sources; `places` gives the previous index of each stem.
    pub fn reorder(&mut self, places: &[usize]) {
        let Some(sources) = &self.heard.sources else { return };
        let moved = places.iter().filter_map(|place| sources.get(*place).cloned());
        self.heard.sources = Some(Arc::new(moved.collect()));
    }

    /// Closes the player and forgets the song; monitor, preview and device settings stay.
    pub fn close(&mut self) {
        let (monitor, preview, wish) =
            (self.heard.monitor, self.heard.preview, self.device_watch.wish.clone());
        *self = Self::new(wish);
        (self.heard.monitor, self.heard.preview) = (monitor, preview);
    }
}
