//! What all pages have in common: head, style, and the headers that keep a page to itself.

use http_edge::Reply;
use maud::{DOCTYPE, Markup, PreEscaped, html};

const STYLE: &str = include_str!("style.css");

/// What a browser may do with a page: nothing but show it and send its form to where it came from.
/// No site may put it into a frame, so that nobody clicks on what they don't see.
const SECURITY_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// A page: status, title, where the application begins seen from the page's URL (such as `../../`),
/// and what is in it.
#[must_use]
pub fn page(status: u16, title: &str, top: &str, content: &Markup) -> Reply {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " - Sluicegate" }
                link rel="icon" href={ (top) "favicon.png" };
                style { (PreEscaped(STYLE)) }
            }
            body {
                header { a href={ (top) "index" } { "Sluicegate" } }
                main { (content) }
            }
        }
    };
    Reply::new(status, "text/html; charset=utf-8", page.into_string())
        .with_header("content-security-policy", SECURITY_POLICY)
        .with_header("x-content-type-options", "nosniff")
        // What is filled into a form's URL is nobody else's business.
        .with_header("referrer-policy", "same-origin")
        .with_header("cache-control", "no-store")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_text() {
        let reply = page(200, "<b>&", "../", &html! { p { "x" } });
        let body = String::from_utf8(reply.body).unwrap();
        assert!(body.contains("<title>&lt;b&gt;&amp; - Sluicegate</title>"));
        assert!(body.contains("<main><p>x</p></main>"));
    }
}
