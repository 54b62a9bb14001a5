//! `POST /api/v1/messages`: a message from a bus, or a batch of them, becomes results.
//!
//! Each message is stored with all of its results or not at all, and once, however often it is
//! delivered. It has no way to read results.

use endpoint::Incoming;
use endpoint::identity::Family;
use endpoint::{identity, settings};
use http_edge::body::MAX_BODY_BYTES;
use http_edge::method::{self, Style};
use http_edge::query::Query;
use http_edge::{Reply, Request, Result};
use intake::Receiver;
use intake::wire::{Told, ToldOfBatch};
use messages::{Delivered, Delivery};

endpoint::store!("submit-message");

endpoint::serve!(submit);

async fn submit(incoming: Incoming) -> Result<Reply> {
    incoming.request.require_no_final_slash()?;
    method::allow(&incoming.request, &["POST"], Style::Json)?;
    let outcomes = settings::outcomes().await?;
    let reserved = settings::reserved_test_cases().await?;
    let base = settings::base_url(&incoming.request).await?;
    incoming.request.refuse_foreign_pages(&base)?;
    let request = incoming.with_body(MAX_BODY_BYTES).await?;
    let caller = identity::caller(&request, Family::Results).await?;
    let receiver = Receiver {
        caller: &caller.user,
        place: &request.path,
        base: &base,
        outcomes: &outcomes,
        reserved: &reserved,
    };
    let take = |message| intake::take(message, &receiver, store::result_writes::submit);
    match read(&request, &outcomes) {
        Delivered::One(message) => single(&take(&message)?),
        Delivered::Batch(messages) => {
            let messages = messages.iter().map(take).collect::<Result<_>>()?;
            let told = ToldOfBatch { messages };
            Ok(Reply::json(told.status(), &told)?)
        }
    }
}

fn read(request: &Request, outcomes: &[String]) -> Delivered {
    let query = Query::parse(&request.query);
    let topic = query.first("topic");
    let topic = topic.or_else(|| request.header("x-message-topic"));
    let delivery = Delivery {
        topic: given(topic),
        id: given(request.header("x-message-id")),
        headers: &request.headers,
        outcomes,
    };
    messages::read(&delivery, &request.body)
}

fn given(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

fn single(told: &Told) -> Result<Reply> {
    let reply = Reply::json(told.status, told)?;
    Ok(match told.known {
        Some(true) => http_edge::idempotency::replayed(reply),
        _ => reply,
    })
}
