//! Menu of the meters: pause, reset, copy, scale, slope and averaging; and the figures as text.

use crate::app::actions;
use crate::app::icons::{self, Icon};
use crate::app::measured::Figures;
use crate::app::menu::action;
use crate::app::open_song::OpenSong;
use crate::app::preferences::{Averaging, MeterScale, Preferences, Slope};
use crate::app::seen::Seen;
use crate::app::theme::{self, Weight, write};
use crate::texts::say;
use crate::units::{Db, Lufs};
use egui::{Align2, Popup, Pos2, Rect, Role as WidgetRole, Sense, Ui, WidgetInfo, pos2, vec2};

/// Button that opens the menu, with the word "paused" beside it while the meters are paused.
pub fn more(seen: &Seen<'_>, preferences: &mut Preferences, ui: &mut Ui, at: Pos2) {
    let area = Rect::from_center_size(at, vec2(26.0, 20.0));
    let response = ui.interact(area, ui.scope_id().with("more"), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(WidgetRole::Button, true, say!("meters-menu")));
    let lit = response.hovered() || response.has_focus();
    let colour = if lit { theme::text() } else { theme::dim() };
    icons::draw(ui.painter(), Icon::More, at, colour);
    if seen.gauges.is_paused() {
        let at = pos2(area.left() - 6.0, at.y);
        let font = (11.5, Weight::SemiBold);
        let text = say!("meters-paused");
        write(ui.painter(), at, Align2::RIGHT_CENTER, text, font, theme::caution());
    }
    let response = response.on_hover_text(say!("meters-menu-hint"));
    Popup::menu(&response).show(|ui| menu(seen, preferences, ui));
}

pub fn menu(seen: &Seen<'_>, preferences: &mut Preferences, ui: &mut Ui) {
    ui.set_min_width(210.0);
    for name in actions::OF_METERS {
        action(seen, ui, name);
    }
    ui.separator();
    ui.weak(say!("meters-scale"));
    for scale in MeterScale::ALL {
        ui.selectable_value(&mut preferences.meter_scale, *scale, scale.name());
    }
    ui.menu_button(say!("meters-slope", slope = preferences.slope.name()), |ui| {
        for slope in Slope::ALL {
            ui.selectable_value(&mut preferences.slope, *slope, slope.name());
        }
    });
    ui.menu_button(say!("meters-averaging", averaging = preferences.averaging.name()), |ui| {
        for averaging in Averaging::ALL {
            ui.selectable_value(&mut preferences.averaging, *averaging, averaging.name());
        }
    });
}

/// The figures of what is chosen as text for the clipboard, one line per figure.
pub fn in_words(open: &OpenSong, figures: &Figures, preview: bool) -> Option<String> {
    let mix = figures.chosen(open, preview)?;
    let song = &open.session.song.title;
    let version = open.current_version().map_or_else(String::new, |version| version.name);
    let level = |value: Lufs| value.finite().map_or("none".into(), |v| format!("{:.1}", Db(v)));
    let range = mix.loudness.range.map_or("none".into(), |range| format!("{range:.1}"));
    let mut lines = vec![
        match &mix.master {
            Some(master) => format!("{song}, {version}, {master}"),
            None => format!("{song}, {version}"),
        },
        format!("Integrated {} LUFS", level(mix.loudness.integrated)),
        format!("Short-term, highest {} LUFS", level(mix.loudness.short_term_max)),
        format!("Momentary, highest {} LUFS", level(mix.loudness.momentary_max)),
        format!("Range {range} LU"),
        format!("True peak {:+.1} dBTP", mix.true_peak),
    ];
    if let Some(reference) = figures.reference_loudness() {
        lines.push(format!("Reference {} LUFS", level(reference)));
    }
    Some(lines.join("\n"))
}
