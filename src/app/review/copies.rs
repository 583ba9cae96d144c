//! Somebody else saved the same session: what both did is put together, and what both changed is
//! asked, beside the work and without holding it up.

use crate::app::desk::Desk;
use crate::app::document::Document;
use crate::app::theme::{self, Weight};
use crate::app::widgets::segments;
use crate::review::beside::come_home;
use crate::review::copies::{Beside, copies, keep_apart, merged, put_aside, together};
use crate::session::Session;
use crate::session::difference::difference;
use crate::session::edit::Edit;
use crate::session::merge::{Merged, Place, Side, Words};
use egui::{Align, Button, Label, Layout, RichText, ScrollArea, Sense, Stroke, Ui, Window, vec2};
use std::path::{Path, PathBuf};

#[derive(Default)]
pub struct Copies {
    beside: Beside,
    open: Option<Merging>,
    /// Copies that a person does not want to see now.
    later: Vec<PathBuf>,
}

struct Merging {
    copy: PathBuf,
    /// Changes of the document so far: what comes of both is another thing after the next.
    state: u64,
    both: Merged,
    theirs: Session,
    /// What they changed, and what you changed, where the other did not.
    news: [Vec<String>; 2],
    conflicts: Vec<Words>,
    sides: Vec<Option<Side>>,
}

impl Copies {
    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }
}

/// Looks for copies beside the session, and for a session that was saved by somebody else.
pub fn look(desk: &mut Desk) {
    // Somebody else put it together meanwhile.
    let open = &mut desk.notes.copies.open;
    if open.as_ref().is_some_and(|merging| !merging.copy.exists()) {
        *open = None;
    }
    let Some(document) = &mut desk.document else { return };
    // A window that only reads leaves it to the other one.
    if !document.on_disk || document.read_only || desk.notes.copies.is_open() {
        return;
    }
    let aside = document.set_foreign_aside();
    let path = document.path.clone();
    let known = &mut desk.notes.copies;
    let all = copies(&path, &document.session, &mut known.beside);
    match aside {
        Ok(Some(_)) => desk.say("Somebody else saved this session meanwhile"),
        Ok(None) => {}
        Err(error) => desk.say(format!("{error:#}")),
    }
    let found = all.into_iter().find(|copy| !desk.notes.copies.later.contains(copy));
    if let Some(copy) = found {
        begin(desk, copy);
    }
}

fn begin(desk: &mut Desk, copy: PathBuf) {
    let Some(document) = &desk.document else { return };
    let merging = match Merging::of(&document.path, &document.session, document.state(), &copy) {
        Ok(merging) => merging,
        Err(error) => {
            // It may still be on its way.
            desk.notes.copies.later.push(copy);
            return desk.say(format!("{error:#}"));
        }
    };
    let [theirs, _] = &merging.news;
    if !theirs.is_empty() || !merging.conflicts.is_empty() {
        desk.notes.copies.open = Some(merging);
        return;
    }
    // The same work: nothing to ask.
    if let Err(error) = put_aside(&document.path, &copy) {
        desk.notes.copies.later.push(copy);
        desk.say(error.to_string());
    }
}

impl Merging {
    fn of(path: &Path, ours: &Session, state: u64, copy: &Path) -> anyhow::Result<Self> {
        let (both, theirs) = merged(path, ours, copy)?;
        let conflicts: Vec<Words> =
            (0..both.conflicts.len()).map(|n| both.words(n)).collect::<Result<_, _>>()?;
        let news = [both.news(ours, Side::Ours)?, both.news(&theirs, Side::Theirs)?];
        let sides = vec![None; conflicts.len()];
        Ok(Self { copy: copy.to_owned(), state, both, theirs, news, conflicts, sides })
    }

    fn side(&self, place: &Place) -> Option<Side> {
        let mut all = self.both.conflicts.iter().zip(&self.sides);
        all.find(|(conflict, _)| conflict.place == *place).and_then(|(_, side)| *side)
    }

    /// The same after more work; what was decided stays decided.
    fn again(self, path: &Path, ours: &Session, state: u64) -> anyhow::Result<Self> {
        let mut next = Self::of(path, ours, state, &self.copy)?;
        next.sides =
            next.both.conflicts.iter().map(|conflict| self.side(&conflict.place)).collect();
        Ok(next)
    }
}

/// What is asked for.
enum Asked {
    Together,
    Later,
    Apart,
}

pub fn show(desk: &mut Desk, ui: &Ui) {
    let Some(mut merging) = desk.notes.copies.open.take() else { return };
    let Some(document) = &desk.document else { return };
    if merging.state != document.state() {
        let next = merging.again(&document.path, &document.session, document.state());
        // It went, or became another: it is looked for again.
        let Ok(next) = next else { return };
        merging = next;
    }
    let mut asked = None;
    let full = ui.ctx().content_rect();
    let width = (full.width() - 60.0).min(560.0);
    Window::new("Somebody else worked on this song")
        .collapsible(true)
        .resizable(false)
        .default_pos(full.right_top() + vec2(-width - 40.0, 120.0))
        .show(ui.ctx(), |ui| {
            ui.set_width(width);
            let height = (full.height() - 320.0).clamp(120.0, 480.0);
            ScrollArea::vertical().max_height(height).show(ui, |ui| changes(&mut merging, ui));
            asked = buttons(&mut merging, ui);
        });
    match asked {
        Some(Asked::Together) => finish(desk, merging),
        Some(Asked::Later) => desk.notes.copies.later.push(merging.copy),
        Some(Asked::Apart) => match keep_apart(&merging.copy) {
            Ok(()) => desk.say("It is a song of its own from now on"),
            Err(error) => desk.say(error.to_string()),
        },
        None => desk.notes.copies.open = Some(merging),
    }
}

fn changes(merging: &mut Merging, ui: &mut Ui) {
    let name = merging.copy.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let who = merging.theirs.saved.as_ref().map(|saved| format!(", saved {saved}"));
    ui.add(Label::new(RichText::new(name + &who.unwrap_or_default()).weak()).wrap());
    let heads = ["What they changed, and you did not", "What you changed, and they did not"];
    for (head, lines) in heads.into_iter().zip(&merging.news).filter(|(_, lines)| !lines.is_empty())
    {
        ui.add_space(8.0);
        theme::caption(ui, head);
        for line in lines {
            ui.add(Label::new(format!("\u{b7}  {line}")).wrap());
        }
    }
    if !merging.conflicts.is_empty() {
        ui.add_space(8.0);
        theme::caption(ui, "What both changed");
    }
    let by = merging.theirs.saved.as_ref().map(|saved| saved.by.clone()).unwrap_or_default();
    let they = if by.is_empty() { "Theirs".to_string() } else { format!("Theirs ({by})") };
    for (n, (words, side)) in merging.conflicts.iter().zip(&mut merging.sides).enumerate() {
        ui.push_id(n, |ui| {
            ui.add_space(4.0);
            let was = words.was.as_ref().map_or("not known".into(), |was| was.join("; "));
            ui.add(Label::new(RichText::new(format!("Was: {was}")).color(theme::dim())).wrap());
            pick(ui, side, Side::Ours, &format!("Yours: {}", words.ours.join("; ")));
            pick(ui, side, Side::Theirs, &format!("{they}: {}", words.theirs.join("; ")));
        });
    }
}

/// One of two things, over the whole width; the one that is chosen is lit.
fn pick(ui: &mut Ui, chosen: &mut Option<Side>, side: Side, text: &str) {
    let on = *chosen == Some(side);
    let (fill, ink) = match on {
        true => (theme::accent(), theme::on_accent()),
        false => (theme::raised(), theme::text()),
    };
    let text = RichText::new(text).font(theme::font(13.0, Weight::Medium)).color(ink);
    let button = Button::new(text).fill(fill).stroke(Stroke::NONE).wrap().selected(on);
    let layout = Layout::top_down_justified(Align::LEFT);
    let size = vec2(ui.available_width(), 28.0);
    if ui.allocate_ui_with_layout(size, layout, |ui| ui.add(button)).inner.clicked() {
        *chosen = Some(side);
    }
}

fn buttons(merging: &mut Merging, ui: &mut Ui) -> Option<Asked> {
    ui.add_space(8.0);
    if merging.conflicts.len() > 1 {
        let (rect, _) = ui.allocate_exact_size(vec2(320.0, 30.0), Sense::hover());
        let lit = match merging.sides.first() {
            Some(Some(first)) if merging.sides.iter().all(|side| *side == Some(*first)) => {
                if *first == Side::Ours { 0 } else { 1 }
            }
            _ => usize::MAX,
        };
        let all = segments(ui, rect, &["Everything yours", "Everything theirs"], lit);
        if let Some(n) = all {
            merging.sides.fill(Some(if n == 0 { Side::Ours } else { Side::Theirs }));
        }
        ui.add_space(6.0);
    }
    let mut asked = None;
    ui.horizontal(|ui| {
        let open = merging.sides.iter().filter(|side| side.is_none()).count();
        if ui.add_enabled(open == 0, Button::new("Put both together")).clicked() {
            asked = Some(Asked::Together);
        }
        if ui.button("Later").clicked() {
            asked = Some(Asked::Later);
        }
        let apart = ui.button("Keep it apart");
        if apart.on_hover_text("It is no copy of this song, but one of its own").clicked() {
            asked = Some(Asked::Apart);
        }
        match open {
            0 => {}
            1 => drop(ui.weak("one is still to be chosen")),
            open => drop(ui.weak(format!("{open} are still to be chosen"))),
        }
    });
    asked
}

/// Puts both together as it was chosen; what is still open is `all`.
pub fn merge(desk: &mut Desk, all: Option<Side>) {
    let Some(mut merging) = desk.notes.copies.open.take() else {
        return desk.say("Nobody else worked on this song");
    };
    for side in &mut merging.sides {
        *side = side.or(all);
    }
    if merging.sides.contains(&None) {
        desk.notes.copies.open = Some(merging);
        return desk.say("Choose first for each what both changed");
    }
    finish(desk, merging);
}

fn finish(desk: &mut Desk, merging: Merging) {
    let Some(document) = &desk.document else { return };
    let path = document.path.clone();
    let Merging { both, theirs, sides, .. } = &merging;
    let session = match together(both, sides, &document.session, theirs) {
        Ok(session) => session,
        Err(error) => return desk.say(error.to_string()),
    };
    desk.rewind(|document| {
        let edits = difference(&document.session, &session);
        if !edits.is_empty() {
            document.edit_once(Edit::Several(edits));
        }
        // What later programs wrote is in no change that is known here.
        document.open.session = session.into();
    });
    desk.save();
    if desk.document.as_ref().is_none_or(Document::is_dirty) {
        // Why it could not be saved was said. The copy stays where it is.
        desk.notes.copies.later.push(merging.copy);
        return;
    }
    match put_aside(&path, &merging.copy) {
        Ok(_) => {
            // What was said beside the copy is found now that it is gone.
            let home = desk.document.as_ref().map(|document| come_home(&path, &document.session));
            if let Some(Err(error)) = home {
                desk.say(error.to_string());
            }
        }
        Err(error) => {
            desk.notes.copies.later.push(merging.copy);
            desk.say(error.to_string());
        }
    }
}
