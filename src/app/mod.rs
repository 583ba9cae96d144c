//! The window: views, widgets, theme. It knows no rule of the product.

mod actions;
mod audio;
mod blind;
mod chain;
mod deliver;
mod document;
mod edits;
mod elsewhere;
mod empty;
mod exports;
mod files;
mod gauges;
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
mod mending;
mod menu;
mod meter_window;
mod mix;
mod news;
mod opening;
mod palette;
mod plots;
mod preferences;
pub use preferences::{Look, MeterScale, Preferences, Snap};
mod preferences_page;
mod processed;
mod render_job;
mod review;
mod running;
mod sections;
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

use crate::intake::examine::Examination;
use crate::media::peaks::Peaks;
use crate::session::claim::Holder;
use crate::session::stem::StemId;
use crate::units::{Db, Lufs, SampleRate};
use anyhow::Context;
use document::Document;
use egui::{Rect, ScrollArea, Ui, UiBuilder, pos2, vec2};
use files::After;
use jobs::Jobs;
use listen::Listen;
use menu::Recent;
use mix::timeline::Timeline;
use preferences::{LANE, LOUDNESS};
use processed::Processed;
use render_job::RenderJob;
use sounds::Figures;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The views, in the order of the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    Stems,
    Mix,
    Master,
    Versions,
    Review,
    Deliver,
}

impl View {
    pub const ALL: [View; 6] =
        [View::Stems, View::Mix, View::Master, View::Versions, View::Review, View::Deliver];

    pub fn name(self) -> &'static str {
        match self {
            View::Stems => "Stems",
            View::Mix => "Mix",
            View::Master => "Master",
            View::Versions => "Versions",
            View::Review => "Review",
            View::Deliver => "Deliver",
        }
    }
}

/// Where the parts of the window are, in points.
pub const TOP_BAR: f32 = 56.0;
pub const TABS: f32 = 40.0;
/// What the views need at least; a smaller window is scrolled.
const LEAST: egui::Vec2 = vec2(760.0, 440.0);

/// Figures settle this long after the last change.
const SETTLE: Duration = Duration::from_millis(350);
/// Between two pictures while it plays: short enough for 60 a second, and a rest for the
/// processor where nothing waits for the screen.
const BREATH: Duration = Duration::from_millis(8);
/// The same for people who want less to move.
const CALM: Duration = Duration::from_millis(100);

/// Windows and pages over the view.
#[derive(Default)]
struct Shown {
    keys: bool,
    audio: bool,
    preferences: bool,
    history: bool,
    meters: bool,
    /// Facts about the song, and how its stems are exported.
    song: bool,
    stem_export: bool,
    /// The page of the manual, and what was searched for.
    manual: Option<(usize, String)>,
}

impl Shown {
    fn any_page(&self) -> bool {
        self.history || self.manual.is_some()
    }

    fn close_pages(&mut self) {
        self.history = false;
        self.manual = None;
    }
}

/// Everything the window holds.
pub struct App {
    ctx: egui::Context,
    jobs: Jobs,
    document: Option<Document>,
    /// Counts documents, so that news of an earlier one is not taken for the current one's.
    number: u64,
    view: View,
    listen: Listen,
    gauges: gauges::Gauges,
    peaks: HashMap<StemId, Arc<Peaks>>,
    /// Waveforms after processing, and the state of the session that they were asked for.
    processed: HashMap<StemId, Processed>,
    processed_for: u64,
    figures: Option<Figures>,
    /// State and version that `figures` were asked for, and when that state was reached.
    figures_for: (u64, String),
    /// They are on their way.
    measuring: bool,
    changed: (u64, usize, Instant),
    /// All waveforms are read, and the stems are compared with the reference.
    prepared: bool,
    /// What was found in the files, once they are listened through.
    examination: Option<Examination>,
    timeline: Timeline,
    rows: mix::Rows,
    racks: chain::Racks,
    trace: master::Trace,
    /// What the rack of a stem shows.
    page: mix::Page,
    masking: mix::MaskingPage,
    /// Lanes that show automation.
    lines: mix::Lines,
    balances: mix::Balances,
    song_files: song_files::SongFiles,
    /// Keeps unsaved work aside; and the state of the session that it was given last.
    keeper: Option<keeper::Keeper>,
    kept_aside: u64,
    /// Another window has the session, and it is not said yet what becomes of that here.
    asked_elsewhere: Option<Holder>,
    /// Stems are missing, and it is not said yet whether to make it without.
    asked_missing: Option<making::Making>,
    /// The session that is opened next was taken over: it is not asked again.
    insists: bool,
    edits: edits::Edits,
    notes: review::Notes,
    render: Option<RenderJob>,
    /// The end of the render was told.
    render_told: bool,
    deliver_folder: Option<PathBuf>,
    toasts: toasts::Toasts,
    opening: bool,
    /// Kept while the stems of the open document are looked after.
    watching: Arc<()>,
    shown: Shown,
    palette: palette::Palette,
    /// What the open session is left for, once it is known what becomes of it.
    leaving: Option<After>,
    quitting: bool,
    recent: Recent,
    preferences: Preferences,
    /// The preferences as they are on disk, and since when they differ.
    kept: (Preferences, Option<Instant>),
    settings: Option<PathBuf>,
    /// Of the window, as it was set last.
    title: String,
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
    /// What the stems leave of the reference, where there is one.
    fn residual(&self) -> Option<Db> {
        Some(self.examination.as_ref()?.null_test.as_ref()?.residual_db)
    }

    /// A window on a session, a folder of stems, or empty. `settings` is where the program
    /// keeps what it remembers between runs; without it nothing is remembered.
    pub fn new(ctx: &egui::Context, path: Option<PathBuf>, settings: Option<PathBuf>) -> Self {
        theme::apply(ctx);
        // The scale is a preference, which is kept.
        ctx.options_mut(|options| options.zoom_with_keyboard = false);
        let preferences = Preferences::load(settings.as_deref());
        let jobs = Jobs::new(ctx);
        let mut app = Self {
            ctx: ctx.clone(),
            jobs,
            document: None,
            number: 0,
            view: View::Mix,
            listen: Listen::new(audio::load(settings.as_deref())),
            gauges: gauges::Gauges::default(),
            peaks: HashMap::new(),
            processed: HashMap::new(),
            processed_for: u64::MAX,
            figures: None,
            figures_for: (u64::MAX, String::new()),
            measuring: false,
            changed: (0, 0, Instant::now()),
            prepared: false,
            examination: None,
            timeline: Timeline::default(),
            rows: mix::Rows::default(),
            racks: chain::Racks::default(),
            trace: master::Trace::default(),
            page: mix::Page::Chain,
            masking: mix::MaskingPage::default(),
            lines: mix::Lines::default(),
            balances: mix::Balances::default(),
            song_files: song_files::SongFiles::default(),
            keeper: None,
            kept_aside: 0,
            asked_elsewhere: None,
            asked_missing: None,
            insists: false,
            edits: edits::Edits::default(),
            notes: review::Notes::of(None),
            render: None,
            render_told: true,
            deliver_folder: None,
            toasts: toasts::Toasts::default(),
            opening: false,
            watching: Arc::default(),
            shown: Shown::default(),
            palette: palette::Palette::default(),
            leaving: None,
            quitting: false,
            recent: Recent::load(settings.clone()),
            kept: (preferences.clone(), None),
            preferences,
            settings,
            title: String::new(),
        };
        if let Some(path) = path {
            app.open(vec![path]);
        }
        app
    }

    fn say(&mut self, text: impl Into<String>) {
        self.toasts.say(text.into(), None);
    }

    /// A question or a page is open that has the keys.
    fn is_asked(&self) -> bool {
        let offered = self.document.as_ref().is_some_and(|d| d.recovery.is_some());
        let shown = &self.shown;
        self.palette.is_open()
            || self.leaving.is_some()
            || offered
            || shown.audio
            || shown.preferences
            || shown.song
            || shown.stem_export
            || self.song_files.shown
            || self.asked_elsewhere.is_some()
            || self.asked_missing.is_some()
    }

    fn reset_meters(&mut self) {
        self.listen.reset_meters();
        self.gauges.reset();
    }

    fn reset_panels(&mut self) {
        let preferences = &mut self.preferences;
        (preferences.lane, preferences.loudness_width) = (LANE, LOUDNESS);
        (preferences.rack_height, preferences.rack_hidden) = (None, false);
        (preferences.loudness_hidden, preferences.mixer) = (false, false);
        self.rows.heights.clear();
    }

    fn toggle_play(&mut self) {
        let Some(document) = &self.document else { return };
        if let Err(error) = self.listen.toggle(document, self.figures.as_ref()) {
            self.say(format!("{error:#}"));
        }
    }

    /// Measures the version again once changes have settled.
    fn refresh_figures(&mut self) {
        let (Some(document), Some(sources)) = (&self.document, &self.listen.sources) else {
            return;
        };
        let now = (document.state(), document.version);
        if (self.changed.0, self.changed.1) != now {
            self.changed = (now.0, now.1, Instant::now());
        }
        let version = document.current_version().map(|version| version.id);
        let wanted = (now.0, version.unwrap_or_default());
        if self.figures_for == wanted {
            processed::refresh(self);
            return;
        }
        let since = self.changed.2.elapsed();
        if since < SETTLE {
            self.ctx.request_repaint_after(SETTLE - since);
            return;
        }
        self.figures_for = wanted;
        self.measuring = true;
        let known = self.figures.as_ref();
        self.jobs.figures(document, self.number, Arc::clone(sources), known);
    }

    /// Integrated loudness of the version as it stands.
    fn integrated(&self) -> Option<Lufs> {
        self.figures.as_ref().map(|figures| figures.mix.loudness.integrated)
    }

    fn housekeeping(&mut self) {
        self.take_news();
        let dropped: Vec<PathBuf> = self.ctx.input(|input| {
            input.raw.dropped_files.iter().map(|file| file.path().to_path_buf()).collect()
        });
        if !dropped.is_empty() {
            self.drop_files(dropped);
        }
        self.refresh_figures();
        if let Some(document) = &mut self.document {
            let state = self.figures_for.0;
            let under = review::reference_place(document, self.listen.frame());
            self.listen.place_reference(document, under);
            let compared = self.notes.comparison.audition().filter(|_| self.view == View::Review);
            match compared {
                Some((other, audition)) => {
                    self.listen.audition = Some(audition);
                    self.listen.update(other, self.figures.as_ref(), state);
                }
                None => {
                    let blind = self.balances.blind.as_ref();
                    self.listen.audition = blind.and_then(blind::Blind::audition);
                    self.listen.update(document, self.figures.as_ref(), state);
                }
            }
        }
        self.look_for_notes();
        self.hear();
        self.gauges.update(&self.listen, self.preferences.averaging);
        self.tell_render();
        if let Some(next) = self.toasts.age() {
            self.ctx.request_repaint_after(next);
        }
        self.name_window();
        if self.ctx.input(|input| input.viewport().close_requested()) {
            self.close_requested();
        }
        self.keep_preferences();
    }

    /// The song is in the window's title, with a dot while it is not saved.
    fn name_window(&mut self) {
        let title = self.document.as_ref().map_or("Stemwright".into(), |document| {
            let dot = if document.is_dirty() { "\u{2022} " } else { "" };
            format!("{dot}{} \u{2013} Stemwright", document.session.song.title)
        });
        if title != self.title {
            self.ctx.send_viewport_cmd(egui::ViewportCommand::Title(title.clone()));
            self.title = title;
        }
    }

    /// Says how a render ended, wherever the person is by then.
    fn tell_render(&mut self) {
        let Some(job) = &self.render else { return };
        if job.is_running() {
            self.render_told = false;
        } else if !self.render_told {
            self.render_told = true;
            let (text, folder) = (job.ending().unwrap_or_default(), job.folder.clone());
            let kept = job.delivered().and_then(|delivered| delivered.kept);
            self.toasts.say(text, Some(folder));
            if let (Some(hash), Some(document)) = (kept, &mut self.document) {
                document.descend(&hash);
                self.notes.comparison.forget();
            }
        }
    }

    /// Takes what the audio thread says, and cares for the device.
    fn hear(&mut self) {
        let rate = self.document.as_ref().map_or(SampleRate(48_000), |d| d.session.sample_rate);
        if self.listen.listen(rate) {
            let rest = if self.preferences.reduced_motion { CALM } else { BREATH };
            self.ctx.request_repaint_after(rest);
        } else if self.listen.care.is_waiting() {
            self.ctx.request_repaint_after(Duration::from_secs(1));
        }
        for text in self.listen.care.take_said() {
            self.say(text);
        }
        if self.listen.care.take_back()
            && let Some(document) = &self.document
            && let Err(error) = self.listen.reopen(document, self.figures.as_ref())
        {
            self.say(format!("{error:#}"));
        }
    }

    /// One picture of the window.
    pub fn frame(&mut self, ui: &mut Ui) {
        self.housekeeping();
        keys::handle(self, ui);
        if let Some(join) = self.edits.hear.take() {
            edits::hear_join(self, join);
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
        toasts::show(self, ui);
        menu::dialogs(self, ui);
        palette::show(self, ui);
        meter_window::show(self, ui);
        review::writing(self, ui);
        focus_ring(ui);
        self.keep_aside();
    }

    fn paint(&mut self, ui: &mut Ui) {
        self.listen.look_at(self.view == View::Master);
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
        self.part(ui, "top", bar, top_bar::show);
        if self.document.is_none() {
            self.part(ui, "empty", split(TOP_BAR, full.height()), empty::show);
            return;
        }
        self.part(ui, "tabs", tabs, top_bar::tabs);
        match self.view {
            View::Stems => self.part(ui, "stems", body, stems::show),
            View::Mix => self.part(ui, "mix", body, mix::show),
            View::Master => self.part(ui, "master", body, master::show),
            View::Versions => self.part(ui, "versions", body, versions::show),
            View::Review => self.part(ui, "review", body, review::show),
            View::Deliver => self.part(ui, "deliver", body, deliver::show),
        }
        hints::show(self, ui, body);
    }

    /// Shows a part of the window in its own area.
    fn part(&mut self, ui: &mut Ui, name: &str, rect: Rect, show: fn(&mut App, &mut Ui, Rect)) {
        let mut inner = ui.new_child(UiBuilder::new().id_salt(name).max_rect(rect));
        inner.set_clip_rect(rect.expand2(vec2(0.5, 0.5)));
        show(self, &mut inner, rect);
    }
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
