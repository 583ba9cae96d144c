//! Inter, the typeface of the window and of the session sheet, in three weights.

pub static REGULAR: &[u8] = include_bytes!("../assets/fonts/Inter-Regular.otf");
pub static MEDIUM: &[u8] = include_bytes!("../assets/fonts/Inter-Medium.otf");
pub static SEMI_BOLD: &[u8] = include_bytes!("../assets/fonts/Inter-SemiBold.otf");
