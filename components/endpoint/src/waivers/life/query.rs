//! What `GET /api/v1/waivers` asks for. A parameter that is not known is a mistake: a misspelt
//! condition would list what it was to leave out.

use super::wire::STATES;
use crate::fields::{NO_TIME, time_us};
use crate::records::WaiverFilter;
use crate::waivers::filter::everything;
use http_edge::Result;
use http_edge::query::{Query, whole_number};
use http_edge::validation::{Kind, Mistakes};

/// Entries per page if the request does not say.
pub const DEFAULT_LIMIT: u32 = 20;

/// The most entries of a page; asking for more is a 400.
pub const MAX_LIMIT: u32 = 100;

/// The last page that can be asked for.
pub const MAX_PAGE: u32 = 1_000_000;

const TEXTS: [&str; 8] = [
    "subject_type",
    "subject_identifier",
    "testcase",
    "scenario",
    "product_version",
    "username",
    "proxied_by",
    "reason",
];

const OTHERS: [&str; 5] = ["state", "since", "as_of", "page", "limit"];

/// Conditions and a page.
#[derive(Debug)]
pub struct Asked {
    /// The conditions.
    pub filter: WaiverFilter,
    /// The page, counted from 1.
    pub page: u32,
    /// Entries per page.
    pub limit: u32,
}

/// Reads the query string. An empty value is no condition.
///
/// # Errors
/// 400 that says what is wrong.
pub fn parse(query: &Query) -> Result<Asked> {
    let mut mistakes = Mistakes::default();
    refuse_others(query, &[&TEXTS[..], &OTHERS[..]].concat(), &mut mistakes);
    let given = |name: &str| query.first(name).filter(|text| !text.is_empty());
    let text = |name: &str| given(name).map(str::to_owned);
    let state = given("state").and_then(|name| {
        let found = STATES.iter().find(|(known, _)| *known == name);
        if found.is_none() {
            let names: Vec<&str> = STATES.iter().map(|(name, _)| *name).collect();
            let rule = format!("must be one of: {}", names.join(", "));
            mistakes.add_value_error(&["state"], name, &rule);
        }
        found.map(|(_, state)| *state)
    });
    let filter = WaiverFilter {
        subject_type: text("subject_type"),
        subject_identifier: text("subject_identifier"),
        testcase: text("testcase"),
        scenario: text("scenario"),
        product_version: text("product_version"),
        username: text("username"),
        proxied_by: text("proxied_by"),
        reason: text("reason"),
        state,
        since_us: time(query, "since", &mut mistakes),
        until_us: time(query, "as_of", &mut mistakes),
        unlimited: false,
        ..everything()
    };
    let page = number(query, "page", 1, MAX_PAGE, &mut mistakes);
    let limit = number(query, "limit", DEFAULT_LIMIT, MAX_LIMIT, &mut mistakes);
    mistakes.check()?;
    Ok(Asked {
        filter,
        page,
        limit,
    })
}

/// The time `as_of` of one waiver's query, which may have no other parameter.
///
/// # Errors
/// 400 that says what is wrong.
pub fn as_of(query: &Query) -> Result<Option<i64>> {
    let mut mistakes = Mistakes::default();
    refuse_others(query, &["as_of"], &mut mistakes);
    let as_of = time(query, "as_of", &mut mistakes);
    mistakes.check()?;
    Ok(as_of)
}

fn refuse_others(query: &Query, known: &[&str], mistakes: &mut Mistakes) {
    for name in query.names() {
        if !known.contains(&name) {
            let rule = format!("there is no such parameter, but: {}", known.join(", "));
            mistakes.add_value_error(&[name], query.first(name).unwrap_or_default(), &rule);
        }
    }
}

fn time(query: &Query, name: &str, mistakes: &mut Mistakes) -> Option<i64> {
    let text = query.first(name).filter(|text| !text.is_empty())?;
    let time = time_us(text);
    if time.is_none() {
        mistakes.add_value_error(&[name], text, NO_TIME);
    }
    time
}

fn number(query: &Query, name: &str, default: u32, most: u32, mistakes: &mut Mistakes) -> u32 {
    let Some(text) = query.first(name) else {
        return default;
    };
    let Some(number) = whole_number(text) else {
        mistakes.add(Kind::IntegerText, &[name], text);
        return default;
    };
    match u32::try_from(number) {
        Ok(number) if (1..=most).contains(&number) => number,
        _ => {
            mistakes.add_value_error(&[name], text, &format!("must be from 1 to {most}"));
            default
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_hold_on_both_sides_and_names_are_known() {
        let check = |query: &str, is_fine: bool| {
            assert_eq!(parse(&Query::parse(query)).is_ok(), is_fine, "{query}");
        };
        check("", true);
        check(
            "state=granted&as_of=2026-01-01T00:00:00Z&limit=100&page=1000000",
            true,
        );
        check("limit=101", false);
        check("limit=0", false);
        check("limit=x", false);
        check("page=0", false);
        check("page=1000001", false);
        check("page=-1", false);
        check("state=fine", false);
        check("as_of=2026-01-01", false);
        check("since=yesterday", false);
        check("stat=granted", false);
        assert!(as_of(&Query::parse("as_of=2026-01-01T00:00:00Z")).is_ok());
        assert!(as_of(&Query::parse("state=granted")).is_err());
    }
}
