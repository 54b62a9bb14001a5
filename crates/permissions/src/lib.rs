//! Who may submit what: a list of entries from YAML, and the question whether one of them lets a
//! caller submit for a test case.
//!
//! Pure: it must not know where the text comes from, how a caller proves a name, or HTTP. The
//! entries are those that ResultsDB and WaiverDB call `PERMISSIONS`; what reads differently here is
//! said at the item.

mod decide;
mod entry;
mod load;
mod mapping;
mod reserved;
mod rules;

pub use decide::{Caller, EVERYONE};
pub use entry::Entry;
pub use load::{LoadError, MAX_ENTRIES, MAX_ITEMS};
pub use mapping::{Mapped, Mapping};
pub use reserved::Reserved;
pub use rules::{Rule, Rules};

/// All entries of a file, in its order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Permissions(Vec<Entry>);

impl Permissions {
    /// The entries in the order of the file.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.0
    }
}
