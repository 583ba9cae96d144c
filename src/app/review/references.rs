//! Songs to listen to beside this one: how loud they are and how they are balanced, and a chorus
//! heard against a chorus.

use crate::app::desk::Desk;
use crate::app::document::Document;
use crate::app::heard::Monitor;
use crate::app::jobs::{Jobs, News, Picked};
use crate::app::plots::smoothed;
use crate::app::sounds::measure_reference;
use crate::app::theme::{self, Weight};
use crate::dsp::spectrum::BINS;
use crate::engine::source::StemSource;
use crate::files::take::file_ref;
use crate::media::store::Store;
use crate::session::Section;
use crate::session::edit::Edit;
use crate::session::reference::Reference;
use crate::session::stem::FileRef;
use crate::units::{Frames, SampleRate, Seconds};
use egui::{Label, RichText, Sense, Stroke, TextEdit, Ui, WidgetInfo, pos2, vec2};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Size of the picture of a spectrum.
const PICTURE: egui::Vec2 = vec2(320.0, 64.0);
/// Decibels from its top to its foot.
const RANGE: f32 = 48.0;

pub fn pick(desk: &Desk) {
    let dialog = rfd::FileDialog::new().set_title("Add references");
    desk.jobs.pick(dialog, |dialog| dialog.pick_files().map(Picked::References));
}

/// Takes files as references; those that cannot be are named.
pub fn add(desk: &mut Desk, paths: &[PathBuf]) {
    let Some(document) = &mut desk.document else { return };
    let (folder, mut all) = (document.folder(), document.session.references.clone());
    let mut refused = Vec::new();
    for path in paths {
        match file_ref(path, &folder) {
            Ok(file) => {
                let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
                all.push(Reference::new(name, file));
            }
            Err(error) => refused.push(error.to_string()),
        }
    }
    if all != document.session.references {
        document.edit_once(Edit::References(all));
    }
    refused.into_iter().for_each(|text| desk.say(text));
}

/// Chooses what is heard as the reference: the rough mix, or one of the others.
pub fn choose(desk: &mut Desk, which: Option<usize>) {
    let Some(document) = &mut desk.document else { return };
    if document.compared == which {
        return;
    }
    document.open.compared = which;
    open(desk);
}

/// Opens what is to be heard as the reference.
pub fn open(desk: &mut Desk) {
    let Some(document) = &desk.document else { return };
    let file = document.compared_file().cloned();
    desk.jobs.open_reference(desk.number, file, document.folder(), document.session.sample_rate);
}

/// Where the reference lies under the song, in frames: as it is, or part against part.
pub fn place(document: &Document, frame: u64) -> i64 {
    let chosen = document.compared.and_then(|n| document.session.references.get(n));
    let Some(reference) = chosen.filter(|_| document.match_sections) else { return 0 };
    let Some((song, there)) = reference.matching(&document.session, document.seconds(frame)) else {
        return 0;
    };
    let rate = document.session.sample_rate;
    song.frames(rate).0 as i64 - there.frames(rate).0 as i64
}

enum Asked {
    Choose(Option<usize>),
    Change(Vec<Reference>),
    Measure(FileRef),
    Add,
    Hear,
}

pub fn show(desk: &mut Desk, ui: &mut Ui) {
    let Some(document) = desk.document.take() else { return };
    let mut asked = Vec::new();
    ui.horizontal(|ui| {
        theme::caption(ui, "References");
        if ui.button("Add references\u{2026}").clicked() {
            asked.push(Asked::Add);
        }
    });
    let text = "One of them is heard with R, as loud as the mix, and drawn under the spectrum of the Master view.";
    ui.add(Label::new(RichText::new(text).weak()).wrap());
    ui.add_space(8.0);
    if let Some(file) = &document.session.reference {
        head(desk, ui, &document, ("Rough mix", file), None, &mut asked);
        ui.add_space(10.0);
    }
    for (n, reference) in document.session.references.iter().enumerate() {
        let about = (reference.name.as_str(), &reference.file);
        head(desk, ui, &document, about, Some(n), &mut asked);
        ui.push_id(n, |ui| parts(desk, ui, &document, n, reference, &mut asked));
        ui.add_space(10.0);
    }
    let mut matched = document.match_sections;
    if !document.session.references.is_empty() {
        let hint = "While the song plays its chorus, the chorus of the reference is heard; parts of the same name belong together";
        ui.checkbox(&mut matched, "Match sections").on_hover_text(hint);
    }
    desk.document = Some(document);
    if let Some(document) = &mut desk.document {
        document.open.match_sections = matched;
    }
    for one in asked {
        answer(desk, one);
    }
}

fn answer(desk: &mut Desk, asked: Asked) {
    match asked {
        Asked::Add => pick(desk),
        Asked::Choose(which) => choose(desk, which),
        Asked::Hear => desk.listen.heard.monitor = Monitor::Reference,
        Asked::Change(all) => {
            let Some(document) = &mut desk.document else { return };
            document.edit_once(Edit::References(all));
            if document.compared.is_some_and(|n| n >= document.session.references.len()) {
                choose(desk, None);
            }
        }
        Asked::Measure(file) => {
            let Some(document) = &desk.document else { return };
            let (folder, rate) = (document.folder(), document.session.sample_rate);
            desk.jobs.measure(desk.number, file, folder, rate);
        }
    }
}

fn head(
    desk: &mut Desk,
    ui: &mut Ui,
    document: &Document,
    (name, file): (&str, &FileRef),
    which: Option<usize>,
    asked: &mut Vec<Asked>,
) {
    let measured = desk.notes.measured.get(&file.content.hash).cloned();
    if !desk.notes.measured.contains_key(&file.content.hash) {
        // It is asked for once; what cannot be read stays without figures.
        desk.notes.measured.insert(file.content.hash.clone(), None);
        asked.push(Asked::Measure(file.clone()));
    }
    let measured = measured.flatten();
    ui.horizontal(|ui| {
        let lit = document.compared == which;
        let radio = ui.radio(lit, RichText::new(name).font(theme::font(14.0, Weight::SemiBold)));
        let words = format!("Reference {name}");
        radio.widget_info(|| WidgetInfo::selected(egui::Role::RadioButton, true, lit, &words));
        if radio.clicked() {
            asked.push(Asked::Choose(which));
        }
        let long = file.info.frames.seconds(file.info.sample_rate);
        let loud = measured.as_ref().map_or("measuring\u{2026}".to_string(), |known| {
            let mix = desk.measured.integrated().map(|mix| known.loudness - mix);
            let apart = mix.filter(|apart| apart.0.is_finite());
            let apart =
                apart.map_or(String::new(), |apart| format!(", {apart:+.1} LU beside the mix"));
            format!("{:.1} LUFS{apart}", known.loudness)
        });
        ui.weak(format!("{long}, {loud}"));
        let full = format!("Hear {name}");
        let hear = ui.button("Hear it");
        hear.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, &full));
        if hear.clicked() {
            asked.push(Asked::Choose(which));
            asked.push(Asked::Hear);
        }
        if let Some(n) = which {
            let full = format!("Remove {name}");
            let remove = ui.button("Remove");
            remove.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, &full));
            if remove.clicked() {
                let mut all = document.session.references.clone();
                all.remove(n);
                asked.push(Asked::Change(all));
            }
        }
    });
    if let Some(known) = measured {
        let mix = desk.measured.figures.as_ref().map(|figures| figures.mix.spectrum.as_slice());
        spectrum(ui, &known.spectrum, mix.unwrap_or(&[]));
    }
}

/// Both spectra, each by its own highest point: what counts is the balance. As in the Master
/// view, the mix is in colour and the reference in grey.
fn spectrum(ui: &mut Ui, reference: &[f32], mix: &[f32]) {
    let (area, response) = ui.allocate_exact_size(PICTURE, Sense::hover());
    let words = "Spectrum of the reference in grey, that of the mix in colour";
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

/// The parts of a reference, and a new one where it plays.
fn parts(
    desk: &mut Desk,
    ui: &mut Ui,
    document: &Document,
    n: usize,
    reference: &Reference,
    asked: &mut Vec<Asked>,
) {
    let mut changed: Option<Vec<Section>> = None;
    ui.horizontal_wrapped(|ui| {
        for (at, section) in reference.sections.iter().enumerate() {
            let words = format!("{} {}", section.name, section.start);
            let button = ui.button(&words).on_hover_text("Take it away");
            if button.clicked() {
                let mut all = reference.sections.clone();
                all.remove(at);
                changed = Some(all);
            }
        }
        let id = ui.scope_id().with("part");
        let mut typed: [String; 2] = ui.data(|data| data.get_temp(id)).unwrap_or_default();
        let [name, time] = &mut typed;
        let edit = TextEdit::singleline(name).desired_width(90.0).hint_text("Chorus");
        ui.add(edit.id_salt("part name")).accessible_name("Part of the reference");
        let edit = TextEdit::singleline(time).desired_width(64.0).hint_text("0:45");
        ui.add(edit.id_salt("part time")).accessible_name("Where it begins");
        let known = time.parse::<Seconds>().ok();
        let ready = !name.trim().is_empty();
        let word = if known.is_some() { "Add the part" } else { "Add the part that plays" };
        if ui.add_enabled(ready, egui::Button::new(word)).clicked() {
            // What plays of it is where the song is, less its place under the song.
            let rate = document.session.sample_rate;
            let here = desk.listen.frame() as i64 - place(document, desk.listen.frame());
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
        let mut all = document.session.references.clone();
        if let Some(one) = all.get_mut(n) {
            one.sections = sections;
        }
        asked.push(Asked::Change(all));
    }
}

impl Jobs {
    /// Opens what is heard as the reference.
    fn open_reference(
        &self,
        document: u64,
        file: Option<FileRef>,
        folder: PathBuf,
        rate: SampleRate,
    ) {
        let opened =
            move |file: &FileRef| StemSource::open_file(file, &folder, rate, &Store::of_user());
        self.spawn_shown("reference", "Opening the reference", Arc::default(), move |say, _, _| {
            match file.as_ref().map(opened).transpose() {
                Ok(reference) => say(News::Reference { document, reference }),
                Err(error) => say(News::Failed(error.to_string())),
            }
        });
    }

    fn measure(&self, document: u64, file: FileRef, folder: PathBuf, rate: SampleRate) {
        let work = move |say: &dyn Fn(News), cancel: &_| {
            let place: &Path = &folder;
            if let Some(measured) = measure_reference(&file, place, rate, cancel) {
                say(News::Measured { document, measured });
            }
        };
        self.spawn_shown(
            "measure",
            "Measuring a reference",
            Arc::default(),
            move |say, _, cancel| {
                work(&say, cancel);
            },
        );
    }
}
