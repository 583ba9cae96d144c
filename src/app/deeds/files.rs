//! Requests about audio files of the song that are missing or changed: [`Files`]. Carried out by
//! `crate::app::act::files` and `act::exports`.

use crate::files::FileOf;
use crate::session::stem::StemId;

#[derive(Clone, Debug)]
pub enum Files {
    /// Accepts the new exports of these files.
    Accept(Vec<FileOf>),
    /// Leaves a missing file silent.
    LeaveSilent(FileOf),
    /// Opens the dialog for one missing file.
    Locate(FileOf),
    /// Opens the dialog for a folder in which missing files are searched.
    LocateIn,
    /// Plays the new export of a stem (`false`) or its previous recording (`true`).
    Hear(StemId, bool),
    /// Silences the other stems during the comparison, or not.
    Alone(bool),
    /// Goes back to the file that the stem had before its new export.
    UseOld(FileOf),
    /// Restores a missing file from its kept copy.
    PutBack(FileOf),
    /// Closes the list of files and ends the comparison of exports.
    Done,
    /// Opens the dialog for the folder that the song and all its files are copied into.
    PickCollect,
}
