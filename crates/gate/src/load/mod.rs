//! From text to policies and subject types.
//!
//! This room knows YAML, JSON rules and the exact wording of every complaint. It must not know what happens to a policy afterwards.
//! Everything it reads comes from outside, so everything it reads has a limit.

pub(crate) mod attributes;
pub(crate) mod informative;
pub(crate) mod on_demand;
pub(crate) mod policy;
pub mod policy_set;
pub mod remote;
pub mod revision;
pub(crate) mod subject_type;
pub(crate) mod typing;

pub use policy::MAX_RULES;
