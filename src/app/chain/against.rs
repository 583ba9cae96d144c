//! Mean spectra behind the large equaliser of the mix: of the mix, of the reference, or the
//! difference of both at equal loudness.

use super::Rack;
use crate::app::measured::Figures;
use crate::app::panels::chain::Behind;
use crate::app::plots::{band, figure, smoothed};
use crate::app::theme;
use crate::app::widgets::segments;
use crate::dsp::spectrum::bin_frequency;
use crate::texts::say;
use crate::units::{Db, Hz, Lufs};
use egui::{Align2, Color32, Painter, Pos2, Rect, Shape, Stroke, Ui, pos2, vec2};

/// Decibels from the top of the plot to its bottom, for the spectra themselves.
const SPAN: f32 = 66.0;

/// Places of a plot: frequency to x, and gain in dB to y.
pub struct Places<'a> {
    pub area: Rect,
    pub x: &'a dyn Fn(Hz) -> f32,
    pub y: &'a dyn Fn(f64) -> f32,
}

/// Level of the mix above the reference in dB, per spectrum bin, at equal loudness; `None` without
/// a reference.
fn difference(figures: &Figures) -> Option<Vec<f32>> {
    let reference = figures.reference.as_ref()?;
    let mix = figures.mix.loudness.integrated.finite()?;
    let gain = (mix - figures.reference_loudness().and_then(Lufs::finite)?) as f32;
    let (a, b) = (smoothed(&figures.mix.spectrum), smoothed(&reference.spectrum));
    Some(a.iter().zip(&b).map(|(a, b)| a - b - gain).collect())
}

/// Draws what is chosen.
pub fn show(rack: &Rack<'_>, painter: &Painter, places: &Places<'_>) {
    let Some(figures) = &rack.seen.measured.figures else { return };
    let mix = smoothed(&figures.mix.spectrum);
    let highest = mix.iter().copied().fold(f32::MIN, f32::max).max(-100.0);
    let spectrum = |levels: &[f32]| -> Vec<Pos2> {
        let y = |level: f32| {
            let share = ((highest + 6.0 - level) / SPAN).clamp(0.0, 1.0);
            places.area.top() + places.area.height() * share
        };
        points(levels, places, &y)
    };
    match rack.racks.behind {
        Behind::Mix => fill(painter, &spectrum(&mix), places.area.bottom(), theme::accent()),
        Behind::Reference => {
            let reference = figures.reference.as_ref();
            let levels = reference.map_or_else(Vec::new, |known| smoothed(&known.spectrum));
            fill(painter, &spectrum(&levels), places.area.bottom(), theme::dim());
        }
        Behind::Difference => {
            let Some(levels) = difference(figures) else { return };
            let y = |level: f32| (places.y)(f64::from(level).clamp(-18.0, 18.0));
            fill(painter, &points(&levels, places, &y), (places.y)(0.0), theme::accent());
            let at = places.area.left_top() + vec2(12.0, 12.0);
            let text = say!("chain-against-above-or-below");
            figure(painter, at, Align2::LEFT_CENTER, text, [theme::dim(), theme::background()]);
        }
    }
}

fn points(levels: &[f32], places: &Places<'_>, y: &dyn Fn(f32) -> f32) -> Vec<Pos2> {
    let all = levels.iter().enumerate();
    all.map(|(n, level)| pos2((places.x)(bin_frequency(n)), y(*level))).collect()
}

/// A line, and the area between it and `base`.
fn fill(painter: &Painter, points: &[Pos2], base: f32, colour: Color32) {
    let edges = points.iter().map(|point| (*point, pos2(point.x, base)));
    painter.add(band(edges, theme::mixed(colour, 0.2, theme::background())));
    let line = theme::mixed(colour, 0.6, theme::background());
    painter.add(Shape::line(points.to_vec(), Stroke::new(1.2, line)));
}

/// The switch between the spectra, at the right of `free` in the heading, and the difference at the
/// pointer.
pub fn switch(rack: &mut Rack<'_>, ui: &mut Ui, free: Rect, area: Rect) {
    let width = 280.0f32.min(free.width());
    let from = pos2(free.right() - width, free.top() + 1.0);
    let place = Rect::from_min_size(from, vec2(width, 24.0));
    let lit = Behind::ALL.iter().position(|one| *one == rack.racks.behind).unwrap_or(0);
    let names = [
        say!("chain-against-mix"),
        say!("chain-against-reference"),
        say!("chain-against-difference"),
    ];
    let picked = segments(ui, place, &names, lit);
    if let Some(behind) = picked.and_then(|n| Behind::ALL.get(n)) {
        let reference = rack.seen.measured.figures.as_ref().is_some_and(|f| f.reference.is_some());
        if *behind == Behind::Mix || reference {
            rack.racks.behind = *behind;
        } else {
            rack.seen.say(say!("chain-against-no-reference"));
        }
    }
    let pointed = ui.input(|input| input.pointer.hover_pos()).filter(|at| area.contains(*at));
    let Some(at) = pointed else { return };
    let levels = rack.seen.measured.figures.as_ref().and_then(difference);
    let Some(levels) = levels else { return };
    let share = f64::from((at.x - area.left()) / area.width());
    let hz = 20.0 * (share * 1000f64.log2()).exp2();
    let near = (0..levels.len()).min_by(|a, b| {
        let off = |n: usize| (bin_frequency(n).0 / hz).ln().abs();
        off(*a).total_cmp(&off(*b))
    });
    if let Some(level) = near.and_then(|n| levels.get(n)) {
        let text = say!(
            "chain-against-at",
            frequency = format!("{hz:.0}"),
            gain = format!("{:+.1}", Db(f64::from(*level))),
        );
        let to = pos2(area.right() - 8.0, area.bottom() - 12.0);
        let colours = [theme::text(), theme::background()];
        figure(ui.painter(), to, Align2::RIGHT_CENTER, text, colours);
    }
}
