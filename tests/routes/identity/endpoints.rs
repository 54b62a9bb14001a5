//! Every endpoint that writes, by every method: nobody, somebody else, the right one.

use super::issuer::Issuer;
use super::methods::{PROXY_SECRET, TOKEN, tokens};
use super::signer::Signer;
use super::{expect_refused, form, logs, needs_name, post, waive, writers};
use crate::harness::{App, Options};
use serde_json::{Value, json};

type Headers<'a> = &'a [(&'a str, &'a str)];

/// That each writer refuses nobody and the wrong ones, and takes the right one.
#[track_caller]
fn check(app: &App, wrong: &[Headers], right: Headers) {
    for (path, body, _) in writers() {
        let nobody = post(app, path, &body, &[]);
        assert_eq!(nobody.status, 401, "{path}: {nobody:?}");
        assert!(
            nobody.header("www-authenticate").is_some(),
            "{path}: {nobody:?}"
        );
        for headers in wrong {
            let answer = post(app, path, &body, headers);
            assert_eq!(answer.status, 401, "{path} {headers:?}: {answer:?}");
        }
    }
    for method in ["GET", "POST"] {
        let nobody = form(app, method, &[]);
        assert_eq!(nobody.status, 401, "{method}: {nobody:?}");
        assert!(nobody.header("www-authenticate").is_some(), "{nobody:?}");
        for headers in wrong {
            assert_eq!(form(app, method, headers).status, 401, "{headers:?}");
        }
    }
    nothing_is_stored(app);
    for (path, body, answer) in writers() {
        post(app, path, &body, right).expect(answer);
    }
    assert_eq!(form(app, "GET", right).status, 200);
    assert_eq!(form(app, "POST", right).status, 201);
}

/// Results of version 3 would be among those of version 2.
fn nothing_is_stored(app: &App) {
    for path in [
        "/api/v2.0/results",
        "/api/v2.0/groups",
        "/api/v2.0/testcases",
        "/api/v1.0/waivers/?include_obsolete=true",
        "/api/v1/waivers",
    ] {
        assert_eq!(app.read(path)["data"], json!([]), "{path}");
    }
}

/// The project's settings, without those of the tests.
fn as_delivered() -> Options {
    Options::default().variable("auth=token,oidc")
}

#[test]
fn as_delivered_reading_is_open_and_writing_is_refused() {
    let manifest = std::fs::read_to_string(crate::harness::workspace().join("spin.toml")).unwrap();
    assert!(manifest.contains("\nauth = { default = \"token,oidc\" }\n"));
    let app = as_delivered().start();
    for (path, body, _) in writers() {
        let answer = post(&app, path, &body, &[]);
        assert_eq!(
            answer.header("www-authenticate"),
            Some("Bearer realm=\"sluicegate\"")
        );
        assert_eq!(
            answer.expect(401)["message"],
            "Authentication failed:\n- Authentication method token failed: no tokens are set up (`auth_tokens`)\n- Authentication method OIDC failed: no issuer is set up (`oidc_issuer`)"
        );
        for shown in ["Bearer abc", "Basic am9lOng=", "Negotiate abc", "Bearer"] {
            let answer = post(&app, path, &body, &[("authorization", shown)]);
            assert_eq!(answer.status, 401, "{path} {shown}: {answer:?}");
        }
    }
    nothing_is_stored(&app);
    assert_eq!(app.get("/healthcheck").status, 200);
    let question = json!({"product_version": "fedora-40", "decision_context": "bodhi_update_push_testing", "subject_type": "koji_build", "subject_identifier": "a-1-1"});
    assert_eq!(app.post("/api/v1.0/decision", &question).status, 200);
}

#[test]
fn dummy() {
    let app = Options::default().variable("auth=dummy").start();
    check(
        &app,
        &[
            &[("authorization", "Basic !!")],
            &[("authorization", "Basic OnA=")],
            &[("authorization", "Bearer abc")],
        ],
        &[("authorization", "Basic am9lOng=")],
    );
}

#[test]
fn token() {
    let app = Options::default()
        .variable("auth=token")
        .variable(&tokens())
        .start();
    let right = format!("Bearer {TOKEN}");
    let wrong = format!("Bearer {TOKEN}x");
    check(
        &app,
        &[
            &[("authorization", &wrong)],
            &[("authorization", "Basic am9lOng=")],
            &[("authorization", &right), ("authorization", &right)],
        ],
        &[("authorization", &right)],
    );
}

#[test]
fn proxy() {
    let app = Options::default()
        .variable("auth=proxy")
        .variable(&format!("proxy_secret={PROXY_SECRET}"))
        .start();
    let user = ("x-forwarded-user", "joe");
    check(
        &app,
        &[
            &[user],
            &[user, ("x-sluicegate-proxy-secret", "guess")],
            &[("authorization", "Basic am9lOng=")],
        ],
        &[user, ("x-sluicegate-proxy-secret", PROXY_SECRET)],
    );
}

#[test]
fn oidc() {
    let (key, other) = (Signer::p256("a"), Signer::p256("a"));
    let issuer = Issuer::start(&[&key]);
    let app = issuer.app();
    let right = format!("Bearer {}", key.sign(&issuer.claims()));
    let forged = format!("Bearer {}", other.sign(&issuer.claims()));
    check(
        &app,
        &[
            &[("authorization", &forged)],
            &[("authorization", "Bearer opaque")],
            &[("authorization", "Basic am9lOng=")],
        ],
        &[("authorization", &right)],
    );
}

#[test]
fn a_family_may_have_methods_of_its_own() {
    let app = Options::default()
        .variable("auth=token")
        .variable(&tokens())
        .variable("auth_results=none")
        .start();
    for (path, body, _) in writers() {
        let is_refused = path.contains("waivers") || needs_name(path);
        let expected = if is_refused { 401 } else { 201 };
        assert_eq!(post(&app, path, &body, &[]).status, expected, "{path}");
    }
    let app = Options::default()
        .variable("auth=none")
        .variable("auth_waivers=dummy")
        .start();
    expect_refused(&waive(&app, &[]), "Unauthorized");
    assert_eq!(app.read("/api/v1.0/about")["auth_method"], "dummy");
}

#[test]
fn everybody_may_write_only_loudly() {
    let app = Options::default().variable("auth=none").start();
    for (path, body, _) in writers() {
        let expected = if needs_name(path) { 401 } else { 201 };
        post(&app, path, &body, &[]).expect(expected);
    }
    let waiver: Value = waive(&app, &[("authorization", "Basic am9lOng=")]).expect(201);
    assert_eq!(waiver["username"], "anonymous");
    for component in [
        "query-results",
        "query-groups",
        "query-test-cases",
        "query-waivers",
    ] {
        let log = app.state().join(format!("logs/{component}_stderr.txt"));
        let log = std::fs::read_to_string(log).unwrap();
        assert!(log.contains("EVERYBODY MAY WRITE"), "{component}: {log}");
    }
}

#[test]
fn what_needs_a_name_is_not_opened_to_everybody() {
    let joe = [("authorization", "Basic am9lOng=")];
    let named = || writers().into_iter().filter(|(path, ..)| needs_name(path));
    let app = Options::default().variable("auth=none").start();
    for headers in [&[][..], &joe] {
        let reason = "this needs somebody with a name";
        for (path, body, _) in named() {
            expect_refused(&post(&app, path, &body, headers), reason);
        }
        expect_refused(&form(&app, "GET", headers), reason);
        expect_refused(&form(&app, "POST", headers), reason);
    }
    nothing_is_stored(&app);
    let app = Options::default().variable("auth=dummy,none").start();
    let unnamed = named().map(|(path, body, _)| post(&app, path, &body, &[]));
    let forms = ["GET", "POST"].map(|method| form(&app, method, &[]));
    for refused in unnamed.chain(forms) {
        expect_refused(&refused, "Unauthorized");
        // A browser asks for a name.
        let challenge = refused.header("www-authenticate");
        assert_eq!(challenge, Some("Basic realm=\"dummy\""));
    }
    nothing_is_stored(&app);
    for (path, body, answer) in named() {
        post(&app, path, &body, &joe).expect(answer);
    }
    assert_eq!(form(&app, "POST", &joe).status, 201);
}

#[test]
fn a_waiver_is_checked_before_its_caller() {
    let app = as_delivered().start();
    assert_eq!(
        post(&app, "/api/v1.0/waivers/", &json!({}), &[]).status,
        400
    );
}

#[test]
fn settings_that_can_not_be_used_are_told_in_the_log() {
    let check = |variables: &[&str], token: &str, part: &str| {
        let options = variables
            .iter()
            .fold(Options::default(), |o, v| o.variable(v));
        let app = options.start();
        let shown = format!("Bearer {token}");
        for (path, body, _) in writers() {
            let answer = post(&app, path, &body, &[("authorization", &shown)]);
            assert_eq!(
                answer.expect(500),
                json!({"message": "Internal Server Error"})
            );
        }
        let log = logs(&app);
        assert!(log.contains(part), "{log}");
    };
    check(&["auth="], "x", "variable `auth` is empty");
    check(
        &["auth=tokens"],
        "x",
        "variable `auth`: `tokens` is no method",
    );
    check(
        &["auth=token", "auth_tokens=[{}]"],
        "x",
        "variable `auth_tokens`",
    );
    check(
        &["auth=proxy", "proxy_secret=short"],
        "x",
        "variable `proxy_secret`",
    );
    check(
        &["auth=oidc", "oidc_issuer=https://id.test"],
        "x",
        "variable `oidc_audience` is empty",
    );
    check(
        &["auth=oidc", "oidc_issuer=http://id.test", "oidc_audience=a"],
        "x",
        "does not begin with https://",
    );
}
