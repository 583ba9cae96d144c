//! Plots of the whole song in the Master view: loudness over time, and the mean spectrum against
//! the reference.

use super::deeds::Play;
use super::preferences::Slope;
use super::seen::Seen;
use super::theme::{self, Weight, write};
use crate::dsp::spectrum::{BINS, bin_frequency};
use crate::units::{Db, Hz, Lufs, Seconds};
use egui::{
    Align2, Painter, Rect, Role as WidgetRole, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2,
};

pub fn show(seen: &Seen<'_>, slope: Slope, ui: &mut Ui, rect: Rect) {
    ui.painter().rect_filled(rect, 0.0, theme::background());
    ui.painter().hline(rect.x_range(), rect.top(), Stroke::new(1.0, theme::line()));
    let inner = rect.shrink2(vec2(18.0, 0.0));
    let middle = inner.left() + inner.width() * 0.54;
    let part = |from: f32, to: f32| {
        Rect::from_min_max(pos2(from, rect.top() + 40.0), pos2(to, rect.bottom() - 12.0))
    };
    let (left, right) = (part(inner.left(), middle - 12.0), part(middle + 12.0, inner.right()));
    for (area, title) in
        [(left, "Loudness over the song"), (right, "Spectrum against the reference")]
    {
        let at = pos2(area.left(), rect.top() + 22.0);
        let font = (14.0, Weight::SemiBold);
        write(ui.painter(), at, Align2::LEFT_CENTER, title, font, theme::text());
    }
    loudness(seen, ui, left);
    spectrum(seen, slope, ui, right);
}

fn mark(painter: &Painter, at: egui::Pos2, text: String) {
    write(painter, at, Align2::LEFT_CENTER, text, (10.0, Weight::Regular), theme::dim());
}

/// Short-term loudness from −40 to −4 LUFS; the dashed line is the integrated loudness. Sections
/// stand at the bottom, a click seeks.
fn loudness(seen: &Seen<'_>, ui: &mut Ui, area: Rect) {
    let painter = ui.painter().with_clip_rect(area.intersect(ui.clip_rect()));
    painter.rect_filled(area, 4.0, theme::panel());
    let Some(song) = seen.song else { return };
    let y = |level: f64| {
        let share = ((-4.0 - level) / 36.0).clamp(0.0, 1.0) as f32;
        area.top() + area.height() * share
    };
    for level in [-8.0, -14.0, -20.0, -26.0, -32.0] {
        painter.hline(area.x_range(), y(level), Stroke::new(1.0, theme::raised()));
        mark(&painter, pos2(area.left() + 5.0, y(level) - 7.0), format!("{:.0}", Db(level)));
    }
    let length = song.length().0.max(1);
    let rate = song.session.sample_rate;
    let x = |frame: u64| area.left() + area.width() * (frame as f64 / length as f64) as f32;
    for section in &song.session.sections {
        let at = x(section.start.frames(rate).0);
        painter.vline(at, area.y_range(), Stroke::new(1.0, theme::raised()));
        let text = pos2(at + 4.0, area.bottom() - 8.0);
        mark(&painter, text, section.name.clone());
    }
    let Some(figures) = &seen.measured.figures else { return };
    let history = &figures.mix.history;
    if let Some(integrated) = figures.mix.loudness.integrated.finite() {
        let line = [pos2(area.left(), y(integrated)), pos2(area.right(), y(integrated))];
        let stroke = Stroke::new(1.0, theme::accent());
        painter.extend(Shape::dashed_line(&line, stroke, 4.0, 3.0));
    }
    let last = history.len().saturating_sub(1).max(1) as f32;
    let points = history.iter().enumerate().step_by((history.len() / 1200).max(1));
    let points =
        points.map(|(n, value)| pos2(area.left() + area.width() * n as f32 / last, y(value.0)));
    painter.add(Shape::line(points.collect(), Stroke::new(1.6, theme::accent())));
    // A version with cuts is shorter than the song, so the song's playhead has no place here.
    let whole = song.current_version().is_some_and(|version| version.is_whole());
    if whole {
        painter.vline(x(seen.heard.frame), area.y_range(), Stroke::new(1.5, theme::text()));
    }
    let response = ui.interact(area, ui.scope_id().with("loudness"), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(WidgetRole::Group, true, "Loudness over the song"));
    let share = |at: egui::Pos2| f64::from(((at.x - area.left()) / area.width()).clamp(0.0, 1.0));
    if let Some(at) = response.hover_pos() {
        let n = (share(at) * f64::from(last)) as usize;
        let value = history.get(n).copied().unwrap_or(Lufs::SILENCE);
        let time = Seconds(n as f64 / 10.0);
        let text = format!("{time}  {value:.1} LUFS");
        painter.vline(at.x, area.y_range(), Stroke::new(1.0, theme::dim()));
        let to = pos2(area.right() - 8.0, area.top() + 10.0);
        write(&painter, to, Align2::RIGHT_CENTER, text, (11.0, Weight::Medium), theme::text());
    }
    let clicked = response.clicked().then(|| response.interact_pointer_pos()).flatten();
    if let Some(at) = clicked.filter(|_| whole) {
        seen.ask(Play::Seek((share(at) * length as f64) as u64));
    }
}

/// Smooths levels in dB, one per spectrum bin, by the mean power of 7 bins (about 0.4 octaves).
pub fn smoothed(levels: &[f32]) -> Vec<f32> {
    const REACH: usize = 3;
    let power = |level: &f32| 10f64.powf(f64::from(*level) / 10.0);
    let near = |n: usize| {
        let part = levels.get(n.saturating_sub(REACH)..(n + REACH + 1).min(levels.len()));
        let part = part.unwrap_or(&[]);
        part.iter().map(power).sum::<f64>() / part.len().max(1) as f64
    };
    (0..levels.len()).map(|n| (10.0 * near(n).max(1e-12).log10()) as f32).collect()
}

/// Mean spectra of mix and reference at equal loudness, over 60 dB. At the pointer: frequency and
/// difference.
fn spectrum(seen: &Seen<'_>, slope: Slope, ui: &Ui, area: Rect) {
    let painter = ui.painter().with_clip_rect(area.intersect(ui.clip_rect()));
    painter.rect_filled(area, 4.0, theme::panel());
    let last = (BINS - 1) as f32;
    let x = |n: usize| area.left() + area.width() * n as f32 / last;
    let bin = |hz: f64| {
        (0..BINS).min_by(|a, b| {
            let off = |n: usize| (bin_frequency(n).0 / hz).ln().abs();
            off(*a).total_cmp(&off(*b))
        })
    };
    for hz in [50.0, 200.0, 1000.0, 5000.0] {
        let at = x(bin(hz).unwrap_or(0));
        painter.vline(at, area.y_range(), Stroke::new(1.0, theme::raised()));
        let Hz(value) = Hz(hz);
        let text =
            if value < 1000.0 { format!("{value:.0}") } else { format!("{:.0}k", value / 1000.0) };
        mark(&painter, pos2(at + 4.0, area.bottom() - 8.0), text);
    }
    let Some(figures) = &seen.measured.figures else { return };
    let mix = smoothed(&figures.mix.spectrum);
    let reference =
        figures.reference.as_ref().map_or_else(Vec::new, |known| smoothed(&known.spectrum));
    let gain = figures
        .reference_loudness()
        .and_then(Lufs::finite)
        .zip(figures.mix.loudness.integrated.finite());
    let gain = gain.map_or(0.0, |(reference, mix)| (mix - reference) as f32);
    let highest = mix.iter().copied().fold(f32::MIN, f32::max).max(-100.0);
    let tilt = slope.per_octave().0 as f32;
    let y = |n: usize, level: f32| {
        let octaves = (bin_frequency(n).0 / 1000.0).log2() as f32;
        let share = (highest + 6.0 - level - octaves * tilt) / 60.0;
        area.top() + area.height() * share.clamp(0.0, 1.0)
    };
    let line = |levels: &[f32], gain: f32, stroke: Stroke| {
        let points = levels.iter().enumerate().map(|(n, level)| pos2(x(n), y(n, level + gain)));
        painter.add(Shape::line(points.collect(), stroke));
    };
    line(&reference, gain, Stroke::new(1.4, theme::dim()));
    line(&mix, 0.0, Stroke::new(1.6, theme::accent()));
    let words = if reference.is_empty() {
        "No reference: the mix alone"
    } else {
        "Mix in colour, reference in grey, equally loud"
    };
    let at = pos2(area.right() - 8.0, area.top() + 10.0);
    write(&painter, at, Align2::RIGHT_CENTER, words, (11.0, Weight::Regular), theme::dim());
    if let Some(at) = ui.input(|input| input.pointer.hover_pos()).filter(|at| area.contains(*at)) {
        let n = ((at.x - area.left()) / area.width() * last).round() as usize;
        let more = mix.get(n).zip(reference.get(n)).map(|(a, b)| f64::from(a - b - gain));
        if let Some(more) = more {
            painter.vline(at.x, area.y_range(), Stroke::new(1.0, theme::dim()));
            let text = format!("{:.0} Hz  {:+.1} dB", bin_frequency(n).0, Db(more));
            let to = pos2(area.right() - 8.0, area.top() + 26.0);
            write(&painter, to, Align2::RIGHT_CENTER, text, (11.0, Weight::Medium), theme::text());
        }
    }
}
