//! The head of a lane: number, name, mute, solo, fader, pan and meter.

use super::LANE;
use crate::app::document::Document;
use crate::app::theme::{self, Weight, write};
use crate::app::widgets::knob::pointer;
use crate::app::widgets::value::number;
use crate::app::widgets::{Change, Parameter, fader, letter};
use crate::dsp::strip::StripSettings;
use crate::playback::Levels;
use crate::session::edit::Edit;
use crate::session::stem::StemId;
use crate::units::{Db, Pan};
use egui::{
    Align2, Painter, Rect, Role as WidgetRole, Sense, Stroke, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};

pub fn show_pan(value: f64) -> String {
    let percent = (value.abs() * 100.0).round();
    match (percent as i64, value > 0.0) {
        (0, _) => "C".into(),
        (percent, true) => format!("R {percent}"),
        (percent, false) => format!("L {percent}"),
    }
}

/// `L 30`, `R 30`, `C`, or a number from −100 to 100.
pub fn read_pan(text: &str) -> Option<f64> {
    let plain = text.trim().to_uppercase();
    if plain.starts_with('C') {
        return Some(0.0);
    }
    let (sign, rest) = match (plain.strip_prefix('L'), plain.strip_prefix('R')) {
        (Some(rest), _) => (-1.0, rest),
        (_, Some(rest)) => (1.0, rest),
        _ => (1.0, plain.as_str()),
    };
    number(rest).map(|percent| (sign * percent / 100.0).clamp(-1.0, 1.0))
}

pub fn pan_parameter<'a>(name: &'a str, pan: Pan) -> Parameter<'a> {
    Parameter {
        name,
        value: pan.0,
        default: 0.0,
        to_position: &|pan| (pan + 1.0) / 2.0,
        from_position: &|position| {
            let pan = position * 2.0 - 1.0;
            // The centre is easy to hit.
            if pan.abs() < 0.01 { 0.0 } else { pan }
        },
        show: &show_pan,
        read: &read_pan,
    }
}

/// Applies a change of a control to a strip.
pub fn change(
    document: &mut Document,
    stem: StemId,
    change: Change,
    set: impl FnOnce(&mut StripSettings, f64),
) {
    if change.begins {
        document.begin_gesture();
    }
    if let Some(value) = change.value
        && let Some(found) = document.session.stem(stem)
    {
        let mut settings = found.strip;
        set(&mut settings, value);
        if settings != found.strip {
            document.edit(Edit::Strip { stem, settings });
        }
    }
}

/// Draws and handles the head of the lane at `index`.
pub fn show(document: &mut Document, ui: &mut Ui, rect: Rect, index: usize, levels: Levels) {
    let Some(stem) = document.session.stems.get(index) else { return };
    let (id, name, strip, role) = (stem.id, stem.name.clone(), stem.strip, stem.role);
    // Two stems may have the same name.
    let ui = &mut ui.new_child(UiBuilder::new().id_salt(("stem", id.0)).max_rect(rect));
    let colour = theme::role_colour(role);
    let selected = document.selected == Some(id);
    let response = ui.interact(rect, ui.scope_id().with(("head", index)), Sense::click());
    response.widget_info(|| {
        WidgetInfo::selected(WidgetRole::Group, true, selected, format!("Stem {name}"))
    });
    if response.clicked() {
        document.selected = Some(id);
    }
    let painter = ui.painter().clone();
    painter.rect_filled(rect, 0.0, if selected { theme::SELECTED } else { theme::PANEL });
    painter.rect_filled(Rect::from_min_size(rect.min, vec2(4.0, rect.height() - 1.0)), 0.0, colour);
    painter.hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, theme::LINE));
    let first = rect.top() + LANE * 0.27;
    let second = rect.top() + LANE * 0.70;
    let at = |x: f32, y: f32| pos2(rect.left() + x, y);
    write(
        &painter,
        at(18.0, first),
        Align2::LEFT_CENTER,
        format!("{:02}", index + 1),
        (12.0, Weight::Regular),
        theme::DIM,
    );
    let clip =
        painter.with_clip_rect(Rect::from_min_max(at(40.0, rect.top()), at(184.0, rect.bottom())));
    let weight = if selected { Weight::SemiBold } else { Weight::Medium };
    write(&clip, at(42.0, first), Align2::LEFT_CENTER, &name, (13.5, weight), theme::TEXT);
    let mute = Rect::from_center_size(at(203.0, first), vec2(25.0, 20.0));
    let solo = Rect::from_center_size(at(235.0, first), vec2(25.0, 20.0));
    let lit = strip.mute.then_some(theme::CAUTION);
    if letter(ui, mute, "M", &format!("Mute {name}"), lit).clicked() {
        document.edit_once(Edit::Strip {
            stem: id,
            settings: StripSettings { mute: !strip.mute, ..strip },
        });
    }
    let lit = strip.solo.then_some(theme::ACCENT);
    if letter(ui, solo, "S", &format!("Solo {name}"), lit).clicked() {
        document.edit_once(Edit::Strip {
            stem: id,
            settings: StripSettings { solo: !strip.solo, ..strip },
        });
    }
    let track = Rect::from_min_max(at(18.0, second - 9.0), at(168.0, second + 9.0));
    let moved = fader(ui, track, &format!("Fader {name}"), strip.fader, colour);
    change(document, id, moved, |strip, value| strip.fader = Db(value));
    let value = format!("{:+.1}", strip.fader);
    write(
        &painter,
        at(180.0, second),
        Align2::LEFT_CENTER,
        value,
        (12.5, Weight::Medium),
        theme::TEXT,
    );
    let pan_name = format!("Pan {name}");
    let moved = pointer(ui, at(234.0, second), &pan_parameter(&pan_name, strip.pan));
    change(document, id, moved, |strip, value| strip.pan = Pan(value));
    for (n, peak) in levels.peaks.into_iter().enumerate() {
        let x = 250.0 + n as f32 * 6.0;
        meter(
            &painter,
            Rect::from_min_max(at(x, rect.top() + 8.0), at(x + 4.5, rect.bottom() - 8.0)),
            peak,
        );
    }
}

fn meter(painter: &Painter, area: Rect, peak: f32) {
    painter.rect_filled(area, 1.0, theme::LINE);
    let level = Db::from_factor(f64::from(peak)).0;
    let height = |db: f64| area.height() * ((db + 48.0) / 48.0).clamp(0.0, 1.0) as f32;
    let part = |from: f64, to: f64, colour| {
        if to > from {
            let rect = Rect::from_min_max(
                pos2(area.left(), area.bottom() - height(to)),
                pos2(area.right(), area.bottom() - height(from)),
            );
            painter.rect_filled(rect, 1.0, colour);
        }
    };
    part(-48.0, level.min(-9.0), theme::GOOD);
    part(-9.0, level.min(0.0), theme::CAUTION);
    if level > 0.0 {
        painter.rect_filled(
            Rect::from_min_size(area.min, vec2(area.width(), 4.0)),
            1.0,
            theme::OVER,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pan_is_written_as_it_is_read() {
        for value in [-1.0, -0.3, 0.0, 0.55, 1.0] {
            assert_eq!(read_pan(&show_pan(value)), Some(value));
        }
        assert_eq!(read_pan("-20"), Some(-0.2));
        assert_eq!(read_pan("left"), None);
    }
}
