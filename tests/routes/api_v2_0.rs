//! `/api/v2.0`: results.

mod bad_input;
mod captures;
mod groups;
mod landing_page;
mod results;
mod settings;
mod testcases;
