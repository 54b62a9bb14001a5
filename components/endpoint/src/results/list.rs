//! A page of anything that ResultsDB lists, and the page of results that three paths answer.

use crate::records::{Error, Order, Page, ResultFilter, TestResult};
use crate::results::filter::ResultQuery;
use crate::results::wire::ResultJson;
use http_edge::page::{self, Paging};
use http_edge::{Reply, Request, Result};
use serde::Serialize;

/// A page and the links to its neighbours; keys in alphabetical order.
#[derive(Serialize)]
struct Envelope<T> {
    data: Vec<T>,
    next: Option<String>,
    prev: Option<String>,
}

/// The part of a list to read for a page: one entry more than asked for, which tells whether there
/// is a next page.
#[must_use]
pub fn part(paging: Paging) -> Page {
    Page {
        offset: paging.page.saturating_mul(paging.limit.into()),
        limit: paging.limit.saturating_add(1),
    }
}

/// The answer with the page of `entries`, which were read by [`part`].
///
/// # Errors
/// When an entry can't be encoded.
pub fn answer<T: Serialize>(
    request: &Request,
    paging: Paging,
    mut entries: Vec<T>,
) -> Result<Reply> {
    let limit = paging.limit as usize;
    let has_next = entries.len() > limit;
    entries.truncate(limit);
    let links = page::links(&request.url(), paging.page, has_next);
    let envelope = Envelope {
        data: entries,
        next: links.next,
        prev: links.prev,
    };
    Ok(Reply::json(200, &envelope)?)
}

/// The answer with a page of results, read by `find`.
///
/// # Errors
/// What `find` returns.
pub fn results(
    request: &Request,
    query: &ResultQuery,
    find: impl FnOnce(&ResultFilter, Order, Page) -> std::result::Result<Vec<TestResult>, Error>,
) -> Result<Reply> {
    let results = find(&query.filter, query.order, part(query.paging))?;
    answer(
        request,
        query.paging,
        ResultJson::list(&results, &request.base_url())?,
    )
}
