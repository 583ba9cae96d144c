//! What became of the files of the song, and what is done about it.

use crate::files::FileOf;
use crate::session::stem::StemId;

#[derive(Clone, Debug)]
pub enum Files {
    /// Takes new exports.
    Accept(Vec<FileOf>),
    LeaveSilent(FileOf),
    Locate(FileOf),
    LocateIn,
    /// A new export is heard, or what the stem was before.
    Hear(StemId, bool),
    /// Both are heard without the other stems.
    Alone(bool),
    UseOld(FileOf),
    PutBack(FileOf),
    /// The comparison of exports is over.
    Done,
    PickCollect,
}
