//! Lays out a [`Sheet`] as PDF: A4 pages, the program's own typeface, searchable text.

use crate::delivery::DeliveryError;
use crate::delivery::sheet::{Row, Sheet};
use crate::fonts::{REGULAR, SEMI_BOLD};
use krilla::Document;
use krilla::color::rgb;
use krilla::geom::Point;
use krilla::metadata::Metadata;
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::text::{Font, TextDirection};
use ttf_parser::Face;

/// A4 in points.
const PAGE: (f32, f32) = (595.0, 842.0);
const MARGIN: f32 = 56.0;
/// Where the second column begins; continuation lines begin there too.
const SECOND: f32 = MARGIN + 178.0;
const LINE: f32 = 15.0;
const TEXT: f32 = 9.5;

const BLACK: [u8; 3] = [24, 27, 33];
const GREY: [u8; 3] = [106, 113, 126];

/// A typeface for drawing and its metrics for layout.
struct Letters {
    font: Font,
    face: Face<'static>,
}

impl Letters {
    fn new(data: &'static [u8]) -> Result<Self, DeliveryError> {
        let damaged = || DeliveryError::Sheet("the typeface is damaged".into());
        let font = Font::new(data.into(), 0).ok_or_else(damaged)?;
        Ok(Self { font, face: Face::parse(data, 0).map_err(|_| damaged())? })
    }

    fn width(&self, text: &str, size: f32) -> f32 {
        let advance = |c: char| {
            let glyph = self.face.glyph_index(c).unwrap_or_default();
            f32::from(self.face.glyph_hor_advance(glyph).unwrap_or(0))
        };
        text.chars().map(advance).sum::<f32>() * size / f32::from(self.face.units_per_em())
    }

    fn has(&self, c: char) -> bool {
        c.is_control() || self.face.glyph_index(c).is_some()
    }

    /// Breaks text into lines of at most `room` points. A word that is wider is broken.
    fn lines(&self, text: &str, size: f32, room: f32) -> Vec<String> {
        let mut lines = Vec::new();
        for paragraph in text.lines() {
            let mut line = String::new();
            for word in paragraph.split_whitespace() {
                let longer = if line.is_empty() { word.into() } else { format!("{line} {word}") };
                if self.width(&longer, size) <= room {
                    line = longer;
                    continue;
                }
                if !line.is_empty() {
                    lines.push(std::mem::take(&mut line));
                }
                for c in word.chars() {
                    line.push(c);
                    if self.width(&line, size) > room {
                        line.pop();
                        lines.push(std::mem::replace(&mut line, c.into()));
                    }
                }
            }
            lines.push(line);
        }
        lines
    }
}

/// A piece of text and its position on a page.
struct Piece {
    at: (f32, f32),
    text: String,
    size: f32,
    bold: bool,
    colour: [u8; 3],
}

/// Pages that fill from top to bottom; `y` is the next line's baseline.
struct Pages {
    pages: Vec<Vec<Piece>>,
    y: f32,
}

impl Pages {
    /// Starts a new page when fewer than `height` points are left on this one.
    fn room(&mut self, height: f32) {
        if self.y + height > PAGE.1 - MARGIN {
            self.pages.push(Vec::new());
            self.y = MARGIN;
        }
    }

    fn put(&mut self, x: f32, text: impl Into<String>, size: f32, bold: bool, colour: [u8; 3]) {
        let piece = Piece { at: (x, self.y), text: text.into(), size, bold, colour };
        if let Some(page) = self.pages.last_mut() {
            page.push(piece);
        }
    }
}

fn laid_out(sheet: &Sheet, regular: &Letters, bold: &Letters) -> Vec<Vec<Piece>> {
    let mut pages = Pages { pages: vec![Vec::new()], y: MARGIN + 12.0 };
    for line in bold.lines(&sheet.title, 22.0, PAGE.0 - 2.0 * MARGIN) {
        pages.put(MARGIN, line, 22.0, true, BLACK);
        pages.y += 28.0;
    }
    for part in &sheet.parts {
        pages.y += 12.0;
        pages.room(4.0 * LINE);
        pages.put(MARGIN, part.heading.as_str(), 12.0, true, BLACK);
        pages.y += 1.4 * LINE;
        for row in &part.rows {
            let (name, value) = match row {
                Row::Pair(name, value) => {
                    let room = SECOND - MARGIN - 10.0;
                    (
                        regular.lines(name, TEXT, room),
                        regular.lines(value, TEXT, PAGE.0 - MARGIN - SECOND),
                    )
                }
                Row::More(text) => {
                    let room = PAGE.0 - MARGIN - SECOND;
                    (Vec::new(), regular.lines(text, TEXT - 0.5, room))
                }
            };
            let is_more = matches!(row, Row::More(_));
            for n in 0..name.len().max(value.len()) {
                pages.room(LINE);
                if let Some(name) = name.get(n) {
                    pages.put(MARGIN, name.as_str(), TEXT, false, GREY);
                }
                if let Some(value) = value.get(n) {
                    let (size, colour) = if is_more { (TEXT - 0.5, GREY) } else { (TEXT, BLACK) };
                    pages.put(SECOND, value.as_str(), size, false, colour);
                }
                pages.y += LINE;
            }
        }
    }
    pages.pages
}

fn draw(surface: &mut Surface<'_>, piece: &Piece, font: &Font) {
    let [r, g, b] = piece.colour;
    let paint = rgb::Color::new(r, g, b).into();
    surface.set_fill(Some(Fill { paint, ..Fill::default() }));
    let at = Point::from_xy(piece.at.0, piece.at.1);
    surface.draw_text(at, font.clone(), piece.size, &piece.text, false, TextDirection::Auto);
}

/// The bytes of the PDF.
pub fn pages(sheet: &Sheet) -> Result<Vec<u8>, DeliveryError> {
    let (regular, bold) = (Letters::new(REGULAR)?, Letters::new(SEMI_BOLD)?);
    let mut pages = laid_out(sheet, &regular, &bold);
    let missing = pages.iter().flatten().any(|piece| !piece.text.chars().all(|c| regular.has(c)));
    let count = pages.len();
    for (n, page) in pages.iter_mut().enumerate() {
        let mut foot = format!("{}, page {} of {count}", sheet.title, n + 1);
        if missing {
            foot.push_str(" \u{b7} letters that are missing here are in the text beside it");
        }
        let at = (MARGIN, PAGE.1 - MARGIN + 24.0);
        page.push(Piece { at, text: foot, size: 8.0, bold: false, colour: GREY });
    }
    let mut document = Document::new();
    let producer = format!("Stemwright {}", env!("CARGO_PKG_VERSION"));
    document.set_metadata(Metadata::new().title(sheet.title.clone()).creator(producer));
    let failed = |detail: &str| DeliveryError::Sheet(detail.into());
    for pieces in &pages {
        let size = PageSettings::from_wh(PAGE.0, PAGE.1).ok_or_else(|| failed("no page"))?;
        let mut page = document.start_page_with(size);
        let mut surface = page.surface();
        for piece in pieces {
            draw(&mut surface, piece, if piece.bold { &bold.font } else { &regular.font });
        }
        surface.finish();
        page.finish();
    }
    document.finish().map_err(|error| DeliveryError::Sheet(format!("{error:?}")))
}
