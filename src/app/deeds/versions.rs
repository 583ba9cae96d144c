//! Versions: made, copied, renamed, taken away.

#[derive(Clone, Debug)]
pub enum Versions {}
