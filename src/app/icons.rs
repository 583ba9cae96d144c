//! Icons, drawn as shapes.

use egui::{Color32, Painter, Pos2, Shape, Stroke, Vec2, pos2, vec2};

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    ToStart,
    Play,
    Pause,
    Loop,
    Down,
    Check,
    Cross,
    /// Folded group.
    Folded,
    More,
}

/// Draws an icon around a centre, within about 18 points.
pub fn draw(painter: &Painter, icon: Icon, centre: Pos2, colour: Color32) {
    let at = |x: f32, y: f32| centre + vec2(x, y);
    let triangle = |points: [Pos2; 3]| Shape::convex_polygon(points.to_vec(), colour, Stroke::NONE);
    let bar = |from: Pos2, size: Vec2| {
        painter.rect_filled(egui::Rect::from_min_size(from, size), 1.0, colour);
    };
    match icon {
        Icon::Play => {
            painter.add(triangle([at(-5.0, -7.0), at(7.5, 0.0), at(-5.0, 7.0)]));
        }
        Icon::Pause => {
            bar(at(-5.5, -6.5), vec2(4.0, 13.0));
            bar(at(1.5, -6.5), vec2(4.0, 13.0));
        }
        Icon::ToStart => {
            bar(at(-6.5, -6.0), vec2(2.4, 12.0));
            painter.add(triangle([at(6.5, -6.0), at(6.5, 6.0), at(-3.5, 0.0)]));
        }
        Icon::Loop => {
            let stroke = Stroke::new(1.7, colour);
            painter.add(Shape::line(
                vec![at(-7.0, 1.0), at(-7.0, -1.5), at(-4.5, -4.0), at(5.0, -4.0)],
                stroke,
            ));
            painter.add(Shape::line(
                vec![at(7.0, -1.0), at(7.0, 1.5), at(4.5, 4.0), at(-5.0, 4.0)],
                stroke,
            ));
            painter.add(triangle([at(4.0, -7.2), at(7.8, -4.0), at(4.0, -0.8)]));
            painter.add(triangle([at(-4.0, 0.8), at(-7.8, 4.0), at(-4.0, 7.2)]));
        }
        Icon::Down => {
            let points = vec![at(-4.0, -2.0), at(0.0, 2.2), at(4.0, -2.0)];
            painter.add(Shape::line(points, Stroke::new(1.6, colour)));
        }
        Icon::Cross => {
            for (from, to) in [((-4.0, -4.0), (4.0, 4.0)), ((-4.0, 4.0), (4.0, -4.0))] {
                let line = [at(from.0, from.1), at(to.0, to.1)];
                painter.line_segment(line, Stroke::new(1.5, colour));
            }
        }
        Icon::Folded => {
            let points = vec![at(-2.0, -4.0), at(2.2, 0.0), at(-2.0, 4.0)];
            painter.add(Shape::line(points, Stroke::new(1.6, colour)));
        }
        Icon::More => {
            for x in [-5.0, 0.0, 5.0] {
                painter.circle_filled(at(x, 0.0), 1.6, colour);
            }
        }
        Icon::Check => {
            let points = vec![at(-4.0, 0.0), at(-1.2, 3.0), at(4.2, -3.2)];
            painter.add(Shape::line(points, Stroke::new(2.0, colour)));
        }
    }
}

/// Round badge with a tick.
pub fn verified(painter: &Painter, centre: Pos2, colour: Color32) {
    painter.circle_filled(centre, 9.0, colour);
    draw(painter, Icon::Check, pos2(centre.x, centre.y), super::theme::background());
}
