//! Small text tools shared by loading and deciding: points in time and Python's way of writing values.
//! Nothing here knows what a policy or a result is.

pub(crate) mod python;
pub(crate) mod time;
