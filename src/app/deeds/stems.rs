//! Requests about the stems and their lanes: [`Stems`]. Carried out by `crate::app::act::stems`.

use crate::dsp::strip::StripSettings;
use crate::session::stem::StemId;

#[derive(Clone, Debug)]
pub enum Stems {
    /// Moves the selection down by this many lanes; negative is up.
    Select(i64),
    /// Mute, solo, polarity and reset apply to the selected stem.
    Mute,
    Solo,
    Invert,
    Reset,
    /// Opens the field for a new name of the selected stem.
    Rename,
    /// Gives a stem these settings; switches that change do so on all stems selected with it.
    Switch(StemId, Box<StripSettings>),
    NoSolo,
    NoMute,
    /// Moves the lane of the selected stem down by this many lanes; negative is up.
    Move(i64),
    /// Moves the lane of a stem to this index.
    Place(StemId, usize),
    /// Removes a stem from the song; its file stays on disk.
    Remove(StemId),
    /// Turns a stem into the reference; the previous reference becomes a stem.
    BecomeReference(StemId),
    /// Turns the reference into a stem.
    FromReference,
}
