//! The header of a lane: number, name, mute, solo, automation, fader, pan and meter. A click selects
//! the stem, with Ctrl or Shift several; a double-click on the name renames; a drag moves the lane;
//! its lower edge changes the height; a right-click opens the menu of the stem.

use super::all;
use super::rows::{Placed, Row};
use crate::app::deeds::{Choice, Play, Stems};
use crate::app::hand::Target;
use crate::app::open_song::OpenSong;
use crate::app::panels::Panels;
use crate::app::preferences::LANE;
use crate::app::renaming::{self, Renaming};
use crate::app::seen::Seen;
use crate::app::theme::{self, Weight, write, write_within};
use crate::app::widgets::buttons::shy_letter;
use crate::app::widgets::knob::pointer;
use crate::app::widgets::value::number;
use crate::app::widgets::{Change, Notch, Parameter, fader, letter};
use crate::dsp::curve::FOOT;
use crate::dsp::strip::StripSettings;
use crate::session::edit::Edit;
use crate::session::stem::{Colour, Role, Stem, StemId};
use crate::texts::{self, say};
use crate::units::{Db, Pan};
use egui::{
    Align2, Color32, CursorIcon, Painter, Pos2, Rect, Role as WidgetRole, Sense, Stroke, Ui,
    UiBuilder, WidgetInfo, pos2, vec2,
};

/// Formats a pan position from −1 to 1 as `L 30`, `C` or `R 30`, in percent.
pub fn show_pan(value: f64) -> String {
    let percent = (value.abs() * 100.0).round();
    match (percent as i64, value > 0.0) {
        (0, _) => "C".into(),
        (percent, true) => format!("R {percent}"),
        (percent, false) => format!("L {percent}"),
    }
}

/// Reads a pan position as −1 to 1 from `L 30`, `R 30`, `C`, or a number from −100 to 100.
pub fn read_pan(text: &str) -> Option<f64> {
    let plain = text.trim().to_uppercase();
    if plain.starts_with('C') {
        return Some(0.0);
    }
    let (sign, rest) = match (plain.strip_prefix('L'), plain.strip_prefix('R')) {
        (Some(rest), _) => (-1.0, rest),
        (_, Some(rest)) => (1.0, rest),
        _ => (1.0, plain.as_str()),
    };
    number(rest).map(|percent| (sign * percent / 100.0).clamp(-1.0, 1.0))
}

/// Control of a pan position, −1 (left) to 1 (right).
pub fn pan_parameter<'a>(name: &'a str, pan: Pan) -> Parameter<'a> {
    Parameter {
        name,
        value: pan.0,
        default: 0.0,
        to_position: &|pan| (pan + 1.0) / 2.0,
        from_position: &|position| {
            let pan = position * 2.0 - 1.0;
            // Positions close to the centre become the centre, so it is easy to hit.
            if pan.abs() < 0.01 { 0.0 } else { pan }
        },
        show: &show_pan,
        read: &read_pan,
        notch: Notch::By(0.02),
    }
}

/// Asks for an edit of the stem's strip if a control moved.
pub fn change(
    seen: &Seen<'_>,
    stem: &Stem,
    change: Change,
    set: impl FnOnce(&mut StripSettings, f64),
) {
    if let Some(value) = change.value {
        let mut settings = stem.strip;
        set(&mut settings, value);
        if settings != stem.strip {
            seen.edit(Edit::Strip { stem: stem.id, settings });
        }
    }
}

/// Draws and handles the header of the stem at `index` in the session.
pub fn show(
    seen: &Seen<'_>,
    panels: &mut Panels,
    song: &OpenSong,
    ui: &mut Ui,
    rect: Rect,
    index: usize,
) {
    // Meters would reveal which sound a blind test plays.
    let known = seen.heard.levels.get(index).filter(|_| panels.mix.balances.blind.is_none());
    let levels = known.copied().unwrap_or_default();
    let Some(stem) = song.session.stems.get(index) else { return };
    let (id, name, strip) = (stem.id, &stem.name, stem.strip);
    // Two stems may have the same name, so widget ids use the stem's id.
    let ui = &mut ui.new_child(UiBuilder::new().id_salt(("stem", id.0)).max_rect(rect));
    let colour = theme::stem_colour(stem);
    let selected = song.is_selected(id);
    let response = ui.interact(rect, ui.scope_id().with(("head", index)), Sense::click_and_drag());
    let words = say!("mix-stem", stem = name);
    response.widget_info(|| WidgetInfo::selected(WidgetRole::Group, true, selected, &words));
    if response.clicked() {
        seen.ask(chosen(ui, id));
    } else if (response.secondary_clicked() || response.drag_started()) && !selected {
        seen.ask(Choice::Stem(id));
    }
    let title = Rect::from_min_max(rect.min, pos2(rect.left() + 152.0, rect.center().y));
    let on_title = |at: Pos2| title.contains(at);
    if response.double_clicked() && response.interact_pointer_pos().is_some_and(on_title) {
        panels.renaming = Some(Renaming::of(stem));
    }
    if response.drag_started() {
        panels.mix.rows.dragged = Some((id, index));
    }
    response.context_menu(|ui| menu(seen, panels, song, ui, id));
    let painter = ui.painter().clone();
    painter.rect_filled(rect, 0.0, if selected { theme::selected() } else { theme::panel() });
    painter.rect_filled(Rect::from_min_size(rect.min, vec2(4.0, rect.height() - 1.0)), 0.0, colour);
    painter.hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, theme::line()));
    let height = rect.height().min(LANE);
    // In a low lane the two lines move apart, and their controls are lower.
    let low = height < 58.0;
    let (upper, lower) = if low { (0.24, 0.74) } else { (0.27, 0.70) };
    let (first, second) = (rect.top() + height * upper, rect.top() + height * lower);
    let tall = if low { 16.0 } else { 20.0 };
    let at = |x: f32, y: f32| pos2(rect.left() + x, y);
    write(
        &painter,
        at(18.0, first),
        Align2::LEFT_CENTER,
        format!("{:02}", index + 1),
        (12.0, Weight::Regular),
        theme::dim(),
    );
    let clip =
        painter.with_clip_rect(Rect::from_min_max(at(40.0, rect.top()), at(184.0, rect.bottom())));
    let field = Rect::from_min_max(at(36.0, first - 11.0), at(156.0, first + 11.0));
    let automation = Rect::from_center_size(at(171.0, first), vec2(25.0, tall));
    let lettered = automation_letter(panels, ui, automation, id, name);
    if !renaming::show(seen, panels, ui, field, stem) {
        let weight = if selected { Weight::SemiBold } else { Weight::Medium };
        // A gap is left before the letter, or before the mute button.
        let end = if lettered { automation.left() - 6.0 } else { at(184.0, 0.0).x };
        let width = end - at(42.0, 0.0).x;
        if write_within(&clip, at(42.0, first), width, name, (13.5, weight), theme::text()) {
            let place = field.with_max_x(end);
            ui.interact(place, ui.scope_id().with("name"), Sense::hover()).on_hover_text(name);
        }
    }
    let mute = Rect::from_center_size(at(203.0, first), vec2(25.0, tall));
    let solo = Rect::from_center_size(at(235.0, first), vec2(25.0, tall));
    switches(seen, stem, ui, [mute, solo]);
    let half = tall / 2.0 - 1.0;
    let track = Rect::from_min_max(at(18.0, second - half), at(168.0, second + half));
    let level = shown(seen, song, stem, Target::Fader).unwrap_or(strip.fader.0);
    let level = if level <= FOOT { Db::SILENCE } else { Db(level) };
    let moved = fader(ui, track, &say!("mix-fader-of", stem = name), level, colour);
    turn(seen, (id, Target::Fader), level.0, moved);
    let value = format!("{level:+.1}");
    write(
        &painter,
        at(180.0, second),
        Align2::LEFT_CENTER,
        value,
        (12.5, Weight::Medium),
        theme::text(),
    );
    let pan_name = say!("mix-pan-of", stem = name);
    let pan = shown(seen, song, stem, Target::Pan).unwrap_or(strip.pan.0);
    let moved = pointer(ui, at(234.0, second), &pan_parameter(&pan_name, Pan(pan)));
    turn(seen, (id, Target::Pan), pan, moved);
    let meters = Rect::from_min_max(at(249.0, rect.top() + 6.0), at(262.0, rect.bottom() - 6.0));
    let response = ui.interact(meters, ui.scope_id().with("meter"), Sense::click());
    let decibels = |factor: f32| format!("{:+.1}", Db::from_factor(f64::from(factor)));
    let words = say!(
        "mix-meter",
        stem = name,
        peak = decibels(levels.peaks[0].max(levels.peaks[1])),
        highest = decibels(levels.highest),
        rms = decibels(levels.rms[0].max(levels.rms[1])),
        reduction = format!("{:+.1}", levels.reduction),
        overs = levels.overs,
    );
    response.widget_info(|| WidgetInfo::labeled(WidgetRole::Button, true, &words));
    if response.on_hover_text(say!("mix-meter-hint", meter = &words)).clicked() {
        seen.ask(Play::ResetMeters);
    }
    for (n, (peak, rms)) in levels.peaks.into_iter().zip(levels.rms).enumerate() {
        let x = 250.0 + n as f32 * 6.0;
        let area = Rect::from_min_max(at(x, rect.top() + 8.0), at(x + 4.5, rect.bottom() - 8.0));
        meter(&painter, area, peak, rms, levels.overs > 0);
    }
    // Gain reduction of the chain: a bar from the top, 24 dB at full height.
    let deep = (-levels.reduction.0 / 24.0).clamp(0.0, 1.0) as f32 * (rect.height() - 16.0);
    if deep > 0.5 {
        let top = at(262.0, rect.top() + 8.0);
        painter.rect_filled(Rect::from_min_size(top, vec2(1.5, deep)), 0.0, theme::accent());
    }
    edge(panels, ui, rect, id, name);
}

/// What a click on a stem selects: it alone, with Ctrl it too, with Shift all up to it.
pub fn chosen(ui: &Ui, id: StemId) -> Choice {
    let held = ui.input(|input| input.modifiers);
    match (held.command, held.shift) {
        (true, _) => Choice::StemToo(id),
        (_, true) => Choice::StemsTo(id),
        _ => Choice::Stem(id),
    }
}

/// Mute and solo buttons of a stem.
pub fn switches(seen: &Seen<'_>, stem: &Stem, ui: &mut Ui, [mute, solo]: [Rect; 2]) {
    let (id, name, strip) = (stem.id, &stem.name, stem.strip);
    let lit = strip.mute.then(theme::caution);
    let (sign, words) = (say!("mix-mute-letter"), say!("mix-mute-of", stem = name));
    if letter(ui, mute, sign, &words, lit).clicked() {
        let settings = StripSettings { mute: !strip.mute, ..strip };
        seen.ask(Stems::Switch(id, Box::new(settings)));
    }
    let lit = strip.solo.then(theme::accent);
    let (sign, words) = (say!("mix-solo-letter"), say!("mix-solo-of", stem = name));
    let response = letter(ui, solo, sign, &words, lit);
    if response.clicked() {
        // With Ctrl this stem alone is soloed.
        match (ui.input(|input| input.modifiers.command), seen.song) {
            (true, Some(song)) => all(seen, song, |stem, strip| strip.solo = stem.id == id),
            _ => {
                let settings = StripSettings { solo: !strip.solo, ..strip };
                seen.ask(Stems::Switch(id, Box::new(settings)));
            }
        }
    }
}

/// Lower edge of a lane. Drag: height of this lane; Shift+drag: height of all lanes; double-click:
/// the usual height.
fn edge(panels: &mut Panels, ui: &mut Ui, rect: Rect, id: StemId, name: &str) {
    let line = Rect::from_min_max(pos2(rect.left(), rect.bottom() - 4.0), rect.max);
    let response = ui.interact(line, ui.scope_id().with("edge"), Sense::click_and_drag());
    let words = say!("mix-lower-edge", stem = name);
    response.widget_info(|| WidgetInfo::labeled(WidgetRole::Group, true, &words));
    let response = response.on_hover_cursor(CursorIcon::ResizeVertical);
    if response.dragged() {
        let all = ui.input(|input| input.modifiers.shift);
        panels.mix.rows.stretch(id, response.drag_delta().y, &mut panels.preferences, all);
    }
    if response.double_clicked() {
        panels.mix.rows.heights.remove(&id);
    }
}

/// While a header is dragged, draws a line where the lane would go. Returns the stem and its new
/// index in the session in the frame in which it is released somewhere else.
pub fn drag(
    panels: &mut Panels,
    song: &OpenSong,
    ui: &Ui,
    rect: Rect,
    placed: &[Placed],
) -> Option<(StemId, usize)> {
    let (id, from) = panels.mix.rows.dragged?;
    let released = !ui.input(|input| input.pointer.any_down());
    let at = ui.input(|input| input.pointer.latest_pos());
    if released {
        panels.mix.rows.dragged = None;
    }
    let y = at?.y - rect.top() + panels.mix.timeline.down;
    let stems: Vec<(usize, &Placed)> = placed
        .iter()
        .filter_map(|one| match one.row {
            Row::Stem(index) => Some((index, one)),
            Row::Group { .. } => None,
        })
        .collect();
    let above = stems.iter().rev().find(|(_, one)| y > one.top + one.height / 2.0);
    let to = above.map_or(0, |(index, _)| index + 1);
    // The stem is taken out before it is inserted, so later indices are one less.
    let to = if to > from { to - 1 } else { to }.min(song.session.stems.len() - 1);
    if to == from {
        return None;
    }
    ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
    let line =
        above.map_or(0.0, |(_, one)| one.top + one.height) + rect.top() - panels.mix.timeline.down;
    ui.painter().hline(rect.x_range(), line, Stroke::new(2.5, theme::accent()));
    released.then_some((id, to))
}

/// Context menu of a stem.
fn menu(seen: &Seen<'_>, panels: &mut Panels, song: &OpenSong, ui: &mut Ui, id: StemId) {
    let Some(stem) = song.session.stem(id) else { return };
    ui.set_min_width(190.0);
    ui.weak(&stem.name);
    let set = |ui: &mut Ui, name: &str, on: bool, change: fn(&mut StripSettings)| {
        if ui.selectable_label(on, name).clicked() {
            let mut settings = stem.strip;
            change(&mut settings);
            seen.ask(Stems::Switch(id, Box::new(settings)));
            ui.close();
        }
    };
    set(ui, say!("mix-mute"), stem.strip.mute, |strip| strip.mute = !strip.mute);
    set(ui, say!("mix-solo"), stem.strip.solo, |strip| strip.solo = !strip.solo);
    set(ui, say!("mix-solo-safe"), stem.strip.solo_safe, |strip| {
        strip.solo_safe = !strip.solo_safe
    });
    set(ui, say!("mix-inverted"), stem.strip.invert, |strip| strip.invert = !strip.invert);
    if ui.selectable_label(panels.mix.lines.is_shown(id), say!("mix-automation")).clicked() {
        panels.mix.lines.toggle(id);
        ui.close();
    }
    ui.separator();
    if ui.button(say!("common-rename")).clicked() {
        panels.renaming = Some(Renaming::of(stem));
        ui.close();
    }
    ui.menu_button(say!("mix-colour"), |ui| colours(seen, ui, stem));
    ui.menu_button(say!("mix-role"), |ui| {
        for role in Role::ALL {
            let name = texts::word("role", role.name());
            if ui.selectable_label(role == stem.role, name).clicked() {
                seen.edit(Edit::Role { stem: id, role });
                ui.close();
            }
        }
    });
    if ui.button(say!("mix-solo-only")).clicked() {
        all(seen, song, |stem, strip| strip.solo = stem.id == id);
        ui.close();
    }
    if ui.button(say!("mix-reset-the-strip")).clicked() {
        // The stem of the menu is selected: alone, or with others.
        seen.ask(Stems::Reset);
        ui.close();
    }
    if ui.button(say!("mix-usual-height")).clicked() {
        panels.mix.rows.heights.remove(&id);
        ui.close();
    }
    ui.separator();
    if ui.button(say!("mix-remove-stem")).on_hover_text(say!("mix-remove-stem-hint")).clicked() {
        seen.ask(Stems::Remove(id));
        ui.close();
    }
}

/// Colours for a stem: that of its role, and ten others.
fn colours(seen: &Seen<'_>, ui: &mut Ui, stem: &Stem) {
    let entry = |ui: &mut Ui, name: &str, shown: Color32, colour: Option<Colour>| {
        let button = ui.selectable_label(stem.colour == colour, format!("      {name}"));
        let square = pos2(button.rect.left() + 14.0, button.rect.center().y);
        ui.painter().circle_filled(square, 5.5, shown);
        if button.clicked() {
            seen.edit(Edit::Colour { stem: stem.id, colour });
            ui.close();
        }
    };
    entry(ui, say!("mix-colour-of-role"), theme::role_colour(stem.role), None);
    for colour in Colour::ALL {
        let name = texts::word("colour", colour.name());
        entry(ui, name, theme::chosen_colour(colour), Some(colour));
    }
}

/// Button "A" that shows or hides the automation of a stem. Pointer and screen reader always find
/// it; it is drawn only while it is on or has the keyboard, or the pointer is over the header.
/// Returns whether it is drawn.
fn automation_letter(panels: &mut Panels, ui: &mut Ui, rect: Rect, id: StemId, name: &str) -> bool {
    let on = panels.mix.lines.is_shown(id);
    let near = ui.rect_contains_pointer(ui.max_rect());
    let name = say!("mix-automation-of", stem = name);
    let lit = on.then(theme::accent);
    let seen = on || near;
    let response = shy_letter(ui, rect, say!("mix-automation-letter"), &name, lit, seen);
    if response.clicked() {
        panels.mix.lines.toggle(id);
    }
    seen || response.has_focus()
}

/// Current value of an automated control: the value of a recording in progress, else that of the
/// curve at the playhead. `None` without both.
pub fn shown(seen: &Seen<'_>, song: &OpenSong, stem: &Stem, target: Target) -> Option<f64> {
    if let Some(held) = seen.heard.held(stem.id, target) {
        return Some(held);
    }
    target.line_of(&stem.automation).at(song.seconds(seen.heard.frame))
}

/// Asks for [`Play::Turn`] if a control moved or its gesture ended.
pub fn turn(
    seen: &Seen<'_>,
    (stem, target): (StemId, Target),
    before: f64,
    Change { value, ends }: Change,
) {
    if value.is_some() || ends {
        // What a hand touches is what the rack shows. A selection that moves with it stays.
        match seen.song {
            Some(song) if !song.is_selected(stem) => seen.ask(Choice::Stem(stem)),
            Some(song) if song.selected != Some(stem) => seen.ask(Choice::StemFirst(stem)),
            _ => {}
        }
        seen.ask(Play::Turn { stem, target, before, value, ends });
    }
}

fn meter(painter: &Painter, area: Rect, peak: f32, rms: f32, over: bool) {
    painter.rect_filled(area, 1.0, theme::line());
    let level = Db::from_factor(f64::from(peak)).0;
    let height = |db: f64| area.height() * ((db + 48.0) / 48.0).clamp(0.0, 1.0) as f32;
    let part = |from: f64, to: f64, colour| {
        if to > from {
            let rect = Rect::from_min_max(
                pos2(area.left(), area.bottom() - height(to)),
                pos2(area.right(), area.bottom() - height(from)),
            );
            painter.rect_filled(rect, 1.0, colour);
        }
    };
    part(-48.0, level.min(-9.0), theme::good());
    part(-9.0, level.min(0.0), theme::caution());
    let rms = area.bottom() - height(Db::from_factor(f64::from(rms)).0);
    if rms < area.bottom() - 1.0 {
        painter.hline(area.x_range(), rms, Stroke::new(1.0, theme::background()));
    }
    if over {
        painter.rect_filled(
            Rect::from_min_size(area.min, vec2(area.width(), 4.0)),
            1.0,
            theme::over(),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pan_is_written_as_it_is_read() {
        for value in [-1.0, -0.3, 0.0, 0.55, 1.0] {
            assert_eq!(read_pan(&show_pan(value)), Some(value));
        }
        assert_eq!(read_pan("-20"), Some(-0.2));
        assert_eq!(read_pan("left"), None);
    }
}
