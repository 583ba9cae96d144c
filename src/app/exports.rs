//! Comparison of a new export of a stem with the stem's previous recording ([`ExportComparison`]), both at
//! the loudness of the quieter one, in the mix or alone.

use crate::engine::source::StemSource;
use crate::session::stem::StemId;
use crate::units::Db;
use std::sync::Arc;

/// The previous recording of a stem, opened for playback.
pub struct Before {
    pub stem: StemId,
    pub source: Arc<StemSource>,
    /// Loudness of the new export minus that of the previous recording; `None` if one of them has
    /// no finite loudness.
    pub louder: Option<Db>,
}

/// A comparison that is running.
#[derive(Clone)]
pub struct ExportComparison {
    pub before: Arc<Before>,
    /// True while the previous recording plays instead of the new export.
    pub old: bool,
    /// The other stems are silent.
    pub alone: bool,
}

impl ExportComparison {
    pub fn stem(&self) -> StemId {
        self.before.stem
    }

    /// The previous recording, while it replaces the stem's own source.
    pub fn source(&self) -> Option<&Arc<StemSource>> {
        self.old.then_some(&self.before.source)
    }

    /// Gain of the recording that plays, for equal loudness: 0 dB for the quieter one, negative for
    /// the louder one.
    pub fn gain(&self) -> Db {
        let louder = self.before.louder.map_or(0.0, |louder| louder.0);
        Db(if self.old { louder.min(0.0) } else { (-louder).min(0.0) })
    }

    pub fn louder(&self) -> Option<Db> {
        self.before.louder
    }
}
