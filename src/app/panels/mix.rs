//! State of the Mix view: [`Mix`], with the timeline, the automation on the lanes ([`Lines`]), the
//! balances and the masking page.

use crate::app::blind::Blind;
use crate::app::mix::rows::Rows;
use crate::app::mix::timeline::Timeline;
use crate::dsp::chain::ParameterRef;
use crate::render::masking::Masking;
use crate::session::stem::StemId;
use std::collections::HashMap;

/// The parameter whose automation a lane shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum AutomatedParameter {
    Fader,
    Pan,
    /// A value of a processor, by the processor's index in the chain.
    Value(usize, ParameterRef),
}

/// Lanes that show automation. Moving a fader of such a lane during playback records automation.
#[derive(Default)]
pub struct Lines {
    pub shown: HashMap<StemId, AutomatedParameter>,
    /// The dragged point by stem and index; `true` bends the line after the point instead of moving
    /// it.
    pub held: Option<(StemId, usize, bool)>,
}

impl Lines {
    pub fn is_shown(&self, stem: StemId) -> bool {
        self.shown.contains_key(&stem)
    }

    /// Shows the automation of the fader, or hides the automation.
    pub fn toggle(&mut self, stem: StemId) {
        if self.shown.remove(&stem).is_none() {
            self.shown.insert(stem, AutomatedParameter::Fader);
        }
    }
}

/// State of the Balances page of the rack.
pub struct Balances {
    /// Indices of the two list entries that the fade and the blind test compare.
    pub pair: [usize; 2],
    /// Position of the fade between them, from 0 to 1.
    pub share: f64,
    pub blind: Option<Blind>,
    /// Number of blind tests so far; the last one is the number of the current test.
    pub count: u64,
}

impl Default for Balances {
    fn default() -> Self {
        Self { pair: [0, 1], share: 0.0, blind: None, count: 0 }
    }
}

/// The masking search of the selected stem.
#[derive(Default)]
pub struct MaskingPage {
    /// The last result, and the state of the session that it was made for.
    pub found: Option<(u64, Masking)>,
    /// State and stem of the search that runs now.
    pub asked: Option<(u64, StemId)>,
}

/// Pages of the rack of a stem.
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

/// State of the Mix view.
#[derive(Default)]
pub struct Mix {
    pub timeline: Timeline,
    pub rows: Rows,
    /// The page that the rack of a stem shows.
    pub page: Page,
    /// A command wants the rack to be seen, whatever the height of the view.
    pub show_rack: bool,
    pub masking: MaskingPage,
    /// Lanes that show automation.
    pub lines: Lines,
    pub balances: Balances,
}
