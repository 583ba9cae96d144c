//! The question about a copy of the session that somebody else changed. Its window is not modal, so
//! work can go on.

use crate::app::deeds::Review;
use crate::app::notes::Merging;
use crate::app::panels::review::State;
use crate::app::seen::Seen;
use crate::app::theme::{self, Weight};
use crate::app::widgets::segments;
use crate::session::merge::{Place, Side};
use crate::texts::say;
use egui::{Align, Button, Label, Layout, RichText, ScrollArea, Sense, Stroke, Ui, Window, vec2};

/// The chosen side for each place that both changed.
type Chosen = Vec<(Place, Side)>;

pub fn show(seen: &Seen<'_>, state: &mut State, ui: &Ui) {
    let Some(merging) = seen.merging.filter(|_| seen.song.is_some()) else { return };
    let full = ui.ctx().content_rect();
    let width = (full.width() - 60.0).min(560.0);
    Window::new(say!("review-copy-title"))
        .collapsible(true)
        .resizable(false)
        .default_pos(full.right_top() + vec2(-width - 40.0, 120.0))
        .show(ui.ctx(), |ui| {
            ui.set_width(width);
            let height = (full.height() - 320.0).clamp(120.0, 480.0);
            let chosen = &mut state.merging;
            ScrollArea::vertical().max_height(height).show(ui, |ui| changes(merging, chosen, ui));
            buttons(seen, merging, chosen, ui);
        });
}

/// Chooses a side for one place.
fn choose(chosen: &mut Chosen, place: &Place, side: Side) {
    chosen.retain(|(known, _)| known != place);
    chosen.push((place.clone(), side));
}

fn changes(merging: &Merging, chosen: &mut Chosen, ui: &mut Ui) {
    let name = merging.copy.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let words = match &merging.theirs.saved {
        Some(saved) => say!("review-copy-saved", copy = name, saved = saved.to_string()),
        None => name,
    };
    ui.add(Label::new(RichText::new(words).weak()).wrap());
    let heads = [say!("review-copy-theirs-alone"), say!("review-copy-ours-alone")];
    for (head, lines) in heads.into_iter().zip(&merging.news).filter(|(_, lines)| !lines.is_empty())
    {
        ui.add_space(8.0);
        theme::caption(ui, head);
        for line in lines {
            ui.add(Label::new(format!("\u{b7}  {line}")).wrap());
        }
    }
    if !merging.conflicts.is_empty() {
        ui.add_space(8.0);
        theme::caption(ui, say!("review-copy-both"));
    }
    let by = merging.theirs.saved.as_ref().map(|saved| saved.by.clone()).unwrap_or_default();
    let sides = merging.sides(chosen);
    for (n, (words, side)) in merging.conflicts.iter().zip(sides).enumerate() {
        ui.push_id(n, |ui| {
            ui.add_space(4.0);
            let was = match &words.was {
                Some(was) => say!("review-copy-was", value = was.join("; ")),
                None => say!("review-copy-was-unknown").to_string(),
            };
            ui.add(Label::new(RichText::new(was).color(theme::dim())).wrap());
            let ours = say!("review-copy-ours", value = words.ours.join("; "));
            let value = words.theirs.join("; ");
            let theirs = match by.as_str() {
                "" => say!("review-copy-theirs", value = value),
                by => say!("review-copy-theirs-by", by = by, value = value),
            };
            let mut now = side;
            for (one, text) in [(Side::Ours, ours), (Side::Theirs, theirs)] {
                if pick(ui, now == Some(one), &text) {
                    now = Some(one);
                }
            }
            if let (Some(side), Some(conflict)) =
                (now.filter(|_| now != side), merging.both.conflicts.get(n))
            {
                choose(chosen, &conflict.place, side);
            }
        });
    }
}

/// Button over the whole width, lit if `on`; returns whether it was clicked.
fn pick(ui: &mut Ui, on: bool, text: &str) -> bool {
    let (fill, ink) = match on {
        true => (theme::accent(), theme::on_accent()),
        false => (theme::raised(), theme::text()),
    };
    let text = RichText::new(text).font(theme::font(13.0, Weight::Medium)).color(ink);
    let button = Button::new(text).fill(fill).stroke(Stroke::NONE).wrap().selected(on);
    let layout = Layout::top_down_justified(Align::LEFT);
    let size = vec2(ui.available_width(), 28.0);
    ui.allocate_ui_with_layout(size, layout, |ui| ui.add(button)).inner.clicked()
}

fn buttons(seen: &Seen<'_>, merging: &Merging, chosen: &mut Chosen, ui: &mut Ui) {
    ui.add_space(8.0);
    if merging.conflicts.len() > 1 {
        let (rect, _) = ui.allocate_exact_size(vec2(320.0, 30.0), Sense::hover());
        let sides = merging.sides(chosen);
        let lit = match sides.first() {
            Some(Some(first)) if sides.iter().all(|side| *side == Some(*first)) => {
                if *first == Side::Ours { 0 } else { 1 }
            }
            _ => usize::MAX,
        };
        let names = [say!("review-copy-all-ours"), say!("review-copy-all-theirs")];
        let all = segments(ui, rect, &names, lit);
        if let Some(n) = all {
            let side = if n == 0 { Side::Ours } else { Side::Theirs };
            for conflict in &merging.both.conflicts {
                choose(chosen, &conflict.place, side);
            }
        }
        ui.add_space(6.0);
    }
    ui.horizontal(|ui| {
        let open = merging.sides(chosen).iter().filter(|side| side.is_none()).count();
        let merge = Button::new(say!("review-copy-merge"));
        if ui.add_enabled(open == 0, merge).clicked() {
            seen.ask(Review::Merge(None));
        }
        if ui.button(say!("review-copy-later")).clicked() {
            seen.ask(Review::Later);
        }
        let apart = ui.button(say!("review-copy-apart"));
        if apart.on_hover_text(say!("review-copy-apart-hint")).clicked() {
            seen.ask(Review::KeepApart);
        }
        if open > 0 {
            ui.weak(say!("review-copy-to-choose", count = open));
        }
    });
}
