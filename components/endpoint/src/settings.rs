//! Settings: Spin variables, read once per instance.

use http_edge::caller::Method;
use http_edge::{Error, Request, Result};
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
}

/// What the links of an answer begin with: the variable `public_url` (scheme, host and perhaps a
/// path), or what the request says if that is empty.
///
/// # Errors
/// When the component has not been given the variable, or it is no URL.
pub async fn base_url(request: &Request) -> Result<String> {
    let url = match PUBLIC_URL.with(|cell| cell.get().cloned()) {
        Some(url) => url,
        None => {
            let url: Rc<str> = variable("public_url")
                .await?
                .trim()
                .trim_end_matches('/')
                .into();
            let is_url = url.starts_with("http://") || url.starts_with("https://");
            if !(url.is_empty() || is_url) {
                return Err(Error::Internal(format!(
                    "variable `public_url`: `{url}` does not begin with http:// or https://"
                )));
            }
            PUBLIC_URL.with(|cell| cell.get_or_init(|| url).clone())
        }
    };
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
    if let Some(size) = MAX_PAGE_SIZE.with(|cell| cell.get().copied()) {
        return Ok(size);
    }
    let text = variable("max_page_size").await?;
    match text.trim().parse() {
        Ok(size) if size > 0 => Ok(MAX_PAGE_SIZE.with(|cell| *cell.get_or_init(|| size))),
        _ => Err(Error::Internal(format!(
            "variable `max_page_size`: `{text}` is no number from 1 up"
        ))),
    }
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
    if let Some(known) = CORS_ORIGINS.with(|cell| cell.get().cloned()) {
        return Ok(known);
    }
    let origins: Rc<[String]> = listed(&variable("cors_origins").await?).into();
    Ok(CORS_ORIGINS.with(|cell| cell.get_or_init(|| origins).clone()))
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
    if let Some(known) = KNOWN_OUTCOMES.with(|cell| cell.get().cloned()) {
        return Ok(known);
    }
    let additional = variable("additional_outcomes").await?;
    let mut outcomes: Vec<String> = OUTCOMES
        .iter()
        .map(|outcome| (*outcome).to_owned())
        .collect();
    for outcome in additional.split(',').map(|name| name.trim().to_uppercase()) {
        if !outcome.is_empty() && !outcomes.contains(&outcome) {
            outcomes.push(outcome);
        }
    }
    let outcomes: Rc<[String]> = outcomes.into();
    KNOWN_OUTCOMES.with(|cell| {
        let _ = cell.set(outcomes.clone());
    });
    Ok(outcomes)
}
