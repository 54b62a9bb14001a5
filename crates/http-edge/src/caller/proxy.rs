//! The method `proxy`: a proxy in front has identified the caller and says so in headers.
//!
//! They are believed only beside [`SECRET_HEADER`] with the secret that proxy and application
//! share. The proxy must remove these headers from what clients send.

use super::{Caller, Method, Verdict};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// The header with the shared secret.
pub const SECRET_HEADER: &str = "x-sluicegate-proxy-secret";

/// The fewest characters of the shared secret.
pub const MIN_SECRET_CHARS: usize = 20;

/// What proxy and application have agreed on.
pub struct ProxySettings {
    /// The shared secret; with an empty one nobody is believed.
    pub secret: String,
    /// The header with the user's name, in lower case.
    pub user_header: String,
    /// The header with the groups, separated by commas, in lower case.
    pub groups_header: String,
}

impl ProxySettings {
    /// Whom the proxy names.
    #[must_use]
    pub fn judge(&self, headers: &[(String, String)]) -> Verdict {
        if self.secret.is_empty() {
            return Verdict::Absent("no secret is set up (`proxy_secret`)".to_owned());
        }
        if self.secret.chars().count() < MIN_SECRET_CHARS {
            return Verdict::Misconfigured(format!(
                "variable `proxy_secret` has fewer than {MIN_SECRET_CHARS} characters"
            ));
        }
        let values = |wanted: &str| -> Vec<&str> {
            let found = headers.iter().filter(|(name, _)| name == wanted);
            found.map(|(_, value)| value.trim()).collect()
        };
        let (secrets, users) = (values(SECRET_HEADER), values(&self.user_header));
        match (secrets.as_slice(), users.as_slice()) {
            ([], []) => Verdict::Absent("the request did not come through the proxy".to_owned()),
            ([secret], [user]) if self.is_secret(secret) => {
                let groups = values(&self.groups_header);
                Verdict::of(Caller::new(user, split(&groups), Method::Proxy))
            }
            ([secret], []) if self.is_secret(secret) => {
                Verdict::Absent("the proxy names no user".to_owned())
            }
            ([secret], _) if self.is_secret(secret) => {
                Verdict::Rejected("the proxy names more than one user".to_owned())
            }
            _ => Verdict::Rejected("the request does not have the proxy's secret".to_owned()),
        }
    }

    /// Compares hashes, so that not even the length shows in the time.
    fn is_secret(&self, given: &str) -> bool {
        let own = Sha256::digest(self.secret.as_bytes());
        let given = Sha256::digest(given.as_bytes());
        own.as_slice().ct_eq(given.as_slice()).into()
    }
}

fn split(values: &[&str]) -> Vec<String> {
    let names = values.iter().flat_map(|value| value.split(','));
    let names = names.map(str::trim).filter(|name| !name.is_empty());
    names.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "twenty-or-more-of-them";

    fn judge(secret: &str, headers: &[(&str, &str)]) -> Verdict {
        let settings = ProxySettings {
            secret: secret.into(),
            user_header: "x-forwarded-user".into(),
            groups_header: "x-forwarded-groups".into(),
        };
        let headers: Vec<(String, String)> = headers
            .iter()
            .map(|(name, value)| ((*name).into(), (*value).into()))
            .collect();
        settings.judge(&headers)
    }

    #[test]
    fn headers_are_believed_beside_the_secret() {
        let verdict = judge(
            SECRET,
            &[
                (SECRET_HEADER, SECRET),
                ("x-forwarded-user", "joe"),
                ("x-forwarded-groups", "a, b"),
                ("x-forwarded-groups", ",c"),
            ],
        );
        let Verdict::Accepted(caller) = verdict else {
            panic!("refused");
        };
        assert_eq!(
            (caller.user.as_str(), caller.groups.join(" ")),
            ("joe", "a b c".to_owned())
        );
    }

    #[test]
    fn nothing_is_believed_without_it() {
        let user = ("x-forwarded-user", "joe");
        for headers in [
            vec![user],
            vec![(SECRET_HEADER, "wrong"), user],
            vec![(SECRET_HEADER, ""), user],
            vec![(SECRET_HEADER, SECRET), (SECRET_HEADER, SECRET), user],
            vec![(SECRET_HEADER, SECRET), user, ("x-forwarded-user", "eve")],
            vec![(SECRET_HEADER, SECRET), ("x-forwarded-user", "")],
            vec![(SECRET_HEADER, "wrong")],
        ] {
            assert!(
                matches!(judge(SECRET, &headers), Verdict::Rejected(_)),
                "{headers:?}"
            );
        }
        assert!(matches!(
            judge("", &[(SECRET_HEADER, ""), user]),
            Verdict::Absent(_)
        ));
        assert!(matches!(judge(SECRET, &[]), Verdict::Absent(_)));
        assert!(matches!(
            judge(SECRET, &[(SECRET_HEADER, SECRET)]),
            Verdict::Absent(_)
        ));
    }

    #[test]
    fn secrets_have_a_least_length() {
        let secret = "x".repeat(MIN_SECRET_CHARS);
        let with = |secret: &str| {
            judge(
                secret,
                &[(SECRET_HEADER, secret), ("x-forwarded-user", "joe")],
            )
        };
        assert!(matches!(with(&secret), Verdict::Accepted(_)));
        assert!(matches!(with(&secret[1..]), Verdict::Misconfigured(_)));
    }
}
