//! Waveforms in small: of a whole song from its peaks ([`song_wave`]), and of a few milliseconds
//! from single samples ([`sample_wave`]).

use super::mix::Waveform;
use crate::dsp::silence;
use crate::engine::source::{Scratch, StemSource};
use crate::media::peaks::{BASE, Peaks};
use egui::{Color32, Painter, Rect, Shape, Stroke, pos2};

/// Draws a sound that begins at frame `offset` of a song of `length` frames. `colours` are those of
/// the wave and of what lies under it.
pub fn song_wave(
    painter: &Painter,
    area: Rect,
    peaks: &Peaks,
    offset: i64,
    length: u64,
    (colour, under): (Color32, Color32),
) {
    let mut waveform = Waveform::new(area, colour, under);
    let step = 1.0 / painter.pixels_per_point().max(1.0);
    let scale = length as f64 / f64::from(area.width().max(1.0));
    let (mut x, mut end) = (area.left(), area.left());
    while x < area.right() {
        let from = f64::from(x - area.left()) * scale - offset as f64;
        let to = from + scale * f64::from(step);
        if let Some(point) = peaks.span(from, to).filter(|_| from >= 0.0) {
            waveform.column(x, point);
            end = x + step;
        }
        x += step;
    }
    waveform.paint(end, painter);
}

/// Half the reach of a source between its lowest and its highest sample, from song frame `from` on.
pub fn reach(source: &StemSource, from: i64, count: usize) -> f32 {
    let both = read(source, from, count);
    let all = || both.iter().flatten().copied();
    (all().fold(f32::MIN, f32::max) - all().fold(f32::MAX, f32::min)).max(0.0) * 0.5
}

/// The frame of a file at which the sound rises most within a few milliseconds.
pub fn onset(peaks: &Peaks) -> Option<u64> {
    // The reach between lowest and highest sample ignores a constant offset.
    let reach: Vec<f32> = peaks.points().iter().map(|point| point.most - point.least).collect();
    let rise = |n: usize| {
        let before = reach.get(n.saturating_sub(6)..n)?.iter().copied().fold(0.0, f32::max);
        Some(reach.get(n)? - before)
    };
    let all = (6..reach.len()).filter_map(|n| Some((n, rise(n)?)));
    let (n, _) = all.max_by(|a, b| a.1.total_cmp(&b.1))?;
    Some(n as u64 * BASE as u64)
}

fn read(source: &StemSource, from: i64, count: usize) -> [Vec<f32>; 2] {
    let [mut left, mut right] = silence(count);
    // A file that cannot be read is drawn as silence; its line says why.
    let _ = source.read(from, false, &mut left, &mut right, &mut Scratch::new());
    if source.is_mono() {
        right.copy_from_slice(&left);
    }
    [left, right]
}

/// Draws the samples of a source from song frame `from` on, both channels as one; `most` is the
/// level that fills the area. A constant offset, which would push the wave out of the picture, is
/// left out.
pub fn sample_wave(
    painter: &Painter,
    area: Rect,
    source: &StemSource,
    (from, count): (i64, usize),
    most: f32,
    colour: Color32,
) {
    let points = both(source, from, count);
    let offset = points.iter().sum::<f32>() / points.len().max(1) as f32;
    let points: Vec<f32> = points.iter().map(|x| x - offset).collect();
    wave(painter, area, &points, most, colour);
}

/// Draws the samples of a source from song frame `from` on with their constant offset from the line
/// of silence in the middle.
pub fn offset_wave(
    painter: &Painter,
    area: Rect,
    source: &StemSource,
    (from, count): (i64, usize),
    colour: Color32,
) {
    let points = both(source, from, count);
    let most = points.iter().fold(1e-5f32, |most, x| most.max(x.abs())) * 1.4;
    wave(painter, area, &points, most, colour);
}

/// The mean of both channels.
fn both(source: &StemSource, from: i64, count: usize) -> Vec<f32> {
    let [left, right] = read(source, from, count);
    left.iter().zip(&right).map(|(l, r)| (l + r) * 0.5).collect()
}

fn wave(painter: &Painter, area: Rect, points: &[f32], most: f32, colour: Color32) {
    let count = points.len();
    let y = |x: f32| area.center().y - (x / most.max(1e-6)).clamp(-1.0, 1.0) * area.height() * 0.5;
    let columns = area.width().max(1.0) as usize;
    if count <= 2 * columns {
        let x = |n: usize| area.left() + area.width() * n as f32 / (count.max(2) - 1) as f32;
        let line = points.iter().enumerate().map(|(n, v)| pos2(x(n), y(*v))).collect();
        painter.add(Shape::line(line, Stroke::new(1.2, colour)));
        return;
    }
    for (n, part) in points.chunks(count.div_ceil(columns).max(1)).enumerate() {
        let (low, high) =
            part.iter().fold((f32::MAX, f32::MIN), |(low, high), v| (low.min(*v), high.max(*v)));
        let x = area.left() + n as f32 + 0.5;
        painter.vline(x, y(high) - 0.4..=y(low) + 0.4, Stroke::new(1.0, colour));
    }
}
