//! Waveforms after the chains of their stems. [`refresh`] starts a background job for stems whose
//! chain has changed; its results are [`News::Processed`].

use super::desk::Desk;
use super::jobs::{Jobs, News, renew};
use super::measured::Processed;
use crate::dsp::chain::Slot;
use crate::engine::source::StemSource;
use crate::render::outline;
use crate::session::Session;
use crate::session::stem::StemId;
use crate::texts::say;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Stems with an active chain that is not the chain of their known waveform.
fn due(desk: &Desk, session: &Session) -> Vec<StemId> {
    let works = |chain: &[Slot]| chain.iter().any(|slot| slot.on);
    let known = |id: &StemId| desk.measured.processed.get(id).map(|known| known.chain.as_slice());
    let stems = session.stems.iter().filter(|stem| works(&stem.chain));
    stems.filter(|stem| known(&stem.id) != Some(&stem.chain)).map(|stem| stem.id).collect()
}

/// Starts the job for missing and outdated waveforms, if the preference is on. Called once changes
/// have settled.
pub fn refresh(desk: &mut Desk) {
    let (Some(document), Some(sources)) = (&desk.document, &desk.listen.heard.sources) else {
        return;
    };
    if !desk.panels.preferences.processed {
        desk.measured.processed_for = u64::MAX;
        return;
    }
    if desk.measured.processed_for == document.state() {
        return;
    }
    desk.measured.processed_for = document.state();
    let session = &document.session;
    let works = |id: &StemId| session.stem(*id).is_some_and(|stem| stem.chain.iter().any(|s| s.on));
    desk.measured.processed.retain(|id, _| works(id));
    let due = due(desk, session);
    if due.is_empty() {
        return;
    }
    let (session, sources) = (Arc::clone(&document.session), Arc::clone(sources));
    desk.jobs.processed(desk.number, session, sources, due);
}

impl Jobs {
    fn processed(
        &mut self,
        document: u64,
        session: Arc<Session>,
        sources: Arc<Vec<StemSource>>,
        stems: Vec<StemId>,
    ) {
        let cancel = renew(&mut self.processed_cancel);
        let shown = say!("act-drawing-processed");
        self.spawn_shown("processed", shown, cancel, move |say, running, cancel| {
            for (n, stem) in stems.iter().enumerate() {
                running.share(n as f32 / stems.len() as f32);
                let Some(index) = session.stems.iter().position(|known| known.id == *stem) else {
                    continue;
                };
                let chain = session.stems.get(index).map(|stem| stem.chain.clone());
                match outline::processed(&session, &sources, index, cancel) {
                    Ok(peaks) => {
                        let peaks = Arc::new(peaks);
                        let processed = Processed { chain: chain.unwrap_or_default(), peaks };
                        say(News::Processed { document, stem: *stem, processed });
                    }
                    Err(_) if cancel.load(Ordering::Relaxed) => return,
                    Err(error) => return say(News::Failed(error.to_string())),
                }
            }
        });
    }
}
