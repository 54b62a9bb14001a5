//! `GET /metrics` and `GET /api/v1.0/metrics`: numbers for Prometheus.
//!
//! Only what is true of the whole application: an instance lives for seconds and sees a part of the
//! requests, so that what it could count by itself (requests, errors, times) would mean nothing.

use endpoint::Incoming;
use http_edge::method::{self, Style};
use http_edge::{Reply, Result};

endpoint::store!("report-metrics");

/// Prometheus' text format.
const MEDIA_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

endpoint::serve!(report);

async fn report(incoming: Incoming) -> Result<Reply> {
    let request = incoming.request;
    request.require_no_final_slash()?;
    method::allow(&request, &["GET"], Style::Json)?;
    let counts = store::statistics::count()?;
    let text = format!(
        "# HELP sluicegate_build_info Which version answers; the value is always 1.\n\
         # TYPE sluicegate_build_info gauge\n\
         sluicegate_build_info{{version=\"{}\"}} 1\n\
         # HELP sluicegate_results_stored_total Test results stored, by all versions of the API.\n\
         # TYPE sluicegate_results_stored_total counter\n\
         sluicegate_results_stored_total {}\n\
         # HELP sluicegate_waivers_stored_total Waivers stored, obsolete ones too.\n\
         # TYPE sluicegate_waivers_stored_total counter\n\
         sluicegate_waivers_stored_total {}\n",
        env!("CARGO_PKG_VERSION"),
        counts.results,
        counts.waivers,
    );
    Ok(Reply::new(200, MEDIA_TYPE, text))
}
