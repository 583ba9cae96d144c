//! Everything that can be asked for, as values: by a view, a key, the palette, a menu or a file
//! that is dropped. One place carries them out: [`crate::app::act`].

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
pub use make::{Make, Making};
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

/// One thing that is asked for.
#[derive(Clone, Debug)]
pub enum Deed {
    /// A change of the session. Where an undo step begins and ends is not said here:
    /// [`crate::app::gestures`] knows.
    Edit(Edit),
    Undo,
    Redo,
    /// Undoes or redoes until so many steps are made.
    GoTo(usize),
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
    /// Both sounds of the blind test that was begun are measured.
    MeasureBlind,
    /// What covers a stem is looked for.
    Masking(StemId),
    /// A chain is kept for other songs.
    KeepPreset(Box<Preset>),
    /// A piece of work is stopped, by its number on the board.
    Stop(u64),
    /// A folder is shown in the desktop's own way.
    ShowFolder(PathBuf),
    Say(String),
}

/// What is looked at, and heard.
#[derive(Clone, Debug)]
pub enum Choice {
    Version(usize),
    Stem(StemId),
    /// One of the references; none for the rough mix.
    Reference(Option<usize>),
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
