//! A new export of a stem is heard beside what the stem was before, both as loud as the quieter
//! one, in the mix or alone.

use crate::engine::source::StemSource;
use crate::session::stem::StemId;
use crate::units::Db;
use std::sync::Arc;

/// What a stem was before, ready to be heard.
pub struct Before {
    pub stem: StemId,
    pub source: Arc<StemSource>,
    /// By how much the new export is louder; none where one of them has no loudness.
    pub louder: Option<Db>,
}

/// Both, while they are compared.
#[derive(Clone)]
pub struct Exports {
    pub before: Arc<Before>,
    /// What the stem was before is heard, and not the new export.
    pub old: bool,
    /// The other stems are silent.
    pub alone: bool,
}

impl Exports {
    pub fn stem(&self) -> StemId {
        self.before.stem
    }

    /// The source in the place of the stem's own, while what it was before is heard.
    pub fn source(&self) -> Option<&Arc<StemSource>> {
        self.old.then_some(&self.before.source)
    }

    /// The gain of what is heard, so that both are as loud as the quieter one.
    pub fn gain(&self) -> Db {
        let louder = self.before.louder.map_or(0.0, |louder| louder.0);
        Db(if self.old { louder.min(0.0) } else { (-louder).min(0.0) })
    }

    pub fn louder(&self) -> Option<Db> {
        self.before.louder
    }
}
