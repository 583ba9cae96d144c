//! The Balances page of the rack: store and recall balances A to H, fade from one to another, and
//! compare two sounds in a blind test.

use crate::app::blind::{Blind, BlindSource, Candidate};
use crate::app::deeds::Deed;
use crate::app::panels::Panels;
use crate::app::seen::Seen;
use crate::app::theme::{self, Weight, write};
use crate::app::widgets::{Notch, Parameter, choice, push, segments};
use crate::session::edit::Edit;
use crate::session::snapshot::{Balance, PLACES, Snapshot, between, is_now, letter, recall};
use crate::texts::say;
use egui::{
    Align2, Rect, Role as WidgetRole, Sense, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo, pos2,
    vec2,
};

pub fn show(seen: &Seen<'_>, panels: &mut Panels, ui: &mut Ui, area: Rect) {
    let half = area.left() + (area.width() * 0.54).max(440.0);
    places(seen, ui, Rect::from_min_max(area.min, pos2(half - 12.0, area.bottom())));
    let right = Rect::from_min_max(pos2(half, area.top()), area.max);
    if panels.mix.balances.blind.is_some() {
        test(panels, ui, right);
    } else {
        pair(seen, panels, ui, right);
    }
}

fn label(ui: &Ui, at: egui::Pos2, text: impl Into<String>, colour: egui::Color32) {
    write(ui.painter(), at, Align2::LEFT_CENTER, text.into(), (12.0, Weight::Regular), colour);
}

/// Eight cards. A click recalls the stored balance; on an empty card it stores the current strips.
fn places(seen: &Seen<'_>, ui: &mut Ui, area: Rect) {
    let Some(song) = seen.song else { return };
    let size = vec2(area.width() / 4.0 - 8.0, ((area.height() - 16.0) / 2.0).min(96.0));
    for place in 0..PLACES {
        let (row, column) = (place / 4, place % 4);
        let min = area.min + vec2((size.x + 8.0) * column as f32, (size.y + 8.0) * row as f32);
        let rect = Rect::from_min_size(min, size);
        let ui = &mut ui.new_child(UiBuilder::new().id_salt(("place", place)).max_rect(rect));
        let kept = song.session.snapshots.iter().find(|kept| kept.place == place).cloned();
        let response = ui.interact(rect, ui.scope_id().with("card"), Sense::click());
        let now =
            kept.as_ref().is_some_and(|kept| is_now(&kept.balance(&song.session), &song.session));
        let name = match &kept {
            None => say!("mix-balance-empty").to_string(),
            Some(kept) if kept.name.is_empty() => say!("mix-balance-kept").into(),
            Some(kept) => kept.name.clone(),
        };
        let words = say!("mix-balance-card", letter = letter(place).to_string(), name = &name);
        response.widget_info(|| WidgetInfo::selected(WidgetRole::Button, true, now, &words));
        let fill = if response.hovered() { theme::line() } else { theme::panel() };
        ui.painter().rect_filled(rect, theme::RADIUS + 2.0, fill);
        if now {
            let stroke = Stroke::new(1.5, theme::accent());
            ui.painter().rect_stroke(rect, theme::RADIUS + 2.0, stroke, StrokeKind::Inside);
        }
        let colour = if kept.is_some() { theme::text() } else { theme::dim() };
        let at = |x: f32, y: f32| rect.min + vec2(x, y);
        let big = (18.0, Weight::SemiBold);
        write(ui.painter(), at(12.0, 20.0), Align2::LEFT_CENTER, letter(place), big, colour);
        let hint = if kept.is_some() { name.clone() } else { say!("mix-balance-click").into() };
        let clip = ui.painter().with_clip_rect(rect.shrink(6.0));
        write(&clip, at(12.0, 44.0), Align2::LEFT_CENTER, hint, (12.0, Weight::Regular), colour);
        let mut edit = None;
        let others = |without: usize| {
            let all = song.session.snapshots.iter();
            all.filter(|known| known.place != without).cloned().collect::<Vec<_>>()
        };
        let stored = |name: String| {
            let mut all = others(place);
            all.push(Snapshot::of(&song.session, place, name));
            all.sort_by_key(|known| known.place);
            Edit::Snapshots(all)
        };
        if response.clicked() {
            edit = match &kept {
                Some(kept) => recall(&kept.balance(&song.session), &song.session),
                None => Some(stored(String::new())),
            };
        }
        response.context_menu(|ui| {
            let Some(kept) = &kept else { return };
            let id = ui.scope_id().with("name");
            let mut text = ui.data(|data| data.get_temp(id)).unwrap_or_else(|| kept.name.clone());
            let field = ui.text_edit_singleline(&mut text);
            let letter = letter(place).to_string();
            let field = field.accessible_name(say!("mix-balance-name", letter = letter));
            field.request_focus();
            ui.data_mut(|data| data.insert_temp(id, text.clone()));
            if ui.input(|input| input.key_pressed(egui::Key::Enter)) {
                let mut all = others(place);
                all.push(Snapshot { name: text, ..kept.clone() });
                all.sort_by_key(|known| known.place);
                edit = Some(Edit::Snapshots(all));
            }
            if ui.button(say!("mix-balance-keep")).clicked() {
                edit = Some(stored(kept.name.clone()));
            }
            if ui.button(say!("mix-balance-forget")).clicked() {
                edit = Some(Edit::Snapshots(others(place)));
            }
            if edit.is_some() {
                ui.data_mut(|data| data.remove_temp::<String>(id));
                ui.close();
            }
        });
        if let Some(edit) = edit {
            seen.edit(edit);
        }
    }
}

/// Sounds that can be compared: stored balances, the current mix, and the reference if there is
/// one.
fn entries(seen: &Seen<'_>) -> Vec<(String, Candidate)> {
    let Some(song) = seen.song else { return Vec::new() };
    let session = &song.session;
    let kept = session.snapshots.iter().map(|kept| {
        let name = format!("{} {}", letter(kept.place), kept.name);
        (name.trim_end().to_string(), Candidate::Balance(kept.balance(session)))
    });
    let now = Snapshot::of(session, 0, String::new()).balance(session);
    let mix = (say!("mix-balance-now").to_string(), Candidate::Balance(now));
    let reference = seen.heard.reference.is_some();
    let reference = reference.then(|| (say!("mix-balance-reference").into(), Candidate::Reference));
    kept.chain([mix]).chain(reference).collect()
}

/// Two lists of sounds, a fade between two balances, and the button that starts the blind test.
fn pair(seen: &Seen<'_>, panels: &mut Panels, ui: &mut Ui, area: Rect) {
    let entries = entries(seen);
    let names: Vec<String> = entries.iter().map(|(name, _)| name.clone()).collect();
    let row =
        |y: f32, x: f32, width: f32| Rect::from_min_size(area.min + vec2(x, y), vec2(width, 30.0));
    let width = ((area.width() - 16.0) / 2.0).min(200.0);
    label(ui, area.min + vec2(0.0, 10.0), say!("mix-balance-crossfade"), theme::dim());
    for n in 0..2 {
        let current = panels.mix.balances.pair[n].min(names.len().saturating_sub(1));
        let name = [say!("mix-balance-first"), say!("mix-balance-second")][n];
        let shown = names.get(current).cloned().unwrap_or_default();
        let rect = row(24.0, n as f32 * (width + 8.0), width);
        if let Some(chosen) = choice(ui, rect, name, &shown, &names) {
            panels.mix.balances.pair[n] = chosen;
            panels.mix.balances.share = 0.0;
        }
    }
    let last = entries.len().saturating_sub(1);
    let chosen = panels.mix.balances.pair.map(|n| entries.get(n.min(last)).cloned());
    let [Some(first), Some(second)] = chosen else { return };
    let differ = first.1 != second.1;
    let now = say!("mix-balance-now");
    match (&first.1, &second.1) {
        (Candidate::Balance(a), Candidate::Balance(b))
            if differ && first.0 != now && second.0 != now =>
        {
            fade(seen, panels, ui, row(66.0, 0.0, 2.0 * width + 8.0), a, b);
        }
        _ => {
            let hint = say!("mix-balance-choose-two");
            label(ui, area.min + vec2(0.0, 82.0), hint, theme::dim());
        }
    }
    let start = row(112.0, 0.0, 150.0);
    let begin = ui.scope(|ui| {
        if !differ {
            ui.disable();
        }
        push(ui, start, say!("mix-blind-begin"), false).clicked()
    });
    if begin.inner {
        panels.mix.balances.count += 1;
        let number = panels.mix.balances.count;
        let names = [first.0, second.0];
        panels.mix.balances.blind = Some(Blind::new(number, names, [first.1, second.1]));
        seen.ask(Deed::MeasureBlind);
    }
    let hint = if differ { say!("mix-blind-hint") } else { say!("mix-blind-needs-two") };
    label(ui, pos2(start.right() + 12.0, start.center().y), hint, theme::dim());
}

fn fade(seen: &Seen<'_>, panels: &mut Panels, ui: &mut Ui, rect: Rect, a: &Balance, b: &Balance) {
    let response = ui.interact(rect, ui.scope_id().with("fade"), Sense::click_and_drag());
    let parameter = Parameter {
        name: say!("mix-balance-fade"),
        value: panels.mix.balances.share,
        default: 0.0,
        to_position: &|share| share,
        from_position: &|at| at,
        show: &|share| format!("{:.0} %", share * 100.0),
        read: &|text| {
            crate::app::widgets::value::number(text)
                .map(|percent| (percent / 100.0).clamp(0.0, 1.0))
        },
        notch: Notch::By(0.01),
    };
    let change = parameter.handle(ui, &response, Some(rect.width()), true);
    let share = change.value.unwrap_or(panels.mix.balances.share);
    let track = Rect::from_center_size(rect.center(), vec2(rect.width(), 4.0));
    ui.painter().rect_filled(track, 2.0, theme::line());
    let at = pos2(rect.left() + rect.width() * share as f32, rect.center().y);
    let thumb = Rect::from_center_size(at, vec2(10.0, 20.0));
    ui.painter().rect_filled(
        thumb,
        3.0,
        if response.hovered() { theme::text() } else { theme::dim() },
    );
    if change.value.is_some() {
        panels.mix.balances.share = share;
        let session = seen.song.map(|song| &song.session);
        if let Some(edit) = session.and_then(|session| recall(&between(a, b, share), session)) {
            seen.edit(edit);
        }
    }
}

/// The running blind test: hear 1, 2 or X, answer, reveal, end.
fn test(panels: &mut Panels, ui: &mut Ui, area: Rect) {
    let Some(blind) = &mut panels.mix.balances.blind else { return };
    let row =
        |y: f32, x: f32, width: f32| Rect::from_min_size(area.min + vec2(x, y), vec2(width, 32.0));
    let [one, two] = blind.names.clone();
    label(
        ui,
        area.min + vec2(0.0, 10.0),
        say!("mix-blind-question", one = one, two = two),
        theme::text(),
    );
    if !blind.is_ready() {
        label(ui, area.min + vec2(0.0, 44.0), say!("mix-blind-measuring"), theme::dim());
    } else {
        let lit = match blind.heard {
            BlindSource::First => 0,
            BlindSource::Second => 1,
            BlindSource::X => 2,
        };
        let names =
            [say!("mix-blind-play-one"), say!("mix-blind-play-two"), say!("mix-blind-play-x")];
        match segments(ui, row(26.0, 0.0, 210.0), &names, lit) {
            Some(0) => blind.heard = BlindSource::First,
            Some(1) => blind.heard = BlindSource::Second,
            Some(_) => blind.heard = BlindSource::X,
            None => {}
        }
        if push(ui, row(68.0, 0.0, 100.0), say!("mix-blind-x-is-one"), true).clicked() {
            blind.answer(false);
        }
        if push(ui, row(68.0, 110.0, 100.0), say!("mix-blind-x-is-two"), true).clicked() {
            blind.answer(true);
        }
    }
    let trials = blind.trials();
    let words = if blind.revealed {
        let percent = format!("{:.1}", blind.chance() * 100.0);
        say!("mix-blind-right", right = blind.right(), trials = trials, percent = percent)
    } else {
        say!("mix-blind-answers", count = trials)
    };
    label(ui, area.min + vec2(0.0, 122.0), words, theme::text());
    if push(ui, row(140.0, 0.0, 100.0), say!("mix-blind-reveal"), false).clicked() {
        blind.revealed = true;
    }
    if push(ui, row(140.0, 110.0, 100.0), say!("mix-blind-end"), false).clicked() {
        panels.mix.balances.blind = None;
    }
}
