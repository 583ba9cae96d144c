//! The window: views, widgets, theme. It knows no rule of the product.

mod act;
mod actions;
mod audio;
mod blind;
mod chain;
mod deeds;
mod deliver;
mod delivering;
mod desk;
mod document;
mod edits;
mod elsewhere;
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
mod menu;
mod meter_window;
mod mix;
mod news;
mod notes;
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
mod render_job;
mod review;
mod running;
mod sections;
mod seen;
mod shelf;
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
    let settings = menu::settings_folder();
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
        act::presets::look(&mut desk);
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
        toasts::show(&mut self.desk, ui);
        menu::dialogs(&mut self.desk, ui);
        self.desk.show(|seen, panels| palette::show(seen, &mut panels.palette, ui));
        meter_window::show(&mut self.desk, ui);
        self.desk.show(|seen, panels| review::writing(seen, &mut panels.review, ui));
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
        self.desk.part(ui, "top", bar, top_bar::show);
        if self.desk.document.is_none() {
            self.desk.part(ui, "empty", split(TOP_BAR, full.height()), empty::show);
            return;
        }
        self.desk.part(ui, "tabs", tabs, top_bar::tabs);
        match self.desk.panels.view {
            View::Mix => part(ui, "mix", body, |ui| {
                self.desk.show(|seen, panels| mix::show(seen, panels, ui, body));
            }),
            View::Stems => part(ui, "stems", body, |ui| {
                self.desk.show(|seen, _| stems::show(seen, ui, body));
            }),
            View::Master => self.desk.part(ui, "master", body, master::show),
            View::Versions => part(ui, "versions", body, |ui| {
                self.desk.show(|seen, panels| versions::show(seen, panels, ui, body));
            }),
            View::Review => part(ui, "review", body, |ui| {
                self.desk.show(|seen, panels| review::show(seen, panels, ui, body));
            }),
            View::Deliver => part(ui, "deliver", body, |ui| {
                self.desk.show(|seen, panels| deliver::show(seen, panels, ui, body));
            }),
        }
        hints::show(&mut self.desk, ui, body);
    }
}

/// The Review view; its strip has the ruler and the pointer of the Mix view.
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
