//! The settings for the player: strips, chains, side chains, preview of a master and matching gain,
//! derived from the session and from how it is monitored.

use super::Listen;
use crate::app::hand::Target;
use crate::app::heard::Monitor;
use crate::app::measured::Figures;
use crate::app::open_song::OpenSong;
use crate::dsp::chain::{Hearing, ProcessorSettings, SideChainId, Slot};
use crate::dsp::strip::{StripAutomation, StripMoves, StripSettings};
use crate::engine::bus::audible_where;
use crate::engine::path::SignalPath;
use crate::playback::{Place, Previewed, Settings, Source};
use crate::session::Session;
use crate::session::stem::{Stem, StemId};
use crate::units::{Db, Pan, SampleRate};
use std::sync::Arc;

/// A chain for playback. `flat` bypasses all processors; their latency stays.
fn heard(chain: &[Slot], flat: bool) -> Vec<Slot> {
    let mut chain = chain.to_vec();
    if flat {
        chain.iter_mut().for_each(|slot| slot.on = false);
    }
    chain
}

/// The stems that feed side chains, by id and index, including the one of a trial processor.
fn side_chains_of(session: &Session, trial: Option<&(StemId, Slot)>) -> Vec<(SideChainId, usize)> {
    let slots = session.stems.iter().flat_map(|stem| &stem.chain);
    let slots = slots.chain(trial.map(|(_, slot)| slot));
    let mut ids: Vec<SideChainId> = slots.filter_map(|slot| slot.side_chain).collect();
    ids.sort_unstable_by_key(|id| id.0);
    ids.dedup();
    let place = |id: &SideChainId| session.stems.iter().position(|stem| stem.id.0 == id.0);
    ids.into_iter().filter_map(|id| Some((id, place(&id)?))).collect()
}

impl Listen {
    /// Prepared automation of a stem. Unchanged automation returns the same `Arc`, because the
    /// player compares pointers.
    fn moves_of(
        &mut self,
        stem: StemId,
        automation: &StripAutomation,
        rate: SampleRate,
    ) -> Option<Arc<StripMoves>> {
        if automation.is_empty() {
            return None;
        }
        let known = self.moves.get(&stem).filter(|(known, _)| known == automation);
        if let Some((_, moves)) = known {
            return Some(Arc::clone(moves));
        }
        let moves = Arc::new(StripMoves::new(automation, rate));
        self.moves.insert(stem, (automation.clone(), Arc::clone(&moves)));
        Some(moves)
    }

    /// The path of a stem as it is monitored: bypassed, in another balance, with a processor on
    /// trial, or with a control in a person's hand. `level` is what the version adds to the fader.
    fn path_of(&mut self, song: &OpenSong, stem: &Stem, level: Db, audible: bool) -> SignalPath {
        let flat = self.heard.monitor == Monitor::Bypass && self.heard.audition.is_none();
        let trial = self.heard.trial.as_ref().filter(|(id, _)| *id == stem.id);
        let mut chain = stem.chain.clone();
        chain.extend(trial.map(|(_, slot)| slot.clone()));
        let other =
            self.heard.audition.as_ref().and_then(|audition| {
                audition.strips.iter().find(|other| other.id == stem.id).cloned()
            });
        let other_strip = other.as_ref().map(|other| other.strip);
        // While a hand holds the fader, its value replaces the automation.
        let rate = song.session.sample_rate;
        let still = flat || other.is_some();
        let automation = other.as_ref().map_or(&stem.automation, |other| &other.automation);
        let mut moves = if flat { None } else { self.moves_of(stem.id, automation, rate) };
        let mut settings =
            if flat { StripSettings::default() } else { other_strip.unwrap_or(stem.strip) };
        for target in [Target::Fader, Target::Pan] {
            let Some(value) = self.heard.held(stem.id, target).filter(|_| !still) else { continue };
            let mut left = moves.as_deref().cloned().unwrap_or_default();
            match target {
                Target::Fader => (settings.fader, left.fader) = (Db(value), None),
                Target::Pan => (settings.pan, left.pan) = (Pan(value), None),
            }
            moves = (!left.is_empty()).then(|| Arc::new(left));
        }
        let muted = other_strip.is_some_and(|strip| strip.mute);
        let chain = heard(&chain, flat);
        let path = SignalPath::new(song.session.trim, chain, settings, level, moves);
        SignalPath { audible: audible && !muted, ..path }
    }

    pub(super) fn settings(
        &mut self,
        song: &OpenSong,
        figures: Option<&Figures>,
    ) -> Option<Settings> {
        let version = song.current_version()?;
        let session = &song.session;
        // A balance includes the mute of each stem.
        let others = self.heard.audition.as_ref().map_or(&[][..], |audition| &audition.strips);
        let other = |id| others.iter().find(|known| known.id == id).map(|known| &known.strip);
        let audible =
            audible_where(session, &version, |stem| other(stem.id).unwrap_or(&stem.strip).mute);
        let there = |id: &StemId| session.stem(*id).is_some() && self.heard.reference.is_some();
        let both = self.heard.both.filter(there);
        let mut strips = Vec::new();
        for (stem, mut audible) in session.stems.iter().zip(audible) {
            let mut level = version.level(stem).unwrap_or(Db::UNITY);
            if let Some(exports) = &self.heard.exports {
                let own = exports.stem() == stem.id;
                level = if own { level + exports.gain() } else { level };
                audible &= own || !exports.alone;
            }
            audible &= both.is_none_or(|both| both == stem.id);
            strips.push(self.path_of(song, stem, level, audible));
        }
        let flat = self.heard.monitor == Monitor::Bypass && self.heard.audition.is_none();
        let side_chains = side_chains_of(session, self.heard.trial.as_ref());
        let mut chain = heard(&session.chain, flat);
        // A blind test compares mixes, without a master.
        let master = song.current_master();
        let master = master.filter(|_| self.heard.preview && self.heard.audition.is_none());
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
        let source = match (&self.heard.audition, self.heard.monitor) {
            _ if self.heard.file.is_some() => Source::Reference,
            (Some(audition), _) => audition.source,
            (None, _) if both.is_some() => Source::Both,
            (None, Monitor::Reference) => Source::Reference,
            _ => Source::Mix,
        };
        let matched =
            self.heard.matching_of(self.heard.monitor, song, figures).unwrap_or(Db::UNITY);
        let auditioned = self.heard.audition.as_ref().map_or(matched, |audition| audition.gain);
        let matching = self.heard.file.as_ref().map_or(auditioned, |file| file.gain);
        let watched = self.watched(song);
        let place = match watched {
            Some(Place::Stem(n)) => strips.get_mut(n).map(|target| &mut target.chain),
            Some(Place::Mix) => Some(&mut chain),
            None => None,
        };
        if let (Some(chain), Some((slot, band))) = (place, self.heard.band)
            && let Some(ProcessorSettings::Eq(eq)) =
                chain.get_mut(slot).map(|slot| &mut slot.processor)
        {
            *eq = eq.only(band);
        }
        Some(Settings {
            strips,
            fader: if flat { Db::UNITY } else { session.fader },
            chain,
            side_chains,
            watched,
            comparing: self.heard.comparing.filter(|_| !flat),
            law: session.pan_law,
            source,
            master: previewed,
            finishing: match () {
                () if flat => Hearing::Input,
                () if self.heard.taken => Hearing::Difference,
                () => Hearing::Output,
            },
            matching,
        })
    }
}
