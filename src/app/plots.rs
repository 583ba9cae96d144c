//! What several plots draw: smoothed spectra ([`smoothed`]) and filled areas ([`band`]).

use egui::{Color32, Mesh, Pos2, Shape};

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
