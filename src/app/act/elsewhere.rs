//! The session is open in another window too, or on another machine: who has it, and what is said
//! of that.

use crate::app::desk::Desk;
use crate::app::files::After;
use crate::app::jobs::News;
use crate::dates::now_utc as now;
use crate::session::claim::{Claim, Elsewhere, Holder, take_over};
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
    pub fn claim(&mut self, elsewhere: Vec<Elsewhere>) {
        for one in &elsewhere {
            match one {
                Elsewhere::Here(holder) => {
                    self.keeping.asked_elsewhere = Some(words(holder));
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
    pub fn take_claim(&mut self) {
        let Some(document) = &self.document else { return };
        let (Some(keeper), true) = (&self.keeping.keeper, document.on_disk) else { return };
        let (date, time) = now();
        // A folder that cannot be written is one in which nobody saves either.
        keeper.claim(Claim::take(&document.path, &format!("{date} {time}")).ok());
    }

    /// Another window took the session over.
    pub fn taken_over(&mut self) {
        if let Some(document) = &mut self.document {
            document.open.read_only = true;
        }
        self.say(
            "Another window took this session over. What was not saved is offered there; this window only reads",
        );
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
