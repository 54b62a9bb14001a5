//! What must hold whatever the route: grants, durability, starting.

mod durability;
mod grants;
mod limits;
mod start;
