//! Nothing is here: the tests are in `routes/`, a folder for each part of the URL, and the cases of
//! the gate, which `crates/gate` runs, in `cases/`.
