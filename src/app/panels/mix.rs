//! What the Mix view remembers.

use crate::app::blind::Blind;
use crate::app::mix::rows::Rows;
use crate::app::mix::timeline::Timeline;
use crate::dsp::chain::Value;
use crate::render::masking::Masking;
use crate::session::stem::StemId;
use std::collections::HashMap;

/// What a lane shows the line of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Moving {
    Fader,
    Pan,
    /// A value of a processor, by its place in the chain.
    Value(usize, Value),
}

/// Lanes that show a line. On these, faders that are moved while the song plays are recorded.
#[derive(Default)]
pub struct Lines {
    pub shown: HashMap<StemId, Moving>,
    /// The point that is dragged, or the line after it that is bent.
    pub held: Option<(StemId, usize, bool)>,
}

impl Lines {
    pub fn is_shown(&self, stem: StemId) -> bool {
        self.shown.contains_key(&stem)
    }

    /// Shows the line of the fader, or none.
    pub fn toggle(&mut self, stem: StemId) {
        if self.shown.remove(&stem).is_none() {
            self.shown.insert(stem, Moving::Fader);
        }
    }
}

/// What the page of balances remembers.
pub struct Balances {
    /// The two that a fade or a blind test is between, as entries of their lists.
    pub pair: [usize; 2],
    /// How far the fade is.
    pub share: f64,
    pub blind: Option<Blind>,
    pub count: u64,
}

impl Default for Balances {
    fn default() -> Self {
        Self { pair: [0, 1], share: 0.0, blind: None, count: 0 }
    }
}

/// What is known about what covers a stem.
#[derive(Default)]
pub struct MaskingPage {
    /// In which state of the session, and what.
    pub found: Option<(u64, Masking)>,
    /// State and stem that a search is under way for.
    pub asked: Option<(u64, StemId)>,
}

/// What the rack of a stem shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Page {
    #[default]
    Chain,
    Strip,
    Masking,
    Balances,
}

impl Page {
    pub const ALL: [Page; 4] = [Page::Chain, Page::Strip, Page::Masking, Page::Balances];
}

/// What the Mix view remembers.
#[derive(Default)]
pub struct Mix {
    pub timeline: Timeline,
    pub rows: Rows,
    /// What the rack of a stem shows.
    pub page: Page,
    pub masking: MaskingPage,
    /// Lanes that show automation.
    pub lines: Lines,
    pub balances: Balances,
}
