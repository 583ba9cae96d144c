//! Requests about faults that the examination of the stems found: [`Mending`]. Carried out by
//! `crate::app::act::mending`.

use crate::intake::findings::Finding;

#[derive(Clone, Debug)]
pub enum Mending {
    /// Mends these findings: by steps that can be undone, or by new files.
    Mend(Vec<Finding>),
    /// Opens the dialog for the HTML page that tells the sender about the findings.
    PickPage,
    /// Opens the dialog for the folder that a set of mended stems is written to.
    PickSet,
}
