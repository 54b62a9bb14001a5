//! The HTTP server: connections in, requests to components, responses out, and an orderly end.
//!
//! Knows sockets and routes; must not know what a component can do.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context, Result};
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Empty, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use wasmtime_wasi_http::handler::{ErrorCode, TrapOrPanicError};
use wasmtime_wasi_http::p3::bindings::http::types as p3_types;

use crate::application::{Application, Served};
use crate::background::Questions;
use crate::headers;
use crate::routes::{Matched, RESERVED_PREFIX};

type Body = UnsyncBoxBody<Bytes, BodyError>;
type BodyError = Box<dyn std::error::Error + Send + Sync>;

/// A bound server. It serves once [`Server::run`] is awaited.
pub struct Server {
    listener: TcpListener,
    shared: Arc<Shared>,
}

struct Shared {
    application: Application,
    in_flight: Semaphore,
    /// What changes something leaves room for questions.
    changes_in_flight: Semaphore,
    background: Handle,
    questions: Questions,
}

impl Server {
    /// Binds `listen`; port 0 picks a free one. Requests that change something are handled in the
    /// `background` while others ask.
    pub async fn bind(
        application: Application,
        listen: SocketAddr,
        background: Handle,
    ) -> Result<Self> {
        let listener = TcpListener::bind(listen)
            .await
            .with_context(|| format!("can't listen on `{listen}`"))?;
        let address = listener.local_addr()?.to_string();
        let _ = application.own_address.set(address.parse()?);
        let limit = application.limits.requests_in_flight;
        let shared = Arc::new(Shared {
            application,
            in_flight: Semaphore::new(limit),
            changes_in_flight: Semaphore::new((limit - limit / 4).max(1)),
            background,
            questions: Questions::default(),
        });
        Ok(Self { listener, shared })
    }

    /// Where it listens.
    pub fn address(&self) -> Result<SocketAddr> {
        Ok(self.listener.local_addr()?)
    }

    /// The routes and the ids of their components, most specific first.
    pub fn routes(&self) -> impl Iterator<Item = (&str, &str)> {
        let routes = self.shared.application.routes.iter();
        routes.map(|(route, served)| (route.raw.as_str(), &*served.component))
    }

    /// Serves until `stop` is ready, then lets requests in flight finish, for a while.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        // Dropping the receiver end in every connection is how their end is noticed.
        let (stopping, stopped) = watch::channel(false);
        let mut stop = std::pin::pin!(stop);
        loop {
            tokio::select! {
                () = &mut stop => break,
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, client)) => {
                        tokio::spawn(serve(self.shared.clone(), stream, client, stopped.clone()));
                    }
                    Err(error) => {
                        // Out of file descriptors, mostly: some will be free again soon.
                        eprintln!("can't accept a connection: {error}");
                        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                    }
                },
            }
        }
        drop(self.listener);
        drop(stopped);
        let _ = stopping.send(true);
        let limit = self.shared.application.limits.stop_time;
        if tokio::time::timeout(limit, stopping.closed())
            .await
            .is_err()
        {
            eprintln!(
                "warning: requests were still in flight after {} s",
                limit.as_secs()
            );
        }
    }
}

/// One connection, request after request.
async fn serve(
    shared: Arc<Shared>,
    stream: TcpStream,
    client: SocketAddr,
    mut stopped: watch::Receiver<bool>,
) {
    // A response may leave as two segments; without this the second waits for the client's ACK.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| {
        let shared = shared.clone();
        async move { Ok::<_, Infallible>(shared.respond(request, client).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    // Errors here are the client's: it went away, or it doesn't speak HTTP.
    tokio::select! {
        _ = connection.as_mut() => return,
        _ = stopped.wait_for(|stopped| *stopped) => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}

impl Shared {
    async fn respond(&self, mut request: Request<Incoming>, client: SocketAddr) -> Response<Body> {
        headers::strip(&mut request);
        let path = request.uri().path().to_owned();
        if let Some(reserved) = path.strip_prefix(RESERVED_PREFIX) {
            return match reserved {
                "health" => answer(StatusCode::OK, full("OK")),
                _ => answer(StatusCode::NOT_FOUND, empty()),
            };
        }
        match self.application.routes.find(&path) {
            Some(matched) => self.call(request, matched, client).await,
            None => answer(StatusCode::NOT_FOUND, empty()),
        }
    }

    /// Has a component answer. What goes wrong inside is logged here or, for a trap, by the
    /// instance; the client learns only that it did.
    async fn call(
        &self,
        mut request: Request<Incoming>,
        matched: Matched<'_, '_, Served>,
        client: SocketAddr,
    ) -> Response<Body> {
        let prepared = headers::set_uri(&mut request)
            .and_then(|()| headers::add_spin_headers(&mut request, &matched, client));
        if let Err(reason) = prepared {
            return answer(StatusCode::BAD_REQUEST, full(format!("{reason}\n")));
        }
        let request = request.map(|body| {
            let error = |e| ErrorCode::P3(p3_types::ErrorCode::from_hyper_request_error(e));
            body.map_err(error).boxed_unsync()
        });
        let served = matched.target;
        let only_asks = served.only_asks(request.method());
        let _place = match only_asks {
            true => None,
            false => self.changes_in_flight.acquire().await.ok(),
        };
        let Ok(_permit) = self.in_flight.acquire().await else {
            return answer(StatusCode::SERVICE_UNAVAILABLE, empty());
        };
        let question = only_asks.then(|| self.questions.begin());
        let handled = if question.is_none() && self.questions.are_asked() {
            let handler = served.background.clone();
            // Ends with this future, as what is handled here does.
            let mut task = JoinSet::new();
            let handle = async move { handler.handle((), request).await };
            task.spawn_on(handle, &self.background);
            match task.join_next().await {
                Some(Ok(handled)) => handled,
                // It panicked, which has been told, or the host stops.
                _ => return answer(StatusCode::INTERNAL_SERVER_ERROR, empty()),
            }
        } else {
            served.handler.handle((), request).await
        };
        match handled {
            Ok(response) => response.map(|body| body.map_err(BodyError::from).boxed_unsync()),
            Err(error) => {
                if !error.is::<TrapOrPanicError>() {
                    let component = &served.component;
                    eprintln!("component `{component}` gave no response: {error:#}");
                }
                answer(StatusCode::INTERNAL_SERVER_ERROR, empty())
            }
        }
    }
}

fn answer(status: StatusCode, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response
}

fn empty() -> Body {
    Empty::new().map_err(BodyError::from).boxed_unsync()
}

fn full(text: impl Into<Bytes>) -> Body {
    Full::new(text.into())
        .map_err(BodyError::from)
        .boxed_unsync()
}
