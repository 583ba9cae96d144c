//! The controls of the window, drawn to the design.

pub mod buttons;
pub mod fader;
pub mod knob;
pub mod value;

pub use buttons::{checkbox, choice, icon_button, letter, push, segments};
pub use fader::fader;
pub use knob::knob;
pub use value::{Change, Parameter};
