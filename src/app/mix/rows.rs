//! Order and heights of the lanes: stems in the order of the session, or grouped by role. [`Rows`]
//! is plain state, without drawing.

use crate::app::preferences::{LANE, LANES, Preferences};
use crate::session::Session;
use crate::session::stem::{Role, StemId};
use std::collections::HashMap;

/// Least height of a lane that shrinks by itself, in points.
const SMALLEST: f32 = 42.0;
/// Height of the header of a group, in points.
pub const GROUP: f32 = 28.0;

/// One row of the timeline.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Row {
    Group {
        role: Role,
        stems: usize,
        folded: bool,
    },
    /// A stem, by its index in the session.
    Stem(usize),
}

/// A row with its height and its distance from the top of the first row, in points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placed {
    pub row: Row,
    pub top: f32,
    pub height: f32,
}

/// State of the lanes: heights, folded groups, a drag, a name of a section that is typed.
#[derive(Default)]
pub struct Rows {
    /// Heights of lanes that the user resized, in points.
    pub heights: HashMap<StemId, f32>,
    folded: Vec<Role>,
    /// The stem whose header is dragged, and its index in the session.
    pub dragged: Option<(StemId, usize)>,
    /// Index of the section that is being named, and the text so far; `None` until its field is
    /// drawn.
    pub naming: Option<(usize, Option<String>)>,
    /// The stem to scroll into view when the lanes are drawn next.
    sought: Option<StemId>,
    /// Height of lanes that fill the room; `None` if the user chose heights.
    roomy: Option<f32>,
}

impl Rows {
    /// Lets lanes grow to fill `room` points, or shrink so that twelve fit into the usual window,
    /// unless the user chose heights.
    pub fn fill(&mut self, room: f32, session: &Session, preferences: &Preferences) {
        self.roomy = None;
        let untouched = preferences.lane == LANE;
        let rows = self.placed(session, preferences);
        let lanes = rows.iter().filter(|placed| matches!(placed.row, Row::Stem(_))).count();
        if untouched && self.heights.is_empty() && lanes > 0 {
            let more = (room - total(&rows)) / lanes as f32;
            self.roomy = Some((LANE + more).floor().clamp(SMALLEST, *LANES.end()));
        }
    }

    /// Height of a lane that the user did not resize, in points.
    pub fn lane(&self, preferences: &Preferences) -> f32 {
        self.roomy.unwrap_or(preferences.lane)
    }

    /// Folds or unfolds a group.
    pub fn toggle(&mut self, role: Role) {
        if self.folded.contains(&role) {
            self.folded.retain(|known| *known != role);
        } else {
            self.folded.push(role);
        }
    }

    /// Requests that a stem is scrolled into view.
    pub fn show(&mut self, stem: Option<StemId>) {
        self.sought = stem;
    }

    /// Stems that are not folded away, from the top.
    pub fn order(&self, session: &Session, grouped: bool) -> Vec<StemId> {
        let preferences = Preferences { grouped, ..Preferences::default() };
        let rows = self.placed(session, &preferences);
        rows.iter()
            .filter_map(|placed| match placed.row {
                Row::Stem(index) => session.stems.get(index).map(|stem| stem.id),
                Row::Group { .. } => None,
            })
            .collect()
    }

    /// All rows from the top.
    pub fn placed(&self, session: &Session, preferences: &Preferences) -> Vec<Placed> {
        let mut list = Vec::new();
        let mut top = 0.0;
        let mut add = |row, height| {
            list.push(Placed { row, top, height });
            top += height;
        };
        let height = |id: &StemId| self.heights.get(id).copied().unwrap_or(self.lane(preferences));
        if !preferences.grouped {
            for (index, stem) in session.stems.iter().enumerate() {
                add(Row::Stem(index), height(&stem.id));
            }
            return list;
        }
        for role in Role::ALL {
            let of_role = || session.stems.iter().enumerate().filter(|(_, s)| s.role == role);
            let stems = of_role().count();
            if stems == 0 {
                continue;
            }
            let folded = self.folded.contains(&role);
            add(Row::Group { role, stems, folded }, GROUP);
            for (index, stem) in of_role().filter(|_| !folded) {
                add(Row::Stem(index), height(&stem.id));
            }
        }
        list
    }

    /// Changes the height of a lane by `by` points, or that of all lanes.
    pub fn stretch(&mut self, id: StemId, by: f32, preferences: &mut Preferences, all: bool) {
        // Other lanes keep their automatic height as a fixed one.
        preferences.lane = self.lane(preferences);
        let now = self.heights.get(&id).copied().unwrap_or(self.lane(preferences));
        let height = (now + by).clamp(*LANES.start(), *LANES.end());
        if all {
            preferences.lane = height;
            self.heights.clear();
        } else {
            self.heights.insert(id, height);
        }
    }

    /// Scroll offset at which the requested stem is visible; `down` if none was requested.
    pub fn reveal(&mut self, session: &Session, rows: &[Placed], down: f32, height: f32) -> f32 {
        let Some(sought) = self.sought.take() else { return down };
        let found = rows.iter().find(|placed| match placed.row {
            Row::Stem(index) => session.stems.get(index).is_some_and(|stem| stem.id == sought),
            Row::Group { .. } => false,
        });
        let Some(found) = found else { return down };
        down.min(found.top).max(found.top + found.height - height)
    }
}

/// Height of all rows together.
pub fn total(rows: &[Placed]) -> f32 {
    rows.last().map_or(0.0, |last| last.top + last.height)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::history::tests::stem;
    use crate::units::SampleRate;

    fn session() -> Session {
        let mut session = Session::new("Song", SampleRate(48_000));
        let roles = [Role::LeadVocals, Role::Drums, Role::LeadVocals];
        for (n, role) in roles.into_iter().enumerate() {
            let mut stem = stem(n as u32 + 1);
            stem.role = role;
            session.stems.push(stem);
        }
        session
    }

    #[test]
    fn groups_stand_in_mix_order_and_fold() {
        let (session, mut rows) = (session(), Rows::default());
        let grouped = Preferences { grouped: true, ..Preferences::default() };
        assert_eq!(rows.order(&session, false), [StemId(1), StemId(2), StemId(3)]);
        assert_eq!(rows.order(&session, true), [StemId(2), StemId(1), StemId(3)]);
        rows.toggle(Role::LeadVocals);
        assert_eq!(rows.order(&session, true), [StemId(2)]);
        assert_eq!(total(&rows.placed(&session, &grouped)), 2.0 * GROUP + grouped.lane);
    }

    #[test]
    fn lanes_grow_into_the_room_until_somebody_says_otherwise() {
        let (session, mut rows) = (session(), Rows::default());
        let preferences = Preferences::default();
        rows.fill(3.0 * 100.0, &session, &preferences);
        assert_eq!(total(&rows.placed(&session, &preferences)), 300.0);
        rows.fill(3.0 * 1000.0, &session, &preferences);
        assert_eq!(total(&rows.placed(&session, &preferences)), 3.0 * LANES.end());
        rows.fill(10.0, &session, &preferences);
        assert_eq!(total(&rows.placed(&session, &preferences)), 3.0 * SMALLEST);
        let chosen = Preferences { lane: 50.0, ..preferences };
        rows.fill(3000.0, &session, &chosen);
        assert_eq!(total(&rows.placed(&session, &chosen)), 150.0);
    }

    #[test]
    fn lanes_are_stretched_one_by_one_or_together_and_found_again() {
        let (session, mut rows) = (session(), Rows::default());
        let mut preferences = Preferences::default();
        rows.stretch(StemId(1), 40.0, &mut preferences, false);
        let placed = rows.placed(&session, &preferences);
        assert_eq!(placed[1].top, preferences.lane + 40.0);
        rows.show(Some(StemId(3)));
        let down = rows.reveal(&session, &placed, 0.0, 100.0);
        assert_eq!(down, total(&placed) - 100.0);
        rows.stretch(StemId(1), -1000.0, &mut preferences, true);
        assert_eq!(total(&rows.placed(&session, &preferences)), 3.0 * LANES.start());
    }
}
