//! The mixer, the second layout of the Mix view: a strip per stem with an upright fader and a long
//! meter, and the output.

use super::headers::{chosen, pan_parameter, shown, switches, turn};
use super::{minimap, turn_mix};
use crate::app::chain::{self};
use crate::app::deeds::Play;
use crate::app::hand::Target;
use crate::app::open_song::OpenSong;
use crate::app::panels::Panels;
use crate::app::panels::chain::Owner;
use crate::app::renaming::{self, Renaming};
use crate::app::seen::Seen;
use crate::app::theme::{self, Weight, write, write_within};
use crate::app::widgets::{knob::pointer, part, upright};
use crate::playback::Levels;
use crate::texts::say;
use crate::units::{Db, Pan};
use egui::{
    Align2, Painter, Pos2, Rect, Role as WidgetRole, ScrollArea, Sense, Stroke, Ui, UiBuilder,
    WidgetInfo, pos2, vec2,
};

const STRIP: f32 = 96.0;
/// Width of the output strip, in points.
const SUM: f32 = 132.0;
const STATUS: f32 = 39.0;
/// Marks beside the long meters, in dBFS.
const MARKS: [f64; 8] = [0.0, -6.0, -12.0, -18.0, -24.0, -36.0, -48.0, -60.0];

pub fn show(seen: &Seen<'_>, panels: &mut Panels, ui: &mut Ui, rect: Rect) {
    ui.painter().rect_filled(rect, 0.0, theme::background());
    let top = Rect::from_min_max(rect.min, rect.max - vec2(SUM, STATUS));
    let sum = Rect::from_min_max(
        pos2(rect.right() - SUM, rect.top()),
        pos2(rect.right(), rect.bottom() - STATUS),
    );
    let status = Rect::from_min_max(pos2(rect.left(), rect.bottom() - STATUS), rect.max);
    let mut inner = ui.new_child(UiBuilder::new().id_salt("strips").max_rect(top));
    inner.set_clip_rect(top);
    ScrollArea::horizontal().auto_shrink(false).show(&mut inner, |ui| {
        let Some(song) = seen.song else { return };
        let count = song.session.stems.len();
        let size = vec2(count as f32 * STRIP, top.height() - 4.0);
        let (all, _) = ui.allocate_exact_size(size, Sense::hover());
        for index in 0..count {
            let from = pos2(all.left() + index as f32 * STRIP, all.top());
            let area = Rect::from_min_size(from, vec2(STRIP, all.height()));
            if area.intersects(ui.clip_rect()) {
                strip(seen, panels, song, ui, area, index);
            }
        }
    });
    output(seen, ui, sum);
    part(ui, "status", status, |ui| minimap::show(seen, panels, ui, status));
}

fn strip(
    seen: &Seen<'_>,
    panels: &mut Panels,
    song: &OpenSong,
    ui: &mut Ui,
    area: Rect,
    index: usize,
) {
    let known = seen.heard.levels.get(index).filter(|_| panels.mix.balances.blind.is_none());
    let levels = known.copied().unwrap_or_default();
    let Some(stem) = song.session.stems.get(index) else { return };
    let (id, name, settings) = (stem.id, &stem.name, stem.strip);
    let ui = &mut ui.new_child(UiBuilder::new().id_salt(("strip", id.0)).max_rect(area));
    let selected = song.is_selected(id);
    let response = ui.interact(area, ui.scope_id().with("whole"), Sense::click());
    let words = say!("mix-mixer-strip", stem = name);
    response.widget_info(|| WidgetInfo::selected(WidgetRole::Group, true, selected, &words));
    if response.clicked() {
        seen.ask(chosen(ui, id));
    }
    let title = Rect::from_min_max(pos2(area.left(), area.bottom() - 28.0), area.max);
    let on_title = |at: Pos2| title.contains(at);
    if response.double_clicked() && response.interact_pointer_pos().is_some_and(on_title) {
        panels.renaming = Some(Renaming::of(stem));
    }
    let painter = ui.painter().clone();
    let fill = if selected { theme::selected() } else { theme::panel() };
    painter.rect_filled(area, 0.0, fill);
    painter.vline(area.right() - 0.5, area.y_range(), Stroke::new(1.0, theme::line()));
    let colour = theme::stem_colour(stem);
    painter.rect_filled(Rect::from_min_size(area.min, vec2(STRIP - 1.0, 4.0)), 0.0, colour);
    let at = |x: f32, y: f32| pos2(area.left() + x, area.top() + y);
    let clip = painter.with_clip_rect(area.shrink(4.0).intersect(ui.clip_rect()));
    let number = format!("{:02}", index + 1);
    write(
        &clip,
        at(10.0, 20.0),
        Align2::LEFT_CENTER,
        number,
        (11.5, Weight::Regular),
        theme::dim(),
    );
    let chain = Owner::Stem(id).chain(song);
    let at_work: Vec<_> = chain.into_iter().filter(|slot| slot.on).collect();
    let chain = if at_work.is_empty() { String::new() } else { chain::line(&at_work) };
    let font = (10.5, Weight::Regular);
    write_within(&clip, at(32.0, 20.0), STRIP - 42.0, chain, font, theme::dim());
    let pan = shown(seen, song, stem, Target::Pan).unwrap_or(settings.pan.0);
    let pan_name = say!("mix-pan-of", stem = name);
    let moved = pointer(ui, at(STRIP / 2.0, 46.0), &pan_parameter(&pan_name, Pan(pan)));
    turn(seen, (id, Target::Pan), pan, moved);
    let square = |x: f32| Rect::from_center_size(at(x, 78.0), vec2(28.0, 20.0));
    let (mute, solo) = (square(STRIP / 2.0 - 17.0), square(STRIP / 2.0 + 17.0));
    switches(seen, stem, ui, [mute, solo]);
    let (top, bottom) = (area.top() + 104.0, area.bottom() - 52.0);
    let level = shown(seen, song, stem, Target::Fader).unwrap_or(settings.fader.0);
    let level = if level <= crate::dsp::curve::FOOT { Db::SILENCE } else { Db(level) };
    let track = Rect::from_min_max(pos2(area.left() + 26.0, top), pos2(area.left() + 46.0, bottom));
    let moved = upright(ui, track, &say!("mix-fader-of", stem = name), level, colour);
    turn(seen, (id, Target::Fader), level.0, moved);
    let meters =
        Rect::from_min_max(pos2(area.left() + 62.0, top), pos2(area.left() + 88.0, bottom));
    long_meter(seen, ui, meters, name, &levels);
    let value = format!("{level:+.1}");
    let under = pos2(track.center().x, area.bottom() - 36.0);
    write(&clip, under, Align2::CENTER_CENTER, value, (12.5, Weight::Medium), theme::text());
    let weight = if selected { Weight::SemiBold } else { Weight::Medium };
    let foot = pos2(area.left() + 10.0, area.bottom() - 15.0);
    if !renaming::show(seen, panels, ui, title.shrink2(vec2(4.0, 3.0)), stem)
        && write_within(&clip, foot, STRIP - 20.0, name, (12.5, weight), theme::text())
    {
        ui.interact(title, ui.scope_id().with("name"), Sense::hover()).on_hover_text(name);
    }
}

/// Position of a level in dBFS on a long meter, from 0 (−60) to 1 (0). The upper half shows the
/// upper 18 dB.
fn place(db: f64) -> f32 {
    let share = if db > -18.0 { 1.0 + db / 36.0 } else { 0.5 + (db + 18.0) / 84.0 };
    share.clamp(0.0, 1.0) as f32
}

/// Two bars with peak, RMS, highest peak and overs. A click resets the meters.
fn long_meter(seen: &Seen<'_>, ui: &Ui, area: Rect, name: &str, levels: &Levels) {
    let response = ui.interact(area, ui.scope_id().with("meter"), Sense::click());
    let decibels = |factor: f32| Db::from_factor(f64::from(factor));
    let words = say!(
        "mix-long-meter",
        stem = name,
        peak = format!("{:+.1}", decibels(levels.peaks[0].max(levels.peaks[1]))),
        highest = format!("{:+.1}", decibels(levels.highest)),
        overs = levels.overs,
    );
    response.widget_info(|| WidgetInfo::labeled(WidgetRole::Button, true, &words));
    let painter = ui.painter();
    let half = (area.width() - 3.0) / 2.0;
    for (n, (peak, rms)) in levels.peaks.into_iter().zip(levels.rms).enumerate() {
        let from = pos2(area.left() + n as f32 * (half + 3.0), area.top());
        bar(painter, Rect::from_min_size(from, vec2(half, area.height())), peak, rms);
    }
    let y = |db: f64| area.bottom() - area.height() * place(db);
    let highest = decibels(levels.highest).0;
    if highest > -60.0 {
        let colour = if levels.overs > 0 { theme::over() } else { theme::text() };
        painter.hline(area.x_range(), y(highest), Stroke::new(1.5, colour));
    }
    if levels.overs > 0 {
        let text = say!("mix-meter-overs", count = levels.overs);
        let at = area.center_top() - vec2(0.0, 8.0);
        write(painter, at, Align2::CENTER_CENTER, text, (10.5, Weight::SemiBold), theme::over());
    }
    if response.on_hover_text(say!("mix-meter-hint", meter = &words)).clicked() {
        seen.ask(Play::ResetMeters);
    }
}

fn bar(painter: &Painter, area: Rect, peak: f32, rms: f32) {
    painter.rect_filled(area, 2.0, theme::raised());
    let level = Db::from_factor(f64::from(peak)).0;
    let y = |db: f64| area.bottom() - area.height() * place(db);
    for (from, to, colour) in
        [(-60.0, level.min(-9.0), theme::good()), (-9.0, level.min(0.0), theme::caution())]
    {
        if to > from {
            let part = Rect::from_min_max(pos2(area.left(), y(to)), pos2(area.right(), y(from)));
            painter.rect_filled(part, 1.0, colour);
        }
    }
    for mark in MARKS {
        painter.hline(area.x_range(), y(mark), Stroke::new(1.0, theme::panel()));
    }
    let rms = Db::from_factor(f64::from(rms)).0;
    if rms > -60.0 {
        painter.hline(area.x_range(), y(rms), Stroke::new(1.5, theme::background()));
    }
}

/// Output strip: the fader of the mix, before its chain and the master, and the level that goes to
/// the device.
fn output(seen: &Seen<'_>, ui: &mut Ui, area: Rect) {
    let ui = &mut ui.new_child(UiBuilder::new().id_salt("sum").max_rect(area));
    let painter = ui.painter().clone();
    painter.rect_filled(area, 0.0, theme::panel());
    painter.vline(area.left(), area.y_range(), Stroke::new(1.0, theme::line()));
    let levels = seen.gauges.out(seen.heard);
    let (top, bottom) = (area.top() + 104.0, area.bottom() - 52.0);
    if let Some(song) = seen.song {
        let level = song.session.fader;
        let track =
            Rect::from_min_max(pos2(area.left() + 26.0, top), pos2(area.left() + 46.0, bottom));
        let moved = upright(ui, track, say!("mix-fader-of-mix"), level, theme::accent());
        turn_mix(seen, song, moved);
        let under = pos2(track.center().x, area.bottom() - 36.0);
        let (value, font) = (format!("{level:+.1}"), (12.5, Weight::Medium));
        write(&painter, under, Align2::CENTER_CENTER, value, font, theme::text());
        let at = pos2(track.center().x, area.bottom() - 15.0);
        let font = (12.5, Weight::SemiBold);
        write(&painter, at, Align2::CENTER_CENTER, say!("mix-the-mix"), font, theme::text());
    }
    let meters =
        Rect::from_min_max(pos2(area.left() + 86.0, top), pos2(area.left() + 122.0, bottom));
    long_meter(seen, ui, meters, say!("mix-meter-of-output"), &levels);
    for mark in MARKS {
        let y = meters.bottom() - meters.height() * place(mark);
        let at = pos2(meters.left() - 8.0, y);
        let text = format!("{:.0}", Db(mark));
        write(&painter, at, Align2::RIGHT_CENTER, text, (10.0, Weight::Regular), theme::dim());
    }
    let highest = format!("{:+.1}", Db::from_factor(f64::from(levels.highest)));
    let at = pos2(meters.center().x, area.bottom() - 36.0);
    write(&painter, at, Align2::CENTER_CENTER, highest, (12.5, Weight::Medium), theme::text());
    let at = pos2(meters.center().x, area.bottom() - 15.0);
    let font = (12.5, Weight::SemiBold);
    write(&painter, at, Align2::CENTER_CENTER, say!("mix-output"), font, theme::text());
}
