//! The session as a file: opened, saved, left, brought back, taken over.

use std::path::PathBuf;

#[derive(Clone, Debug)]
pub enum SessionDeed {
    Open(Vec<PathBuf>),
    Demo,
    PickFolder,
    PickSession,
    PickStems,
    /// Where stems are kept.
    PickStemsFolder,
    Save,
    PickSaveAs,
    Close,
    Quit,
    /// Answers to the question that is asked before a session is left.
    SaveAndGo,
    GoWithoutSaving,
    Stay,
    /// Unsaved work of an earlier run.
    BringBack,
    LeaveAside,
    /// Another window has the session.
    OnlyRead,
    OpenCopy,
    TakeOver,
}
