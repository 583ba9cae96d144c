//! The manual window: pages on first steps, each view and the meters, with a search by words. The
//! pages are Markdown files of `assets/manual`, compiled into the program.

use super::panels::OpenPages;
use super::theme;
use super::view::View;
use super::widgets::{floating, title_line};
use crate::texts::{self, say};
use egui::{Align2, RichText, ScrollArea, TextEdit, Ui, vec2};

/// One page of the manual.
pub struct Page {
    pub title: &'static str,
    /// More words that the search finds this page by.
    pub words: &'static str,
    text: &'static str,
}

impl Page {
    /// The title in the language of the window.
    pub fn shown(&self) -> &'static str {
        texts::word("manual", self.title)
    }
}

macro_rules! page {
    ($title:literal, $words:literal, $file:literal) => {
        Page {
            title: $title,
            words: $words,
            text: include_str!(concat!("../../assets/manual/", $file, ".md")),
        }
    };
}

pub const PAGES: [Page; 8] = [
    page!("First steps", "begin start help play controls", "start"),
    page!("Stems", "files roles checks null test", "stems"),
    page!("Mix", "timeline lanes fader automation chain zoom", "mix"),
    page!("Master", "limiter target chain", "master"),
    page!("Versions", "instrumental a cappella radio clean", "versions"),
    page!("Review", "comments client notes", "review"),
    page!("Deliver", "render export files names", "deliver"),
    page!("Meters", "loudness lufs peak ebu", "meters"),
];

/// Index in [`PAGES`] of the page about a view; 0, the first steps, without a view.
pub fn page_of(view: Option<View>) -> usize {
    let place = View::ALL.iter().position(|known| Some(*known) == view);
    place.map_or(0, |n| n + 1)
}

/// Lines of a page that hold all words. Without words, or if the title or the extra words hold them
/// all, only the first line.
fn hits<'a>(page: &'a Page, words: &str) -> Vec<&'a str> {
    let words: Vec<String> = words.to_lowercase().split_whitespace().map(str::to_owned).collect();
    let holds = |line: &str| {
        let line = line.to_lowercase();
        words.iter().all(|word| line.contains(word))
    };
    let about = [page.title, page.shown(), page.words];
    if words.is_empty() || about.into_iter().any(holds) {
        return page.text.lines().take(1).collect();
    }
    page.text.lines().filter(|line| holds(line)).collect()
}

pub fn show(shown: &mut OpenPages, ui: &Ui) {
    let Some((page, typed)) = &mut shown.manual else { return };
    let full = ui.ctx().content_rect();
    let mut open = true;
    floating(ui, "manual")
        .default_size(vec2((full.width() - 40.0).min(700.0), (full.height() - 120.0).min(560.0)))
        .pivot(Align2::CENTER_CENTER)
        .default_pos(full.center())
        .show(ui.ctx(), |ui| {
            open = !title_line(ui, say!("action-manual"));
            let name = say!("window-search-manual");
            let search = TextEdit::singleline(typed).hint_text(name);
            ui.add(search.desired_width(f32::INFINITY)).accessible_name(name);
            ui.add_space(6.0);
            ui.horizontal_top(|ui| {
                ui.vertical(|ui| {
                    ui.set_width(130.0);
                    for (n, one) in PAGES.iter().enumerate() {
                        let found = !hits(one, typed).is_empty();
                        let button = egui::Button::selectable(n == *page, one.shown());
                        let row = ui.add_enabled(found, button);
                        if row.clicked() {
                            *page = n;
                        }
                    }
                });
                ui.separator();
                let read_or_find = |ui: &mut Ui| {
                    if typed.trim().is_empty() {
                        PAGES.get(*page).into_iter().for_each(|page| read(ui, page));
                        return;
                    }
                    for (n, one) in PAGES.iter().enumerate() {
                        for line in hits(one, typed) {
                            let text = line.trim_start_matches(['#', '-', ' ']);
                            theme::caption(ui, one.shown());
                            if ui.link(text).clicked() {
                                *page = n;
                                typed.clear();
                                return;
                            }
                            ui.add_space(6.0);
                        }
                    }
                };
                ui.vertical(|ui| {
                    let salt = egui::Id::unique("pages");
                    ScrollArea::vertical().id_salt(salt).auto_shrink(false).show(ui, read_or_find);
                });
            });
        });
    if !open {
        shown.manual = None;
    }
}

/// Draws headings, lists and paragraphs; text between back-quotes has the accent colour.
fn read(ui: &mut Ui, page: &Page) {
    ui.heading(page.shown());
    for line in page.text.lines() {
        if let Some(title) = line.strip_prefix("## ") {
            ui.add_space(8.0);
            theme::caption(ui, title);
        } else if let Some(entry) = line.strip_prefix("- ") {
            ui.horizontal_top(|ui| {
                ui.label("\u{2022}");
                paragraph(ui, entry);
            });
        } else if !line.trim().is_empty() {
            paragraph(ui, line);
        }
    }
}

fn paragraph(ui: &mut Ui, text: &str) {
    let mut job = egui::text::LayoutJob::default();
    for (n, part) in text.split('`').enumerate() {
        let colour = if n % 2 == 1 { theme::accent() } else { theme::text() };
        RichText::new(part).color(colour).append_to(
            &mut job,
            ui.style(),
            egui::FontSelection::Default,
            egui::Align::Center,
        );
    }
    ui.add(egui::Label::new(job).wrap());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_page_for_every_view() {
        for (view, page) in View::ALL.into_iter().zip(PAGES.iter().skip(1)) {
            assert_eq!(view.name(), page.title);
        }
    }

    #[test]
    fn words_are_found_in_the_text() {
        let found = |words: &str| {
            let titles = PAGES.iter().filter(|page| !hits(page, words).is_empty());
            titles.map(|page| page.title).collect::<Vec<_>>()
        };
        assert!(found("zero snap").contains(&"Mix"));
        assert_eq!(found("ebu"), ["Meters"]);
        assert!(found("qwertz").is_empty());
    }
}
