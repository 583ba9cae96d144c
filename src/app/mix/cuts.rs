//! Cuts and fade of a version over all lanes: dimmed spans, each with two edges to drag and a band
//! to click; and the lyrics on the singer's lane. Changes are [`Cuts`] deeds.

use crate::app::deeds::Cuts;
use crate::app::edits;
use crate::app::open_song::OpenSong;
use crate::app::panels::Panels;
use crate::app::seen::Seen;
use crate::app::theme::{self, Weight, write};
use crate::app::{actions, menu};
use crate::session::version::{Crossfade, Cut, Version};
use crate::texts::{self, say};
use crate::units::{Frames, Seconds};
use egui::{
    Align2, CursorIcon, Rect, Role as WidgetRole, Sense, Shape, Stroke, Ui, WidgetInfo, pos2,
};

/// Lengths of a crossfade in the menu, in seconds.
const CROSSFADES: [f64; 6] = [0.0, 0.008, 0.012, 0.05, 0.2, 1.0];
/// Lengths of a ringing tail in the menu, in seconds.
const RINGS: [f64; 4] = [0.0, 0.5, 1.0, 2.0];

/// Draws cuts and fade of the version that is heard. If that version is whole, draws those of the
/// first version with cuts, which cannot be edited here. `height` is that of all lanes.
pub fn show(
    seen: &Seen<'_>,
    panels: &mut Panels,
    song: &OpenSong,
    ui: &Ui,
    area: Rect,
    height: f32,
) {
    let own = song.current_version().filter(|version| !version.is_whole());
    let session = &song.session;
    let other = || session.versions.iter().find(|version| !version.cuts.is_empty()).cloned();
    let Some(version) = own.clone().or_else(other) else { return };
    let rate = session.sample_rate;
    let bottom = (area.top() + height - panels.mix.timeline.down).min(area.bottom());
    let painter = ui.painter().with_clip_rect(area.intersect(ui.clip_rect()));
    let x = |panels: &Panels, time: Seconds| panels.mix.timeline.x_of(time.frames(rate).0, area);
    for (n, cut) in version.cuts.iter().enumerate() {
        let (left, right) = (x(panels, cut.start), x(panels, cut.end));
        let part = Rect::from_min_max(pos2(left, area.top()), pos2(right, bottom));
        if !part.intersects(area) {
            continue;
        }
        painter.rect_filled(part, 0.0, theme::background().gamma_multiply(0.62));
        let chosen = own.is_some() && panels.versions.cut == Some(n);
        let wide = if chosen { 2.5 } else { 1.5 };
        for edge in [part.left(), part.right()] {
            let line = [pos2(edge, part.top()), pos2(edge, part.bottom())];
            painter.extend(Shape::dashed_line(&line, Stroke::new(wide, theme::accent()), 4.0, 3.0));
        }
        band(&painter, area, part, &version, cut, chosen);
        if own.is_some() {
            hands(seen, panels, song, ui, area, part, (n, cut));
        }
    }
    if let Some(fade) = version.fade {
        let (from, to) = (x(panels, fade.start), x(panels, fade.end));
        let after = Rect::from_min_max(pos2(to, area.top()), pos2(area.right(), bottom));
        painter.rect_filled(after, 0.0, theme::background().gamma_multiply(0.62));
        let line = [pos2(from, area.top()), pos2(to, bottom)];
        painter.line_segment(line, Stroke::new(1.5, theme::accent()));
        let name = say!("mix-fade", seconds = format!("{:.1}", fade.end.0 - fade.start.0));
        let font = (11.0, Weight::Regular);
        write(
            &painter,
            pos2(from + 6.0, area.top() + 20.0),
            Align2::LEFT_CENTER,
            name,
            font,
            theme::text(),
        );
    }
}

fn band(
    painter: &egui::Painter,
    area: Rect,
    part: Rect,
    version: &Version,
    cut: &Cut,
    chosen: bool,
) {
    let band = Rect::from_min_max(
        pos2(part.left(), part.top() + 10.0),
        pos2(part.right(), part.top() + 30.0),
    );
    let strong = if chosen { 0.5 } else { 0.3 };
    painter.rect_filled(band, 0.0, theme::mixed(theme::accent(), strong, theme::background()));
    let length = format!("{:.1}", cut.length().0);
    let text = if band.width() > 190.0 {
        let crossfade = format!("{:.0}", cut.crossfade.0 * 1000.0);
        let version = version.name.to_lowercase();
        say!("mix-cut-band", version = version, seconds = length, milliseconds = crossfade)
    } else {
        say!("mix-cut-narrow-band", seconds = length)
    };
    let clip = painter.with_clip_rect(band.intersect(area));
    let font = (11.0, Weight::Regular);
    write(&clip, band.center(), Align2::CENTER_CENTER, text, font, theme::text());
}

/// Pointer on one cut. Its edges can be dragged; its band can be clicked, dragged, double-clicked
/// to hear the join, and right-clicked for options.
fn hands(
    seen: &Seen<'_>,
    panels: &mut Panels,
    song: &OpenSong,
    ui: &Ui,
    area: Rect,
    part: Rect,
    (n, cut): (usize, &Cut),
) {
    let rate = song.session.sample_rate;
    let top = part.top();
    let strip = |from: f32, to: f32| {
        Rect::from_min_max(pos2(from, top + 8.0), pos2(to, top + 32.0)).intersect(area)
    };
    let scope = ui.scope_id();
    let middle = strip(part.left() + 5.0, part.right() - 5.0);
    let body = ui.interact(middle, scope.with(("cut", n)), Sense::click_and_drag());
    let (from, to) = (format!("{:.1}", cut.start), format!("{:.1}", cut.end));
    let words = say!("mix-cut", number = n + 1, from = from, to = to);
    body.widget_info(|| WidgetInfo::labeled(WidgetRole::Button, true, &words));
    let names = [say!("mix-cut-start", number = n + 1), say!("mix-cut-end", number = n + 1)];
    let edges = [(part.left(), "Start", &names[0]), (part.right(), "End", &names[1])];
    let ends = edges.map(|(x, key, name)| {
        let edge = Rect::from_min_max(pos2(x - 5.0, top), pos2(x + 5.0, part.bottom()));
        let response =
            ui.interact(edge.intersect(area), scope.with(("edge", n, key)), Sense::drag());
        response.widget_info(|| WidgetInfo::labeled(WidgetRole::Group, true, name));
        response
    });
    let moving = ends.iter().chain([&body]).position(|response| response.dragged());
    if ends.iter().chain([&body]).any(|response| response.drag_started()) {
        panels.versions.cut = Some(n);
        let from = (cut.start, cut.end);
        ui.data_mut(|data| data.insert_temp(scope.with("held"), from));
    }
    if let Some(what) = moving
        && let (Some(at), Some(origin)) =
            (ui.input(|i| i.pointer.interact_pos()), ui.input(|i| i.pointer.press_origin()))
        && let Some((start, end)) =
            ui.data(|data| data.get_temp::<(Seconds, Seconds)>(scope.with("held")))
    {
        let by = f64::from(at.x - origin.x) * panels.mix.timeline.scale() / rate.hz().0;
        // A moved edge snaps as everything on the timeline does.
        let snapped = |time: Seconds| {
            let frame = Seconds((time.0 + by).max(0.0)).frames(rate).0;
            Frames(super::snap::snapped(seen, panels, song, ui, frame)).seconds(rate)
        };
        let (start, end) = match what {
            0 => (snapped(start), end),
            1 => (start, snapped(end)),
            _ => {
                let to = snapped(start);
                (to, Seconds(end.0 + to.0 - start.0))
            }
        };
        seen.ask(Cuts::Place(n, start, end));
    }
    if body.clicked() {
        panels.versions.cut = Some(n);
    }
    if body.double_clicked() {
        seen.ask(Cuts::Hear(Some(n)));
    }
    body.context_menu(|ui| options(seen, panels, song, ui, n, cut));
    body.on_hover_text(say!("mix-cut-hint"));
    for response in ends {
        response.on_hover_cursor(CursorIcon::ResizeHorizontal);
    }
}

/// Context menu of a cut: hear the join, crossfade, ringing tails, remove the cut.
fn options(
    seen: &Seen<'_>,
    panels: &mut Panels,
    song: &OpenSong,
    ui: &mut Ui,
    n: usize,
    cut: &Cut,
) {
    ui.set_min_width(220.0);
    panels.versions.cut = Some(n);
    if ui.button(say!("mix-cut-play-join")).clicked() {
        seen.ask(Cuts::Hear(Some(n)));
        ui.close();
    }
    let set = |apply: &dyn Fn(&mut Cut)| {
        let mut changed = cut.clone();
        apply(&mut changed);
        seen.ask(Cuts::Change(n, changed));
    };
    let length = format!("{:.0}", cut.crossfade.0 * 1000.0);
    ui.menu_button(say!("mix-cut-crossfade", milliseconds = length), |ui| {
        for seconds in CROSSFADES {
            let name = format!("{:.0} ms", seconds * 1000.0);
            if ui.selectable_label(cut.crossfade.0 == seconds, name).clicked() {
                set(&|cut| cut.crossfade = Seconds(seconds));
            }
        }
        ui.separator();
        for curve in Crossfade::ALL {
            let name = texts::word("crossfade", curve.name());
            if ui.selectable_label(cut.curve == curve, name).clicked() {
                set(&|cut| cut.curve = curve);
            }
        }
    });
    ui.menu_button(say!("mix-cut-tails"), |ui| {
        for seconds in RINGS {
            let none = seconds == 0.0;
            let name =
                if none { say!("mix-cut-no-tails").into() } else { format!("{seconds:.1} s") };
            if ui.selectable_label(cut.ring.0 == seconds, name).clicked() {
                set(&|cut| cut.ring = Seconds(seconds));
            }
        }
        ui.separator();
        for stem in &song.session.stems {
            let mut rings = cut.ringing.contains(&stem.id);
            if ui.checkbox(&mut rings, &stem.name).clicked() {
                set(&|cut| {
                    cut.ringing.retain(|id| *id != stem.id);
                    cut.ringing.extend(rings.then_some(stem.id));
                    if rings && cut.ring.0 == 0.0 {
                        cut.ring = Seconds(1.0);
                    }
                });
            }
        }
    });
    ui.separator();
    if ui.button(say!("mix-cut-put-back")).clicked() {
        seen.ask(Cuts::Remove(n));
        panels.versions.cut = None;
        ui.close();
    }
}

/// Lyrics on the singer's lane. Explicit words stand out, undecided ones most. Words that have no
/// room are left out.
pub fn words(panels: &Panels, song: &OpenSong, painter: &egui::Painter, lane: Rect) {
    let Some(lyrics) = &song.session.lyrics else { return };
    let rate = song.session.sample_rate;
    let mut free = lane.left();
    for word in &lyrics.words {
        let x = panels.mix.timeline.x_of(word.start.frames(rate).0, lane);
        if x < free || x > lane.right() {
            continue;
        }
        let colour = match word.verdict {
            Some(crate::session::lyrics::Verdict::Open) => theme::caution(),
            Some(_) => theme::text(),
            None => theme::dim(),
        };
        let at = pos2(x, lane.bottom() - 8.0);
        let font = (11.0, Weight::Regular);
        let drawn = write(painter, at, Align2::LEFT_CENTER, &word.text, font, colour);
        free = drawn.right() + 4.0;
    }
}

/// Length of the version that is heard and its goal, at the left of the ruler.
pub fn length(song: &OpenSong, ui: &Ui, head: Rect) {
    let Some((text, met)) = edits::length_line(song) else { return };
    let painter = ui.painter().with_clip_rect(head);
    let colour = if met { theme::text() } else { theme::caution() };
    let at = pos2(head.left() + 16.0, head.center().y);
    write(&painter, at, Align2::LEFT_CENTER, text, (12.0, Weight::Medium), colour);
}

/// Entries for cuts in the context menu of the timeline.
pub fn menu_entries(seen: &Seen<'_>, ui: &mut Ui) {
    for name in actions::OF_CUTS {
        menu::action(seen, ui, name);
    }
}
