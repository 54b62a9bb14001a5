//! Answers, before they become WASI responses.

use crate::json;
use serde::Serialize;

/// The body of [`Reply::message`], for the OpenAPI document.
#[cfg(feature = "openapi")]
#[derive(utoipa::ToSchema)]
pub struct Message {
    /// What is wrong and what to do, for people.
    pub message: String,
}

/// An answer: status, headers and the whole body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Headers in lower case, without `content-length`.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Reply {
    /// A body of this media type.
    #[must_use]
    pub fn new(status: u16, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: vec![("content-type", media_type.to_owned())],
            body: body.into(),
        }
    }

    /// Compact JSON with a final newline, as ResultsDB and Greenwave write it. Keys come in the
    /// order that `value` gives them.
    ///
    /// # Errors
    /// When `value` can't be encoded.
    pub fn json(status: u16, value: &impl Serialize) -> Result<Self, serde_json::Error> {
        let mut body = serde_json::to_vec(value)?;
        body.push(b'\n');
        Ok(Self::new(status, "application/json", body))
    }

    /// JSON with a blank after each comma and colon, as WaiverDB writes it.
    ///
    /// # Errors
    /// When `value` can't be encoded.
    pub fn spaced_json(status: u16, value: &impl Serialize) -> Result<Self, serde_json::Error> {
        Ok(Self::new(status, "application/json", json::spaced(value)?))
    }

    /// `{"message": text}`.
    #[must_use]
    pub fn message(status: u16, text: &str) -> Self {
        let body = format!("{}\n", serde_json::json!({ "message": text }));
        Self::new(status, "application/json", body)
    }

    /// Plain text.
    #[must_use]
    pub fn text(status: u16, text: &str) -> Self {
        Self::new(status, "text/plain; charset=utf-8", text)
    }

    /// A small HTML page, which is what Flask services answer to a wrong method or media type.
    #[must_use]
    pub fn html_error(status: u16, title: &str, text: &str) -> Self {
        let body = format!(
            "<!doctype html>\n<html lang=en>\n<title>{status} {title}</title>\n<h1>{title}</h1>\n<p>{text}</p>\n"
        );
        Self::new(status, "text/html; charset=utf-8", body)
    }

    /// A redirect to this location.
    #[must_use]
    pub fn redirect(status: u16, location: String) -> Self {
        Self::text(status, "").with_header("location", location)
    }

    /// The same reply with one more header.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The same reply as a call of the JavaScript function `callback`, if one is asked for. The
    /// name may have letters, digits and `_.$[]`; an unusual one is ignored, as it could be script.
    #[must_use]
    pub fn as_jsonp(mut self, callback: Option<&str>, end: &str) -> Self {
        let allowed = |c: char| c.is_ascii_alphanumeric() || "_.$[]".contains(c);
        if let Some(name) = callback.filter(|name| !name.is_empty() && name.chars().all(allowed)) {
            let mut body = format!("{name}(").into_bytes();
            // JSON may have these two line ends in its texts, older JavaScript may not.
            let json = String::from_utf8_lossy(&self.body);
            let json = json.replace('\u{2028}', "\\u2028");
            body.extend_from_slice(json.replace('\u{2029}', "\\u2029").as_bytes());
            body.extend_from_slice(end.as_bytes());
            self.body = body;
            self.headers.retain(|(name, _)| *name != "content-type");
            return self.with_header("content-type", "application/javascript; charset=utf-8");
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jsonp_is_javascript() {
        let check = |callback: &str, expected: &str| {
            let reply = Reply::json(200, &"a\u{2028}\u{2029}").unwrap();
            let body = reply.as_jsonp(Some(callback), ");").body;
            assert_eq!(String::from_utf8(body).unwrap(), expected, "{callback}");
        };
        check("$.f[0]", "$.f[0](\"a\\u2028\\u2029\"\n);");
        check("alert(1)//", "\"a\u{2028}\u{2029}\"\n");
        check("", "\"a\u{2028}\u{2029}\"\n");
    }
}
