//! Documentation types and the code that reads the same JSON by hand know the same fields. What the
//! code knows is read from its source, as it asks for each field by a text of its own.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests may fail loudly, too"
)]

use endpoint::waivers::filter::NAMES;
use endpoint::waivers::subject::KEYS;
use serde_json::Value;
use std::collections::BTreeSet;

/// The names of all properties in these schemas.
fn documented(schemas: &[&str]) -> BTreeSet<String> {
    let document = openapi::document().unwrap();
    let mut names = BTreeSet::new();
    for schema in schemas {
        collect(&document["components"]["schemas"][schema], &mut names);
    }
    names
}

fn collect(schema: &Value, names: &mut BTreeSet<String>) {
    match schema {
        Value::Object(fields) => {
            for (key, value) in fields {
                if let ("properties", Value::Object(properties)) = (key.as_str(), value) {
                    names.extend(properties.keys().cloned());
                }
                collect(value, names);
            }
        }
        Value::Array(entries) => entries.iter().for_each(|entry| collect(entry, names)),
        _ => {}
    }
}

/// The texts that follow these openings in the parsers' sources.
fn read(sources: &[&str], openings: &[&str]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for source in sources {
        let code = source.split("#[cfg(test)]").next().unwrap();
        for opening in openings {
            for part in code.split(opening).skip(1) {
                names.insert(part.split('"').next().unwrap().to_owned());
            }
        }
    }
    names
}

#[test]
fn parsers_and_documentation_know_the_same_fields() {
    let check = |schemas: &[&str], sources: &[&str], openings: &[&str]| {
        assert_eq!(read(sources, openings), documented(schemas), "{schemas:?}");
    };
    // Some fields are read from a list of their names.
    let check_with = |schemas: &[&str], sources: &[&str], openings: &[&str], names: &[&str]| {
        let mut known = read(sources, openings);
        known.extend(names.iter().map(|name| (*name).to_owned()));
        assert_eq!(known, documented(schemas), "{schemas:?}");
    };
    check(
        &["NewResult", "TestCaseMention", "GroupMention"],
        &[
            include_str!("../../../components/endpoint/src/results/submission.rs"),
            include_str!("../../../components/endpoint/src/results/submission/data.rs"),
            include_str!("../../../components/endpoint/src/results/submission/groups.rs"),
            include_str!("../../../components/endpoint/src/results/submission/test_case.rs"),
        ],
        &[".get(\"", "(fields, \""],
    );
    check(
        &["ManualResult"],
        &[include_str!(
            "../../../components/endpoint/src/results/manual.rs"
        )],
        &[".required(\"", ".text(\"", ".links(\""],
    );
    check(
        &["NewGroup", "NewTestCase"],
        &[include_str!(
            "../../../components/endpoint/src/results/catalogue.rs"
        )],
        &[".get(\"", "(fields, \""],
    );
    check_with(
        &[
            "WaiverOfSubject",
            "WaiverOfOldSubject",
            "WaiverOfResult",
            "NewOldSubject",
        ],
        &[
            include_str!("../../../components/endpoint/src/waivers/creation.rs"),
            include_str!("../../../components/endpoint/src/waivers/fields.rs"),
        ],
        &[".get(\"", "text(\"", ".truth(\""],
        &KEYS,
    );
    check(
        &["WaiverFilters", "WaiverFilter"],
        &[
            include_str!("../../../components/endpoint/src/waivers/filtered.rs"),
            include_str!("../../../components/endpoint/src/waivers/filter.rs"),
        ],
        &[".get(\"", "given(\"", ".truth(\""],
    );
    check_with(
        &["WaiverMatches", "MatchedResult", "MatchedSubject"],
        &[include_str!(
            "../../../components/endpoint/src/waivers/matching.rs"
        )],
        &[".get(\"", ".truth(\""],
        &[&NAMES[..], &KEYS].concat(),
    );
    let waivers = include_str!("../../../components/endpoint/src/waivers/life/body.rs");
    let of_fields = [
        ".required(\"",
        ".text(\"",
        ".names(\"",
        ".time_us(\"",
        ".truth(\"",
    ];
    check(&["WantedWaiver"], &[waivers], &of_fields);
    check(
        &["DecisionRequest", "OnDemandRule"],
        &[
            include_str!("../../gate/src/decide/as_of.rs"),
            include_str!("../../gate/src/decide/request.rs"),
            include_str!("../../gate/src/load/on_demand.rs"),
        ],
        &[
            ".get(\"",
            "ids(body, \"",
            "contains_key(\"",
            "required(\"",
            "optional(\"",
        ],
    );
}
