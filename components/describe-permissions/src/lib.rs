//! Who may waive: `GET /api/v1.0/permissions`, as JSON or as a page, and `GET /api/v1.0/config`.
//!
//! It has no store.

use ::permissions::{Mapping, Rule};
use endpoint::sharing::Sharing;
use endpoint::waivers::filter::truth;
use endpoint::{Incoming, permissions, settings};
use http_edge::method::{self, Style};
use http_edge::query::Query;
use http_edge::validation::Mistakes;
use http_edge::{Reply, Request, Result};
use pages::permissions::{Row, page};
use serde::Serialize;

endpoint::serve!(describe);

/// Keys in WaiverDB's order.
#[derive(Serialize)]
struct Config<'a> {
    permission_mapping: &'a Mapping,
    superusers: Vec<String>,
}

async fn describe(incoming: Incoming) -> Result<Reply> {
    let request = incoming.request;
    let sharing = Sharing::of(&request).await?;
    sharing.finish(answer(&request).await)
}

async fn answer(request: &Request) -> Result<Reply> {
    method::allow(request, &["GET"], Style::Json)?;
    match request.path.trim_end_matches('/').ends_with("/config") {
        true => config().await,
        false => list(&Query::parse(&request.query)),
    }
}

async fn config() -> Result<Reply> {
    let rules = permissions::of_waivers()?;
    let none = Mapping::default();
    let config = Config {
        permission_mapping: rules.mapping().unwrap_or(&none),
        superusers: settings::superusers().await?,
    };
    Ok(Reply::spaced_json(200, &config)?)
}

/// All rules, or with `testcase` those about the test case of this name.
fn list(query: &Query) -> Result<Reply> {
    let mut mistakes = Mistakes::default();
    let as_page = truth(query, "html", &mut mistakes);
    mistakes.check()?;
    let known = permissions::of_waivers()?;
    let testcase = query.first("testcase").filter(|name| !name.is_empty());
    let rules = known.rules(testcase);
    if !as_page {
        return Ok(Reply::spaced_json(200, &rules)?);
    }
    let rows: Vec<Row<'_>> = rules.into_iter().map(row).collect();
    Ok(page(testcase, &rows, known.rules(None).is_empty()))
}

fn row(rule: Rule<'_>) -> Row<'_> {
    match rule {
        Rule::Entry(entry) => Row {
            name: entry.name.as_deref().unwrap_or_default(),
            description: entry.description.as_deref().unwrap_or_default(),
            maintainers: entry.maintainers.as_deref().unwrap_or_default(),
            testcases: entry.testcases.as_deref().unwrap_or_default(),
            testcases_ignore: entry.testcases_ignore.as_deref().unwrap_or_default(),
            regex: None,
            users: entry.users.as_deref().unwrap_or_default(),
            groups: entry.groups.as_deref().unwrap_or_default(),
        },
        Rule::Mapped(mapped) => Row {
            name: &mapped.pattern,
            description: "",
            maintainers: mapped.maintainer.as_slice(),
            testcases: &[],
            testcases_ignore: &[],
            regex: Some(&mapped.pattern),
            users: &mapped.users,
            groups: &mapped.groups,
        },
    }
}
