//! `GET /api/v2.0/testcases/{name}`: one test case, and `GET /api/v2.0/testcases/{name}/results`:
//! its results that match a query.
//!
//! Names may have slashes, so that both paths come here; what ends in `/results` asks for results.

use endpoint::records::TestCase;
use endpoint::results::list;
use endpoint::results::wire::{PREFIX, TestCaseJson};
use endpoint::{Incoming, settings};
use http_edge::method::{self, Style};
use http_edge::request::decode;
use http_edge::{Error, Reply, Request, Result};

endpoint::store!("get-test-case");

endpoint::serve!(get);

async fn get(incoming: Incoming) -> Result<Reply> {
    let request = incoming.request;
    method::allow(&request, &["GET"], Style::Html)?;
    let path = request.path.strip_prefix(PREFIX).unwrap_or_default();
    let name = path.strip_prefix("/testcases/").unwrap_or_default();
    match name.strip_suffix("/results") {
        Some(name) => results(&request, &decode(name)).await,
        None => {
            let test_case = known(&decode(name))?;
            let base = settings::base_url(&request).await?;
            Ok(Reply::json(200, &TestCaseJson::new(&test_case, &base))?)
        }
    }
}

fn known(name: &str) -> Result<TestCase> {
    let test_case = store::catalogue_reads::get_test_case(name)?;
    test_case.ok_or_else(|| Error::message(404, "Testcase not found"))
}

async fn results(request: &Request, name: &str) -> Result<Reply> {
    let mut query = list::query(request).await?;
    query.filter.test_cases = vec![known(name)?.name];
    let base = settings::base_url(request).await?;
    list::results(request, &base, &query, |filter, order, page| {
        store::result_reads::find(filter, order, page)
    })
}
