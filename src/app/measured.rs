//! Measurements of the open session: waveforms, loudness figures, references, findings in files.
//! Background jobs make them, [`super::news`] stores them, views read them.

use crate::app::open_song::OpenSong;
use crate::dsp::chain::Slot;
use crate::dsp::k_weighting::gated;
use crate::dsp::prediction::Through;
use crate::intake::examine::{Basis, Examination};
use crate::intake::findings::{Finding, Kind};
use crate::media::peaks::Peaks;
use crate::render::overview::Overview;
use crate::render::solve::Solution;
use crate::session::Session;
use crate::session::ids::VersionId;
use crate::session::master::{Alternates, Master};
use crate::session::stem::{Stem, StemId};
use crate::units::{Db, Lufs, Seconds};
use std::collections::HashMap;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Instant;

/// Stem and kind of a finding that is ignored.
pub type IgnoredFinding = (Option<StemId>, Kind);

/// Measurements of the open session. Fields are empty until their job has ended.
pub struct Measured {
    pub peaks: HashMap<StemId, Arc<Peaks>>,
    pub reference_peaks: Option<Arc<Peaks>>,
    /// Waveforms after the chains of their stems.
    pub processed: HashMap<StemId, Processed>,
    /// State of the session for which `processed` was requested last; `u64::MAX` if never.
    pub processed_for: u64,
    pub figures: Option<Figures>,
    /// State of the session and id of the version for which `figures` were requested last.
    pub figures_for: (u64, VersionId),
    /// A job measures `figures`.
    pub measuring: bool,
    /// Latest state of the session and index of the version, and when either changed last.
    pub changed: (u64, usize, Instant),
    /// The job that reads all waveforms and examines the files has ended.
    pub prepared: bool,
    /// References by the hash of their file's content. A value is `None` while its file is
    /// measured, and stays `None` if the file cannot be read.
    pub references: HashMap<String, Option<Arc<Reference>>>,
    /// Findings in the files; `None` until the examination has ended. They may be of an earlier
    /// state of the song: see `current`.
    pub examination: Option<Examination>,
    /// What the last examination was made of, and what is examined now.
    pub examined: Option<Basis>,
    pub examining: Option<Basis>,
    /// `examination` is that of the song as it is now.
    pub current: bool,
    /// When it first was not.
    pub outdated: Option<Instant>,
    /// Number of the document for which a job writes fixed files: findings are about to change.
    pub fixing: Option<u64>,
    /// Findings that the person ignores: stem (`None`: the whole set) and kind.
    pub ignored: Vec<IgnoredFinding>,
}

impl Default for Measured {
    fn default() -> Self {
        Self {
            peaks: HashMap::new(),
            reference_peaks: None,
            processed: HashMap::new(),
            processed_for: u64::MAX,
            figures: None,
            figures_for: (u64::MAX, VersionId::default()),
            measuring: false,
            changed: (0, 0, Instant::now()),
            prepared: false,
            references: HashMap::new(),
            examination: None,
            examined: None,
            examining: None,
            current: false,
            outdated: None,
            fixing: None,
            ignored: Vec::new(),
        }
    }
}

impl Measured {
    /// Whether the stems were examined as they are in this session.
    pub fn is_of(&self, session: &Session) -> bool {
        let same = self.examined.as_ref().is_some_and(|basis| basis.is_of(session));
        self.prepared && self.examination.is_some() && same
    }

    /// Whether this stem was examined as it is now, whatever happened to the others.
    pub fn knows(&self, stem: &Stem) -> bool {
        self.examined.as_ref().is_some_and(|basis| basis.holds(stem))
    }

    /// Whether what was found in a stem can be fixed: it still holds, and no fix is under way.
    pub fn may_fix(&self, stem: &Stem) -> bool {
        self.fixing.is_none() && self.knows(stem)
    }

    /// The examination, if it is that of the song as it is now.
    pub fn found(&self) -> Option<&Examination> {
        self.examination.as_ref().filter(|_| self.current)
    }

    /// Residual of the null test of the stems against the reference; `None` without a reference,
    /// and until the stems as they are now are examined.
    pub fn residual(&self) -> Option<Db> {
        Some(self.found()?.null_test.as_ref()?.residual_db)
    }

    /// Whether a person should look at a finding: it is more than a note, and not ignored.
    pub fn is_open(&self, finding: &Finding) -> bool {
        finding.is_to_check() && !self.ignored.contains(&(finding.stem, finding.kind))
    }

    /// Number of findings that a person should look at, the same in every view; `None` until the
    /// stems as they are now are examined.
    pub fn to_check(&self) -> Option<usize> {
        let found = self.found()?;
        Some(found.findings().filter(|finding| self.is_open(finding)).count())
    }

    /// Integrated loudness of the chosen version, without a master.
    pub fn integrated(&self) -> Option<Lufs> {
        self.figures.as_ref().map(|figures| figures.mix.loudness.integrated)
    }
}

/// Measurements of the chosen version and of the sounds that it is compared with.
pub struct Figures {
    pub mix: Overview,
    /// The full mix, measured if a master uses its gain for this version (see [`Alternates`]).
    pub full: Option<Overview>,
    /// Integrated loudness of the same stems with flat strips, without automation and chains.
    pub bypass: Lufs,
    /// Id of the version and mute state of every stem that `bypass` was measured for.
    pub bypass_of: (VersionId, Vec<bool>),
    pub reference: Option<Arc<Reference>>,
}

/// Measurements of a reference.
pub struct Reference {
    /// Hash of the measured file's content.
    pub of: String,
    pub loudness: Lufs,
    /// Mean spectrum, in the form of [`Overview::spectrum`].
    pub spectrum: Vec<f32>,
}

impl Figures {
    /// Predicts the gain that a master applies to the version, and the figures that result. A
    /// master may use the gain of the full mix.
    pub fn predict(&self, session: &Session, master: &Master) -> Option<Solution> {
        match (&self.full, master.alternates) {
            (_, Alternates::Own) | (None, _) => self.mix.predict(session, master),
            (Some(full), _) => self.mix.at(session, master, full.predict(session, master)?.gain),
        }
    }

    /// All figures of the version behind a master.
    pub fn through(&self, session: &Session, master: &Master) -> Option<Arc<Through>> {
        self.mix.through(session, master, self.predict(session, master)?.gain)
    }

    /// The figures of what is chosen: the version behind the chosen master if that is heard
    /// (`preview`) and has a target, else the mix.
    pub fn chosen(&self, song: &OpenSong, preview: bool) -> Option<Chosen> {
        let master = song.current_master().filter(|master| preview && master.target.is_some());
        let Some(master) = master else {
            return Some(Chosen { master: None, through: self.mix.plain() });
        };
        let through = self.through(&song.session, master)?;
        Some(Chosen { master: Some(master.name.clone()), through })
    }

    pub fn reference_loudness(&self) -> Option<Lufs> {
        self.reference.as_ref().map(|reference| reference.loudness)
    }
}

/// Figures of one signal: the mix, or the mix behind a master. Never of both.
pub struct Chosen {
    /// Name of the master.
    pub master: Option<String>,
    through: Arc<Through>,
}

impl Deref for Chosen {
    type Target = Through;

    fn deref(&self) -> &Through {
        &self.through
    }
}

impl Chosen {
    /// Integrated loudness from one time to another.
    pub fn between(&self, from: Seconds, to: Seconds) -> Lufs {
        let step = |at: Seconds| ((at.0 * 10.0).round().max(0.0) as usize).min(self.steps.len());
        let (from, to) = (step(from), step(to));
        gated(self.steps.get(from..to.max(from)).unwrap_or(&[]))
    }
}

/// Waveform of a stem after its chain.
pub struct Processed {
    /// The chain that made it.
    pub chain: Vec<Slot>,
    pub peaks: Arc<Peaks>,
}
