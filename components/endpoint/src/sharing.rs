//! What other sites' pages may read: CORS, and JSONP for those that are older than CORS.
//!
//! Answers are shared without credentials: no page gets to read more than anybody could. It does
//! not know what the answers say.

use crate::settings;
use http_edge::query::Query;
use http_edge::{Error, Reply, Request, Result};
use std::rc::Rc;

/// What of a request decides how its answer is shared.
pub struct Sharing {
    origins: Rc<[String]>,
    is_preflight: bool,
    origin: Option<String>,
    callback: Option<String>,
}

impl Sharing {
    /// Reads it from the request, whose body may be read afterwards, and from the variable
    /// `cors_origins`: before anything is stored, as an answer must not fail after that.
    ///
    /// # Errors
    /// Internal when the component has not been given the variable.
    pub async fn of(request: &Request) -> Result<Self> {
        Ok(Self::among(settings::cors_origins().await?, request))
    }

    fn among(origins: Rc<[String]>, request: &Request) -> Self {
        Self {
            origins,
            is_preflight: request.method == "OPTIONS",
            origin: request.header("origin").map(str::to_owned),
            callback: Query::parse(&request.query)
                .first("callback")
                .map(str::to_owned),
        }
    }

    /// The answer with what lets the pages of the variable `cors_origins` read it, errors too. One
    /// that succeeds with JSON becomes a call of the function that the parameter `callback` names.
    ///
    /// # Errors
    /// As `answer`, with the same headers.
    pub fn finish(&self, answer: Result<Reply>) -> Result<Reply> {
        let reply = match answer {
            Ok(reply) | Err(Error::Client(reply)) => reply,
            Err(other) => return Err(other),
        };
        Ok(self.mark(self.wrapped(reply, ")")))
    }

    /// JSON that succeeds as a call of the function that the parameter `callback` names, with `end`
    /// behind it.
    pub(crate) fn wrapped(&self, reply: Reply, end: &str) -> Reply {
        let is_json = |(name, value): &(&str, String)| {
            *name == "content-type" && value.starts_with("application/json")
        };
        match (200..300).contains(&reply.status) && reply.headers.iter().any(is_json) {
            true => reply.as_jsonp(self.callback.as_deref(), end),
            false => reply,
        }
    }

    /// The answer with the origin that may read it, if there is one, and whether there is.
    pub(crate) fn shared(&self, reply: Reply) -> (Reply, bool) {
        if self.origins.iter().any(|origin| origin == "*") {
            return (reply.with_header("access-control-allow-origin", "*"), true);
        }
        let reply = reply.with_header("vary", "Origin");
        match &self.origin {
            Some(origin) if self.origins.contains(origin) => (
                reply.with_header("access-control-allow-origin", origin),
                true,
            ),
            _ => (reply, false),
        }
    }

    fn mark(&self, reply: Reply) -> Reply {
        let (reply, is_shared) = self.shared(reply);
        match is_shared && self.is_preflight {
            true => reply
                .with_header("access-control-allow-methods", "GET, HEAD, OPTIONS, POST")
                .with_header(
                    "access-control-allow-headers",
                    "Authorization, Content-Type",
                ),
            false => reply,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sharing(origins: &[&str], method: &str, origin: Option<&str>, query: &str) -> Sharing {
        let origins = origins.iter().map(|one| (*one).to_owned()).collect();
        let origin = origin.map(|origin| ("origin".to_owned(), origin.to_owned()));
        let request = Request {
            method: method.into(),
            query: query.into(),
            headers: origin.into_iter().collect(),
            ..Request::default()
        };
        Sharing::among(origins, &request)
    }

    #[test]
    fn only_listed_origins_may_read() {
        let check = |method, origin, origins: &[&str], expected: &[(&str, &str)]| {
            let reply = sharing(origins, method, origin, "").mark(Reply::text(200, ""));
            let headers: Vec<(&str, &str)> = reply
                .headers
                .iter()
                .filter(|(name, _)| *name != "content-type")
                .map(|(name, value)| (*name, value.as_str()))
                .collect();
            assert_eq!(headers, expected, "{method} {origin:?} {origins:?}");
        };
        let any = ("access-control-allow-origin", "*");
        let vary = ("vary", "Origin");
        check("GET", None, &["*"], &[any]);
        check("GET", Some("https://a"), &["https://b", "*"], &[any]);
        let list = ["https://a", "https://b"];
        let b = ("access-control-allow-origin", "https://b");
        check("GET", Some("https://b"), &list, &[vary, b]);
        check("GET", Some("https://b.c"), &list, &[vary]);
        check("GET", None, &list, &[vary]);
        check("GET", Some("https://a"), &[], &[vary]);
        check("OPTIONS", Some("https://c"), &list, &[vary]);
        let methods = ("access-control-allow-methods", "GET, HEAD, OPTIONS, POST");
        let headers = (
            "access-control-allow-headers",
            "Authorization, Content-Type",
        );
        check("OPTIONS", None, &["*"], &[any, methods, headers]);
    }

    #[test]
    fn only_json_that_succeeds_becomes_a_call() {
        let check = |reply: Reply, expected: &str| {
            let wrapped = sharing(&[], "GET", None, "callback=cb").wrapped(reply, ")");
            assert_eq!(String::from_utf8(wrapped.body).unwrap(), expected);
        };
        let json = |status| Reply::new(status, "application/json", "{}");
        check(json(200), "cb({})");
        check(json(201), "cb({})");
        check(json(404), "{}");
        check(Reply::text(200, "x"), "x");
    }
}
