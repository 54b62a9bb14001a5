//! The methods by which a caller is identified, and lists of them as settings write them.

use std::fmt;

/// A way to tell who is calling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Nobody is asked.
    None,
    /// The user name of HTTP Basic, whatever the password.
    Dummy,
    /// A static token.
    Token,
    /// A token of an OpenID Connect issuer.
    Oidc,
    /// Headers of a proxy in front.
    Proxy,
}

impl Method {
    const ALL: [Self; 5] = [
        Self::None,
        Self::Dummy,
        Self::Token,
        Self::Oidc,
        Self::Proxy,
    ];

    /// The name in settings.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Dummy => "dummy",
            Self::Token => "token",
            Self::Oidc => "oidc",
            Self::Proxy => "proxy",
        }
    }

    /// The method of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.name() == name)
    }

    /// A list such as `token,oidc`, in the order in which they are tried.
    ///
    /// # Errors
    /// What is wrong with the list.
    pub fn list(text: &str) -> Result<Vec<Self>, String> {
        let mut methods = Vec::new();
        for name in text.split(',').map(str::trim) {
            let method = Self::named(name).ok_or_else(|| {
                format!("`{name}` is no method: there are none, dummy, token, oidc and proxy")
            })?;
            if methods.contains(&method) {
                return Err(format!("`{name}` is there more than once"));
            }
            if methods.contains(&Self::None) {
                return Err("nothing may follow `none`, which lets everybody in".to_owned());
            }
            methods.push(method);
        }
        Ok(methods)
    }
}

/// As messages name it: WaiverDB writes OIDC in capitals.
impl fmt::Display for Method {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Oidc => "OIDC",
            other => other.name(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read_in_order() {
        use Method::{Dummy, None, Oidc, Proxy, Token};
        for (text, expected) in [
            ("none", vec![None]),
            ("token,oidc", vec![Token, Oidc]),
            (" proxy , dummy,none ", vec![Proxy, Dummy, None]),
        ] {
            assert_eq!(Method::list(text), Ok(expected), "{text}");
        }
        for (text, part) in [
            ("", "`` is no method"),
            ("token,", "`` is no method"),
            ("OIDC", "`OIDC` is no method"),
            ("token,token", "more than once"),
            ("none,token", "nothing may follow"),
        ] {
            let error = Method::list(text).unwrap_err();
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
