//! The null test: what remains of the reference when the stems are taken from it, over the song, as
//! they came and after the fixes, and by stem.

use crate::app::deeds::{Mending, Play};
use crate::app::mix::paint_section;
use crate::app::open_song::OpenSong;
use crate::app::plots::band;
use crate::app::seen::{Seen, Switched};
use crate::app::theme::{self, Weight, width_of, write, write_fitted, write_within};
use crate::app::widgets::{push, segments};
use crate::intake::null_test::{MATCH, NullTest};
use crate::texts::say;
use crate::units::{Db, Seconds};
use egui::{Align2, Color32, Rect, Role, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2};
use std::path::PathBuf;

/// The lowest level that is drawn.
const FLOOR: Db = Db(-90.0);
const MARKS: [Db; 4] = [Db(0.0), Db(-30.0), Db(-60.0), Db(-90.0)];
/// Stems that leave at least this much are named.
const NAMED: Db = Db(-60.0);
/// Above this level, all of the reference is left.
const ALL: Db = Db(-0.5);
/// Width of the switch with its Play button, and of that button, in points.
const SWITCH: f32 = 256.0;
const PLAY: f32 = 84.0;

/// The name under which what is left is heard.
pub fn left_name(fixed: bool) -> PathBuf {
    match fixed {
        true => say!("stems-null-left-fixed").into(),
        false => say!("stems-null-left").into(),
    }
}

pub fn show(
    seen: &Seen<'_>,
    song: &OpenSong,
    test: &NullTest,
    fixed: &mut bool,
    ui: &mut Ui,
    card: Rect,
) {
    ui.painter().rect_filled(card, theme::RADIUS + 2.0, theme::panel());
    let at = |y: f32| pos2(card.left() + 16.0, card.top() + y);
    let font = (14.0, Weight::SemiBold);
    let title = say!("stems-null-test");
    let title = write(ui.painter(), at(21.0), Align2::LEFT_CENTER, title, font, theme::text());
    let (text, colour) = verdict(test);
    let from = pos2(title.right() + 14.0, title.center().y);
    let plot = Rect::from_min_max(
        pos2(card.left() + 52.0, card.top() + 70.0),
        pos2(card.right() - 16.0, card.bottom() - 62.0),
    );
    // Where the verdict needs the whole line, the switch stands beside the legend.
    let whole = card.right() - 16.0 - from.x;
    let font = (12.5, Weight::Medium);
    let beside = width_of(ui.painter(), &text, font) + SWITCH + 12.0 <= whole;
    let middle = if beside { card.top() + 21.0 } else { plot.bottom() + 20.0 };
    let place = pos2(card.right() - 16.0 - SWITCH, middle - 14.0);
    switch(seen, fixed, ui, Rect::from_min_size(place, vec2(SWITCH, 28.0)));
    let width = if beside { whole - SWITCH - 12.0 } else { whole };
    let cut = write_within(ui.painter(), from, width, &text, font, colour);
    let line = Rect::from_center_size(from, vec2(0.0, 26.0)).with_max_x(from.x + width);
    let response = ui.interact(line, ui.scope_id().with("verdict"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &text));
    if cut {
        response.on_hover_text(&text);
    }
    sections(song, ui, plot);
    let y = |level: Db| plot.top() + plot.height() * (level.0.clamp(FLOOR.0, 0.0) / FLOOR.0) as f32;
    for mark in MARKS {
        ui.painter().hline(plot.x_range(), y(mark), Stroke::new(1.0, theme::line()));
        let at = pos2(plot.left() - 8.0, y(mark));
        let font = (11.0, Weight::Regular);
        write(ui.painter(), at, Align2::RIGHT_CENTER, format!("{mark:.0}"), font, theme::dim());
    }
    let seconds = song.length().seconds(song.session.sample_rate).0.max(1.0);
    let points = |levels: &[Db]| -> Vec<egui::Pos2> {
        let x =
            |n: usize| plot.left() + plot.width() * ((n as f64 + 0.5) / seconds).min(1.0) as f32;
        let inner = levels.iter().enumerate().map(|(n, level)| pos2(x(n), y(*level)));
        // Each level is that of a whole second: the first and the last reach the edges.
        let edge = |x: f32, level: Option<&Db>| level.map(|level| pos2(x, y(*level)));
        let first = edge(plot.left(), levels.first());
        let last = edge(plot.right(), levels.last());
        first.into_iter().chain(inner).chain(last).collect()
    };
    let came = points(&test.delivered_over_time);
    let colour = if test.residual_db < MATCH { theme::good() } else { theme::caution() };
    let own = points(&test.over_time);
    let (filled, fill) = if *fixed { (&own, theme::good()) } else { (&came, colour) };
    let edges = filled.iter().map(|point| (*point, pos2(point.x, plot.bottom())));
    ui.painter().add(band(edges, theme::mixed(fill, 0.35, theme::panel())));
    ui.painter().add(Shape::line(came, Stroke::new(1.4, colour)));
    if better(test) || *fixed {
        ui.painter().add(Shape::line(own, Stroke::new(1.4, theme::good())));
    }
    pointer(seen, song, test, ui, plot, seconds);
    let below = |y: f32| pos2(plot.left(), plot.bottom() + y);
    let legend = match better(test) || *fixed {
        true => say!("stems-null-legend-both"),
        false => say!("stems-null-legend"),
    };
    let font = (11.5, Weight::Regular);
    let room = if beside { plot.width() } else { place.x - 8.0 - plot.left() };
    write_fitted(ui.painter(), below(20.0), room, legend, font, theme::dim());
    let own = by_stem(test);
    let font = (12.0, Weight::Regular);
    let cut = write_within(ui.painter(), below(41.0), plot.width(), &own, font, theme::text());
    let line = Rect::from_min_size(below(31.0), vec2(plot.width(), 20.0));
    let response = ui.interact(line, ui.scope_id().with("by stem"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &own));
    if cut {
        response.on_hover_text(&own);
    }
}

/// What is shown and heard of what is left: of the stems as they came, or in their places.
fn switch(seen: &Seen<'_>, fixed: &mut bool, ui: &mut Ui, area: Rect) {
    let plays = |side: &bool| seen.sound(Switched::File(&left_name(*side))).is_on();
    let heard = [false, true].into_iter().find(plays);
    let (sides, play) = area.split_left_right_at_x(area.right() - PLAY);
    let names = [say!("stems-null-original"), say!("stems-null-fixed")];
    let chosen = segments(ui, sides, &names, usize::from(*fixed)).map(|side| side == 1);
    if let Some(chosen) = chosen.filter(|chosen| chosen != fixed) {
        *fixed = chosen;
        // What is heard follows what is shown.
        if heard.is_some() {
            seen.ask(Mending::PlayLeft { fixed: chosen });
        }
    }
    let play = push(ui, play.with_min_x(play.left() + 6.0), say!("common-play"), heard.is_some());
    play.widget_info(|| WidgetInfo::labeled(Role::Button, true, say!("stems-null-play")));
    if play.on_hover_text(say!("stems-null-play")).clicked() {
        seen.ask(Mending::PlayLeft { fixed: heard.unwrap_or(*fixed) });
    }
}

/// Whether the stems in their places leave clearly less.
fn better(test: &NullTest) -> bool {
    test.fitted_db.0 < test.residual_db.0 - 1.0
}

fn verdict(test: &NullTest) -> (String, Color32) {
    let level = format!("{:.1}", test.residual_db);
    let mut text = match test.gain_db.0.abs() > 0.1 {
        // The gain that fits best is then none that says anything.
        _ if test.residual_db > ALL => say!("stems-null-all-left").into(),
        true => {
            let gain = format!("{:+.1}", test.gain_db);
            say!("stems-null-remains-at", level = level, gain = gain)
        }
        false => say!("stems-null-remains", level = level),
    };
    if better(test) {
        let fitted = say!("stems-null-fitted", level = format!("{:.1}", test.fitted_db));
        text = format!("{text} {fitted}");
    }
    (text, if test.residual_db < MATCH { theme::good() } else { theme::caution() })
}

/// What single stems leave: those that leave much by name, the others together.
fn by_stem(test: &NullTest) -> String {
    let mut named: Vec<_> = test.stems.iter().filter(|stem| stem.residual_db >= NAMED).collect();
    named.sort_by(|a, b| b.residual_db.0.total_cmp(&a.residual_db.0));
    let rest = test.stems.iter().filter(|stem| stem.residual_db < NAMED);
    let most = rest.map(|stem| stem.residual_db.0).reduce(f64::max);
    let mut parts: Vec<String> =
        named.iter().map(|stem| format!("{} {:+.0} dB", stem.name, stem.residual_db)).collect();
    if let Some(most) = most {
        // Rounded up: none is above what is said.
        let level = format!("{:.0}", Db((most / 10.0).floor() * 10.0 + 10.0));
        parts.push(match named.is_empty() {
            true => say!("stems-null-all-under", level = level),
            false => say!("stems-null-others-under", level = level),
        });
    }
    say!("stems-null-by-stem", stems = parts.join(", "))
}

fn sections(song: &OpenSong, ui: &Ui, plot: Rect) {
    let session = &song.session;
    let seconds = song.length().seconds(session.sample_rate).0.max(0.001);
    let x = |at: Seconds| plot.left() + plot.width() * (at.0 / seconds).clamp(0.0, 1.0) as f32;
    let ends = session.sections.iter().skip(1).map(|next| next.start);
    let ends = ends.chain([Seconds(seconds)]);
    for (section, end) in session.sections.iter().zip(ends) {
        let (top, bottom) = (plot.top() - 28.0, plot.top() - 10.0);
        let area = Rect::from_x_y_ranges(x(section.start) + 1.0..=x(end) - 1.0, top..=bottom);
        if area.width() < 3.0 {
            continue;
        }
        paint_section(ui, area, &section.name);
    }
}

/// Levels under the pointer; a click seeks there.
fn pointer(seen: &Seen<'_>, song: &OpenSong, test: &NullTest, ui: &Ui, plot: Rect, seconds: f64) {
    let response = ui.interact(plot, ui.scope_id().with("over time"), Sense::click());
    let all = &test.delivered_over_time;
    let worst = all.iter().enumerate().max_by(|a, b| a.1.0.total_cmp(&b.1.0));
    let words = worst.map_or(String::new(), |(n, level)| {
        let (time, level) = (Seconds(n as f64).to_string(), format!("{level:.1}"));
        say!("stems-null-over-time", time = time, level = level)
    });
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &words));
    let Some(at) = response.hover_pos() else { return };
    let time = f64::from((at.x - plot.left()) / plot.width().max(1.0)) * seconds;
    let level =
        |levels: &[Db]| levels.get(time as usize).map_or(String::new(), |l| format!("{l:.1} dB"));
    if response.clicked() {
        seen.ask(Play::Seek(Seconds(time).frames(song.session.sample_rate).0));
    }
    let (time, came) = (format!("{:.0}", Seconds(time)), level(all));
    let text = match better(test) {
        true => {
            let fitted = level(&test.over_time);
            say!("stems-null-here", time = time, level = came, fitted = fitted)
        }
        false => format!("{time}: {came}"),
    };
    response.on_hover_text_at_pointer(text);
}
