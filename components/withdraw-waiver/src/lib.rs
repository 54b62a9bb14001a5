//! `POST /api/v1/waivers/{id}/withdrawal`: whoever made or asked for a waiver, or may waive, takes it
//! back.

use endpoint::Incoming;
use endpoint::records::{Waiver, WaiverAction};
use endpoint::waivers::acting::Acting;
use endpoint::waivers::life::step;
use http_edge::{Error, Reply, Result};

endpoint::store!("withdraw-waiver");

endpoint::serve!(withdraw);

const STORE: step::Store = step::Store {
    get: store::waiver_reads::get,
    take: store::waiver_writes::take,
};

async fn withdraw(incoming: Incoming) -> Result<Reply> {
    let read = |body: &_| Ok((WaiverAction::Withdrawn, step::withdrawal(body)?));
    step::take(incoming, STORE, read, require_right).await
}

/// Passes who made the waiver, in an own name or as a proxy, and who may waive.
fn require_right(acting: &Acting, waiver: &Waiver) -> Result<()> {
    let person = &acting.person.user;
    if *person == waiver.username || waiver.proxied_by.as_ref() == Some(person) {
        return Ok(());
    }
    match acting.why_not_waive(&waiver.testcase)? {
        None => Ok(()),
        Some(text) => {
            let text = format!("{text}, and {} made this waiver", waiver.username);
            Err(Error::message(403, &text))
        }
    }
}
