//! The state of the whole window ([`Desk`]): the open document, playback, measurements, jobs and
//! the state of the views. Its methods run the parts of one UI frame on the window's thread.

use super::act::documents::After;
use super::act::saving::Saving;
use super::act::search::SongAnalysis;
use super::board::{JobEntry, RENDER, SOON};
use super::deeds::Deed;
use super::delivering::Delivering;
use super::dialog::PathQuestion;
use super::document::Document;
use super::dropped::Hover;
use super::gauges::Gauges;
use super::gestures::Gestures;
use super::jobs::Jobs;
use super::keeper::Keeper;
use super::known_files::SongFiles;
use super::left_off::Kept;
use super::listen::Listen;
use super::measured::Measured;
use super::notes::Notes;
use super::panels::Panels;
use super::preferences::Preferences;
use super::processed;
use super::render_job::RenderJob;
use super::seen::{Device, Questions, Seen};
use super::shelf::Shelf;
use super::view::View;
use super::{act, blind};
use crate::delivery::checks::Check;
use crate::session::history::History;
use crate::session::stem::StemId;
use crate::texts::{Texts, say};
use crate::units::{SampleRate, Seconds};
use act::settings::{Recent, Writer, languages_folder, read_wish};
use std::cell::RefCell;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Delay between the last change and a new measurement.
pub(super) const SETTLE: Duration = Duration::from_millis(350);
/// Repaint interval during playback: short enough for 60 UI frames a second, and a pause for the
/// processor where the display does not limit the rate.
const BREATH: Duration = Duration::from_millis(8);
/// Repaint interval during playback with reduced motion.
const CALM: Duration = Duration::from_millis(100);

/// Recovery of unsaved work, and the claim on the session.
#[derive(Default)]
pub struct Keeping {
    pub keeper: Option<Keeper>,
    /// The session state that was last handed to the keeper.
    pub kept_aside: u64,
    /// Description of the other window that has the session, until the person answers.
    pub asked_elsewhere: Option<String>,
    /// Watcher threads of the document's files run while this is alive.
    pub watching: Arc<()>,
}

/// Renders and deliveries: the job, its state for views, and the name of the next package.
#[derive(Default)]
pub struct Renders {
    pub render: Option<RenderJob>,
    /// The end of the render was reported.
    pub render_told: bool,
    /// State for the views.
    pub seen: Delivering,
    /// What stood out before an export and was accepted; it is not asked about again.
    pub accepted: Vec<Check>,
    /// Destination of the last look-up of a revision, and when it started.
    pub looked: act::make::NameLookup,
}

/// Opening, closing and quitting.
#[derive(Default)]
pub struct SessionSwitch {
    pub opening: bool,
    /// What follows after the open session is closed, while the question about unsaved work is
    /// shown.
    pub leaving: Option<After>,
    pub quitting: bool,
    /// The save that is under way.
    pub saving: Option<Saving>,
    /// What follows once the save has ended: the window does not leave a session that is being
    /// written.
    pub after_saving: Option<After>,
    /// The next session was taken over from another window: open it without asking again.
    pub insists: bool,
}

/// Settings that are kept between runs, and their files.
pub struct Settings {
    pub folder: Option<PathBuf>,
    /// Translations found in the folder when the program started.
    pub languages: Vec<&'static Texts>,
    /// Preferences as saved on disk, and when they first differed from the current ones.
    pub written: (Preferences, Option<Instant>),
    pub recent: Recent,
    pub writer: Writer,
    /// Title that the window has now.
    pub title: String,
}

/// The state of the whole window.
pub struct Desk {
    pub ctx: egui::Context,
    pub jobs: Jobs,
    pub document: Option<Document>,
    /// Counts documents; news of jobs for an earlier document is recognised by it.
    pub number: u64,
    pub listen: Listen,
    pub gauges: Gauges,
    pub measured: Measured,
    pub panels: Panels,
    pub song_files: SongFiles,
    pub keeping: Keeping,
    pub edits: SongAnalysis,
    /// The recording that plays once the job has opened it: its stem, and `true` for the previous
    /// recording instead of the new export.
    pub awaited_export: Option<(StemId, bool)>,
    /// The question for a path that waits for an answer.
    pub path_question: Option<PathQuestion>,
    pub left_off: Kept,
    /// Files that are held over the window.
    pub hover: Hover,
    /// Presets and templates for other songs.
    pub shelf: Shelf,
    pub notes: Notes,
    pub making: Renders,
    pub passage: SessionSwitch,
    pub settings: Settings,
    /// Running jobs that the window shows in this UI frame.
    running: Vec<JobEntry>,
    gestures: Gestures,
    /// Deeds that views asked for and that are not carried out yet.
    asked: Vec<Deed>,
    /// Empty history, shown while no document is open.
    nothing_done: History,
}

impl Desk {
    /// A desk without a document. `settings` is the program's settings folder; without it, nothing
    /// is kept between runs.
    pub fn new(ctx: &egui::Context, settings: Option<PathBuf>) -> Self {
        let preferences = Preferences::load(settings.as_deref());
        let folder = settings.as_deref().map(languages_folder);
        let (languages, odd) = folder.map(|folder| Texts::in_folder(&folder)).unwrap_or_default();
        let mut panels = Panels::new(preferences.clone());
        odd.iter().for_each(|error| panels.toasts.say(error.to_string(), None));
        let jobs = Jobs::new(ctx);
        jobs.read_shelf(settings.as_deref());
        Self {
            ctx: ctx.clone(),
            jobs,
            document: None,
            number: 0,
            listen: Listen::new(read_wish(settings.as_deref())),
            gauges: Gauges::default(),
            measured: Measured::default(),
            panels,
            song_files: SongFiles::default(),
            keeping: Keeping::default(),
            edits: SongAnalysis::default(),
            awaited_export: None,
            shelf: Shelf::default(),
            notes: Notes::of(None),
            making: Renders::default(),
            path_question: None,
            left_off: Kept::default(),
            hover: Hover::default(),
            passage: SessionSwitch::default(),
            settings: Settings {
                recent: Recent::load(settings.as_deref()),
                writer: Writer::default(),
                written: (preferences, None),
                folder: settings,
                languages,
                title: String::new(),
            },
            running: Vec::new(),
            gestures: Gestures::default(),
            asked: Vec::new(),
            nothing_done: History::default(),
        }
    }

    pub fn say(&mut self, text: impl Into<String>) {
        self.panels.toasts.say(text.into(), None);
    }

    /// Reports the last step with an Undo button, which works until something else changes. Does
    /// nothing in a read-only window.
    pub fn say_undo(&mut self, text: impl Into<String>) {
        let document = self.document.as_ref().filter(|document| !document.read_only);
        if let Some(history) = document.map(Document::history).filter(|all| all.can_undo()) {
            self.panels.toasts.say_undo(text.into(), history.state());
        }
    }

    /// Whether a question or a page takes the keyboard.
    pub fn is_asked(&self) -> bool {
        self.passage.leaving.is_some() || self.is_asked_else()
    }

    /// Whether a page or question lies over the view that must be closed before another one comes:
    /// any but the one about leaving the session.
    pub fn is_held(&self) -> bool {
        let panels = &self.panels;
        self.is_asked_else()
            || panels.shown.keys
            || panels.versions.naming.is_some()
            || panels.racks.naming.is_some()
    }

    /// [`Desk::is_asked`], apart from the question about leaving the session.
    fn is_asked_else(&self) -> bool {
        let offered = self.document.as_ref().is_some_and(|d| d.recovery.is_some());
        let shown = &self.panels.shown;
        self.panels.palette.is_open()
            || offered
            || shown.audio
            || shown.preferences
            || shown.song
            || shown.stem_export
            || shown.files
            || self.keeping.asked_elsewhere.is_some()
            || shown.before.is_some()
            || !shown.dropped.is_empty()
            || shown.path.is_some()
    }

    /// Position of the playhead.
    pub fn playhead(&self) -> Seconds {
        let document = self.document.as_ref();
        document.map_or(Seconds(0.0), |document| document.seconds(self.listen.frame()))
    }

    pub fn reset_meters(&mut self) {
        self.listen.reset_meters();
        self.gauges.reset();
    }

    pub fn toggle_play(&mut self) {
        let Some(document) = &self.document else { return };
        if let Err(error) = self.listen.toggle(document, self.measured.figures.as_ref()) {
            self.say(format!("{error:#}"));
        }
    }

    /// Loops over a range, in frames, and starts playback.
    pub fn play_round(&mut self, from: u64, to: u64) {
        self.listen.heard.both = None;
        self.listen.heard.range = Some((from, to));
        self.listen.set_loop(Some((from, to)));
        self.listen.seek(from);
        if !self.listen.is_playing() {
            self.toggle_play();
        }
    }

    /// Starts a measurement of the version once changes have settled for [`SETTLE`].
    pub fn refresh_figures(&mut self) {
        let (Some(document), Some(sources)) = (&self.document, &self.listen.heard.sources) else {
            return;
        };
        let now = (document.state(), document.version);
        if (self.measured.changed.0, self.measured.changed.1) != now {
            self.measured.changed = (now.0, now.1, Instant::now());
        }
        let version = document.current_version().map(|version| version.id);
        let wanted = (now.0, version.unwrap_or_default());
        if self.measured.figures_for == wanted {
            processed::refresh(self);
            return;
        }
        let since = self.measured.changed.2.elapsed();
        if since < SETTLE {
            self.ctx.request_repaint_after(SETTLE - since);
            return;
        }
        self.measured.figures_for = wanted;
        self.measured.measuring = true;
        let known = self.measured.figures.as_ref();
        self.jobs.figures(document, self.number, Arc::clone(sources), known);
    }

    /// Start of a UI frame: takes news of jobs and dropped files, updates playback and meters, and
    /// starts work that is due.
    pub fn housekeeping(&mut self) {
        self.take_news();
        let dropped: Vec<PathBuf> = self.ctx.input(|input| {
            input.raw.dropped_files.iter().map(|file| file.path().to_path_buf()).collect()
        });
        if !dropped.is_empty() {
            self.drop_files(dropped);
        }
        let held = self.ctx.input(|input| {
            input.raw.hovered_files.iter().filter_map(|file| file.path.clone()).collect()
        });
        let asked = self.is_asked() || self.is_held();
        self.hover.look(held, self.panels.view, self.document.is_some(), asked);
        self.refresh_figures();
        self.refresh_examination();
        if let Some(document) = &mut self.document {
            let state = self.measured.figures_for.0;
            let under = document.reference_at(self.listen.frame());
            self.listen.place_reference(document, under);
            let compared = self.notes.revised.comparison.audition(&document.session);
            let compared = compared.filter(|_| self.panels.view == View::Review);
            match compared {
                Some((other, audition)) => {
                    self.listen.heard.audition = Some(audition);
                    self.listen.update(other, 0, self.measured.figures.as_ref(), state);
                }
                None => {
                    let blind = self.panels.mix.balances.blind.as_ref();
                    self.listen.heard.audition = blind.and_then(blind::Blind::audition);
                    self.listen.update(
                        document,
                        document.state(),
                        self.measured.figures.as_ref(),
                        state,
                    );
                }
            }
        }
        act::review::look(self);
        self.hear();
        self.gauges.update(&self.listen.heard, self.panels.preferences.averaging);
        act::make::tell(self);
        act::make::look_for_name(self);
        act::make::look_for_changes(self);
        self.look_at_work();
        if let Some(next) = self.panels.toasts.age() {
            self.ctx.request_repaint_after(next);
        }
        self.name_window();
        if self.ctx.input(|input| input.viewport().close_requested()) {
            self.close_requested();
        }
        self.keep_preferences();
        self.keep_left_off(false);
    }

    /// Sets the window's title to the song, with a dot while it has unsaved changes.
    pub fn name_window(&mut self) {
        let title = self.document.as_ref().map_or("Stemwright".into(), |document| {
            let dot = if document.is_dirty() { "\u{2022} " } else { "" };
            format!("{dot}{} \u{2013} Stemwright", document.session.song.title)
        });
        if title != self.settings.title {
            self.ctx.send_viewport_cmd(egui::ViewportCommand::Title(title.clone()));
            self.settings.title = title;
        }
    }

    /// Reads the audio thread, shows messages about the device, and reopens a device that came
    /// back.
    pub fn hear(&mut self) {
        let rate = self.document.as_ref().map_or(SampleRate(48_000), |d| d.session.sample_rate);
        if self.listen.listen(rate) {
            let rest = if self.panels.preferences.reduced_motion { CALM } else { BREATH };
            self.ctx.request_repaint_after(rest);
        } else if self.listen.device_watch.is_waiting() {
            self.ctx.request_repaint_after(Duration::from_secs(1));
        }
        for text in self.listen.device_watch.take_said() {
            self.say(text);
        }
        if self.listen.device_watch.take_back()
            && let Some(document) = &self.document
            && let Err(error) = self.listen.reopen(document, self.measured.figures.as_ref())
        {
            self.say(format!("{error:#}"));
        }
    }

    /// Collects the running jobs for display, a render first.
    fn look_at_work(&mut self) {
        let (mut list, more) = self.jobs.board.shown();
        if let Some(render) = self.making.seen.render.as_ref().filter(|render| render.is_running())
        {
            let (done, all) = render.count();
            let name = say!("act-rendering", number = (done + 1).min(all.max(1)), all = all);
            let share = render.overall.map(|overall| overall.fraction);
            list.insert(0, JobEntry { id: RENDER, name, share });
        }
        if self.document.is_some() && (more || !list.is_empty()) {
            self.ctx.request_repaint_after(SOON);
        }
        self.running = list;
    }

    /// Runs a view: it reads [`Seen`], changes its own [`Panels`], and its deeds are queued.
    pub fn show<R>(&mut self, view: impl FnOnce(&Seen<'_>, &mut Panels) -> R) -> R {
        let document = self.document.as_ref();
        let device_watch = &self.listen.device_watch;
        let device = Device {
            wish: &device_watch.wish,
            systems: device_watch.systems.as_deref(),
            open: device_watch.device.as_ref(),
            load: device_watch.load,
        };
        let questions = Questions {
            // Two questions at once would hide each other: this one waits.
            leaving: self.passage.leaving.is_some() && !self.is_held(),
            rendering: self.making.render.as_ref().and_then(RenderJob::running),
            elsewhere: self.keeping.asked_elsewhere.as_deref(),
            recovery: document.is_some_and(|document| document.recovery.is_some()),
        };
        let seen = Seen {
            song: document.map(|document| &document.open),
            history: document.map_or(&self.nothing_done, Document::history),
            unsaved: document.is_some_and(Document::is_dirty),
            state: document.map_or(0, Document::state),
            heard: &self.listen.heard,
            gauges: &self.gauges,
            measured: &self.measured,
            files: &self.song_files,
            recent: &self.settings.recent.list,
            settings: self.settings.folder.as_deref(),
            languages: &self.settings.languages,
            proposals: self.edits.found.as_ref(),
            delivering: &self.making.seen,
            shelf: &self.shelf,
            review: self.notes.book.review(),
            revised: &self.notes.revised,
            merging: self.notes.copies.open.as_ref(),
            device,
            questions,
            jobs: &self.running,
            opening: self.passage.opening,
            hovering: self.hover.text.as_deref(),
            asked: RefCell::default(),
        };
        let shown = view(&seen, &mut self.panels);
        self.asked.extend(seen.asked.into_inner());
        shown
    }

    /// Reads pointer and keyboard for the current gesture; called before anything is drawn.
    pub fn look_at_hands(&mut self) {
        self.gestures.look(&self.ctx);
        self.hold();
    }

    /// Assigns following changes to the current gesture.
    fn hold(&mut self) {
        let gesture = self.gestures.current();
        if let Some(document) = &mut self.document {
            document.hold(gesture);
        }
    }

    /// Assigns following changes to an undo step of their own, for example those of a finished job.
    pub fn own_step(&mut self) {
        let gesture = self.gestures.own();
        if let Some(document) = &mut self.document {
            document.hold(gesture);
        }
    }

    /// Carries out the queued deeds.
    pub fn carry_out(&mut self) {
        let asked = std::mem::take(&mut self.asked);
        if !asked.is_empty() {
            // Show the result at once.
            self.ctx.request_repaint();
        }
        for deed in asked {
            self.hold();
            act::act(self, deed);
        }
    }

    /// End of a UI frame: carries out the deeds and checks the grouping into undo steps.
    pub fn end_picture(&mut self) {
        self.carry_out();
        let began = self.document.as_mut().is_some_and(Document::take_began);
        let now = self.ctx.input(|input| input.time);
        self.gestures.stepped(began, now);
    }
}
