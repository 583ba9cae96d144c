//! State of the command palette: [`Palette`].

#[derive(Default)]
pub struct Palette {
    pub open: bool,
    /// It was just opened: the field takes the keyboard.
    pub fresh: bool,
    pub text: String,
    pub chosen: usize,
}

impl Palette {
    pub fn open(&mut self) {
        *self = Self { open: true, fresh: true, ..Self::default() };
    }

    pub fn is_open(&self) -> bool {
        self.open
    }
}
