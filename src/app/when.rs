//! Dates as a person reads them in the window. The year is left out, since what is said about a song
//! is seldom older; the whole date is in the hint.

use crate::dates::{Moment, moment};
use crate::texts::say;
use egui::{Response, Ui};

/// `3 March`, from a date as the program writes it. What is no date stays as it is.
pub fn day(written: &str) -> String {
    moment(written).map_or_else(|| written.to_owned(), |moment| named(&moment))
}

/// `3 March 10:12`, or the day alone where no time is known.
pub fn moment_of(written: &str) -> String {
    match moment(written) {
        None => written.to_owned(),
        Some(moment) => match &moment.time {
            Some(time) => format!("{} {time}", named(&moment)),
            None => named(&moment),
        },
    }
}

/// A date in small letters that shows the whole of it as a hint.
pub fn label(ui: &mut Ui, shown: String, written: &str) -> Response {
    ui.weak(shown).on_hover_text(written)
}

fn named(moment: &Moment) -> String {
    say!("when-day", day = i64::from(moment.day), month = i64::from(moment.month))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_said_in_words() {
        assert_eq!(day("2026-03-03"), "3 March");
        assert_eq!(moment_of("2026-12-24"), "24 December");
        assert!(moment_of("2026-03-15 10:12:30").contains("March "));
        assert_eq!(moment_of("soon"), "soon");
    }
}
