//! Links between the pages of waivers, in WaiverDB's way: the page number first, then the other
//! parameters, each with its first value.

use http_edge::query::Query;
use http_edge::{Reply, Request};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

const SAFE: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~')
    .remove(b'!')
    .remove(b'$')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b',')
    .remove(b'/')
    .remove(b':')
    .remove(b';')
    .remove(b'?')
    .remove(b'@')
    .remove(b' ');

/// The URL of this page of the same list, below `base`.
#[must_use]
pub fn to_page(request: &Request, base: &str, query: &Query, page: u64) -> String {
    let mut url = format!("{base}{}?page={page}", request.path);
    for name in query.names() {
        if name != "page" {
            url.push_str(&format!(
                "&{}={}",
                encode(name),
                encode(query.first(name).unwrap_or_default())
            ));
        }
    }
    url
}

/// The redirect from `/waivers` to `/waivers/` below `base`, which is where the waivers are.
#[must_use]
pub fn to_directory(request: &Request, base: &str) -> Option<Reply> {
    if request.path.ends_with('/') {
        return None;
    }
    let location = request.url_of(base, &format!("{}/", request.path));
    Some(Reply::redirect(308, location))
}

fn encode(text: &str) -> String {
    utf8_percent_encode(text, SAFE)
        .to_string()
        .replace(' ', "+")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_parameters_are_kept() {
        let request = Request {
            path: "/w/".into(),
            query: "limit=1&page=4&testcase=a+b%26c&testcase=d".into(),
            ..Request::default()
        };
        let query = Query::parse(&request.query);
        assert_eq!(
            to_page(&request, "http://h", &query, 2),
            "http://h/w/?page=2&limit=1&testcase=a+b%26c"
        );
    }
}
