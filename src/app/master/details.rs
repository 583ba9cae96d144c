//! Details of one master, below its line in the table: limiter, clipper, dither, and how
//! instrumental and other parts follow the full mix.

use crate::app::theme::{self, Weight, write, write_fitted};
use crate::app::widgets::{Change, Notch, Parameter, checkbox, choice, knob};
use crate::dsp::chain::Kind;
use crate::dsp::dither::Shaping;
use crate::dsp::parameter::{Info, Unit};
use crate::session::master::{Alternates, LimiterCharacter, Master};
use crate::texts::{self, say};
use crate::units::{Db, Seconds};
use egui::{Align2, Pos2, Rect, Ui, pos2, vec2};

pub const HEIGHT: f32 = 136.0;
/// Number of knobs of a limiter.
pub const LIMITER_KNOBS: usize = 4;

/// Middle of the first knob, distance between two, and the width of a row from which the lists stand
/// beside the knobs.
const KNOBS: f32 = 132.0;
const KNOB: f32 = 72.0;
const ROOMY: f32 = 592.0;

const RELEASE: Info = Info { name: "Release", unit: Unit::Time, range: (0.0, 0.5) };
const LOOK_AHEAD: Info = Info { name: "Look-ahead", unit: Unit::Time, range: (0.0003, 0.01) };
const MOST: Info = Info { name: "Most reduction", unit: Unit::Decibels, range: (0.0, 24.0) };
const NOTE: Info = Info { name: "Note from", unit: Unit::Decibels, range: (0.5, 24.0) };

/// Draws the details; returns the master with the user's changes.
pub fn show(ui: &mut Ui, row: Rect, master: &Master) -> Master {
    let at = |x: f32, y: f32| pos2(row.left() + 10.0 + x, row.top() + y);
    let name = &master.name;
    let mut next = master.clone();
    // The first knob begins behind the words of the boxes.
    let label = |ui: &Ui, x: f32, y: f32, text: &str| {
        let font = (12.5, Weight::Regular);
        write_fitted(ui.painter(), at(x, y), KNOBS - 36.0 - x, text, font, theme::text());
    };
    if let Some(target) = &mut next.target {
        let box_at = Rect::from_min_size(at(0.0, 13.0), vec2(18.0, 18.0));
        let words = say!("master-limiter-of", master = name);
        if checkbox(ui, box_at, &words, target.limit).clicked() {
            target.limit = !target.limit;
        }
        label(ui, 26.0, 22.0, say!("master-limiter"));
    }
    if next.limits() {
        limiter_knobs(ui, &|n| at(KNOBS + n as f32 * KNOB, 38.0), &mut next);
    }
    let clips = !next.without.contains(&Kind::Clip);
    let box_at = Rect::from_min_size(at(0.0, 43.0), vec2(18.0, 18.0));
    if checkbox(ui, box_at, &say!("master-clipper-of", master = name), clips).clicked() {
        if clips {
            next.without.push(Kind::Clip);
        } else {
            next.without.retain(|kind| *kind != Kind::Clip);
        }
    }
    label(ui, 26.0, 52.0, say!("master-clipper"));
    if next.limits() {
        let box_at = Rect::from_min_size(at(0.0, 73.0), vec2(18.0, 18.0));
        let response =
            checkbox(ui, box_at, &say!("master-push-on-of", master = name), next.limiter.push_on);
        if response.on_hover_text(say!("master-push-on-hint")).clicked() {
            next.limiter.push_on = !next.limiter.push_on;
        }
        label(ui, 26.0, 82.0, say!("master-push-on"));
    }
    // Beside the knobs if there is room, else below them.
    let roomy = row.width() > ROOMY;
    let beside = KNOBS + (LIMITER_KNOBS - 1) as f32 * KNOB + 48.0;
    let (x, y, width) = match roomy {
        true => (beside, 8.0, row.width() - beside - 24.0),
        false => (0.0, 99.0, 150.0),
    };
    let place = |n: f32| match roomy {
        true => Rect::from_min_size(at(x, y + n * 58.0 + 18.0), vec2(width.min(220.0), 30.0)),
        false => Rect::from_min_size(at(n * 160.0, y), vec2(width, 30.0)),
    };
    let title = |ui: &Ui, n: f32, text: &str| {
        if roomy {
            let at = place(n).left_top() - vec2(0.0, 10.0);
            let font = (11.5, Weight::Regular);
            write(ui.painter(), at, Align2::LEFT_CENTER, text, font, theme::dim());
        }
    };
    title(ui, 0.0, say!("master-dither"));
    let names: Vec<String> =
        Shaping::NAMES.iter().map(|name| texts::word("dither", name).into()).collect();
    let now = Shaping::ALL.iter().position(|shaping| *shaping == master.shaping).unwrap_or(0);
    let current = names.get(now).cloned().unwrap_or_default();
    let list = say!("master-dither-of", master = name);
    let chosen = choice(ui, place(0.0), &list, &current, &names);
    if let Some(shaping) = chosen.and_then(|n| Shaping::ALL.get(n)) {
        next.shaping = *shaping;
    }
    if next.target.is_some() {
        title(ui, 1.0, say!("master-alternates"));
        let word = |one: Alternates| texts::word("choice", one.name());
        let names = Alternates::ALL.map(|one| word(one).to_string());
        let list = say!("master-alternates-of", master = name);
        let chosen = choice(ui, place(1.0), &list, word(next.alternates), &names);
        if let Some(alternates) = chosen.and_then(|n| Alternates::ALL.get(n)) {
            next.alternates = *alternates;
        }
    }
    next
}

/// The values of a master's limiter as knobs, each at its place.
pub fn limiter_knobs(ui: &mut Ui, middle: &dyn Fn(usize) -> Pos2, master: &mut Master) {
    let Master { name, limiter, .. } = master;
    let LimiterCharacter { look_ahead, release, most_reduction, note_from, .. } = limiter;
    let plain = LimiterCharacter::default();
    let values: [(&Info, f64, f64, &mut dyn FnMut(f64)); LIMITER_KNOBS] = [
        (&MOST, most_reduction.0, plain.most_reduction.0, &mut |v| *most_reduction = Db(v)),
        (&LOOK_AHEAD, look_ahead.0, plain.look_ahead.0, &mut |v| *look_ahead = Seconds(v)),
        (&RELEASE, release.0, plain.release.0, &mut |v| *release = Seconds(v)),
        (&NOTE, note_from.0, plain.note_from.0, &mut |v| *note_from = Db(v)),
    ];
    for (n, (info, now, default, put)) in values.into_iter().enumerate() {
        let moved = small_knob(ui, middle(n), name, info, now, default);
        if let Some(value) = moved.value {
            put(value);
        }
    }
}

fn small_knob(
    ui: &mut Ui,
    middle: Pos2,
    master: &str,
    info: &Info,
    now: f64,
    default: f64,
) -> Change {
    let (name, label) = match info.name {
        "Most reduction" => {
            (say!("master-most-reduction-of", master = master), say!("master-most-reduction-short"))
        }
        "Note from" => (say!("master-note-from-of", master = master), say!("master-note-from")),
        "Look-ahead" => (say!("master-look-ahead-of", master = master), say!("master-look-ahead")),
        _ => (say!("master-release-of", master = master), say!("master-release")),
    };
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
    knob(ui, Rect::from_center_size(middle, vec2(40.0, 40.0)), label, &parameter)
}
