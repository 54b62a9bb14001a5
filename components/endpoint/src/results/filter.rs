//! The query grammar of `/results` and `/results/latest`.

use crate::records::{DataFilter, Order, ResultFilter};
use http_edge::page::Paging;
use http_edge::query::{Query, whole_number};
use http_edge::time::parse_iso8601;
use http_edge::validation::{Kind, Mistakes};
use http_edge::{Error, Result};

/// Parameters that are no filter on extra data.
const RESERVED: [&str; 9] = [
    "page",
    "limit",
    "_sort",
    "since",
    "outcome",
    "groups",
    "testcases",
    "testcases:like",
    "_distinct_on",
];

/// Entries per page if the request does not say.
pub const DEFAULT_LIMIT: u32 = 20;

/// The most conditions that a request may have.
pub const MAX_CONDITIONS: usize = 100;

/// The most patterns (`:like`) that a request may have. Each is tried on every candidate.
pub const MAX_PATTERNS: usize = 100;

/// Passes if a query has no more patterns than are answered.
///
/// # Errors
/// 400.
pub fn check_patterns(count: usize) -> Result<()> {
    match count > MAX_PATTERNS {
        true => Err(Error::bad_request(&format!(
            "The query has {count} patterns, at most {MAX_PATTERNS} are answered."
        ))),
        false => Ok(()),
    }
}

/// What a request asks for.
#[derive(Debug)]
pub struct ResultQuery {
    /// Which results.
    pub filter: ResultFilter,
    /// In what order.
    pub order: Order,
    /// Which part of them.
    pub paging: Paging,
    /// Keys whose values are kept apart, of `/results/latest`.
    pub distinct_on: Vec<String>,
}

impl ResultQuery {
    /// Reads a query. `outcomes` are those that there are, `max_page_size` the most entries that
    /// a page may have.
    ///
    /// # Errors
    /// 400 with the list of mistakes.
    pub fn parse(query: &Query, outcomes: &[String], max_page_size: u32) -> Result<Self> {
        if query.len() > MAX_CONDITIONS {
            return Err(Error::bad_request(&format!(
                "The query has {} parameters, at most {MAX_CONDITIONS} are answered.",
                query.len()
            )));
        }
        let mut mistakes = Mistakes::default();
        let paging = paging_of(query, max_page_size, &mut mistakes);
        let (since_us, until_us) = since(query, &mut mistakes);
        let parsed = Self {
            paging,
            filter: ResultFilter {
                since_us,
                until_us,
                outcomes: outcome_list(query, outcomes, &mut mistakes),
                groups: query.list("groups").unwrap_or_default(),
                test_cases: query.list("testcases").unwrap_or_default(),
                test_cases_like: query.first_list("testcases:like").unwrap_or_default(),
                data: data_filters(query),
            },
            order: match query.first("_sort") {
                Some("asc:submit_time") => Order::OldestFirst,
                Some("disable_sorting") => Order::ById,
                _ => Order::NewestFirst,
            },
            distinct_on: query.first_list("_distinct_on").unwrap_or_default(),
        };
        mistakes.check()?;
        let filter = &parsed.filter;
        let wild = filter.data.iter().filter(|data| data.wildcard);
        let in_data: usize = wild.map(|data| data.values.len()).sum();
        check_patterns(filter.test_cases_like.len() + in_data)?;
        Ok(parsed)
    }

    /// Whether there is any condition beside the outcome.
    #[must_use]
    pub fn has_filter(&self) -> bool {
        let filter = &self.filter;
        filter.since_us.is_some()
            || filter.until_us.is_some()
            || !filter.groups.is_empty()
            || !filter.test_cases.is_empty()
            || !filter.test_cases_like.is_empty()
            || !filter.data.is_empty()
    }
}

fn number(query: &Query, name: &str, default: i64, mistakes: &mut Mistakes) -> i64 {
    let Some(text) = query.first(name) else {
        return default;
    };
    whole_number(text).unwrap_or_else(|| {
        mistakes.add(Kind::IntegerText, &[name], text);
        default
    })
}

/// `page` and `limit` of a query; a page has at most `max_page_size` entries.
pub fn paging_of(query: &Query, max_page_size: u32, mistakes: &mut Mistakes) -> Paging {
    let page = number(query, "page", 0, mistakes);
    let default_limit = DEFAULT_LIMIT.min(max_page_size);
    let limit = number(query, "limit", default_limit.into(), mistakes);
    let page = u64::try_from(page).unwrap_or_else(|_| {
        mistakes.add_value_error(&["page"], page, "must be 0 or more");
        0
    });
    let limit = u32::try_from(limit)
        .ok()
        .filter(|limit| *limit <= max_page_size)
        .unwrap_or_else(|| {
            let text = format!("must be from 0 to {max_page_size}");
            mistakes.add_value_error(&["limit"], limit, &text);
            0
        });
    Paging { page, limit }
}

fn since(query: &Query, mistakes: &mut Mistakes) -> (Option<i64>, Option<i64>) {
    let Some(text) = query.first("since") else {
        return (None, None);
    };
    let mut ends = text
        .split(',')
        .map(|end| parse_iso8601(end).map(|time| time.naive_us));
    match (ends.next().flatten(), ends.next()) {
        (Some(start), None) => (Some(start), None),
        (Some(start), Some(Some(end))) => (Some(start), Some(end)),
        _ => {
            mistakes.add_value_error(&["since"], text, "must be in ISO8601 format");
            (None, None)
        }
    }
}

fn outcome_list(query: &Query, known: &[String], mistakes: &mut Mistakes) -> Vec<String> {
    let outcomes: Vec<String> = query
        .list("outcome")
        .unwrap_or_default()
        .iter()
        .map(|outcome| outcome.to_uppercase())
        .collect();
    if outcomes.iter().any(|outcome| !known.contains(outcome)) {
        let text = format!("must be one of: {}", known.join(", "));
        let values: Vec<&str> = query.all("outcome").collect();
        match values.as_slice() {
            [one] => mistakes.add_value_error(&["outcome"], *one, &text),
            many => mistakes.add_value_error(&["outcome"], many.to_vec(), &text),
        }
    }
    outcomes
}

/// All other parameters, in which every occurrence is split at commas and nothing is trimmed.
/// `key:like` has wildcards, `key:other` is `key`, and a key with two colons is taken whole.
fn data_filters(query: &Query) -> Vec<DataFilter> {
    query
        .names()
        .into_iter()
        .filter(|name| !RESERVED.contains(name))
        .map(|name| {
            let (key, modifier) = match name.split_once(':') {
                Some((key, modifier)) if !modifier.contains(':') => (key, modifier),
                _ => (name, ""),
            };
            DataFilter {
                key: key.to_owned(),
                values: query
                    .all(name)
                    .flat_map(|value| value.split(','))
                    .map(str::to_owned)
                    .collect(),
                wildcard: modifier == "like",
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(query: &str) -> Result<ResultQuery> {
        let outcomes = ["PASSED", "FAILED"].map(str::to_owned);
        ResultQuery::parse(&Query::parse(query), &outcomes, 1_000)
    }

    #[test]
    fn other_parameters_filter_data() {
        let check = |query: &str, key: &str, values: &[&str], wildcard| {
            let data = parse(query).unwrap().filter.data;
            let expected = DataFilter {
                key: key.into(),
                values: values.iter().map(|value| (*value).to_owned()).collect(),
                wildcard,
            };
            assert_eq!(data, [expected], "{query}");
        };
        check("item=a,%20b&item=c", "item", &["a", " b", "c"], false);
        check("item:like=a*", "item", &["a*"], true);
        check("item:foo=a", "item", &["a"], false);
        check("a:b:c=x", "a:b:c", &["x"], false);
        check("callback=foo", "callback", &["foo"], false);
    }

    #[test]
    fn mistakes_are_told() {
        let check = |query: &str, part: &str| {
            let (reply, _) = parse(query).expect_err(query).into_reply();
            let body = String::from_utf8(reply.body).unwrap();
            assert!(
                reply.status == 400 && body.contains(part),
                "{query}: {body}"
            );
        };
        check("page=x", "unable to parse string as an integer");
        check("page=-1", "must be 0 or more");
        check("limit=-1", "must be from 0 to 1000");
        check("limit=1001", "must be from 0 to 1000");
        check("limit=99999999999999999999", "must be from 0 to 1000");
        check("outcome=WRONG", "must be one of: PASSED, FAILED");
        check("since=abc", "must be in ISO8601 format");
        check("since=2022-01-01,", "must be in ISO8601 format");
        check(&"a=b&".repeat(MAX_CONDITIONS + 1), "at most 100");
    }

    #[test]
    fn defaults_and_limits_are_accepted() {
        let parsed = parse("").unwrap();
        assert_eq!(
            parsed.paging,
            Paging {
                page: 0,
                limit: DEFAULT_LIMIT
            }
        );
        assert!(!parsed.has_filter());
        assert_eq!(
            parse("limit=1000&page=99999999999999999999")
                .unwrap()
                .paging
                .limit,
            1_000
        );
        assert!(parse(&"a=b&".repeat(MAX_CONDITIONS)).is_ok());
        assert_eq!(
            parse("outcome=passed,Failed").unwrap().filter.outcomes,
            ["PASSED", "FAILED"]
        );
    }
}
