//! The References page of the Review view: other recordings to compare with, their loudness and
//! spectrum, and their sections, for hearing a chorus against a chorus.

use crate::app::deeds::{Choice, Play, Review};
use crate::app::heard::Monitor;
use crate::app::open_song::OpenSong;
use crate::app::plots::smoothed;
use crate::app::seen::{Seen, Sound, Switched};
use crate::app::theme::{self, Weight};
use crate::dsp::spectrum::BINS;
use crate::session::Section;
use crate::session::edit::Edit;
use crate::session::reference::Reference;
use crate::session::stem::FileRef;
use crate::texts::say;
use crate::units::{Frames, Seconds};
use egui::{Label, RichText, Sense, Stroke, TextEdit, Ui, WidgetInfo, pos2, vec2};

/// Size of the picture of a spectrum, in points.
const PICTURE: egui::Vec2 = vec2(320.0, 64.0);
/// Decibels from the top of the picture to its bottom.
const RANGE: f32 = 48.0;

pub fn show(seen: &Seen<'_>, ui: &mut Ui) {
    let Some(song) = seen.song else { return };
    ui.horizontal(|ui| {
        if ui.button(say!("review-references-add")).clicked() {
            seen.ask(Review::PickReferences);
        }
    });
    let text = say!("review-references-about");
    ui.add(Label::new(RichText::new(text).weak()).wrap());
    ui.add_space(8.0);
    if let Some(file) = &song.session.reference {
        head(seen, ui, song, (say!("review-references-rough"), file), None);
        ui.add_space(10.0);
    }
    for (n, reference) in song.session.references.iter().enumerate() {
        let about = (reference.name.as_str(), &reference.file);
        head(seen, ui, song, about, Some(n));
        ui.push_id(n, |ui| parts(seen, ui, song, n, reference));
        ui.add_space(10.0);
    }
    if !song.session.references.is_empty() {
        let mut matched = song.match_sections;
        let hint = say!("review-references-match-hint");
        let name = say!("review-references-match");
        if ui.checkbox(&mut matched, name).on_hover_text(hint).changed() {
            seen.ask(Choice::MatchSections(matched));
        }
    }
}

fn head(
    seen: &Seen<'_>,
    ui: &mut Ui,
    song: &OpenSong,
    (name, file): (&str, &FileRef),
    which: Option<usize>,
) {
    let measured = seen.measured.references.get(&file.content.hash);
    if measured.is_none() {
        seen.ask(Review::Measure(file.clone()));
    }
    let measured = measured.and_then(Option::as_ref);
    ui.horizontal(|ui| {
        let lit = song.compared == which;
        let radio = ui.radio(lit, RichText::new(name).font(theme::font(14.0, Weight::SemiBold)));
        let words = say!("review-references-one", name = name);
        radio.widget_info(|| WidgetInfo::selected(egui::Role::RadioButton, true, lit, &words));
        if radio.clicked() {
            seen.ask(Choice::Reference(which));
        }
        let long = file.info.frames.seconds(file.info.sample_rate).to_string();
        ui.weak(match measured {
            None => say!("review-references-measuring", length = long),
            Some(known) => {
                let mix = seen.measured.integrated().map(|mix| known.loudness - mix);
                let loud = format!("{long}, {:.1} LUFS", known.loudness);
                match mix.filter(|apart| apart.0.is_finite()) {
                    Some(apart) => {
                        let apart = format!("{apart:+.1}");
                        say!("review-references-beside", reference = loud, apart = apart)
                    }
                    None => loud,
                }
            }
        });
        let full = say!("review-play", name = name);
        // Only the reference that is chosen can be what is heard.
        let sound = if lit { seen.sound(Switched::Reference) } else { Sound::Off };
        let hear = ui.button(sound.word());
        hear.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, &full));
        if hear.clicked() {
            seen.ask(Choice::Reference(which));
            seen.ask(Play::Monitor(Monitor::Reference));
        }
        if let Some(n) = which {
            let full = say!("review-references-remove", name = name);
            let remove = ui.button(say!("common-remove"));
            remove.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, &full));
            if remove.clicked() {
                let mut all = song.session.references.clone();
                all.remove(n);
                change(seen, song, all);
            }
        }
    });
    if let Some(known) = measured {
        let mix = seen.measured.figures.as_ref().map(|figures| figures.mix.spectrum.as_slice());
        spectrum(ui, &known.spectrum, mix.unwrap_or(&[]));
    }
}

/// Asks for another list of references. If the compared index is past its end, the rough mix is
/// compared.
fn change(seen: &Seen<'_>, song: &OpenSong, all: Vec<Reference>) {
    let gone = song.compared.is_some_and(|n| n >= all.len());
    seen.edit(Edit::References(all));
    if gone {
        seen.ask(Choice::Reference(None));
    }
}

/// Draws both spectra, each relative to its own highest point, to compare the balance. As in the
/// Master view, the mix is in colour and the reference in grey.
fn spectrum(ui: &mut Ui, reference: &[f32], mix: &[f32]) {
    let (area, response) = ui.allocate_exact_size(PICTURE, Sense::hover());
    let words = say!("review-references-spectrum");
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Image, true, words));
    response.on_hover_text(words);
    ui.painter().rect_filled(area, 4.0, theme::background());
    let inner = area.shrink(3.0);
    let draw = |levels: &[f32], colour| {
        let levels = smoothed(levels);
        let highest = levels.iter().copied().fold(f32::MIN, f32::max);
        let points = levels.iter().enumerate().map(|(n, level)| {
            let x = n as f32 / (BINS - 1) as f32;
            let y = ((highest - level) / RANGE).clamp(0.0, 1.0);
            pos2(inner.left() + x * inner.width(), inner.top() + y * inner.height())
        });
        let line = egui::Shape::line(points.collect(), Stroke::new(1.3, colour));
        ui.painter().with_clip_rect(area).add(line);
    };
    draw(reference, theme::dim());
    draw(mix, theme::accent());
}

/// Sections of a reference, and fields that add one at a typed time or where the reference plays.
fn parts(seen: &Seen<'_>, ui: &mut Ui, song: &OpenSong, n: usize, reference: &Reference) {
    let mut changed: Option<Vec<Section>> = None;
    ui.horizontal_wrapped(|ui| {
        for (at, section) in reference.sections.iter().enumerate() {
            let words = format!("{} {}", section.name, section.start);
            let button = ui.button(&words).on_hover_text(say!("review-part-remove"));
            if button.clicked() {
                let mut all = reference.sections.clone();
                all.remove(at);
                changed = Some(all);
            }
        }
        let id = ui.scope_id().with("part");
        let mut typed: [String; 2] = ui.data(|data| data.get_temp(id)).unwrap_or_default();
        let [name, time] = &mut typed;
        let edit =
            TextEdit::singleline(name).desired_width(90.0).hint_text(say!("review-part-example"));
        ui.add(edit.id_salt("part name")).accessible_name(say!("review-part-name"));
        let edit = TextEdit::singleline(time).desired_width(64.0).hint_text("0:45");
        ui.add(edit.id_salt("part time")).accessible_name(say!("review-part-time"));
        let known = time.parse::<Seconds>().ok();
        let ready = !name.trim().is_empty();
        let word = match known {
            Some(_) => say!("review-part-add"),
            None => say!("review-part-add-playing"),
        };
        if ui.add_enabled(ready, egui::Button::new(word)).clicked() {
            // Place in the reference: place in the song minus the frame at which the reference
            // begins.
            let rate = song.session.sample_rate;
            let here = seen.heard.frame as i64 - song.reference_at(seen.heard.frame);
            let start = known.unwrap_or(Frames(here.max(0) as u64).seconds(rate));
            let mut all = reference.sections.clone();
            all.push(Section::new(name.trim(), start));
            all.sort_by(|a, b| a.start.0.total_cmp(&b.start.0));
            changed = Some(all);
            typed = Default::default();
        }
        ui.data_mut(|data| data.insert_temp(id, typed));
    });
    if let Some(sections) = changed {
        let mut all = song.session.references.clone();
        if let Some(one) = all.get_mut(n) {
            one.sections = sections;
        }
        change(seen, song, all);
    }
}
