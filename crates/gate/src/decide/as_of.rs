//! As of when a request asks for policies: Sluicegate's own field, read before the policies are known.

use serde_json::Value;

use super::request::RequestError;
use crate::text::time;

/// The time whose policies are to be used, µs since the epoch; none for those of now. A body that is no object has none: what is wrong with it
/// is said when it is read.
pub fn policies_as_of(body: &Value) -> Result<Option<i64>, RequestError> {
    match body.get("policies_as_of") {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value
            .as_str()
            .and_then(time::parse_date_time)
            .map(Some)
            .ok_or(RequestError::InvalidPoliciesAsOf),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_time_with_or_without_a_zone_is_read() {
        let check = |value: Value, expected: Option<i64>| {
            let body = json!({ "policies_as_of": value });
            assert_eq!(policies_as_of(&body).ok().flatten(), expected, "{body}");
        };
        check(json!("1970-01-01T00:00:01.000000"), Some(1_000_000));
        check(json!("1970-01-01T01:00:01+01:00"), Some(1_000_000));
        check(json!(null), None);
        for wrong in [json!("yesterday"), json!(""), json!(1), json!(false)] {
            let body = json!({ "policies_as_of": wrong });
            assert_eq!(
                policies_as_of(&body),
                Err(RequestError::InvalidPoliciesAsOf)
            );
        }
        assert_eq!(policies_as_of(&json!([])), Ok(None));
    }
}
