//! `/api/v2.0`: results.

mod groups;
mod landing_page;
mod results;
mod testcases;
