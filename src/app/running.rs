//! The strip of long-running jobs beside the tabs: name, progress and a stop button for each.

use super::board::JobEntry;
use super::deeds::Deed;
use super::icons::{self, Icon};
use super::seen::Seen;
use super::theme::{self, Weight, write_fitted};
use crate::texts::say;
use egui::{Rect, Role as WidgetRole, Sense, Ui, WidgetInfo, pos2, vec2};

const WIDTH: f32 = 190.0;

/// Draws the running jobs from the right edge of `rect`, as many as have room.
pub fn show(seen: &Seen<'_>, ui: &mut Ui, rect: Rect) {
    let room = ((rect.width() / (WIDTH + 12.0)) as usize).max(1);
    for (n, shown) in seen.jobs.iter().take(room).enumerate() {
        let right = rect.right() - n as f32 * (WIDTH + 12.0);
        let area = Rect::from_min_max(
            pos2(right - WIDTH, rect.center().y - 14.0),
            pos2(right, rect.center().y + 14.0),
        );
        if piece(ui, area.intersect(rect), shown) {
            seen.ask(Deed::Stop(shown.id));
        }
    }
}

/// Draws one job; returns whether its stop button was clicked.
fn piece(ui: &mut Ui, area: Rect, shown: &JobEntry) -> bool {
    let percent = shown.share.map_or(String::new(), |share| format!(", {:.0} %", share * 100.0));
    let words = format!("{}{percent}", shown.name);
    let whole = ui.interact(area, ui.scope_id().with(("job", shown.id)), Sense::hover());
    whole.widget_info(|| WidgetInfo::labeled(WidgetRole::ProgressIndicator, true, &words));
    let painter = ui.painter().with_clip_rect(area.intersect(ui.clip_rect()));
    painter.rect_filled(area, 6.0, theme::raised());
    let at = pos2(area.left() + 10.0, area.center().y - 2.0);
    let track = Rect::from_min_max(
        pos2(area.left() + 10.0, area.bottom() - 6.0),
        pos2(area.right() - 30.0, area.bottom() - 4.0),
    );
    let font = (12.0, Weight::Regular);
    if write_fitted(&painter, at, track.width(), &shown.name, font, theme::text()) {
        whole.on_hover_text(&words);
    }
    painter.rect_filled(track, 1.0, theme::line());
    if let Some(share) = shown.share {
        let width = track.width() * share.clamp(0.0, 1.0);
        let done = Rect::from_min_size(track.min, vec2(width, track.height()));
        painter.rect_filled(done, 1.0, theme::accent());
    }
    let cross =
        Rect::from_center_size(pos2(area.right() - 14.0, area.center().y), vec2(24.0, 24.0));
    let id = ui.scope_id().with(("stop", shown.id));
    let stop = ui.interact(cross, id, Sense::click());
    let name = say!("act-stop-job", name = &shown.name);
    stop.widget_info(|| WidgetInfo::labeled(WidgetRole::Button, true, &name));
    let lit = stop.hovered() || stop.has_focus();
    let colour = if lit { theme::text() } else { theme::dim() };
    icons::draw(ui.painter(), Icon::Cross, cross.center(), colour);
    stop.on_hover_text(name).clicked()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::drawn::{World, ends_of};
    use egui_kittest::Harness;
    use egui_kittest::kittest::Queryable;

    #[test]
    fn the_name_of_a_job_ends_before_its_cross() {
        let name = "Keeping copies of all the stems of this long song";
        let jobs = [JobEntry { id: 1, name: name.into(), share: None }];
        let world = World::default();
        let mut harness = Harness::builder()
            .with_size(vec2(400.0, 60.0))
            .with_context_setup(theme::apply)
            .build_ui(|ui| {
                let seen = Seen { jobs: &jobs, ..world.seen() };
                let rect = ui.max_rect();
                show(&seen, ui, rect);
            });
        harness.run_steps(2);
        let cross = harness.get_by_label_contains("Stop").rect();
        let ends = ends_of(&harness, name);
        assert!(matches!(ends.as_slice(), [(true, end)] if *end < cross.left()), "{ends:?}");
    }
}
