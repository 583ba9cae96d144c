//! What the pointer is drawn to on the timeline.

use super::ruler;
use crate::app::App;
use crate::app::document::Document;
use crate::app::preferences::Snap;
use crate::dsp::silence;
use crate::engine::source::{Scratch, StemSource};
use egui::Ui;

/// Zero crossings are looked for this far to each side, in seconds.
const NEAR: f64 = 0.01;

/// The place that is meant by a frame under the pointer; Shift takes it as it is.
pub fn snapped(app: &App, document: &Document, ui: &Ui, frame: u64) -> u64 {
    if ui.input(|input| input.modifiers.shift) {
        return frame;
    }
    let end = document.length().0;
    let to = match app.preferences.snap {
        Snap::Off => frame,
        Snap::Grid => grid(app, document, frame),
        Snap::Sections => {
            let rate = document.session.sample_rate;
            let starts = document.session.sections.iter().map(|s| s.start.frames(rate).0);
            let all = starts.chain([0, end]);
            all.min_by_key(|start| start.abs_diff(frame)).unwrap_or(frame)
        }
        Snap::Zero => {
            let stems = &document.session.stems;
            let at = stems.iter().position(|stem| Some(stem.id) == document.selected);
            let sources = app.listen.sources.as_ref();
            let source = at.and_then(|at| sources?.get(at));
            let reach = (document.session.sample_rate.hz().0 * NEAR) as u64;
            source.and_then(|source| zero_crossing(source, frame, reach)).unwrap_or(frame)
        }
    };
    to.min(end)
}

/// The nearest beat; where beats are too close to each other for the eye, the nearest bar; the
/// nearest mark of the ruler where no tempo is known.
fn grid(app: &App, document: &Document, frame: u64) -> u64 {
    let rate = document.session.sample_rate.hz().0;
    let step = match document.session.beat() {
        Some(beat) => {
            let bar = f64::from(document.session.song.meter.map_or(4, |(beats, _)| beats.max(1)));
            let wide = |seconds: f64| seconds * rate / app.timeline.scale() > 6.0;
            if wide(beat.0) { beat.0 } else { beat.0 * bar }
        }
        None => ruler::step(app.timeline.scale() / rate) / 4.0,
    };
    ((frame as f64 / rate / step).round() * step * rate).round().max(0.0) as u64
}

/// The nearest frame at which the sum of both channels changes its sign.
fn zero_crossing(source: &StemSource, frame: u64, reach: u64) -> Option<u64> {
    let first = frame.saturating_sub(reach);
    let count = (frame + reach - first) as usize + 1;
    let [mut left, mut right] = silence(count);
    source.read(first as i64, false, &mut left, &mut right, &mut Scratch::new()).ok()?;
    let sum: Vec<f32> = left.iter().zip(&right).map(|(l, r)| l + r).collect();
    let crossings = sum.windows(2).enumerate().filter_map(|(n, pair)| match pair {
        [a, b] if *a == 0.0 || (*a < 0.0) != (*b < 0.0) => {
            // The nearer to zero of the two.
            Some(first + n as u64 + u64::from(a.abs() > b.abs()))
        }
        _ => None,
    });
    crossings.min_by_key(|at| at.abs_diff(frame))
}
