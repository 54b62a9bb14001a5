//! `POST /api/v1/waivers/{id}/approval`: somebody who may waive, and is not who asked, approves or
//! denies a request.

use endpoint::Incoming;
use endpoint::records::Waiver;
use endpoint::waivers::acting::Acting;
use endpoint::waivers::life::step;
use http_edge::{Error, Reply, Result};

endpoint::store!("decide-on-waiver");

endpoint::serve!(decide);

const STORE: step::Store = step::Store {
    get: store::waiver_reads::get,
    take: store::waiver_writes::take,
};

async fn decide(incoming: Incoming) -> Result<Reply> {
    step::take(incoming, STORE, step::decision, require_right).await
}

/// Passes who may waive.
fn require_right(acting: &Acting, waiver: &Waiver) -> Result<()> {
    match acting.why_not_waive(&waiver.testcase)? {
        None => Ok(()),
        Some(text) => {
            let text = format!("{text}: who may not waive doesn't decide about requests either");
            Err(Error::message(403, &text))
        }
    }
}
