//! File access regardless of content. Opens only regular files, limits how much is read, and writes
//! a file whole or not at all ([`Temporary`], [`write()`]).
//! Also locks between processes ([`lock`]), caches with limits ([`cache`]), and removal of
//! temporary files that killed programs left behind ([`tidy`]).

pub mod cache;
pub mod lock;
pub mod read;
pub mod stamp;
pub mod temporary;

mod machine;

pub use machine::{machine, person};
pub use read::{bytes, hash, open};
pub use stamp::Stamp;
pub use temporary::{Temporary, copy, keep, place, tidy, write};
