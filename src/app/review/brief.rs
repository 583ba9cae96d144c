//! The Brief page of the Review view: what the client asked for, and checks of the masters against
//! it.

use crate::app::panels::OpenPages;
use crate::app::seen::Seen;
use crate::app::theme;
use crate::delivery::asked::asked;
use crate::delivery::checks::Verdict;
use crate::texts::{self, say};
use egui::{Grid, Label, Sense, Ui, vec2};

pub fn show(seen: &Seen<'_>, shown: &mut OpenPages, ui: &mut Ui) {
    let Some(song) = seen.song else { return };
    let said = song.session.brief.said();
    if said.is_empty() {
        ui.weak(say!("review-brief-empty"));
    }
    Grid::new("brief").num_columns(2).spacing(vec2(18.0, 6.0)).show(ui, |ui| {
        for (name, text) in &said {
            ui.weak(texts::word("brief", name));
            ui.add(Label::new(text).wrap());
            ui.end_row();
        }
    });
    ui.add_space(8.0);
    if ui.button(say!("review-brief-open")).clicked() {
        shown.song = true;
    }
    ui.add_space(14.0);
    let checks = asked(&song.session);
    if !checks.is_empty() {
        theme::caption(ui, say!("review-brief-masters"));
        for check in &checks {
            let colour = match check.verdict {
                Verdict::Good => theme::good(),
                _ => theme::caution(),
            };
            ui.horizontal(|ui| {
                let (dot, _) = ui.allocate_exact_size(vec2(12.0, 12.0), Sense::hover());
                ui.painter().circle_filled(dot.center(), 4.0, colour);
                ui.add(Label::new(&check.text).wrap());
            });
        }
    }
}
