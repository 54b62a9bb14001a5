//! What a token of an OpenID Connect issuer says, once its signature holds or the issuer itself has
//! said it: whether it is for us and now, and who it is about.

use super::{Caller, Method};
use serde_json::{Map, Value};

/// By how much the issuer's clock and ours may differ, in seconds.
pub const CLOCK_SKEW_S: i64 = 60;

/// What is expected of a token.
#[derive(Clone, Debug)]
pub struct Expected {
    /// The issuer, exactly as it writes itself.
    pub issuer: String,
    /// For whom a token must be: any of these.
    pub audiences: Vec<String>,
    /// The claim with the user's name: a key, or keys joined by dots.
    pub username_claim: String,
    /// The claim with the groups, likewise.
    pub groups_claim: String,
}

impl Expected {
    /// Checks issuer, audience and times (seconds since the epoch) of a JWT.
    ///
    /// # Errors
    /// What does not hold.
    pub fn check(&self, claims: &Map<String, Value>, now_s: i64) -> Result<(), String> {
        if claims.get("iss").and_then(Value::as_str) != Some(&self.issuer) {
            return Err("the token is from another issuer".to_owned());
        }
        if !self.is_for_us(claims.get("aud")) {
            return Err("the token is for another audience".to_owned());
        }
        check_times(time(claims, "exp")?, time(claims, "nbf")?, now_s, true)
    }

    /// Checks what the issuer answers when it is asked about an opaque token (RFC 7662). Only
    /// `active` must be there; but a token must be for us by its audience or its client.
    ///
    /// # Errors
    /// What does not hold.
    pub fn check_introspected(
        &self,
        claims: &Map<String, Value>,
        now_s: i64,
    ) -> Result<(), String> {
        if claims.get("active") != Some(&Value::Bool(true)) {
            return Err("the token is not active".to_owned());
        }
        if claims
            .get("iss")
            .is_some_and(|issuer| issuer.as_str() != Some(&self.issuer))
        {
            return Err("the token is from another issuer".to_owned());
        }
        let audience = claims.get("aud").filter(|audience| !audience.is_null());
        if !self.is_for_us(audience.or(claims.get("client_id"))) {
            return Err("the token is for another audience".to_owned());
        }
        let (end, start) = (said_time(claims, "exp")?, said_time(claims, "nbf")?);
        check_times(end, start, now_s, false)
    }

    /// Who the token is about.
    ///
    /// # Errors
    /// When there is no usable name.
    pub fn caller(&self, claims: &Map<String, Value>) -> Result<Caller, String> {
        let user = at(claims, &self.username_claim).and_then(Value::as_str);
        let user = user.ok_or_else(|| {
            format!(
                "the token has no user name in the claim `{}`",
                self.username_claim
            )
        })?;
        let groups = match at(claims, &self.groups_claim) {
            Some(Value::Array(groups)) => groups.iter().filter_map(Value::as_str).collect(),
            Some(Value::String(group)) => vec![group.as_str()],
            _ => Vec::new(),
        };
        let groups = groups.into_iter().map(str::to_owned).collect();
        Caller::new(user, groups, Method::Oidc)
    }

    fn is_for_us(&self, audience: Option<&Value>) -> bool {
        let ours = |value: &Value| {
            let text = value.as_str();
            text.is_some_and(|text| self.audiences.iter().any(|own| own == text))
        };
        match audience {
            Some(Value::Array(audiences)) => audiences.iter().any(ours),
            Some(audience) => ours(audience),
            None => false,
        }
    }
}

fn check_times(
    end: Option<i64>,
    start: Option<i64>,
    now_s: i64,
    must_expire: bool,
) -> Result<(), String> {
    match end {
        Some(end) if end.saturating_add(CLOCK_SKEW_S) <= now_s => {
            return Err("the token has expired".to_owned());
        }
        None if must_expire => return Err("the token has no `exp`".to_owned()),
        _ => {}
    }
    match start {
        Some(start) if start.saturating_sub(CLOCK_SKEW_S) > now_s => {
            Err("the token does not hold yet".to_owned())
        }
        _ => Ok(()),
    }
}

/// A time in whole seconds.
///
/// # Errors
/// When it is there and no number.
pub fn time(claims: &Map<String, Value>, name: &str) -> Result<Option<i64>, String> {
    let Some(value) = claims.get(name) else {
        return Ok(None);
    };
    // Conversion saturates; a fraction is cut off.
    #[allow(clippy::cast_possible_truncation)]
    let whole = |seconds: f64| seconds as i64;
    let seconds = value.as_i64().or_else(|| value.as_f64().map(whole));
    match seconds {
        Some(seconds) => Ok(Some(seconds)),
        None => Err(format!("the token's `{name}` is no time")),
    }
}

/// As [`time`], in what the issuer answers when it is asked: Ipsilon, Fedora's, writes the digits as a
/// text.
///
/// # Errors
/// As [`time`].
pub fn said_time(claims: &Map<String, Value>, name: &str) -> Result<Option<i64>, String> {
    let text = claims.get(name).and_then(Value::as_str);
    let digits = text.filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    match digits.and_then(|digits| digits.parse().ok()) {
        Some(seconds) => Ok(Some(seconds)),
        None => time(claims, name),
    }
}

/// The value under a key, or under keys joined by dots. Keys with dots of their own win.
fn at<'a>(claims: &'a Map<String, Value>, path: &str) -> Option<&'a Value> {
    if let Some(value) = claims.get(path) {
        return Some(value);
    }
    let (first, rest) = path.split_once('.')?;
    at(claims.get(first)?.as_object()?, rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn expected() -> Expected {
        Expected {
            issuer: "https://id.test".into(),
            audiences: vec!["sluicegate".into(), "other".into()],
            username_claim: "preferred_username".into(),
            groups_claim: "realm_access.roles".into(),
        }
    }

    fn with(changes: Value) -> Map<String, Value> {
        let mut claims = json!({
            "iss": "https://id.test", "aud": "sluicegate", "exp": 1_000, "active": true,
            "preferred_username": "joe", "realm_access": {"roles": ["qa", 5, "dev"]},
        });
        let claims = claims.as_object_mut().unwrap();
        for (key, value) in changes.as_object().unwrap() {
            match value {
                Value::Null => claims.remove(key),
                value => claims.insert(key.clone(), value.clone()),
            };
        }
        claims.clone()
    }

    #[test]
    fn issuer_audience_and_times_are_checked() {
        for (changes, result) in [
            (json!({}), ""),
            (json!({"aud": ["x", "other"]}), ""),
            (json!({"nbf": 560, "exp": 441}), ""),
            (json!({"exp": 1e300}), ""),
            (json!({"exp": 440.9}), "has expired"),
            (json!({"exp": 440}), "has expired"),
            (json!({"exp": null}), "no `exp`"),
            (json!({"exp": "1000"}), "`exp` is no time"),
            (json!({"nbf": 561}), "does not hold yet"),
            (json!({"nbf": {}}), "`nbf` is no time"),
            (json!({"iss": "https://id.test/"}), "another issuer"),
            (json!({"iss": null}), "another issuer"),
            (json!({"iss": ["https://id.test"]}), "another issuer"),
            (json!({"aud": "x"}), "another audience"),
            (json!({"aud": []}), "another audience"),
            (json!({"aud": null}), "another audience"),
            (
                json!({"aud": null, "client_id": "sluicegate"}),
                "another audience",
            ),
        ] {
            let checked = expected().check(&with(changes.clone()), 500);
            match checked {
                Ok(()) => assert_eq!(result, "", "{changes}"),
                Err(text) => assert!(
                    !result.is_empty() && text.contains(result),
                    "{changes}: {text}"
                ),
            }
        }
        let nobody = Expected {
            audiences: vec![],
            ..expected()
        };
        assert!(nobody.check(&with(json!({})), 500).is_err());
    }

    #[test]
    fn what_the_issuer_says_itself_needs_less() {
        for (changes, holds) in [
            (json!({"iss": null, "exp": null}), true),
            (json!({"aud": null, "client_id": "other"}), true),
            (json!({"aud": "x", "client_id": "other"}), false),
            (json!({"aud": null}), false),
            (json!({"active": false}), false),
            (json!({"active": "true"}), false),
            (json!({"active": null}), false),
            (json!({"iss": "https://evil.test"}), false),
            (json!({"exp": 440}), false),
            (json!({"exp": "441", "nbf": "560"}), true),
            (json!({"exp": "440"}), false),
            (json!({"nbf": "561"}), false),
            (json!({"exp": ""}), false),
            (json!({"exp": "+1000"}), false),
            (json!({"exp": "1e9"}), false),
            (json!({"exp": "99999999999999999999"}), false),
        ] {
            let checked = expected().check_introspected(&with(changes.clone()), 500);
            assert_eq!(checked.is_ok(), holds, "{changes}");
        }
    }

    #[test]
    fn user_and_groups_come_from_named_claims() {
        let check = |username: &str, groups: &str, result: Option<(&str, &str)>| {
            let expected = Expected {
                username_claim: username.into(),
                groups_claim: groups.into(),
                ..expected()
            };
            let claims =
                with(json!({"https://x.y/groups": ["a"], "one": "b", "n": 5, "empty": ""}));
            let caller = expected.caller(&claims).ok();
            let caller = caller.map(|caller| (caller.user, caller.groups.join(" ")));
            let result = result.map(|(user, groups)| (user.to_owned(), groups.to_owned()));
            assert_eq!(caller, result, "{username} {groups}");
        };
        check(
            "preferred_username",
            "realm_access.roles",
            Some(("joe", "qa dev")),
        );
        check(
            "preferred_username",
            "https://x.y/groups",
            Some(("joe", "a")),
        );
        check("one", "one", Some(("b", "b")));
        check("one", "nowhere.roles", Some(("b", "")));
        check("one", "one.two", Some(("b", "")));
        for username in ["n", "nobody", "empty", ""] {
            check(username, "one", None);
        }
    }
}
