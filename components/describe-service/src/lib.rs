//! What the service is (`/`, `/index`, `/api/v1.0/`, `/api/v2.0`, `/api/v1.0/about`,
//! `/api/v1.0/version`), and the answer to every path that no other component has.

mod templates;

use endpoint::gates::{GateAnswers, strictly_over_https};
use endpoint::results::wire::PREFIX as RESULTS;
use endpoint::service::{About, Index, LandingPage, UrlTemplates};
use endpoint::waivers::wire::PREFIX as GATES;
use endpoint::{Incoming, settings};
use gate::GateConfig;
use http_edge::method::{self, Style};
use http_edge::{Error, Reply, Request, Result};
use std::collections::BTreeMap;

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
        "/index" => index_page(&request),
        "" if request.accepts("text/html") => index_page(&request),
        "/favicon.png" => icon(&request),
        RESULTS => landing_page(&request).await,
        path if path.is_empty() || path == GATES || path.starts_with("/api/v1.0/") => {
            let answers = GateAnswers::of(&request).await?;
            Ok(answers.finish(of_gates(&request, path).await))
        }
        _ => Err(unknown()),
    }
}

/// What Greenwave has, too.
async fn of_gates(request: &Request, path: &str) -> Result<Reply> {
    match path {
        "" | GATES => index(request).await,
        "/api/v1.0/about" => about(request).await,
        "/api/v1.0/version" => version(request),
        _ => Err(unknown()),
    }
}

fn unknown() -> Error {
    Error::message(404, "Not found")
}

/// For programs: where everything is.
async fn index(request: &Request) -> Result<Reply> {
    method::allow(request, &["GET"], Style::Json)?;
    let base = settings::base_url(request).await?;
    let gates = format!("{base}{GATES}");
    let config = GateConfig::default();
    let index = Index {
        decision: format!("{gates}/decision"),
        documentation: DOCUMENTATION,
        koji_api: settings::koji_api().await?,
        outcomes_error: config.outcomes_error,
        outcomes_incomplete: config.outcomes_incomplete,
        outcomes_passed: config.outcomes_passed,
        policies: format!("{gates}/policies"),
        remote_rule_policies: remote_rule_policies().await?,
        results: format!("{base}{RESULTS}/results"),
        resultsdb_api: format!("{base}{RESULTS}"),
        waiverdb_api: gates.clone(),
        waivers: format!("{gates}/waivers/"),
        api_v1: gates,
    };
    Ok(Reply::json(200, &index)?)
}

async fn remote_rule_policies() -> Result<BTreeMap<String, UrlTemplates>> {
    let text = settings::remote_rule_policies().await?;
    templates::read(&text)
        .map_err(|reason| Error::Internal(format!("variable `remote_rule_policies`: {reason}")))
}

/// For people: the same as a page. Its links are relative, so that they hold below any path.
fn index_page(request: &Request) -> Result<Reply> {
    method::allow(request, &["GET"], Style::Html)?;
    let page = Reply::new(200, "text/html; charset=utf-8", INDEX_PAGE);
    Ok(strictly_over_https(page))
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
