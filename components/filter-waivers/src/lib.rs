//! `POST /api/v1.0/waivers/+filtered`: the waivers that match any of several filters, unpaged.

use endpoint::Incoming;
use endpoint::sharing::Sharing;
use endpoint::waivers::{filtered, list};
use http_edge::body::{self, MAX_BODY_BYTES};
use http_edge::method::{self, Style};
use http_edge::{Reply, Result};

endpoint::store!("filter-waivers");

endpoint::serve!(find);

async fn find(incoming: Incoming) -> Result<Reply> {
    let sharing = Sharing::of(&incoming.request).await?;
    sharing.finish(answer(incoming).await)
}

async fn answer(incoming: Incoming) -> Result<Reply> {
    incoming.request.require_no_final_slash()?;
    method::allow(&incoming.request, &["POST"], Style::Json)?;
    let request = incoming.with_body(MAX_BODY_BYTES).await?;
    let (filters, selection) = filtered::parse(&body::json(&request, Style::Json)?)?;
    list::unpaged(&filters, |filters, part| {
        store::waiver_reads::find(filters, selection, endpoint::now_us(), part)
    })
}
