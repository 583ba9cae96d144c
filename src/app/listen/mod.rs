//! Playing: what the window asks of the transport, and what it hears back.

mod care;
mod hand;
mod heard;

pub use hand::Target;
pub use heard::Audition;

use crate::app::document::Document;
use crate::app::exports::Exports;
use crate::app::sounds::Figures;
use crate::dsp::chain::{MOST, Slot};
use crate::dsp::strip::{StripAutomation, StripMoves};
use crate::engine::cuts::CutMap;
use crate::engine::source::StemSource;
use crate::playback::device::Wish;
use crate::playback::{Content, Levels, Place, Player, Reading, Settings};
use crate::session::stem::{CleanRegion, StemId};
use crate::session::version::{Cut, Fade};
use crate::units::{Db, Frames, SampleRate, Seconds};
pub use care::Care;
use hand::Hand;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Monitor {
    Mix,
    Bypass,
    Reference,
}

pub struct Listen {
    player: Option<Player>,
    pub care: Care,
    pub sources: Option<Arc<Vec<StemSource>>>,
    pub reference: Option<Arc<StemSource>>,
    /// Where it lies under the song, in frames.
    reference_at: i64,
    pub monitor: Monitor,
    /// The mix is heard through the chosen master.
    pub preview: bool,
    pub audition: Option<Audition>,
    /// A new export that is compared with what the stem was before.
    pub exports: Option<Exports>,
    pub looping: Option<(u64, u64)>,
    /// Loop as drawn, whether it is on or not.
    pub range: Option<(u64, u64)>,
    /// Where playing starts while nothing plays.
    frame: u64,
    playing: bool,
    /// It played when the stems were taken away, and goes on once they are back.
    resume: bool,
    /// Times that the song came to its end, as far as it was seen.
    ends: u64,
    pub reading: Reading,
    /// Of each stem, and of what leaves for the device.
    pub levels: Vec<Levels>,
    pub out: Levels,
    sent: Option<(u64, usize, Settings)>,
    /// The time edits that are read.
    edits: Option<(Vec<Cut>, Option<Fade>, bool)>,
    /// The clean regions of the sources.
    cleans: Vec<Vec<CleanRegion>>,
    /// The master's chain is looked at, not that of the selected stem.
    pub watches_mix: bool,
    /// The processor of the chain that is looked at which is heard from before.
    pub comparing: Option<usize>,
    /// Gains of the processors of that chain, and of the limiter.
    pub reductions: [Db; MOST],
    pub limiting: Db,
    /// How much louder those processors make the sound.
    pub louder: [Db; MOST],
    /// A processor that is heard at the end of a stem's chain before it is taken.
    pub trial: Option<(StemId, Slot)>,
    /// A band of an equaliser that is heard alone: place in the chain, and band.
    pub band: Option<(usize, usize)>,
    /// Faders that are being moved while it plays, and what they did so far.
    hands: Vec<Hand>,
    moves: HashMap<StemId, (StripAutomation, Arc<StripMoves>)>,
    /// Times that the disk was late, as far as it was told.
    gaps: u64,
    /// What the meters missed since they were reset.
    pub unmetered: Seconds,
    scrubbed: Option<Instant>,
}

/// Between two places that are heard while scrubbing.
const SCRUB: Duration = Duration::from_millis(60);

impl Listen {
    pub fn new(wish: Wish) -> Self {
        Self {
            player: None,
            care: Care::new(wish),
            sources: None,
            reference: None,
            reference_at: 0,
            monitor: Monitor::Mix,
            preview: false,
            audition: None,
            exports: None,
            looping: None,
            range: None,
            frame: 0,
            playing: false,
            resume: false,
            ends: 0,
            reading: Reading::default(),
            levels: Vec::new(),
            out: Levels::default(),
            sent: None,
            edits: None,
            cleans: Vec::new(),
            watches_mix: false,
            comparing: None,
            reductions: [Db::UNITY; MOST],
            limiting: Db::UNITY,
            louder: [Db::UNITY; MOST],
            trial: None,
            band: None,
            hands: Vec::new(),
            moves: HashMap::new(),
            gaps: 0,
            unmetered: Seconds(0.0),
            scrubbed: None,
        }
    }

    fn content(&self, document: &Document) -> Option<Arc<Content>> {
        let mut sources = Arc::clone(self.sources.as_ref()?);
        let old =
            self.exports.as_ref().and_then(|exports| Some((exports.stem(), exports.source()?)));
        if let Some((id, old)) = old {
            let stems = document.session.stems.iter().map(|stem| stem.id);
            let one = |(source, stem): (&StemSource, _)| match stem == id {
                true => (**old).clone(),
                false => source.clone(),
            };
            sources = Arc::new(sources.iter().zip(stems).map(one).collect());
        }
        let version = document.current_version()?;
        let session = &document.session;
        let cuts = CutMap::of(&version, session.sample_rate, session.length().0);
        let reference = self.reference.as_ref().map(|file| match self.reference_at {
            0 => Arc::clone(file),
            at => Arc::new(file.at(at)),
        });
        Some(Arc::new(Content::new(sources, reference, cuts, version.clean, session.sample_rate)))
    }

    /// Waits for stems that are opened anew: until they are there nothing sounds.
    pub fn wait_for_stems(&mut self) {
        self.resume |= std::mem::take(&mut self.playing);
        (self.player, self.sources, self.sent) = (None, None, None);
        self.levels.clear();
        self.cleans.clear();
    }

    /// Takes the opened stems. What plays goes on with them, and what waited for them begins again.
    pub fn take_sources(
        &mut self,
        document: Option<&Document>,
        figures: Option<&Figures>,
        sources: Vec<StemSource>,
        reference: Option<Arc<StemSource>>,
    ) -> anyhow::Result<()> {
        let shape = |all: &[StemSource]| all.iter().map(StemSource::is_mono).collect::<Vec<_>>();
        let same = self.sources.as_ref().is_some_and(|known| shape(known) == shape(&sources));
        self.sources = Some(Arc::new(sources));
        // Other regions are noticed with the next picture.
        self.cleans = Vec::new();
        self.reference = reference;
        let resume = std::mem::take(&mut self.resume);
        if !same {
            // Stems have become mono or stereo, or are others.
            let playing = resume | std::mem::take(&mut self.playing);
            self.player = None;
            if let Some(document) = document.filter(|_| playing) {
                self.toggle(document, figures)?;
            }
        }
        self.renew(document);
        Ok(())
    }

    /// Hears a new export of a stem, or what the stem was before, in its place; or neither.
    pub fn compare_exports(
        &mut self,
        document: &Document,
        figures: Option<&Figures>,
        exports: Option<Exports>,
    ) -> anyhow::Result<()> {
        let mono = |exports: &Option<Exports>| {
            exports.as_ref().and_then(|exports| Some(exports.source()?.is_mono()))
        };
        let other = mono(&self.exports) != mono(&exports);
        self.exports = exports;
        self.sent = None;
        self.renew(Some(document));
        // A lane is mono or stereo for as long as it plays.
        if other { self.reopen(document, figures) } else { Ok(()) }
    }

    /// Takes another file as the reference.
    pub fn take_reference(
        &mut self,
        document: Option<&Document>,
        reference: Option<Arc<StemSource>>,
    ) {
        self.reference = reference;
        self.renew(document);
    }

    pub fn reference_at(&self) -> i64 {
        self.reference_at
    }

    /// Puts the reference at another place under the song.
    pub fn place_reference(&mut self, document: &Document, at: i64) {
        if self.reference_at != at {
            self.reference_at = at;
            self.renew(Some(document));
        }
    }

    /// Reads other files from now on.
    fn renew(&mut self, document: Option<&Document>) {
        let content = document.and_then(|document| self.content(document));
        if let (Some(player), Some(content)) = (&mut self.player, content) {
            player.transport.set_content(content);
        }
    }

    /// Looks at the chain of the mix, or at that of the selected stem. What was compared or
    /// heard alone there is not carried over.
    pub fn look_at(&mut self, mix: bool) {
        if self.watches_mix != mix {
            self.watches_mix = mix;
            self.comparing = None;
            self.band = None;
        }
    }

    /// The chain that is looked at.
    fn watched(&self, document: &Document) -> Option<Place> {
        if self.watches_mix {
            return Some(Place::Mix);
        }
        let stems = &document.session.stems;
        stems.iter().position(|stem| Some(stem.id) == document.selected).map(Place::Stem)
    }

    /// Sends what changed to the audio thread.
    pub fn update(&mut self, document: &Document, figures: Option<&Figures>, figures_state: u64) {
        let regions = self.follow_regions(document);
        if self.player.is_none() {
            return;
        }
        let key = (document.state() ^ (figures_state << 32), document.version);
        let Some(settings) = self.settings(document, figures) else { return };
        let edits = document.current_version().map(|v| (v.cuts, v.fade, v.clean));
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
        let content = (other_edits || regions).then(|| self.content(document)).flatten();
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
    fn follow_regions(&mut self, document: &Document) -> bool {
        let Some(sources) = &self.sources else { return false };
        let stems = &document.session.stems;
        let known = self.cleans.len() == stems.len()
            && self.cleans.iter().zip(stems).all(|(known, stem)| *known == stem.clean);
        if known || sources.len() != stems.len() {
            return false;
        }
        let renewed = sources.iter().zip(stems).map(|(source, stem)| {
            // What cannot be read is told of when it is played.
            source.with_clean(&stem.clean).unwrap_or_else(|_| source.clone())
        });
        self.sources = Some(Arc::new(renewed.collect()));
        self.cleans = stems.iter().map(|stem| stem.clean.clone()).collect();
        true
    }

    /// Reads state and meters; true while something moves.
    pub fn listen(&mut self, rate: SampleRate) -> bool {
        self.care.hear();
        let Some(player) = &mut self.player else { return false };
        if let Some(error) = player.transport.fault() {
            self.care.say(format!("{error}; it is silent until then"));
        }
        let lost = player.is_lost();
        let jumping = player.transport.is_jumping();
        let state = player.transport.state();
        // A device may take a while to begin and to stop: what counts is what was asked for, until
        // the song is over.
        self.playing &= self.ends == state.ends;
        self.ends = state.ends;
        if state.playing && !jumping {
            // Between two callbacks the song goes on.
            let since = state.at.map_or(0.0, |at| at.elapsed().as_secs_f64()).min(0.1);
            let moved = (since * rate.hz().0) as u64;
            let end = self.looping.map_or(u64::MAX, |(_, to)| to);
            let frame = state.frame;
            self.frame = if frame < end { (frame + moved).min(end) } else { frame + moved };
        }
        self.levels.clone_from(&state.stems);
        self.out = state.out;
        self.unmetered = Frames(state.unmetered).seconds(rate);
        self.reductions = state.reductions;
        self.limiting = state.limiting;
        self.louder = state.louder;
        let (gaps, gap, load) = (state.gaps, state.gap, (state.load, state.worst_load));
        if gaps > self.gaps {
            let time = Frames(gap).seconds(rate);
            self.care.say(format!("The disk was too slow at {time:.1}; the sound waited for it"));
        }
        self.gaps = gaps;
        let device = player.device();
        self.reading.clone_from(player.transport.reading());
        self.care.note(device, load);
        if lost {
            self.lose(rate);
            return true;
        }
        self.playing || self.levels.iter().any(|levels| levels.peaks.iter().any(|p| *p > 1e-4))
    }

    /// The device is gone: it stops where it is, and says so.
    fn lose(&mut self, rate: SampleRate) {
        let was = std::mem::take(&mut self.playing);
        self.player = None;
        self.levels.clear();
        self.out = Levels::default();
        self.care.lost(was, Frames(self.frame).seconds(rate));
    }

    /// Times that the disk was late since the meters were reset.
    pub fn gaps(&self) -> u64 {
        self.gaps
    }

    pub fn is_playing(&self) -> bool {
        self.playing
    }

    pub fn frame(&self) -> u64 {
        self.frame
    }

    fn ensure_player(
        &mut self,
        document: &Document,
        figures: Option<&Figures>,
    ) -> anyhow::Result<&mut Player> {
        let player = match self.player.take() {
            Some(player) => player,
            None => {
                let (Some(content), Some(settings)) =
                    (self.content(document), self.settings(document, figures))
                else {
                    anyhow::bail!("the stems are still being opened");
                };
                let mut player = Player::open(content, settings, &self.care.wish)?;
                self.care.opened(&player.device());
                player.transport.set_loop(self.looping);
                self.sent = None;
                (self.gaps, self.ends) = (0, 0);
                player
            }
        };
        Ok(self.player.insert(player))
    }

    /// Starts or stops; an error if there is nothing to play on.
    pub fn toggle(&mut self, document: &Document, figures: Option<&Figures>) -> anyhow::Result<()> {
        if self.player.as_mut().is_some_and(Player::is_lost) {
            self.player = None;
        }
        if self.playing {
            self.playing = false;
            if let Some(player) = &mut self.player {
                player.transport.pause();
            }
            return Ok(());
        }
        let end = document.length().0;
        if self.frame + 1 >= end {
            self.frame = 0;
        }
        let frame = self.frame;
        let player = self.ensure_player(document, figures)?;
        player.transport.seek(frame);
        player.transport.reset_meters();
        player.transport.play();
        self.playing = true;
        Ok(())
    }

    /// Opens the device anew, because another one is wished for, or the one that was is back.
    /// What played goes on.
    pub fn reopen(&mut self, document: &Document, figures: Option<&Figures>) -> anyhow::Result<()> {
        let playing = std::mem::take(&mut self.playing);
        self.player = None;
        if playing { self.toggle(document, figures) } else { Ok(()) }
    }

    pub fn seek(&mut self, frame: u64) {
        self.frame = frame;
        if let Some(player) = &mut self.player {
            player.transport.seek(frame);
        }
    }

    /// Goes to a place under a hand that moves, so that it is heard.
    pub fn scrub(&mut self, document: &Document, figures: Option<&Figures>, frame: u64) {
        let soon = self.scrubbed.is_some_and(|at| at.elapsed() < SCRUB);
        if frame == self.frame || soon {
            self.frame = frame;
            return;
        }
        self.frame = frame;
        self.scrubbed = Some(Instant::now());
        // Without a device there is nothing to hear, and the place is found all the same.
        if let Ok(player) = self.ensure_player(document, figures) {
            player.transport.scrub(frame);
        }
    }

    /// Loops a range, or nothing; a playhead that is outside the range goes to its start.
    pub fn set_loop(&mut self, looping: Option<(u64, u64)>) {
        self.looping = looping;
        if let Some(player) = &mut self.player {
            player.transport.set_loop(looping);
        }
        if let Some((from, to)) = looping
            && !(from..to).contains(&self.frame)
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
        let Some(sources) = &self.sources else { return };
        let moved = places.iter().filter_map(|place| sources.get(*place).cloned());
        self.sources = Some(Arc::new(moved.collect()));
    }

    /// Forgets the device, because the stems are others now.
    pub fn close(&mut self) {
        let (monitor, preview, wish) = (self.monitor, self.preview, self.care.wish.clone());
        *self = Self { monitor, preview, ..Self::new(wish) };
    }
}
