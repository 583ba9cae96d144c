//! The page of the sound device: sound system, device, rate, buffer and channels, and the state of
//! the open device.

use super::deeds::Window;
use super::panels::OpenPages;
use super::seen::{Device, Seen};
use super::widgets::{page, page_buttons, title};
use crate::playback::device::{BUFFERS, DeviceSettings, Known, System};
use crate::texts::say;
use crate::units::SampleRate;
use egui::{ComboBox, Ui};

pub fn show(seen: &Seen<'_>, shown: &mut OpenPages, ui: &Ui) {
    if !shown.audio {
        return;
    }
    let device = &seen.device;
    let mut wish = device.wish.clone();
    let modal = page(ui, "audio").show(ui.ctx(), |ui| {
        ui.set_width(460.0);
        title(ui, say!("song-device-heading"));
        match device.systems {
            None => {
                ui.label(say!("song-device-looking"));
            }
            Some(systems) => choices(ui, &mut wish, systems),
        }
        ui.add_space(8.0);
        state(ui, device);
        match page_buttons(ui, &[say!("song-device-look-again"), say!("common-close")]) {
            Some(0) => seen.ask(Window::Device),
            Some(_) => ui.close(),
            None => {}
        }
    });
    if modal.should_close() {
        shown.audio = false;
    }
    if wish != *device.wish {
        seen.ask(Window::Use(wish));
    }
}

fn choices(ui: &mut Ui, wish: &mut DeviceSettings, systems: &[System]) {
    let list = |ui: &mut Ui, name: &str, now: String, add: &mut dyn FnMut(&mut Ui)| {
        ui.label(name);
        let shown = ComboBox::from_id_salt(name).width(300.0).selected_text(&now).show_ui(ui, add);
        let words = format!("{name}, {now}");
        shown
            .response
            .widget_info(|| egui::WidgetInfo::labeled(egui::Role::ComboBox, true, &words));
        ui.end_row();
    };
    let automatic = say!("song-device-automatic");
    let system = |wish: &DeviceSettings| wish.system.clone().unwrap_or_else(|| automatic.into());
    let all: Vec<&Known> = systems
        .iter()
        .filter(|known| wish.system.as_ref().is_none_or(|name| *name == known.name))
        .flat_map(|known| &known.devices)
        .collect();
    let device = all.iter().find(|known| Some(&known.id) == wish.device.as_ref()).copied();
    egui::Grid::new("audio").num_columns(2).spacing([16.0, 8.0]).show(ui, |ui| {
        list(ui, say!("song-device-system"), system(wish), &mut |ui| {
            if ui.selectable_label(wish.system.is_none(), automatic).clicked() {
                (wish.system, wish.device) = (None, None);
            }
            for known in systems {
                let name = Some(known.name.clone());
                if ui.selectable_label(wish.system == name, &known.name).clicked() {
                    (wish.system, wish.device) = (name, None);
                }
            }
        });
        let own = say!("song-device-own-choice");
        let now = match (device, &wish.device) {
            (Some(known), _) => known.name.clone(),
            (None, Some(_)) => say!("song-device-not-there").into(),
            (None, None) => own.into(),
        };
        list(ui, say!("song-device-device"), now, &mut |ui| {
            if ui.selectable_label(wish.device.is_none(), own).clicked() {
                wish.device = None;
            }
            for known in &all {
                let chosen = wish.device.as_ref() == Some(&known.id);
                // The id distinguishes devices with the same name.
                if ui.selectable_label(chosen, &known.name).on_hover_text(&known.id).clicked() {
                    wish.device = Some(known.id.clone());
                }
            }
        });
        let rates = device.map_or(Vec::new(), |known| known.rates.clone());
        let rate = |rate: Option<SampleRate>| {
            rate.map_or(say!("song-device-session-rate").to_string(), |rate| rate.to_string())
        };
        list(ui, say!("song-device-rate"), rate(wish.rate), &mut |ui| {
            for one in std::iter::once(None).chain(rates.iter().copied().map(Some)) {
                ui.selectable_value(&mut wish.rate, one, rate(one));
            }
        });
        let fits = |frames: &u32| {
            let range = device.and_then(|known| known.buffers);
            range.is_none_or(|(least, most)| (least..=most).contains(frames))
        };
        let size = |frames: u32| say!("song-device-frames", count = frames);
        list(ui, say!("song-device-buffer"), size(wish.buffer), &mut |ui| {
            for frames in BUFFERS.into_iter().filter(fits) {
                ui.selectable_value(&mut wish.buffer, frames, size(frames));
            }
        });
        let pair = |first: u16| say!("song-device-pair", first = first + 1, second = first + 2);
        list(ui, say!("song-device-channels"), pair(wish.channel), &mut |ui| {
            let channels = device.map_or(2, |known| known.channels).max(2);
            for first in (0..=channels - 2).step_by(2) {
                ui.selectable_value(&mut wish.channel, first, pair(first));
            }
        });
    });
}

/// Lines about the open device: name, format, load and underruns.
fn state(ui: &mut Ui, device: &Device<'_>) {
    let Some(open) = device.open else {
        ui.label(say!("song-device-not-open"));
        return;
    };
    let (name, rate, channels) = (&open.name, open.rate.to_string(), open.channels);
    ui.label(match open.buffer {
        Some(frames) => say!(
            "song-device-open-buffer",
            name = name,
            rate = rate,
            channels = channels,
            frames = frames,
        ),
        None => say!("song-device-open", name = name, rate = rate, channels = channels),
    });
    if open.instead {
        ui.label(say!("song-device-instead"));
    }
    let (load, worst) = device.load;
    ui.label(say!(
        "song-device-load",
        load = format!("{:.0}", load * 100.0),
        worst = format!("{:.0}", worst * 100.0),
        count = open.xruns,
    ));
}
