//! Long work that is under way, and the strip that shows it.

use super::desk::Desk;
use super::icons::{self, Icon};
use super::theme::{self, Weight, write};
use egui::{Align2, Rect, Role as WidgetRole, Sense, Ui, WidgetInfo, pos2, vec2};
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Work that is over sooner is not shown.
const SOON: Duration = Duration::from_millis(100);

struct Entry {
    id: u64,
    name: String,
    share: Option<f32>,
    cancel: Arc<AtomicBool>,
    since: Instant,
}

#[derive(Default)]
struct Entries {
    list: Vec<Entry>,
    next: u64,
}

/// What is under way.
#[derive(Clone, Default)]
pub struct Board(Arc<Mutex<Entries>>);

/// Work that is under way until this is dropped.
pub struct Running {
    board: Board,
    id: u64,
}

/// What the strip shows of one piece of work.
pub struct Shown {
    pub id: u64,
    pub name: String,
    pub share: Option<f32>,
}

impl Board {
    /// Says that work begins; `cancel` is set when a person stops it.
    pub fn begin(&self, name: impl Into<String>, cancel: &Arc<AtomicBool>) -> Running {
        let mut entries = self.0.lock();
        entries.next += 1;
        let (id, name, cancel) = (entries.next, name.into(), Arc::clone(cancel));
        entries.list.push(Entry { id, name, share: None, cancel, since: Instant::now() });
        Running { board: self.clone(), id }
    }

    /// What is to be shown now, and whether more may follow soon.
    pub fn shown(&self) -> (Vec<Shown>, bool) {
        let entries = self.0.lock();
        let live = |entry: &&Entry| !entry.cancel.load(Ordering::Relaxed);
        let (old, young): (Vec<&Entry>, Vec<&Entry>) =
            entries.list.iter().filter(live).partition(|entry| entry.since.elapsed() >= SOON);
        let shown = old.into_iter().map(|entry| Shown {
            id: entry.id,
            name: entry.name.clone(),
            share: entry.share,
        });
        (shown.collect(), !young.is_empty())
    }

    pub fn cancel(&self, id: u64) {
        if let Some(entry) = self.0.lock().list.iter().find(|entry| entry.id == id) {
            entry.cancel.store(true, Ordering::Relaxed);
        }
    }
}

impl Running {
    pub fn share(&self, share: f32) {
        let mut entries = self.board.0.lock();
        if let Some(entry) = entries.list.iter_mut().find(|entry| entry.id == self.id) {
            entry.share = Some(share);
        }
    }

    pub fn name(&self, name: &str) {
        let mut entries = self.board.0.lock();
        if let Some(entry) = entries.list.iter_mut().find(|entry| entry.id == self.id) {
            entry.name = name.into();
            entry.share = None;
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.board.0.lock().list.retain(|entry| entry.id != self.id);
    }
}

const WIDTH: f32 = 190.0;

/// The work that is under way, from the right edge of `rect` as far as there is room.
pub fn show(desk: &mut Desk, ui: &mut Ui, rect: Rect) {
    let (mut list, more) = desk.jobs.board.shown();
    if let Some(job) = desk.making.render.as_ref().filter(|job| job.is_running()) {
        let (done, all) = job.count();
        let name = format!("Rendering {} of {all}", (done + 1).min(all.max(1)));
        let share = job.overall().map(|overall| overall.fraction);
        list.insert(0, Shown { id: 0, name, share });
    }
    if more || !list.is_empty() {
        ui.ctx().request_repaint_after(SOON);
    }
    let room = ((rect.width() / (WIDTH + 12.0)) as usize).max(1);
    for (n, shown) in list.iter().take(room).enumerate() {
        let right = rect.right() - n as f32 * (WIDTH + 12.0);
        let area = Rect::from_min_max(
            pos2(right - WIDTH, rect.center().y - 14.0),
            pos2(right, rect.center().y + 14.0),
        );
        if piece(ui, area.intersect(rect), shown) {
            match (&desk.making.render, shown.id) {
                (Some(job), 0) => job.cancel(),
                _ => desk.jobs.board.cancel(shown.id),
            }
        }
    }
}

/// One piece of work; true when it is to be stopped.
fn piece(ui: &mut Ui, area: Rect, shown: &Shown) -> bool {
    let percent = shown.share.map_or(String::new(), |share| format!(", {:.0} %", share * 100.0));
    let words = format!("{}{percent}", shown.name);
    let whole = ui.interact(area, ui.scope_id().with(("job", shown.id)), Sense::hover());
    whole.widget_info(|| WidgetInfo::labeled(WidgetRole::ProgressIndicator, true, &words));
    let painter = ui.painter().with_clip_rect(area.intersect(ui.clip_rect()));
    painter.rect_filled(area, 6.0, theme::raised());
    let at = pos2(area.left() + 10.0, area.center().y - 2.0);
    write(&painter, at, Align2::LEFT_CENTER, &shown.name, (12.0, Weight::Regular), theme::text());
    let track = Rect::from_min_max(
        pos2(area.left() + 10.0, area.bottom() - 6.0),
        pos2(area.right() - 30.0, area.bottom() - 4.0),
    );
    painter.rect_filled(track, 1.0, theme::line());
    if let Some(share) = shown.share {
        let width = track.width() * share.clamp(0.0, 1.0);
        let done = Rect::from_min_size(track.min, vec2(width, track.height()));
        painter.rect_filled(done, 1.0, theme::accent());
    }
    let cross =
        Rect::from_center_size(pos2(area.right() - 14.0, area.center().y), vec2(24.0, 24.0));
    let id = ui.scope_id().with(("stop", shown.id));
    let stop = ui.interact(cross, id, Sense::click());
    let name = format!("Stop: {}", shown.name);
    stop.widget_info(|| WidgetInfo::labeled(WidgetRole::Button, true, &name));
    let lit = stop.hovered() || stop.has_focus();
    let colour = if lit { theme::text() } else { theme::dim() };
    icons::draw(ui.painter(), Icon::Cross, cross.center(), colour);
    stop.on_hover_text(name).clicked()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_shown_after_a_moment_until_it_ends_or_is_stopped() {
        let board = Board::default();
        let cancel: Arc<AtomicBool> = Arc::default();
        let (first, second) = (board.begin("One", &cancel), board.begin("Two", &Arc::default()));
        assert!(board.shown().0.is_empty() && board.shown().1);
        std::thread::sleep(SOON);
        first.share(0.5);
        let (shown, more) = board.shown();
        let names: Vec<_> = shown.iter().map(|one| (one.name.as_str(), one.share)).collect();
        assert_eq!((names, more), (vec![("One", Some(0.5)), ("Two", None)], false));
        board.cancel(shown[0].id);
        assert!(cancel.load(Ordering::Relaxed));
        drop(second);
        assert!(board.shown().0.is_empty());
    }
}
