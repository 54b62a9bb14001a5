//! Who is calling: the values and rules behind it, one method in a file.
//!
//! Pure: what needs the network, a clock or a cache is the component's that identifies callers. A
//! method says one of four things about a request ([`Verdict`]); [`refusal::Attempts`] puts them
//! together.

pub mod authorization;
pub mod claims;
pub mod dummy;
pub mod method;
pub mod proxy;
pub mod refusal;
pub mod token;

pub use method::Method;
pub use refusal::{Attempts, Outcome, Refusal};

/// The name of a caller whom nobody asks who it is.
pub const ANONYMOUS: &str = "anonymous";

/// The longest name of a user, in characters: what waivers have room for.
pub const MAX_USER_CHARS: usize = 255;

/// Somebody who has shown who it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The name: 1 to [`MAX_USER_CHARS`] characters, none of them a control character.
    pub user: String,
    /// The groups that the caller is known to be in, as whoever vouches for it names them.
    pub groups: Vec<String>,
    /// What found it.
    pub method: Method,
}

impl Caller {
    /// A caller of this name.
    ///
    /// # Errors
    /// Why the name can't be one.
    pub fn new(user: &str, groups: Vec<String>, method: Method) -> Result<Self, String> {
        let chars = user.chars().count();
        if chars == 0 || user.trim().is_empty() {
            return Err("the user has no name".to_owned());
        }
        if chars > MAX_USER_CHARS {
            return Err(format!(
                "the user's name is longer than {MAX_USER_CHARS} characters"
            ));
        }
        if user.chars().any(char::is_control) {
            return Err("the user's name has a control character".to_owned());
        }
        Ok(Self {
            user: user.to_owned(),
            groups,
            method,
        })
    }
}

/// What one method says about a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// This is who is calling.
    Accepted(Caller),
    /// The request has nothing for this method; the text says what it could have.
    Absent(String),
    /// What the request has for this method does not hold, and why; no secret is in the text.
    Rejected(String),
    /// It can't be told now; the text is for the log.
    Unavailable(String),
    /// It can't be told with these settings; the text is for the log.
    Misconfigured(String),
}

impl Verdict {
    /// Accepted if `caller` is one, else rejected.
    #[must_use]
    pub fn of(caller: Result<Caller, String>) -> Self {
        match caller {
            Ok(caller) => Self::Accepted(caller),
            Err(reason) => Self::Rejected(reason),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_limits() {
        let check = |user: &str, fits| {
            let caller = Caller::new(user, Vec::new(), Method::Dummy);
            assert_eq!(caller.is_ok(), fits, "{user:?}");
        };
        check("joe", true);
        check("joe@EXAMPLE.org", true);
        check(&"ü".repeat(MAX_USER_CHARS), true);
        check(&"ü".repeat(MAX_USER_CHARS + 1), false);
        check("", false);
        check(" ", false);
        check("a\nb", false);
        check("a\u{7f}", false);
    }
}
