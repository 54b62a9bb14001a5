//! `POST /api/v2.0/groups`: creates a group, or updates what the body says of a known one.
//!
//! It stands in front of `query-groups`, which answers every other method of the path.

use endpoint::identity::Family;
use endpoint::results::catalogue::{GroupJson, new_group};
use endpoint::{Incoming, identity, settings};
use http_edge::body::{self, MAX_BODY_BYTES};
use http_edge::idempotency::Key;
use http_edge::method::Style;
use http_edge::{Reply, Result};
use uuid::{Uuid, uuid};

/// The namespace of groups that are named by caller and key (UUID version 5). Never to be changed.
const KEYED_GROUPS: Uuid = uuid!("4c1ffabc-0b4d-450c-8e81-dcefd45cb4bc");

endpoint::store!("put-group");

endpoint::serve_before!("POST", put);

async fn put(incoming: Incoming) -> Result<Reply> {
    incoming.request.require_no_final_slash()?;
    let request = incoming.with_body(MAX_BODY_BYTES).await?;
    let caller = identity::caller(&request, Family::Results).await?;
    let body = body::json(&request, Style::Html)?;
    let key = Key::of(&request, &caller.user)?;
    let group = new_group(&body, || new_uuid(key.as_ref()).to_string())?;
    let base = settings::base_url(&request).await?;
    let group = store::catalogue_writes::put_group(&group)?;
    Ok(Reply::json(201, &GroupJson::new(&group, &base))?)
}

/// A group without an identifier gets a random one, or the one that belongs to its key: so a
/// repeated request means the same group.
fn new_uuid(key: Option<&Key>) -> Uuid {
    match key {
        Some(key) => {
            let name = format!("{}\0{}", key.caller, key.key);
            Uuid::new_v5(&KEYED_GROUPS, name.as_bytes())
        }
        None => Uuid::new_v4(),
    }
}
