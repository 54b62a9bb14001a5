//! The method `dummy`: whoever the client says it is, for tests and old clients.

use super::authorization::Credentials;
use super::{Caller, Method, Verdict};

/// Takes the user name of HTTP Basic; the password is not looked at.
#[must_use]
pub fn judge(credentials: &Credentials) -> Verdict {
    match credentials {
        Credentials::Basic { user, .. } => {
            Verdict::of(Caller::new(user, Vec::new(), Method::Dummy))
        }
        Credentials::Malformed(reason) => Verdict::Rejected((*reason).to_owned()),
        _ => Verdict::Absent("send a user name by HTTP Basic".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_user_is_believed() {
        let basic = |user: &str| Credentials::Basic {
            user: user.into(),
            password: "whatever".into(),
        };
        assert!(matches!(judge(&basic("joe")), Verdict::Accepted(caller) if caller.user == "joe"));
        assert!(matches!(judge(&basic("")), Verdict::Rejected(_)));
        assert!(matches!(
            judge(&Credentials::Malformed("x")),
            Verdict::Rejected(_)
        ));
        for other in [
            Credentials::Missing,
            Credentials::Other,
            Credentials::Bearer("a".into()),
        ] {
            assert!(matches!(judge(&other), Verdict::Absent(_)));
        }
    }
}
