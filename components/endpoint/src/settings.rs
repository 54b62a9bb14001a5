//! Settings: Spin variables, read once per instance.

use crate::kept::{self, Kept};
use http_edge::caller::Method;
use http_edge::{Error, Request, Result};
use permissions::Reserved;
use spin_sdk::variables;
use std::cell::OnceCell;
use std::rc::Rc;

/// The outcomes that there always are.
pub const OUTCOMES: [&str; 4] = ["PASSED", "INFO", "FAILED", "NEEDS_INSPECTION"];

thread_local! {
    static KNOWN_OUTCOMES: OnceCell<Rc<[String]>> = const { OnceCell::new() };
    static PUBLIC_URL: OnceCell<Rc<str>> = const { OnceCell::new() };
    static MAX_PAGE_SIZE: OnceCell<u32> = const { OnceCell::new() };
    static CORS_ORIGINS: OnceCell<Rc<[String]>> = const { OnceCell::new() };
    static RESERVED: OnceCell<Rc<Reserved>> = const { OnceCell::new() };
}

/// What the links of an answer begin with: the variable `public_url` (scheme, host and perhaps a
/// path), or what the request says if that is empty.
///
/// # Errors
/// When the component has not been given the variable, or it is no URL.
pub async fn base_url(request: &Request) -> Result<String> {
    let url = setting(&PUBLIC_URL, "public_url", |text| {
        let url = text.trim().trim_end_matches('/');
        let is_url = url.starts_with("http://") || url.starts_with("https://");
        match url.is_empty() || is_url {
            true => Ok(url.into()),
            false => Err(format!("`{url}` does not begin with http:// or https://")),
        }
    });
    let url = url.await?;
    Ok(match url.is_empty() {
        true => request.base_url(),
        false => url.to_string(),
    })
}

/// What spin.toml sets `max_page_size` to.
pub const DEFAULT_MAX_PAGE_SIZE: u32 = 1_000;

/// The most entries that a page of results, groups or test cases may have: the variable
/// `max_page_size`.
///
/// # Errors
/// When the component has not been given the variable, or it is no number from 1 up.
pub async fn max_page_size() -> Result<u32> {
    let size = setting(&MAX_PAGE_SIZE, "max_page_size", |text| {
        match text.trim().parse() {
            Ok(size) if size > 0 => Ok(size),
            _ => Err(format!("`{text}` is no number from 1 up")),
        }
    });
    size.await
}

/// The users who may waive on behalf of others: the variable `superusers`, separated by commas.
///
/// # Errors
/// When the component has not been given the variable.
pub async fn superusers() -> Result<Vec<String>> {
    Ok(listed(&variable("superusers").await?))
}

/// The sites whose pages may read answers: the variable `cors_origins`, separated by commas. `*`
/// stands for all.
///
/// # Errors
/// When the component has not been given the variable.
pub async fn cors_origins() -> Result<Rc<[String]>> {
    let read = |text: &str| Ok(listed(text).into());
    setting(&CORS_ORIGINS, "cors_origins", read).await
}

/// Where Koji is asked about builds: the variable `koji_api`; none if it is empty.
///
/// # Errors
/// When the component has not been given the variable.
pub async fn koji_api() -> Result<Option<String>> {
    let url = variable("koji_api").await?.trim().to_owned();
    Ok(Some(url).filter(|url| !url.is_empty()))
}

/// Where files of remote rules are, as it is written: the variable `remote_rule_policies`.
///
/// # Errors
/// When the component has not been given the variable.
pub async fn remote_rule_policies() -> Result<String> {
    variable("remote_rule_policies").await
}

/// Test cases that are kept for the messages of some publishers: the variables
/// `reserved_test_cases` (entries `pattern=publisher`, separated by commas) and `message_bridges`.
///
/// # Errors
/// When the component has not been given the variables, or an entry has no publisher: who may
/// submit is not guessed.
pub async fn reserved_test_cases() -> Result<Rc<Reserved>> {
    if let Some(known) = kept::known(&RESERVED) {
        return Ok(known);
    }
    let bridges = variable("message_bridges").await?;
    let read = |entries: &str| Reserved::parse(entries, &bridges).map(Rc::new);
    setting(&RESERVED, "reserved_test_cases", read).await
}

/// The parts of a text that is separated by commas.
fn listed(text: &str) -> Vec<String> {
    let parts = text.split(',').map(str::trim);
    parts
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The method that is tried first when somebody waives: the first of `auth_waivers`, or of `auth`
/// if that is empty.
///
/// # Errors
/// When the component has not been given the variables, or there is no such method.
pub async fn waiver_method() -> Result<Method> {
    let own = variable("auth_waivers").await?;
    let list = match own.trim().is_empty() {
        true => variable("auth").await?,
        false => own,
    };
    let methods = Method::list(&list);
    let methods =
        methods.map_err(|reason| Error::Internal(format!("variable `auth`: {reason}")))?;
    let first = methods.first().copied();
    first.ok_or_else(|| Error::Internal("variable `auth` is empty".to_owned()))
}

/// What `read` makes of a variable, once per instance. It says what is wrong with the value.
async fn setting<T: Clone>(
    place: &'static Kept<T>,
    name: &str,
    read: impl FnOnce(&str) -> std::result::Result<T, String>,
) -> Result<T> {
    if let Some(value) = kept::known(place) {
        return Ok(value);
    }
    let value = read(&variable(name).await?);
    let value = value.map_err(|reason| Error::Internal(format!("variable `{name}`: {reason}")))?;
    Ok(kept::keep(place, value))
}

async fn variable(name: &str) -> Result<String> {
    let value = variables::get(name).await;
    value.map_err(|error| Error::Internal(format!("variable `{name}`: {error}")))
}

/// The outcomes that a result may have, in the order in which messages list them: four fixed ones
/// and those of the variable `additional_outcomes` (upper case, separated by commas).
///
/// # Errors
/// When the component has not been given the variable.
pub async fn outcomes() -> Result<Rc<[String]>> {
    let read = |additional: &str| {
        let mut outcomes = OUTCOMES.map(str::to_owned).to_vec();
        for outcome in listed(&additional.to_uppercase()) {
            if !outcomes.contains(&outcome) {
                outcomes.push(outcome);
            }
        }
        Ok(outcomes.into())
    };
    setting(&KNOWN_OUTCOMES, "additional_outcomes", read).await
}
