//! Requests about the session file: open, save, close, recover unsaved work, take over from another
//! window. Carried out by `crate::app::act::session`.

use std::path::PathBuf;

#[derive(Clone, Debug)]
pub enum SessionDeed {
    /// Opens a session, a folder of stems, or files.
    Open(Vec<PathBuf>),
    Demo,
    PickFolder,
    PickSession,
    PickStems,
    /// Opens the dialog for the preferred folder of stems.
    PickStemsFolder,
    Save,
    PickSaveAs,
    Close,
    Quit,
    /// Answers to the question about unsaved changes before the session is closed.
    SaveAndGo,
    GoWithoutSaving,
    Stay,
    /// Answers to the offer of unsaved work from an earlier run.
    BringBack,
    LeaveAside,
    /// Answers when another window has the session open.
    OnlyRead,
    OpenCopy,
    TakeOver,
}
