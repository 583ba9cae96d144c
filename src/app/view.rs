//! The six views of a song.

use crate::texts;

/// The views, in the order of the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    Stems,
    Mix,
    Master,
    Versions,
    Review,
    Deliver,
}

impl View {
    pub const ALL: [View; 6] =
        [View::Stems, View::Mix, View::Master, View::Versions, View::Review, View::Deliver];

    /// The English name, which is also the name of the action that shows the view.
    pub fn name(self) -> &'static str {
        match self {
            View::Stems => "Stems",
            View::Mix => "Mix",
            View::Master => "Master",
            View::Versions => "Versions",
            View::Review => "Review",
            View::Deliver => "Deliver",
        }
    }

    /// The name in the language of the window.
    pub fn shown(self) -> &'static str {
        texts::word("action", self.name())
    }
}
