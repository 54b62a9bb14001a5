//! Settings: Spin variables, read once per instance.

use http_edge::caller::claims::Expected;
use http_edge::caller::proxy::ProxySettings;
use http_edge::caller::token::Tokens;
use http_edge::caller::{Method, Verdict};
use outbound::settings::variable;
use std::cell::OnceCell;
use std::rc::Rc;

thread_local! {
    static TOKENS: OnceCell<Rc<Tokens>> = const { OnceCell::new() };
}

/// The methods of a family: those of `own`, or of `auth` if that is empty.
///
/// # Errors
/// What is wrong with the list; the text is for the log.
pub async fn methods(own: &'static str) -> Result<Vec<Method>, String> {
    for name in [own, "auth"] {
        let list = variable(name).await?;
        if !list.is_empty() {
            return Method::list(&list).map_err(|reason| format!("variable `{name}`: {reason}"));
        }
    }
    Err("variable `auth` is empty: name the methods by which callers are identified".to_owned())
}

/// The static tokens.
///
/// # Errors
/// What is wrong with the list; the text is for the log.
pub async fn tokens() -> Result<Rc<Tokens>, String> {
    if let Some(tokens) = TOKENS.with(|cell| cell.get().cloned()) {
        return Ok(tokens);
    }
    let list = variable("auth_tokens").await?;
    let tokens =
        Tokens::parse(&list).map_err(|reason| format!("variable `auth_tokens` {reason}"))?;
    Ok(TOKENS.with(|cell| cell.get_or_init(|| Rc::new(tokens)).clone()))
}

/// What the application and a proxy in front have agreed on.
///
/// # Errors
/// As [`variable`].
pub async fn proxy() -> Result<ProxySettings, String> {
    Ok(ProxySettings {
        secret: variable("proxy_secret").await?.to_string(),
        user_header: variable("proxy_user_header").await?.to_lowercase(),
        groups_header: variable("proxy_groups_header").await?.to_lowercase(),
    })
}

/// What is expected of an issuer's tokens; without an issuer, why there is nothing to expect.
///
/// # Errors
/// When there is no issuer (absent), or the settings can't be used (misconfigured).
pub async fn oidc() -> Result<Expected, Verdict> {
    let read = async |name| variable(name).await.map_err(Verdict::Misconfigured);
    let issuer = read("oidc_issuer").await?;
    if issuer.is_empty() {
        return Err(Verdict::Absent(
            "no issuer is set up (`oidc_issuer`)".to_owned(),
        ));
    }
    let audience = read("oidc_audience").await?;
    let audiences: Vec<String> = audience
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect();
    if audiences.is_empty() {
        return Err(Verdict::Misconfigured(
            "variable `oidc_audience` is empty: tokens that were made for others would be accepted"
                .to_owned(),
        ));
    }
    if !is_issuer(&issuer) {
        return Err(Verdict::Misconfigured(format!(
            "variable `oidc_issuer`: `{issuer}` does not begin with https://, and http:// is for 127.0.0.1 and localhost only"
        )));
    }
    Ok(Expected {
        issuer: issuer.to_string(),
        audiences,
        username_claim: read("oidc_username_claim").await?.to_string(),
        groups_claim: read("oidc_groups_claim").await?.to_string(),
    })
}

fn is_issuer(url: &str) -> bool {
    let Some(rest) = url.strip_prefix("http://") else {
        return url.starts_with("https://");
    };
    let authority = rest.split('/').next().unwrap_or_default();
    let host = authority.split(':').next().unwrap_or_default();
    ["127.0.0.1", "localhost"].contains(&host)
}
