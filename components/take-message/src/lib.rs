//! Messages of a Redis channel become results, as those of `POST /api/v1/messages` do.
//!
//! Spin hands over what was published and nothing else, so topic and identifier must be in the
//! message: in its envelope, or as attributes of a CloudEvent. Redis keeps no message for who is away,
//! and takes no answer: what is wrong with a message goes to the log.

#![allow(
    missing_docs,
    unsafe_code,
    reason = "generated bindings; the documentation is in wit/"
)]

use endpoint::settings;
use http_edge::Error;
use intake::Receiver;
use intake::wire::{Told, Word};
use messages::{Delivered, Delivery};

mod bindings {
    #![allow(missing_docs, unsafe_code, clippy::all, clippy::restriction)]
    spin_sdk::wit_bindgen::generate!({
        world: "take-message",
        path: "../../wit",
        runtime_path: "::spin_sdk::wit_bindgen::rt",
        with: { "sluicegate:store/records@0.1.0": endpoint::records },
        pub_export_macro: true,
        generate_all,
    });
}

use bindings::exports::spin::redis::inbound_redis;
use bindings::sluicegate::store;

/// Who delivers, for keys of repetition and for reserved test cases, and where.
const CALLER: &str = "redis";

struct Component;

bindings::export!(Component with_types_in bindings);

impl inbound_redis::Guest for Component {
    async fn handle_message(message: inbound_redis::Payload) -> Result<(), inbound_redis::Error> {
        take(&message).await.map_err(|error| {
            let (reply, log) = error.into_reply();
            let said = String::from_utf8_lossy(&reply.body);
            let log = log.unwrap_or_else(|| said.trim().to_owned());
            http_edge::log::line(&format!("error: {log}"));
            inbound_redis::Error::Other(log)
        })
    }
}

async fn take(body: &[u8]) -> Result<(), Error> {
    let outcomes = settings::outcomes().await?;
    let reserved = settings::reserved_test_cases().await?;
    let receiver = Receiver {
        caller: CALLER,
        place: CALLER,
        // Nobody reads an answer, so nobody follows its links.
        base: "",
        outcomes: &outcomes,
        reserved: &reserved,
    };
    let delivery = Delivery {
        topic: None,
        id: None,
        headers: &[],
        outcomes: &outcomes,
    };
    let take = |message| intake::take(message, &receiver, store::result_writes::submit);
    match messages::read(&delivery, body) {
        Delivered::One(message) => log(&take(&message)?),
        Delivered::Batch(messages) => {
            for message in &messages {
                log(&take(message)?);
            }
        }
    }
    Ok(())
}

/// What nobody else is told.
fn log(told: &Told) {
    if told.verdict == Word::Rejected
        && let Ok(told) = serde_json::to_string(told)
    {
        http_edge::log::line(&format!("rejected: {told}"));
    }
}
