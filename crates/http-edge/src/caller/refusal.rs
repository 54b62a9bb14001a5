//! Several methods, one answer: the first that accepts wins; otherwise the reasons of all of them
//! become one refusal, in WaiverDB's words.

use super::{ANONYMOUS, Caller, Method, Verdict};
use crate::error::Error;
use crate::reply::Reply;

/// What a request that does not show who is calling is answered with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// One `WWW-Authenticate` each.
    pub challenges: Vec<String>,
    /// For people; no secret is in it.
    pub message: String,
    /// Whether the message is the whole body; otherwise it is inside of JSON.
    pub is_plain: bool,
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let mut reply = match refusal.is_plain {
            true => Reply::text(401, &refusal.message),
            false => Reply::message(401, &refusal.message),
        };
        for challenge in refusal.challenges {
            reply = reply.with_header("www-authenticate", challenge);
        }
        Self::Client(reply)
    }
}

/// What came of all methods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// This is who is calling.
    Caller(Caller),
    /// 401.
    Refused(Refusal),
    /// It can't be told now (503); the text is for the log.
    Unavailable(String),
    /// It can't be told with these settings (500); the text is for the log.
    Misconfigured(String),
}

/// What the methods tried so far have said.
#[derive(Default)]
pub struct Attempts {
    failures: Vec<(Method, String)>,
    asked: Vec<Method>,
    rejected: Vec<Method>,
    unavailable: Option<String>,
}

impl Attempts {
    /// Takes a method's verdict. Anything returned is final.
    pub fn add(&mut self, method: Method, verdict: Verdict) -> Option<Outcome> {
        self.asked.push(method);
        match verdict {
            Verdict::Accepted(caller) => return Some(Outcome::Caller(caller)),
            Verdict::Misconfigured(log) => return Some(Outcome::Misconfigured(log)),
            Verdict::Unavailable(log) => {
                self.unavailable.get_or_insert(log);
            }
            Verdict::Absent(reason) => self.failures.push((method, reason)),
            Verdict::Rejected(reason) => {
                self.rejected.push(method);
                self.failures.push((method, reason));
            }
        }
        None
    }

    /// The verdict of the method `none`: everybody is let in, but for those whose credentials
    /// another method has refused. They would wonder why they are `anonymous`.
    #[must_use]
    pub fn anonymous(&self) -> Verdict {
        match self.rejected.is_empty() && self.unavailable.is_none() {
            true => Verdict::of(Caller::new(ANONYMOUS, Vec::new(), Method::None)),
            false => Verdict::Absent("the request has credentials that do not hold".to_owned()),
        }
    }

    /// What becomes of a request that no method has accepted.
    #[must_use]
    pub fn refuse(self) -> Outcome {
        if let Some(log) = self.unavailable {
            return Outcome::Unavailable(log);
        }
        let dummy_is_asked = self.asked.contains(&Method::Dummy);
        let is_plain = dummy_is_asked && !self.rejected.contains(&Method::Dummy);
        let message = match is_plain {
            true => "Unauthorized".to_owned(),
            false => {
                let failures = self.failures.iter();
                let lines = failures.map(|(method, reason)| {
                    format!("\n- Authentication method {method} failed: {reason}")
                });
                format!("Authentication failed:{}", lines.collect::<String>())
            }
        };
        Outcome::Refused(Refusal {
            challenges: self.challenges(dummy_is_asked),
            message,
            is_plain,
        })
    }

    fn challenges(&self, dummy_is_asked: bool) -> Vec<String> {
        let bearers = [Method::Token, Method::Oidc];
        let mut challenges = Vec::new();
        if dummy_is_asked {
            challenges.push("Basic realm=\"dummy\"".to_owned());
        }
        if bearers.iter().any(|method| self.rejected.contains(method)) {
            challenges.push("Bearer realm=\"sluicegate\", error=\"invalid_token\"".to_owned());
        } else if !dummy_is_asked || bearers.iter().any(|method| self.asked.contains(method)) {
            // A 401 must have a challenge, even if only a proxy could answer it.
            challenges.push("Bearer realm=\"sluicegate\"".to_owned());
        }
        challenges
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(verdicts: Vec<(Method, Verdict)>) -> Refusal {
        let mut attempts = Attempts::default();
        for (method, verdict) in verdicts {
            assert_eq!(attempts.add(method, verdict), None);
        }
        match attempts.refuse() {
            Outcome::Refused(refusal) => refusal,
            other => panic!("{other:?}"),
        }
    }

    fn absent() -> Verdict {
        Verdict::Absent("nothing there".into())
    }

    fn rejected() -> Verdict {
        Verdict::Rejected("no good".into())
    }

    #[test]
    fn reasons_are_listed_in_order() {
        let refusal = refused(vec![(Method::Token, absent()), (Method::Oidc, rejected())]);
        assert_eq!(
            refusal.message,
            "Authentication failed:\n- Authentication method token failed: nothing there\n- Authentication method OIDC failed: no good"
        );
        assert_eq!(
            refusal.challenges,
            ["Bearer realm=\"sluicegate\", error=\"invalid_token\""]
        );
        let Error::Client(reply) = refusal.into() else {
            panic!("no reply");
        };
        assert_eq!(reply.status, 401);
        assert!(
            reply
                .body
                .starts_with(b"{\"message\":\"Authentication failed:\\n- ")
        );
    }

    #[test]
    fn dummy_answers_as_waiverdb_does() {
        let refusal = refused(vec![(Method::Dummy, absent())]);
        assert_eq!(
            (refusal.message.as_str(), refusal.is_plain),
            ("Unauthorized", true)
        );
        assert_eq!(refusal.challenges, ["Basic realm=\"dummy\""]);
        let refusal = refused(vec![(Method::Oidc, rejected()), (Method::Dummy, absent())]);
        assert_eq!(refusal.message, "Unauthorized");
        assert_eq!(refusal.challenges.len(), 2);
        assert!(!refused(vec![(Method::Dummy, rejected())]).is_plain);
    }

    #[test]
    fn every_refusal_has_a_challenge() {
        for method in [Method::Dummy, Method::Token, Method::Oidc, Method::Proxy] {
            for verdict in [absent(), rejected()] {
                assert!(
                    !refused(vec![(method, verdict)]).challenges.is_empty(),
                    "{method}"
                );
            }
        }
    }

    #[test]
    fn nobody_asks_but_bad_credentials_are_told() {
        let mut attempts = Attempts::default();
        assert!(matches!(attempts.anonymous(), Verdict::Accepted(_)));
        attempts.add(Method::Token, absent());
        assert!(matches!(attempts.anonymous(), Verdict::Accepted(_)));
        attempts.add(Method::Oidc, rejected());
        assert!(matches!(attempts.anonymous(), Verdict::Absent(_)));
    }

    #[test]
    fn an_issuer_that_is_down_is_no_refusal() {
        let mut attempts = Attempts::default();
        assert_eq!(
            attempts.add(Method::Oidc, Verdict::Unavailable("down".into())),
            None
        );
        assert_eq!(attempts.add(Method::Token, rejected()), None);
        assert!(matches!(attempts.anonymous(), Verdict::Absent(_)));
        assert_eq!(attempts.refuse(), Outcome::Unavailable("down".into()));
        let mut attempts = Attempts::default();
        let wrong = attempts.add(Method::Oidc, Verdict::Misconfigured("x".into()));
        assert_eq!(wrong, Some(Outcome::Misconfigured("x".into())));
    }
}
