//! What if the policies were others: what is asked, the decisions about a subject by two sets of policies side by side, and the sums over
//! all subjects.
//!
//! It decides nothing itself: verdicts are made of decisions. It must not know where subjects, records and policies come from.

pub mod body;
pub mod flip;
pub mod later;
pub mod tally;
pub mod verdict;
