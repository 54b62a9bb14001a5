//! What forms have in common: how they are sent, and what is told or refused.

use crate::harness::{Answer, App};

/// The credentials of `joe`.
pub const JOE: (&str, &str) = ("authorization", "Basic am9lOng=");

/// What a form is sent as.
pub const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// Sends a form as `joe`.
pub fn post(app: &App, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    app.send("POST", path, &[&[JOE, FORM], headers].concat(), body)
}

/// Sends a form as `joe` from its own page.
pub fn post_from_page(app: &App, path: &str, body: &str) -> Answer {
    post(app, path, &[("origin", &app.url)], body)
}

/// That the page refuses these fields, above the form and where they are, and no others.
#[track_caller]
pub fn check_mistakes(page: &Answer, names: &[&str]) {
    assert_eq!(page.status, 400, "{page:?}");
    for name in names {
        assert!(
            page.text.contains(&format!("<a href=\"#{name}\">")),
            "{name}"
        );
        assert!(
            page.text.contains(&format!("id=\"{name}-mistake\"")),
            "{name}"
        );
    }
    assert_eq!(
        page.text.matches(" aria-invalid=\"true\"").count(),
        names.len()
    );
}

/// That a form is refused from other sites and from nowhere, by an application that is at
/// `https://gate.example.org/below` for its users.
#[track_caller]
pub fn check_refused_origins(app: &App, path: &str, body: &str) {
    let refused: [&[(&str, &str)]; 6] = [
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[
            ("sec-fetch-site", "cross-site"),
            ("origin", "https://gate.example.org"),
        ],
        &[("sec-fetch-site", "same-site")],
        &[("referer", "https://gate.example.org/below")],
        &[],
    ];
    for headers in refused {
        let page = post(app, path, headers, body);
        assert_eq!(page.status, 403, "{headers:?}: {page:?}");
    }
}
