//! The Redis trigger: each message of a channel goes to a component.
//!
//! As under Spin, a message gets an instance of its own, the messages of a server come one after the
//! other, and a server that goes away ends the host, so that whoever watches it starts it anew.
//! Redis keeps no message for who is not there. Must not know what a component can do.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow};
use futures_util::{StreamExt, future};
use redis::aio::PubSub;
use redis::{Client, Msg};
use wasmtime::Engine;
use wasmtime::component::Linker;

use crate::bindings::handler::{RedisHandlerPre, exports::spin::redis::inbound_redis::Error};
use crate::instance::{self, Grants, Guest};
use crate::limits::Limits;

/// A component that takes the messages of a channel.
pub struct Subscription {
    /// The server, such as `redis://127.0.0.1:6379`.
    pub address: String,
    /// The channel.
    pub channel: String,
    /// Who takes its messages.
    pub handler: Arc<Handler>,
}

/// A component that takes messages.
pub struct Handler {
    engine: Engine,
    component: RedisHandlerPre<Guest>,
    grants: Arc<Grants>,
    limits: Limits,
}

impl Handler {
    /// Finds the host's functions for everything that the component imports.
    pub fn new(
        linker: &Linker<Guest>,
        component: &wasmtime::component::Component,
        grants: Arc<Grants>,
        limits: Limits,
    ) -> Result<Self> {
        let linked = linker
            .instantiate_pre(component)
            .map_err(anyhow::Error::from)
            .context("it imports what this host doesn't have")?;
        Ok(Self {
            engine: component.engine().clone(),
            component: RedisHandlerPre::new(linked)
                .map_err(anyhow::Error::from)
                .context("it doesn't export `spin:redis/inbound-redis@3.0.0`")?,
            grants,
            limits,
        })
    }

    async fn handle(&self, message: Vec<u8>) -> Result<()> {
        let mut store = instance::store(&self.engine, &self.grants, &self.limits)?;
        let component = self.component.instantiate_async(&mut store).await?;
        let call = store.run_concurrent(async |accessor| {
            let handler = component.spin_redis_inbound_redis();
            handler.call_handle_message(accessor, message).await
        });
        let answer = tokio::time::timeout(self.limits.request_time, call);
        match answer.await.context("it took too long")??? {
            Ok(()) => Ok(()),
            Err(Error::Other(reason)) => Err(anyhow!(reason)),
            Err(error) => Err(anyhow!("{error:?}")),
        }
    }
}

/// Subscriptions of one server that are in force.
struct Subscribed {
    address: String,
    connection: PubSub,
    handlers: BTreeMap<String, Vec<Arc<Handler>>>,
}

/// All subscriptions of an application, in force.
pub struct Redis(Vec<Subscribed>);

impl Redis {
    /// Connects to each server and subscribes to its channels.
    pub async fn subscribe(subscriptions: Vec<Subscription>) -> Result<Self> {
        let mut servers: BTreeMap<String, BTreeMap<String, Vec<Arc<Handler>>>> = BTreeMap::new();
        for one in subscriptions {
            let channels = servers.entry(one.address).or_default();
            channels.entry(one.channel).or_default().push(one.handler);
        }
        let mut subscribed = Vec::with_capacity(servers.len());
        for (address, handlers) in servers {
            let connection = connect(&address, handlers.keys())
                .await
                .with_context(|| format!("Redis at `{address}`"))?;
            subscribed.push(Subscribed {
                address,
                connection,
                handlers,
            });
        }
        Ok(Self(subscribed))
    }

    /// Hands messages over until a server goes away; never ends where there is none.
    pub async fn run(self) -> anyhow::Error {
        if self.0.is_empty() {
            return future::pending().await;
        }
        let servers = self.0.into_iter().map(|server| Box::pin(server.run()));
        future::select_all(servers).await.0
    }
}

async fn connect(address: &str, channels: impl Iterator<Item = &String>) -> Result<PubSub> {
    let client = Client::open(address)?;
    let mut connection = client.get_async_pubsub().await?;
    for channel in channels {
        connection.subscribe(channel).await?;
    }
    Ok(connection)
}

impl Subscribed {
    async fn run(mut self) -> anyhow::Error {
        let mut messages = self.connection.on_message();
        while let Some(message) = messages.next().await {
            hand_over(&self.handlers, &message).await;
        }
        anyhow!("Redis at `{}` went away", self.address)
    }
}

/// What goes wrong is logged; Redis has no use for it.
async fn hand_over(handlers: &BTreeMap<String, Vec<Arc<Handler>>>, message: &Msg) {
    let Some(handlers) = handlers.get(message.get_channel_name()) else {
        return;
    };
    let payload = message.get_payload_bytes();
    let calls = handlers.iter().map(|handler| async {
        if let Err(error) = handler.handle(payload.to_vec()).await {
            let component = &handler.grants.component;
            eprintln!("component `{component}` failed for a message: {error:#}");
        }
    });
    future::join_all(calls).await;
}
