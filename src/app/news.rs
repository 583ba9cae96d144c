//! Takes the results of background jobs ([`News`]) into the desk, at the start of each frame of the
//! window. Results for a document that was closed meanwhile are dropped.

use super::act;
use super::act::review;
use super::desk::Desk;
use super::jobs::{News, Picked};
use super::keeper::KeeperEvent;
use super::notes::Comparison;
use crate::texts::say;
use std::sync::Arc;

impl Desk {
    /// Handles all news that arrived since the last frame.
    pub(super) fn take_news(&mut self) {
        for news in self.jobs.news() {
            if let News::Picked(_) = &news {
                self.panels.shown.path = None;
            }
            match news {
                News::Opened(opened) => self.show_document(*opened),
                News::Saved(saved) => act::saving::taken(self, *saved),
                News::Looked { document, looked, files } if document == self.number => {
                    self.follow_files(looked, files);
                }
                News::Sources { document, sources, reference } if document == self.number => {
                    let open = self.document.as_deref();
                    let figures = self.measured.figures.as_ref();
                    let taken =
                        self.listen.take_sources(open, figures, sources, reference.map(Arc::new));
                    if let Err(error) = taken {
                        self.say(format!("{error:#}"));
                    }
                    self.measured.figures_for.0 = u64::MAX;
                    if self.document.as_ref().is_some_and(|open| open.compared.is_some()) {
                        review::open_reference(self);
                    }
                    // Features and proposals were computed from the old stems.
                    (self.edits.features, self.edits.found) = (None, None);
                }
                News::Reference { document, reference } if document == self.number => {
                    let reference = reference.map(Arc::new);
                    self.listen.take_reference(self.document.as_deref(), reference);
                    self.measured.figures_for.0 = u64::MAX;
                }
                News::File { document, file } if document == self.number => {
                    act::make::hear(self, file);
                }
                News::Review { notes, told } => review::take(self, &notes, told),
                News::Touched { document } if document == self.number => self.read_again(),
                News::Peaks { document, stem, peaks } if document == self.number => {
                    self.measured.peaks.insert(stem, peaks);
                }
                News::ReferencePeaks { document, peaks } if document == self.number => {
                    self.measured.reference_peaks = Some(peaks);
                }
                News::Processed { document, stem, processed } if document == self.number => {
                    self.measured.processed.insert(stem, processed);
                }
                News::Figures { document, state, version, figures } if document == self.number => {
                    self.measured.measuring = self.measured.figures_for != (state, version);
                    self.measured.figures = Some(*figures);
                }
                News::Masking { document, state, masking } if document == self.number => {
                    self.panels.mix.masking.found = Some((state, *masking));
                    self.panels.mix.masking.asked = None;
                }
                News::Compared { document, test, loudness } if document == self.number => {
                    if Comparison::is_test(test) {
                        self.notes.revised.comparison.measured(test, loudness);
                    }
                    let blind = self.panels.mix.balances.blind.as_mut();
                    if let Some(blind) = blind.filter(|blind| blind.number == test) {
                        blind.measured(loudness);
                    }
                }
                News::Prepared { document, basis, examination } if document == self.number => {
                    self.measured.prepared = true;
                    if self.measured.examining.as_ref() == Some(&basis) {
                        self.measured.examining = None;
                    }
                    self.measured.examined = Some(basis);
                    self.measured.examination = examination.map(|found| *found);
                }
                News::Edits { document, found } if document == self.number => {
                    act::search::found(self, *found);
                }
                News::StemFiles { document, files, refused } if document == self.number => {
                    self.take_stems(files, refused);
                }
                News::Mended { document, files } if document == self.number => {
                    act::mending::take(self, files);
                }
                News::Kept { document, kept } if document == self.number => match kept {
                    KeeperEvent::Failed(error) => {
                        self.say(say!("song-unsaved-work", error = error.to_string()));
                    }
                    KeeperEvent::TakenOver => self.taken_over(),
                },
                News::TakeOver { path, given } => act::elsewhere::taken(self, path, given),
                News::Before { document, before } if document == self.number => {
                    act::exports::ready(self, before);
                }
                News::Located { document, edits, said } if document == self.number => {
                    act::files::take_located(self, edits, said);
                }
                News::Picked(Picked::Located(of, path)) => act::files::located(self, of, path),
                News::Picked(Picked::LocatedIn(path)) => act::files::located_in(self, path),
                News::Picked(Picked::Collect(path)) => act::files::collect_into(self, path),
                News::Lyrics { document, name, found } if document == self.number => {
                    act::lyrics::imported(self, name, found);
                }
                News::Decided { document, state, edit, decision } if document == self.number => {
                    act::lyrics::decided(self, state, edit, decision);
                }
                News::NextExport { document, next } if document == self.number => {
                    self.making.seen.next = Some(*next);
                }
                News::Shelf(shelf) => self.shelf = *shelf,
                News::AskPath(question) => self.ask_path(question),
                News::Said(text) => self.say(text),
                News::Done(text, place) => self.panels.toasts.say(text, Some(place)),
                News::Picked(Picked::Page(path)) => act::mending::write_page(self, path),
                News::Picked(Picked::Mended(path)) => act::mending::write_set(self, path),
                News::Picked(Picked::Lyrics(path)) => act::lyrics::import(self, path),
                News::Picked(Picked::LyricsTo(path)) => act::lyrics::export(self, path),
                News::Picked(Picked::Comments(paths)) => review::import_files(self, paths),
                News::Picked(Picked::CommentsTo(path, format)) => {
                    review::export(self, path, format);
                }
                News::Picked(Picked::Round(path, round)) => review::send_round(self, path, round),
                News::Picked(Picked::ReviewPage(path)) => review::page_picked(self, path),
                News::Picked(Picked::References(paths)) => review::add_references(self, paths),
                News::Picked(Picked::Open(path)) => self.open(vec![path]),
                News::Picked(Picked::Stems(paths)) => self.add_stems(paths),
                News::Picked(Picked::StemsFolder(path)) => {
                    self.panels.preferences.stems_folder = Some(path);
                }
                News::Picked(Picked::SaveAs(path)) => self.save_as(path),
                News::Picked(Picked::Export(path)) => self.making.seen.folder = Some(path),
                News::Failed(text) => {
                    self.passage.opening = false;
                    self.say(text);
                }
                // About a document that was closed meanwhile.
                News::Sources { .. }
                | News::Peaks { .. }
                | News::ReferencePeaks { .. }
                | News::Processed { .. }
                | News::Figures { .. }
                | News::Masking { .. }
                | News::Compared { .. }
                | News::Edits { .. }
                | News::Mended { .. }
                | News::StemFiles { .. }
                | News::Reference { .. }
                | News::File { .. }
                | News::Touched { .. }
                | News::Looked { .. }
                | News::Located { .. }
                | News::Kept { .. }
                | News::Lyrics { .. }
                | News::Decided { .. }
                | News::NextExport { .. }
                | News::Before { .. }
                | News::Prepared { .. } => {}
            }
        }
    }
}
