//! Whether a file went through a lossy codec once: from the shelf where its sound ends, and from
//! the codec's own grid of frames.
//!
//! The weights are from 70 stems of songs made by synthesis and 300 codings of them (MP3 128 to
//! 320 kbit/s, AAC 96 to 256, Vorbis q 3 to 9, Opus 128): on the best grid the lines of a file
//! that was never coded fall at most 3.2 times as far as chance makes them, those of coded ones
//! 4 to 60 times. A shelf alone may be a sampler's or a converter's.

use super::grid::{Grid, grid};
use super::scan::Scan;
use crate::media::{MediaError, PcmFile};
use crate::units::{Db, Hz};

/// Level of a line above which it holds sound and not only noise of the last bit.
const HEARD: Db = Db(-118.0);

/// What points to a lossy codec.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Loss {
    pub probability: f64,
    /// The steepest fall within 600 Hz, and where.
    pub shelf: Db,
    pub shelf_at: Hz,
    pub grid: Grid,
}

impl Loss {
    /// Whether the codec's own frames were found, and not only what others leave too.
    pub fn is_sure(&self) -> bool {
        self.grid.stands_out > 4.5
    }

    /// What it is concluded from.
    pub fn why(&self) -> String {
        let mut reasons = Vec::new();
        if self.shelf.0 > 12.0 {
            reasons.push(format!(
                "the sound ends at {:.1} kHz with a step of {:.0} dB",
                self.shelf_at.0 / 1000.0,
                self.shelf.0
            ));
        }
        if self.is_sure() {
            reasons.push("its lines are quantised in a codec's frames".into());
        }
        reasons.join(", ")
    }
}

pub fn loss(file: &PcmFile, scan: &Scan) -> Result<Loss, MediaError> {
    let mut loss =
        Loss { probability: 0.0, shelf: Db(0.0), shelf_at: Hz(0.0), grid: Grid::default() };
    let half = scan.info.sample_rate.hz().0 / 2.0;
    if scan.picture.is_empty() || half < 20_000.0 {
        return Ok(loss);
    }
    // The shelf: levels just under and just over every place.
    let mut at = 9_000.0;
    while at < 20_600.0f64.min(half - 1_000.0) {
        let under = scan.picture.level(Hz(at - 500.0), Hz(at - 100.0));
        let over = scan.picture.level(Hz(at + 300.0), Hz(at + 800.0));
        if under - over > loss.shelf.0 {
            (loss.shelf, loss.shelf_at) = (Db(under - over), Hz(at));
        }
        at += 100.0;
    }
    // The highest lines that hold sound: those a codec saves on first.
    let heard = |top: &f64| scan.picture.level(Hz(top - 500.0), Hz(*top)) > HEARD.0;
    let steps = (4..=41).map(|n| f64::from(n) * 500.0);
    let top = steps.rev().find(heard).unwrap_or(2_000.0);
    loss.grid = grid(file, scan, top / half)?;
    let by_shelf = ((loss.shelf.0 - 18.0) / 5.0).clamp(0.0, 6.7);
    let by_grid = (2.5 * (loss.grid.stands_out - 2.8)).clamp(0.0, 9.0);
    loss.probability = 1.0 / (1.0 + (4.5 - by_shelf - by_grid).exp());
    Ok(loss)
}
