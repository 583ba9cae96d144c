//! Sessions that another window or machine has open: asks what to do, claims the session for this
//! window, and takes it over. The claim file itself is in [`crate::session::claim`].

use crate::app::act::documents::After;
use crate::app::desk::Desk;
use crate::app::jobs::News;
use crate::dates::now_utc as now;
use crate::session::claim::{Claim, Elsewhere, Holder, take_over};
use crate::texts::say;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// How long the other window gets to save its unsaved work before the take-over goes on.
const PATIENCE: Duration = Duration::from_secs(5);

/// Machine and time of the other window: `on studio-2 since 2026-03-01 10:00 UTC`.
fn words(holder: &Holder) -> String {
    let machine = Some(&holder.machine).filter(|machine| **machine != crate::disk::machine());
    match (machine, holder.since.get(..16)) {
        (None, Some(since)) => say!("act-on-this-machine-since", since = since),
        (None, None) => say!("act-on-this-machine").into(),
        (Some(machine), Some(since)) => {
            say!("act-on-machine-since", machine = machine, since = since)
        }
        (Some(machine), None) => say!("act-on-machine", machine = machine),
    }
}

impl Desk {
    /// Claims a session that was just opened. If another window on the same disk has it, the
    /// session becomes read-only and the person is asked what to do.
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
                Elsewhere::Synced(holder) => self.say(say!("act-also-open", place = words(holder))),
            }
        }
        self.take_claim();
    }

    /// Writes the claim file of this window beside the session; the keeper holds it. A session
    /// without a file is not claimed.
    pub fn take_claim(&mut self) {
        let Some(document) = &self.document else { return };
        let (Some(keeper), true) = (&self.keeping.keeper, document.on_disk) else { return };
        let (date, time) = now();
        // If the claim file cannot be written, nobody can save in this folder either.
        keeper.claim(Claim::take(&document.path, &format!("{date} {time}")).ok());
    }

    /// Makes the session read-only, because another window took it over.
    pub fn taken_over(&mut self) {
        if let Some(document) = &mut self.document {
            document.open.read_only = true;
        }
        self.say(say!("act-taken-over"));
    }
}

/// Asks the other window to give up the session; [`taken`] opens it afterwards.
pub fn take(desk: &mut Desk) {
    desk.keeping.asked_elsewhere = None;
    let Some(path) = desk.document.as_ref().map(|document| document.path.clone()) else { return };
    let shown = say!("act-taking-over");
    desk.jobs.spawn_shown("take over", shown, Arc::default(), move |say, _, _| {
        let given = take_over(&path, PATIENCE);
        say(News::TakeOver { path, given });
    });
}

/// Opens the session after the other window gave it up (`given`) or did not answer in time.
pub fn taken(desk: &mut Desk, path: PathBuf, given: bool) {
    if !given {
        desk.say(say!("act-no-answer"));
    }
    desk.passage.insists = true;
    desk.go_on(After::Open(vec![path]));
}
