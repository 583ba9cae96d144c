//! Job that measures the loudness of two candidates of a blind test or a comparison of revisions.

use crate::app::blind::Candidate;
use crate::app::document::Document;
use crate::app::jobs::{Jobs, News};
use crate::engine::source::StemSource;
use crate::render::overview::overview;
use crate::session::Session;
use crate::session::snapshot::BalancedStem;
use crate::texts::say;
use crate::units::Lufs;
use std::sync::Arc;

impl Jobs {
    /// Measures the integrated loudness of both candidates and answers with [`News::Compared`].
    /// `number` is the document's number, `test` that of the measurement, `reference` the known
    /// loudness of the reference.
    pub fn compare(
        &self,
        document: &Document,
        number: u64,
        test: u64,
        candidates: &[Candidate; 2],
        sources: Arc<Vec<StemSource>>,
        reference: Option<Lufs>,
    ) {
        let Some(version) = document.current_version() else { return };
        let (session, candidates) = (document.session.clone(), candidates.clone());
        let pool = self.pool.clone();
        self.spawn_shown(
            "compare",
            say!("act-measuring-both"),
            Arc::default(),
            move |say, running, cancel| {
                let measured = |candidate: &Candidate| {
                    let mut session = match candidate {
                        Candidate::Reference => return Ok(reference.unwrap_or(Lufs::SILENCE)),
                        Candidate::Balance(_) => Session::clone(&session),
                        Candidate::State(state) => Session::clone(state),
                    };
                    if let Candidate::Balance(strips) = candidate {
                        for BalancedStem { id, strip, automation } in strips {
                            let mut stems = session.stems.iter_mut();
                            if let Some(stem) = stems.find(|stem| stem.id == *id) {
                                stem.strip = *strip;
                                stem.automation.clone_from(automation);
                            }
                        }
                    }
                    // Without masters, `overview` measures the mix only.
                    session.masters.clear();
                    let own = session.version(&version.id).map(|own| session.resolved(own));
                    let version = own.unwrap_or_else(|| version.clone());
                    let shown = |share| running.share(share);
                    let work = || overview(&session, &version, &sources, &shown, cancel);
                    let found = pool.as_ref().map_or_else(work, |pool| pool.install(work));
                    found.map(|found| found.loudness.integrated)
                };
                let [a, b] = &candidates;
                match measured(a).and_then(|a| Ok([a, measured(b)?])) {
                    Ok(loudness) => say(News::Compared { document: number, test, loudness }),
                    Err(error) => say(News::Failed(error.to_string())),
                }
            },
        );
    }
}
