//! Header row of a group of stems with one role. It folds the group, and mutes or solos all of its
//! stems.

use super::HEADER;
use super::all;
use crate::app::icons::{self, Icon};
use crate::app::open_song::OpenSong;
use crate::app::panels::Panels;
use crate::app::seen::Seen;
use crate::app::theme::{self, Weight, write};
use crate::app::widgets::letter;
use crate::dsp::strip::StripSettings;
use crate::session::stem::Role;
use crate::texts::{self, say};
use egui::{
    Align2, Rect, Role as WidgetRole, Sense, Stroke, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};

pub fn show(
    seen: &Seen<'_>,
    panels: &mut Panels,
    song: &OpenSong,
    ui: &mut Ui,
    row: Rect,
    (role, stems, folded): (Role, usize, bool),
) {
    let ui = &mut ui.new_child(UiBuilder::new().id_salt(("group", role.name())).max_rect(row));
    let painter = ui.painter().clone();
    painter.rect_filled(row, 0.0, theme::raised());
    painter.hline(row.x_range(), row.bottom() - 0.5, Stroke::new(1.0, theme::line()));
    painter.rect_filled(
        Rect::from_min_size(row.min, vec2(4.0, row.height())),
        0.0,
        theme::role_colour(role),
    );
    let head = Rect::from_min_max(row.min, pos2(row.left() + HEADER, row.bottom()));
    let response = ui.interact(head, ui.scope_id().with("fold"), Sense::click());
    let name = texts::word("role", role.name());
    let words = if folded {
        say!("mix-group-folded", role = name, count = stems)
    } else {
        say!("mix-group-open", role = name, count = stems)
    };
    response.widget_info(|| WidgetInfo::selected(WidgetRole::Button, true, !folded, &words));
    if response.clicked() {
        panels.mix.rows.toggle(role);
    }
    let lit = response.hovered() || response.has_focus();
    let colour = if lit { theme::text() } else { theme::dim() };
    let icon = if folded { Icon::Folded } else { Icon::Down };
    let middle = row.center().y;
    icons::draw(&painter, icon, pos2(row.left() + 22.0, middle), colour);
    let at = pos2(row.left() + 42.0, middle);
    let area =
        write(&painter, at, Align2::LEFT_CENTER, name, (13.0, Weight::SemiBold), theme::text());
    let count = pos2(area.right() + 10.0, middle);
    write(&painter, count, Align2::LEFT_CENTER, stems, (12.0, Weight::Regular), theme::dim());
    let own = || song.session.stems.iter().filter(|stem| stem.role == role);
    let (mute, solo) = (own().all(|stem| stem.strip.mute), own().all(|stem| stem.strip.solo));
    let place = |x: f32| Rect::from_center_size(pos2(row.left() + x, middle), vec2(25.0, 20.0));
    let set = |change: &dyn Fn(&mut StripSettings)| {
        all(seen, song, |stem, strip| {
            if stem.role == role {
                change(strip);
            }
        });
    };
    let lit = mute.then(theme::caution);
    let (sign, words) = (say!("mix-mute-letter"), say!("mix-mute-all", role = name));
    if letter(ui, place(203.0), sign, &words, lit).clicked() {
        set(&|strip| strip.mute = !mute);
    }
    let lit = solo.then(theme::accent);
    let (sign, words) = (say!("mix-solo-letter"), say!("mix-solo-all", role = name));
    if letter(ui, place(235.0), sign, &words, lit).clicked() {
        set(&|strip| strip.solo = !solo);
    }
}
