//! The song above the page of a comment: sections, ruler with pins, and the sound of all stems.

use crate::app::desk::Desk;
use crate::app::mix::{self, ruler};
use crate::app::theme;
use egui::{Rect, Stroke, Ui, pos2};

pub const HEIGHT: f32 = 128.0;
const RULER: f32 = 52.0;

pub fn show(desk: &mut Desk, ui: &mut Ui, rect: Rect) {
    super::panel(ui, rect);
    let Some(document) = &desk.document else { return };
    let (length, frame) = (document.length().0, desk.listen.frame());
    desk.panels.mix.timeline.fit(length, rect.width());
    desk.panels.mix.timeline.grant(frame, rect);
    if desk.listen.is_playing() {
        desk.panels.mix.timeline.follow(frame, rect.width());
    }
    waves(desk, ui, Rect::from_min_max(pos2(rect.left(), rect.top() + RULER), rect.max));
    // The ruler leaves room for the heads of lanes, which are not here.
    let from = pos2(rect.left() - mix::HEADER, rect.top());
    let line = Rect::from_min_max(from, pos2(rect.right(), rect.top() + RULER));
    ruler::show(desk, ui, line);
}

/// How loud all stems are together, and what the selected comment speaks of.
fn waves(desk: &mut Desk, ui: &mut Ui, area: Rect) {
    let Some(document) = &desk.document else { return };
    let rate = document.session.sample_rate;
    let painter = ui.painter().with_clip_rect(area);
    if let Some((start, end)) = desk.notes.selected().and_then(|comment| comment.span()) {
        let x =
            |time: crate::units::Seconds| desk.panels.mix.timeline.x_of(time.frames(rate).0, area);
        let part =
            Rect::from_min_max(pos2(x(start) - 1.0, area.top()), pos2(x(end) + 1.0, area.bottom()));
        let fill = theme::mixed(theme::accent(), 0.3, theme::panel());
        painter.rect_filled(part, 0.0, fill);
    }
    let (from, scale) = (desk.panels.mix.timeline.from(), desk.panels.mix.timeline.scale());
    let half = area.height() / 2.0 - 4.0;
    let colour = theme::mixed(theme::dim(), 0.7, theme::panel());
    let mut x = area.left();
    while x < area.right() {
        let start = from + f64::from(x - area.left()) * scale;
        let mut power = 0.0f32;
        for stem in document.session.stems.iter().filter(|stem| !stem.strip.mute) {
            let (Some(peaks), Some(rates)) =
                (desk.measured.peaks.get(&stem.id), Some(f64::from(stem.file.info.sample_rate.0)))
            else {
                continue;
            };
            let ratio = rates / rate.hz().0;
            let at = (start - stem.offset() as f64) * ratio;
            if let Some(point) = peaks.span(at, at + 2.0 * scale * ratio) {
                let gain = stem.strip.fader.factor() as f32;
                power += (point.most.max(-point.least) * gain).powi(2);
            }
        }
        let tall = (power.sqrt() * 1.5 * half).clamp(0.5, half);
        painter.vline(x, area.center().y - tall..=area.center().y + tall, Stroke::new(1.0, colour));
        x += 2.0;
    }
    let head = desk.panels.mix.timeline.x_of(desk.listen.frame(), area);
    painter.vline(head, area.y_range(), Stroke::new(2.0, theme::text()));
    let response = ui.interact(area, ui.scope_id().with("waves"), egui::Sense::click_and_drag());
    response.widget_info(|| {
        egui::WidgetInfo::labeled(egui::Role::Group, true, "The song with its comments")
    });
    ruler::pointer(desk, ui, &response, area);
}
