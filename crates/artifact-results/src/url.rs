//! URLs of the web, read and written as browsers do: `https://tc` is `https://tc/`.

use http_edge::validation::Kind;

/// Longest URL as sent, in bytes.
pub const MAX_URL_BYTES: usize = 2_083;

/// The URL as it is stored.
///
/// # Errors
/// What is wrong, and the message for it.
pub fn normalised(text: &str) -> Result<String, (Kind, String)> {
    if text.len() > MAX_URL_BYTES {
        let kind = Kind::UrlTooLong;
        let message = format!("{} {MAX_URL_BYTES} characters", kind.message());
        return Err((kind, message));
    }
    if text.is_empty() {
        let kind = Kind::UrlText;
        return Err((kind, format!("{}, input is empty", kind.message())));
    }
    match url::Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(url.into()),
        Ok(_) => Err((Kind::UrlScheme, Kind::UrlScheme.message().to_owned())),
        Err(error) => {
            let kind = Kind::UrlText;
            // Pydantic has the same parser, so these are its words too. An older one, which called
            // this mistake so:
            let error = match error {
                url::ParseError::IdnaError => url::ParseError::InvalidDomainCharacter,
                error => error,
            };
            Err((kind, format!("{}, {error}", kind.message())))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_normalised() {
        let check = |text: &str, expected: &str| {
            assert_eq!(normalised(text), Ok(expected.to_owned()), "{text}");
        };
        check("https://tc", "https://tc/");
        check(
            "HTTP://Ex.COM:80/a b?q=ü#f",
            "http://ex.com/a%20b?q=%C3%BC#f",
        );
        check(" http://x\n", "http://x/");
        check("http:x", "http://x/");
        check("http://0x7f.1/", "http://127.0.0.1/");
        check("http://[::1]/", "http://[::1]/");
        check("http://münchen.de/", "http://xn--mnchen-3ya.de/");
        check("https://a@b:c@d/", "https://a%40b:c@d/");
        check("https://x:443/", "https://x/");
    }

    #[test]
    fn what_is_no_url_is_told_in_pydantics_words() {
        let check = |text: &str, kind: Kind, expected: &str| {
            assert_eq!(normalised(text), Err((kind, expected.to_owned())), "{text}");
        };
        let invalid = |text: &str, why: &str| {
            check(
                text,
                Kind::UrlText,
                &format!("Input should be a valid URL, {why}"),
            );
        };
        invalid("", "input is empty");
        invalid("x", "relative URL without a base");
        invalid("//x", "relative URL without a base");
        invalid("http://", "empty host");
        invalid("https://x:99999", "invalid port number");
        invalid("http://[::1", "invalid IPv6 address");
        invalid("http://x y/", "invalid domain character");
        invalid("http://%zz/", "invalid domain character");
        invalid("http://1.2.3.4.5/", "invalid IPv4 address");
        let scheme = "URL scheme should be 'http' or 'https'";
        check("ftp://x", Kind::UrlScheme, scheme);
        check("javascript:alert(1)", Kind::UrlScheme, scheme);
    }

    #[test]
    fn urls_have_a_length() {
        let long = |bytes: usize| format!("https://x/{}", "a".repeat(bytes - 10));
        assert_eq!(normalised(&long(MAX_URL_BYTES)), Ok(long(MAX_URL_BYTES)));
        let message = "URL should have at most 2083 characters".to_owned();
        assert_eq!(
            normalised(&long(MAX_URL_BYTES + 1)),
            Err((Kind::UrlTooLong, message))
        );
    }
}
