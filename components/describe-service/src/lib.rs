//! What the service is (`/`, `/index`, `/api/v2.0`, `/api/v1.0/about`, `/api/v1.0/version`), and the
//! answer to every path that no other component has.

use endpoint::results::wire::PREFIX as RESULTS;
use endpoint::service::{About, Index, LandingPage};
use endpoint::sharing::Sharing;
use endpoint::waivers::wire::PREFIX as GATES;
use endpoint::{Incoming, settings};
use http_edge::method::{self, Style};
use http_edge::{Error, Reply, Request, Result};

/// Where the wire that we share with ResultsDB is documented.
const DOCUMENTATION: &str = "http://docs.resultsdb20.apiary.io/";

/// Our own greeting in the place where ResultsDB has one; clients know its first sentence.
const GREETING: &str = "Everything is fine. The gate is open to those whose tests have passed.";

const INDEX_PAGE: &str = include_str!("index.html");
const ICON: &[u8] = include_bytes!("icon.png");

endpoint::serve!(describe);

async fn describe(incoming: Incoming) -> Result<Reply> {
    let request = incoming.request;
    match request.path.trim_end_matches('/') {
        "" if !request.accepts("text/html") => index(&request).await,
        "" | "/index" => index_page(&request),
        "/favicon.png" => icon(&request),
        "/api/v2.0" => landing_page(&request).await,
        "/api/v1.0/about" => {
            let sharing = Sharing::of(&request).await?;
            sharing.finish(about(&request).await)
        }
        "/api/v1.0/version" => version(&request),
        _ => Err(Error::message(404, "Not found")),
    }
}

/// For programs: where everything is.
async fn index(request: &Request) -> Result<Reply> {
    method::allow(request, &["GET"], Style::Json)?;
    let base = settings::base_url(request).await?;
    Ok(Reply::json(
        200,
        &Index {
            decision: format!("{base}{GATES}/decision"),
            documentation: DOCUMENTATION,
            policies: format!("{base}{GATES}/policies"),
            results: format!("{base}{RESULTS}/results"),
            waivers: format!("{base}{GATES}/waivers/"),
        },
    )?)
}

/// For people: the same as a page. Its links are relative, so that they hold below any path.
fn index_page(request: &Request) -> Result<Reply> {
    method::allow(request, &["GET"], Style::Html)?;
    Ok(Reply::new(200, "text/html; charset=utf-8", INDEX_PAGE))
}

fn icon(request: &Request) -> Result<Reply> {
    method::allow(request, &["GET"], Style::Html)?;
    Ok(Reply::new(200, "image/png", ICON))
}

/// ResultsDB answers its landing page with the status 300, and clients expect that.
async fn landing_page(request: &Request) -> Result<Reply> {
    method::allow(request, &["GET"], Style::Html)?;
    let base = format!("{}{RESULTS}", settings::base_url(request).await?);
    Ok(Reply::json(
        300,
        &LandingPage {
            documentation: DOCUMENTATION,
            groups: format!("{base}/groups"),
            message: GREETING,
            outcomes: settings::outcomes().await?.as_ref(),
            results: format!("{base}/results"),
            testcases: format!("{base}/testcases"),
        },
    )?)
}

/// WaiverDB and Greenwave both have this path: one answer serves the clients of both. The method is
/// the first by which waivers are accepted, in WaiverDB's words.
async fn about(request: &Request) -> Result<Reply> {
    method::allow(request, &["GET"], Style::Json)?;
    let about = About {
        auth_method: settings::waiver_method().await?.to_string(),
        version: env!("CARGO_PKG_VERSION"),
    };
    Ok(Reply::json(200, &about)?)
}

fn version(request: &Request) -> Result<Reply> {
    method::allow(request, &["GET"], Style::Json)?;
    Ok(Reply::redirect(302, format!("{GATES}/about")))
}
