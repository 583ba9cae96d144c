//! Requests about faults that the examination of the stems found: [`Mending`]. Carried out by
//! `crate::app::act::mending`.

use crate::app::measured::IgnoredFinding;
use crate::intake::findings::{Finding, Span};
use crate::session::stem::StemId;

#[derive(Clone, Debug)]
pub enum Mending {
    /// Mends these findings: by steps that can be undone, or by new files.
    Mend(Vec<Finding>),
    /// Stops counting a kind of finding of a stem.
    Ignore(IgnoredFinding),
    /// Counts all findings of a stem (`None`: of the set) again.
    ShowIgnored(Option<StemId>),
    /// Loops over the surroundings of a place, to hear what was found.
    Play(Span),
    /// Loops over a part of a stem together with the reference, without the other stems.
    PlayBoth(StemId, Span),
    /// Plays what the null test leaves of the reference, of the stems as they came or in their places
    /// (`fixed`); plays the song again if that is heard already.
    PlayLeft { fixed: bool },
    /// Opens the dialog for the HTML page that tells the sender about the findings.
    PickPage,
    /// Opens the dialog for the folder that a set of mended stems is written to.
    PickSet,
}
