//! The window: views, widgets and theme. The rules of the product are in the rooms below it.
//!
//! [`App`] owns the desk (`desk::Desk`: document, history, player, jobs). In each frame the views
//! read `seen::Seen` and ask for `deeds::Deed`s, which `act` carries out. All of this runs on one
//! thread; `jobs` runs long work in the background.

mod act;
mod actions;
mod audio;
mod blind;
mod board;
mod chain;
mod deeds;
mod deliver;
mod delivering;
mod desk;
mod dialog;
mod document;
#[cfg(test)]
mod drawn;
mod dropped;
mod edits;
mod empty;
mod examining;
mod exports;
mod foreign;
mod gauges;
mod gestures;
mod hand;
mod heard;
mod hints;
mod history;
mod hovering;
mod icons;
mod jobs;
mod keeper;
mod keys;
mod known_files;
mod left_off;
mod listen;
mod loudness;
mod making;
mod manual;
mod master;
mod measured;
mod menu;
mod meter_window;
mod mix;
mod news;
mod notes;
mod open_song;
mod opening;
mod palette;
mod panels;
#[cfg(test)]
#[path = "../../tests/common/patient.rs"]
mod patient;
mod picture;
pub use picture::{TABS, TOP_BAR};
pub mod plots;
mod preferences;
pub use preferences::{Look, MeterScale, Preferences, Snap};
mod preferences_page;
mod processed;
mod questions;
mod renaming;
mod render_job;
mod review;
mod running;
#[cfg(test)]
mod said;
mod save_job;
mod seen;
mod shelf;
mod song_files;
mod song_page;
mod sounds;
mod stems;
mod theme;
mod toasts;
mod top_bar;
mod versions;
mod view;
pub use view::View;
mod waves;
mod when;
mod widgets;
mod witness;

use anyhow::Context;
use desk::Desk;
use egui::Ui;
use std::path::PathBuf;

/// The window's application, as eframe runs it.
pub struct App {
    desk: Desk,
}

/// The icon that the desktop shows for the window, as PNG.
const ICON: &[u8] = include_bytes!("../../assets/icon/stemwright-128.png");

/// Opens the window on a session, a folder of stems, or empty, and runs until it is closed.
///
/// # Errors
/// If the window cannot be opened.
pub fn run(path: Option<PathBuf>) -> anyhow::Result<()> {
    let settings = act::settings::folder();
    let before = Preferences::load(settings.as_deref()).window;
    let mut viewport = egui::ViewportBuilder::default()
        .with_title("Stemwright")
        .with_app_id("stemwright")
        .with_inner_size(before.map_or([1600.0, 1000.0], |window| window.size))
        .with_min_inner_size([760.0, 480.0])
        .with_maximized(before.is_some_and(|window| window.maximised));
    if let Some(position) = before.and_then(|window| window.position) {
        viewport = viewport.with_position(position);
    }
    if let Ok(icon) = eframe::icon_data::from_png_bytes(ICON) {
        viewport = viewport.with_icon(icon);
    }
    let options = eframe::NativeOptions { viewport, ..Default::default() };
    let creator: eframe::AppCreator<'_> =
        Box::new(move |cc| Ok(Box::new(App::new(&cc.egui_ctx, path, settings))));
    eframe::run_native("Stemwright", options, creator)
        .map_err(|error| anyhow::anyhow!("{error}"))
        .context("the window cannot be opened; `stemwright render` works without one")
}

impl App {
    /// Starts to open `path`: a session or a folder of stems. `settings` is the folder of
    /// preferences and recent sessions; without it nothing is kept between runs.
    pub fn new(ctx: &egui::Context, path: Option<PathBuf>, settings: Option<PathBuf>) -> Self {
        theme::apply(ctx);
        // The scale is a preference; egui's own zoom keys would bypass it.
        ctx.options_mut(|options| options.zoom_with_keyboard = false);
        let mut desk = Desk::new(ctx, settings);
        if let Some(path) = path {
            desk.open(vec![path]);
        }
        Self { desk }
    }

    /// Runs one frame of the window: news of jobs, keys, their deeds, drawing, and the deeds of the
    /// views.
    pub fn frame(&mut self, ui: &mut Ui) {
        let desk = &mut self.desk;
        desk.housekeeping();
        desk.look_at_hands();
        let asked = desk.is_asked();
        desk.show(|seen, panels| keys::handle(seen, panels, ui, asked));
        // What a key asked for shows in this frame already.
        desk.carry_out();
        desk.listen.look_at(desk.panels.view == View::Master);
        desk.show(|seen, panels| picture::show(seen, panels, ui, asked));
        desk.end_picture();
        desk.keep_aside();
    }
}

impl eframe::App for App {
    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        self.frame(ui);
    }
}
