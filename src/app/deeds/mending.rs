//! What is done about findings in the stems.

use crate::intake::findings::Finding;

#[derive(Clone, Debug)]
pub enum Mending {
    Mend(Vec<Finding>),
    PickPage,
    PickSet,
}
