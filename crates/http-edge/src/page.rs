//! Page links in ResultsDB's way: the request's own URL with another page number.

/// How a request asks for a part of a list: 0-based page, entries per page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paging {
    /// 0 is the first page.
    pub page: u64,
    /// Entries per page.
    pub limit: u32,
}

/// Links to the pages before and after, each if there is one.
#[derive(Debug, PartialEq, Eq)]
pub struct Links {
    /// The page before.
    pub prev: Option<String>,
    /// The page after.
    pub next: Option<String>,
}

/// The links from the page at `url`.
#[must_use]
pub fn links(url: &str, page: u64, has_next: bool) -> Links {
    let url = without_callback(url);
    Links {
        prev: page.checked_sub(1).map(|page| with_page(&url, page)),
        next: has_next.then(|| with_page(&url, page.saturating_add(1))),
    }
}

/// The URL with this page number instead of its own, or with one appended.
fn with_page(url: &str, page: u64) -> String {
    let Some((start, query)) = url.split_once('?') else {
        return format!("{url}?page={page}");
    };
    let mut found = false;
    let parameters: Vec<String> = query
        .split('&')
        .map(|parameter| match parameter.split_once('=') {
            Some(("page", number)) if number.bytes().all(|b| b.is_ascii_digit()) => {
                found = true;
                format!("page={page}")
            }
            _ => parameter.to_owned(),
        })
        .collect();
    let query = parameters.join("&");
    match found {
        true => format!("{start}?{query}"),
        false => format!("{start}?{query}&page={page}"),
    }
}

/// `callback` is no filter of a page link: a JSONP client adds its own.
fn without_callback(url: &str) -> String {
    match url.split_once('?') {
        Some((start, query)) if query.contains("callback=") => {
            let kept: Vec<&str> = query
                .split('&')
                .filter(|parameter| !parameter.starts_with("callback="))
                .collect();
            format!("{start}?{}", kept.join("&"))
        }
        _ => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_number_is_replaced_or_appended() {
        let check = |url: &str, page, prev: Option<&str>, next: &str| {
            let links = links(url, page, true);
            assert_eq!(links.prev.as_deref(), prev, "{url}");
            assert_eq!(links.next.as_deref(), Some(next), "{url}");
        };
        check("http://h/r", 0, None, "http://h/r?page=1");
        check("http://h/r?limit=1", 0, None, "http://h/r?limit=1&page=1");
        check(
            "http://h/r?page=3&a=b",
            3,
            Some("http://h/r?page=2&a=b"),
            "http://h/r?page=4&a=b",
        );
        check(
            "http://h/r?callback=f&a=b",
            0,
            None,
            "http://h/r?a=b&page=1",
        );
    }
}
