//! Round knobs: the small pan pointer in the header of a lane, and the ring of the rack.

use super::value::{Change, Parameter};
use crate::app::theme::{self, Weight};
use egui::{Color32, Painter, Pos2, Rect, Sense, Shape, Stroke, Ui, Vec2, pos2, vec2};
use std::f32::consts::PI;

/// Angle of position 0, at the lower left. The positions go clockwise to the lower right.
const FIRST: f32 = 0.75 * PI;
/// Angle from position 0 to position 1.
const SWEEP: f32 = 1.5 * PI;
/// Size of the texts of a ring, and the least one, in points.
const SIZES: [f32; 2] = [11.5, 8.5];

fn direction(position: f32) -> Vec2 {
    let angle = FIRST + SWEEP * position;
    vec2(angle.cos(), angle.sin())
}

fn arc(centre: Pos2, radius: f32, from: f32, to: f32) -> Vec<Pos2> {
    let steps = ((to - from).abs() * 48.0).ceil().max(1.0) as usize;
    (0..=steps)
        .map(|n| centre + direction(from + (to - from) * n as f32 / steps as f32) * radius)
        .collect()
}

/// The small pan pointer in the header of a lane.
pub fn pointer(ui: &mut Ui, centre: Pos2, parameter: &Parameter<'_>) -> Change {
    let rect = Rect::from_center_size(centre, vec2(24.0, 24.0));
    let id = ui.scope_id().with(("pointer", parameter.name));
    let response = ui.interact(rect, id, Sense::click_and_drag());
    let change = parameter.handle(ui, &response, None, false);
    let position = (parameter.to_position)(change.value.unwrap_or(parameter.value)) as f32;
    let lit = response.hovered() || response.has_focus();
    let colour = if lit { theme::text() } else { theme::dim() };
    let painter = ui.painter();
    painter.circle_stroke(centre, 9.0, Stroke::new(1.6, colour));
    let tip = centre + direction(position) * 8.0;
    painter.line_segment([centre, tip], Stroke::new(2.0, theme::text()));
    change
}

/// A ring with the value inside and `label` below; `rect` is the square around the ring.
pub fn knob(ui: &mut Ui, rect: Rect, label: &str, parameter: &Parameter<'_>) -> Change {
    let id = ui.scope_id().with(("knob", parameter.name));
    let response = ui.interact(rect, id, Sense::click_and_drag());
    let change = parameter.handle(ui, &response, None, false);
    let value = change.value.unwrap_or(parameter.value);
    let position = (parameter.to_position)(value) as f32;
    let home = (parameter.to_position)(parameter.default) as f32;
    let (centre, radius) = (rect.center(), rect.width() / 2.0);
    let painter = ui.painter();
    painter.add(Shape::line(arc(centre, radius, 0.0, 1.0), Stroke::new(3.5, theme::line())));
    // With a default in the middle of the range, the arc starts there.
    let from = if (home - 0.5).abs() < 1e-3 { home } else { 0.0 };
    if (position - from).abs() > 1e-3 {
        let lit: Color32 = theme::accent();
        painter.add(Shape::line(arc(centre, radius, from, position), Stroke::new(3.5, lit)));
    }
    // The value stays within the ring.
    let text = (parameter.show)(value);
    let font = (SIZES, Weight::Medium);
    theme::write_around(painter, centre, rect.width() - 8.0, &text, font, theme::text());
    let below = pos2(centre.x, rect.bottom() + 12.0);
    legend(painter, below, rect.width() + 30.0, label);
    change
}

/// Writes the label below a ring or a list.
pub fn legend(painter: &Painter, at: Pos2, width: f32, text: &str) {
    theme::write_around(painter, at, width, text, (SIZES, Weight::Regular), theme::dim());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::widgets::Notch;
    use egui::epaint::TextShape;
    use egui_kittest::Harness;

    #[test]
    fn a_value_stays_within_its_ring() {
        let rect = Rect::from_min_size(pos2(40.0, 20.0), vec2(42.0, 42.0));
        let mut harness = Harness::builder().with_context_setup(theme::apply).build_ui(move |ui| {
            let parameter = Parameter {
                name: "Threshold",
                value: -21.5,
                default: 0.0,
                to_position: &|db| 1.0 + db / 60.0,
                from_position: &|position| 60.0 * (position - 1.0),
                show: &|db| format!("{db:.1} dB"),
                read: &|_| None,
                notch: Notch::By(0.5),
            };
            knob(ui, rect, "A label that is long", &parameter);
        });
        harness.run_steps(2);
        let texts = harness.output().shapes.iter().filter_map(|clipped| match &clipped.shape {
            Shape::Text(TextShape { pos, galley, .. }) => {
                Some((galley.job.text.clone(), galley.rect.translate(pos.to_vec2())))
            }
            _ => None,
        });
        let texts: Vec<(String, Rect)> = texts.collect();
        let (_, value) = texts.iter().find(|(text, _)| text.ends_with("dB")).unwrap();
        assert!(value.width() <= rect.width() - 4.0, "{value:?}");
    }
}
