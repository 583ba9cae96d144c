//! Comments on the ruler: a pin at the start, and a line along a range. A click selects the comment
//! and seeks, a double-click opens the Review view too.

use super::{about, status_word};
use crate::app::deeds::Play;
use crate::app::panels::Panels;
use crate::app::seen::Seen;
use crate::app::theme::{self, Weight, write};
use crate::app::view::View;
use crate::review::comments::{Comment, Status};
use crate::texts::say;
use crate::units::Seconds;
use egui::{Align2, Color32, Rect, Role as WidgetRole, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

/// Radius of a pin, in points.
const ROUND: f32 = 8.0;

/// Colour for the status of a comment.
pub fn colour(status: Status) -> Color32 {
    match status {
        Status::Open | Status::Question => theme::caution(),
        Status::Done => theme::good(),
        Status::Wont => theme::dim(),
    }
}

/// Draws a pin with the comment's number, or `?` for a question.
pub fn pin(ui: &Ui, at: egui::Pos2, comment: &Comment, lit: bool) {
    let fill = if comment.deleted { theme::line() } else { colour(comment.status) };
    ui.painter().circle_filled(at, ROUND, fill);
    if lit {
        ui.painter().circle_stroke(at, ROUND + 2.0, Stroke::new(1.5, theme::text()));
    }
    let number = match comment.status {
        Status::Question => "?".to_string(),
        _ => comment.number.to_string(),
    };
    let size = if number.len() > 2 { 9.0 } else { 10.5 };
    let ink = if comment.deleted { theme::text() } else { theme::background() };
    write(ui.painter(), at, Align2::CENTER_CENTER, number, (size, Weight::SemiBold), ink);
}

/// Middle of the pins below the upper edge of the ruler, in points: between sections and times.
const MIDDLE: f32 = 30.0;

/// Where a pin is drawn: at its time, and whole at the edges of the area.
fn middle(x: f32, area: Rect) -> f32 {
    x.max(area.left() + ROUND).min(area.right() - ROUND)
}

/// Draws the pins of all comments that have a time, above the times of the ruler.
pub fn show(seen: &Seen<'_>, panels: &mut Panels, ui: &mut Ui, area: Rect) {
    let Some(song) = seen.song else { return };
    let rate = song.session.sample_rate;
    let y = area.top() + MIDDLE;
    let mut clicked = None;
    let ui = &mut ui.new_child(egui::UiBuilder::new().id_salt("pins").max_rect(area));
    ui.set_clip_rect(area.intersect(ui.clip_rect()));
    for comment in seen.review.present() {
        let Some((start, end)) = comment.span() else { continue };
        let x = |time: Seconds| panels.mix.timeline.x_of(time.frames(rate).0, area);
        let (from, to) = (x(start), x(end));
        if to < area.left() - ROUND || from > area.right() + ROUND {
            continue;
        }
        if to > from {
            let line = Stroke::new(3.0, colour(comment.status));
            ui.painter().hline(from..=to, area.bottom() - 2.0, line);
        }
        let lit = panels.review.selected.as_deref() == Some(comment.id.as_str());
        let at = pos2(middle(from, area), y);
        pin(ui, at, comment, lit);
        let place = Rect::from_center_size(at, vec2(2.0 * ROUND, 2.0 * ROUND));
        let response = ui.interact(place, ui.scope_id().with(&comment.id), Sense::click());
        let words =
            say!("review-pin", number = comment.number.to_string(), time = start.to_string());
        response.widget_info(|| WidgetInfo::labeled(WidgetRole::Button, true, &words));
        let about = about(&comment.on, &song.session);
        let text = format!("{about}, {}\n{}", status_word(comment.status), comment.text);
        let response = response.on_hover_text(text);
        if response.clicked() || response.double_clicked() {
            clicked = Some((comment.id.clone(), start.frames(rate).0, response.double_clicked()));
        }
    }
    if let Some((id, frame, twice)) = clicked {
        panels.review.select(&id);
        seen.ask(Play::Seek(frame));
        if twice {
            panels.view = View::Review;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::vec2;

    #[test]
    fn a_pin_is_whole_at_the_edges() {
        let area = Rect::from_min_size(pos2(100.0, 0.0), vec2(400.0, 52.0));
        assert_eq!(middle(100.0, area), 108.0);
        assert_eq!(middle(250.0, area), 250.0);
        assert_eq!(middle(500.0, area), 492.0);
        // The times of the ruler begin below.
        const { assert!(MIDDLE + ROUND <= 39.0) };
    }
}
