//! Files as such, whatever they hold: only regular ones are opened, reading is bounded, writing is
//! whole or not at all, nothing is replaced that was not meant, and what a killed program left
//! half written goes away.

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
