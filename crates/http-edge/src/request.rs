//! A request as endpoints see it, and where it says that it came from.

use crate::error::Error;

/// A request. The body is there only where the endpoint asked for it.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Upper-case method.
    pub method: String,
    /// The path as sent, percent-encoded.
    pub path: String,
    /// The query string as sent, without `?`; empty if there is none.
    pub query: String,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, empty until read.
    pub body: Vec<u8>,
}

impl Request {
    /// The first value of a header; `name` in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// Whether the client names this media type among those that it accepts. One that accepts
    /// anything (`*/*`, or no header) does not ask for it.
    #[must_use]
    pub fn accepts(&self, media_type: &str) -> bool {
        let header = self.header("accept").unwrap_or_default();
        let mut types = header.split(',').filter_map(|part| part.split(';').next());
        types.any(|part| part.trim().eq_ignore_ascii_case(media_type))
    }

    /// The last part of the path, decoded: the id in `/results/{id}`.
    #[must_use]
    pub fn last_segment(&self) -> String {
        decode(self.path.rsplit('/').next().unwrap_or_default())
    }

    /// Passes paths that end without a slash. Routing takes `/x` and `/x/` for one path; the
    /// services we replace don't.
    ///
    /// # Errors
    /// 404.
    pub fn require_no_final_slash(&self) -> Result<(), Error> {
        match self.path.ends_with('/') {
            true => Err(Error::message(404, "Not found")),
            false => Ok(()),
        }
    }

    /// Scheme and host as the client sees them, such as `https://results.example.org`, followed by
    /// `X-Script-Name` if a proxy put the application below a path. Proxies say it by
    /// `X-Forwarded-Proto` or `-Scheme` and `X-Forwarded-Host`.
    #[must_use]
    pub fn base_url(&self) -> String {
        let scheme = self
            .first_of(&["x-forwarded-proto", "x-forwarded-scheme"])
            .filter(|scheme| matches!(*scheme, "http" | "https"))
            .unwrap_or("http");
        let host = self
            .first_of(&["x-forwarded-host", "host"])
            .unwrap_or("localhost");
        let below = self.header("x-script-name").unwrap_or_default();
        format!("{scheme}://{host}{}", below.trim_end_matches('/'))
    }

    /// The request's own URL below `base`, which is [`Request::base_url`] unless the application
    /// has been told where it is.
    #[must_use]
    pub fn url(&self, base: &str) -> String {
        self.url_of(base, &self.path)
    }

    /// The URL of another path with the request's own query, for redirects.
    #[must_use]
    pub fn url_of(&self, base: &str, path: &str) -> String {
        match self.query.is_empty() {
            true => format!("{base}{path}"),
            false => format!("{base}{path}?{}", self.query),
        }
    }

    /// Whether a browser says that a page of this application, which is at `base`, sent the request.
    /// Other sites' pages can send a form with the credentials of whoever looks at them, but they
    /// can't set these headers: `Sec-Fetch-Site` comes over HTTPS and from this machine, `Origin`
    /// with every `POST`. What sends neither is no browser that guards its user.
    #[must_use]
    pub fn is_from_own_page(&self, base: &str) -> bool {
        match (self.header("sec-fetch-site"), self.header("origin")) {
            (Some(site), _) => site == "same-origin",
            (None, Some(origin)) => {
                let own: Vec<&str> = base.splitn(4, '/').take(3).collect();
                own.join("/").eq_ignore_ascii_case(origin)
            }
            (None, None) => false,
        }
    }

    /// Passes what no page of another site sent, where any media type is taken: such a page could send
    /// it with the credentials of whoever looks at it. Programs that are no browsers pass.
    ///
    /// # Errors
    /// 403.
    pub fn refuse_foreign_pages(&self, base: &str) -> Result<(), Error> {
        let is_from_page =
            self.header("origin").is_some() || self.header("sec-fetch-site").is_some();
        match is_from_page && !self.is_from_own_page(base) {
            true => Err(Error::message(
                403,
                "This is not taken from pages of other sites.",
            )),
            false => Ok(()),
        }
    }

    /// The first entry of the first of these headers that is there. Proxies append to lists.
    fn first_of(&self, names: &[&str]) -> Option<&str> {
        names
            .iter()
            .find_map(|name| self.header(name))
            .and_then(|value| value.split(',').next())
            .map(str::trim)
            .filter(|value| !value.is_empty())
    }
}

/// Percent-decodes a part of a path.
#[must_use]
pub fn decode(part: &str) -> String {
    percent_encoding::percent_decode_str(part)
        .decode_utf8_lossy()
        .into_owned()
}

/// Percent-encodes a name for one segment of a path.
#[must_use]
pub fn encode_segment(name: &str) -> String {
    encode_path(name).replace('/', "%2F")
}

/// Percent-encodes a name for a path, keeping `/`.
#[must_use]
pub fn encode_path(name: &str) -> String {
    use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
    const PATH: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'/')
        .remove(b'-')
        .remove(b'.')
        .remove(b'_')
        .remove(b'~')
        .remove(b'!')
        .remove(b'$')
        .remove(b'&')
        .remove(b'\'')
        .remove(b'(')
        .remove(b')')
        .remove(b'*')
        .remove(b'+')
        .remove(b',')
        .remove(b';')
        .remove(b'=')
        .remove(b':')
        .remove(b'@');
    utf8_percent_encode(name, PATH).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(headers: &[(&str, &str)]) -> Request {
        Request {
            path: "/api/v2.0/results".into(),
            query: "a=1".into(),
            headers: headers
                .iter()
                .map(|(k, v)| ((*k).into(), (*v).into()))
                .collect(),
            ..Request::default()
        }
    }

    #[test]
    fn urls_are_those_that_the_client_sees() {
        let check = |headers: &[(&str, &str)], url: &str| {
            let request = request(headers);
            assert_eq!(request.url(&request.base_url()), url);
        };
        check(&[("host", "h:3000")], "http://h:3000/api/v2.0/results?a=1");
        check(
            &[
                ("host", "h"),
                ("x-forwarded-host", "r.example.org, inner"),
                ("x-forwarded-proto", "https"),
            ],
            "https://r.example.org/api/v2.0/results?a=1",
        );
        check(
            &[
                ("host", "h"),
                ("x-script-name", "/below/"),
                ("x-forwarded-scheme", "javascript"),
            ],
            "http://h/below/api/v2.0/results?a=1",
        );
    }

    #[test]
    fn only_own_pages_send_forms() {
        let check = |headers: &[(&str, &str)], base: &str, expected| {
            let request = request(headers);
            assert_eq!(request.is_from_own_page(base), expected, "{headers:?}");
        };
        let base = "https://example.org/gate";
        let site = |value| ("sec-fetch-site", value);
        let origin = |value| ("origin", value);
        check(&[site("same-origin"), origin("https://inner")], base, true);
        check(
            &[site("cross-site"), origin("https://example.org")],
            base,
            false,
        );
        check(&[site("same-site")], base, false);
        check(&[site("none")], base, false);
        check(&[origin("https://example.org")], base, true);
        check(
            &[origin("https://Example.org")],
            "https://example.ORG",
            true,
        );
        check(&[origin("http://example.org")], base, false);
        check(&[origin("https://example.org.evil")], base, false);
        check(&[origin("https://example.org/gate")], base, false);
        check(&[origin("null")], base, false);
        check(&[], base, false);
    }

    #[test]
    fn a_media_type_is_accepted_by_name() {
        let check = |header: &str, expected| {
            assert_eq!(
                request(&[("accept", header)]).accepts("text/html"),
                expected,
                "{header}"
            );
        };
        check("text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", true);
        check("application/json, Text/HTML; q=0.5", true);
        check("*/*", false);
        check("text/htmlx", false);
        assert!(!request(&[]).accepts("text/html"));
    }

    #[test]
    fn paths_keep_their_slashes() {
        assert_eq!(encode_path("a/b c"), "a/b%20c");
        assert_eq!(encode_path("x?y#z%"), "x%3Fy%23z%25");
        assert_eq!(encode_segment("a/b c"), "a%2Fb%20c");
    }
}
