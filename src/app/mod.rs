//! The window: views, widgets, theme. It knows no rule of the product.

mod audio;
mod blind;
mod chain;
mod deliver;
mod document;
mod empty;
mod icons;
mod jobs;
mod keys;
mod listen;
mod loudness;
mod master;
mod menu;
mod mix;
mod render_job;
mod stems;
mod theme;
mod top_bar;
mod widgets;

use crate::media::peaks::Peaks;
use crate::session::stem::StemId;
use crate::units::{Db, Lufs, SampleRate};
use anyhow::Context;
use document::Document;
use egui::{Rect, Ui, UiBuilder, pos2, vec2};
use jobs::{Figures, Jobs, News, Picked};
use listen::Listen;
use menu::Recent;
use mix::timeline::Timeline;
use render_job::RenderJob;
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
    Deliver,
}

/// Where the parts of the window are, in points.
pub const TOP_BAR: f32 = 56.0;
pub const TABS: f32 = 40.0;

/// Figures settle this long after the last change.
const SETTLE: Duration = Duration::from_millis(350);
/// Between two pictures while it plays: short enough for 60 a second, and a rest for the
/// processor where nothing waits for the screen.
const BREATH: Duration = Duration::from_millis(8);
/// A message stays this long.
const MESSAGE: Duration = Duration::from_secs(9);

/// Everything the window holds.
pub struct App {
    ctx: egui::Context,
    jobs: Jobs,
    document: Option<Document>,
    /// Counts documents, so that news of an earlier one is not taken for the current one's.
    number: u64,
    view: View,
    listen: Listen,
    peaks: HashMap<StemId, Arc<Peaks>>,
    figures: Option<Figures>,
    /// State and version that `figures` were asked for, and when that state was reached.
    figures_for: (u64, String),
    /// They are on their way.
    measuring: bool,
    changed: (u64, usize, Instant),
    /// All waveforms are read, and the stems are compared with the reference.
    prepared: bool,
    null_test: Option<Db>,
    timeline: Timeline,
    racks: chain::Racks,
    trace: master::Trace,
    /// What the rack of a stem shows.
    page: mix::Page,
    masking: mix::MaskingPage,
    /// Lanes that show automation.
    lines: mix::Lines,
    balances: mix::Balances,
    render: Option<RenderJob>,
    deliver_folder: Option<PathBuf>,
    messages: Vec<(String, Instant)>,
    opening: bool,
    /// Kept while the stems of the open document are looked after.
    watching: Arc<()>,
    keys_shown: bool,
    audio_shown: bool,
    /// The window is asked to close while work is not saved.
    closing: bool,
    recent: Recent,
}

/// Opens the window, on a session, a folder of stems, or empty.
pub fn run(path: Option<PathBuf>) -> anyhow::Result<()> {
    let options = eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default()
            .with_title("Stemwright")
            .with_app_id("stemwright")
            .with_inner_size([1600.0, 1000.0])
            .with_min_inner_size([1100.0, 640.0]),
        ..Default::default()
    };
    let creator: eframe::AppCreator<'_> =
        Box::new(move |cc| Ok(Box::new(App::new(&cc.egui_ctx, path, menu::settings_folder()))));
    eframe::run_native("Stemwright", options, creator)
        .map_err(|error| anyhow::anyhow!("{error}"))
        .context("the window cannot be opened; `stemwright render` works without one")
}

impl App {
    /// A window on a session, a folder of stems, or empty. `settings` is where the program
    /// keeps what it remembers between runs; without it nothing is remembered.
    pub fn new(ctx: &egui::Context, path: Option<PathBuf>, settings: Option<PathBuf>) -> Self {
        theme::apply(ctx);
        let jobs = Jobs::new(ctx);
        let mut app = Self {
            ctx: ctx.clone(),
            jobs,
            document: None,
            number: 0,
            view: View::Mix,
            listen: Listen::new(audio::load(settings.as_deref())),
            peaks: HashMap::new(),
            figures: None,
            figures_for: (u64::MAX, String::new()),
            measuring: false,
            changed: (0, 0, Instant::now()),
            prepared: false,
            null_test: None,
            timeline: Timeline::default(),
            racks: chain::Racks::default(),
            trace: master::Trace::default(),
            page: mix::Page::Chain,
            masking: mix::MaskingPage::default(),
            lines: mix::Lines::default(),
            balances: mix::Balances::default(),
            render: None,
            deliver_folder: None,
            messages: Vec::new(),
            opening: false,
            watching: Arc::default(),
            keys_shown: false,
            audio_shown: false,
            closing: false,
            recent: Recent::load(settings),
        };
        if let Some(path) = path {
            app.open(vec![path]);
        }
        app
    }

    /// Opens a session, a folder or files.
    pub fn open(&mut self, paths: Vec<PathBuf>) {
        self.opening = true;
        self.jobs.open(paths);
    }

    fn say(&mut self, text: impl Into<String>) {
        self.messages.push((text.into(), Instant::now()));
    }

    /// Whether waveforms, figures and null test are all there: for pictures and tests.
    pub fn is_settled(&self) -> bool {
        self.document.as_ref().is_some_and(|document| {
            let named = document.current_version().map(|version| version.id.clone());
            self.prepared
                && !self.measuring
                && self.figures.is_some()
                && Some(&self.figures_for.1) == named.as_ref()
                && self.figures_for.0 == document.state()
        })
    }

    /// Whether a render ended, for tests.
    pub fn is_rendered(&self) -> bool {
        self.render.as_ref().is_some_and(|job| !job.is_running())
    }

    /// What the window says at its foot, for tests.
    pub fn messages(&self) -> Vec<&str> {
        self.messages.iter().map(|(text, _)| text.as_str()).collect()
    }

    /// Whether the mix is heard through a master, for tests.
    pub fn hears_master(&self) -> bool {
        self.listen.preview
    }

    /// Shows another view.
    pub fn show_view(&mut self, view: View) {
        self.view = view;
    }

    /// The open session, for tests.
    pub fn session(&self) -> Option<&crate::session::Session> {
        self.document.as_ref().map(|document| &document.session)
    }

    fn take_news(&mut self) {
        for news in self.jobs.news() {
            match news {
                News::Opened { document, notes } => self.show_document(*document, notes),
                News::Sources { document, sources, reference } if document == self.number => {
                    let open = self.document.as_ref();
                    self.listen.take_sources(open, sources, reference.map(Arc::new));
                    self.figures_for.0 = u64::MAX;
                }
                News::Replaced { document, stems } if document == self.number => {
                    self.read_again(&stems);
                }
                News::Peaks { document, stem, peaks } if document == self.number => {
                    self.peaks.insert(stem, peaks);
                }
                News::Figures { document, state, version, figures } if document == self.number => {
                    self.measuring = self.figures_for != (state, version);
                    self.figures = Some(*figures);
                }
                News::Masking { document, state, masking } if document == self.number => {
                    self.masking.found = Some((state, *masking));
                    self.masking.asked = None;
                }
                News::Compared { document, test, loudness } if document == self.number => {
                    let blind = self.balances.blind.as_mut();
                    if let Some(blind) = blind.filter(|blind| blind.number == test) {
                        blind.measured(loudness);
                    }
                }
                News::Prepared { document, residual } if document == self.number => {
                    self.prepared = true;
                    self.null_test = residual;
                }
                News::Picked(Picked::Open(path)) => self.open(vec![path]),
                News::Picked(Picked::SaveAs(path)) => self.save_as(path),
                News::Picked(Picked::Export(path)) => self.deliver_folder = Some(path),
                News::Failed(text) => {
                    self.opening = false;
                    self.say(text);
                }
                // About a document that was closed meanwhile.
                News::Sources { .. }
                | News::Peaks { .. }
                | News::Figures { .. }
                | News::Masking { .. }
                | News::Compared { .. }
                | News::Replaced { .. }
                | News::Prepared { .. } => {}
            }
        }
    }

    fn show_document(&mut self, document: Document, notes: Vec<String>) {
        self.number += 1;
        self.opening = false;
        self.listen.close();
        self.peaks.clear();
        self.figures = None;
        self.figures_for = (u64::MAX, String::new());
        self.prepared = false;
        self.null_test = None;
        self.render = None;
        self.deliver_folder = None;
        self.timeline = Timeline::default();
        self.racks = chain::Racks::default();
        self.masking = mix::MaskingPage::default();
        self.lines = mix::Lines::default();
        self.balances = mix::Balances::default();
        if document.on_disk {
            self.recent.remember(&document.path);
        }
        self.jobs.prepare(self.number, &document.session, &document.folder());
        self.watch(&document);
        self.document = Some(document);
        for note in notes {
            self.say(note);
        }
    }

    /// After stems were added or removed: they are opened anew.
    fn reopen_stems(&mut self) {
        let Some(document) = self.document.take() else { return };
        self.number += 1;
        self.listen.close();
        self.jobs.prepare(self.number, &document.session, &document.folder());
        self.watch(&document);
        self.document = Some(document);
    }

    /// Looks after the files of a document, and no longer after those of the one before.
    fn watch(&mut self, document: &Document) {
        self.watching = Arc::default();
        let folder = document.folder();
        self.jobs.watch(self.number, &document.session, &folder, &self.watching);
    }

    /// Stems were replaced on disk: what is heard and measured is what is there now.
    fn read_again(&mut self, stems: &[String]) {
        let Some(document) = &self.document else { return };
        self.jobs.prepare(self.number, &document.session, &document.folder());
        self.prepared = false;
        let names = stems.join(", ");
        self.say(format!("{names} changed on the disk, and is heard and rendered as it is now"));
    }

    fn save_as(&mut self, path: PathBuf) {
        let Some(document) = &mut self.document else { return };
        let result = document.save_as(path);
        let path = document.path.clone();
        match result {
            Ok(()) => self.recent.remember(&path),
            Err(error) => self.say(format!("{error:#}")),
        }
    }

    fn save(&mut self) {
        let Some(document) = &mut self.document else { return };
        let result = document.save();
        let path = document.path.clone();
        match result {
            Ok(()) => {
                self.recent.remember(&path);
                self.say(format!("Saved {}", path.display()));
            }
            Err(error) => self.say(format!("{error:#}")),
        }
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
        let version = document.current_version().map(|version| version.id.clone());
        let wanted = (now.0, version.unwrap_or_default());
        if self.figures_for == wanted {
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
            self.listen.audition = self.balances.blind.as_ref().and_then(blind::Blind::audition);
            self.listen.update(document, self.figures.as_ref(), state);
            if let Err(error) = document.autosave_if_due() {
                self.say(format!("{error:#}"));
            }
        }
        self.hear();
        let before = self.messages.len();
        self.messages.retain(|(_, at)| at.elapsed() < MESSAGE);
        if before > 0 {
            self.ctx.request_repaint_after(Duration::from_millis(500));
        }
        let close = self.ctx.input(|input| input.viewport().close_requested());
        if close && self.document.as_ref().is_some_and(Document::is_dirty) && !self.closing {
            self.ctx.send_viewport_cmd(egui::ViewportCommand::CancelClose);
            self.closing = true;
        }
    }

    /// Takes what the audio thread says, and cares for the device.
    fn hear(&mut self) {
        let rate = self.document.as_ref().map_or(SampleRate(48_000), |d| d.session.sample_rate);
        if self.listen.listen(rate) {
            self.ctx.request_repaint_after(BREATH);
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

    /// Files that were dropped: stems for the open session, or something to open.
    fn drop_files(&mut self, paths: Vec<PathBuf>) {
        let audio = paths.iter().all(|path| path.is_file() && crate::media::is_audio(path));
        if audio && self.document.is_some() {
            self.add_stems(&paths);
        } else {
            self.open(paths);
        }
    }

    fn paint(&mut self, ui: &mut Ui) {
        self.listen.look_at(self.view == View::Master);
        let full = ui.max_rect();
        ui.painter().rect_filled(full, 0.0, theme::BACKGROUND);
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
        } else {
            self.part(ui, "tabs", tabs, top_bar::tabs);
            match self.view {
                View::Stems => self.part(ui, "stems", body, stems::show),
                View::Mix => self.part(ui, "mix", body, mix::show),
                View::Master => self.part(ui, "master", body, master::show),
                View::Deliver => self.part(ui, "deliver", body, deliver::show),
            }
        }
        menu::messages(self, ui, full);
        menu::dialogs(self, ui);
    }

    /// Shows a part of the window in its own area.
    fn part(&mut self, ui: &mut Ui, name: &str, rect: Rect, show: fn(&mut App, &mut Ui, Rect)) {
        let mut inner = ui.new_child(UiBuilder::new().id_salt(name).max_rect(rect));
        inner.set_clip_rect(rect.expand2(vec2(0.5, 0.5)));
        show(self, &mut inner, rect);
    }
}

impl eframe::App for App {
    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        self.housekeeping();
        keys::handle(self, ui);
        self.paint(ui);
    }
}
