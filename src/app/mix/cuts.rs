//! The cuts of the version that is heard, over all lanes: dimmed, with an edge to drag at each end,
//! and a band to click.

use crate::app::deeds::Cuts;
use crate::app::desk::Desk;
use crate::app::document::Document;
use crate::app::edits::{self, change, change_once, place};
use crate::app::theme::{self, Weight, write};
use crate::app::{actions, menu};
use crate::session::version::{Crossfade, Cut, Version};
use crate::units::{Frames, Seconds};
use egui::{
    Align2, CursorIcon, Rect, Role as WidgetRole, Sense, Shape, Stroke, Ui, WidgetInfo, pos2,
};

const CROSSFADES: [f64; 6] = [0.0, 0.008, 0.012, 0.05, 0.2, 1.0];
const RINGS: [f64; 4] = [0.0, 0.5, 1.0, 2.0];

/// Cuts and fade of the version that is heard, or of the first that has any, which can only be
/// looked at.
pub fn show(desk: &mut Desk, document: &mut Document, ui: &Ui, area: Rect, height: f32) {
    let own = document.current_version().filter(|version| !version.is_whole());
    let session = &document.session;
    let other = || session.versions.iter().find(|version| !version.cuts.is_empty()).cloned();
    let Some(version) = own.clone().or_else(other) else { return };
    let rate = session.sample_rate;
    let bottom = (area.top() + height - desk.panels.mix.timeline.down).min(area.bottom());
    let painter = ui.painter().with_clip_rect(area.intersect(ui.clip_rect()));
    let x = |desk: &Desk, time: Seconds| desk.panels.mix.timeline.x_of(time.frames(rate).0, area);
    for (n, cut) in version.cuts.iter().enumerate() {
        let (left, right) = (x(desk, cut.start), x(desk, cut.end));
        let part = Rect::from_min_max(pos2(left, area.top()), pos2(right, bottom));
        if !part.intersects(area) {
            continue;
        }
        painter.rect_filled(part, 0.0, theme::background().gamma_multiply(0.62));
        let chosen = own.is_some() && desk.panels.versions.cut == Some(n);
        let wide = if chosen { 2.5 } else { 1.5 };
        for edge in [part.left(), part.right()] {
            let line = [pos2(edge, part.top()), pos2(edge, part.bottom())];
            painter.extend(Shape::dashed_line(&line, Stroke::new(wide, theme::accent()), 4.0, 3.0));
        }
        band(&painter, area, part, &version, cut, chosen);
        if own.is_some() {
            hands(desk, document, ui, area, part, (n, cut));
        }
    }
    if let Some(fade) = version.fade {
        let (from, to) = (x(desk, fade.start), x(desk, fade.end));
        let after = Rect::from_min_max(pos2(to, area.top()), pos2(area.right(), bottom));
        painter.rect_filled(after, 0.0, theme::background().gamma_multiply(0.62));
        let line = [pos2(from, area.top()), pos2(to, bottom)];
        painter.line_segment(line, Stroke::new(1.5, theme::accent()));
        let name = format!("fade {:.1} s", fade.end.0 - fade.start.0);
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
    let length = cut.length().0;
    let name = version.name.to_lowercase();
    let whole =
        format!("{name} cut \u{b7} {length:.1} s \u{b7} xfade {:.0} ms", cut.crossfade.0 * 1000.0);
    let text = if band.width() > 190.0 { whole } else { format!("cut \u{b7} {length:.1} s") };
    let clip = painter.with_clip_rect(band.intersect(area));
    let font = (11.0, Weight::Regular);
    write(&clip, band.center(), Align2::CENTER_CENTER, text, font, theme::text());
}

/// Edges to drag, and the band between them to click, to move and to ask for more.
fn hands(
    desk: &mut Desk,
    document: &mut Document,
    ui: &Ui,
    area: Rect,
    part: Rect,
    (n, cut): (usize, &Cut),
) {
    let rate = document.session.sample_rate;
    let top = part.top();
    let strip = |from: f32, to: f32| {
        Rect::from_min_max(pos2(from, top + 8.0), pos2(to, top + 32.0)).intersect(area)
    };
    let scope = ui.scope_id();
    let middle = strip(part.left() + 5.0, part.right() - 5.0);
    let body = ui.interact(middle, scope.with(("cut", n)), Sense::click_and_drag());
    let words = format!("Cut {} from {:.1} to {:.1}", n + 1, cut.start, cut.end);
    body.widget_info(|| WidgetInfo::labeled(WidgetRole::Button, true, &words));
    let ends = [(part.left(), "Start"), (part.right(), "End")].map(|(x, name)| {
        let edge = Rect::from_min_max(pos2(x - 5.0, top), pos2(x + 5.0, part.bottom()));
        let response =
            ui.interact(edge.intersect(area), scope.with(("edge", n, name)), Sense::drag());
        response.widget_info(|| {
            WidgetInfo::labeled(WidgetRole::Group, true, format!("{name} of cut {}", n + 1))
        });
        response
    });
    let moving = ends.iter().chain([&body]).position(|response| response.dragged());
    if ends.iter().chain([&body]).any(|response| response.drag_started()) {
        document.begin_gesture();
        desk.panels.versions.cut = Some(n);
        let from = (cut.start, cut.end);
        ui.data_mut(|data| data.insert_temp(scope.with("held"), from));
    }
    if let Some(what) = moving
        && let (Some(at), Some(origin)) =
            (ui.input(|i| i.pointer.interact_pos()), ui.input(|i| i.pointer.press_origin()))
        && let Some((start, end)) =
            ui.data(|data| data.get_temp::<(Seconds, Seconds)>(scope.with("held")))
    {
        let by = f64::from(at.x - origin.x) * desk.panels.mix.timeline.scale() / rate.hz().0;
        // The edge that is moved goes to beats, sections or zero crossings, as all does.
        let snapped = |time: Seconds| {
            let frame = Seconds((time.0 + by).max(0.0)).frames(rate).0;
            Frames(super::snap::snapped(desk, document, ui, frame)).seconds(rate)
        };
        let (start, end) = match what {
            0 => (snapped(start), end),
            1 => (start, snapped(end)),
            _ => {
                let to = snapped(start);
                (to, Seconds(end.0 + to.0 - start.0))
            }
        };
        change(document, |version| place(version, n, start, end));
    }
    if ends.iter().chain([&body]).any(|response| response.drag_stopped()) {
        document.begin_gesture();
    }
    if body.clicked() {
        desk.panels.versions.cut = Some(n);
    }
    if body.double_clicked() {
        desk.show(|seen, _| seen.ask(Cuts::Hear(Some(n))));
    }
    let fresh = cut.clone();
    body.context_menu(|ui| options(desk, document, ui, n, &fresh));
    body.on_hover_text("Click to choose, drag to move, double-click to hear the join");
    for response in ends {
        response.on_hover_cursor(CursorIcon::ResizeHorizontal);
    }
}

/// What can be chosen for a cut.
fn options(desk: &mut Desk, document: &mut Document, ui: &mut Ui, n: usize, cut: &Cut) {
    ui.set_min_width(220.0);
    desk.panels.versions.cut = Some(n);
    if ui.button("Hear the join").clicked() {
        desk.show(|seen, _| seen.ask(Cuts::Hear(Some(n))));
        ui.close();
    }
    let set = |document: &mut Document, apply: &dyn Fn(&mut Cut)| {
        change_once(document, |version| version.cuts.iter_mut().skip(n).take(1).for_each(apply));
    };
    ui.menu_button(format!("Crossfade: {:.0} ms", cut.crossfade.0 * 1000.0), |ui| {
        for seconds in CROSSFADES {
            let name = format!("{:.0} ms", seconds * 1000.0);
            if ui.selectable_label(cut.crossfade.0 == seconds, name).clicked() {
                set(document, &|cut| cut.crossfade = Seconds(seconds));
            }
        }
        ui.separator();
        for curve in Crossfade::ALL {
            if ui.selectable_label(cut.curve == curve, curve.name()).clicked() {
                set(document, &|cut| cut.curve = curve);
            }
        }
    });
    ui.menu_button("Tails that ring across", |ui| {
        for seconds in RINGS {
            let name = if seconds == 0.0 { "none".into() } else { format!("{seconds:.1} s") };
            if ui.selectable_label(cut.ring.0 == seconds, name).clicked() {
                set(document, &|cut| cut.ring = Seconds(seconds));
            }
        }
        ui.separator();
        for stem in document.session.stems.clone() {
            let mut rings = cut.ringing.contains(&stem.id);
            if ui.checkbox(&mut rings, &stem.name).clicked() {
                set(document, &|cut| {
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
    if ui.button("Put it back").clicked() {
        edits::remove(document, n);
        desk.panels.versions.cut = None;
        ui.close();
    }
}

/// The words on the lane of the singer; explicit ones stand out.
pub fn words(desk: &Desk, document: &Document, painter: &egui::Painter, lane: Rect) {
    let Some(lyrics) = &document.session.lyrics else { return };
    let rate = document.session.sample_rate;
    let mut free = lane.left();
    for word in &lyrics.words {
        let x = desk.panels.mix.timeline.x_of(word.start.frames(rate).0, lane);
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

/// How long the version is and shall be, at the head of the ruler.
pub fn length(document: &Document, ui: &Ui, head: Rect) {
    let Some((text, met)) = edits::length_line(document) else { return };
    let painter = ui.painter().with_clip_rect(head);
    let colour = if met { theme::text() } else { theme::caution() };
    let at = pos2(head.left() + 16.0, head.center().y);
    write(&painter, at, Align2::LEFT_CENTER, text, (12.0, Weight::Medium), colour);
}

/// Entries of the timeline's menu for what is marked.
pub fn menu_entries(desk: &mut Desk, ui: &mut Ui) {
    for name in actions::OF_CUTS {
        desk.show(|seen, _| menu::action(seen, ui, name));
    }
}
