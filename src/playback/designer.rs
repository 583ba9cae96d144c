//! Designs what takes time for the audio thread, on a thread of its own.

use crate::dsp::eq::Workbench;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

/// How often orders are looked for: the audio thread must not wake anybody up.
const TURN: Duration = Duration::from_millis(2);

/// The thread; it ends when this is dropped.
pub struct Designers {
    benches: Sender<Vec<Workbench>>,
}

impl Designers {
    pub fn start() -> std::io::Result<Self> {
        let (benches, more) = channel();
        std::thread::Builder::new().name("designer".into()).spawn(move || work(&more))?;
        Ok(Self { benches })
    }

    /// Works at these too, until their processors are gone.
    pub fn take(&self, benches: Vec<Workbench>) {
        if !benches.is_empty() {
            // Fails only when the thread has ended; processors then go on with what they have.
            let _ = self.benches.send(benches);
        }
    }
}

fn work(more: &Receiver<Vec<Workbench>>) {
    let mut benches: Vec<Workbench> = Vec::new();
    let mut busy = false;
    loop {
        let wait = if busy { Duration::ZERO } else { TURN };
        // Without processors that order anything it sleeps.
        let new = if benches.is_empty() {
            more.recv().map_err(|_| RecvTimeoutError::Disconnected)
        } else {
            more.recv_timeout(wait)
        };
        match new {
            Ok(new) => benches.extend(new),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        benches.retain(|bench| !bench.is_abandoned());
        busy = false;
        for bench in &mut benches {
            busy |= bench.work();
        }
    }
}
