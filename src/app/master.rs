//! The Master view: the chain of the mix, plots of the song, the trace of the limiter, and a row of
//! settings for each master.

use super::chain::{self};
use super::panels::Panels;
use super::seen::Seen;
use super::theme::{self, Weight, write};
use super::widgets::{Change, Notch, Parameter, checkbox, choice, knob, part};
use super::{loudness, plots};
use crate::app::panels::chain::Owner;
use crate::app::panels::chain::Trace;
use crate::dsp::chain::Kind;
use crate::dsp::dither::Shaping;
use crate::dsp::parameter::{Info, Unit};
use crate::session::edit::Edit;
use crate::session::master::{Alternates, LimiterCharacter, Master};
use crate::units::{Db, Seconds};
use egui::{Align2, DragValue, Rect, ScrollArea, Shape, Stroke, Ui, UiBuilder, pos2, vec2};

const RACK: f32 = 330.0;
const PLOTS: f32 = 200.0;
const MASTERS: f32 = 300.0;
const ROW: f32 = 76.0;

/// Capacity of the limiter's trace: one moment per UI frame.
const MOMENTS: usize = 400;

pub fn show(seen: &Seen<'_>, panels: &mut Panels, ui: &mut Ui, rect: Rect) {
    let left = loudness::beside(seen, panels, ui, rect);
    let mut inner = ui.new_child(UiBuilder::new().id_salt("parts").max_rect(left));
    inner.set_clip_rect(left.intersect(ui.clip_rect()));
    ScrollArea::vertical().auto_shrink(false).show(&mut inner, |ui| {
        let height = left.height().max(RACK + PLOTS + MASTERS);
        let (whole, _) = ui.allocate_exact_size(vec2(left.width(), height), egui::Sense::hover());
        parts(seen, panels, ui, whole);
    });
}

fn parts(seen: &Seen<'_>, panels: &mut Panels, ui: &mut Ui, left: Rect) {
    let split = |from: f32, to: f32| {
        Rect::from_min_max(
            pos2(left.left(), left.top() + from),
            pos2(left.right(), left.top() + to),
        )
    };
    // The rack's height is fixed. Of the spare height the plots take 40 %, the list the rest.
    let spare = left.height() - RACK - PLOTS - MASTERS;
    let list = RACK + PLOTS + spare * 0.4;
    let (rack, plots, list) = (split(0.0, RACK), split(RACK, list), split(list, left.height()));
    part(ui, "master rack", rack, |ui| chain_part(seen, panels, ui, rack));
    let slope = panels.preferences.slope;
    part(ui, "plots", plots, |ui| plots::show(seen, slope, ui, plots));
    part(ui, "masters", list, |ui| masters(seen, &mut panels.trace, ui, list));
}

fn chain_part(seen: &Seen<'_>, panels: &mut Panels, ui: &mut Ui, rect: Rect) {
    ui.painter().rect_filled(rect, 0.0, theme::background());
    let Some(song) = seen.song else { return };
    let line = chain::line(&Owner::Mix.chain(song));
    let at = |x: f32, y: f32| pos2(rect.left() + x, rect.top() + y);
    let painter = ui.painter().clone();
    write(
        &painter,
        at(18.0, 24.0),
        Align2::LEFT_CENTER,
        "Master chain",
        (15.0, Weight::SemiBold),
        theme::text(),
    );
    write(
        &painter,
        at(18.0, 44.0),
        Align2::LEFT_CENTER,
        line,
        (12.0, Weight::Regular),
        theme::dim(),
    );
    chain::commands(seen, panels, ui, pos2(rect.right() - 18.0, rect.top() + 25.0), Owner::Mix);
    let area = Rect::from_min_max(at(18.0, 62.0), rect.max - vec2(8.0, 8.0));
    chain::cards(seen, panels, ui, area, Owner::Mix);
}

fn masters(seen: &Seen<'_>, moments: &mut Trace, ui: &mut Ui, rect: Rect) {
    ui.painter().rect_filled(rect, 0.0, theme::background());
    ui.painter().hline(rect.x_range(), rect.top(), Stroke::new(1.0, theme::line()));
    let picture = Rect::from_min_max(
        pos2(rect.left() + 18.0, rect.top() + 44.0),
        pos2(rect.left() + 18.0 + (rect.width() * 0.33).clamp(200.0, 460.0), rect.bottom() - 14.0),
    );
    let head = pos2(rect.left() + 18.0, rect.top() + 22.0);
    write(
        ui.painter(),
        head,
        Align2::LEFT_CENTER,
        "Limiter",
        (15.0, Weight::SemiBold),
        theme::text(),
    );
    trace(seen, moments, ui, picture);
    let list = Rect::from_min_max(
        pos2(picture.right() + 24.0, rect.top() + 8.0),
        rect.max - vec2(14.0, 8.0),
    );
    let Some(song) = seen.song else { return };
    let mut area = ui.new_child(UiBuilder::new().id_salt("list").max_rect(list));
    ScrollArea::vertical().auto_shrink(false).show(&mut area, |ui| {
        let all = &song.session.masters;
        for (n, master) in all.iter().enumerate() {
            let (_, row) = ui.allocate_space(vec2(list.width() - 12.0, ROW));
            let ui = &mut ui.new_child(UiBuilder::new().id_salt(("master", n)).max_rect(row));
            let next = master_row(ui, row, master);
            if next != *master {
                let mut all = all.clone();
                if let Some(place) = all.get_mut(n) {
                    *place = next;
                }
                seen.edit(Edit::Masters(all));
            }
        }
    });
}

const RELEASE: Info = Info { name: "Release", unit: Unit::Time, range: (0.0, 0.5) };
const LOOK_AHEAD: Info = Info { name: "Look-ahead", unit: Unit::Time, range: (0.0003, 0.01) };
const MOST: Info = Info { name: "Most reduction", unit: Unit::Decibels, range: (0.0, 24.0) };

/// Row of one master: target, limiter, clipper, dither, alternates. Returns the master with the
/// user's changes.
fn master_row(ui: &mut Ui, row: Rect, master: &Master) -> Master {
    ui.painter().rect_filled(row.shrink2(vec2(0.0, 3.0)), theme::RADIUS, theme::panel());
    let at = |x: f32, y: f32| pos2(row.left() + x, row.top() + y);
    let name = &master.name;
    write(
        ui.painter(),
        at(14.0, 24.0),
        Align2::LEFT_CENTER,
        name,
        (13.5, Weight::SemiBold),
        theme::text(),
    );
    let mut next = master.clone();
    if next.target.is_none() {
        let font = (12.0, Weight::Regular);
        write(ui.painter(), at(14.0, 48.0), Align2::LEFT_CENTER, "as it is", font, theme::dim());
    }
    if let Some(target) = &mut next.target {
        let value = |ui: &mut Ui, x: f32, value: &mut f64, what: (&str, &str), range| {
            let place = Rect::from_min_size(at(x, 37.0), vec2(84.0, 22.0));
            let drag = DragValue::new(value).speed(0.1).range(range).fixed_decimals(1);
            let drag = drag
                .suffix(format!(" {}", what.1))
                .custom_formatter(|value, _| format!("{:.1}", Db(value)));
            let drag = drag.custom_parser(crate::app::widgets::value::number);
            let response = ui.put(place, drag).accessible_name(format!("{name} {}", what.0));
            response.on_hover_text("Drag, or click to type");
        };
        value(ui, 12.0, &mut target.loudness.0, ("target", "LUFS"), -40.0..=-5.0);
        value(ui, 102.0, &mut target.ceiling.0, ("ceiling", "dBTP"), -12.0..=0.0);
        let box_at = Rect::from_min_size(at(202.0, 29.0), vec2(18.0, 18.0));
        if checkbox(ui, box_at, &format!("{name} limiter"), target.limit).clicked() {
            target.limit = !target.limit;
        }
        write(
            ui.painter(),
            at(228.0, 38.0),
            Align2::LEFT_CENTER,
            "Limiter",
            (12.5, Weight::Regular),
            theme::text(),
        );
        if target.limit {
            let LimiterCharacter { look_ahead, release, most_reduction } = &mut next.limiter;
            let plain = LimiterCharacter::default();
            let values: [(&Info, f64, f64, &mut dyn FnMut(f64)); 3] = [
                (&MOST, most_reduction.0, plain.most_reduction.0, &mut |v| *most_reduction = Db(v)),
                (&LOOK_AHEAD, look_ahead.0, plain.look_ahead.0, &mut |v| *look_ahead = Seconds(v)),
                (&RELEASE, release.0, plain.release.0, &mut |v| *release = Seconds(v)),
            ];
            for (n, (info, now, default, put)) in values.into_iter().enumerate() {
                let middle = at(308.0 + n as f32 * 66.0, 31.0);
                let moved = small_knob(ui, middle, name, info, now, default);
                if let Some(value) = moved.value {
                    put(value);
                }
            }
        }
    }
    let clips = !next.without.contains(&Kind::Clip);
    let box_at = Rect::from_min_size(at(492.0, 29.0), vec2(18.0, 18.0));
    if checkbox(ui, box_at, &format!("{name} clipper"), clips).clicked() {
        if clips {
            next.without.push(Kind::Clip);
        } else {
            next.without.retain(|kind| *kind != Kind::Clip);
        }
    }
    write(
        ui.painter(),
        at(518.0, 38.0),
        Align2::LEFT_CENTER,
        "Clipper",
        (12.5, Weight::Regular),
        theme::text(),
    );
    let list =
        Rect::from_min_size(at(588.0, 23.0), vec2((row.width() - 602.0).clamp(90.0, 170.0), 30.0));
    let names: Vec<String> = Shaping::NAMES.iter().map(ToString::to_string).collect();
    let now = Shaping::ALL.iter().position(|shaping| *shaping == master.shaping).unwrap_or(0);
    let current = names.get(now).cloned().unwrap_or_default();
    let label = format!("{name} dither");
    if let Some(shaping) =
        choice(ui, list, &label, &current, &names).and_then(|n| Shaping::ALL.get(n))
    {
        next.shaping = *shaping;
    }
    if next.target.is_some() && row.width() > 960.0 {
        let place = Rect::from_min_size(at(772.0, 23.0), vec2(176.0, 30.0));
        let names = Alternates::ALL.map(|one| one.name().to_string());
        let label = format!("{name} instrumental and other parts");
        let chosen = choice(ui, place, &label, next.alternates.name(), &names);
        if let Some(alternates) = chosen.and_then(|n| Alternates::ALL.get(n)) {
            next.alternates = *alternates;
        }
    }
    next
}

fn small_knob(
    ui: &mut Ui,
    middle: egui::Pos2,
    master: &str,
    info: &Info,
    now: f64,
    default: f64,
) -> Change {
    let name = format!("{master} {}", info.name);
    let parameter = Parameter {
        name: &name,
        value: now,
        default,
        to_position: &|value| info.position(value),
        from_position: &|position| info.value(position),
        show: &|value| info.show(value).replace(".0 dB", " dB"),
        read: &|text| info.read(text),
        notch: Notch::of(info.unit),
    };
    let label = match info.name {
        "Most reduction" => "Most",
        other => other,
    };
    knob(ui, Rect::from_center_size(middle, vec2(40.0, 40.0)), label, &parameter)
}

/// Trace of the limiter: input, output and reduction over the last frames, and the ceiling while a
/// master is heard. Records a moment per UI frame while the song plays.
fn trace(seen: &Seen<'_>, Trace(moments): &mut Trace, ui: &Ui, area: Rect) {
    let painter = ui.painter().with_clip_rect(area);
    painter.rect_filled(area, 4.0, theme::panel());
    let target = seen.song.and_then(|song| {
        let master = song.current_master()?;
        Some((master.name.clone(), master.target?))
    });
    let previewed = seen.heard.preview;
    let playing = seen.heard.playing;
    let output = seen.heard.reading.peaks.iter().fold(0.0f32, |most, peak| most.max(*peak));
    let output = Db::from_factor(f64::from(output)).0.max(-60.0) as f32;
    let limiting = seen.heard.limiting.0 as f32;
    if playing {
        moments.push([output - limiting, output, limiting]);
        let surplus = moments.len().saturating_sub(MOMENTS);
        moments.drain(..surplus);
    }
    // The trace spans +6 to −30 dB.
    let y = |db: f32| area.top() + area.height() * ((6.0 - db) / 36.0).clamp(0.0, 1.0);
    for db in [0.0, -6.0, -12.0, -18.0, -24.0] {
        painter.hline(area.x_range(), y(db), Stroke::new(1.0, theme::raised()));
        let at = pos2(area.left() + 6.0, y(db) - 7.0);
        write(
            &painter,
            at,
            Align2::LEFT_CENTER,
            format!("{:.0}", Db(f64::from(db))),
            (10.0, Weight::Regular),
            theme::dim(),
        );
    }
    let step = area.width() / MOMENTS as f32;
    let from = MOMENTS - moments.len();
    let x = |n: usize| area.left() + (from + n) as f32 * step;
    let line = |pick: usize, colour| {
        let points = moments.iter().enumerate().map(|(n, m)| pos2(x(n), y(m[pick]))).collect();
        painter.add(Shape::line(points, Stroke::new(1.2, colour)));
    };
    line(0, theme::dim());
    line(1, theme::good());
    for (n, moment) in moments.iter().enumerate() {
        if moment[2] < -0.05 {
            let depth = area.height() * (-moment[2] / 36.0).min(1.0);
            let bar =
                Rect::from_min_max(pos2(x(n), area.top()), pos2(x(n) + step, area.top() + depth));
            painter.rect_filled(bar, 0.0, theme::caution());
        }
    }
    let words = match (&target, previewed) {
        (Some((name, target)), true) => {
            let at = y(target.ceiling.0 as f32);
            painter.hline(area.x_range(), at, Stroke::new(1.0, theme::accent()));
            format!(
                "{name}, ceiling {:.1} dBTP; reduction {:.1} dB",
                target.ceiling,
                Db(f64::from(limiting))
            )
        }
        _ => "Press P to hear the mix through the chosen master".into(),
    };
    let at = area.left_bottom() + vec2(8.0, -10.0);
    write(&painter, at, Align2::LEFT_CENTER, words, (11.5, Weight::Regular), theme::dim());
}
