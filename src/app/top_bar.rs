//! The top bar: title with the session menu, transport, monitor switch, version and export; and the
//! row of tabs of the views below it.

use super::deeds::{Choice, Play, RenderKind};
use super::heard::Monitor;
use super::icons::Icon;
use super::panels::Panels;
use super::seen::Seen;
use super::theme::{self, Weight, write, write_fitted, write_whole, write_within};
use super::view::View;
use super::widgets::{choice, icon_button, push, segments};
use super::{menu, running};
use crate::texts::say;
use crate::units::Db;
use egui::{Align2, Rect, Role as WidgetRole, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

/// A length that is `wide` in a window of 1600 points and `narrow` in one of 1280, linear between
/// and, within limits, beyond.
fn between(rect: Rect, wide: f32, narrow: f32) -> f32 {
    let share = ((rect.width() - 1280.0) / 320.0).clamp(-0.6, 2.0);
    narrow + (wide - narrow) * share
}

/// Below this width, in points, the bar is compact and the monitor switch is in the row of tabs.
const COMPACT: f32 = 1100.0;

pub fn show(seen: &Seen<'_>, panels: &mut Panels, ui: &mut Ui, rect: Rect) {
    ui.painter().rect_filled(rect, 0.0, theme::panel());
    ui.painter().hline(rect.x_range(), rect.bottom(), Stroke::new(1.0, theme::line()));
    title(seen, ui, rect);
    if seen.song.is_none() {
        return;
    }
    transport(seen, ui, rect);
    if rect.width() >= COMPACT {
        comparison(seen, ui, rect);
    }
    version_and_export(seen, panels, ui, rect);
}

fn title(seen: &Seen<'_>, ui: &mut Ui, rect: Rect) {
    let left = rect.left() + 20.0;
    let compact = rect.width() < COMPACT;
    let (name, facts) = match seen.song {
        None => ("Stemwright".to_string(), say!("window-what-it-is").to_string()),
        Some(song) => {
            let session = &song.session;
            let bits = session.stems.iter().filter_map(|stem| stem.file.info.bits).max();
            // The one that is being made or comes next, as the Deliver view says.
            let named = seen.delivering.named(song, RenderKind::Masters);
            let revision = named.map_or(session.delivery.revision.as_str(), |named| named.revision);
            let mut facts = vec![say!("window-song-revision", revision = revision)];
            if !compact {
                facts.push(session.sample_rate.to_string());
                facts.extend(bits.map(|bits| say!("window-song-bits", bits = bits)));
                facts.push(say!("window-song-stems", count = session.stems.len()));
            }
            if seen.unsaved {
                facts.push(say!("window-song-unsaved").into());
            }
            (session.song.title.clone(), facts.join(" · "))
        }
    };
    let area = Rect::from_min_max(
        pos2(rect.left() + 8.0, rect.top() + 4.0),
        pos2(rect.left() + if compact { 176.0 } else { 330.0 }, rect.bottom() - 4.0),
    );
    let response = ui.interact(area, ui.scope_id().with("song menu"), Sense::click());
    let menu = say!("window-session-menu");
    response.widget_info(|| WidgetInfo::labeled(WidgetRole::Button, true, menu));
    if response.hovered() {
        ui.painter().rect_filled(area, theme::RADIUS, theme::raised());
    }
    let (painter, width) = (ui.painter(), area.right() - left - 4.0);
    let (bold, plain) = ((16.0, Weight::SemiBold), (12.0, Weight::Regular));
    let (above, below) = (pos2(left, rect.top() + 20.0), pos2(left, rect.top() + 40.0));
    let cut = write_within(painter, above, width, &name, bold, theme::text());
    let response = if cut { response.on_hover_text(name) } else { response };
    write_fitted(painter, below, width, facts, plain, theme::dim());
    egui::Popup::menu(&response).show(|ui| menu::session_menu(seen, ui));
}

fn transport(seen: &Seen<'_>, ui: &mut Ui, rect: Rect) {
    let middle = rect.center().y;
    let compact = rect.width() < COMPACT;
    let x = |wide: f32, narrow: f32| {
        // The compact bar has a shorter title.
        let at = if compact { narrow - 208.0 } else { between(rect, wide, narrow) };
        rect.left() + at
    };
    let square = |n: f32| {
        let left = x(560.0 + n * 46.0, 392.0 + n * 42.0);
        Rect::from_min_size(pos2(left, middle - 16.0), vec2(38.0, 32.0))
    };
    if icon_button(ui, square(0.0), Icon::ToStart, say!("action-to-the-start"), false).clicked() {
        seen.ask(Play::Start);
    }
    let playing = seen.heard.playing;
    let (icon, name) = match playing {
        true => (Icon::Pause, say!("window-pause")),
        false => (Icon::Play, say!("common-play")),
    };
    if icon_button(ui, square(1.0), icon, name, true).clicked() {
        seen.ask(Play::Toggle);
    }
    let looping = seen.heard.looping.is_some();
    let response = icon_button(ui, square(2.0), Icon::Loop, say!("window-loop"), looping);
    if response.clicked() {
        seen.ask(Play::ToggleLoop);
    }
    let Some(song) = seen.song else { return };
    let time = song.seconds(seen.heard.frame);
    let painter = ui.painter();
    let text = format!("{time:.3}");
    let size = between(rect, 23.0, 20.0).clamp(18.0, 23.0);
    let from = pos2(x(720.0, 530.0), middle);
    let shown =
        write(painter, from, Align2::LEFT_CENTER, text, (size, Weight::Medium), theme::text());
    if compact {
        return;
    }
    let after = shown.right() + between(rect, 15.0, 12.0);
    let session = &song.session;
    if let Some((bar, beat)) = session.bar_at(time) {
        let text = match bar {
            ..1 => say!("window-before-bar-one").to_string(),
            bar => say!("window-bar", bar = bar, beat = beat),
        };
        write(
            painter,
            pos2(after, middle - 8.0),
            Align2::LEFT_CENTER,
            text,
            (12.0, Weight::Regular),
            theme::dim(),
        );
    }
    if let Some(tempo) = session.song.tempo {
        let (beats, unit) = session.song.meter.unwrap_or((4, 4));
        let text = format!("{tempo:.1} BPM · {beats}/{unit}");
        write(
            painter,
            pos2(after, middle + 9.0),
            Align2::LEFT_CENTER,
            text,
            (12.0, Weight::Regular),
            theme::dim(),
        );
    }
}

const MONITORS: [Monitor; 3] = [Monitor::Mix, Monitor::Bypass, Monitor::Reference];

fn monitors(seen: &Seen<'_>, ui: &mut Ui, area: Rect) {
    let own = MONITORS.iter().position(|known| *known == seen.heard.monitor).unwrap_or(0);
    // No monitor is lit while a finished file plays.
    let lit = if seen.heard.file.is_some() { MONITORS.len() } else { own };
    let names = [
        say!("window-monitor-mix"),
        say!("window-monitor-bypass"),
        say!("window-monitor-reference"),
    ];
    let picked = segments(ui, area, &names, lit);
    if let Some(monitor) = picked.and_then(|n| MONITORS.get(n)) {
        seen.ask(Play::Monitor(*monitor));
    }
}

fn comparison(seen: &Seen<'_>, ui: &mut Ui, rect: Rect) {
    let left = rect.left() + between(rect, 965.0, 738.0);
    let width = between(rect, 236.0, 192.0).clamp(192.0, 280.0);
    let area = Rect::from_min_size(pos2(left, rect.center().y - 16.0), vec2(width, 32.0));
    monitors(seen, ui, area);
    let at = area.right() + 10.0;
    let middle = rect.center().y;
    if at + 76.0 > list_area(rect).left() {
        return;
    }
    let painter = ui.painter();
    if let Some(file) = &seen.heard.file {
        let name = file.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let place = Rect::from_min_max(
            pos2(at, middle - 18.0),
            pos2(list_area(rect).left() - 8.0, middle + 18.0),
        );
        let kind = match file.gain {
            Db::UNITY => say!("window-file").to_string(),
            gain => say!("window-file-turned", gain = format!("{gain:+.1}")),
        };
        for (y, text, colour) in [(-8.0, &kind, theme::dim()), (9.0, &name, theme::good())] {
            let font = (12.0, Weight::Regular);
            write_within(painter, pos2(at, middle + y), place.width(), text, font, colour);
        }
        ui.interact(place, ui.scope_id().with("file"), Sense::hover())
            .on_hover_text(file.path.display().to_string());
        return;
    }
    let width = list_area(rect).left() - 8.0 - at;
    let font = (11.5, Weight::Regular);
    let words = say!("window-level-matched");
    write_whole(painter, pos2(at, middle - 8.0), width, words, font, theme::dim());
    // While the mix is heard, this is the gain that the reference would get.
    let gain = seen.song.and_then(|song| {
        let of = |monitor| seen.heard.matching_of(monitor, song, seen.measured.figures.as_ref());
        of(seen.heard.monitor).or_else(|| of(Monitor::Reference))
    });
    let (text, colour) = match gain {
        Some(gain) => (format!("{gain:+.1} LU"), theme::good()),
        None => ("\u{2013}".into(), theme::dim()),
    };
    write(
        painter,
        pos2(at, middle + 9.0),
        Align2::LEFT_CENTER,
        text,
        (12.0, Weight::SemiBold),
        colour,
    );
}

/// Rectangle of the list of versions.
fn list_area(rect: Rect) -> Rect {
    let width = between(rect, 140.0, 118.0).clamp(110.0, 180.0);
    let right = rect.right() - 142.0;
    let middle = rect.center().y;
    Rect::from_min_max(pos2(right - width, middle - 16.0), pos2(right, middle + 16.0))
}

fn version_and_export(seen: &Seen<'_>, panels: &mut Panels, ui: &mut Ui, rect: Rect) {
    let middle = rect.center().y;
    let export = Rect::from_min_max(
        pos2(rect.right() - 130.0, middle - 16.0),
        pos2(rect.right() - 18.0, middle + 16.0),
    );
    if push(ui, export, say!("action-export"), true)
        .on_hover_text(say!("window-export-key"))
        .clicked()
    {
        panels.view = View::Deliver;
    }
    let Some(song) = seen.song else { return };
    let names: Vec<String> =
        song.session.versions.iter().map(|version| version.name.clone()).collect();
    let current = names.get(song.version).cloned().unwrap_or_default();
    if let Some(chosen) = choice(ui, list_area(rect), say!("window-version"), &current, &names) {
        seen.ask(Choice::Version(chosen));
    }
}

/// The row of tabs of the views, with running jobs at its right.
pub fn tabs(seen: &Seen<'_>, panels: &mut Panels, ui: &mut Ui, rect: Rect) {
    ui.painter().rect_filled(rect, 0.0, theme::panel());
    ui.painter().hline(rect.x_range(), rect.bottom(), Stroke::new(1.0, theme::line()));
    let places = [20.0, 96.0, 158.0, 242.0, 342.0, 444.0];
    let mut end = rect.left();
    // A badge pushes the next tab away.
    let mut free = rect.left();
    let to_check = seen.measured.to_check();
    for (view, at) in View::ALL.into_iter().zip(places) {
        let name = view.shown();
        let lit = view == panels.view;
        let (weight, colour) = match lit {
            true => (Weight::SemiBold, theme::text()),
            false => (Weight::Regular, theme::dim()),
        };
        let from = pos2((rect.left() + at).max(free), rect.center().y);
        let text = write(ui.painter(), from, Align2::LEFT_CENTER, name, (14.0, weight), colour);
        free = text.right() + 22.0;
        let area = text.expand2(vec2(8.0, 10.0));
        let response = ui.interact(area, ui.scope_id().with(view.name()), Sense::click());
        response.widget_info(|| WidgetInfo::selected(WidgetRole::Tab, true, lit, name));
        if lit {
            let line = Rect::from_min_max(
                pos2(text.left(), rect.bottom() - 3.0),
                pos2(text.right(), rect.bottom()),
            );
            ui.painter().rect_filled(line, 1.0, theme::accent());
        }
        let aligned = || seen.measured.residual().is_some_and(|residual| residual.0 < -60.0);
        // Dim while the stems are being checked.
        let point = match to_check {
            None if seen.song.is_some() => Some(theme::dim()),
            Some(0) if aligned() => Some(theme::good()),
            _ => None,
        };
        if let Some(colour) = point.filter(|_| view == View::Stems) {
            let at = pos2(text.right() + 6.0, rect.center().y);
            ui.painter().circle_filled(at, 3.0, colour);
        }
        let count = match view {
            View::Stems => to_check.unwrap_or(0),
            View::Review => seen.review.open(),
            _ => 0,
        };
        if count > 0 {
            let text_right = text.right() + 18.0;
            let badge = Rect::from_center_size(pos2(text_right, rect.center().y), vec2(20.0, 16.0));
            ui.painter().rect_filled(badge, 8.0, theme::caution());
            free = badge.right() + 14.0;
            let font = (11.0, Weight::SemiBold);
            let ink = theme::background();
            write(ui.painter(), badge.center(), Align2::CENTER_CENTER, count, font, ink);
        }
        let key = super::actions::find(view.name()).and_then(super::actions::Action::shortcut_text);
        if response.on_hover_text(key.unwrap_or_default()).clicked() {
            panels.view = view;
        }
        end = text.right();
    }
    let mut rest = Rect::from_min_max(pos2(end + 24.0, rect.top()), rect.max - vec2(16.0, 0.0));
    if rect.width() < COMPACT {
        let width = 218.0;
        let from = pos2(rest.right() - width, rest.center().y - 14.0);
        monitors(seen, ui, Rect::from_min_size(from, vec2(width, 28.0)));
        rest.set_right(from.x - 12.0);
    }
    running::show(seen, ui, rest);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::drawn::{World, ends_of};
    use crate::app::heard::HeardFile;
    use crate::app::preferences::Preferences;
    use crate::engine::source::StemSource;
    use crate::session::history::tests::{song, stem};
    use crate::units::SampleRate;
    use egui_kittest::Harness;
    use std::sync::Arc;

    #[test]
    fn the_name_of_a_file_that_is_heard_ends_before_the_list_of_versions() {
        let name = "BlueSky_Full_mix_v1.2_Streaming_48k24_final_approved.wav";
        let mut world = World::of(song());
        let source = Arc::new(StemSource::silent(&stem(1), SampleRate(48_000)));
        let file = HeardFile { path: name.into(), source, gain: Db::UNITY, _temporary: None };
        world.heard.file = Some(file);
        let mut panels = Panels::new(Preferences::default());
        let mut harness = Harness::builder()
            .with_size(vec2(1600.0, 56.0))
            .with_context_setup(theme::apply)
            .build_ui(|ui| {
                let rect = ui.max_rect();
                show(&world.seen(), &mut panels, ui, rect);
            });
        harness.run_steps(2);
        let ends = ends_of(&harness, name);
        let list = list_area(harness.ctx.content_rect()).left();
        assert!(matches!(ends.as_slice(), [(true, end)] if *end < list), "{ends:?}");
    }
}
