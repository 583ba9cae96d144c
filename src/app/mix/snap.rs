//! Snapping on the timeline: to beats and bars, to sections, or to zero crossings of the selected
//! stem.

use super::ruler;
use crate::app::open_song::OpenSong;
use crate::app::panels::Panels;
use crate::app::preferences::Snap;
use crate::app::seen::Seen;
use crate::dsp::silence;
use crate::engine::source::{Scratch, StemSource};
use crate::session::grid::Grid;
use crate::units::Seconds;
use egui::Ui;

/// Zero crossings are searched this far to each side, in seconds.
const NEAR: f64 = 0.01;

/// The frame to which `frame` snaps by the preference, at most the end of the song. While Shift is
/// held, `frame` itself.
pub fn snapped(seen: &Seen<'_>, panels: &Panels, song: &OpenSong, ui: &Ui, frame: u64) -> u64 {
    if ui.input(|input| input.modifiers.shift) {
        return frame;
    }
    let end = song.length().0;
    let to = match panels.preferences.snap {
        Snap::Off => frame,
        Snap::Grid => grid(panels, song, frame),
        Snap::Sections => {
            let rate = song.session.sample_rate;
            let starts = song.session.sections.iter().map(|s| s.start.frames(rate).0);
            let all = starts.chain([0, end]);
            all.min_by_key(|start| start.abs_diff(frame)).unwrap_or(frame)
        }
        Snap::Zero => {
            let stems = &song.session.stems;
            let at = stems.iter().position(|stem| Some(stem.id) == song.selected);
            let sources = seen.heard.sources.as_ref();
            let source = at.and_then(|at| sources?.get(at));
            let reach = (song.session.sample_rate.hz().0 * NEAR) as u64;
            source.and_then(|source| zero_crossing(source, frame, reach)).unwrap_or(frame)
        }
    };
    to.min(end)
}

/// The nearest beat, or the nearest bar if beats are at most 6 points apart. Without a tempo, the
/// nearest mark of the ruler.
fn grid(panels: &Panels, song: &OpenSong, frame: u64) -> u64 {
    let rate = song.session.sample_rate.hz().0;
    let time = Seconds(frame as f64 / rate);
    if let (Some(grid), Some(beat)) = (Grid::of(&song.session), song.session.beat()) {
        let wide = beat.0 * rate / panels.mix.timeline.scale() > 6.0;
        let near = if wide { grid.nearest_beat(time) } else { grid.nearest_bar(time) };
        return near.frames(song.session.sample_rate).0;
    }
    let step = ruler::step(panels.mix.timeline.scale() / rate) / 4.0;
    ((frame as f64 / rate / step).round() * step * rate).round().max(0.0) as u64
}

/// The nearest frame at which the sum of both channels changes its sign; `None` if there is none
/// within `reach` frames, or the stem cannot be read.
fn zero_crossing(source: &StemSource, frame: u64, reach: u64) -> Option<u64> {
    let first = frame.saturating_sub(reach);
    let count = (frame + reach - first) as usize + 1;
    let [mut left, mut right] = silence(count);
    source.read(first as i64, false, &mut left, &mut right, &mut Scratch::new()).ok()?;
    let sum: Vec<f32> = left.iter().zip(&right).map(|(l, r)| l + r).collect();
    let crossings = sum.windows(2).enumerate().filter_map(|(n, pair)| match pair {
        [a, b] if *a == 0.0 || (*a < 0.0) != (*b < 0.0) => {
            // The sample that is nearer to zero.
            Some(first + n as u64 + u64::from(a.abs() > b.abs()))
        }
        _ => None,
    });
    crossings.min_by_key(|at| at.abs_diff(frame))
}
