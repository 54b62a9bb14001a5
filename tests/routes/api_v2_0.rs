//! `/api/v2.0`: results.

mod landing_page;
mod results;
