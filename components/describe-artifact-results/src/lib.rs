//! What version 3 of the results API takes and from whom: `GET /api/v3/`, a page for people,
//! `GET /api/v3/schemas/{type}` and `GET /api/v3/permissions`.
//!
//! It has no store.

use artifact_results::{ArtifactType, documentation, escape};
use endpoint::{Incoming, permissions, settings};
use http_edge::method::{self, Style};
use http_edge::query::Query;
use http_edge::{Error, Reply, Request, Result};

/// Where version 3 is.
const PREFIX: &str = "/api/v3";

/// What a page may load: nothing but the style in it.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

endpoint::serve!(describe);

async fn describe(incoming: Incoming) -> Result<Reply> {
    let request = incoming.request;
    match request.path.strip_prefix(PREFIX).unwrap_or_default() {
        "" => to_page(&request).await,
        "/" => page(&request).await,
        "/permissions" => list_permissions(&request),
        below => match below.strip_prefix("/schemas/") {
            Some(plural) => schema(&request, plural),
            None => Err(Error::message(404, "Not found")),
        },
    }
}

async fn to_page(request: &Request) -> Result<Reply> {
    method::allow(request, &["GET"], Style::Html)?;
    let base = settings::base_url(request).await?;
    let location = request.url_of(&base, &format!("{PREFIX}/"));
    let link = escape(&location);
    let text = format!("The documentation is at <a href=\"{link}\">{link}</a>.");
    Ok(Reply::html_error(308, "Permanent Redirect", &text).with_header("location", location))
}

async fn page(request: &Request) -> Result<Reply> {
    method::allow(request, &["GET"], Style::Html)?;
    let page = documentation(&format!("{}{PREFIX}", settings::base_url(request).await?));
    Ok(Reply::new(200, "text/html; charset=utf-8", page)
        .with_header("content-security-policy", PAGE_POLICY))
}

fn schema(request: &Request, plural: &str) -> Result<Reply> {
    let artifact =
        ArtifactType::by_plural(plural).ok_or_else(|| Error::message(404, "Not found"))?;
    method::allow(request, &["GET"], Style::Html)?;
    Ok(Reply::json(200, &artifact.schema())?)
}

/// All entries, or with `testcase` those that are about the test case of this name.
fn list_permissions(request: &Request) -> Result<Reply> {
    method::allow(request, &["GET"], Style::Html)?;
    let permissions = permissions::of_results()?;
    let query = Query::parse(&request.query);
    Ok(
        match query.first("testcase").filter(|name| !name.is_empty()) {
            None => Reply::json(200, &permissions.entries())?,
            Some(name) => {
                let entries: Vec<_> = permissions.for_test_case(name).collect();
                Reply::json(200, &entries)?
            }
        },
    )
}
