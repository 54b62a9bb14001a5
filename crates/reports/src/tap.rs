//! TAP.

use crate::case::{Case, Summary};
use crate::format::Format;
use crate::problem::Problem;

/// Not yet.
pub fn read(
    _text: &str,
    _each: &mut dyn FnMut(Case) -> Result<(), Problem>,
) -> Result<Summary, Problem> {
    Ok(Summary::new(Format::Tap))
}
