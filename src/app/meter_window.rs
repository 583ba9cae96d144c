//! The loudness panel in a window of its own, for a second screen. Keys work as in the main window.

use super::panels::Panels;
use super::seen::Seen;
use super::{keys, loudness, theme};
use crate::texts::say;
use egui::{Frame, Ui, ViewportBuilder, ViewportClass, ViewportId};
use loudness::LEAST;

/// Shows the window if it is open. `asked` is true while a question in the main window has the
/// keys.
pub fn show(seen: &Seen<'_>, panels: &mut Panels, ui: &Ui, asked: bool) {
    let Some(song) = seen.song.filter(|_| panels.shown.meters) else { return };
    let builder = ViewportBuilder::default()
        .with_title(say!("meters-window", song = &song.session.song.title))
        .with_app_id("stemwright")
        .with_inner_size([940.0, 620.0])
        .with_min_inner_size([250.0, 300.0]);
    let ctx = ui.ctx().clone();
    ctx.show_viewport_immediate(ViewportId::from_hash_of("meters"), builder, |ui, class| {
        // An embedded window shares the input of the main window, which handled the keys already.
        if class != ViewportClass::EmbeddedWindow {
            keys::handle(seen, panels, ui, asked);
        }
        Frame::new().fill(theme::panel()).show(ui, |ui| {
            let rect = ui.max_rect();
            match rect.width() >= LEAST.x && rect.height() >= LEAST.y {
                true => loudness::show_large(seen, panels, ui, rect),
                false => loudness::show(seen, panels, ui, rect),
            }
        });
        if ui.input(|input| input.viewport().close_requested()) {
            panels.shown.meters = false;
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::deeds::{Deed, Play, Window};
    use crate::app::drawn::World;
    use crate::app::preferences::Preferences;
    use crate::session::Session;
    use crate::units::SampleRate;
    use egui::{Context, Event, Key, Modifiers, RawInput, ViewportInfo};

    fn pressed(key: Key) -> Event {
        let modifiers = Modifiers::NONE;
        Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers }
    }

    /// Deeds that the meter window asks for when these keys are pressed in it.
    fn asked_for(keys: &'static [Key], asked: bool, embedded: bool) -> Vec<Deed> {
        let ctx = Context::default();
        theme::apply(&ctx);
        ctx.set_embed_viewports(embedded);
        Context::set_immediate_viewport_renderer(move |ctx, mut viewport| {
            let parent = Some(viewport.ids.parent);
            let info = ViewportInfo { parent, focused: Some(true), ..ViewportInfo::default() };
            let input = RawInput {
                viewport_id: viewport.ids.this,
                viewports: std::iter::once((viewport.ids.this, info)).collect(),
                events: keys.iter().copied().map(pressed).collect(),
                ..RawInput::default()
            };
            ctx.run_ui(input, |ui| (viewport.viewport_ui_cb)(ui)).drop_without_applying_deltas();
        });
        let still = World::of(Session::new("Song", SampleRate(48_000)));
        let mut panels = Panels::new(Preferences::default());
        panels.shown.meters = true;
        let mut deeds = Vec::new();
        let mut show = |input: RawInput| {
            let output = ctx.run_ui(input, |ui| {
                let seen = still.seen();
                show(&seen, &mut panels, ui, asked);
                deeds.extend(seen.asked.into_inner());
            });
            output.drop_without_applying_deltas();
        };
        let events =
            if embedded { keys.iter().copied().map(pressed).collect() } else { Vec::new() };
        show(RawInput { events, ..RawInput::default() });
        deeds
    }

    #[test]
    fn keys_do_in_the_meters_what_they_do_in_the_main_window() {
        let deeds = asked_for(&[Key::Space, Key::F8], false, false);
        let [Deed::Play(Play::Toggle), Deed::Window(Window::Meters)] = deeds.as_slice() else {
            panic!("{deeds:?}");
        };
    }

    #[test]
    fn a_question_has_the_keys_and_none_is_taken_twice() {
        assert!(asked_for(&[Key::Space], true, false).is_empty(), "a question is open");
        assert!(asked_for(&[Key::Space], false, true).is_empty(), "inside the main window");
    }
}
