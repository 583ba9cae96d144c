//! Panel at the right of the Deliver view: folder, file names and contents of the package, and the
//! checks before it is sent.

use super::{field, include};
use crate::app::deeds::{Deed, Make, RenderKind};
use crate::app::delivering::NextExport;
use crate::app::open_song::OpenSong;
use crate::app::panels::Panels;
use crate::app::seen::Seen;
use crate::app::theme::{self, Weight, write};
use crate::app::widgets::push;
use crate::delivery::checks::{Check, Facts, Verdict, checks};
use crate::session::delivery::{Delivery, Packaging};
use crate::session::edit::Edit;
use crate::session::naming::{TOKENS, name_in};
use crate::session::version::Standard;
use crate::texts::{self, say};
use egui::{Align2, Color32, Rect, Role, Sense, Stroke, TextEdit, Ui, WidgetInfo, pos2, vec2};

/// Least height of the contents, in points. A lower panel scrolls.
const HEIGHT: f32 = 780.0;

pub fn show(seen: &Seen<'_>, song: &OpenSong, panels: &mut Panels, ui: &mut Ui, rect: Rect) {
    ui.painter().rect_filled(rect, 0.0, theme::panel());
    ui.painter().vline(rect.left(), rect.y_range(), Stroke::new(1.0, theme::line()));
    egui::ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        let size = vec2(rect.width(), rect.height().max(HEIGHT));
        let (whole, _) = ui.allocate_exact_size(size, egui::Sense::hover());
        contents(seen, song, panels, ui, whole);
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
        write(ui.painter(), at, Align2::LEFT_CENTER, text, font, theme::dim());
    }
}

fn contents(seen: &Seen<'_>, song: &OpenSong, panels: &mut Panels, ui: &mut Ui, rect: Rect) {
    let inner = Rect::from_min_max(rect.min + vec2(22.0, 0.0), rect.max - vec2(22.0, 0.0));
    let column = Column { inner };
    column.title(ui, 30.0, say!("deliver-panel"));
    let (kind, shown) = (panels.export(), &mut panels.shown);
    let next = seen.delivering.next(song, kind);
    folder(seen, song, next, ui, &column);
    let mut delivery = song.session.delivery.clone();
    names(song, next, &mut delivery, ui, &column);
    include::show(seen, song, &mut delivery, shown, ui, &column);
    if delivery != song.session.delivery {
        seen.edit(Edit::Delivery(Box::new(delivery)));
    }
    let mut y = 596.0;
    column.title(ui, y, say!("deliver-checks"));
    y += 19.0;
    for (n, check) in all_checks(seen, song, next).into_iter().enumerate() {
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
}

/// The folder that the next export makes. A click opens the folder that it lies in.
fn folder(
    seen: &Seen<'_>,
    song: &OpenSong,
    next: Option<&NextExport>,
    ui: &mut Ui,
    column: &Column,
) {
    column.label(ui, 0.0, 62.0, say!("deliver-folder"));
    let row = column.row(74.0);
    let choose = Rect::from_min_max(pos2(row.right() - 92.0, row.top()), row.max);
    let rect = Rect::from_min_max(row.min, pos2(choose.left() - 8.0, row.bottom()));
    let zip = matches!(song.session.delivery.package, Packaging::Zip { .. });
    let packed = next.is_some_and(|next| next.of.kind == RenderKind::Package);
    let end = if zip && packed { ".zip" } else { "/" };
    let home = song.folder();
    let place = next.map(|next| next.place.as_path());
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
    next: Option<&NextExport>,
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
    column.label(ui, 0.0, 186.0, say!("deliver-example"));
    let session = &song.session;
    let own = &session.delivery.revision;
    let revision = next.map_or(own, |next| &next.revision);
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

/// Checks of the finished package, or the checks that are possible before it is made.
fn all_checks(seen: &Seen<'_>, song: &OpenSong, next: Option<&NextExport>) -> Vec<Check> {
    let render = seen.delivering.render.as_ref();
    if let Some(delivered) = render.and_then(|render| render.delivered.as_ref()) {
        return delivered.checks.clone();
    }
    let masters: Vec<_> = render.map_or(Vec::new(), |render| render.reports().cloned().collect());
    let facts = Facts {
        masters: &masters,
        stems_residual: None,
        reference_residual: seen.measured.residual(),
        planned: render.map_or(0, |render| render.cells.len()),
        findings: seen.measured.to_check(),
        fresh: next.map(|next| next.revision.as_str()),
    };
    checks(&song.session, &facts)
}
