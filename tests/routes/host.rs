//! What must hold whatever the route: grants, durability, starting.

mod backup;
pub mod crash;
mod grants;
mod grants_of_remote_rules;
mod grants_of_reports;
mod grants_of_simulations;
mod limits;
#[cfg(target_os = "linux")]
mod priority;
mod start;
