//! What the words mean: policies, rules, subject types, subjects, results, waivers, and how a policy matches.
//! This room must not know YAML, JSON requests or the order in which things are evaluated.

pub mod config;
pub mod policy;
pub mod records;
pub mod subject;
pub mod subject_type;
pub mod views;
