//! Designs linear-phase filters for the audio thread. [`Designers`] owns the thread; each
//! [`KernelWorker`] takes the orders of one processor.

use crate::dsp::eq::KernelWorker;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

/// Interval at which the thread polls for orders. The audio thread must not make a system call to
/// wake it.
const TURN: Duration = Duration::from_millis(2);

/// Handle of the designer thread, which ends when this is dropped.
pub struct Designers {
    benches: Sender<Vec<KernelWorker>>,
}

impl Designers {
    pub fn start() -> std::io::Result<Self> {
        let (benches, more) = channel();
        std::thread::Builder::new().name("designer".into()).spawn(move || work(&more))?;
        Ok(Self { benches })
    }

    /// Adds workbenches; the thread serves each until its processor is dropped.
    pub fn take(&self, benches: Vec<KernelWorker>) {
        if !benches.is_empty() {
            // Fails only when the thread has ended; processors then keep their last design.
            let _ = self.benches.send(benches);
        }
    }
}

fn work(more: &Receiver<Vec<KernelWorker>>) {
    let mut benches: Vec<KernelWorker> = Vec::new();
    let mut busy = false;
    loop {
        let wait = if busy { Duration::ZERO } else { TURN };
        // Without workbenches the thread sleeps until one arrives.
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
