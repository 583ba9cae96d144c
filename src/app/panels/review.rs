//! What the Review view remembers.

use crate::app::notes::Compared;
use crate::review::comments::Subject;
use crate::review::exchange::timecode::FrameRate;
use crate::session::Session;
use crate::session::merge::{Place, Side};
use crate::units::Seconds;

/// What the right side shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Page {
    #[default]
    Comment,
    Rounds,
    Revisions,
    References,
    Brief,
}

impl Page {
    pub const ALL: [(Page, &str); 5] = [
        (Page::Comment, "Comment"),
        (Page::Rounds, "Rounds"),
        (Page::Revisions, "Revisions"),
        (Page::References, "References"),
        (Page::Brief, "Brief"),
    ];
}

/// What the Review view remembers of a song.
#[derive(Default)]
pub struct State {
    pub page: Page,
    /// The comment that is shown, by its id.
    pub selected: Option<String>,
    pub list: Listing,
    /// An answer that is being typed.
    pub reply: String,
    /// A comment, and its text as it is typed.
    pub typed: Option<(String, String)>,
    /// A comment, and its times as they are typed.
    pub times: Option<(String, [String; 2])>,
    /// A new comment that is being written.
    pub writing: Option<Writing>,
    /// Frames a second in files of comments; as found in each file if not said.
    pub frames: Option<FrameRate>,
    /// The time at which the song begins in such files, as it is typed.
    pub begins: String,
    /// Both sides of the comparison of revisions.
    pub sides: [Compared; 2],
    /// A revision by its session's hash, and its log as it is typed.
    pub log: Option<(String, String)>,
    /// The page for the client, as far as something was chosen.
    pub wish: Option<PageWish>,
    /// Whose change counts, for each place that two people changed.
    pub merging: Vec<(Place, Side)>,
}

impl State {
    /// Shows a comment.
    pub fn select(&mut self, id: &str) {
        if self.selected.as_deref() != Some(id) {
            self.reply.clear();
        }
        self.selected = Some(id.into());
        self.page = Page::Comment;
    }
}

/// What is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Filter {
    #[default]
    All,
    Open,
    Settled,
    Deleted,
}

/// Which comments are shown, and in which order.
#[derive(Default)]
pub struct Listing {
    pub filter: Filter,
    pub search: String,
    pub by_time: bool,
}

/// A comment as it is written.
pub struct Writing {
    pub text: String,
    pub start: Option<Seconds>,
    pub end: Option<Seconds>,
    pub on: Subject,
    /// It was just opened: the field gets the keyboard.
    pub fresh: bool,
}

/// The page for the client, before it is made.
#[derive(Clone, Debug, PartialEq)]
pub struct PageWish {
    pub versions: Vec<String>,
    pub master: String,
    pub revisions: Vec<String>,
    pub wav: bool,
    pub comments: bool,
}

impl PageWish {
    /// All versions through the first master, with the comments.
    pub fn of(session: &Session) -> Self {
        Self {
            versions: session.versions.iter().map(|version| version.id.clone()).collect(),
            master: session.masters.first().map_or_else(String::new, |master| master.id.clone()),
            revisions: Vec::new(),
            wav: false,
            comments: true,
        }
    }
}
