//! The session is open in another window too, or on another machine: what a person is asked, and
//! told.

use super::desk::Desk;
use super::files::After;
use super::jobs::News;
use super::theme;
use super::widgets::push;
use crate::dates::now_utc as now;
use crate::session::claim::{Claim, Elsewhere, Holder, take_over};
use egui::{Id, Modal, Rect, Sense, Ui, vec2};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// How long the other window has to put its work aside.
const PATIENCE: Duration = Duration::from_secs(5);

/// `studio-2 since 2026-03-01 10:00`
fn words(holder: &Holder) -> String {
    let machine = match &holder.machine {
        machine if *machine == crate::disk::machine() => "on this machine".to_string(),
        machine => format!("on {machine}"),
    };
    match holder.since.get(..16) {
        Some(since) => format!("{machine} since {since} UTC"),
        None => machine,
    }
}

impl Desk {
    /// After a session was opened: it is claimed, or it is asked what to do where another window
    /// has it.
    pub(super) fn claim(&mut self, elsewhere: Vec<Elsewhere>) {
        for one in &elsewhere {
            match one {
                Elsewhere::Here(holder) => {
                    self.keeping.asked_elsewhere = Some(holder.clone());
                    if let Some(document) = &mut self.document {
                        document.open.read_only = true;
                    }
                    return;
                }
                Elsewhere::Synced(holder) => self.say(format!(
                    "Also open {}; what you both change is put together when it is saved",
                    words(holder)
                )),
            }
        }
        self.take_claim();
    }

    /// Says beside the session that this window has it.
    pub(super) fn take_claim(&mut self) {
        let Some(document) = &self.document else { return };
        let (Some(keeper), true) = (&self.keeping.keeper, document.on_disk) else { return };
        let (date, time) = now();
        // A folder that cannot be written is one in which nobody saves either.
        keeper.claim(Claim::take(&document.path, &format!("{date} {time}")).ok());
    }

    /// Another window took the session over.
    pub(super) fn taken_over(&mut self) {
        if let Some(document) = &mut self.document {
            document.open.read_only = true;
        }
        self.say(
            "Another window took this session over. What was not saved is offered there; this window only reads",
        );
    }
}

/// Asks what to do with a session that another window has.
pub fn question(desk: &mut Desk, ui: &Ui) {
    let Some(holder) = desk.keeping.asked_elsewhere.clone() else { return };
    let shown = Modal::new(Id::unique("open elsewhere")).show(ui.ctx(), |ui| {
        ui.set_width(470.0);
        ui.heading("This session is open in another window");
        ui.label(format!("It is open {}.", words(&holder)));
        ui.colored_label(
            theme::dim(),
            "Taken over, it can be changed here, and the other window only reads. Its unsaved work is offered here.",
        );
        let (rect, _) = ui.allocate_exact_size(vec2(470.0, 46.0), Sense::hover());
        let place =
            |n: f32| Rect::from_min_size(rect.min + vec2(n * 158.0, 10.0), vec2(150.0, 34.0));
        if push(ui, place(0.0), "Only read", true).clicked() {
            desk.keeping.asked_elsewhere = None;
        }
        if push(ui, place(1.0), "Open a copy", false).clicked() {
            desk.keeping.asked_elsewhere = None;
            if let Some(document) = &mut desk.document {
                document.become_copy();
            }
        }
        if push(ui, place(2.0), "Take over", false).clicked() {
            desk.keeping.asked_elsewhere = None;
            take(desk);
        }
    });
    if shown.should_close() {
        desk.keeping.asked_elsewhere = None;
    }
}

/// Takes the session over from the other window, and opens it as that left it.
pub fn take(desk: &mut Desk) {
    desk.keeping.asked_elsewhere = None;
    let Some(path) = desk.document.as_ref().map(|document| document.path.clone()) else { return };
    desk.jobs.spawn_shown("take over", "Taking over", Arc::default(), move |say, _, _| {
        let given = take_over(&path, PATIENCE);
        say(News::TakeOver { path, given });
    });
}

/// The other window gave it up, or does not answer.
pub fn taken(desk: &mut Desk, path: PathBuf, given: bool) {
    if !given {
        desk.say("The other window does not answer; what it saves later is put aside and merged");
    }
    desk.passage.insists = true;
    desk.go_on(After::Open(vec![path]));
}
