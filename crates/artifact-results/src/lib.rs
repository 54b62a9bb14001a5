//! Results of artifact types: version 3 of ResultsDB's results API, as pure functions of values.
//!
//! One table per type ([`ArtifactType`]) says which fields a result has. The checks of a request, the
//! JSON Schema and the documentation are all made from it, so that they can't disagree. This room
//! must not know who is calling, who may, the store, or the routes.

mod artifact;
mod email;
mod field;
mod integer;
mod page;
mod schema;
mod submission;
mod tables;
mod url;
mod value;

pub use artifact::ArtifactType;
pub use email::SPECIAL_DOMAINS;
pub use field::{Example, Field, Kind};
pub use integer::MAX_DIGITS;
pub use page::{documentation, escape};
pub use submission::{ERROR_OUTCOME, OUTCOMES, Submission};
pub use url::MAX_URL_BYTES;
pub use value::{MAX_ENTRIES, MAX_TEXT_CHARS};
