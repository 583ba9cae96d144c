//! State of the Review view: [`State`], with the list of comments, half-typed comments and choices
//! for exchange, revisions and merging.

use crate::app::notes::Compared;
use crate::review::comments::Subject;
use crate::review::exchange::timecode::FrameRate;
use crate::session::Session;
use crate::session::ids::{MasterId, VersionId};
use crate::session::merge::{Place, Side};
use crate::texts::say;
use crate::units::Seconds;

/// What the panel below the song shows in a window that has no room for both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Page {
    #[default]
    Comment,
    Revisions,
}

/// Pages over the view, each behind a button of its heading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sheet {
    Rounds,
    /// The page for the client.
    Client,
    /// Import and export of comments.
    Files,
    References,
    Brief,
}

impl Sheet {
    /// All of them with the names of their buttons.
    pub fn all() -> [(Sheet, &'static str); 5] {
        [
            (Sheet::Rounds, say!("review-page-rounds")),
            (Sheet::Client, say!("review-page-client")),
            (Sheet::Files, say!("review-page-files")),
            (Sheet::References, say!("review-page-references")),
            (Sheet::Brief, say!("review-page-brief")),
        ]
    }

    pub fn title(self) -> &'static str {
        match self {
            Self::Rounds => say!("review-rounds-title"),
            Self::Client => say!("review-client-title"),
            Self::Files => say!("review-files-title"),
            Self::References => say!("review-references-title"),
            Self::Brief => say!("review-brief-asked"),
        }
    }
}

/// State of the Review view for one song.
#[derive(Default)]
pub struct State {
    pub page: Page,
    /// The page that is open over the view.
    pub sheet: Option<Sheet>,
    /// Id of the selected comment.
    pub selected: Option<String>,
    pub list: Listing,
    /// Id of the comment that is open, and how many steps were ever made when it was opened or last
    /// answered.
    pub opened: Option<(String, u64)>,
    /// Reply that is being typed.
    pub reply: String,
    /// Id of a comment, and its text while it is edited.
    pub typed: Option<(String, String)>,
    /// Id of a comment, and its start and end while they are edited.
    pub times: Option<(String, [String; 2])>,
    /// A new comment while it is written.
    pub writing: Option<Writing>,
    /// Frame rate of comment files; `None` uses the rate found in each file.
    pub frames: Option<FrameRate>,
    /// Timecode of the song's start in such files, as typed.
    pub begins: String,
    /// The two sides of the comparison of revisions.
    pub sides: [Compared; 2],
    /// Session hash of a revision, and its log while it is edited.
    pub log: Option<(String, String)>,
    /// Choices for the client's page; `None` until something was chosen.
    pub wish: Option<PageChoices>,
    /// The side to keep, for each conflict between two copies of the session.
    pub merging: Vec<(Place, Side)>,
}

impl State {
    /// Selects a comment and shows its page; a half-typed reply to another comment is dropped.
    pub fn select(&mut self, id: &str) {
        if self.selected.as_deref() != Some(id) {
            self.reply.clear();
        }
        self.selected = Some(id.into());
        self.page = Page::Comment;
    }
}

/// Which comments the list shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Filter {
    #[default]
    All,
    Open,
    Settled,
    Deleted,
}

/// Filter, search text and order of the list of comments.
#[derive(Default)]
pub struct Listing {
    pub filter: Filter,
    pub search: String,
    pub by_time: bool,
}

/// A new comment while it is written.
pub struct Writing {
    pub text: String,
    pub start: Option<Seconds>,
    pub end: Option<Seconds>,
    pub on: Subject,
    /// It was just opened: the field takes the keyboard.
    pub fresh: bool,
}

/// Choices for the client's page, before it is written.
#[derive(Clone, Debug, PartialEq)]
pub struct PageChoices {
    pub versions: Vec<VersionId>,
    pub master: MasterId,
    pub revisions: Vec<String>,
    pub wav: bool,
    pub comments: bool,
}

impl PageChoices {
    /// All versions through the first master, with comments.
    pub fn of(session: &Session) -> Self {
        Self {
            versions: session.versions.iter().map(|version| version.id.clone()).collect(),
            master: session.masters.first().map(|master| master.id.clone()).unwrap_or_default(),
            revisions: Vec::new(),
            wav: false,
            comments: true,
        }
    }
}
