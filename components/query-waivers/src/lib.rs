//! `GET /api/v1.0/waivers/`: the waivers that match a query, page by page.
//!
//! `waive` stands in front of it and takes the `POST`s of the path.

use endpoint::records::{Page, Selection};
use endpoint::sharing::Sharing;
use endpoint::waivers::list::{DEFAULT_LIMIT, Envelope, MAX_LIMIT};
use endpoint::waivers::{filter, links};
use endpoint::{Incoming, settings};
use http_edge::method::{self, Style};
use http_edge::query::{Query, whole_number};
use http_edge::validation::{Kind, Mistakes};
use http_edge::{Reply, Request, Result};

endpoint::store!("query-waivers");

endpoint::serve!(query);

async fn query(incoming: Incoming) -> Result<Reply> {
    let request = incoming.request;
    let sharing = Sharing::of(&request).await?;
    sharing.finish(answer(&request).await)
}

async fn answer(request: &Request) -> Result<Reply> {
    let base = settings::base_url(request).await?;
    if let Some(redirect) = links::to_directory(request, &base) {
        return Ok(redirect);
    }
    // `POST` is allowed on this path, though it never comes here.
    method::allow(request, &["GET", "POST"], Style::Json)?;
    let query = Query::parse(&request.query);
    let mut mistakes = Mistakes::default();
    let page = number(&query, "page", 1, &mut mistakes);
    let limit = number(&query, "limit", DEFAULT_LIMIT, &mut mistakes).min(MAX_LIMIT);
    let include_obsolete = filter::truth(&query, "include_obsolete", &mut mistakes);
    mistakes.check()?;
    let filter = filter::from_query(&query)?;
    let selection = match include_obsolete {
        true => Selection::Standing,
        false => Selection::InForcePerUser,
    };
    let found = match (page, limit) {
        (0, _) | (_, 0) => None,
        _ => {
            let offset = page.saturating_sub(1).saturating_mul(limit);
            let part = Page {
                offset,
                limit: u32::try_from(limit).unwrap_or(u32::MAX),
            };
            let list = store::waiver_reads::find(&[filter], selection, endpoint::now_us(), part)?;
            (page == 1 || !list.waivers.is_empty()).then_some(list)
        }
    };
    let envelope = found.as_ref().map(|list| {
        Envelope::new(
            list,
            |page| links::to_page(request, &base, &query, page),
            page,
            limit,
        )
    });
    Ok(Reply::spaced_json(200, &envelope.unwrap_or_default())?)
}

/// A whole number; below zero counts as zero, which there are no waivers for.
fn number(query: &Query, name: &str, default: u64, mistakes: &mut Mistakes) -> u64 {
    let Some(text) = query.first(name) else {
        return default;
    };
    match whole_number(text) {
        Some(number) => u64::try_from(number).unwrap_or(0),
        None => {
            mistakes.add(Kind::IntegerText, &[name], text);
            default
        }
    }
}
