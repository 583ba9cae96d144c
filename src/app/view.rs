//! The six views of a song.

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
}
