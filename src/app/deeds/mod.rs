//! Deeds: everything that a person can ask for, as values. Views, keys, the palette, menus and
//! dropped files produce a [`Deed`]; [`crate::app::act`] is the one place that carries it out, on
//! the window's thread.

mod cuts;
mod files;
mod make;
mod mending;
mod play;
mod review;
mod sections;
mod session;
mod stems;
mod versions;
mod window;

pub use cuts::Cuts;
pub use files::Files;
pub use make::{Make, RenderKind};
pub use mending::Mending;
pub use play::Play;
pub use review::{Remark, Review};
pub use sections::Sections;
pub use session::SessionDeed;
pub use stems::Stems;
pub use versions::Versions;
pub use window::Window;

use crate::session::edit::Edit;
use crate::session::preset::Preset;
use crate::session::stem::StemId;
use std::path::PathBuf;

/// One request of a person.
#[derive(Clone, Debug)]
pub enum Deed {
    /// A change of the session. [`crate::app::gestures`] decides where an undo step begins and
    /// ends.
    Edit(Edit),
    Undo,
    Redo,
    /// Undoes or redoes until this many steps of the history are applied.
    GoTo(usize),
    /// Selects what is shown and heard.
    Choose(Choice),
    Play(Play),
    Stems(Stems),
    Sections(Sections),
    Cuts(Cuts),
    Versions(Versions),
    Review(Review),
    Files(Files),
    Mending(Mending),
    Make(Make),
    Session(SessionDeed),
    Window(Window),
    /// Measures the loudness of both sounds of the current blind test.
    MeasureBlind,
    /// Searches for the stems that mask this one.
    Masking(StemId),
    /// Saves a chain as a preset for other songs.
    KeepPreset(Box<Preset>),
    /// Stops a job, by its id on the board.
    Stop(u64),
    /// Opens a folder in the file manager of the desktop.
    ShowFolder(PathBuf),
    /// Shows a message.
    Say(String),
}

/// Selection of what is shown and heard.
#[derive(Clone, Debug)]
pub enum Choice {
    Version(usize),
    Stem(StemId),
    /// One more stem; one that is selected already is taken out.
    StemToo(StemId),
    /// All stems between the selected one and this one.
    StemsTo(StemId),
    /// A stem of the selection as the one that the rack shows; the selection stays.
    StemFirst(StemId),
    /// One of the references by its index; `None` is the rough mix.
    Reference(Option<usize>),
    /// Turns on or off that sections of the reference are aligned with sections of the song.
    MatchSections(bool),
}

macro_rules! rooms {
    ($($room:ident $kind:ty),+) => {
        $(impl From<$kind> for Deed {
            fn from(deed: $kind) -> Self {
                Self::$room(deed)
            }
        })+
    };
}

rooms!(
    Edit Edit, Choose Choice, Play Play, Stems Stems, Sections Sections, Cuts Cuts,
    Versions Versions, Review Review, Files Files, Mending Mending, Make Make,
    Session SessionDeed, Window Window
);
