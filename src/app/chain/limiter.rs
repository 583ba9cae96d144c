//! The limiter of the chosen master, at the end of the chain of the mix: a small card, and large
//! what goes in and comes out over the song, what it takes away, and its values.

use super::Rack;
use crate::app::deeds::Play;
use crate::app::master::{AtWork, LIMITER_KNOBS, limiter_knobs, limiting};
use crate::app::plots::reduction;
use crate::app::theme::{self, Weight, width_of, write, write_fitted, write_within};
use crate::app::widgets::letter;
use crate::dsp::prediction::Limiting;
use crate::session::edit::Edit;
use crate::session::master::Master;
use crate::texts::say;
use crate::units::{Db, Lufs};
use egui::{Align2, DragValue, Rect, Shape, Stroke, StrokeKind, Ui, pos2, vec2};
use egui::{Role, Sense, WidgetInfo};

/// Level at the top and at the bottom of the plot, in LUFS and dBTP.
const TOP: f64 = 0.0;
const BOTTOM: f64 = -36.0;
/// Reduction that reaches from the top to the bottom, in dB.
const DEEPEST: f32 = 24.0;
/// Width of the column of values, in points.
const VALUES: f32 = 276.0;
/// Room left of, above and below the plot, for the numbers of its axis, its ceiling and its legend:
/// inside they would lie on curve and reduction.
const MARGINS: [f32; 3] = [30.0, 20.0, 24.0];

/// Draws the small card; a click chooses the limiter.
pub fn small(rack: &mut Rack<'_>, ui: &mut Ui, rect: Rect, at_work: Option<&AtWork>) {
    let chosen = rack.racks.limiter;
    let response = ui.interact(rect, ui.scope_id().with("limiter"), Sense::click());
    let words = say!("chain-limiter");
    response.widget_info(|| WidgetInfo::selected(Role::Tab, true, chosen, words));
    if response.clicked() {
        rack.racks.limiter = true;
    }
    let fill = if chosen || response.hovered() { theme::raised() } else { theme::panel() };
    ui.painter().rect_filled(rect, theme::RADIUS + 2.0, fill);
    if chosen {
        let line = Stroke::new(1.2, theme::accent());
        ui.painter().rect_stroke(rect, theme::RADIUS + 2.0, line, StrokeKind::Inside);
    }
    let on = rack.song.current_master().is_some_and(Master::limits);
    let lamp = if on { theme::accent() } else { theme::mixed(theme::dim(), 0.5, theme::panel()) };
    ui.painter().circle_filled(rect.min + vec2(16.0, 16.0), 4.5, lamp);
    let at = rect.min + vec2(28.0, 16.0);
    let ink = if on { theme::text() } else { theme::dim() };
    write_within(ui.painter(), at, rect.width() - 36.0, words, (12.5, Weight::SemiBold), ink);
    let through = at_work.filter(|_| on).map(|(_, through)| through);
    let area = Rect::from_min_max(rect.min + vec2(10.0, 30.0), rect.max - vec2(10.0, 20.0));
    if let Some(through) = through {
        reduction(ui.painter(), area, &through.reduction, 12.0);
    }
    let text = through.map_or_else(|| say!("chain-off").into(), |known| limiting(&known.limiting));
    let at = rect.max - vec2(10.0, 11.0);
    write(ui.painter(), at, Align2::RIGHT_CENTER, text, (11.0, Weight::Regular), theme::dim());
}

/// Draws the limiter large.
pub fn large(rack: &Rack<'_>, ui: &mut Ui, rect: Rect, at_work: Option<&AtWork>) {
    ui.painter().rect_filled(rect, theme::RADIUS + 2.0, theme::panel());
    let at = |x: f32| pos2(rect.left() + x, rect.top() + 17.0);
    let bold = (13.5, Weight::SemiBold);
    let title = write(
        ui.painter(),
        at(14.0),
        Align2::LEFT_CENTER,
        say!("chain-limiter"),
        bold,
        theme::text(),
    );
    let Some(master) = rack.song.current_master() else { return };
    let beside = pos2(title.right() + 10.0, title.center().y);
    let (about, font) = (say!("chain-limiter-of", master = &master.name), (12.0, Weight::Regular));
    write_within(ui.painter(), beside, 420.0, about, font, theme::dim());
    if master.limits() {
        let place =
            Rect::from_center_size(pos2(rect.right() - 24.0, rect.top() + 17.0), vec2(24.0, 18.0));
        let taken = rack.heard().taken;
        let lit = taken.then(theme::caution);
        let response = letter(ui, place, "\u{394}", say!("chain-limiter-taken"), lit);
        if response.on_hover_text(say!("chain-limiter-taken-hint")).clicked() {
            rack.seen.ask(Play::Taken(!taken));
        }
    }
    let body = Rect::from_min_max(rect.min + vec2(10.0, 34.0), rect.max - vec2(10.0, 8.0));
    let [left, above, below] = MARGINS;
    let end = pos2(body.right() - VALUES, body.bottom() - below);
    let plot = Rect::from_min_max(body.min + vec2(left, above), end);
    ui.painter().rect_filled(plot, 4.0, theme::background());
    let word = |text: &str| {
        write(ui.painter(), plot.center(), Align2::CENTER_CENTER, text, font, theme::dim());
    };
    if !master.limits() {
        word(say!("chain-limiter-none"));
        return;
    }
    match at_work {
        Some(at_work) => picture(rack, ui, plot, master, at_work),
        None => word(say!("chain-limiter-measuring")),
    }
    let area = Rect::from_min_max(pos2(plot.right() + 18.0, body.top()), body.max);
    values(rack, ui, area, master, at_work);
}

/// Short-term loudness before and behind the limiter, the ceiling, and the reduction from above.
fn picture(rack: &Rack<'_>, ui: &Ui, plot: Rect, master: &Master, (gain, through): &AtWork) {
    let painter = ui.painter().with_clip_rect(plot);
    let y = |level: f64| {
        let share = ((TOP - level) / (TOP - BOTTOM)).clamp(0.0, 1.0) as f32;
        plot.top() + plot.height() * share
    };
    let font = (11.0, Weight::Regular);
    for level in [-6.0, -12.0, -18.0, -24.0, -30.0] {
        painter.hline(plot.x_range(), y(level), Stroke::new(1.0, theme::raised()));
        let at = pos2(plot.left() - 6.0, y(level));
        let text = format!("{:.0}", Db(level));
        write(ui.painter(), at, Align2::RIGHT_CENTER, text, font, theme::dim());
    }
    reduction(&painter, plot, &through.reduction, DEEPEST);
    let line = |history: &[Lufs], up: f64, colour| {
        let last = history.len().max(2) - 1;
        let step = (history.len() / (plot.width() as usize).max(1)).max(1);
        let points = history.iter().enumerate().step_by(step).map(|(n, level)| {
            pos2(plot.left() + plot.width() * n as f32 / last as f32, y(level.0 + up))
        });
        painter.add(Shape::line(points.collect(), Stroke::new(1.5, colour)));
    };
    if let Some(figures) = &rack.seen.measured.figures {
        line(&figures.mix.history, gain.0, theme::dim());
    }
    line(&through.history, 0.0, theme::accent());
    let Some(target) = master.target else { return };
    let level = y(target.ceiling.0);
    let dashes = [pos2(plot.left(), level), pos2(plot.right(), level)];
    painter.extend(Shape::dashed_line(&dashes, Stroke::new(1.2, theme::text()), 4.0, 3.0));
    let above = pos2(plot.left(), plot.top() - 10.0);
    let text = say!("chain-limiter-ceiling-at", ceiling = format!("{:.1}", target.ceiling));
    write(ui.painter(), above, Align2::LEFT_CENTER, text, font, theme::text());
    let legend = [
        (say!("chain-limiter-input"), theme::dim()),
        (say!("chain-limiter-output"), theme::accent()),
        (say!("chain-limiter-reduction"), theme::caution()),
    ];
    // In a longer language the legend is smaller, so that it ends with the plot.
    let wide = legend.iter().map(|(text, _)| width_of(&painter, text, font) + 16.0).sum::<f32>();
    let font = (11.0 * (plot.width() / wide).clamp(0.75, 1.0), Weight::Regular);
    let mut left = plot.left();
    for (text, colour) in legend {
        let at = pos2(left, plot.bottom() + 14.0);
        left = write(ui.painter(), at, Align2::LEFT_CENTER, text, font, colour).right() + 16.0;
    }
}

/// The figures of the limiter over the song, its ceiling and its values.
fn values(rack: &Rack<'_>, ui: &mut Ui, area: Rect, master: &Master, at_work: Option<&AtWork>) {
    let mut next = master.clone();
    if let Some((_, through)) = at_work {
        let Limiting { deepest, mean, share } = through.limiting;
        let figures = [
            (say!("chain-limiter-most"), format!("{deepest:.1} dB")),
            (say!("chain-limiter-mean"), format!("{mean:.1} dB")),
            (say!("chain-limiter-share"), format!("{:.0} %", 100.0 * share)),
        ];
        for (n, (name, value)) in figures.into_iter().enumerate() {
            let y = area.top() + 12.0 + n as f32 * 22.0;
            let font = (12.5, Weight::Regular);
            let room = area.width() - 80.0;
            write_fitted(ui.painter(), pos2(area.left(), y), room, name, font, theme::dim());
            let font = (12.5, Weight::SemiBold);
            let at = pos2(area.right(), y);
            write(ui.painter(), at, Align2::RIGHT_CENTER, value, font, theme::text());
        }
    }
    if let Some(target) = &mut next.target {
        let y = area.top() + 88.0;
        let font = (12.5, Weight::Regular);
        let name = say!("chain-limiter-ceiling");
        write_fitted(ui.painter(), pos2(area.left(), y), 150.0, name, font, theme::dim());
        let place =
            Rect::from_min_max(pos2(area.right() - 92.0, y - 12.0), pos2(area.right(), y + 12.0));
        let drag = DragValue::new(&mut target.ceiling.0).speed(0.1).range(-12.0..=0.0);
        let drag = drag.fixed_decimals(1).suffix(" dBTP");
        let drag = drag.custom_formatter(|value, _| format!("{:.1}", Db(value)));
        ui.put(place, drag).accessible_name(say!("chain-limiter-ceiling"));
    }
    let step = (area.width() - 70.0) / (LIMITER_KNOBS - 1) as f32;
    let middle = |n: usize| pos2(area.left() + 35.0 + n as f32 * step, area.top() + 140.0);
    limiter_knobs(ui, &middle, &mut next);
    if next != *master {
        let mut all = rack.song.session.masters.clone();
        if let Some(place) = all.iter_mut().find(|known| known.id == next.id) {
            *place = next;
        }
        rack.seen.edit(Edit::Masters(all));
    }
}
