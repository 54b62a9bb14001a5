//! Routing is by path only, so every endpoint says which methods it answers.

use crate::error::Error;
use crate::reply::Reply;
use crate::request::Request;

/// In what form a wrong method is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// An HTML page, as ResultsDB.
    Html,
    /// `{"message": …}`, as WaiverDB and Greenwave.
    Json,
}

/// Passes requests whose method is in `methods` (`HEAD` goes wherever `GET` does).
///
/// # Errors
/// 200 with `Allow` for `OPTIONS`, else 405 with `Allow`.
pub fn allow(request: &Request, methods: &[&str], style: Style) -> Result<(), Error> {
    let method = match request.method.as_str() {
        "HEAD" => "GET",
        method => method,
    };
    if methods.contains(&method) && method != "OPTIONS" {
        return Ok(());
    }
    let mut allowed = methods.to_vec();
    if methods.contains(&"GET") {
        allowed.push("HEAD");
    }
    if !methods.contains(&"OPTIONS") {
        allowed.push("OPTIONS");
    }
    let allow = allowed.join(", ");
    let text = "The method is not allowed for the requested URL.";
    let reply = match (method, style) {
        ("OPTIONS", _) => Reply::new(200, "text/html; charset=utf-8", ""),
        (_, Style::Html) => Reply::html_error(405, "Method Not Allowed", text),
        (_, Style::Json) => Reply::message(405, text),
    };
    Err(Error::Client(reply.with_header("allow", allow)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status_and_allow(method: &str, methods: &[&str]) -> Option<(u16, String)> {
        let request = Request {
            method: method.into(),
            ..Request::default()
        };
        let error = allow(&request, methods, Style::Json).err()?;
        let (reply, _) = error.into_reply();
        let allow = reply.headers.iter().find(|(name, _)| *name == "allow")?;
        Some((reply.status, allow.1.clone()))
    }

    #[test]
    fn methods_pass_or_are_refused_with_allow() {
        assert_eq!(status_and_allow("GET", &["GET"]), None);
        assert_eq!(status_and_allow("HEAD", &["GET"]), None);
        assert_eq!(
            status_and_allow("HEAD", &["POST"]),
            Some((405, "POST, OPTIONS".into()))
        );
        assert_eq!(
            status_and_allow("PUT", &["GET"]),
            Some((405, "GET, HEAD, OPTIONS".into()))
        );
        assert_eq!(
            status_and_allow("OPTIONS", &["POST"]),
            Some((200, "POST, OPTIONS".into()))
        );
    }
}
