//! Lists of waivers: a page of them in WaiverDB's way, and all that match filters.

use crate::records::{Error, Page, WaiverFilter, WaiverList};
use crate::waivers::filter::MAX_WAIVERS;
use crate::waivers::wire::WaiverJson;
use http_edge::{Reply, Result};
use serde::Serialize;

/// Entries per page if the request does not say.
pub const DEFAULT_LIMIT: u64 = 10;

/// The most entries that a page has, whatever the request says.
pub const MAX_LIMIT: u64 = 100;

/// A page of waivers. Without a waiver on it, all links are null.
#[derive(Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = WaiverPage))]
pub struct Envelope<'a> {
    /// The waivers of this page, the newest first.
    data: Vec<WaiverJson<'a>>,
    /// Where the page before is, if there is one.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    prev: Option<String>,
    /// Where the next page is, if there is one.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    next: Option<String>,
    /// Where the first page is.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    first: Option<String>,
    /// Where the last page is.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    last: Option<String>,
}

impl<'a> Envelope<'a> {
    /// The page with this number, counted from 1, which `list` was read for. `link` makes the URL of
    /// a page.
    #[must_use]
    pub fn new(list: &'a WaiverList, link: impl Fn(u64) -> String, page: u64, limit: u64) -> Self {
        let pages = list.total.div_ceil(limit.max(1));
        Self {
            data: list.waivers.iter().map(WaiverJson::new).collect(),
            prev: (page > 1).then(|| link(page.saturating_sub(1))),
            next: (page < pages).then(|| link(page.saturating_add(1))),
            first: Some(link(1)),
            last: Some(link(pages)),
        }
    }
}

/// All waivers that match, without pages.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = FilteredWaivers))]
pub struct Filtered<'a> {
    /// The waivers, the newest first.
    pub data: Vec<WaiverJson<'a>>,
}

/// The answer with all waivers that match any of the filters, read by `find`: the newest, up to
/// [`MAX_WAIVERS`].
///
/// # Errors
/// What `find` returns.
pub fn unpaged(
    filters: &[WaiverFilter],
    find: impl FnOnce(&[WaiverFilter], Page) -> std::result::Result<WaiverList, Error>,
) -> Result<Reply> {
    let all = Page {
        offset: 0,
        limit: MAX_WAIVERS,
    };
    let found = match filters.is_empty() {
        true => Vec::new(),
        false => find(filters, all)?.waivers,
    };
    let data = found.iter().map(WaiverJson::new).collect();
    Ok(Reply::spaced_json(200, &Filtered { data })?)
}
