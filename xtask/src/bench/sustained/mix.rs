//! What is asked under sustained load, and how often each kind. Every request follows from its
//! number, and the store that it is about grows as the run goes on. Who sends it is not known here.

use super::super::client::Request;
use super::super::data::{self, Corpus, KOJI_BUILD, Random};
use super::super::policies;
use serde_json::{Value, json};

/// A kind of request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A result is submitted.
    Submit,
    /// An item's results are listed.
    Query,
    /// The policy of five rules decides about a build.
    Decide,
    /// A result is waived.
    Waive,
}

/// How many of a hundred requests are of which kind, in the order of [`Kind`].
pub const SHARES: [(Kind, u64); 4] = [
    (Kind::Submit, 90),
    (Kind::Query, 5),
    (Kind::Decide, 4),
    (Kind::Waive, 1),
];

impl Kind {
    /// As tables name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Submit => "submit",
            Self::Query => "query",
            Self::Decide => "decide",
            Self::Waive => "waive",
        }
    }

    fn pick(random: &mut Random) -> Self {
        let mut place = random.below(SHARES.iter().map(|(_, share)| share).sum());
        for (kind, share) in SHARES {
            if place < share {
                return kind;
            }
            place -= share;
        }
        Self::Submit
    }
}

/// The request of this number, on a store that had so many results before the first.
pub fn request(number: u64, preloaded: u64) -> (Kind, Request) {
    // Apart from the numbers that made the preloaded results.
    let mut random = Random::new(u64::MAX - number);
    let kind = Kind::pick(&mut random);
    // As many items as a store of that size has, so that each keeps some results only.
    let corpus = Corpus::new(preloaded + number, Vec::new());
    let result = corpus.any_result(&mut random);
    let request = match kind {
        Kind::Submit => Request::post("/api/v2.0/results", &result),
        Kind::Query => Request::get(format!("/api/v2.0/results?item={}", item(&result))),
        Kind::Decide => decide(preloaded, number, &result),
        Kind::Waive => waive(&result),
    };
    (kind, request)
}

fn field<'a>(result: &'a Value, pointer: &str) -> &'a str {
    result
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or("")
}

fn item(result: &Value) -> &str {
    field(result, "/data/item")
}

/// Every other decision is about a build that has passed; the others miss results, so that waivers
/// are looked for.
fn decide(preloaded: u64, number: u64, result: &Value) -> Request {
    let passed = data::gated_item(number % Corpus::new(preloaded, Vec::new()).gated_items);
    let is_build = field(result, "/data/type") == KOJI_BUILD;
    let build = match is_build && number.is_multiple_of(2) {
        true => item(result),
        false => &passed,
    };
    let question = json!({
        "product_version": "fedora-40",
        "decision_context": policies::CONTEXT,
        "subject_type": KOJI_BUILD,
        "subject_identifier": build,
    });
    Request::post("/api/v1.0/decision", &question)
}

fn waive(result: &Value) -> Request {
    let waiver = json!({
        "subject_type": field(result, "/data/type"),
        "subject_identifier": item(result),
        "testcase": field(result, "/testcase"),
        "product_version": "fedora-40",
        "comment": "known problem of the test, see https://bugs.example.com/1",
    });
    Request::post("/api/v1.0/waivers/", &waiver)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_come_as_often_as_they_should() {
        let mut counts = [0; 4];
        for number in 0..20_000 {
            let (kind, _) = request(number, 1_000);
            for (place, (other, _)) in SHARES.iter().enumerate() {
                counts[place] += u64::from(kind == *other);
            }
        }
        for ((kind, share), count) in SHARES.into_iter().zip(counts) {
            let expected = share * 200;
            assert!(count.abs_diff(expected) < 150, "{kind:?}: {count}");
        }
    }

    #[test]
    fn requests_are_what_their_kind_says_and_the_same_in_every_run() {
        for number in 0..2_000 {
            let (kind, request) = request(number, 1_000);
            let body: Value = request
                .body
                .as_deref()
                .map_or(Value::Null, |body| serde_json::from_str(body).unwrap());
            match kind {
                Kind::Submit => assert!(!body["testcase"].as_str().unwrap().is_empty()),
                Kind::Query => assert!(request.path.len() > "/api/v2.0/results?item=".len()),
                Kind::Decide => assert!(body["subject_identifier"].as_str().unwrap().contains('-')),
                Kind::Waive => assert!(!body["subject_type"].as_str().unwrap().is_empty()),
            }
            let again = super::request(number, 1_000).1;
            assert_eq!((request.path, request.body), (again.path, again.body));
        }
    }
}
