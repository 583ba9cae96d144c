//! Loudness and limiting over the song through the chosen master: short-term loudness, integrated
//! loudness of each section, and the limiter's reduction from above.

use crate::app::deeds::Play;
use crate::app::measured::Chosen;
use crate::app::mix::paint_section;
use crate::app::open_song::OpenSong;
use crate::app::plots::reduction;
use crate::app::seen::Seen;
use crate::app::theme::{self, Weight, write};
use crate::texts::say;
use crate::units::{Db, Lufs, Seconds};
use egui::{Align2, Rect, Role, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2};

/// Loudness at the upper and the lower edge.
const TOP: f64 = -4.0;
const BOTTOM: f64 = -34.0;
const MARKS: [f64; 5] = [-10.0, -14.0, -18.0, -24.0, -30.0];
/// Reduction that reaches as deep as the plot is high.
const DEEPEST: f32 = 18.0;

pub fn show(seen: &Seen<'_>, ui: &mut Ui, card: Rect) {
    ui.painter().rect_filled(card, theme::RADIUS + 2.0, theme::panel());
    let Some(song) = seen.song else { return };
    let plot = Rect::from_min_max(card.min + vec2(46.0, 40.0), card.max - vec2(14.0, 14.0));
    let y = |level: f64| {
        let share = ((TOP - level) / (TOP - BOTTOM)).clamp(0.0, 1.0) as f32;
        plot.top() + plot.height() * share
    };
    for level in MARKS {
        ui.painter().hline(plot.x_range(), y(level), Stroke::new(1.0, theme::raised()));
        let at = pos2(plot.left() - 8.0, y(level));
        let font = (11.0, Weight::Regular);
        write(
            ui.painter(),
            at,
            Align2::RIGHT_CENTER,
            format!("{:.0}", Db(level)),
            font,
            theme::dim(),
        );
    }
    let figures = seen.measured.figures.as_ref();
    let Some(chosen) = figures.and_then(|known| known.chosen(song, true)) else { return };
    let seconds = (chosen.history.len() as f64 / 10.0).max(0.1);
    let x = |at: f64| plot.left() + plot.width() * (at / seconds).clamp(0.0, 1.0) as f32;
    // Sections and playhead are times of the song; a version with cuts is shorter.
    let whole = song.current_version().is_some_and(|version| version.is_whole());
    reduction(ui.painter(), plot, &chosen.reduction, DEEPEST);
    if let Some(target) = song.current_master().and_then(|master| master.target) {
        let line =
            [pos2(plot.left(), y(target.loudness.0)), pos2(plot.right(), y(target.loudness.0))];
        let stroke = Stroke::new(1.0, theme::accent());
        ui.painter().extend(Shape::dashed_line(&line, stroke, 3.0, 3.0));
    }
    let columns = (plot.width() as usize).max(1);
    let step = (chosen.history.len() / columns).max(1);
    let points = chosen.history.iter().enumerate().step_by(step);
    let points = points.map(|(n, level)| pos2(x(n as f64 / 10.0), y(level.0))).collect();
    ui.painter().add(Shape::line(points, Stroke::new(1.5, theme::accent())));
    if whole {
        sections(song, ui, plot, &chosen, &x, &y);
        let at = x(song.seconds(seen.heard.frame).0);
        ui.painter().vline(at, plot.y_range(), Stroke::new(1.0, theme::text()));
    }
    pointer(seen, song, &chosen, ui, plot, seconds, whole);
}

/// Section names above, and a line at the integrated loudness of each section.
fn sections(
    song: &OpenSong,
    ui: &Ui,
    plot: Rect,
    chosen: &Chosen,
    x: &dyn Fn(f64) -> f32,
    y: &dyn Fn(f64) -> f32,
) {
    let all = &song.session.sections;
    let end = song.length().seconds(song.session.sample_rate);
    let ends = all.iter().skip(1).map(|next| next.start).chain([end]);
    for (section, end) in all.iter().zip(ends) {
        let (from, to) = (x(section.start.0), x(end.0));
        if to - from < 4.0 {
            continue;
        }
        let (top, bottom) = (plot.top() - 26.0, plot.top() - 9.0);
        let area = Rect::from_x_y_ranges(from + 1.0..=to - 1.0, top..=bottom);
        paint_section(ui, area, &section.name);
        let Some(level) = chosen.between(section.start, end).finite() else { continue };
        let line = Stroke::new(1.5, theme::text());
        ui.painter().hline(from + 4.0..=to - 4.0, y(level), line);
        if to - from > 36.0 {
            let at = pos2((from + to) / 2.0, y(level) - 9.0);
            let font = (11.0, Weight::Regular);
            let text = format!("{:.1}", Db(level));
            write(ui.painter(), at, Align2::CENTER_CENTER, text, font, theme::text());
        }
    }
}

fn pointer(
    seen: &Seen<'_>,
    song: &OpenSong,
    chosen: &Chosen,
    ui: &Ui,
    plot: Rect,
    seconds: f64,
    whole: bool,
) {
    let response = ui.interact(plot, ui.scope_id().with("over the song"), Sense::click());
    let loudest = chosen.history.iter().map(|level| level.0).fold(f64::NEG_INFINITY, f64::max);
    let words = say!("master-over-song-words", loudness = format!("{:.1}", Lufs(loudest)));
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &words));
    let Some(at) = response.hover_pos() else { return };
    let time = f64::from((at.x - plot.left()) / plot.width().max(1.0)) * seconds;
    let n = (time * 10.0) as usize;
    let level = chosen.history.get(n).copied().unwrap_or(Lufs::SILENCE);
    let (shown, level) = (format!("{:.1}", Seconds(time)), format!("{level:.1}"));
    let words = match chosen.reduction.get(n) {
        Some(gain) => {
            say!("master-over-song-at", time = shown, loudness = level, gain = format!("{gain:.1}"))
        }
        None => format!("{shown}: {level} LUFS"),
    };
    if response.clicked() && whole {
        seen.ask(Play::Seek(Seconds(time).frames(song.session.sample_rate).0));
    }
    response.on_hover_text_at_pointer(words);
}
