//! Counts session copies per thread. A session is large, so the window must not copy it while it
//! draws; a test checks the count.

use std::cell::Cell;

thread_local! {
    static MADE: Cell<u64> = const { Cell::new(0) };
}

/// Empty field of every session that counts clones of the session.
#[derive(Debug, Default)]
pub struct CloneCounter;

impl CloneCounter {
    /// Number of clones made by the current thread.
    pub fn on_this_thread() -> u64 {
        MADE.get()
    }
}

impl Clone for CloneCounter {
    fn clone(&self) -> Self {
        MADE.set(MADE.get() + 1);
        Self
    }
}

/// Always equal: clone counts do not make sessions differ.
impl PartialEq for CloneCounter {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}
