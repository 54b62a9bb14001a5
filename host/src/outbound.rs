//! Outgoing HTTP requests of components: checked against the grants, then sent.
//!
//! Must not know the pattern language ([`crate::allowed_hosts`]) or who sends what.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use http::header::HOST;
use http::uri::{Authority, Scheme};
use http::{Request, Response, Uri};
use http_body_util::BodyExt;
use http_body_util::combinators::UnsyncBoxBody;
use wasmtime_wasi::TrappableError;
use wasmtime_wasi_http::p3::bindings::http::types::ErrorCode;
use wasmtime_wasi_http::p3::{RequestOptions, WasiHttpHooks, default_send_request};

use crate::allowed_hosts::AllowedHosts;

/// The name by which a component may call its own application where a URI needs an authority.
const MYSELF: &str = "self.alt";

/// What a component may call.
pub struct OutboundGrants {
    /// The component's id, for messages.
    pub component: Arc<str>,
    /// Its patterns.
    pub allowed: AllowedHosts,
    /// Where the application itself listens; known once it does.
    pub own_address: Arc<OnceLock<Authority>>,
}

/// Sends a component's requests.
pub struct OutboundHooks(pub Arc<OutboundGrants>);

type Body = UnsyncBoxBody<Bytes, ErrorCode>;
type Transmission = Box<dyn Future<Output = Result<(), ErrorCode>> + Send>;
type Answer = Result<(Response<Body>, Transmission), TrappableError<ErrorCode>>;

impl WasiHttpHooks for OutboundHooks {
    fn send_request(
        &mut self,
        mut request: Request<Body>,
        options: Option<RequestOptions>,
        _: Transmission,
    ) -> Box<dyn Future<Output = Answer> + Send> {
        let grants = self.0.clone();
        Box::new(async move {
            grants.check(&mut request)?;
            let (response, transmission) = default_send_request(request, options).await?;
            let transmission: Transmission = Box::new(transmission);
            Ok((response.map(BodyExt::boxed_unsync), transmission))
        })
    }
}

impl OutboundGrants {
    /// Refuses what isn't granted, and gives a request to the application itself its address.
    fn check<B>(&self, request: &mut Request<B>) -> Result<(), ErrorCode> {
        let host = request.uri().host().unwrap_or_default();
        if !host.is_empty() && host != MYSELF {
            if self.allowed.allow(request.uri()) {
                return Ok(());
            }
            let uri = request.uri();
            let scheme = uri.scheme_str().unwrap_or("https");
            return Err(self.denied(scheme, uri.authority().map_or("", Authority::as_str)));
        }
        if !self.allowed.allow_self() {
            return Err(self.denied("http", "self"));
        }
        let address = self
            .own_address
            .get()
            .ok_or(ErrorCode::HttpRequestUriInvalid)?;
        let mut parts = std::mem::take(request.uri_mut()).into_parts();
        parts.scheme = Some(Scheme::HTTP);
        parts.authority = Some(address.clone());
        *request.uri_mut() =
            Uri::from_parts(parts).map_err(|_| ErrorCode::HttpRequestUriInvalid)?;
        if let Ok(host) = address.as_str().try_into() {
            request.headers_mut().insert(HOST, host);
        }
        Ok(())
    }

    fn denied(&self, scheme: &str, authority: &str) -> ErrorCode {
        eprintln!(
            "component `{}` may not call `{scheme}://{authority}`: `allowed_outbound_hosts` doesn't name it",
            self.component
        );
        ErrorCode::HttpRequestDenied
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(patterns: &[&str], uri: &str) -> Result<String, ErrorCode> {
        let own_address = Arc::new(OnceLock::new());
        own_address
            .set(Authority::from_static("127.0.0.1:3000"))
            .unwrap();
        let grants = OutboundGrants {
            component: "c".into(),
            allowed: AllowedHosts::parse(patterns.iter().copied()).unwrap(),
            own_address,
        };
        let mut request = Request::builder().uri(uri).body(()).unwrap();
        grants.check(&mut request)?;
        Ok(request.uri().to_string())
    }

    #[test]
    fn what_is_not_granted_is_denied() {
        let denied = checked(&["https://a.test"], "https://b.test/x");
        assert!(matches!(denied, Err(ErrorCode::HttpRequestDenied)));
        let denied = checked(&["https://a.test"], "http://self.alt/x");
        assert!(matches!(denied, Err(ErrorCode::HttpRequestDenied)));
        assert_eq!(
            checked(&["https://a.test"], "https://a.test/x").unwrap(),
            "https://a.test/x"
        );
    }

    #[test]
    fn the_application_is_called_where_it_listens() {
        for uri in ["http://self.alt/x?y", "/x?y"] {
            assert_eq!(
                checked(&["http://self"], uri).unwrap(),
                "http://127.0.0.1:3000/x?y"
            );
        }
    }
}
