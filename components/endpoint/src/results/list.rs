//! A page of anything that ResultsDB lists, and the page of results that three paths answer.

use crate::records::{Error, Order, Page, ResultFilter, TestResult};
use crate::results::filter::ResultQuery;
use crate::results::wire::ResultJson;
use crate::settings;
use http_edge::page::{self, Paging};
use http_edge::query::Query;
use http_edge::{Reply, Request, Result};
use serde::Serialize;

/// A page and the links to its neighbours; keys in alphabetical order.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Envelope<T> {
    /// The entries of this page.
    data: Vec<T>,
    /// Where the next page is, if there is one.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    next: Option<String>,
    /// Where the page before is, if there is one.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    prev: Option<String>,
}

/// The latest results, all that there are: there are no pages.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = LatestResults))]
pub struct Latest<'a> {
    /// The results, the newest first.
    pub data: Vec<ResultJson<'a>>,
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

/// The answer with the page of `entries`, which were read by [`part`]. Links begin with `base`.
///
/// # Errors
/// When an entry can't be encoded.
pub fn answer<T: Serialize>(
    request: &Request,
    base: &str,
    paging: Paging,
    mut entries: Vec<T>,
) -> Result<Reply> {
    let limit = paging.limit as usize;
    let has_next = entries.len() > limit;
    entries.truncate(limit);
    let links = page::links(&request.url(base), paging.page, has_next);
    let envelope = Envelope {
        data: entries,
        next: links.next,
        prev: links.prev,
    };
    Ok(Reply::json(200, &envelope)?)
}

/// What a request for results asks for.
///
/// # Errors
/// 400 with the list of mistakes.
pub async fn query(request: &Request) -> Result<ResultQuery> {
    let outcomes = settings::outcomes().await?;
    let max_page_size = settings::max_page_size().await?;
    ResultQuery::parse(&Query::parse(&request.query), &outcomes, max_page_size)
}

/// The answer with a page of results, read by `find`. Links begin with `base`.
///
/// # Errors
/// What `find` returns.
pub fn results(
    request: &Request,
    base: &str,
    query: &ResultQuery,
    find: impl FnOnce(&ResultFilter, Order, Page) -> std::result::Result<Vec<TestResult>, Error>,
) -> Result<Reply> {
    let results = find(&query.filter, query.order, part(query.paging))?;
    answer(
        request,
        base,
        query.paging,
        ResultJson::list(&results, base)?,
    )
}
