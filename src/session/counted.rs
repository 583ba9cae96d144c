//! Counts the copies of sessions that a thread makes: a session is large, and the window must not
//! copy it while it draws. A test looks at the count.

use std::cell::Cell;

thread_local! {
    static MADE: Cell<u64> = const { Cell::new(0) };
}

/// A part of every session that holds nothing, and notices when the session is copied.
#[derive(Debug, Default)]
pub struct Counted;

impl Counted {
    /// Copies that this thread has made so far.
    pub fn on_this_thread() -> u64 {
        MADE.get()
    }
}

impl Clone for Counted {
    fn clone(&self) -> Self {
        MADE.set(MADE.get() + 1);
        Self
    }
}

/// Two sessions are the same however often they were copied.
impl PartialEq for Counted {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}
