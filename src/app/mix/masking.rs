//! The Masking page of the rack: which stems mask the selected stem, as a map over time and
//! frequency, and dynamic cuts against it to try and take.

use crate::app::deeds::{Deed, Play};
use crate::app::panels::Panels;
use crate::app::panels::chain::Owner;
use crate::app::seen::Seen;
use crate::app::theme::{self, Weight, write};
use crate::app::widgets::push;
use crate::render::masking::{BANDS, Conflict, Masking};
use crate::session::stem::{Stem, StemId};
use crate::texts::say;
use egui::{Align2, Mesh, Rect, Shape, Ui, pos2, vec2};

pub fn show(seen: &Seen<'_>, panels: &mut Panels, ui: &mut Ui, area: Rect, stem: &Stem) {
    search(seen, panels, stem.id);
    let map =
        Rect::from_min_max(area.min, pos2(area.left() + area.width() * 0.5, area.bottom() - 8.0));
    let painter = ui.painter().with_clip_rect(map);
    painter.rect_filled(map, theme::RADIUS + 2.0, theme::panel());
    let dim = |at: egui::Pos2, align: Align2, text: &str| {
        write(ui.painter(), at, align, text, (12.0, Weight::Regular), theme::dim());
    };
    let Some((_, masking)) = panels.mix.masking.found.as_ref().filter(|(_, m)| m.stem == stem.id)
    else {
        dim(map.center(), Align2::CENTER_CENTER, say!("mix-masking-listening"));
        return;
    };
    let Some(song) = seen.song else { return };
    let colour = |id: StemId| song.session.stem(id).map_or(theme::dim(), theme::stem_colour);
    draw(&painter, map, masking, &colour);
    for (text, share) in [("16k", 0.0), ("1k", 0.5), ("63 Hz", 1.0)] {
        let y = map.top() + 8.0 + (map.height() - 16.0) * share;
        dim(pos2(map.left() + 6.0, y), Align2::LEFT_CENTER, text);
    }
    let conflicts = masking.conflicts.clone();
    let left = map.right() + 18.0;
    if conflicts.is_empty() {
        dim(pos2(left, area.top() + 20.0), Align2::LEFT_CENTER, say!("mix-masking-none"));
        return;
    }
    let row = 40.0;
    let room = ((area.height() - 8.0) / row) as usize;
    for (n, conflict) in conflicts.iter().take(room).enumerate() {
        let at = Rect::from_min_max(
            pos2(left, area.top() + n as f32 * row),
            pos2(area.right() - 10.0, area.top() + (n as f32 + 1.0) * row - 6.0),
        );
        entry(seen, ui, at, conflict, n);
    }
}

/// Asks for a new search if the session or the stem changed, once changes have settled.
fn search(seen: &Seen<'_>, panels: &mut Panels, stem: StemId) {
    let page = &mut panels.mix.masking;
    let wanted = (seen.state, stem);
    let known = page.found.as_ref().map(|(state, masking)| (*state, masking.stem));
    // Figures are requested once changes have settled. Trying a cure changes no state of the
    // session, so the map stays.
    let settled = seen.measured.figures_for.0 == seen.state && seen.heard.sources.is_some();
    if known != Some(wanted) && page.asked != Some(wanted) && settled {
        page.asked = Some(wanted);
        seen.ask(Deed::Masking(stem));
    }
}

fn draw(
    painter: &egui::Painter,
    area: Rect,
    masking: &Masking,
    colour: &dyn Fn(StemId) -> egui::Color32,
) {
    let steps = masking.map.len().max(1);
    let (width, height) = (area.width() / steps as f32, area.height() / BANDS as f32);
    let mut mesh = Mesh::default();
    for (n, row) in masking.map.iter().enumerate() {
        for (band, cover) in row.iter().enumerate() {
            let Some(cover) = cover else { continue };
            let strength = (cover.excess.0 / 15.0).clamp(0.25, 1.0) as f32;
            let fill = theme::mixed(colour(cover.masker), strength, theme::panel());
            let corner =
                pos2(area.left() + n as f32 * width, area.bottom() - (band + 1) as f32 * height);
            mesh.add_colored_rect(Rect::from_min_size(corner, vec2(width.max(1.0), height)), fill);
        }
    }
    painter.add(Shape::mesh(mesh));
}

/// A frequency as short text: `2.5k`, `800`.
fn short(hz: f64) -> String {
    if hz >= 1000.0 { format!("{:.1}k", hz / 1000.0) } else { format!("{hz:.0}") }
}

fn entry(seen: &Seen<'_>, ui: &mut Ui, rect: Rect, conflict: &Conflict, n: usize) {
    let Some(song) = seen.song else { return };
    let Some(masker) = song.session.stem(conflict.masker) else { return };
    let name = masker.name.clone();
    ui.painter().rect_filled(rect, theme::RADIUS, theme::panel());
    let bar = Rect::from_min_size(rect.min, vec2(4.0, rect.height()));
    ui.painter().rect_filled(bar, 2.0, theme::stem_colour(masker));
    let words = say!(
        "mix-masking-covers",
        stem = &name,
        low = short(conflict.low.0),
        high = short(conflict.high.0),
        percent = format!("{:.0}", conflict.share * 100.0),
        decibels = format!("{:.0}", conflict.excess),
    );
    let text = ui.painter().with_clip_rect(rect.with_max_x(rect.right() - 170.0));
    let at = pos2(rect.left() + 14.0, rect.center().y);
    write(&text, at, Align2::LEFT_CENTER, words, (12.5, Weight::Regular), theme::text());
    let button = |from: f32| {
        Rect::from_center_size(pos2(rect.right() - from, rect.center().y), vec2(72.0, 26.0))
    };
    let trial = Some((conflict.masker, conflict.cure.clone()));
    let tried = seen.heard.trial == trial;
    let label = if tried {
        say!("mix-masking-stop", number = n + 1)
    } else {
        say!("mix-masking-play", number = n + 1)
    };
    let hear = push(ui, button(124.0), &label, tried);
    if hear.on_hover_text(say!("mix-masking-hint")).clicked() {
        let trial = trial.filter(|_| !tried);
        seen.ask(Play::Try(trial.map(|(stem, slot)| (stem, Box::new(slot)))));
    }
    if push(ui, button(46.0), &say!("mix-masking-take", number = n + 1), false).clicked() {
        let owner = Owner::Stem(conflict.masker);
        let mut chain = song.session.stem(conflict.masker).map_or(Vec::new(), |s| s.chain.clone());
        chain.push(conflict.cure.clone());
        seen.edit(owner.edit(chain));
        seen.ask(Play::Try(None));
        seen.say(say!("mix-masking-taken", stem = name));
    }
}
