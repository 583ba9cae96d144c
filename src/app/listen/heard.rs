//! What the audio thread is told to let be heard.

use super::{Listen, Monitor, Target};
use crate::app::document::Document;
use crate::app::sounds::Figures;
use crate::dsp::chain::{KeyId, ProcessorSettings, Slot};
use crate::dsp::strip::{StripMoves, StripSettings};
use crate::engine::bus::{audible, gains};
use crate::playback::{Place, Previewed, Settings, Source, StripTarget};
use crate::session::Session;
use crate::session::stem::{Stem, StemId};
use crate::units::{Db, Lufs, Pan};
use std::sync::Arc;

/// A balance, or the reference, that is heard in the place of what the session says.
#[derive(Clone, Debug, PartialEq)]
pub struct Audition {
    /// Strips that differ from the session's.
    pub strips: Vec<(StemId, StripSettings)>,
    pub source: Source,
    pub gain: Db,
}

/// Louder or quieter than the mix by more than this is not matched: it is a mistake.
const MOST_MATCHING: f64 = 24.0;

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

impl Listen {
    /// Loudness of the mix as it is heard: through the master while that is previewed.
    fn mix_loudness(&self, document: &Document, figures: &Figures) -> Lufs {
        let master = document.current_master().filter(|_| self.preview);
        let predicted = master.and_then(|m| figures.predict(&document.session, m));
        predicted.map_or(figures.mix.loudness.integrated, |solution| solution.loudness)
    }

    /// The gain that brings a thing to the loudness of the mix.
    pub fn matching_of(
        &self,
        monitor: Monitor,
        document: &Document,
        figures: Option<&Figures>,
    ) -> Option<Db> {
        let figures = figures?;
        let heard = match monitor {
            Monitor::Mix => return None,
            Monitor::Bypass => figures.bypass,
            Monitor::Reference => figures.reference_loudness()?,
        };
        let gain = self.mix_loudness(document, figures) - heard;
        (gain.0.is_finite() && gain.0.abs() < MOST_MATCHING).then_some(gain)
    }

    /// Moves of a strip, the same ones in memory as long as they are the same.
    fn moves_of(&mut self, stem: &Stem, rate: crate::units::SampleRate) -> Option<Arc<StripMoves>> {
        if stem.automation.is_empty() {
            return None;
        }
        let known = self.moves.get(&stem.id).filter(|(known, _)| *known == stem.automation);
        if let Some((_, moves)) = known {
            return Some(Arc::clone(moves));
        }
        let moves = Arc::new(StripMoves::new(&stem.automation, rate));
        self.moves.insert(stem.id, (stem.automation.clone(), Arc::clone(&moves)));
        Some(moves)
    }

    fn strip_of(&mut self, document: &Document, stem: &Stem, audible: bool) -> StripTarget {
        let flat = self.monitor == Monitor::Bypass && self.audition.is_none();
        let trial = self.trial.as_ref().filter(|(id, _)| *id == stem.id);
        let mut chain = stem.chain.clone();
        chain.extend(trial.map(|(_, slot)| slot.clone()));
        let other = self.audition.as_ref().and_then(|audition| {
            audition.strips.iter().find(|(id, _)| *id == stem.id).map(|(_, strip)| *strip)
        });
        // A hand on the fader has precedence over what it did before.
        let rate = document.session.sample_rate;
        let still = flat || other.is_some();
        let mut moves = if still { None } else { self.moves_of(stem, rate) };
        let mut settings =
            if flat { StripSettings::default() } else { other.unwrap_or(stem.strip) };
        for target in [Target::Fader, Target::Pan] {
            let Some(value) = self.held(stem.id, target).filter(|_| !still) else { continue };
            let mut left = moves.as_deref().cloned().unwrap_or_default();
            match target {
                Target::Fader => (settings.fader, left.fader) = (Db(value), None),
                Target::Pan => (settings.pan, left.pan) = (Pan(value), None),
            }
            moves = (!left.is_empty()).then(|| Arc::new(left));
        }
        let muted = other.is_some_and(|strip| strip.mute);
        let chain = heard(&chain, flat);
        StripTarget { trim: Db::UNITY, settings, moves, chain, audible: audible && !muted }
    }

    pub(super) fn settings(
        &mut self,
        document: &Document,
        figures: Option<&Figures>,
    ) -> Option<Settings> {
        let version = document.current_version()?;
        let session = &document.session;
        let mut heard_session = None;
        if let Some(audition) = &self.audition
            && !audition.strips.is_empty()
        {
            // Whether a stem is muted is part of a balance.
            let mut other = session.clone();
            for (id, strip) in &audition.strips {
                if let Some(stem) = other.stems.iter_mut().find(|stem| stem.id == *id) {
                    stem.strip.mute = strip.mute;
                }
            }
            heard_session = Some(other);
        }
        let audible = audible(heard_session.as_ref().unwrap_or(session), &version);
        let stems = session.stems.iter().zip(audible);
        let mut strips: Vec<StripTarget> =
            stems.map(|(stem, audible)| self.strip_of(document, stem, audible)).collect();
        for (target, stem) in strips.iter_mut().zip(&session.stems) {
            let mut level = version.level(stem).unwrap_or(Db::UNITY);
            if let Some(exports) = &self.exports {
                let own = exports.stem() == stem.id;
                level = if own { level + exports.gain() } else { level };
                target.audible &= own || !exports.alone;
            }
            (target.trim, target.settings) = gains(session.trim, target.settings, level);
        }
        let flat = self.monitor == Monitor::Bypass && self.audition.is_none();
        let keys = keys_of(session, self.trial.as_ref());
        let mut chain = heard(&session.chain, flat);
        // A blind test compares mixes.
        let master = document.current_master();
        let master = master.filter(|_| self.preview && self.audition.is_none());
        if let Some(master) = master {
            for slot in &mut chain {
                slot.on &= !master.without.contains(&slot.kind());
            }
        }
        let previewed = master.and_then(|master| {
            let target = master.target?;
            let gain = figures?.predict(session, master)?.gain;
            let limiter = target.limit.then(|| master.limiter_at(target.ceiling));
            Some(Previewed { gain, limiter, vinyl: master.vinyl })
        });
        let source = match (&self.audition, self.monitor) {
            (Some(audition), _) => audition.source,
            (None, Monitor::Reference) => Source::Reference,
            _ => Source::Mix,
        };
        let matched = self.matching_of(self.monitor, document, figures).unwrap_or(Db::UNITY);
        let matching = self.audition.as_ref().map_or(matched, |audition| audition.gain);
        let watched = self.watched(document);
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
        Some(Settings {
            strips,
            chain,
            keys,
            watched,
            comparing: self.comparing.filter(|_| !flat),
            law: session.pan_law,
            source,
            master: previewed,
            around: flat,
            matching,
        })
    }
}
