//! The loudness panel: target and verdict, live meters, loudness over the song, stereo field and
//! spectrum. [`beside`] places it at the right of a view; the meter window calls [`show`] alone.

mod bars;
mod field;
mod large;
mod menu;

use super::deeds::Play;
use super::measured::Chosen;
use super::panels::Panels;
use super::preferences::{LOUDNESS, LOUDNESSES, Preferences};
use super::seen::Seen;
use super::theme::{self, Weight, write};
use super::widgets::{Moved, part, splitter};
use crate::session::master::TOLERANCE;
use crate::texts::say;
use crate::units::{Db, Lufs};
use bars::{bars, levels};
use egui::{
    Align2, Painter, Popup, Rect, Role as WidgetRole, ScrollArea, Sense, Shape, Stroke, Ui,
    WidgetInfo, pos2, vec2,
};
use field::{field, spectrum};
pub use large::{LEAST, show as show_large};
pub use menu::in_words;
use menu::{menu, more};

/// Height of the contents without the spectrum, in points.
const HEIGHT: f32 = 716.0;
/// Height of the contents with the spectrum. A panel lower than `HEIGHT` scrolls through it.
const WITH_SPECTRUM: f32 = 836.0;
/// Height from which the contents grow with the panel.
const USUAL: f32 = 904.0;
/// In a view narrower than this, in points, the panel is hidden unless a key shows it.
const NARROW: f32 = 900.0;

/// Shows the panel at the right of `rect`; returns the rest of `rect`, for the view.
pub fn beside(seen: &Seen<'_>, panels: &mut Panels, ui: &mut Ui, rect: Rect) -> Rect {
    // In a narrow view the preference has the opposite meaning: it shows the panel.
    if panels.preferences.loudness_hidden != (rect.width() < NARROW) {
        return rect;
    }
    // Without a width that the user dragged, a wide window gives the meters more room.
    let own = panels.preferences.loudness_width;
    let wide = (rect.width() * 0.16).clamp(LOUDNESS, *LOUDNESSES.end());
    let width = if own == LOUDNESS { wide } else { own }.min(rect.width() * 0.4);
    let at = rect.right() - width;
    let panel = Rect::from_min_max(pos2(at, rect.top()), rect.max);
    part(ui, "loudness", panel, |ui| show(seen, panels, ui, panel));
    let line = Rect::from_min_max(panel.left_top(), panel.left_bottom());
    let width = &mut panels.preferences.loudness_width;
    match splitter(ui, line, say!("meters-panel-width")) {
        Moved::By(by) => *width = panel.width() - by,
        Moved::Reset => *width = LOUDNESS,
        Moved::No => {}
    }
    *width = width.clamp(*LOUDNESSES.start(), *LOUDNESSES.end());
    Rect::from_min_max(rect.min, pos2(at, rect.bottom()))
}

/// Draws the panel in `rect`. Contents that do not fit scroll.
pub fn show(seen: &Seen<'_>, panels: &mut Panels, ui: &mut Ui, rect: Rect) {
    ui.painter().rect_filled(rect, 0.0, theme::panel());
    ui.painter().vline(rect.left(), rect.y_range(), Stroke::new(1.0, theme::line()));
    let height = if rect.height() < HEIGHT { WITH_SPECTRUM } else { rect.height() };
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        let (whole, _) = ui.allocate_exact_size(vec2(rect.width(), height), Sense::hover());
        panel(seen, &mut panels.preferences, ui, whole);
    });
}

fn panel(seen: &Seen<'_>, preferences: &mut Preferences, ui: &mut Ui, rect: Rect) {
    let whole = ui.interact(rect, ui.scope_id().with("panel"), Sense::click());
    whole.widget_info(|| WidgetInfo::labeled(WidgetRole::Group, true, say!("meters-loudness")));
    whole.context_menu(|ui| menu(seen, preferences, ui));
    let inner = rect.shrink2(vec2(18.0, 0.0));
    let chosen = chosen(seen);
    // Old figures stay, dimmed, until the new ones are there.
    let strength = if is_stale(seen) { 0.45 } else { 1.0 };
    heading(seen, chosen.as_ref(), strength, ui, inner);
    let painter = ui.painter().clone();
    let mut aged = painter.clone();
    aged.multiply_opacity(strength);
    let top = |y: f32| rect.top() + y;
    rows(seen, chosen.as_ref(), [&painter, &aged], inner, top(100.0));
    more(seen, preferences, ui, pos2(inner.right() - 9.0, top(210.0)));
    // What a high panel has beyond the usual height goes to bars, history, field and spectrum.
    let more = (rect.height() - USUAL).max(0.0);
    let side = (110.0 + more * 0.2).min(inner.width() * 0.5);
    let [bars_end, history_end] = [436.0 + more * 0.35, 562.0 + more * 0.6];
    let field_end = history_end + 34.0 + side;
    let area =
        Rect::from_min_max(pos2(inner.left(), top(226.0)), pos2(inner.right(), top(bars_end)));
    bars(seen, preferences.meter_scale, &painter, area);
    levels(seen, ui, area);
    let label = |y: f32, text: &str| {
        write(
            &painter,
            pos2(inner.left(), top(y)),
            Align2::LEFT_CENTER,
            text,
            (12.0, Weight::Regular),
            theme::dim(),
        );
    };
    label(bars_end + 40.0, say!("meters-over-song"));
    history(
        chosen.as_ref(),
        &aged,
        Rect::from_min_max(
            pos2(inner.left(), top(bars_end + 52.0)),
            pos2(inner.right(), top(history_end)),
        ),
    );
    label(history_end + 22.0, say!("meters-stereo-field"));
    field(
        seen,
        &painter,
        Rect::from_min_size(pos2(inner.left(), top(history_end + 34.0)), vec2(side, side)),
        inner.right(),
    );
    // The spectrum is the last meter, drawn only if it fits.
    let from = field_end + 30.0;
    let end = (from + 86.0).max(rect.height() - 82.0).min(from + 300.0);
    let area = Rect::from_min_max(pos2(inner.left(), top(from)), pos2(inner.right(), top(end)));
    if area.bottom() + 8.0 < rect.bottom() {
        label(field_end + 18.0, say!("meters-spectrum"));
        spectrum(seen, preferences.slope, &painter, area);
    }
}

/// The figures of what is chosen; `None` before they are measured.
fn chosen(seen: &Seen<'_>) -> Option<Chosen> {
    seen.measured.figures.as_ref()?.chosen(seen.song?, seen.heard.preview)
}

/// Whether the figures belong to an earlier state of the session, or to another version.
fn is_stale(seen: &Seen<'_>) -> bool {
    let wanted = seen.song.and_then(|song| Some((seen.state, song.current_version()?.id)));
    seen.measured.measuring || wanted.is_some_and(|wanted| seen.measured.figures_for != wanted)
}

/// Menu that chooses what is heard: the mix, or the mix through a master, whose target is shown.
fn masters(seen: &Seen<'_>, ui: &mut Ui) {
    let Some(song) = seen.song else { return };
    let preview = seen.heard.preview;
    if ui.selectable_label(!preview, say!("meters-play-the-mix")).clicked() {
        seen.ask(Play::Preview(false));
    }
    for (n, master) in song.session.masters.iter().enumerate() {
        let Some(target) = master.target else { continue };
        let name = format!("{} {:.1} LUFS", master.name, target.loudness);
        if ui.selectable_label(preview && song.master == n, name).clicked() {
            seen.ask(Play::Through(n));
        }
    }
}

/// Target, integrated loudness and verdict. A click on the target opens the menu of [`masters`].
fn heading(seen: &Seen<'_>, chosen: Option<&Chosen>, strength: f32, ui: &mut Ui, inner: Rect) {
    let top = inner.top();
    let master = seen.song.and_then(|song| song.current_master());
    let target = master.and_then(|master| Some((master.name.clone(), master.target?)));
    let shown = chosen.map(|chosen| chosen.loudness.integrated);
    let shown = shown.filter(|value| *value != Lufs::SILENCE);
    let painter = ui.painter().clone();
    write(
        &painter,
        pos2(inner.left(), top + 20.0),
        Align2::LEFT_CENTER,
        say!("meters-loudness"),
        (14.0, Weight::SemiBold),
        theme::text(),
    );
    if let Some((name, target)) = &target {
        let text = format!("{name} {} LUFS", target.loudness.brief());
        let colour = if seen.heard.preview { theme::accent() } else { theme::dim() };
        let area = write(
            &painter,
            pos2(inner.right(), top + 20.0),
            Align2::RIGHT_CENTER,
            text,
            (12.0, Weight::Medium),
            colour,
        );
        let response = ui.interact(area.expand(6.0), ui.scope_id().with("preview"), Sense::click());
        let on = seen.heard.preview;
        response.widget_info(|| {
            WidgetInfo::selected(WidgetRole::CheckBox, true, on, say!("meters-play-the-master"))
        });
        let hint = if on { say!("meters-master-is-heard") } else { say!("meters-mix-is-heard") };
        let response = response.on_hover_text(hint);
        Popup::menu(&response).show(|ui| masters(seen, ui));
    }
    let text = shown.map_or("\u{2013}".into(), |value| format!("{value:.1}"));
    let mut painter = painter;
    painter.multiply_opacity(strength);
    let big = write(
        &painter,
        pos2(inner.left(), top + 60.0),
        Align2::LEFT_CENTER,
        text,
        (42.0, Weight::SemiBold),
        theme::text(),
    );
    let beside = big.right().max(inner.left() + 108.0) + 14.0;
    write(
        &painter,
        pos2(beside, top + 52.0),
        Align2::LEFT_CENTER,
        "LUFS I",
        (12.0, Weight::Regular),
        theme::dim(),
    );
    let (verdict, colour) = match (shown, &target) {
        (Some(value), Some((_, target))) => {
            let off = value - target.loudness;
            if off.0.abs() <= TOLERANCE.0 * 2.0 {
                (say!("meters-on-target").to_string(), theme::good())
            } else {
                (say!("meters-off-target", gain = format!("{off:+.1}")), theme::dim())
            }
        }
        (None, _) if seen.song.is_some() => (say!("meters-measuring").into(), theme::dim()),
        _ => (String::new(), theme::dim()),
    };
    write(
        &painter,
        pos2(beside, top + 69.0),
        Align2::LEFT_CENTER,
        verdict,
        (12.0, Weight::Regular),
        colour,
    );
}

/// Rows of figures. Short-term and momentary loudness are live while there is sound, otherwise the
/// highest values of what is chosen. The second painter draws figures that may be old.
fn rows(
    seen: &Seen<'_>,
    chosen: Option<&Chosen>,
    [painter, aged]: [&Painter; 2],
    inner: Rect,
    top: f32,
) {
    let reading = seen.gauges.reading(seen.heard).loudness;
    let (live_momentary, live_short) = (reading.momentary, reading.short_term);
    let live = live_momentary != Lufs::SILENCE;
    let whole = chosen.map(|chosen| chosen.loudness);
    let short = if live { Some(live_short) } else { whole.map(|all| all.short_term_max) };
    let momentary = if live { Some(live_momentary) } else { whole.map(|all| all.momentary_max) };
    let level = |value: Option<Lufs>| value.and_then(Lufs::finite).map(|v| format!("{:.1}", Db(v)));
    let peak = chosen.map(|chosen| chosen.true_peak).filter(|peak| *peak != Db::SILENCE);
    let ratio = peak.zip(whole).map(|(peak, all)| Db(peak.0 - all.integrated.0));
    let (short_name, momentary_name) = match live {
        true => (say!("meters-short-term"), say!("meters-momentary")),
        false => (say!("meters-short-term-highest"), say!("meters-momentary-highest")),
    };
    let entries: [(&str, Option<String>, bool); 5] = [
        (short_name, level(short), false),
        (momentary_name, level(momentary), false),
        (
            say!("meters-range"),
            whole.and_then(|all| all.range).map(|range| format!("{range:.1} LU")),
            false,
        ),
        (
            say!("meters-true-peak"),
            peak.map(|peak| format!("{peak:+.1} dBTP")),
            peak.is_some_and(|peak| peak.0 > 0.0),
        ),
        (say!("meters-plr"), ratio.and_then(Db::finite).map(|ratio| format!("{ratio:.1}")), false),
    ];
    for (n, (name, value, over)) in entries.into_iter().enumerate() {
        let y = top + n as f32 * 22.0;
        write(
            painter,
            pos2(inner.left(), y),
            Align2::LEFT_CENTER,
            name,
            (12.5, Weight::Regular),
            theme::dim(),
        );
        let colour = if over { theme::over() } else { theme::text() };
        let value = value.unwrap_or("\u{2013}".into());
        let painter = if live && n < 2 { painter } else { aged };
        write(
            painter,
            pos2(inner.right(), y),
            Align2::RIGHT_CENTER,
            value,
            (12.5, Weight::Medium),
            colour,
        );
    }
}

/// Short-term loudness over the song, −40 to −6 LUFS; the dashed line is the integrated loudness.
fn history(chosen: Option<&Chosen>, painter: &Painter, area: Rect) {
    painter.rect_filled(area, theme::RADIUS, theme::background());
    let Some(chosen) = chosen else { return };
    let values = &chosen.history;
    let y = |value: Lufs| {
        let share = ((value.0 + 40.0) / 34.0).clamp(0.0, 1.0) as f32;
        area.bottom() - 4.0 - (area.height() - 8.0) * share
    };
    let target = chosen.loudness.integrated;
    if target != Lufs::SILENCE {
        let line = [pos2(area.left(), y(target)), pos2(area.right(), y(target))];
        painter.extend(Shape::dashed_line(
            &line,
            Stroke::new(1.0, theme::mixed(theme::accent(), 0.5, theme::background())),
            3.0,
            3.0,
        ));
    }
    let last = values.len().saturating_sub(1).max(1) as f32;
    let step = (values.len() / 232).max(1);
    let points = values
        .iter()
        .enumerate()
        .step_by(step)
        .map(|(n, value)| pos2(area.left() + area.width() * n as f32 / last, y(*value)))
        .collect();
    painter.add(Shape::line(points, Stroke::new(1.5, theme::accent())));
}
