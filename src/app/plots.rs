//! What several plots draw: smoothed spectra ([`smoothed`]), filled areas ([`band`]), figures among
//! lines ([`figure`]), and what a limiter takes away over the song ([`reduction`]).

use super::theme::{self, Weight, write};
use crate::units::Db;
use egui::{Align2, Color32, Mesh, Painter, Pos2, Rect, Shape, pos2, vec2};

/// A limiter's gain over the song as bars from the top, the deepest of each column; `deepest` is the
/// reduction in dB that reaches the bottom.
pub fn reduction(painter: &Painter, plot: Rect, gains: &[Db], deepest: f32) {
    let count = gains.len().max(1) as f32;
    let columns = (plot.width() / 3.0).max(1.0);
    let each = (count / columns).ceil().max(1.0) as usize;
    for (n, part) in gains.chunks(each).enumerate() {
        let most = part.iter().map(|gain| gain.0).fold(0.0, f64::min) as f32;
        if most > -0.05 {
            continue;
        }
        let left = plot.left() + plot.width() * (n * each) as f32 / count;
        let depth = plot.height() * (-most / deepest).min(1.0);
        let bar = Rect::from_min_size(pos2(left, plot.top()), vec2(1.8, depth));
        painter.rect_filled(bar, 0.0, theme::caution());
    }
}

/// Writes a figure on a ground of its own, so that no line behind it strikes it through.
pub fn figure(
    painter: &Painter,
    at: Pos2,
    align: Align2,
    text: impl ToString,
    [ink, ground]: [Color32; 2],
) -> Rect {
    let under = painter.add(Shape::Noop);
    let place = write(painter, at, align, text, (11.0, Weight::Regular), ink);
    painter.set(under, Shape::rect_filled(place.expand2(vec2(3.0, 0.0)), 3.0, ground));
    place
}

/// The area between two lines, which run through the first and the second points of `edges`.
pub fn band(edges: impl IntoIterator<Item = (Pos2, Pos2)>, colour: Color32) -> Shape {
    let mut mesh = Mesh::default();
    for (n, (one, other)) in edges.into_iter().enumerate() {
        mesh.colored_vertex(one, colour);
        mesh.colored_vertex(other, colour);
        if n > 0 {
            let at = 2 * n as u32;
            mesh.add_triangle(at - 2, at - 1, at);
            mesh.add_triangle(at - 1, at, at + 1);
        }
    }
    Shape::mesh(mesh)
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
