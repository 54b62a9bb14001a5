//! Nothing here: the tests are in `routes/`.
