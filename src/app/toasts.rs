//! Messages at the lower right of the window, with buttons that undo or open a folder.

use super::deeds::{Deed, Remark, Review};
use super::icons::{self, Icon};
use super::seen::Seen;
use super::theme;
use crate::app::panels::toasts::{Toasts, Undone};
use crate::texts::say;
use egui::{Align2, Area, Frame, Id, Order, Rect, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};
use std::time::{Duration, Instant};

/// Width of a text, in points. At its lower right no view has a main button this near to the edge:
/// Deliver has "Export" left of its panel, Review the answer left of the revisions.
const TEXT: f32 = 240.0;

/// Draws the messages in the corner of `room`.
pub fn show(seen: &Seen<'_>, Toasts(toasts): &mut Toasts, ui: &Ui, room: Rect) {
    let mut bottom = room.bottom() - 18.0;
    let mut gone = None;
    for (n, toast) in toasts.iter_mut().enumerate().rev() {
        let area = Area::new(Id::unique(("toast", &toast.text)))
            // Above dialogs, which may cause a message.
            .order(Order::Tooltip)
            .pivot(Align2::RIGHT_BOTTOM)
            .fixed_pos(pos2(room.right() - 18.0, bottom));
        let shown = area.show(ui.ctx(), |ui| {
            Frame::new()
                .fill(theme::raised())
                .stroke(Stroke::new(1.0, theme::line()))
                .corner_radius(theme::RADIUS)
                .inner_margin(vec2(14.0, 9.0))
                .show(ui, |ui| {
                    ui.horizontal(|ui| {
                        ui.scope(|ui| {
                            ui.set_max_width(TEXT);
                            ui.add(egui::Label::new(&toast.text).wrap());
                        });
                        let (rect, close) =
                            ui.allocate_exact_size(vec2(20.0, 20.0), Sense::click());
                        close.widget_info(|| {
                            let name = say!("song-close-message");
                            WidgetInfo::labeled(egui::Role::Button, true, name)
                        });
                        let lit = close.hovered() || close.has_focus();
                        let colour = if lit { theme::text() } else { theme::dim() };
                        icons::draw(ui.painter(), Icon::Cross, rect.center(), colour);
                        if close.clicked() {
                            gone = Some(n);
                        }
                    });
                    if let Some(folder) = &toast.folder
                        && ui.button(say!("deliver-open-folder")).clicked()
                    {
                        seen.ask(Deed::ShowFolder(folder.clone()));
                    }
                    let possible = match &toast.undo {
                        Some(Undone::Step(state)) => *state == seen.history.state(),
                        Some(Undone::Comments(_)) => true,
                        None => false,
                    };
                    if possible && ui.button(say!("common-undo")).clicked() {
                        match &toast.undo {
                            Some(Undone::Comments(ids)) => ids.iter().for_each(|id| {
                                seen.ask(Review::Change(id.clone(), Remark::Delete(true)));
                            }),
                            _ => seen.ask(Deed::Undo),
                        }
                        gone = Some(n);
                    }
                });
        });
        if shown.response.contains_pointer() {
            toast.until = toast.until.max(Instant::now() + Duration::from_secs(3));
        }
        bottom = shown.response.rect.top() - 8.0;
    }
    if let Some(n) = gone {
        toasts.remove(n);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::drawn::World;
    use crate::session::edit::Edit;
    use crate::session::{Session, TrimPlace};
    use crate::units::SampleRate;
    use egui_kittest::Harness;
    use egui_kittest::kittest::Queryable;

    /// State of the test window: the world, its messages, and the deeds that were asked for.
    type Told = (World, Toasts, Vec<Deed>);

    /// A window with messages, and with a large `dialog` or none.
    fn window(told: Told, dialog: bool) -> Harness<'static, Told> {
        let mut harness = Harness::builder()
            .with_size(vec2(600.0, 200.0))
            .with_context_setup(theme::apply)
            .build_ui_state(
                move |ui, (world, toasts, asked): &mut Told| {
                    let seen = world.seen();
                    show(&seen, toasts, ui, ui.ctx().content_rect());
                    if dialog {
                        let large = |ui: &mut Ui| ui.set_min_size(vec2(560.0, 170.0));
                        crate::app::widgets::page(ui, "over").show(ui.ctx(), large);
                    }
                    asked.extend(seen.asked.into_inner());
                },
                told,
            );
        harness.run_steps(3);
        harness
    }

    fn change(world: &mut World) {
        let mut session = Session::new("Song", SampleRate(48_000));
        world.history.apply(&mut session, Edit::Trim(TrimPlace::BeforeChain), None).unwrap();
    }

    #[test]
    fn a_message_undoes_what_it_tells_and_goes() {
        let (mut world, mut toasts) = (World::default(), Toasts::default());
        change(&mut world);
        toasts.say_undo("The bass is taken out".into(), world.history.state());
        let mut harness = window((world, toasts, Vec::new()), false);
        harness.get_by_label("Undo").click();
        harness.run_steps(3);
        let (_, toasts, asked) = harness.state();
        assert!(matches!(asked.as_slice(), [Deed::Undo]), "{asked:?}");
        assert_eq!(toasts.texts().count(), 0);
    }

    #[test]
    fn a_message_lies_above_a_dialog_and_can_be_clicked() {
        let (mut world, mut toasts) = (World::default(), Toasts::default());
        change(&mut world);
        toasts.say_undo("The bass is taken out".into(), world.history.state());
        let mut harness = window((world, toasts, Vec::new()), true);
        harness.get_by_label("Undo").click();
        harness.run_steps(3);
        assert!(matches!(harness.state().2.as_slice(), [Deed::Undo]));
    }

    #[test]
    fn only_the_last_step_is_undone_by_a_message() {
        let (mut world, mut toasts) = (World::default(), Toasts::default());
        change(&mut world);
        toasts.say_undo("The bass is taken out".into(), world.history.state());
        change(&mut world);
        let mut harness = window((world, toasts, Vec::new()), false);
        assert!(harness.query_by_label("Undo").is_none(), "something else was changed since");
        let (world, toasts, _) = harness.state_mut();
        toasts.say_undo("The keys are taken out".into(), world.history.state());
        harness.run_steps(3);
        harness.get_by_label("Undo");
        harness.state_mut().1.forget_undo();
        harness.run_steps(3);
        assert!(harness.query_by_label("Undo").is_none(), "another session is open");
        harness.get_by_label("The keys are taken out");
    }
}
