//! Bar graphs of the null test's residual: per second of the song, and per frequency band.

use super::findings::hear;
use crate::app::seen::Seen;
use crate::app::theme::{self, Weight, write};
use crate::intake::null_test::{MATCH, NullTest};
use crate::session::Session;
use crate::units::{Db, Seconds};
use egui::{Align2, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

pub const HEIGHT: f32 = 132.0;
/// The lowest level that is drawn.
const FLOOR: Db = Db(-120.0);
const MARKS: [Db; 4] = [Db(0.0), Db(-30.0), Db(-60.0), Db(-90.0)];

/// One bar: its tooltip, its level, and its time in the song if it has one.
struct Bar {
    words: String,
    level: Db,
    at: Option<Seconds>,
}

pub fn show(seen: &Seen<'_>, session: &Session, ui: &mut Ui, area: Rect, test: &NullTest) {
    let split = area.left() + 0.64 * area.width();
    let half = |from: f32, to: f32| {
        Rect::from_min_max(pos2(from, area.top() + 18.0), pos2(to, area.bottom() - 18.0))
    };
    let times = test.over_time.iter().enumerate().map(|(second, level)| {
        let at = Seconds(second as f64);
        Bar { words: format!("{at}: {level:.1} dB"), level: *level, at: Some(at) }
    });
    let bands = test.bands.iter().map(|band| Bar {
        words: format!("{:.0} to {:.0} Hz: {:.1} dB", band.from.0, band.to.0, band.residual_db),
        level: band.residual_db,
        at: None,
    });
    let left = half(area.left() + 62.0, split - 24.0);
    let last = test.over_time.len();
    let name = "What is left with every stem where it belongs, over time";
    if let Some(at) = graph(ui, left, name, &times.collect::<Vec<_>>()) {
        hear(seen, session, at);
    }
    ends(ui, left, "0:00", &Seconds(last as f64).to_string());
    let right = half(split + 24.0, area.right() - 18.0);
    graph(ui, right, "In bands", &bands.collect::<Vec<_>>());
    if let (Some(first), Some(last)) = (test.bands.first(), test.bands.last()) {
        ends(ui, right, &format!("{:.0} Hz", first.from.0), &format!("{:.0} Hz", last.to.0));
    }
}

fn ends(ui: &Ui, rect: Rect, from: &str, to: &str) {
    let font = (11.0, Weight::Regular);
    let at = rect.left_bottom() + vec2(0.0, 10.0);
    write(ui.painter(), at, Align2::LEFT_CENTER, from, font, theme::dim());
    let at = rect.right_bottom() + vec2(0.0, 10.0);
    write(ui.painter(), at, Align2::RIGHT_CENTER, to, font, theme::dim());
}

/// Draws bars; returns the time of the bar that was clicked.
fn graph(ui: &mut Ui, rect: Rect, name: &str, bars: &[Bar]) -> Option<Seconds> {
    let y = |level: Db| {
        let share = (level.0.clamp(FLOOR.0, 0.0) / FLOOR.0) as f32;
        rect.top() + share * rect.height()
    };
    let title = rect.left_top() - vec2(0.0, 10.0);
    let font = (11.0, Weight::Regular);
    write(ui.painter(), title, Align2::LEFT_CENTER, name, font, theme::dim());
    for mark in MARKS {
        ui.painter().hline(rect.x_range(), y(mark), Stroke::new(1.0, theme::line()));
        let at = pos2(rect.left() - 8.0, y(mark));
        write(ui.painter(), at, Align2::RIGHT_CENTER, format!("{mark:.0}"), font, theme::dim());
    }
    let width = rect.width() / bars.len().max(1) as f32;
    let gap = if width > 5.0 { 1.0 } else { 0.0 };
    for (n, bar) in bars.iter().enumerate() {
        let colour = if bar.level < MATCH { theme::good() } else { theme::caution() };
        let left = rect.left() + n as f32 * width;
        let top = pos2(left, y(bar.level).min(rect.bottom() - 1.0));
        let end = pos2(left + (width - gap).max(1.0), rect.bottom());
        ui.painter().rect_filled(Rect::from_min_max(top, end), 0.0, colour);
    }
    let response = ui.interact(rect, ui.scope_id().with(name), Sense::click());
    let worst = bars.iter().max_by(|a, b| a.level.0.total_cmp(&b.level.0));
    let words = worst.map_or(String::new(), |bar| format!(", most at {}", bar.words));
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, format!("{name}{words}")));
    let pointed = response
        .hover_pos()
        .and_then(|at| bars.get(((at.x - rect.left()) / width.max(0.001)) as usize));
    let bar = pointed?;
    let clicked = response.clicked();
    response.on_hover_text_at_pointer(&bar.words);
    bar.at.filter(|_| clicked)
}
