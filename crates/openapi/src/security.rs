//! Who is calling: how requests say it, and the answer to those that don't.

use crate::operation::Operation;
use crate::put::put;
use crate::responses;
use crate::schemas::{self, MESSAGE};
use serde_json::{Value, json};

/// A user name and, unless any is believed, its static token as the password.
const BASIC: &str = "basic";

/// A static token, or one of an OpenID Connect issuer.
const BEARER: &str = "bearer";

/// All ways, for the document.
pub fn schemes() -> Value {
    json!({
        BASIC: {
            "type": "http",
            "scheme": "basic",
            "description": "With the method `token` the password is the user's static token; with `dummy` any password does.",
        },
        BEARER: {
            "type": "http",
            "scheme": "bearer",
            "description": "With the method `token` a static token, with `oidc` a token of the OpenID Connect issuer.",
        },
    })
}

impl Operation {
    /// For callers who say who they are, and, where the installation asks nobody (the method `none`),
    /// for all.
    pub fn asks_who_calls(self) -> Self {
        self.refuses(json!([{ BEARER: [] }, { BASIC: [] }, {}]))
    }

    /// For callers who say who they are.
    pub fn needs_name(self) -> Self {
        self.refuses(json!([{ BEARER: [] }, { BASIC: [] }]))
    }

    fn refuses(self, requirements: Value) -> Self {
        self.security(requirements)
            .answer(401, unauthorized())
            .answer(503, unavailable())
    }
}

/// The message is JSON, or with the method `dummy` plain text.
fn unauthorized() -> Value {
    let mut response = responses::of_type(
        "The request does not show who is calling, in a way that the installation accepts.",
        "text/plain",
    );
    let message = json!({ "schema": schemas::reference(MESSAGE) });
    put(&mut response, &["content", "application/json"], message);
    let challenge = responses::header("What to show.");
    put(&mut response, &["headers", "WWW-Authenticate"], challenge);
    response
}

fn unavailable() -> Value {
    let text = "The store, or the issuer that vouches for callers, does not answer, or the store has no room \
         or can't be written to. Please try again.";
    let mut response = responses::message(text);
    let seconds = responses::header("Seconds to wait.");
    put(&mut response, &["headers", "Retry-After"], seconds);
    response
}
