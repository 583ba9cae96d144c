//! Which part of the song is in sight.

use egui::Rect;

/// The closest look: this many points for one sample.
const CLOSEST: f64 = 12.0;

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Timeline {
    /// The frame at the left edge.
    from: f64,
    /// Frames per point; 0 until it is known.
    scale: f64,
    length: f64,
    width: f64,
    /// How far down the lanes are scrolled.
    pub down: f32,
    /// What a key asked for; done once the width is known.
    wish: Option<Wish>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Wish {
    All,
    Range(u64, u64),
    Zoom(f32),
}

impl Timeline {
    /// Shows the whole song at first, and never looks past its ends.
    pub fn fit(&mut self, length: u64, width: f32) {
        let (length, width) = (length.max(1) as f64, f64::from(width.max(1.0)));
        // What showed the whole song goes on doing so when the window gets another size.
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

    pub fn frame_at(&self, x: f32, area: Rect) -> u64 {
        let frame = self.from + f64::from(x - area.left()) * self.scale;
        frame.clamp(0.0, self.length) as u64
    }

    pub fn x_of(&self, frame: u64, area: Rect) -> f32 {
        area.left() + ((frame as f64 - self.from) / self.scale.max(1e-9)) as f32
    }

    pub fn scale(&self) -> f64 {
        self.scale
    }

    pub fn from(&self) -> f64 {
        self.from
    }

    /// What part of the song is in sight, from 0 to 1.
    pub fn window(&self, width: f32) -> (f64, f64) {
        let length = self.length.max(1.0);
        (self.from / length, (self.from + self.scale * f64::from(width)) / length)
    }

    /// The same for the lanes as they were drawn last.
    pub fn shown(&self) -> (f64, f64) {
        self.window(self.width as f32)
    }

    pub fn is_whole(&self, width: f32) -> bool {
        self.scale * f64::from(width) >= self.length * 0.999
    }

    pub fn show_all(&mut self) {
        self.wish = Some(Wish::All);
    }

    /// Shows a range with some room around it; without one, the whole song.
    pub fn show_range(&mut self, range: Option<(u64, u64)>) {
        self.wish = Some(range.map_or(Wish::All, |(from, to)| Wish::Range(from, to)));
    }

    pub fn ask_zoom(&mut self, factor: f32) {
        self.wish = Some(Wish::Zoom(factor));
    }

    /// Does what was asked for; zooming keeps the playhead where it is, if it is in sight.
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

    /// Keeps a frame in the middle.
    pub fn centre(&mut self, frame: u64, width: f32) {
        self.from = frame as f64 - self.scale * f64::from(width) / 2.0;
        self.fit(self.length as u64, width);
    }

    /// Zooms around a place that stays where it is.
    pub fn zoom(&mut self, factor: f32, x: f32, area: Rect) {
        let fixed = self.from + f64::from(x - area.left()) * self.scale;
        let scale = self.scale / f64::from(factor.max(0.01));
        self.scale = within(scale, self.length, f64::from(area.width().max(1.0)));
        self.from = fixed - f64::from(x - area.left()) * self.scale;
        self.fit(self.length as u64, area.width());
    }

    pub fn scroll(&mut self, points: f32) {
        self.from -= f64::from(points) * self.scale;
    }

    /// Puts a share of the song, from 0 to 1, in the middle.
    pub fn centre_on(&mut self, share: f64, width: f32) {
        self.from = share * self.length - self.scale * f64::from(width) / 2.0;
    }

    /// Turns the page when the playhead leaves it.
    pub fn follow(&mut self, frame: u64, width: f32) {
        let frame = frame as f64;
        let page = self.scale * f64::from(width);
        if frame > self.from + page || frame < self.from {
            self.from = (frame - page * 0.05).max(0.0);
        }
    }
}

/// A scale between a few points a sample and the whole song.
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
