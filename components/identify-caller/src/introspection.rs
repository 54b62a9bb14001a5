//! Opaque tokens: the issuer is asked what it knows of them (RFC 7662). Its word is kept for a
//! minute under the token's SHA-256, never longer than the token holds.

use crate::fetch;
use crate::issuer::Issuer;
use crate::kept::{self, Introspected};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http_edge::caller::claims::{self, Expected};
use http_edge::caller::{Caller, Method, Verdict};
use outbound::cache::{Cache, hex, sha256};
use outbound::settings::variable;
use std::rc::Rc;

/// What the issuer says of a token.
///
/// # Errors
/// When it can't be asked.
pub async fn judge(
    token: &str,
    expected: &Expected,
    issuer: &Issuer,
    now_s: i64,
) -> Result<Verdict, Verdict> {
    let (id, secret) = client().await.map_err(Verdict::Misconfigured)?;
    let endpoint = issuer.published.introspection_endpoint.as_deref();
    let (Some(endpoint), false) = (endpoint, id.is_empty()) else {
        return Ok(Verdict::Rejected(
            "the token is no JWT, and the issuer can't be asked about others (`oidc_client_id`)"
                .to_owned(),
        ));
    };
    let cache = Cache::open().await.map_err(Verdict::Unavailable)?;
    let hash = sha256(token);
    let (digits, slot) = (hex(&hash), kept::slot(&hash));
    let key = format!("introspected/{slot}");
    let known: Option<Introspected> = cache.get(&key).await.map_err(Verdict::Unavailable)?;
    if let Some(known) = known.filter(|known| known.sha256 == digits && now_s < known.until_s) {
        return Ok(Verdict::of(Caller::new(
            &known.user,
            known.groups,
            Method::Oidc,
        )));
    }
    let form = form_urlencoded::Serializer::new(String::new())
        .append_pair("token", token)
        .append_pair("token_type_hint", "access_token")
        .finish();
    let authorization = format!(
        "Basic {}",
        STANDARD.encode(format!("{}:{}", encoded(&id), encoded(&secret)))
    );
    let answer = fetch::post_form(endpoint, &authorization, form).await;
    let answer = answer.map_err(Verdict::Unavailable)?;
    let Some(said) = answer.as_object() else {
        return Err(Verdict::Unavailable(format!(
            "POST {endpoint}: the answer is no object"
        )));
    };
    let caller = expected
        .check_introspected(said, now_s)
        .and_then(|()| expected.caller(said));
    if let Ok(caller) = &caller {
        let end_s = claims::said_time(said, "exp").ok().flatten();
        let introspected = Introspected {
            sha256: digits,
            user: caller.user.clone(),
            groups: caller.groups.clone(),
            until_s: kept::introspected_until(now_s, end_s),
        };
        let kept = cache.set(&key, &introspected).await;
        kept.map_err(Verdict::Unavailable)?;
    }
    Ok(Verdict::of(caller))
}

async fn client() -> Result<(Rc<str>, Rc<str>), String> {
    let id = variable("oidc_client_id").await?;
    Ok((id, variable("oidc_client_secret").await?))
}

/// Form-encoded, as RFC 6749 (2.3.1) asks for.
fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
