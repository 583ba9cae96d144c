//! Bars of the loudness panel: momentary and short-term loudness on the chosen scale, and the peaks
//! of left and right in dBFS.

use crate::app::deeds::Play;
use crate::app::preferences::MeterScale;
use crate::app::seen::Seen;
use crate::app::theme::{self, Weight, write};
use crate::texts::say;
use crate::units::Db;
use egui::{
    Align2, Color32, Painter, Rect, Role as WidgetRole, Sense, Shape, Stroke, Ui, WidgetInfo, pos2,
};

/// Marks of the full scale, in LUFS or dBFS.
const MARKS: [f64; 5] = [0.0, -6.0, -14.0, -23.0, -36.0];
/// Lowest level of the full scale.
const LOWEST: f64 = -50.0;

fn height(level: f64, area: Rect) -> f32 {
    // The upper half of the bar shows the upper 20 of 50 dB, expanded as on a programme meter.
    let share = ((level - LOWEST) / -LOWEST).clamp(0.0, 1.0);
    area.bottom() - area.height() * (share as f32).powf(1.35)
}

/// Scale of the loudness bars: the place of a level in an area, and the marks with their labels.
struct Scale {
    kind: MeterScale,
    /// Target loudness in LUFS; 0 LU of an EBU scale.
    target: f64,
}

impl Scale {
    /// Lowest and highest value of an EBU scale, in LU relative to the target; `None` for the full
    /// scale.
    fn ends(&self) -> Option<(f64, f64)> {
        match self.kind {
            MeterScale::Full => None,
            MeterScale::EbuPlus9 => Some((-18.0, 9.0)),
            MeterScale::EbuPlus18 => Some((-36.0, 18.0)),
        }
    }

    fn height(&self, level: f64, area: Rect) -> f32 {
        match self.ends() {
            None => height(level, area),
            Some((least, most)) => {
                let share = ((level - self.target - least) / (most - least)).clamp(0.0, 1.0);
                area.bottom() - area.height() * share as f32
            }
        }
    }

    fn lowest(&self) -> f64 {
        self.ends().map_or(LOWEST, |(least, _)| self.target + least)
    }

    fn marks(&self) -> Vec<(f64, String)> {
        match self.ends() {
            None => MARKS.iter().map(|mark| (*mark, format!("{:.0}", Db(*mark)))).collect(),
            Some((least, most)) => {
                let step = (most - least) / 9.0;
                let marks = (0..=9).map(|n| least + step * f64::from(n));
                marks.map(|mark| (self.target + mark, format!("{:+.0}", Db(mark)))).collect()
            }
        }
    }
}

pub fn bars(seen: &Seen<'_>, kind: MeterScale, painter: &Painter, area: Rect) {
    let target = seen
        .song
        .and_then(|song| song.current_master()?.target)
        .map_or(-14.0, |target| target.loudness.0);
    let scale = Scale { kind, target };
    let marks = |right: f32, marks: Vec<(f64, String)>, y: &dyn Fn(f64) -> f32| {
        for (mark, text) in marks {
            let at = pos2(area.left() + right, y(mark));
            write(painter, at, Align2::RIGHT_CENTER, text, (11.0, Weight::Regular), theme::dim());
            painter.hline(at.x + 4.0..=at.x + 10.0, at.y, Stroke::new(1.0, theme::dim()));
        }
    };
    marks(24.0, scale.marks(), &|level| scale.height(level, area));
    if scale.ends().is_some() {
        // The peak bars keep the full scale in dBFS.
        let peaks = MARKS.iter().map(|mark| (*mark, format!("{:.0}", Db(*mark)))).collect();
        marks(134.0, peaks, &|level| height(level, area));
    }
    let reading = seen.gauges.reading(seen.heard);
    let (momentary, short) = (reading.loudness.momentary, reading.loudness.short_term);
    let peak = |side: usize| {
        let level = |list: &[f32; 2]| {
            list.get(side).map_or(f64::NEG_INFINITY, |x| Db::from_factor(f64::from(*x)).0)
        };
        (level(&reading.peaks), level(&reading.held))
    };
    let loudness = &reading.loudness;
    let columns = [
        (say!("meters-bar-momentary"), false, momentary.0, loudness.momentary_max.0),
        (say!("meters-bar-short-term"), false, short.0, loudness.short_term_max.0),
        (say!("meters-bar-left"), true, peak(0).0, peak(0).1),
        (say!("meters-bar-right"), true, peak(1).0, peak(1).1),
    ];
    let offsets = [36.0, 84.0, 146.0, 194.0];
    for ((name, peaks, level, held), offset) in columns.into_iter().zip(offsets) {
        let column = Rect::from_min_max(
            pos2(area.left() + offset, area.top()),
            pos2(area.left() + offset + 22.0, area.bottom()),
        );
        painter.rect_filled(column, 3.0, theme::raised());
        let limit = if peaks { -6.0 } else { target };
        let lowest = if peaks { LOWEST } else { scale.lowest() };
        let y = |level: f64| if peaks { height(level, area) } else { scale.height(level, area) };
        let part = |from: f64, to: f64, colour: Color32| {
            if to > from && to > lowest {
                let rect =
                    Rect::from_min_max(pos2(column.left(), y(to)), pos2(column.right(), y(from)));
                painter.rect_filled(rect, 2.0, colour);
            }
        };
        part(lowest, level.min(limit), theme::good());
        part(limit, level.min(0.0), theme::caution());
        if held > lowest {
            let colour = if held > 0.0 { theme::over() } else { theme::text() };
            painter.hline(column.x_range(), y(held), Stroke::new(2.0, colour));
        }
        write(
            painter,
            pos2(column.center().x, area.bottom() + 12.0),
            Align2::CENTER_CENTER,
            name,
            (11.0, Weight::Regular),
            theme::dim(),
        );
    }
    let y = scale.height(target, area);
    // The peak bars have no EBU scale, so the target line stops before them.
    let end = if scale.ends().is_some() { area.left() + 106.0 } else { area.right() };
    painter.extend(Shape::dashed_line(
        &[pos2(area.left() + 36.0, y), pos2(end, y)],
        Stroke::new(1.0, theme::accent()),
        3.0,
        3.0,
    ));
}

/// Clickable area of the bars: readings as text for tooltip and screen reader, and a lamp that
/// stays lit after an over. A click resets the meters.
pub fn levels(seen: &Seen<'_>, ui: &Ui, area: Rect) {
    let response = ui.interact(area, ui.scope_id().with("levels"), Sense::click());
    let (out, reading) = (seen.gauges.out(seen.heard), seen.gauges.reading(seen.heard));
    let missed = seen.heard.unmetered;
    let (overs, peak) = (out.overs, format!("{:+.1}", reading.true_peak));
    let highest = format!("{:+.1}", Db::from_factor(f64::from(out.highest)));
    let words = if missed.0 > 0.0 {
        let seconds = format!("{:.1}", missed.0);
        say!(
            "meters-levels-missed",
            peak = peak,
            highest = highest,
            count = overs,
            seconds = seconds
        )
    } else {
        say!("meters-levels", peak = peak, highest = highest, count = overs)
    };
    response.widget_info(|| WidgetInfo::labeled(WidgetRole::Button, true, &words));
    if out.overs > 0 {
        let lamp = Rect::from_min_max(
            pos2(area.left() + 146.0, area.top() - 8.0),
            pos2(area.left() + 216.0, area.top() - 3.0),
        );
        ui.painter().rect_filled(lamp, 2.0, theme::over());
        let at = pos2(lamp.left(), lamp.top() - 7.0);
        let text = say!("meters-overs", count = out.overs);
        write(ui.painter(), at, Align2::LEFT_CENTER, text, (10.5, Weight::SemiBold), theme::over());
    }
    if response.on_hover_text(say!("meters-levels-hint", levels = words)).clicked() {
        seen.ask(Play::ResetMeters);
    }
}
