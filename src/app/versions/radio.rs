//! Panel on the length of the version that is heard: tempo and bars, goal, parts that must stay,
//! and proposed radio edits.

use crate::app::deeds::Cuts;
use crate::app::menu;
use crate::app::open_song::OpenSong;
use crate::app::panels::versions::VersionsPanel;
use crate::app::seen::Seen;
use crate::app::theme::{self, caption};
use crate::app::widgets::value::number;
use crate::session::edit::Edit;
use crate::session::version::Cut;
use crate::session::version::Standard;
use crate::texts::{self, say};
use crate::units::{Frames, Seconds};
use egui::{DragValue, Ui};

/// Usual lengths in seconds, the longest first. The first [`OFFERED`] below the song's are offered.
const GOALS: [f64; 10] = [210.0, 180.0, 165.0, 150.0, 120.0, 90.0, 60.0, 45.0, 30.0, 15.0];
const OFFERED: usize = 3;

/// The lengths that are offered for a song of `whole` seconds.
fn goals(whole: Seconds) -> impl Iterator<Item = Seconds> {
    GOALS.into_iter().filter(move |goal| *goal < whole.0).take(OFFERED).map(Seconds)
}

/// Height of a row of the panel, in points.
pub const ROW: f32 = 26.0;

pub fn show(seen: &Seen<'_>, song: &OpenSong, own: &mut VersionsPanel, ui: &mut Ui) {
    tempo(seen, song, ui);
    wish(seen, song, own, ui);
    keep(seen, song, own, ui);
    found(seen, song, ui);
}

fn tempo(seen: &Seen<'_>, open: &OpenSong, ui: &mut Ui) {
    let known = &open.session.song;
    let mut song = known.clone();
    ui.horizontal_wrapped(|ui| {
        ui.set_row_height(ROW);
        ui.label(say!("versions-tempo"));
        let mut tempo = known.tempo.unwrap_or(0.0);
        let field = DragValue::new(&mut tempo).range(0.0..=300.0).speed(0.05).fixed_decimals(2);
        let field = field.custom_formatter(|tempo, _| match tempo {
            0.0 => "\u{2013}".into(),
            tempo => format!("{tempo:.2} BPM"),
        });
        let field = field.custom_parser(|text| number(text.trim_end_matches("BPM")));
        let field = ui.add(field).accessible_name(say!("versions-tempo"));
        if field.changed() {
            song.tempo = Some(tempo).filter(|tempo| *tempo >= 20.0);
            song.bars.clear();
        }
        let (mut beats, note) = known.meter.unwrap_or((4, 4));
        let field = DragValue::new(&mut beats).range(1..=16).suffix(say!("versions-beats-suffix"));
        if ui.add(field).accessible_name(say!("versions-beats")).changed() {
            song.meter = Some((beats, note));
        }
        let mut first = known.downbeat.0;
        let field = DragValue::new(&mut first).range(0.0..=600.0).speed(0.001).fixed_decimals(3);
        let field = ui.add(field.prefix(say!("versions-first-bar-prefix")).suffix(" s"));
        if field.accessible_name(say!("versions-first-bar")).changed() {
            song.downbeat = Seconds(first);
            song.bars.clear();
        }
        if !known.bars.is_empty() {
            let text = say!("versions-bars", count = known.bars.len());
            ui.colored_label(theme::dim(), text);
        }
    });
    ui.horizontal_wrapped(|ui| {
        ui.set_row_height(ROW);
        for name in ["Find tempo and bars", "Tap the tempo", "The first bar starts here"] {
            menu::action(seen, ui, name);
        }
    });
    if song != *known {
        seen.edit(Edit::Song(Box::new(song)));
    }
}

fn wish(seen: &Seen<'_>, song: &OpenSong, own: &mut VersionsPanel, ui: &mut Ui) {
    let goal = song.current_version().and_then(|version| version.goal);
    ui.horizontal_wrapped(|ui| {
        ui.set_row_height(ROW);
        ui.label(say!("versions-length"));
        for time in goals(song.length().seconds(song.session.sample_rate)) {
            if ui.selectable_label(Some(time) == goal, time.to_string()).clicked() {
                seen.ask(Cuts::Goal(Some(time)));
            }
        }
        let shown = match goal {
            Some(goal) => format!("{goal:.1}"),
            None => say!("versions-length-example").into(),
        };
        let field = egui::TextEdit::singleline(&mut own.typed);
        let field = ui
            .add(field.hint_text(shown).desired_width(70.0))
            .accessible_name(say!("versions-length-wanted"));
        if field.lost_focus() && !own.typed.is_empty() {
            match own.typed.parse() {
                Ok(time) => seen.ask(Cuts::Goal(Some(time))),
                Err(error) => seen.say(error),
            }
            own.typed.clear();
        }
        let field = DragValue::new(&mut own.tolerance).range(0.1..=20.0).speed(0.05);
        ui.add(field.prefix("\u{b1}").suffix(" s")).accessible_name(say!("versions-tolerance"));
        let radio = song.session.standard(Standard::RadioEdit);
        let goal = radio.filter(|_| goal.is_none()).map_or(goal, |radio| radio.goal);
        let find = egui::Button::new(say!("versions-find-edits"));
        if ui.add_enabled(goal.is_some(), find).clicked() {
            seen.ask(Cuts::Search(goal));
        }
    });
}

fn keep(seen: &Seen<'_>, song: &OpenSong, own: &mut VersionsPanel, ui: &mut Ui) {
    let rate = song.session.sample_rate;
    ui.horizontal_wrapped(|ui| {
        ui.set_row_height(ROW);
        ui.label(say!("versions-must-stay"));
        let mut gone = None;
        for (n, (from, to)) in own.keep.iter().enumerate() {
            let text = format!("{from}\u{2013}{to} \u{d7}");
            if ui.small_button(text).on_hover_text(say!("versions-let-go")).clicked() {
                gone = Some(n);
            }
        }
        if let Some(n) = gone {
            own.keep.remove(n);
        }
        let marked = seen.heard.range;
        let button = egui::Button::new(say!("versions-marked-range"));
        if ui.add_enabled(marked.is_some(), button).clicked()
            && let Some((from, to)) = marked
        {
            own.keep.push((Frames(from).seconds(rate), Frames(to).seconds(rate)));
        }
        let sections = &song.session.sections;
        ui.add_enabled_ui(!sections.is_empty(), |ui| {
            ui.menu_button(say!("versions-section"), |ui| {
                let end = song.length().seconds(rate);
                for (n, section) in sections.iter().enumerate() {
                    let to = sections.get(n + 1).map_or(end, |next| next.start);
                    if ui.button(format!("{} {}", section.name, section.start)).clicked() {
                        own.keep.push((section.start, to));
                        ui.close();
                    }
                }
            });
        });
    });
}

fn found(seen: &Seen<'_>, song: &OpenSong, ui: &mut Ui) {
    let Some((id, found)) = seen.proposals else { return };
    let Some(version) = song.session.version(id) else { return };
    ui.add_space(6.0);
    caption(ui, &say!("versions-edits-for", version = &version.name));
    let taken = song.session.resolved(version);
    let (mut take, mut hear) = (None, None);
    for (n, proposal) in found.list.iter().enumerate() {
        let is = Cut::alike(&taken.cuts, &proposal.cuts) && taken.fade == proposal.fade;
        ui.horizontal_wrapped(|ui| {
            ui.set_row_height(ROW);
            let verdict = texts::word("proposal", proposal.verdict());
            let text = format!("{:.1}  {verdict}", proposal.length);
            let label = ui.selectable_label(is, text);
            if label.on_hover_text(say!("versions-take-hint")).clicked() {
                take = Some(n);
            }
            for (m, (cut, join)) in proposal.cuts.iter().zip(&proposal.joins).enumerate() {
                let text = format!("{}\u{2013}{}", cut.start, cut.end);
                let cost = say!(
                    "versions-cut-hint",
                    cost = format!("{:.2}", join.total),
                    spectrum = format!("{:.1}", join.spectrum),
                    level = format!("{:.1}", join.level),
                );
                let button = ui.button(say!("versions-cut", times = text));
                if button.on_hover_text(cost).clicked() {
                    take = Some(n);
                    hear = Some(m);
                }
            }
            if let Some(fade) = proposal.fade {
                let text = say!("versions-fade-from", time = fade.start.to_string());
                ui.colored_label(theme::dim(), text);
            }
        });
    }
    if found.list.is_empty() {
        ui.colored_label(theme::dim(), say!("versions-nothing-found"));
    }
    for note in &found.notes {
        ui.colored_label(theme::dim(), note);
    }
    if let Some(n) = take {
        seen.ask(Cuts::Take(n));
    }
    if hear.is_some() {
        seen.ask(Cuts::Hear(hear));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lengths_below_the_song_are_offered() {
        let offered = |whole: f64| {
            goals(Seconds(whole)).map(|goal| goal.to_string()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(offered(232.0), "3:30 3:00 2:45");
        assert_eq!(offered(62.0), "1:00 0:45 0:30");
        assert_eq!(offered(60.0), "0:45 0:30 0:15");
        assert_eq!(offered(10.0), "");
    }
}
