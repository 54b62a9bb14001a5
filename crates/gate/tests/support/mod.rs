//! Cases of `tests/cases/decisions`, one folder each, decided and explained as an endpoint would do it.
//!
//! Beside policies, results, waivers and a request a case may have: `gating.yaml`, the file of remote rules; `facts.json` with what time it is
//! (`now`), when builds were created (`created`, by identifier), other remote files (`files`, by URL) and why none can be looked for
//! (`unreachable`); `config.json` with other settings; `subject_types.yaml` in place of the one beside the folders; and `why.txt`, which
//! says in what way and why Greenwave would answer something else.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests may fail loudly too, and not every test needs each"
)]

pub mod world;

use std::fs;
use std::path::{Path, PathBuf};

use gate::{
    DecisionRequest, Explanation, Facts, GateConfig, PolicySet, QueryResults, RemoteFetch,
    RemoteNeed, ResultQuery, ResultRead, SourceFile, TestResult, Waiver, WaiverFilter,
};
use serde_json::{Value, json};

pub fn cases_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases/decisions")
}

pub fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

pub fn read_json(path: &Path) -> Value {
    serde_json::from_str(&read(path)).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("not text: {value}"))
        .to_owned()
}

/// A list of texts; nothing is an empty one.
fn texts(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().map(text).collect()
}

/// µs since the epoch of `2024-05-01T10:00:00` or `2024-05-01T10:00:00.000001`.
fn micros(value: &Value) -> i64 {
    let text = text(value);
    let number = |range: std::ops::Range<usize>| -> u32 { text[range].parse().unwrap() };
    let month = time::Month::try_from(number(5..7) as u8).unwrap();
    let date =
        time::Date::from_calendar_date(number(0..4) as i32, month, number(8..10) as u8).unwrap();
    let seconds = (number(11..13) * 60 + number(14..16)) * 60 + number(17..19);
    let fraction = if text.len() > 19 { number(20..26) } else { 0 };
    (date.midnight().assume_utc().unix_timestamp() + i64::from(seconds)) * 1_000_000
        + i64::from(fraction)
}

fn results(path: &Path) -> Vec<TestResult> {
    let result = |value: &Value| TestResult {
        id: value["id"].as_i64().unwrap(),
        testcase: text(&value["testcase"]),
        outcome: text(&value["outcome"]),
        submit_time_us: micros(&value["submit_time"]),
        data: serde_json::from_value(value["data"].clone()).unwrap(),
    };
    read_json(path)
        .as_array()
        .unwrap()
        .iter()
        .map(result)
        .collect()
}

fn waivers(path: &Path) -> Vec<Waiver> {
    let waiver = |value: &Value| Waiver {
        id: value["id"].as_i64().unwrap(),
        subject_type: text(&value["subject_type"]),
        subject_identifier: text(&value["subject_identifier"]),
        testcase: text(&value["testcase"]),
        product_version: text(&value["product_version"]),
        product_version_globs: texts(&value["product_versions"]),
        contexts: texts(&value["contexts"]),
        architecture: value["architecture"].as_str().map(str::to_owned),
        variant: value["variant"].as_str().map(str::to_owned),
        scenario: value["scenario"].as_str().map(str::to_owned),
        waived: value["waived"].as_bool().unwrap(),
        timestamp_us: micros(&value["timestamp"]),
        lapse: None,
    };
    read_json(path)
        .as_array()
        .unwrap()
        .iter()
        .map(waiver)
        .collect()
}

/// What a store would hand over for a read: for each query its results, of the test cases asked for.
pub fn read_results(stored: &[TestResult], read: &ResultRead) -> Vec<QueryResults> {
    let by_testcase = |result: &&TestResult| {
        let names = read.testcases.as_ref();
        names.is_none_or(|names| names.contains(&result.testcase))
    };
    let by_query = |query: &ResultQuery, result: &TestResult| {
        query.iter().all(|(key, accepted)| {
            let values = result.data.get(key);
            values.is_some_and(|values| values.iter().any(|value| accepted.contains(value)))
        })
    };
    let found = |query: &ResultQuery| {
        let results = stored.iter().filter(by_testcase);
        let results = results.filter(|result| by_query(query, result));
        QueryResults {
            query: query.clone(),
            results: results.cloned().collect(),
        }
    };
    read.queries.iter().map(found).collect()
}

pub fn read_waivers(stored: &[Waiver], filters: &[WaiverFilter]) -> Vec<Waiver> {
    let found = |waiver: &&Waiver| {
        filters.iter().any(|filter| {
            filter.subject_type == waiver.subject_type
                && filter.subject_identifier == waiver.subject_identifier
                && (filter.product_version == waiver.product_version
                    || !waiver.product_version_globs.is_empty())
                && filter
                    .testcase
                    .as_ref()
                    .is_none_or(|testcase| *testcase == waiver.testcase)
        })
    };
    stored.iter().filter(found).cloned().collect()
}

/// The folders of all cases, in order.
pub fn case_dirs() -> Vec<PathBuf> {
    let mut dirs: Vec<PathBuf> = fs::read_dir(cases_dir())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    dirs.sort();
    dirs
}

/// One case, read.
pub struct Case {
    pub dir: PathBuf,
    pub policies: PolicySet,
    pub config: GateConfig,
    pub body: Vec<u8>,
    pub results: Vec<TestResult>,
    pub waivers: Vec<Waiver>,
    outside: Value,
}

impl Case {
    pub fn read(dir: &Path) -> Self {
        let policy = read(&dir.join("policy.yaml"));
        let own_types = dir.join("subject_types.yaml");
        let subject_types = match own_types.is_file() {
            true => read(&own_types),
            false => read(&cases_dir().join("subject_types.yaml")),
        };
        let policies = PolicySet::load(
            &[SourceFile {
                path: "policy.yaml",
                text: &policy,
            }],
            &[SourceFile {
                path: "subject_types.yaml",
                text: &subject_types,
            }],
        );
        let optional = |name: &str| match dir.join(name).is_file() {
            true => read_json(&dir.join(name)),
            false => json!({}),
        };
        let (settings, mut config) = (optional("config.json"), GateConfig::default());
        let set = |name: &str, list: &mut Vec<String>| {
            if !settings[name].is_null() {
                *list = texts(&settings[name]);
            }
        };
        set("OUTCOMES_PASSED", &mut config.outcomes_passed);
        set("OUTCOMES_INCOMPLETE", &mut config.outcomes_incomplete);
        set("OUTCOMES_ERROR", &mut config.outcomes_error);
        set("DISTINCT_LATEST_RESULTS_ON", &mut config.distinct_on);
        Self {
            dir: dir.to_owned(),
            policies: policies.unwrap_or_else(|errors| panic!("{}: {errors:?}", dir.display())),
            config,
            body: fs::read(dir.join("request.json")).unwrap(),
            results: results(&dir.join("results.json")),
            waivers: waivers(&dir.join("waivers.json")),
            outside: optional("facts.json"),
        }
    }

    fn fetch(&self, need: &RemoteNeed) -> RemoteFetch {
        if let Some(error) = self.outside["unreachable"].as_str() {
            return RemoteFetch::Failed {
                sources: Vec::new(),
                error: error.to_owned(),
            };
        }
        let default = ["https://git.example/{subject_id}/gating.yaml".to_owned()];
        let templates = match need.sources.as_slice() {
            [] => default.as_slice(),
            sources => sources,
        };
        let mut sources = Vec::new();
        for template in templates {
            let source = template.replace("{subject_id}", &need.subject.identifier);
            let file = match &self.outside["files"][&source] {
                Value::String(name) => Some(self.dir.join(name)),
                _ => (*template == default[0]).then(|| self.dir.join("gating.yaml")),
            };
            if let Some(file) = file.filter(|file| file.is_file()) {
                let text = read(&file);
                return RemoteFetch::Found { source, text };
            }
            sources.push(source);
        }
        RemoteFetch::NotFound { sources }
    }

    /// What is known of the world outside, for a request.
    pub fn facts(&self, request: &DecisionRequest) -> Facts {
        let mut facts = Facts::default();
        if !self.outside["now"].is_null() {
            facts.set_now(micros(&self.outside["now"]));
        }
        for (identifier, created) in self.outside["created"].as_object().into_iter().flatten() {
            facts.add_creation_time(identifier, micros(created));
        }
        let first = gate::plan_anyway(&self.policies, &self.config, request, &facts);
        let mut fetched = facts.clone();
        for need in first.remote_needs() {
            fetched.add_remote_rule(
                &need.subject.subject_type.id,
                &need.subject.identifier,
                &need.sources,
                self.fetch(need),
            );
        }
        fetched
    }

    pub fn request(&self) -> Result<DecisionRequest, gate::RequestError> {
        DecisionRequest::from_slice(&self.body, &self.policies)
    }

    /// Decides as an endpoint would.
    pub fn decide(&self) -> Value {
        let refused =
            |status: u16, message: String| json!({"status": status, "body": {"message": message}});
        let request = match self.request() {
            Ok(request) => request,
            Err(error) => return refused(error.status(), error.to_string()),
        };
        let facts = self.facts(&request);
        let plan = match gate::plan_with(&self.policies, &self.config, &request, &facts) {
            Ok(plan) => plan,
            Err(error) => return refused(error.status(), error.to_string()),
        };
        let found = found(&plan, &self.results);
        let evaluation = match plan.evaluate(&found) {
            Ok(evaluation) => evaluation,
            Err(error) => return refused(error.status(), error.to_string()),
        };
        let found = read_waivers(&self.waivers, &evaluation.waiver_filters());
        let decision = evaluation.apply_waivers(&found);
        let mut answer = json!({"status": 200, "body": serde_json::to_value(&decision).unwrap()});
        if let (Some(results), Some(waivers)) = (&decision.result_ids, &decision.waiver_ids) {
            answer["results"] = json!(results);
            answer["waivers"] = json!(waivers);
            check_order_of_keys(
                &serde_json::to_string(&decision.verbose(results, waivers, "r")).unwrap(),
            );
        }
        answer
    }

    /// Explains as an endpoint would, with the waivers of the wider filters; nothing if the request is refused or cannot be judged.
    pub fn explain(&self) -> Option<Explanation> {
        let request = self.request().ok()?;
        let facts = self.facts(&request);
        let plan = gate::plan_anyway(&self.policies, &self.config, &request, &facts);
        let found = found(&plan, &self.results);
        let evaluation = plan.evaluate(&found).ok()?;
        let waivers = read_explanation_waivers(&self.waivers, &evaluation);
        Some(evaluation.settle(&waivers).explain())
    }
}

/// The results for each subject of a plan.
pub fn found(plan: &gate::Plan<'_>, stored: &[TestResult]) -> Vec<Vec<QueryResults>> {
    let mut found = vec![Vec::new(); plan.subjects().len()];
    for read in plan.reads() {
        found[read.subject] = read_results(stored, &read);
    }
    found
}

/// What a store would hand over for an explanation.
pub fn read_explanation_waivers(
    stored: &[Waiver],
    evaluation: &gate::Evaluation<'_>,
) -> Vec<Waiver> {
    let queries = evaluation.explanation_waiver_filters();
    let found = |waiver: &&Waiver| {
        queries
            .iter()
            .any(|query| query.subject_identifier == waiver.subject_identifier)
    };
    stored.iter().filter(found).cloned().collect()
}

fn check_order_of_keys(verbose: &str) {
    let positions: Vec<Option<usize>> = [
        "policies_satisfied",
        "\"results\"",
        "\"satisfied_requirements\"",
        "\"summary\"",
        "\"waivers\"",
    ]
    .iter()
    .map(|key| verbose.find(key))
    .collect();
    assert!(
        positions.is_sorted() && positions.iter().all(Option::is_some),
        "{verbose}"
    );
}
