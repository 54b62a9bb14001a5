//! `GET /api/v2.0/testcases`: the test cases that match a query, by name, page by page.
//!
//! `put-test-case` stands in front of it and takes the `POST`s of the path.

use endpoint::results::catalogue::test_case_query;
use endpoint::results::list;
use endpoint::results::wire::TestCaseJson;
use endpoint::{Incoming, settings};
use http_edge::method::{self, Style};
use http_edge::query::Query;
use http_edge::{Reply, Result};

endpoint::store!("query-test-cases");

endpoint::serve!(query);

async fn query(incoming: Incoming) -> Result<Reply> {
    let request = incoming.request;
    request.require_no_final_slash()?;
    // `POST` is allowed on this path, though it never comes here.
    method::allow(&request, &["POST", "GET"], Style::Html)?;
    let max_page_size = settings::max_page_size().await?;
    let query = Query::parse(&request.query);
    let (names, like, paging) = test_case_query(&query, max_page_size)?;
    let found = store::catalogue_reads::find_test_cases(&names, &like, list::part(paging))?;
    let base = settings::base_url(&request).await?;
    let test_cases = found
        .iter()
        .map(|test_case| TestCaseJson::new(test_case, &base));
    list::answer(&request, &base, paging, test_cases.collect())
}
