//! `/api/v1.0/waivers`.

mod by_id;
mod by_subjects_and_testcases;
mod cors;
mod filtered;
mod get;
mod new;
mod new_in_a_browser;
mod post;
