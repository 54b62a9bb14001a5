//! The request as a component sees it: the full URI, and the headers in which Spin tells a
//! component how it was reached.
//!
//! Knows requests and routes; must not know components or how they run.

use std::net::SocketAddr;

use http::header::{CONNECTION, HOST};
use http::uri::{Authority, Scheme};
use http::{HeaderName, HeaderValue, Request, Uri};

use crate::routes::Matched;

/// Hosts under this name mean components of the same application; Spin hides such a `Host`.
const INTERNAL_SUFFIX: &str = ".spin.internal";

/// Why a request can't be handed to a component. Spin ends the connection, or answers with 500.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadRequest {
    /// There is no `Host` header and no authority in the request line.
    NoHost,
    /// The `Host` header is no authority, or not the request line's.
    BadHost,
    /// A header's value is not UTF-8.
    NotUtf8,
}

impl std::fmt::Display for BadRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::NoHost => "the request has no `Host` header",
            Self::BadHost => {
                "the `Host` header is no valid authority, or not that of the request line"
            }
            Self::NotUtf8 => "a header's value is not UTF-8",
        })
    }
}

/// Removes what concerns the transport only.
pub fn strip<B>(request: &mut Request<B>) {
    let internal = |host: &HeaderValue| {
        let host = host.to_str().unwrap_or_default();
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
        name.ends_with(INTERNAL_SUFFIX)
    };
    if request.headers().get(HOST).is_some_and(internal) {
        request.headers_mut().remove(HOST);
    }
    request.headers_mut().remove(CONNECTION);
}

/// Makes the URI absolute: this server speaks `http`, the authority is the `Host` header's.
pub fn set_uri<B>(request: &mut Request<B>) -> Result<(), BadRequest> {
    let from_header = match request.headers().get(HOST) {
        Some(host) => Some(Authority::try_from(host.as_bytes()).map_err(|_| BadRequest::BadHost)?),
        None => None,
    };
    let mut parts = std::mem::take(request.uri_mut()).into_parts();
    let authority = match (from_header, parts.authority.take()) {
        (None, None) => return Err(BadRequest::NoHost),
        (Some(header), Some(line)) if header != line => return Err(BadRequest::BadHost),
        (Some(authority), _) | (None, Some(authority)) => authority,
    };
    parts.scheme = Some(Scheme::HTTP);
    parts.authority = Some(authority);
    *request.uri_mut() = Uri::from_parts(parts).map_err(|_| BadRequest::BadHost)?;
    Ok(())
}

/// Adds the `spin-*` headers. As under Spin they are appended: what the client sent under the
/// same name stays in front.
pub fn add_spin_headers<B, T>(
    request: &mut Request<B>,
    matched: &Matched<'_, '_, T>,
    client: SocketAddr,
) -> Result<(), BadRequest> {
    let utf8 = |value: &HeaderValue| std::str::from_utf8(value.as_bytes()).is_ok();
    if !request.headers().values().all(utf8) {
        return Err(BadRequest::NotUtf8);
    }
    let full_url = full_url(request);
    let headers = request.headers_mut();
    headers.reserve(8);
    let mut add = |name: HeaderName, value: String| {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.append(name, value);
        }
    };
    let name = HeaderName::from_static;
    add(name("spin-path-info"), matched.trailing_wildcard());
    add(name("spin-full-url"), full_url);
    add(name("spin-matched-route"), matched.route.based.clone());
    add(name("spin-base-path"), "/".to_owned());
    add(name("spin-raw-component-route"), matched.route.raw.clone());
    add(
        name("spin-component-route"),
        matched.route.raw_prefix().to_owned(),
    );
    add(name("spin-client-addr"), client.to_string());
    for (segment, value) in matched.named() {
        let header = format!("spin-path-match-{segment}").replace('_', "-");
        if let Ok(header) = HeaderName::try_from(header.to_ascii_lowercase()) {
            add(header, value.to_owned());
        }
    }
    Ok(())
}

fn full_url<B>(request: &Request<B>) -> String {
    let host = request
        .headers()
        .get(HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or("localhost");
    let path = request.uri().path_and_query().map_or("/", |p| p.as_str());
    format!("http://{host}{path}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routes::Routes;

    fn prepared(
        route: &str,
        uri: &str,
        headers: &[(&str, &str)],
    ) -> Result<Request<()>, BadRequest> {
        let mut request = Request::builder().uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(()).unwrap();
        let path = request.uri().path().to_owned();
        let routes = Routes::new([(route.to_owned(), ())]).unwrap();
        strip(&mut request);
        set_uri(&mut request)?;
        let client = "127.0.0.1:8777".parse().unwrap();
        add_spin_headers(&mut request, &routes.find(&path).unwrap(), client)?;
        Ok(request)
    }

    #[test]
    fn a_component_learns_how_it_was_reached() {
        let request = prepared(
            "/foo/:user_id/...",
            "/foo/42/bar?k=v",
            &[("host", "example.test:3000"), ("connection", "keep-alive")],
        )
        .unwrap();
        assert_eq!(request.uri(), "http://example.test:3000/foo/42/bar?k=v");
        for (name, value) in [
            ("spin-path-info", "/bar"),
            ("spin-full-url", "http://example.test:3000/foo/42/bar?k=v"),
            ("spin-matched-route", "/foo/:user_id/..."),
            ("spin-base-path", "/"),
            ("spin-raw-component-route", "/foo/:user_id/..."),
            ("spin-component-route", "/foo/:user_id"),
            ("spin-client-addr", "127.0.0.1:8777"),
            ("spin-path-match-user-id", "42"),
            ("host", "example.test:3000"),
        ] {
            assert_eq!(request.headers().get(name).unwrap(), value, "{name}");
        }
        assert!(!request.headers().contains_key("connection"));
    }

    #[test]
    fn headers_of_the_same_name_stay_in_front() {
        let request = prepared("/a", "/a", &[("host", "h"), ("spin-base-path", "x")]).unwrap();
        let values: Vec<_> = request.headers().get_all("spin-base-path").iter().collect();
        assert_eq!(values, ["x", "/"]);
    }

    #[test]
    fn the_authority_must_be_known_and_unambiguous() {
        let error = |uri: &str, headers: &[(&str, &str)]| prepared("/a", uri, headers).unwrap_err();
        assert_eq!(error("/a", &[]), BadRequest::NoHost);
        assert_eq!(error("/a", &[("host", "a b")]), BadRequest::BadHost);
        assert_eq!(error("http://x/a", &[("host", "y")]), BadRequest::BadHost);
        assert_eq!(
            error("/a", &[("host", "x.spin.internal:80")]),
            BadRequest::NoHost
        );
        assert!(prepared("/a", "http://x/a", &[("host", "x")]).is_ok());
    }

    #[test]
    fn a_value_that_is_not_utf8_is_refused() {
        let mut request = Request::builder().uri("http://x/a").body(()).unwrap();
        let value = HeaderValue::from_bytes(b"\xff").unwrap();
        request.headers_mut().insert("x", value);
        let routes = Routes::new([("/a".to_owned(), ())]).unwrap();
        let client = "127.0.0.1:1".parse().unwrap();
        let result = add_spin_headers(&mut request, &routes.find("/a").unwrap(), client);
        assert_eq!(result, Err(BadRequest::NotUtf8));
    }
}
