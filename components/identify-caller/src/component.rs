//! The component: the methods of the settings, one after the other, and what came of them.

#![allow(
    missing_docs,
    unsafe_code,
    reason = "generated bindings; the documentation is in wit/"
)]

use crate::{oidc, settings};
use http_edge::caller::authorization::{self, Credentials};
use http_edge::caller::{Attempts, Method, Outcome, Verdict, dummy};
use std::cell::Cell;

mod bindings {
    #![allow(unsafe_code, clippy::all, clippy::restriction)]
    spin_sdk::wit_bindgen::generate!({
        world: "identify-caller",
        path: "../../wit",
        runtime_path: "::spin_sdk::wit_bindgen::rt",
        pub_export_macro: true,
    });
}

use bindings::exports::sluicegate::identity::callers;

/// Why the method `none` does not help where somebody has to have a name.
const NEEDS_NAME: &str = "this needs somebody with a name";

struct Component;

bindings::export!(Component with_types_in bindings);

type Headers = Vec<(String, String)>;

impl callers::Guest for Component {
    async fn identify(
        headers: Headers,
        family: callers::Family,
        needs_name: bool,
    ) -> Result<callers::Caller, callers::Error> {
        match outcome(&headers, family, needs_name).await {
            Outcome::Caller(caller) => Ok(callers::Caller {
                user: caller.user,
                groups: caller.groups,
                method: caller.method.name().to_owned(),
            }),
            Outcome::Refused(refusal) => Err(callers::Error::Refused(callers::Refusal {
                challenges: refusal.challenges,
                message: refusal.message,
                is_plain: refusal.is_plain,
            })),
            Outcome::Unavailable(log) => Err(callers::Error::Unavailable(log)),
            Outcome::Misconfigured(log) => Err(callers::Error::Misconfigured(log)),
        }
    }
}

async fn outcome(headers: &Headers, family: callers::Family, needs_name: bool) -> Outcome {
    let own = match family {
        callers::Family::Results => "auth_results",
        callers::Family::Waivers => "auth_waivers",
    };
    let methods = match settings::methods(own).await {
        Ok(methods) => methods,
        Err(log) => return Outcome::Misconfigured(log),
    };
    if methods.contains(&Method::None) && !needs_name {
        warn();
    }
    let credentials = authorization::read(headers);
    let mut attempts = Attempts::default();
    for method in methods {
        let verdict = match method {
            Method::None if needs_name => Verdict::Absent(NEEDS_NAME.to_owned()),
            Method::None => attempts.anonymous(),
            method => judge(method, headers, &credentials).await,
        };
        if let Some(outcome) = attempts.add(method, verdict) {
            return outcome;
        }
    }
    attempts.refuse()
}

async fn judge(method: Method, headers: &Headers, credentials: &Credentials) -> Verdict {
    match method {
        Method::None | Method::Dummy => dummy::judge(credentials),
        Method::Token => match settings::tokens().await {
            Ok(tokens) => tokens.judge(credentials),
            Err(log) => Verdict::Misconfigured(log),
        },
        Method::Oidc => oidc::judge(credentials).await,
        Method::Proxy => match settings::proxy().await {
            Ok(proxy) => proxy.judge(headers),
            Err(log) => Verdict::Misconfigured(log),
        },
    }
}

/// Says once per instance that everybody may write.
fn warn() {
    thread_local! {
        static SAID: Cell<bool> = const { Cell::new(false) };
    }
    if !SAID.replace(true) {
        http_edge::log::line(
            "WARNING: `auth` has the method `none`: EVERYBODY MAY WRITE, as `anonymous`",
        );
    }
}
