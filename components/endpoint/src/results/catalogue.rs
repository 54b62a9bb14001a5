//! Groups and test cases: their JSON, their queries and the bodies that create them.

use crate::records::{Group, GroupFilter, GroupMention, Update};
use crate::results::filter::{check_patterns, paging_of};
use crate::results::wire::PREFIX;
use http_edge::body::require_no_nul;
use http_edge::page::Paging;
use http_edge::query::{Query, encode_parameter};
use http_edge::request::encode_segment;
use http_edge::validation::{Kind, Mistakes};
use http_edge::{Error, Result};
use serde::Serialize;
use serde_json::{Map, Value};

/// The longest identifier of a group, in characters. ResultsDB's column is made for 36, but clients send
/// digests, too: Avocado names the group of a job by 40 hexadecimal digits.
pub const MAX_UUID_CHARS: usize = 64;

/// The longest name of a test case, in characters.
pub const MAX_TEST_CASE_CHARS: usize = 2_048;

/// Whether a text has more characters than this.
#[must_use]
pub fn is_longer(text: &str, max_chars: usize) -> bool {
    text.len() > max_chars && text.chars().count() > max_chars
}

/// A group; keys in alphabetical order.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Group))]
pub struct GroupJson<'a> {
    /// What it is.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    description: Option<&'a str>,
    /// Where it is.
    href: String,
    /// Where to read more about it.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    ref_url: Option<&'a str>,
    /// Where its results are.
    results: String,
    /// How many results it has.
    results_count: u64,
    /// Its identifier, any text.
    uuid: &'a str,
}

impl<'a> GroupJson<'a> {
    /// The JSON of `group`, with links that begin with `base`.
    #[must_use]
    pub fn new(group: &'a Group, base: &str) -> Self {
        Self {
            description: group.description.as_deref(),
            href: format!("{base}{PREFIX}/groups/{}", encode_segment(&group.uuid)),
            ref_url: group.ref_url.as_deref(),
            results: format!(
                "{base}{PREFIX}/results?groups={}",
                encode_parameter(&group.uuid)
            ),
            results_count: group.result_count,
            uuid: &group.uuid,
        }
    }
}

/// What a request for groups asks for: `uuid`, and `description` or else `description:like`, each a
/// list separated by commas.
///
/// # Errors
/// 400 with the list of mistakes.
pub fn group_query(query: &Query, max_page_size: u32) -> Result<(GroupFilter, Paging)> {
    let mut mistakes = Mistakes::default();
    let paging = paging_of(query, max_page_size, &mut mistakes);
    mistakes.check()?;
    let list = |name: &str| -> Vec<String> {
        let given = query.first(name).unwrap_or_default().split(',');
        given
            .filter(|part| !part.trim().is_empty())
            .map(str::to_owned)
            .collect()
    };
    let wildcard = query.first("description").is_none_or(str::is_empty);
    let descriptions = list(if wildcard {
        "description:like"
    } else {
        "description"
    });
    if wildcard {
        check_patterns(descriptions.len())?;
    }
    Ok((
        GroupFilter {
            uuids: list("uuid"),
            descriptions,
            wildcard,
        },
        paging,
    ))
}

/// What a request for test cases asks for: names or else patterns (`name`, `name:like`), each a list
/// separated by commas.
///
/// # Errors
/// 400 with the list of mistakes.
pub fn test_case_query(
    query: &Query,
    max_page_size: u32,
) -> Result<(Vec<String>, Vec<String>, Paging)> {
    let mut mistakes = Mistakes::default();
    let paging = paging_of(query, max_page_size, &mut mistakes);
    mistakes.check()?;
    let names = query.first_list("name").unwrap_or_default();
    let like = match names.is_empty() {
        true => query.first_list("name:like").unwrap_or_default(),
        false => Vec::new(),
    };
    check_patterns(like.len())?;
    Ok((names, like, paging))
}

/// The body of `POST /groups`. Only attributes that say something are updated.
///
/// # Errors
/// 400 that says what is wrong.
pub fn new_group(body: &Value, new_uuid: impl FnOnce() -> String) -> Result<GroupMention> {
    let fields = object(body)?;
    let mut mistakes = Mistakes::default();
    let uuid = said(fields, "uuid", &mut mistakes);
    if let Some(uuid) = uuid.as_ref().filter(|uuid| is_longer(uuid, MAX_UUID_CHARS)) {
        let text = format!("a group's uuid has at most {MAX_UUID_CHARS} characters");
        mistakes.add_value_error(&["uuid"], uuid.as_str(), &text);
    }
    let update = |text: Option<String>| text.map_or(Update::Keep, |text| Update::Set(Some(text)));
    let description = update(said(fields, "description", &mut mistakes));
    let ref_url = update(said(fields, "ref_url", &mut mistakes));
    mistakes.check()?;
    Ok(GroupMention {
        uuid: uuid.unwrap_or_else(new_uuid),
        description,
        ref_url,
    })
}

/// The body of `POST /testcases`: a name, and what becomes of its reference.
///
/// # Errors
/// 400 that says what is wrong.
pub fn new_test_case(body: &Value) -> Result<(String, Update)> {
    let fields = object(body)?;
    let mut mistakes = Mistakes::default();
    let name = match fields.get("name") {
        None => {
            mistakes.add(Kind::Missing, &["name"], body.clone());
            String::new()
        }
        Some(Value::String(name)) if name.is_empty() => {
            mistakes.add(Kind::TooShort, &["name"], name.as_str());
            String::new()
        }
        Some(Value::String(name)) => {
            if is_longer(name, MAX_TEST_CASE_CHARS) {
                let text =
                    format!("a test case's name has at most {MAX_TEST_CASE_CHARS} characters");
                mistakes.add_value_error(&["name"], Value::Null, &text);
            }
            name.clone()
        }
        Some(other) => {
            mistakes.add(Kind::Text, &["name"], other.clone());
            String::new()
        }
    };
    let ref_url = match fields.get("ref_url") {
        None | Some(Value::Null) => Update::Keep,
        Some(Value::String(text)) => Update::Set(Some(text.clone())),
        Some(other) => {
            mistakes.add(Kind::Text, &["ref_url"], other.clone());
            Update::Keep
        }
    };
    mistakes.check()?;
    Ok((name, ref_url))
}

fn object(body: &Value) -> Result<&Map<String, Value>> {
    let fields = body.as_object();
    let fields = fields.ok_or_else(|| Error::bad_request("The body must be a JSON object."))?;
    require_no_nul(body)?;
    Ok(fields)
}

/// Text that is there and not empty.
fn said(fields: &Map<String, Value>, name: &str, mistakes: &mut Mistakes) -> Option<String> {
    match fields.get(name) {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text.clone()).filter(|text| !text.is_empty()),
        Some(other) => {
            mistakes.add(Kind::Text, &[name], other.clone());
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn queries_are_lists() {
        let check = |query: &str, uuids: &[&str], descriptions: &[&str], wildcard| {
            let (filter, _) = group_query(&Query::parse(query), 10).unwrap();
            assert_eq!(filter.uuids, uuids, "{query}");
            assert_eq!(
                (filter.descriptions, filter.wildcard),
                (
                    descriptions.iter().map(|d| (*d).to_owned()).collect(),
                    wildcard
                ),
                "{query}"
            );
        };
        check("", &[], &[], true);
        check(
            "uuid=a,b&description=c d,,e&description:like=x",
            &["a", "b"],
            &["c d", "e"],
            false,
        );
        check("description:like=x*", &[], &["x*"], true);
        let (names, like, _) =
            test_case_query(&Query::parse("name= a, b&name:like=c"), 10).unwrap();
        assert_eq!(
            (names, like),
            (vec!["a".to_owned(), "b".to_owned()], vec![])
        );
        assert!(group_query(&Query::parse("limit=x"), 10).is_err());
        assert!(group_query(&Query::parse("limit=10"), 10).is_ok());
        assert!(group_query(&Query::parse("limit=11"), 10).is_err());
    }

    #[test]
    fn bodies_are_checked() {
        let group = new_group(
            &json!({"uuid": "", "description": "d", "ref_url": null}),
            || "fresh".into(),
        )
        .unwrap();
        assert_eq!(
            (group.uuid.as_str(), group.ref_url),
            ("fresh", Update::Keep)
        );
        assert!(
            new_group(
                &json!({"uuid": "x".repeat(MAX_UUID_CHARS + 1)}),
                String::new
            )
            .is_err()
        );
        assert!(new_group(&json!({"uuid": 5}), String::new).is_err());
        assert!(new_group(&json!([]), String::new).is_err());
        assert_eq!(
            new_test_case(&json!({"name": "t"})).unwrap(),
            ("t".to_owned(), Update::Keep)
        );
        for bad in [
            json!({}),
            json!({"name": ""}),
            json!({"name": 5}),
            json!({"name": "a\0"}),
            json!("x"),
        ] {
            assert!(new_test_case(&bad).is_err(), "{bad}");
        }
    }
}
