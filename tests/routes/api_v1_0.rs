//! `/api/v1.0`: waivers and gates.

mod about;
mod decision;
mod gate_answers;
mod permissions;
mod policies;
mod policies_as_of;
pub mod remote_rules;
mod validate_gating_yaml;
mod waivers;
