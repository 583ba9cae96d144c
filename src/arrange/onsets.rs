//! Helpers on series of numbers, shared by `beats` and `bars`.

/// The maximum within `reach` of a position, both in indices; 0 if none is in range.
pub fn most_near(series: &[f32], place: f64, reach: f64) -> f64 {
    let from = (place - reach).ceil().max(0.0) as usize;
    let to = (place + reach).floor().max(-1.0) + 1.0;
    let part =
        series.get(from.min(series.len())..(to as usize).clamp(from, series.len().max(from)));
    part.unwrap_or(&[]).iter().copied().fold(0.0f32, f32::max).into()
}

/// The value below which `share` of all values lie; 0 for an empty list.
pub fn percentile(values: &[f64], share: f64) -> f64 {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|x| x.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    let place = (sorted.len().saturating_sub(1)) as f64 * share.clamp(0.0, 1.0);
    sorted.get(place.round() as usize).copied().unwrap_or(0.0)
}

/// 0 without values.
pub fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (count, total) = values.fold((0u32, 0.0), |(n, sum), x| (n + 1, sum + x));
    if count == 0 { 0.0 } else { total / f64::from(count) }
}

/// Least-squares line through points (x, y): intercept and slope. `None` if all x are equal.
pub fn line(points: &[(f64, f64)]) -> Option<(f64, f64)> {
    let count = points.len() as f64;
    let (mx, my) = (mean(points.iter().map(|p| p.0)), mean(points.iter().map(|p| p.1)));
    let (mut xx, mut xy) = (0.0, 0.0);
    for (x, y) in points {
        xx += (x - mx) * (x - mx);
        xy += (x - mx) * (y - my);
    }
    (count >= 2.0 && xx > 0.0).then(|| (my - xy / xx * mx, xy / xx))
}
