//! `/api/v1.0`: waivers and gates.

mod about;
mod decision;
mod permissions;
mod policies;
mod waivers;
