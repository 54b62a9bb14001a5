//! Settings: Spin variables, read once per instance.

use spin_sdk::variables;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

thread_local! {
    static VALUES: RefCell<HashMap<&'static str, Rc<str>>> = RefCell::default();
}

/// The value of a variable, without space around it.
///
/// # Errors
/// When the component has not been given it; the text is for the log.
pub async fn variable(name: &'static str) -> Result<Rc<str>, String> {
    if let Some(value) = VALUES.with_borrow(|values| values.get(name).cloned()) {
        return Ok(value);
    }
    let value = variables::get(name).await;
    let value: Rc<str> = value
        .map_err(|error| format!("variable `{name}`: {error}"))?
        .trim()
        .into();
    VALUES.with_borrow_mut(|values| values.insert(name, value.clone()));
    Ok(value)
}
