//! Playing: what the window asks of the transport, and what it hears back.

use crate::app::document::Document;
use crate::app::jobs::Figures;
use crate::dsp::chain::{KeyId, MOST, ProcessorSettings, Slot};
use crate::dsp::strip::StripSettings;
use crate::engine::bus::audible;
use crate::engine::cuts::CutMap;
use crate::engine::source::StemSource;
use crate::playback::{Content, Place, Player, Reading, Settings, Source, StripTarget};
use crate::session::Session;
use crate::session::stem::StemId;
use crate::units::{Db, Lufs};
use std::sync::Arc;

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Monitor {
    Mix,
    Bypass,
    Reference,
}

pub struct Listen {
    player: Option<Player>,
    pub sources: Option<Arc<Vec<StemSource>>>,
    pub reference: Option<Arc<StemSource>>,
    pub monitor: Monitor,
    /// The one that B and R return from.
    pub preview: bool,
    pub looping: Option<(u64, u64)>,
    /// Loop as drawn, whether it is on or not.
    pub range: Option<(u64, u64)>,
    /// Where playing starts while nothing plays.
    frame: u64,
    pub reading: Reading,
    pub peaks: Vec<[f32; 2]>,
    sent: Option<(u64, usize, Settings)>,
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
}

/// A chain as it is heard; flat, all of it is off and keeps its latency.
fn heard(chain: &[Slot], flat: bool) -> Vec<Slot> {
    let mut chain = chain.to_vec();
    if flat {
        chain.iter_mut().for_each(|slot| slot.on = false);
    }
    chain
}

/// The stems that processors listen to.
fn keys_of(session: &Session, trial: Option<&(StemId, Slot)>) -> Vec<(KeyId, usize)> {
    let slots = session.stems.iter().flat_map(|stem| &stem.chain);
    let slots = slots.chain(trial.map(|(_, slot)| slot));
    let mut ids: Vec<KeyId> = slots.filter_map(|slot| slot.key).collect();
    ids.sort_unstable_by_key(|id| id.0);
    ids.dedup();
    let place = |id: &KeyId| session.stems.iter().position(|stem| stem.id.0 == id.0);
    ids.into_iter().filter_map(|id| Some((id, place(&id)?))).collect()
}

/// Louder or quieter than the mix by more than this is not matched: it is a mistake.
const MOST_MATCHING: f64 = 24.0;

impl Listen {
    pub fn new() -> Self {
        Self {
            player: None,
            sources: None,
            reference: None,
            monitor: Monitor::Mix,
            preview: false,
            looping: None,
            range: None,
            frame: 0,
            reading: Reading::default(),
            peaks: Vec::new(),
            sent: None,
            watches_mix: false,
            comparing: None,
            reductions: [Db::UNITY; MOST],
            limiting: Db::UNITY,
            louder: [Db::UNITY; MOST],
            trial: None,
            band: None,
        }
    }

    fn content(&self, document: &Document) -> Option<Arc<Content>> {
        let sources = Arc::clone(self.sources.as_ref()?);
        let version = document.current_version()?;
        let session = &document.session;
        let cuts = CutMap::new(&version.cuts, session.sample_rate, session.length().0);
        let reference = self.reference.clone();
        Some(Arc::new(Content::new(sources, reference, cuts, version.clean, session.sample_rate)))
    }

    /// The gain that brings what is heard to the loudness of the mix.
    pub fn matching(&self, figures: Option<&Figures>) -> Option<Db> {
        let figures = figures?;
        let heard = match self.monitor {
            Monitor::Mix => return None,
            Monitor::Bypass => figures.bypass,
            Monitor::Reference => figures.reference?,
        };
        let gain = figures.mix.loudness.integrated - heard;
        (gain.0.is_finite() && gain.0.abs() < MOST_MATCHING).then_some(gain)
    }

    fn settings(&self, document: &Document, figures: Option<&Figures>) -> Option<Settings> {
        let version = document.current_version()?;
        let flat = self.monitor == Monitor::Bypass;
        let strips = document
            .session
            .stems
            .iter()
            .zip(audible(&document.session, version))
            .map(|(stem, audible)| {
                let trial = self.trial.as_ref().filter(|(id, _)| *id == stem.id);
                let mut chain = stem.chain.clone();
                chain.extend(trial.map(|(_, slot)| slot.clone()));
                StripTarget {
                    settings: if flat { StripSettings::default() } else { stem.strip },
                    chain: heard(&chain, flat),
                    audible,
                }
            })
            .collect();
        let keys = keys_of(&document.session, self.trial.as_ref());
        let chain = heard(&document.session.chain, flat);
        let previewed = || {
            let master = document.session.masters.first()?;
            Some((figures?.mix.predict(master)?.gain, master.limiter_at(master.target?.ceiling)))
        };
        let on = self.preview && self.monitor == Monitor::Mix;
        let master = on.then(previewed).flatten();
        let source = match self.monitor {
            Monitor::Reference => Source::Reference,
            _ => Source::Mix,
        };
        let matching = self.matching(figures).unwrap_or(Db::UNITY);
        let watched = self.watched(document);
        let (mut strips, mut chain): (Vec<StripTarget>, _) = (strips, chain);
        let place = match watched {
            Some(Place::Stem(n)) => strips.get_mut(n).map(|target| &mut target.chain),
            Some(Place::Mix) => Some(&mut chain),
            None => None,
        };
        if let (Some(chain), Some((slot, band))) = (place, self.band)
            && let Some(ProcessorSettings::Eq(eq)) =
                chain.get_mut(slot).map(|slot| &mut slot.processor)
        {
            *eq = eq.only(band);
        }
        let comparing = self.comparing.filter(|_| !flat);
        let law = document.session.pan_law;
        Some(Settings { strips, chain, keys, watched, comparing, law, source, master, matching })
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

    /// Sends what changed to the audio thread, and takes what it says.
    pub fn update(&mut self, document: &Document, figures: Option<&Figures>, figures_state: u64) {
        if self.player.is_none() {
            return;
        }
        let key = (document.state() ^ (figures_state << 32), document.version);
        let Some(settings) = self.settings_if_new(document, figures, key) else { return };
        let content = self
            .sent
            .as_ref()
            .is_some_and(|(_, version, _)| *version != document.version)
            .then(|| self.content(document))
            .flatten();
        if let Some(player) = &mut self.player {
            player.transport.set_settings(settings.clone());
            if let Some(content) = content {
                player.transport.set_content(content);
            }
        }
        self.sent = Some((key.0, key.1, settings));
    }

    fn settings_if_new(
        &self,
        document: &Document,
        figures: Option<&Figures>,
        key: (u64, usize),
    ) -> Option<Settings> {
        let settings = self.settings(document, figures)?;
        let same = self
            .sent
            .as_ref()
            .is_some_and(|(state, version, sent)| (*state, *version) == key && *sent == settings);
        (!same).then_some(settings)
    }

    /// Reads state and meters; true while something moves.
    pub fn listen(&mut self) -> bool {
        let Some(player) = &mut self.player else { return false };
        let state = player.transport.state();
        let playing = state.playing;
        if playing {
            // What chains hold back is not heard yet; a loop is not left backwards for that.
            let read = state.frame;
            let start = self
                .looping
                .map_or(0, |(from, to)| if (from..to).contains(&read) { from } else { 0 });
            self.frame = read.saturating_sub(state.latency as u64).max(start);
        }
        self.peaks.clone_from(&state.peaks);
        self.reductions = state.reductions;
        self.limiting = state.limiting;
        self.louder = state.louder;
        self.reading.clone_from(player.transport.reading());
        playing || self.peaks.iter().flatten().any(|peak| *peak > 1e-4)
    }

    pub fn is_playing(&mut self) -> bool {
        self.player.as_mut().is_some_and(|player| player.transport.state().playing)
    }

    pub fn frame(&self) -> u64 {
        self.frame
    }

    /// Starts or stops; an error if there is nothing to play on.
    pub fn toggle(&mut self, document: &Document, figures: Option<&Figures>) -> anyhow::Result<()> {
        if self.player.as_ref().is_some_and(Player::is_lost) {
            self.player = None;
        }
        if self.is_playing() {
            if let Some(player) = &mut self.player {
                player.transport.pause();
            }
            return Ok(());
        }
        if self.player.is_none() {
            let (Some(content), Some(settings)) =
                (self.content(document), self.settings(document, figures))
            else {
                anyhow::bail!("the stems are still being opened");
            };
            self.player = Some(Player::open(content, settings)?);
            self.sent = None;
        }
        let end = document.length().0;
        if self.frame + 1 >= end {
            self.frame = 0;
        }
        let (frame, looping) = (self.frame, self.looping);
        if let Some(player) = &mut self.player {
            player.transport.set_loop(looping);
            player.transport.seek(frame);
            player.transport.reset_meters();
            player.transport.play();
        }
        Ok(())
    }

    pub fn seek(&mut self, frame: u64) {
        self.frame = frame;
        if let Some(player) = &mut self.player {
            player.transport.seek(frame);
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

    /// Forgets the device, because the stems are others now.
    pub fn close(&mut self) {
        let (monitor, preview) = (self.monitor, self.preview);
        *self = Self { monitor, preview, ..Self::new() };
    }

    /// Loudness for the meters: silence while nothing was heard.
    pub fn live(&self) -> (Lufs, Lufs) {
        (self.reading.loudness.momentary, self.reading.loudness.short_term)
    }
}
