//! Zoom and scroll position of the timeline. [`Timeline`] maps frames to points of the window and
//! back; the Mix view and the strip of the Review view share one.

use egui::Rect;

/// Greatest zoom: this many points per frame.
const CLOSEST: f64 = 12.0;

/// The visible part of the song. [`Timeline::fit`] must be called first in every UI frame.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Timeline {
    /// The frame at the left edge.
    from: f64,
    /// Frames per point; 0 before the first `fit`.
    scale: f64,
    /// Length of the song in frames.
    length: f64,
    /// Width of the lanes in points, at the last `fit`.
    width: f64,
    /// How far down the lanes are scrolled, in points.
    pub down: f32,
    /// Zoom that a key asked for; `grant` applies it once the width is known.
    wish: Option<Wish>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Wish {
    All,
    Range(u64, u64),
    Zoom(f32),
}

impl Timeline {
    /// Takes the length of the song in frames and the width in points. Shows the whole song at
    /// first and when the length changed, and keeps the visible part within the song.
    pub fn fit(&mut self, length: u64, width: f32) {
        let (length, width) = (length.max(1) as f64, f64::from(width.max(1.0)));
        // A view of the whole song stays one when the window is resized.
        let whole = self.scale * self.width >= self.length * 0.999;
        let resized = std::mem::replace(&mut self.width, width) != width;
        if self.scale == 0.0 || self.length != length || (resized && whole) {
            self.scale = length / width;
            self.from = 0.0;
            self.length = length;
        }
        self.scale = within(self.scale, length, width);
        self.from = self.from.clamp(0.0, (length - self.scale * width).max(0.0));
    }

    /// Frame at `x`, within the song.
    pub fn frame_at(&self, x: f32, area: Rect) -> u64 {
        let frame = self.from + f64::from(x - area.left()) * self.scale;
        frame.clamp(0.0, self.length) as u64
    }

    /// Position of a frame, which may lie outside of `area`.
    pub fn x_of(&self, frame: u64, area: Rect) -> f32 {
        area.left() + ((frame as f64 - self.from) / self.scale.max(1e-9)) as f32
    }

    /// Frames per point.
    pub fn scale(&self) -> f64 {
        self.scale
    }

    /// Frame at the left edge.
    pub fn from(&self) -> f64 {
        self.from
    }

    /// Start and end of the visible part, as shares of the song from 0 to 1.
    pub fn window(&self, width: f32) -> (f64, f64) {
        let length = self.length.max(1.0);
        (self.from / length, (self.from + self.scale * f64::from(width)) / length)
    }

    /// [`Self::window`] at the width of the last `fit`.
    pub fn shown(&self) -> (f64, f64) {
        self.window(self.width as f32)
    }

    /// Whether the whole song is visible.
    pub fn is_whole(&self, width: f32) -> bool {
        self.scale * f64::from(width) >= self.length * 0.999
    }

    /// Requests that the whole song is shown.
    pub fn show_all(&mut self) {
        self.wish = Some(Wish::All);
    }

    /// Requests that a range of frames is shown with 5 % of its length on each side; without a
    /// range, the whole song.
    pub fn show_range(&mut self, range: Option<(u64, u64)>) {
        self.wish = Some(range.map_or(Wish::All, |(from, to)| Wish::Range(from, to)));
    }

    /// Requests a zoom; a factor above 1 zooms in.
    pub fn ask_zoom(&mut self, factor: f32) {
        self.wish = Some(Wish::Zoom(factor));
    }

    /// Applies the request. A zoom leaves the playhead in place if it is visible, else the middle.
    pub fn grant(&mut self, frame: u64, area: Rect) {
        let width = f64::from(area.width().max(1.0));
        match self.wish.take() {
            None => return,
            Some(Wish::All) => self.scale = f64::INFINITY,
            Some(Wish::Range(from, to)) => {
                let length = to.saturating_sub(from).max(1) as f64;
                self.scale = length * 1.1 / width;
                self.from = from as f64 - length * 0.05;
            }
            Some(Wish::Zoom(factor)) => {
                let x = self.x_of(frame, area);
                let fixed = if area.x_range().contains(x) { x } else { area.center().x };
                self.zoom(factor, fixed, area);
            }
        }
        self.fit(self.length as u64, area.width());
    }

    /// Scrolls a frame to the middle.
    pub fn centre(&mut self, frame: u64, width: f32) {
        self.from = frame as f64 - self.scale * f64::from(width) / 2.0;
        self.fit(self.length as u64, width);
    }

    /// Zooms; the frame at `x` stays there.
    pub fn zoom(&mut self, factor: f32, x: f32, area: Rect) {
        let fixed = self.from + f64::from(x - area.left()) * self.scale;
        let scale = self.scale / f64::from(factor.max(0.01));
        self.scale = within(scale, self.length, f64::from(area.width().max(1.0)));
        self.from = fixed - f64::from(x - area.left()) * self.scale;
        self.fit(self.length as u64, area.width());
    }

    /// Scrolls by points; positive values show earlier frames.
    pub fn scroll(&mut self, points: f32) {
        self.from -= f64::from(points) * self.scale;
    }

    /// Scrolls a place of the song, as a share from 0 to 1, to the middle.
    pub fn centre_on(&mut self, share: f64, width: f32) {
        self.from = share * self.length - self.scale * f64::from(width) / 2.0;
    }

    /// Scrolls by a page when the playhead leaves the visible part.
    pub fn follow(&mut self, frame: u64, width: f32) {
        let frame = frame as f64;
        let page = self.scale * f64::from(width);
        if frame > self.from + page || frame < self.from {
            self.from = (frame - page * 0.05).max(0.0);
        }
    }
}

/// Limits a scale in frames per point: from the greatest zoom to the whole song.
fn within(scale: f64, length: f64, width: f64) -> f64 {
    let whole = length / width;
    scale.clamp((1.0 / CLOSEST).min(whole), whole)
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::pos2;

    #[test]
    fn from_the_whole_song_to_single_samples() {
        let area = Rect::from_min_max(pos2(100.0, 0.0), pos2(1100.0, 50.0));
        let mut timeline = Timeline::default();
        timeline.fit(10_000_000, area.width());
        assert!(timeline.is_whole(area.width()));
        let frame = timeline.frame_at(600.0, area);
        for _ in 0..200 {
            timeline.zoom(1.2, 600.0, area);
        }
        assert!((timeline.scale() - 1.0 / CLOSEST).abs() < 1e-9);
        assert!(timeline.frame_at(600.0, area).abs_diff(frame) <= 1);
        for _ in 0..200 {
            timeline.zoom(0.8, 600.0, area);
        }
        assert!(timeline.is_whole(area.width()));
    }
}
