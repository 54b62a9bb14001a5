//! What is kept of an issuer, for how long, and when it is asked again.
//!
//! Two records: what it has published, and when it was last asked. The second keeps tokens with
//! unknown keys from making us ask all the time, and an issuer that is down from being asked by
//! every request.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// For how long keys are used without asking again, in seconds.
pub const FRESH_S: i64 = 3_600;
/// For how long they are used when the issuer does not answer, in seconds.
pub const USABLE_S: i64 = 86_400;
/// The time between two questions because of an unknown key, in seconds.
pub const UNKNOWN_KEY_PAUSE_S: i64 = 60;
/// The time between two questions after a failed one, in seconds.
pub const FAILURE_PAUSE_S: i64 = 5;
/// How long a question may take, in seconds; after that somebody else may ask.
pub const QUESTION_S: i64 = 10;
/// For how long the issuer's word about an opaque token is kept, in seconds.
pub const INTROSPECTED_S: i64 = 60;
/// How many opaque tokens are kept; a newer one takes the place of another.
pub const INTROSPECTED_SLOTS: u16 = 1_024;

/// What an issuer has published.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Published {
    /// When it was asked, in seconds since the epoch.
    pub asked_s: i64,
    /// Where it tells about opaque tokens.
    pub introspection_endpoint: Option<String>,
    /// Its keys, as it wrote them.
    pub keys: Value,
}

/// When the issuer was last asked, in seconds since the epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The last question.
    pub at_s: i64,
    /// Whether it has ended, well or not.
    pub ended: bool,
    /// The last question because of an unknown key.
    pub unknown_key_s: i64,
}

/// What to do now.
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    /// Use what is there.
    Use,
    /// Ask the issuer.
    Ask,
    /// Somebody else is asking: look again soon.
    Wait,
    /// There is nothing to use, and the issuer has just failed to answer.
    GiveUp,
}

/// What to do at `now_s` with what was published at `published_s`, if anything. `key_is_unknown`:
/// a token needs a key that is not among the published ones.
#[must_use]
pub fn next(published_s: Option<i64>, asked: &Asked, now_s: i64, key_is_unknown: bool) -> Step {
    let is_younger = |then: i64, limit: i64| (0..limit).contains(&now_s.saturating_sub(then));
    let is_fresh = published_s.is_some_and(|then| is_younger(then, FRESH_S));
    let is_usable = published_s.is_some_and(|then| is_younger(then, USABLE_S));
    if is_fresh && !key_is_unknown {
        return Step::Use;
    }
    if !asked.ended && is_younger(asked.at_s, QUESTION_S) {
        return match is_usable && !key_is_unknown {
            true => Step::Use,
            false => Step::Wait,
        };
    }
    if is_fresh {
        return match is_younger(asked.unknown_key_s, UNKNOWN_KEY_PAUSE_S) {
            true => Step::Use,
            false => Step::Ask,
        };
    }
    match (is_younger(asked.at_s, FAILURE_PAUSE_S), is_usable) {
        (false, _) => Step::Ask,
        (true, true) => Step::Use,
        (true, false) => Step::GiveUp,
    }
}

/// What the issuer has said of an opaque token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Introspected {
    /// SHA-256 of the token, in hexadecimal digits.
    pub sha256: String,
    /// The user.
    pub user: String,
    /// The user's groups.
    pub groups: Vec<String>,
    /// Until when this holds, in seconds since the epoch.
    pub until_s: i64,
}

/// Until when the issuer's word about a token is kept that ends at `end_s`.
#[must_use]
pub fn introspected_until(now_s: i64, end_s: Option<i64>) -> i64 {
    let latest = now_s.saturating_add(INTROSPECTED_S);
    end_s.map_or(latest, |end| latest.min(end))
}

/// The place of a token with this hash among those that are kept.
#[must_use]
pub fn slot(sha256: &[u8]) -> u16 {
    let (first, second) = (sha256.first(), sha256.get(1));
    let pair = [first, second].map(|byte| byte.copied().unwrap_or_default());
    u16::from_be_bytes(pair) % INTROSPECTED_SLOTS
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_000_000;

    #[test]
    fn the_issuer_is_asked_when_it_must_be() {
        let never = Asked::default();
        let asked = |ago: i64, ended: bool, unknown_ago: i64| Asked {
            at_s: NOW - ago,
            ended,
            unknown_key_s: NOW - unknown_ago,
        };
        let old = FRESH_S;
        for (published_ago, asked, unknown, expected) in [
            (None, never, false, Step::Ask),
            (None, never, true, Step::Ask),
            // Somebody asks: others wait, unless there is something to use.
            (None, asked(1, false, 99), false, Step::Wait),
            (Some(1), asked(1, false, 1), true, Step::Wait),
            (Some(old), asked(1, false, 99), false, Step::Use),
            (None, asked(QUESTION_S, false, 99), false, Step::Ask),
            // Fresh keys are used; an unknown key asks once in a while.
            (Some(0), never, false, Step::Use),
            (Some(FRESH_S - 1), never, false, Step::Use),
            (Some(FRESH_S), never, false, Step::Ask),
            (Some(1), asked(1, true, 99), true, Step::Ask),
            (
                Some(1),
                asked(1, true, UNKNOWN_KEY_PAUSE_S - 1),
                true,
                Step::Use,
            ),
            (
                Some(1),
                asked(1, true, UNKNOWN_KEY_PAUSE_S),
                true,
                Step::Ask,
            ),
            // The issuer is down: keys are used for a day, and it is not asked by every request.
            (Some(old), asked(1, true, 99), false, Step::Use),
            (
                Some(old),
                asked(FAILURE_PAUSE_S, true, 99),
                false,
                Step::Ask,
            ),
            (Some(USABLE_S - 1), asked(1, true, 99), false, Step::Use),
            (Some(USABLE_S), asked(1, true, 99), false, Step::GiveUp),
            (None, asked(1, true, 99), false, Step::GiveUp),
            // A clock that was set back makes nothing last longer.
            (Some(-10), never, false, Step::Ask),
        ] {
            let published = published_ago.map(|ago: i64| NOW - ago);
            let step = next(published, &asked, NOW, unknown);
            assert_eq!(step, expected, "{published_ago:?} {asked:?} {unknown}");
        }
    }

    #[test]
    fn opaque_tokens_are_kept_shortly() {
        assert_eq!(introspected_until(NOW, None), NOW + INTROSPECTED_S);
        assert_eq!(introspected_until(NOW, Some(NOW + 5)), NOW + 5);
        assert_eq!(introspected_until(NOW, Some(NOW - 5)), NOW - 5);
        assert_eq!(
            introspected_until(NOW, Some(i64::MAX)),
            NOW + INTROSPECTED_S
        );
        assert_eq!(
            (slot(&[]), slot(&[0xff, 0xff]), slot(&[4, 1])),
            (0, 1_023, 1)
        );
    }
}
