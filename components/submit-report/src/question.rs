//! The query of the request: what the results shall be called and be about, and how the report is to
//! be read.

use endpoint::results::catalogue::{MAX_TEST_CASE_CHARS, is_longer};
use endpoint::results::filter::MAX_CONDITIONS;
use endpoint::results::submission::MAX_DATA_TEXT_CHARS;
use http_edge::body::{NUL, refuse_own_names};
use http_edge::query::Query;
use http_edge::{Error, Request, Result};
use reports::mapping::error_outcome;
use reports::{Cases, Format, Mapping, Summary};
use std::collections::BTreeMap;

/// Parameters that say how the report is read; all others are extra data.
const OWN: &[&str] = &[
    "testcase",
    "format",
    "cases",
    "skipped",
    "ref_url",
    "description",
];

/// What a request asks for.
pub struct Question {
    /// The format, if it is told.
    pub format: Option<Format>,
    /// Where the details of the run are.
    pub ref_url: Option<String>,
    prefix: String,
    description: Option<String>,
    error_outcome: &'static str,
    data: Vec<(String, Vec<String>)>,
    cases: Cases,
    skipped_as_info: bool,
}

impl Question {
    /// Reads the query.
    ///
    /// # Errors
    /// 400 that says what is wrong.
    pub fn read(request: &Request, outcomes: &[String]) -> Result<Self> {
        let query = Query::parse(&request.query);
        check(&query)?;
        let prefix = query
            .first("testcase")
            .unwrap_or_default()
            .trim()
            .to_owned();
        if prefix.is_empty() {
            return Err(Error::bad_request(
                "Please name the test case, as in `?testcase=my-ci.unit-tests&item=…&type=…`: it gets the result of \
                 the whole report, and the names of all cases begin with it.",
            ));
        }
        if is_longer(&prefix, MAX_TEST_CASE_CHARS) {
            return Err(Error::bad_request(&format!(
                "`testcase` may have at most {MAX_TEST_CASE_CHARS} characters."
            )));
        }
        Ok(Self {
            format: choice(&query, "format", "junit, tap", Format::named)?,
            ref_url: query.first("ref_url").map(str::to_owned),
            prefix,
            description: query.first("description").map(str::to_owned),
            error_outcome: error_outcome(outcomes),
            data: data(&query)?,
            cases: choice(&query, "cases", "all, failures, none", Cases::named)?
                .unwrap_or_default(),
            skipped_as_info: choice(&query, "skipped", "info, none", |name| match name {
                "info" => Some(true),
                "none" => Some(false),
                _ => None,
            })?
            .unwrap_or_default(),
        })
    }

    /// How cases become results.
    pub fn mapping(&self) -> Mapping<'_> {
        Mapping {
            prefix: &self.prefix,
            error_outcome: self.error_outcome,
            data: &self.data,
            cases: self.cases,
            skipped_as_info: self.skipped_as_info,
        }
    }

    /// What the group of the results is: what the caller says, or the name that the report gives itself.
    pub fn description(&self, summary: &Summary) -> String {
        let named = summary
            .name
            .as_deref()
            .map(str::trim)
            .filter(|name| !name.is_empty());
        match (&self.description, named) {
            (Some(description), _) => description.clone(),
            (None, Some(name)) => format!("{}: {}", self.prefix, reports::case::bounded(name)),
            (None, None) => self.prefix.clone(),
        }
    }
}

/// What holds of every parameter.
fn check(query: &Query) -> Result<()> {
    if query.len() > MAX_CONDITIONS {
        return Err(Error::bad_request(&format!(
            "The query has {} parameters, it may have {MAX_CONDITIONS}.",
            query.len()
        )));
    }
    for name in query.names() {
        if OWN.contains(&name) && query.all(name).count() > 1 {
            return Err(Error::bad_request(&format!(
                "`{name}` is given more than once."
            )));
        }
        for text in [name].into_iter().chain(query.all(name)) {
            if text.contains('\0') {
                return Err(Error::bad_request(NUL));
            }
            if is_longer(text, MAX_DATA_TEXT_CHARS) {
                return Err(Error::bad_request(&format!(
                    "A name or a value in the query may have at most {MAX_DATA_TEXT_CHARS} characters."
                )));
            }
            refuse_own_names(&format!("\"{text}"))?;
        }
    }
    Ok(())
}

/// One of some words.
fn choice<T>(
    query: &Query,
    name: &str,
    words: &str,
    read: impl FnOnce(&str) -> Option<T>,
) -> Result<Option<T>> {
    let Some(value) = query.first(name) else {
        return Ok(None);
    };
    match read(value) {
        Some(choice) => Ok(Some(choice)),
        None => Err(Error::bad_request(&format!(
            "`{name}` must be one of: {words}."
        ))),
    }
}

/// Everything else in the query, by key.
fn data(query: &Query) -> Result<Vec<(String, Vec<String>)>> {
    let mut data = BTreeMap::new();
    for key in query.names().into_iter().filter(|name| !OWN.contains(name)) {
        if key.contains(':') || key.is_empty() {
            return Err(Error::bad_request(&format!(
                "`{key}` can't be a key of extra data: keys have one character or more, and no colon."
            )));
        }
        data.insert(key.to_owned(), query.all(key).map(str::to_owned).collect());
    }
    Ok(data.into_iter().collect())
}
