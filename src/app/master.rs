//! The Master view: the chain of the mix as a strip, its chosen processor large, loudness and
//! limiting over the song through the chosen master, and the masters in a table.

mod details;
mod over_song;
mod table;

pub use details::{LIMITER_KNOBS, limiter_knobs};
pub use table::{AtWork, limiting};

use super::panels::Panels;
use super::panels::chain::Owner;
use super::seen::Seen;
use super::theme::{self, Weight, write, write_whole};
use super::widgets::part;
use super::{chain, loudness};
use crate::texts::say;
use egui::{Align2, Rect, ScrollArea, Ui, UiBuilder, pos2, vec2};

const MARGIN: f32 = 18.0;
const HEADING: f32 = 46.0;
const STRIP: f32 = 84.0;
const GAP: f32 = 12.0;
/// Least heights of the large processor and of the cards below, in points.
const LARGE: f32 = 236.0;
const LOWER: f32 = 250.0;
const TITLE: f32 = 40.0;
/// In a narrower view, in points, the table of the masters stands below the graph.
const WIDE: f32 = 900.0;

pub fn show(seen: &Seen<'_>, panels: &mut Panels, ui: &mut Ui, rect: Rect) {
    let left = loudness::beside(seen, panels, ui, rect);
    let mut inner = ui.new_child(UiBuilder::new().id_salt("parts").max_rect(left));
    inner.set_clip_rect(left.intersect(ui.clip_rect()));
    ScrollArea::vertical().auto_shrink(false).show(&mut inner, |ui| {
        let lower = if left.width() < WIDE { 2.0 * (LOWER + TITLE + GAP) } else { TITLE + LOWER };
        let least = HEADING + STRIP + LARGE + lower + 2.0 * GAP + MARGIN;
        let height = left.height().max(least);
        let (whole, _) = ui.allocate_exact_size(vec2(left.width(), height), egui::Sense::hover());
        parts(seen, panels, ui, whole, height - least);
    });
}

fn parts(seen: &Seen<'_>, panels: &mut Panels, ui: &mut Ui, rect: Rect, spare: f32) {
    let inner = rect.shrink2(vec2(MARGIN, 0.0));
    let mut top = inner.top();
    let mut row = |height: f32, gap: f32| {
        let rect = Rect::from_min_size(pos2(inner.left(), top), vec2(inner.width(), height));
        top += height + gap;
        rect
    };
    let heading = row(HEADING, 0.0);
    title(ui, heading, say!("master-chain"), say!("master-chain-bypass"));
    let right = pos2(heading.right(), heading.center().y);
    chain::commands(seen, panels, ui, right, Owner::Mix);
    let chosen = seen.song.and_then(|song| table::at_work(seen, song, song.current_master()?));
    let chosen = chosen.as_ref();
    let strip = row(STRIP, GAP);
    part(ui, "strip", strip, |ui| chain::strip(seen, panels, ui, strip, chosen));
    let large = row(LARGE + spare * 0.5, 0.0);
    part(ui, "large", large, |ui| chain::large(seen, panels, ui, large, chosen));
    let (song_name, song_rest) = (say!("master-over-song"), say!("master-over-song-explained"));
    let (name, rest) = (say!("master-masters"), say!("master-masters-explained"));
    let titles = row(TITLE + GAP, 0.0);
    let areas = if rect.width() < WIDE {
        title(ui, titles, song_name, song_rest);
        let graph = row(LOWER + spare * 0.5, 0.0);
        title(ui, row(TITLE + GAP, 0.0), name, rest);
        [graph, row(LOWER, 0.0)]
    } else {
        let lower = row(LOWER + spare * 0.5, 0.0);
        let split = inner.left() + inner.width() * 0.495;
        let halves = |area: Rect| {
            let left = Rect::from_min_max(area.min, pos2(split, area.bottom()));
            [left, Rect::from_min_max(pos2(split + 18.0, area.top()), area.max)]
        };
        let [left, right] = halves(titles);
        title(ui, left, song_name, song_rest);
        title(ui, right, name, rest);
        halves(lower)
    };
    let [graph, list] = areas;
    part(ui, "over the song", graph, |ui| over_song::show(seen, ui, graph));
    part(ui, "masters", list, |ui| table::show(seen, &mut panels.master, ui, list));
}

fn title(ui: &Ui, row: Rect, name: &str, rest: &str) {
    let at = pos2(row.left(), row.center().y + 2.0);
    let font = (14.0, Weight::SemiBold);
    let shown = write(ui.painter(), at, Align2::LEFT_CENTER, name, font, theme::text());
    let from = pos2(shown.right() + 12.0, at.y + 1.0);
    let width = row.right() - from.x - 4.0;
    write_whole(ui.painter(), from, width, rest, (12.0, Weight::Regular), theme::dim());
}
