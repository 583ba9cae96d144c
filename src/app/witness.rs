//! Methods of [`App`] for tests, benches and screenshots: they tell its state, and do what dialogs
//! and the pointer do.

use super::App;
use super::View;
use super::preferences::Preferences;
use crate::units::{Lufs, Seconds};

impl App {
    /// Whether waveforms, figures and examination are complete and up to date, for tests and
    /// screenshots.
    pub fn is_settled(&self) -> bool {
        self.desk.document.as_ref().is_some_and(|document| {
            let named = document.current_version().map(|version| version.id);
            self.desk.measured.is_of(&document.session)
                && !self.desk.measured.measuring
                && self.desk.measured.figures.is_some()
                && Some(&self.desk.measured.figures_for.1) == named.as_ref()
                && self.desk.measured.figures_for.0 == document.state()
        })
    }

    /// Whether a render ended, for tests.
    pub fn is_rendered(&self) -> bool {
        self.desk.making.render.as_ref().is_some_and(|job| !job.is_running())
    }

    /// Texts of the messages that are shown, for tests.
    pub fn messages(&self) -> Vec<&str> {
        self.desk.panels.toasts.texts().collect()
    }

    /// Whether the mix is heard through a master, for tests.
    pub fn hears_master(&self) -> bool {
        self.desk.listen.heard.preview
    }

    /// Whether playback runs, for tests.
    pub fn is_playing(&self) -> bool {
        self.desk.listen.is_playing()
    }

    /// Whether a revision or a sound of a blind test is heard in place of the session, for tests.
    pub fn is_comparing(&self) -> bool {
        self.desk.listen.heard.audition.is_some()
    }

    /// Frame of the song at which the reference begins, for tests.
    pub fn reference_at(&self) -> i64 {
        self.desk.listen.reference_at()
    }

    /// Whether no background job is running, for tests.
    pub fn is_quiet(&self) -> bool {
        let (shown, more) = self.desk.jobs.board.shown();
        shown.is_empty() && !more
    }

    /// Whether the stems can be heard, and the number of files that the user is asked about, for
    /// tests.
    pub fn sounds_and_names(&self) -> (bool, usize) {
        (self.desk.listen.heard.sources.is_some(), self.desk.song_files.open_questions().count())
    }

    /// Whether the waveforms of all stems are complete, for tests.
    pub fn has_waveforms(&self) -> bool {
        self.desk.document.as_ref().is_some_and(|document| {
            let length = document.length().0 as f64;
            let whole =
                |id| self.desk.measured.peaks.get(id).is_some_and(|peaks| peaks.reaches(length));
            document.session.stems.iter().all(|stem| whole(&stem.id))
        })
    }

    /// The view that is shown, for tests.
    pub fn view(&self) -> View {
        self.desk.panels.view
    }

    /// Opens a session, a folder or files.
    pub fn open(&mut self, paths: Vec<std::path::PathBuf>) {
        self.desk.open(paths);
    }

    /// Shows another view.
    pub fn show_view(&mut self, view: View) {
        self.desk.panels.view = view;
    }

    /// The open session, for tests.
    pub fn session(&self) -> Option<&crate::session::Session> {
        self.desk.document.as_ref().map(|document| &*document.session)
    }

    /// Name of the stem that the rack shows, for tests.
    pub fn chosen_stem(&self) -> Option<&str> {
        Some(self.desk.document.as_ref()?.selected_stem()?.name.as_str())
    }

    /// All comments of the song, for tests.
    pub fn comments(&self) -> &[crate::review::comments::Comment] {
        &self.desk.notes.book.review().comments
    }

    /// The marked range, in frames, for tests.
    pub fn heard_range(&self) -> Option<(u64, u64)> {
        self.desk.listen.heard.range
    }

    /// The preferences, for tests and screenshots.
    pub fn preferences(&mut self) -> &mut Preferences {
        &mut self.desk.panels.preferences
    }

    /// The gain at which a new export or the old file is heard while both are compared, for tests.
    pub fn export_gain(&self) -> Option<crate::units::Db> {
        self.desk.listen.heard.exports.as_ref().map(super::exports::ExportComparison::gain)
    }

    /// Whether the question about a copy that somebody else changed is open, for tests.
    pub fn is_merging(&self) -> bool {
        self.desk.notes.copies.open.is_some()
    }

    /// Whether a save is under way.
    pub fn is_saving(&self) -> bool {
        self.desk.passage.saving.is_some()
    }

    /// Saves under another name, as the dialog does.
    pub fn save_session_as(&mut self, path: std::path::PathBuf) {
        self.desk.save_as(path);
    }

    /// Takes files as if they were dropped on the window.
    pub fn drop_on(&mut self, paths: Vec<std::path::PathBuf>) {
        self.desk.drop_files(paths);
    }

    /// The finished file that is played in place of the session.
    pub fn heard_file(&self) -> Option<std::path::PathBuf> {
        self.desk.listen.heard.file.as_ref().map(|file| file.path.clone())
    }

    /// Whether the monitors play the reference.
    pub fn hears_reference(&self) -> bool {
        self.desk.listen.heard.monitor == super::heard::Monitor::Reference
    }

    /// Revision of the next export, once it was looked up.
    pub fn next_revision(&self) -> Option<String> {
        let next = self.desk.making.seen.next(self.desk.document.as_ref()?)?;
        Some(next.revision.clone())
    }

    /// Applies an edit as one step, as a view would ask for it.
    pub fn edit(&mut self, edit: crate::session::edit::Edit) {
        self.desk.own_step();
        super::act::act(&mut self.desk, super::deeds::Deed::Edit(edit));
    }

    /// Index of the version that is heard.
    pub fn heard_version(&self) -> usize {
        self.desk.document.as_ref().map_or(0, |document| document.version)
    }

    /// Imports lyrics, as the dialog does.
    pub fn import_lyrics(&mut self, path: &std::path::Path) {
        super::act::lyrics::import(&self.desk, path.to_owned());
    }

    /// Loudness predicted for the chosen version in the chosen master.
    pub fn predicted(&self) -> Option<Lufs> {
        let document = self.desk.document.as_ref()?;
        let master = document.current_master()?;
        Some(self.desk.measured.figures.as_ref()?.predict(&document.session, master)?.loudness)
    }

    /// Position of the playhead.
    pub fn playhead(&self) -> Seconds {
        self.desk.playhead()
    }

    /// Start and end of the part of the song that the timeline shows.
    pub fn sight(&self) -> (Seconds, Seconds) {
        let Some(document) = &self.desk.document else { return (Seconds(0.0), Seconds(0.0)) };
        let length = document.length().seconds(document.session.sample_rate).0;
        let (from, to) = self.desk.panels.mix.timeline.shown();
        (Seconds(from * length), Seconds(to * length))
    }

    /// Whether the waveform after the chain of the stem at an index is up to date.
    pub fn has_processed(&self, stem: usize) -> bool {
        let stem =
            self.desk.document.as_ref().and_then(|document| document.session.stems.get(stem));
        let known = stem.and_then(|stem| Some((stem, self.desk.measured.processed.get(&stem.id)?)));
        known.is_some_and(|(stem, known)| known.chain == stem.chain)
    }
}
