//! The lyrics as text with the explicit words in it, and the chosen word with its waveform and what
//! replaces it.

use super::words::audition;
use crate::app::deeds::Cuts;
use crate::app::open_song::OpenSong;
use crate::app::panels::versions::VersionsPanel;
use crate::app::seen::Seen;
use crate::app::theme::{self, Weight, write, write_within};
use crate::app::waves::{reach, sample_wave};
use crate::app::widgets::push;
use crate::arrange::words::list::explicit;
use crate::session::lyrics::{Lyrics, Verdict, Word};
use crate::session::stem::{Stem, Treatment};
use crate::texts::{self, say};
use crate::units::{Seconds, sentence};
use egui::{
    Align2, FontId, Rect, Role, Sense, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};

const LINE: f32 = 28.0;
/// Height of the chosen word's part, in points.
pub const WORD: f32 = 132.0;
/// Seconds of sound on each side of a word in its picture.
const AROUND: f64 = 0.5;

/// The word that is chosen, else the first that is not decided, else the first explicit one.
fn chosen(lyrics: &Lyrics, own: &VersionsPanel) -> Option<usize> {
    let is_explicit = |n: &usize| lyrics.words.get(*n).is_some_and(|word| word.verdict.is_some());
    let open = explicit(lyrics).find(|(_, word)| word.verdict == Some(Verdict::Open));
    let first = || open.or_else(|| explicit(lyrics).next()).map(|(n, _)| n);
    own.word.filter(is_explicit).or_else(first)
}

/// Draws all lines. A click on an explicit word chooses it; one on a time plays from there.
pub fn text(
    seen: &Seen<'_>,
    song: &OpenSong,
    lyrics: &Lyrics,
    own: &mut VersionsPanel,
    ui: &mut Ui,
) {
    let now = chosen(lyrics, own);
    let mut first = 0;
    for (row, line) in lyrics.lines().enumerate() {
        let from = first;
        first += line.len();
        let (area, _) = ui.allocate_exact_size(vec2(ui.available_width(), LINE), Sense::hover());
        if !ui.is_rect_visible(area) {
            continue;
        }
        let ui = &mut ui.new_child(UiBuilder::new().id_salt(("line", row)).max_rect(area));
        if now.is_some_and(|n| (from..first).contains(&n)) {
            ui.painter().rect_filled(area, theme::RADIUS, theme::raised());
        }
        let Some(begin) = line.first() else { continue };
        let time = Rect::from_min_size(area.min, vec2(52.0, LINE));
        let response = ui.interact(time, ui.scope_id().with("time"), Sense::click());
        let words = say!("versions-play-from", time = begin.start.to_string());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &words));
        let at = pos2(area.left() + 8.0, area.center().y);
        let dim = theme::dim();
        write(
            ui.painter(),
            at,
            Align2::LEFT_CENTER,
            begin.start.to_string(),
            (12.0, Weight::Regular),
            dim,
        );
        if response.on_hover_text(words).clicked() {
            audition(seen, song, begin.start);
        }
        let mut x = area.left() + 56.0;
        for (n, word) in line.iter().enumerate() {
            x = draw(ui, own, word, from + n, now == Some(from + n), pos2(x, area.center().y));
            if x > area.right() - 12.0 {
                break;
            }
        }
    }
}

/// Draws one word; returns where the next begins.
fn draw(
    ui: &mut Ui,
    own: &mut VersionsPanel,
    word: &Word,
    n: usize,
    lit: bool,
    at: egui::Pos2,
) -> f32 {
    let font: FontId = theme::font(13.0, Weight::Regular);
    let colour = match word.verdict {
        Some(Verdict::Open | Verdict::Clean) => theme::caution(),
        _ => theme::text(),
    };
    let galley = ui.painter().layout_no_wrap(word.text.clone(), font, colour);
    let size = galley.size();
    let Some(verdict) = word.verdict else {
        ui.painter().galley(at - vec2(0.0, size.y / 2.0), galley, colour);
        return at.x + size.x + 5.0;
    };
    let place = Rect::from_min_size(pos2(at.x, at.y - 10.0), vec2(size.x + 10.0, 20.0));
    let response = ui.interact(place, ui.scope_id().with(("word", n)), Sense::click());
    let words = match verdict {
        Verdict::Open => say!("versions-word-open", word = &word.text),
        Verdict::Clean => say!("versions-word-confirmed", word = &word.text),
        Verdict::Keep => say!("versions-word-kept", word = &word.text),
    };
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, lit, &words));
    if verdict == Verdict::Clean {
        let fill = theme::mixed(theme::caution(), 0.3, theme::panel());
        ui.painter().rect_filled(place, 4.0, fill);
        let through = Stroke::new(1.2, theme::caution());
        ui.painter().hline(place.x_range().shrink(4.0), place.center().y + 1.0, through);
    }
    let edge = if lit || verdict == Verdict::Open { theme::caution() } else { theme::line() };
    ui.painter().rect_stroke(place, 4.0, Stroke::new(1.0, edge), StrokeKind::Inside);
    ui.painter().galley(pos2(place.left() + 5.0, at.y - size.y / 2.0), galley, colour);
    if response.on_hover_text(words).clicked() {
        own.word = Some(n);
    }
    place.right() + 5.0
}

/// The chosen word: waveform, decision and treatment.
pub fn word(
    seen: &Seen<'_>,
    song: &OpenSong,
    lyrics: &Lyrics,
    own: &mut VersionsPanel,
    ui: &mut Ui,
) {
    let Some((n, word)) = chosen(lyrics, own).and_then(|n| Some((n, lyrics.words.get(n)?))) else {
        return;
    };
    let (area, _) = ui.allocate_exact_size(vec2(ui.available_width(), WORD), Sense::hover());
    ui.painter().rect_filled(area, theme::RADIUS, theme::raised());
    let ui = &mut ui.new_child(UiBuilder::new().id_salt("word").max_rect(area));
    let inner = area.shrink2(vec2(14.0, 8.0));
    let voices = || song.session.stems.iter().enumerate().filter(|(_, stem)| stem.role.is_vocal());
    let region = |stem: &Stem| {
        let near = |region: &&crate::session::stem::CleanRegion| {
            region.start < word.end && region.end > word.start
        };
        stem.clean.iter().find(near).cloned()
    };
    let cleaned = voices().find_map(|(n, stem)| Some((n, stem, region(stem)?)));
    let sung = cleaned.as_ref().map(|(n, stem, _)| (*n, *stem)).or_else(|| voices().next());
    let at = pos2(inner.left(), inner.top() + 10.0);
    let bold = (13.5, Weight::SemiBold);
    let shown = write(ui.painter(), at, Align2::LEFT_CENTER, &word.text, bold, theme::text());
    let of = sung.map_or(String::new(), |(_, stem)| format!(" \u{b7} {}", stem.name));
    let mut times = format!("{:.2} \u{2013} {:.2}{of}", word.start, word.end);
    if word.unsure {
        times = say!("versions-word-unsure", times = times);
    }
    let from = pos2(shown.right() + 8.0, at.y);
    let font = (12.0, Weight::Regular);
    write_within(ui.painter(), from, inner.right() - from.x, times, font, theme::dim());
    let mut right = inner.right();
    let row = inner.top() + 26.0;
    let mut button = |ui: &mut Ui, label: &str, width: f32, main: bool| {
        let place = Rect::from_min_size(pos2(right - width, row + 6.0), vec2(width, 30.0));
        right -= width + 8.0;
        push(ui, place, label, main).clicked()
    };
    if button(ui, say!("versions-keep-word"), 92.0, false) {
        seen.ask(Cuts::Decide(vec![n], Verdict::Keep));
    }
    if button(ui, say!("versions-confirm"), 80.0, word.verdict != Some(Verdict::Clean)) {
        seen.ask(Cuts::Decide(vec![n], Verdict::Clean));
    }
    if button(ui, say!("common-play"), 60.0, false) {
        audition(seen, song, word.start);
    }
    let wave = Rect::from_min_max(pos2(inner.left(), row), pos2(right - 6.0, row + 44.0));
    if let Some((n, stem)) = sung {
        picture(
            seen,
            song,
            ui,
            wave,
            (n, stem),
            word,
            cleaned.map(|(_, _, region)| (region.start, region.end)),
        );
    }
    treatments(
        seen,
        own,
        ui,
        Rect::from_min_max(pos2(inner.left(), inner.bottom() - 34.0), inner.max),
        n,
        word,
    );
}

fn picture(
    seen: &Seen<'_>,
    song: &OpenSong,
    ui: &Ui,
    wave: Rect,
    (n, stem): (usize, &Stem),
    word: &Word,
    region: Option<(Seconds, Seconds)>,
) {
    let sources = seen.heard.sources.as_ref();
    let Some(source) = sources.and_then(|sources| sources.get(n)) else { return };
    let rate = song.session.sample_rate;
    let begin = word.start.0 - AROUND;
    let seconds = word.end.0 - word.start.0 + 2.0 * AROUND;
    let (from, count) = ((begin * rate.hz().0) as i64, (seconds * rate.hz().0) as usize);
    // A word as long as a song is a fault of its file.
    if count == 0 || count > 20 * rate.0 as usize || wave.width() < 30.0 {
        return;
    }
    let most = reach(source, from, count).max(1e-4);
    sample_wave(ui.painter(), wave, source, (from, count), most, theme::stem_colour(stem));
    let (start, end) = region.unwrap_or((word.start, word.end));
    let x = |time: Seconds| {
        wave.left() + wave.width() * ((time.0 - begin) / seconds).clamp(0.0, 1.0) as f32
    };
    let place = Rect::from_x_y_ranges(x(start)..=x(end), wave.y_range());
    let fill = theme::caution().gamma_multiply(if region.is_some() { 0.35 } else { 0.15 });
    ui.painter().rect_filled(place, 2.0, fill);
    ui.painter().rect_stroke(place, 2.0, Stroke::new(1.2, theme::caution()), StrokeKind::Inside);
}

/// What replaces words: the choice for the next ones, and at once for a confirmed word.
fn treatments(
    seen: &Seen<'_>,
    own: &mut VersionsPanel,
    ui: &mut Ui,
    row: Rect,
    n: usize,
    word: &Word,
) {
    let gap = 5.0;
    let count = Treatment::ALL.len() as f32;
    let width = (row.width() - gap * (count - 1.0)) / count;
    for (k, treatment) in Treatment::ALL.into_iter().enumerate() {
        let from = pos2(row.left() + k as f32 * (width + gap), row.top() + 4.0);
        let place = Rect::from_min_size(from, vec2(width, 28.0));
        let lit = own.treatment.name() == treatment.name();
        let name = sentence(texts::word("treatment", treatment.name()));
        let response = ui.interact(place, ui.scope_id().with(("treatment", k)), Sense::click());
        let words = say!("versions-treatment", treatment = &name);
        response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, lit, &words));
        let (fill, ink) = match (lit, response.hovered()) {
            (true, _) => (theme::accent(), theme::on_accent()),
            (_, true) => (theme::line(), theme::text()),
            _ => (theme::panel(), theme::text()),
        };
        ui.painter().rect_filled(place, theme::RADIUS, fill);
        let clip = ui.painter().with_clip_rect(place.intersect(ui.clip_rect()));
        let font = (11.5, Weight::Medium);
        write(&clip, place.center(), Align2::CENTER_CENTER, &name, font, ink);
        if response.on_hover_text(&name).clicked() {
            own.treatment = treatment;
            if word.verdict == Some(Verdict::Clean) {
                seen.ask(Cuts::Decide(vec![n], Verdict::Clean));
            }
        }
    }
}
