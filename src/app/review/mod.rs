//! The Review view: comments at their time in the song, rounds, revisions, and what goes to the
//! client.

mod comment;
mod copies;
mod exchange;
mod list;
pub mod pins;
mod references;
mod revisions;
mod rounds;
mod strip;
mod write;

use super::desk::Desk;
use super::theme;
use super::{View, menu};
use crate::app::measured::Reference as Measured;
use crate::review::ReviewError;
use crate::review::book::Book;
use crate::review::comments::{Comment, Subject};
use crate::review::exchange::timecode::FrameRate;
use crate::review::revisions::Revisions;
use crate::units::Seconds;
use egui::{Rect, ScrollArea, Stroke, StrokeKind, Ui, UiBuilder, pos2, vec2};
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

pub use copies::{merge, show as merge_question};
pub use exchange::{export, import, import_files, pick_import, pick_page, picked_page, send_round};
use exchange::{pick_export, pick_round};
pub use references::{
    add as add_references, choose as choose_reference, open as open_reference,
    place as reference_place,
};
pub use revisions::Comparison;
pub use write::{begin as write_comment, show as writing};

const WIDE: f32 = 400.0;
/// Seconds before and after a comment that is played around.
const AROUND: f64 = 2.0;
/// How often it is looked whether others wrote.
const LOOK: Duration = Duration::from_secs(3);

/// What the right side shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Page {
    #[default]
    Comment,
    Rounds,
    Revisions,
    References,
    Brief,
}

impl Page {
    const ALL: [(Page, &str); 5] = [
        (Page::Comment, "Comment"),
        (Page::Rounds, "Rounds"),
        (Page::Revisions, "Revisions"),
        (Page::References, "References"),
        (Page::Brief, "Brief"),
    ];
}

/// The comments of the open session, and what is looked at of them.
pub struct Notes {
    pub book: Book,
    pub selected: Option<String>,
    page: Page,
    list: list::Asked,
    /// An answer as it is typed.
    reply: String,
    /// A comment and its text as it is typed.
    typed: Option<(String, String)>,
    /// Its times as they are typed.
    times: Option<(String, [String; 2])>,
    writing: Option<write::Writing>,
    looked: Instant,
    copies: copies::Copies,
    /// Frames a second in files of comments, and the time at which the song begins in them; found
    /// where nothing is said.
    frames: Option<FrameRate>,
    begins: String,
    pub comparison: Comparison,
    /// References by their content; none while one is measured.
    pub measured: HashMap<String, Option<Arc<Measured>>>,
}

impl Notes {
    /// Those of the session in a file, or of one that is on no disk yet.
    pub fn of(path: Option<&Path>) -> Self {
        Self {
            book: path.map_or_else(Book::unsaved, Book::of),
            selected: None,
            page: Page::default(),
            list: list::Asked::default(),
            reply: String::new(),
            typed: None,
            times: None,
            writing: None,
            looked: Instant::now(),
            copies: copies::Copies::default(),
            frames: None,
            begins: String::new(),
            comparison: Comparison::default(),
            measured: HashMap::new(),
        }
    }

    fn selected(&self) -> Option<&Comment> {
        self.book.review().comment(self.selected.as_deref()?)
    }

    pub fn is_merging(&self) -> bool {
        self.copies.is_open()
    }

    /// Shows a comment.
    pub fn select(&mut self, id: &str) {
        if self.selected.as_deref() != Some(id) {
            self.reply.clear();
        }
        self.selected = Some(id.into());
        self.page = Page::Comment;
    }
}

impl Desk {
    /// Does something to the book; what goes wrong is said.
    pub(super) fn note<T>(
        &mut self,
        act: impl FnOnce(&mut Book) -> Result<T, ReviewError>,
    ) -> Option<T> {
        match act(&mut self.notes.book) {
            Ok(done) => Some(done),
            Err(error) => {
                self.say(error.to_string());
                None
            }
        }
    }

    /// Looks from time to time whether others wrote into the folder.
    pub(super) fn look_for_notes(&mut self) {
        if self.notes.looked.elapsed() < LOOK {
            return;
        }
        self.notes.looked = Instant::now();
        let before = self.notes.book.review().present().count();
        if self.notes.book.refresh() {
            let after = self.notes.book.review().present().count();
            if after > before {
                self.say(format!("{} new comments came with the folder", after - before));
            }
        }
        copies::look(self);
    }

    /// What the state that is worked on is called.
    fn heard_revision(&self) -> String {
        let Some(document) = &self.document else { return String::new() };
        Revisions::of(&document.path).name_of(&document.session)
    }
}

pub fn show(desk: &mut Desk, ui: &mut Ui, rect: Rect) {
    revisions::look(desk);
    let open = desk.notes.book.review().open();
    let text = match open {
        0 => "No comment is open.".into(),
        1 => "1 comment waits for an answer.".into(),
        open => format!("{open} comments wait for an answer."),
    };
    menu::heading(ui, rect, "Review", &text);
    let body = Rect::from_min_max(rect.min + vec2(24.0, 78.0), rect.max - vec2(24.0, 16.0));
    let wide = WIDE.min(body.width() * 0.42);
    let left = Rect::from_min_max(body.min, pos2(body.left() + wide, body.bottom()));
    let right = Rect::from_min_max(pos2(left.right() + 12.0, body.top()), body.max);
    panel(ui, left);
    desk.part(ui, "comments", left, list::show);
    let strip = Rect::from_min_max(right.min, pos2(right.right(), right.top() + strip::HEIGHT));
    desk.part(ui, "strip", strip, strip::show);
    let page = Rect::from_min_max(pos2(right.left(), strip.bottom() + 12.0), right.max);
    panel(ui, page);
    desk.part(ui, "page", page, self::page);
}

/// The same words, with a capital at their beginning.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn panel(ui: &Ui, area: Rect) {
    ui.painter().rect_filled(area, theme::RADIUS, theme::panel());
    let stroke = Stroke::new(1.0, theme::raised());
    ui.painter().rect_stroke(area, theme::RADIUS, stroke, StrokeKind::Inside);
}

fn page(desk: &mut Desk, ui: &mut Ui, rect: Rect) {
    let names = Page::ALL.map(|(_, name)| name);
    let lit = Page::ALL.iter().position(|(page, _)| *page == desk.notes.page).unwrap_or(0);
    let wide = (rect.width() - 32.0).min(520.0);
    let tabs = Rect::from_min_size(rect.min + vec2(16.0, 14.0), vec2(wide, 32.0));
    let chosen = super::widgets::segments(ui, tabs, &names, lit);
    if let Some((page, _)) = chosen.and_then(|n| Page::ALL.get(n)) {
        desk.notes.page = *page;
    }
    let inner = Rect::from_min_max(rect.min + vec2(16.0, 58.0), rect.max - vec2(10.0, 8.0));
    let page = desk.notes.page;
    let ui = &mut ui.new_child(UiBuilder::new().id_salt(("page", page as u8)).max_rect(inner));
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        ui.set_width(inner.width() - 14.0);
        // Words stand in the middle of a row of buttons.
        ui.spacing_mut().interact_size.y = 26.0;
        match page {
            Page::Comment => comment::show(desk, ui),
            Page::Rounds => rounds::show(desk, ui),
            Page::Revisions => revisions::show(desk, ui),
            Page::References => references::show(desk, ui),
            Page::Brief => brief(desk, ui),
        }
    });
}

/// What the client asked for, and whether the masters meet it.
fn brief(desk: &mut Desk, ui: &mut Ui) {
    let Some(document) = &desk.document else { return };
    let said = document.session.brief.said();
    theme::caption(ui, "What was asked for");
    if said.is_empty() {
        ui.weak("Nothing is written down yet.");
    }
    egui::Grid::new("brief").num_columns(2).spacing(vec2(18.0, 6.0)).show(ui, |ui| {
        for (name, text) in &said {
            ui.weak(*name);
            ui.add(egui::Label::new(text).wrap());
            ui.end_row();
        }
    });
    ui.add_space(8.0);
    let change = ui.button("Song and brief\u{2026}").clicked();
    ui.add_space(14.0);
    let checks = crate::delivery::asked::asked(&document.session);
    if !checks.is_empty() {
        theme::caption(ui, "Against the masters");
        for check in &checks {
            let colour = match check.verdict {
                crate::delivery::checks::Verdict::Good => theme::good(),
                _ => theme::caution(),
            };
            ui.horizontal(|ui| {
                let (dot, _) = ui.allocate_exact_size(vec2(12.0, 12.0), egui::Sense::hover());
                ui.painter().circle_filled(dot.center(), 4.0, colour);
                ui.add(egui::Label::new(&check.text).wrap());
            });
        }
    }
    if change {
        desk.panels.shown.song = true;
    }
}

/// To the comment after the playhead, or to the one before it.
pub fn jump(desk: &mut Desk, forward: bool) {
    let Some(document) = &desk.document else { return };
    let (rate, here) = (document.session.sample_rate, document.seconds(desk.listen.frame()));
    let found = desk.notes.book.review().beside(here, forward);
    let found = found.and_then(|comment| Some((comment.id.clone(), comment.start?)));
    if let Some((id, start)) = found {
        desk.notes.select(&id);
        desk.listen.seek(start.frames(rate).0);
    }
}

/// Plays around the comment that is selected, over and over.
pub fn play_around(desk: &mut Desk) {
    let Some(document) = &mut desk.document else { return };
    let Some(comment) = desk.notes.selected() else { return };
    let Some((start, end)) = comment.span() else { return };
    // A version is heard as what was spoken of.
    if let Subject::Version(id) = &comment.on
        && let Some(at) = document.session.versions.iter().position(|version| version.id == *id)
    {
        document.open.version = at;
    }
    let rate = document.session.sample_rate;
    let whole = document.length().0;
    let from = Seconds(start.0 - AROUND).frames(rate).0;
    let to = Seconds(end.0 + AROUND).frames(rate).0.min(whole);
    if from >= to {
        return;
    }
    desk.listen.heard.range = Some((from, to));
    desk.listen.set_loop(Some((from, to)));
    desk.listen.seek(from);
    if !desk.listen.is_playing() {
        desk.toggle_play();
    }
}

/// Hears nothing but the stem that the selected comment speaks of, or everything again.
pub fn solo(desk: &mut Desk) {
    let Some(Subject::Stem(id)) = desk.notes.selected().map(|comment| comment.on.clone()) else {
        return;
    };
    let Some(document) = &mut desk.document else { return };
    document.open.selected = Some(id);
    super::stem_commands::toggle(desk, |strip| strip.solo = !strip.solo);
}

/// Opens the view on a comment.
pub fn open(desk: &mut Desk, id: &str) {
    desk.notes.select(id);
    desk.panels.view = View::Review;
}
