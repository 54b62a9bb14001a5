//! What must hold whatever the route: grants, durability, starting.

mod backup;
mod durability;
mod grants;
mod grants_of_remote_rules;
mod grants_of_reports;
mod grants_of_simulations;
mod limits;
mod start;
