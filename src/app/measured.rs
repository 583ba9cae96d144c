//! What is known of the sounds of the open session: waveforms, figures, findings.

use crate::dsp::chain::Slot;
use crate::intake::examine::Examination;
use crate::intake::findings::Severity;
use crate::media::peaks::Peaks;
use crate::render::overview::Overview;
use crate::render::solve::Solution;
use crate::session::Session;
use crate::session::ids::VersionId;
use crate::session::master::{Alternates, Master};
use crate::session::stem::StemId;
use crate::units::{Db, Lufs};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

/// What is known of the sounds of the open session.
pub struct Measured {
    pub peaks: HashMap<StemId, Arc<Peaks>>,
    /// Waveforms after processing, and the state of the session that they were asked for.
    pub processed: HashMap<StemId, Processed>,
    pub processed_for: u64,
    pub figures: Option<Figures>,
    /// State and version that `figures` were asked for, and when that state was reached.
    pub figures_for: (u64, VersionId),
    /// They are on their way.
    pub measuring: bool,
    pub changed: (u64, usize, Instant),
    /// All waveforms are read, and the stems are compared with the reference.
    pub prepared: bool,
    /// What is listened to beside the song, by content of file; none while one is measured.
    pub references: HashMap<String, Option<Arc<Reference>>>,
    /// What was found in the files, once they are listened through.
    pub examination: Option<Examination>,
}

impl Default for Measured {
    fn default() -> Self {
        Self {
            peaks: HashMap::new(),
            processed: HashMap::new(),
            processed_for: u64::MAX,
            figures: None,
            figures_for: (u64::MAX, VersionId::default()),
            measuring: false,
            changed: (0, 0, Instant::now()),
            prepared: false,
            references: HashMap::new(),
            examination: None,
        }
    }
}

impl Measured {
    /// What the stems leave of the reference, where there is one.
    pub fn residual(&self) -> Option<Db> {
        Some(self.examination.as_ref()?.null_test.as_ref()?.residual_db)
    }

    /// Faults in the stems that are not mended, once they are looked at.
    pub fn faults(&self) -> Option<usize> {
        let found = self.examination.as_ref()?;
        let all = found.stems.iter().flat_map(|stem| &stem.findings).chain(&found.set);
        Some(all.filter(|finding| finding.severity == Severity::Fault).count())
    }

    /// Integrated loudness of the version as it stands.
    pub fn integrated(&self) -> Option<Lufs> {
        self.figures.as_ref().map(|figures| figures.mix.loudness.integrated)
    }
}

/// What the current version measures, and what it is compared with.
pub struct Figures {
    pub mix: Overview,
    /// The full mix, where a master gives its gain to this part of it.
    pub full: Option<Overview>,
    /// The same stems with flat strips and no chains.
    pub bypass: Lufs,
    /// What that was measured for: version, and which stems are muted.
    pub bypass_of: (VersionId, Vec<bool>),
    pub reference: Option<Arc<Reference>>,
}

/// What the reference measures.
pub struct Reference {
    /// The file that was measured, by its content.
    pub of: String,
    pub loudness: Lufs,
    /// Mean power, as of the mix.
    pub spectrum: Vec<f32>,
}

impl Figures {
    /// The gain that a master would use for the version, and what it would come to.
    pub fn predict(&self, session: &Session, master: &Master) -> Option<Solution> {
        match (&self.full, master.alternates) {
            (_, Alternates::Own) | (None, _) => self.mix.predict(session, master),
            (Some(full), _) => self.mix.at(session, master, full.predict(session, master)?.gain),
        }
    }

    pub fn reference_loudness(&self) -> Option<Lufs> {
        self.reference.as_ref().map(|reference| reference.loudness)
    }
}

/// What a chain makes of a stem's waveform.
pub struct Processed {
    /// The chain that made it.
    pub chain: Vec<Slot>,
    pub peaks: Arc<Peaks>,
}
