//! Spectra for plots.

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
