//! Panel at the right of the Deliver view: folder, file names and contents of the package, and the
//! checks before it is sent.

use super::{field, include};
use crate::app::deeds::{Deed, Make, RenderKind};
use crate::app::delivering::{CellKey, Made, Named};
use crate::app::open_song::OpenSong;
use crate::app::panels::Panels;
use crate::app::seen::Seen;
use crate::app::theme::{self, Weight, write, write_fitted};
use crate::app::widgets::push;
use crate::delivery::checks::{Age, Check, Facts, Verdict, checks};
use crate::session::delivery::{Delivery, Packaging};
use crate::session::edit::Edit;
use crate::session::naming::{TOKENS, name_in};
use crate::session::version::Standard;
use crate::texts::{self, say};
use egui::{Align2, Color32, Rect, Role, Sense, Stroke, TextEdit, Ui, WidgetInfo, pos2, vec2};
use std::collections::HashMap;

/// Least height of the contents, in points. A lower panel scrolls.
const HEIGHT: f32 = 780.0;

pub fn show(
    seen: &Seen<'_>,
    song: &OpenSong,
    made: &HashMap<CellKey, Made<'_>>,
    panels: &mut Panels,
    ui: &mut Ui,
    rect: Rect,
) {
    ui.painter().rect_filled(rect, 0.0, theme::panel());
    ui.painter().vline(rect.left(), rect.y_range(), Stroke::new(1.0, theme::line()));
    egui::ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        let size = vec2(rect.width(), rect.height().max(HEIGHT));
        let (whole, _) = ui.allocate_exact_size(size, egui::Sense::hover());
        let end = contents(seen, song, made, panels, ui, whole);
        // There may be more checks than fit.
        ui.expand_to_include_rect(Rect::from_min_max(whole.min, pos2(whole.right(), end)));
    });
}

/// Column of the panel. Positions are offsets from its top, in points.
pub struct Column {
    inner: Rect,
}

impl Column {
    pub fn at(&self, y: f32) -> egui::Pos2 {
        pos2(self.inner.left(), self.inner.top() + y)
    }

    pub fn row(&self, y: f32) -> Rect {
        Rect::from_min_size(self.at(y), vec2(self.inner.width(), 30.0))
    }

    pub fn title(&self, ui: &Ui, y: f32, text: &str) {
        let font = (15.0, Weight::SemiBold);
        write(ui.painter(), self.at(y), Align2::LEFT_CENTER, text, font, theme::text());
    }

    pub fn label(&self, ui: &Ui, x: f32, y: f32, text: &str) {
        let at = self.at(y) + vec2(x, 0.0);
        let font = (12.0, Weight::Regular);
        write_fitted(ui.painter(), at, self.inner.width() - x, text, font, theme::dim());
    }
}

/// Draws everything; returns where it ends.
fn contents(
    seen: &Seen<'_>,
    song: &OpenSong,
    made: &HashMap<CellKey, Made<'_>>,
    panels: &mut Panels,
    ui: &mut Ui,
    rect: Rect,
) -> f32 {
    let inner = Rect::from_min_max(rect.min + vec2(22.0, 0.0), rect.max - vec2(22.0, 0.0));
    let column = Column { inner };
    column.title(ui, 30.0, say!("deliver-panel"));
    let (kind, shown) = (panels.export(), &mut panels.shown);
    let named = seen.delivering.named(song, kind);
    folder(seen, song, named, ui, &column);
    let mut delivery = song.session.delivery.clone();
    names(song, named, &mut delivery, ui, &column);
    include::show(seen, song, &mut delivery, shown, ui, &column);
    if delivery != song.session.delivery {
        seen.edit(Edit::Delivery(Box::new(delivery)));
    }
    let mut y = 596.0;
    column.title(ui, y, say!("deliver-checks"));
    y += 19.0;
    for (n, check) in all_checks(seen, song, made, named).into_iter().enumerate() {
        let at = column.at(y);
        let verdict = texts::word("verdict", check.verdict.name());
        let words = format!("{verdict}: {}", check.text);
        ui.painter().circle_filled(at + vec2(6.0, 9.0), 5.0, colour(check.verdict));
        let font = theme::font(12.5, Weight::Regular);
        let lines = ui.painter().layout(check.text, font, theme::text(), inner.width() - 20.0);
        let height = lines.size().y;
        ui.painter().galley(at + vec2(20.0, 1.0), lines, theme::text());
        let line = Rect::from_min_size(at, vec2(inner.width(), height));
        let line = ui.interact(line, ui.scope_id().with(("check", n)), Sense::hover());
        line.widget_info(|| WidgetInfo::labeled(Role::Label, true, &words));
        y += height + 9.0;
    }
    let button = Rect::from_min_size(column.at(y + 10.0), vec2(inner.width(), 30.0));
    if push(ui, button, say!("deliver-song-and-brief"), false).clicked() {
        shown.song = true;
    }
    button.bottom() + 16.0
}

/// The folder that is being made, or that the next export makes. A click opens the folder that it lies in.
fn folder(
    seen: &Seen<'_>,
    song: &OpenSong,
    named: Option<Named<'_>>,
    ui: &mut Ui,
    column: &Column,
) {
    column.label(ui, 0.0, 62.0, say!("deliver-folder"));
    let row = column.row(74.0);
    let choose = Rect::from_min_max(pos2(row.right() - 92.0, row.top()), row.max);
    let rect = Rect::from_min_max(row.min, pos2(choose.left() - 8.0, row.bottom()));
    let zip = matches!(song.session.delivery.package, Packaging::Zip { .. });
    let packed = named.is_some_and(|named| named.kind == RenderKind::Package);
    let end = if zip && packed { ".zip" } else { "/" };
    let home = song.folder();
    let place = named.map(|named| named.place);
    let shown = place.map(|place| place.strip_prefix(&home).unwrap_or(place).display());
    let shown = shown.map_or(String::new(), |shown| format!("{shown}{end}"));
    field(ui, rect, &elided(ui, &shown, rect.width() - 24.0));
    let response = ui.interact(rect, ui.scope_id().with("folder"), Sense::click());
    response.widget_info(|| {
        WidgetInfo::labeled(Role::Button, true, say!("deliver-folder-open", place = &shown))
    });
    if let Some(place) = place {
        let shown = format!("{}{end}", place.display());
        let hover = say!("deliver-folder-hint", place = shown);
        if response.on_hover_text(hover).clicked() {
            let outer = place.ancestors().skip(1).find(|folder| folder.is_dir());
            seen.ask(Deed::ShowFolder(outer.unwrap_or(&home).to_owned()));
        }
    }
    if push(ui, choose, say!("deliver-folder-choose"), false).clicked() {
        seen.ask(Make::PickFolder);
    }
}

/// The end of a text that is too wide for `width` points, after an ellipsis.
fn elided(ui: &Ui, text: &str, width: f32) -> String {
    let font = theme::font(13.0, Weight::Regular);
    let fits = |text: &str| {
        let galley = ui.painter().layout_no_wrap(text.into(), font.clone(), theme::text());
        galley.size().x <= width
    };
    if fits(text) {
        return text.into();
    }
    let tails = text
        .char_indices()
        .map(|(at, _)| format!("\u{2026}{}", text.get(at..).unwrap_or_default()));
    tails.skip(1).find(|tail| fits(tail)).unwrap_or_default()
}

fn names(
    song: &OpenSong,
    named: Option<Named<'_>>,
    delivery: &mut Delivery,
    ui: &mut Ui,
    column: &Column,
) {
    let row = column.row(136.0);
    let split = row.right() - 92.0;
    column.label(ui, 0.0, 124.0, say!("deliver-file-names"));
    column.label(ui, split - row.left(), 124.0, say!("deliver-revision"));
    let tokens =
        TOKENS.map(|(token, is)| (token, format!("{token}  {}", texts::word("token", is))));
    let lines = tokens.each_ref().map(|(_, line)| line.as_str());
    let pattern = ui
        .put(
            Rect::from_min_max(row.min, pos2(split - 8.0, row.bottom())),
            TextEdit::singleline(&mut delivery.pattern).id_salt("pattern").margin(vec2(12.0, 7.0)),
        )
        .accessible_name(say!("deliver-file-names"))
        .on_hover_text(lines.join("\n"));
    pattern.context_menu(|ui| {
        for (token, line) in &tokens {
            if ui.button(line).clicked() {
                delivery.pattern.push_str(token);
                ui.close();
            }
        }
    });
    ui.put(
        Rect::from_min_max(pos2(split, row.top()), row.max),
        TextEdit::singleline(&mut delivery.revision).id_salt("revision").margin(vec2(12.0, 7.0)),
    )
    .accessible_name(say!("deliver-revision"));
    let session = &song.session;
    let revision = named.map_or(session.delivery.revision.as_str(), |named| named.revision);
    // The field above holds the revision that a person wants, which may be made already.
    let other = named.and_then(|named| named.made).filter(|made| *made != revision);
    let label = match other {
        Some(made) => say!("deliver-example-next", made = made, revision = revision),
        None => say!("deliver-example").to_string(),
    };
    column.label(ui, 0.0, 186.0, &label);
    let radio = session.standard(Standard::RadioEdit);
    let pair = radio.or(session.versions.first()).zip(session.masters.get(1));
    let example =
        pair.map_or(String::new(), |(version, master)| name_in(session, version, master, revision));
    field(ui, column.row(198.0), &example);
}

fn colour(verdict: Verdict) -> Color32 {
    match verdict {
        Verdict::Good => theme::good(),
        Verdict::Look | Verdict::Failed => theme::caution(),
        Verdict::Unknown => theme::dim(),
    }
}

/// The checks of the files that are there, and of what can be checked before they are made.
fn all_checks(
    seen: &Seen<'_>,
    song: &OpenSong,
    made: &HashMap<CellKey, Made<'_>>,
    named: Option<Named<'_>>,
) -> Vec<Check> {
    let render = seen.delivering.render.as_ref();
    let delivered = render.and_then(|render| render.delivered.as_ref());
    let masters: Vec<_> = made.values().map(|made| made.report).collect();
    let ages = || made.values().map(|made| made.age);
    let age = [Age::Changed, Age::Earlier].into_iter().find(|old| ages().any(|age| age == *old));
    let age = age.unwrap_or_default();
    // What was proved of files that are old says nothing about the song as it is.
    let delivered = delivered.filter(|_| age == Age::Now);
    let session = &song.session;
    let facts = Facts {
        masters: &masters,
        age,
        stems_residual: delivered.and_then(|delivered| delivered.stems_residual_db),
        reference_residual: seen.measured.residual(),
        planned: session.included().count(),
        findings: seen.measured.to_check(),
        fresh: named.map(|named| named.revision),
        made: named.and_then(|named| named.made),
    };
    let own = delivered.map(|delivered| delivered.own_checks.as_slice()).unwrap_or_default();
    let mut list = checks(session, &facts);
    list.extend(own.iter().cloned());
    list
}
