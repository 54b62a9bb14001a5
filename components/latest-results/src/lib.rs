//! `GET /api/v2.0/results/latest`: the latest result of each test case, or of each test case and
//! value of some keys.

use endpoint::Incoming;
use endpoint::records::Detail;
use endpoint::results::list::{self, Latest};
use endpoint::results::wire::ResultJson;
use endpoint::settings;
use http_edge::method::{self, Style};
use http_edge::{Error, Reply, Result};

endpoint::store!("latest-results");

endpoint::serve!(latest);

async fn latest(incoming: Incoming) -> Result<Reply> {
    let request = incoming.request;
    request.require_no_final_slash()?;
    method::allow(&request, &["GET"], Style::Html)?;
    let query = list::query(&request).await?;
    let results = if query.distinct_on.is_empty() {
        store::result_reads::latest(&query.filter)?
    } else if query.has_filter() {
        let filters = std::slice::from_ref(&query.filter);
        let lists =
            store::result_reads::latest_distinct(filters, &query.distinct_on, Detail::Whole)?;
        lists.into_iter().next().unwrap_or_default()
    } else {
        let text = "Please, provide at least one filter beside '_distinct_on'";
        return Err(Error::bad_request(text));
    };
    let latest = Latest {
        data: ResultJson::list(&results, &settings::base_url(&request).await?)?,
    };
    Ok(Reply::json(200, &latest)?)
}
