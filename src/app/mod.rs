//! The window: views, widgets, theme. It knows no rule of the product.

mod act;
mod actions;
mod audio;
mod blind;
mod board;
mod chain;
mod deeds;
mod deliver;
mod desk;
mod document;
mod edits;
mod empty;
mod exports;
mod files;
mod gauges;
mod gestures;
mod hand;
mod heard;
mod hints;
mod history;
mod icons;
mod jobs;
mod keeper;
mod keys;
mod listen;
mod listening;
mod loudness;
mod making;
mod manual;
mod master;
mod measured;
mod mending;
mod menu;
mod meter_window;
mod mix;
mod news;
mod open_song;
mod opening;
mod palette;
mod panels;
pub use panels::View;
mod plots;
mod preferences;
pub use preferences::{Look, MeterScale, Preferences, Snap};
mod preferences_page;
mod processed;
mod questions;
mod render_job;
mod review;
mod running;
mod sections;
mod seen;
mod song_files;
mod song_page;
mod sounds;
mod stem_commands;
mod stems;
mod theme;
mod toasts;
mod top_bar;
mod versions;
mod widgets;
mod witness;

use anyhow::Context;
use desk::Desk;
use egui::{Rect, ScrollArea, Ui, UiBuilder, pos2, vec2};
use std::path::PathBuf;
use widgets::part;

/// Where the parts of the window are, in points.
pub const TOP_BAR: f32 = 56.0;
pub const TABS: f32 = 40.0;
/// What the views need at least; a smaller window is scrolled.
const LEAST: egui::Vec2 = vec2(760.0, 440.0);

/// The window.
pub struct App {
    desk: Desk,
}

/// The icon, for the desktop's lists of windows.
const ICON: &[u8] = include_bytes!("../../assets/icon/stemwright-128.png");

/// Opens the window, on a session, a folder of stems, or empty.
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
    /// A window on a session, a folder of stems, or empty. `settings` is where the program
    /// keeps what it remembers between runs; without it nothing is remembered.
    pub fn new(ctx: &egui::Context, path: Option<PathBuf>, settings: Option<PathBuf>) -> Self {
        theme::apply(ctx);
        // The scale is a preference, which is kept.
        ctx.options_mut(|options| options.zoom_with_keyboard = false);
        let mut desk = Desk::new(ctx, settings);
        if let Some(path) = path {
            desk.open(vec![path]);
        }
        Self { desk }
    }

    /// One picture of the window.
    pub fn frame(&mut self, ui: &mut Ui) {
        let desk = &mut self.desk;
        desk.housekeeping();
        desk.look_at_hands();
        let asked = desk.is_asked();
        desk.show(|seen, panels| keys::handle(seen, panels, ui, asked));
        desk.carry_out();
        if let Some(join) = self.desk.edits.hear.take() {
            edits::hear_join(&mut self.desk, join);
        }
        let room = ui.max_rect();
        let wanted = room.size().max(LEAST);
        if wanted == room.size() {
            self.paint(ui);
        } else {
            ScrollArea::both().auto_shrink(false).show(ui, |ui| {
                let (whole, _) = ui.allocate_exact_size(wanted, egui::Sense::hover());
                self.paint(&mut ui.new_child(UiBuilder::new().max_rect(whole)));
            });
        }
        self.desk.show(|seen, panels| toasts::show(seen, &mut panels.toasts, ui));
        dialogs(&mut self.desk, ui);
        self.desk.show(|seen, panels| palette::show(seen, &mut panels.palette, ui));
        self.desk.show(|seen, panels| meter_window::show(seen, panels, ui, asked));
        review::writing(&mut self.desk, ui);
        focus_ring(ui);
        self.desk.end_picture();
        self.desk.keep_aside();
    }

    fn paint(&mut self, ui: &mut Ui) {
        self.desk.listen.look_at(self.desk.panels.view == View::Master);
        let full = ui.max_rect();
        ui.painter().rect_filled(full, 0.0, theme::background());
        let split = |from: f32, to: f32| {
            Rect::from_min_max(
                pos2(full.left(), full.top() + from),
                pos2(full.right(), full.top() + to),
            )
        };
        let bar = split(0.0, TOP_BAR);
        let tabs = split(TOP_BAR, TOP_BAR + TABS);
        let body = split(TOP_BAR + TABS, full.height());
        let shown = self.desk.show(|seen, panels| {
            part(ui, "top", bar, |ui| top_bar::show(seen, panels, ui, bar));
            if seen.song.is_none() {
                let room = split(TOP_BAR, full.height());
                part(ui, "empty", room, |ui| empty::show(seen, ui, room));
                return false;
            }
            part(ui, "tabs", tabs, |ui| top_bar::tabs(seen, panels, ui, tabs));
            true
        });
        if !shown {
            return;
        }
        match self.desk.panels.view {
            View::Stems => self.desk.part(ui, "stems", body, stems::show),
            View::Mix => self.desk.part(ui, "mix", body, mix::show),
            View::Master => self.desk.part(ui, "master", body, master::show),
            View::Versions => self.desk.part(ui, "versions", body, versions::show),
            View::Review => self.desk.part(ui, "review", body, review::show),
            View::Deliver => self.desk.part(ui, "deliver", body, deliver::show),
        }
        self.desk.show(|seen, panels| hints::show(seen, panels, ui, body));
    }
}

/// Pages and questions over the view, the last one above the others.
fn dialogs(desk: &mut Desk, ui: &mut Ui) {
    song_page::show(desk, ui);
    deliver::stem_export(desk, ui);
    desk.show(|seen, panels| {
        keys::sheet(panels, ui);
        audio::show(seen, &mut panels.shown, ui);
        preferences_page::show(seen, panels, ui);
        manual::show(&mut panels.shown, ui);
        history::show(seen, &mut panels.shown, ui);
    });
    song_files::show(desk, ui);
    desk.show(|seen, _| questions::elsewhere(seen, ui));
    making::question(desk, ui);
    desk.show(|seen, _| questions::leaving(seen, ui));
    review::merge_question(desk, ui);
    desk.show(|seen, _| questions::recovery(seen, ui));
}

/// A line around what has the keyboard, whatever it is.
fn focus_ring(ui: &Ui) {
    let focused = ui.memory(|memory| memory.focused());
    let Some(response) = focused.and_then(|id| ui.ctx().read_response(id)) else { return };
    let order = egui::LayerId::new(egui::Order::Tooltip, egui::Id::unique("focus ring"));
    ui.ctx().layer_painter(order).rect_stroke(
        response.interact_rect.expand(1.0),
        5.0,
        egui::Stroke::new(1.5, theme::accent()),
        egui::StrokeKind::Outside,
    );
}

impl eframe::App for App {
    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        self.frame(ui);
    }
}
