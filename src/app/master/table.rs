//! The masters as one table: target, ceiling, and what the limiter does to reach it, predicted for the
//! version that is heard. The line that is clicked opens its details below.

use super::details;
use crate::app::deeds::Play;
use crate::app::open_song::OpenSong;
use crate::app::panels::MasterPanel;
use crate::app::seen::{Seen, Switched};
use crate::app::theme::{self, Weight, write, write_within};
use crate::app::widgets::value::number;
use crate::dsp::prediction::{Limiting, Through};
use crate::session::edit::Edit;
use crate::session::master::Master;
use crate::texts::{self, say};
use crate::units::{Db, SampleRate};
use egui::{
    Align2, DragValue, Rect, Role, ScrollArea, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};
use std::sync::Arc;

const ROW: f32 = 54.0;
const HEAD: f32 = 34.0;

/// Right edges of the columns, as shares of the width; the last is that of the button.
struct Columns {
    target: f32,
    ceiling: f32,
    gain: f32,
    limiting: f32,
    plr: Option<f32>,
    range: Option<f32>,
    play: f32,
}

impl Columns {
    fn of(area: Rect) -> Self {
        let wide = area.width() >= 540.0;
        let at = |share: f32| area.left() + area.width() * share;
        let share = |roomy: f32, tight: f32| at(if wide { roomy } else { tight });
        Self {
            target: share(0.335, 0.42),
            ceiling: share(0.44, 0.56),
            gain: share(0.535, 0.68),
            limiting: share(0.69, 0.86),
            plr: wide.then(|| at(0.765)),
            range: wide.then(|| at(0.86)),
            play: area.right() - 16.0,
        }
    }
}

pub fn show(seen: &Seen<'_>, own: &mut MasterPanel, ui: &mut Ui, card: Rect) {
    ui.painter().rect_filled(card, theme::RADIUS + 2.0, theme::panel());
    let Some(song) = seen.song else { return };
    let mut inner = ui.new_child(UiBuilder::new().id_salt("masters").max_rect(card));
    inner.set_clip_rect(card.intersect(ui.clip_rect()));
    ScrollArea::vertical().auto_shrink(false).show(&mut inner, |ui| {
        let masters = &song.session.masters;
        let open = own.open.filter(|n| *n < masters.len());
        let details = open.map_or(0.0, |_| details::HEIGHT);
        let height = HEAD + masters.len() as f32 * ROW + details + 8.0;
        let (whole, _) = ui.allocate_exact_size(vec2(card.width(), height), Sense::hover());
        let area = whole.shrink2(vec2(8.0, 0.0));
        let columns = Columns::of(area);
        head(ui, area, &columns);
        let mut top = whole.top() + HEAD;
        for (n, master) in masters.iter().enumerate() {
            let row = Rect::from_min_size(pos2(area.left(), top), vec2(area.width(), ROW - 2.0));
            let ui = &mut ui.new_child(UiBuilder::new().id_salt(("master", n)).max_rect(row));
            let mut next = line(seen, song, own, ui, row, &columns, n, master);
            top += ROW;
            if open == Some(n) {
                let size = vec2(area.width(), details::HEIGHT);
                next = details::show(ui, Rect::from_min_size(pos2(area.left(), top), size), &next);
                top += details::HEIGHT;
            }
            if next != *master {
                let mut all = masters.clone();
                if let Some(place) = all.get_mut(n) {
                    *place = next;
                }
                seen.edit(Edit::Masters(all));
            }
        }
    });
}

fn head(ui: &Ui, area: Rect, columns: &Columns) {
    let text = |x: f32, align: Align2, text: &str| {
        let at = pos2(x, area.top() + 19.0);
        write(ui.painter(), at, align, text, (11.5, Weight::Regular), theme::dim());
    };
    text(area.left() + 10.0, Align2::LEFT_CENTER, say!("master-column-master"));
    let right = Align2::RIGHT_CENTER;
    text(columns.target, right, say!("master-column-target"));
    text(columns.ceiling, right, say!("master-column-ceiling"));
    text(columns.gain, right, say!("master-column-gain"));
    text(columns.limiting, right, say!("master-column-limiting"));
    if let Some(x) = columns.plr {
        text(x, right, say!("meters-plr"));
    }
    if let Some(x) = columns.range {
        text(x, right, say!("meters-range"));
    }
}

#[expect(
    clippy::too_many_arguments,
    reason = "a row needs its place, its master and all that is seen"
)]
fn line(
    seen: &Seen<'_>,
    song: &OpenSong,
    own: &mut MasterPanel,
    ui: &mut Ui,
    row: Rect,
    columns: &Columns,
    n: usize,
    master: &Master,
) -> Master {
    let mut next = master.clone();
    let name = &master.name;
    let open = own.open == Some(n);
    let response = ui.interact(row, ui.scope_id().with("line"), Sense::click());
    let through = at_work(seen, song, master);
    let words = match &through {
        Some((gain, through)) => {
            let gain = format!("{gain:+.1}");
            say!("master-line", master = name, gain = gain, limiting = limiting(&through.limiting))
        }
        None => name.clone(),
    };
    response.widget_info(|| WidgetInfo::selected(Role::Row, true, song.master == n, &words));
    if response.clicked() {
        own.open = if open { None } else { Some(n) };
    }
    if song.master == n || response.hovered() || open {
        let fill = if song.master == n {
            theme::raised()
        } else {
            theme::mixed(theme::raised(), 0.5, theme::panel())
        };
        ui.painter().rect_filled(row, theme::RADIUS, fill);
    }
    response.on_hover_text(if open {
        say!("master-closes-details")
    } else {
        say!("master-opens-details")
    });
    let at = |y: f32| pos2(row.left() + 10.0, row.center().y + y);
    let width = columns.target - 62.0 - at(0.0).x;
    write_within(ui.painter(), at(-9.0), width, name, (13.0, Weight::SemiBold), theme::text());
    let kind = kind_of(master, song.session.sample_rate);
    write_within(ui.painter(), at(10.0), width, kind, (11.0, Weight::Regular), theme::dim());
    let painter = ui.painter().clone();
    let figure = |x: f32, text: String| {
        let at = pos2(x, row.center().y);
        write(&painter, at, Align2::RIGHT_CENTER, text, (12.5, Weight::Medium), theme::text());
    };
    match &mut next.target {
        Some(target) => {
            let mut value = |x: f32, value: &mut f64, words: String, range| {
                let place =
                    Rect::from_min_size(pos2(x - 54.0, row.center().y - 11.0), vec2(60.0, 22.0));
                let drag = DragValue::new(value).speed(0.1).range(range).fixed_decimals(1);
                let drag = drag.custom_formatter(|value, _| format!("{:.1}", Db(value)));
                let drag = drag.custom_parser(number);
                let response = ui.put(place, drag).accessible_name(words);
                response.on_hover_text(say!("master-drag-or-type"));
            };
            let words = say!("master-target-of", master = name);
            value(columns.target, &mut target.loudness.0, words, -40.0..=-5.0);
            let words = say!("master-ceiling-of", master = name);
            value(columns.ceiling, &mut target.ceiling.0, words, -12.0..=0.0);
        }
        None => figure(columns.target, say!("master-as-it-is").into()),
    }
    if let Some((gain, through)) = &through {
        figure(columns.gain, format!("{gain:+.1}"));
        figure(columns.limiting, limiting(&through.limiting));
        let loudness = through.loudness;
        let plr = Db(through.true_peak.0 - loudness.integrated.0).finite();
        if let (Some(x), Some(plr)) = (columns.plr, plr) {
            figure(x, format!("{plr:.1}"));
        }
        if let (Some(x), Some(range)) = (columns.range, loudness.range) {
            figure(x, format!("{range:.1}"));
        }
    }
    play(seen, ui, row, columns.play, n, master);
    next
}

/// "Play" at the end of a line: plays the mix through this master.
fn play(seen: &Seen<'_>, ui: &Ui, row: Rect, right: f32, n: usize, master: &Master) {
    if master.target.is_none() {
        return;
    }
    let sound = seen.sound(Switched::Master(n));
    let on = sound.is_on();
    let place = Rect::from_min_max(
        pos2(right - 44.0, row.center().y - 12.0),
        pos2(right + 8.0, row.center().y + 12.0),
    );
    let response = ui.interact(place, ui.scope_id().with("play"), Sense::click());
    let words = say!("master-play-through", master = &master.name);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, on, &words));
    let colour = if on { theme::good() } else { theme::accent() };
    let at = pos2(right, row.center().y);
    write(ui.painter(), at, Align2::RIGHT_CENTER, sound.word(), (12.5, Weight::Medium), colour);
    if response.on_hover_text(words).clicked() {
        seen.ask(if on { Play::Preview(false) } else { Play::Through(n) });
    }
}

/// A master at work: its gain, and the figures behind it.
pub type AtWork = (Db, Arc<Through>);

/// The figures of a master; `None` before they are measured, and for a master without a target.
pub fn at_work(seen: &Seen<'_>, song: &OpenSong, master: &Master) -> Option<AtWork> {
    let figures = seen.measured.figures.as_ref()?;
    let gain = figures.predict(&song.session, master)?.gain;
    Some((gain, figures.mix.through(&song.session, master, gain)?))
}

/// Deepest reduction and the share of time that anything is reduced: `2.8 dB · 9 %`.
pub fn limiting(limiting: &Limiting) -> String {
    if limiting.share == 0.0 {
        return say!("master-limiting-none").into();
    }
    format!("{:.1} dB \u{b7} {:.0} %", -limiting.deepest.0, 100.0 * limiting.share)
}

fn kind_of(master: &Master, session: SampleRate) -> String {
    let depth = texts::word("depth", master.file_depth().name());
    let broadcast = if master.broadcast { " BWF" } else { "" };
    format!("{depth} {}{broadcast}", master.file_rate(session))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limiting_is_told_by_depth_and_time() {
        let told = |reduction: &[f64]| {
            limiting(&Limiting::of(&reduction.iter().copied().map(Db).collect::<Vec<_>>()))
        };
        let mean = Limiting::of(&[0.0, -3.0, -1.0, 0.0].map(Db)).mean;
        assert_eq!(mean, Db(-2.0), "of the time in which anything is reduced");
        assert_eq!(told(&[]), "none");
        assert_eq!(told(&[0.0, -0.01]), "none");
        assert_eq!(told(&[0.0, -2.76, -0.2, 0.0]), "2.8 dB \u{b7} 50 %");
    }
}
