//! What decisions need from outside: files of remote rules and creation times of builds.
//!
//! The plan says what, `sluicegate:gates` brings it, and the plan is made anew. Nothing is asked for
//! policies without remote rules and validity dates.

use crate::bindings::rules::sluicegate::gates::rules;
use crate::now_us;
use gate::{DecisionRequest, Facts, GateConfig, Plan, PolicySet, RemoteFetch};
use http_edge::{Error, Result};
use rules::{Build, Fetched, Need, Reason};
use std::collections::BTreeSet;

/// The most remote files, and the most builds, that one decision may need.
pub const MAX_LOOKUPS: usize = 4_000;

/// As Greenwave says it when it can't tell what a remote rule asks for.
const UNEXPECTED: &str = "Unexpected error while fetching remote policies";

/// What is known before anything is looked up: the time.
#[must_use]
pub fn facts_of_now() -> Facts {
    let mut facts = Facts::default();
    facts.set_now(now_us());
    facts
}

/// The plan, with its needs met.
///
/// # Errors
/// What a client is told when no policy applies (404), a build is unknown (404), a server fails (502)
/// or takes too long (504), and when rules of its own can't be used (400).
pub async fn plan<'r>(
    policies: &PolicySet,
    config: &'r GateConfig,
    request: &'r DecisionRequest,
) -> Result<Plan<'r>> {
    let mut facts = facts_of_now();
    let plan = gate::plan_with(policies, config, request, &facts)
        .map_err(|error| Error::message(error.status(), &error.to_string()))?;
    meet_needs(plan, policies, config, request, &mut facts).await
}

/// As [`plan`], also where no policy applies: the plan says why.
///
/// # Errors
/// As [`plan`], but for that 404.
pub async fn plan_anyway<'r>(
    policies: &PolicySet,
    config: &'r GateConfig,
    request: &'r DecisionRequest,
) -> Result<Plan<'r>> {
    let mut facts = facts_of_now();
    let plan = gate::plan_anyway(policies, config, request, &facts);
    meet_needs(plan, policies, config, request, &mut facts).await
}

/// Adds what a decision by these policies needs; what is there already is not looked up again.
///
/// # Errors
/// As [`plan_anyway`].
pub async fn add_facts(
    facts: &mut Facts,
    policies: &PolicySet,
    config: &GateConfig,
    request: &DecisionRequest,
) -> Result<()> {
    let plan = gate::plan_anyway(policies, config, request, facts);
    meet_needs(plan, policies, config, request, facts).await?;
    Ok(())
}

async fn meet_needs<'r>(
    mut plan: Plan<'r>,
    policies: &PolicySet,
    config: &'r GateConfig,
    request: &'r DecisionRequest,
    facts: &mut Facts,
) -> Result<Plan<'r>> {
    let mut timed = BTreeSet::new();
    // Files may have rules with dates, so that there may be two rounds.
    loop {
        let [needs, informative] = needs(&plan);
        let all = plan.creation_time_needs().iter();
        let builds: Vec<String> = all.filter(|nvr| !timed.contains(*nvr)).cloned().collect();
        let files = needs.len().saturating_add(informative.len());
        if files == 0 && builds.is_empty() {
            return Ok(plan);
        }
        if files > MAX_LOOKUPS || builds.len() > MAX_LOOKUPS {
            return Err(Error::bad_request(&format!(
                "This needs more than {MAX_LOOKUPS} remote rule files or builds, please ask for fewer subjects"
            )));
        }
        if !needs.is_empty() {
            add_files(facts, &needs, request).await?;
        }
        for need in &informative {
            add_informative_file(facts, need).await;
        }
        if !builds.is_empty() {
            add_creation_times(facts, &builds).await?;
            timed.extend(builds);
        }
        plan = gate::plan_anyway(policies, config, request, facts);
    }
}

/// The plan's remote rules, each once: those that may close the gate, and those that only inform.
fn needs(plan: &Plan<'_>) -> [Vec<Need>; 2] {
    let mut seen = BTreeSet::new();
    let [mut blocking, mut informative] = [Vec::new(), Vec::new()];
    for need in plan.remote_needs() {
        let subject_type = &need.subject.subject_type.id;
        if seen.insert((subject_type, &need.subject.identifier, &need.sources)) {
            let needs = match need.informative {
                true => &mut informative,
                false => &mut blocking,
            };
            needs.push(Need {
                subject_type: subject_type.clone(),
                subject_identifier: need.subject.identifier.clone(),
                sources: need.sources.clone(),
            });
        }
    }
    [blocking, informative]
}

async fn add_files(facts: &mut Facts, needs: &[Need], request: &DecisionRequest) -> Result<()> {
    let fetched = rules::fetch(needs.to_vec()).await;
    let fetched = fetched.map_err(|error| match error {
        rules::Error::UnusableSource(text) if request.on_demand.is_some() => Error::bad_request(
            &format!("Failed to parse on demand policy: Attribute 'sources': {text}"),
        ),
        other => other.into(),
    })?;
    for (need, fetched) in needs.iter().zip(fetched) {
        add_file(facts, need, outcome(fetched, need));
    }
    Ok(())
}

/// As [`add_files`] of one rule that never closes the gate: what goes wrong becomes its answer.
async fn add_informative_file(facts: &mut Facts, need: &Need) {
    let fetch = match rules::fetch(vec![need.clone()]).await {
        Ok(fetched) => fetched.into_iter().next().map(|file| outcome(file, need)),
        Err(error) => Some(RemoteFetch::Failed {
            sources: need.sources.clone(),
            error: told(error),
        }),
    };
    add_file(facts, need, fetch.unwrap_or(RemoteFetch::NotConfigured));
}

/// What people are told of an error; what is not for them goes to the log.
fn told(error: rules::Error) -> String {
    match error {
        rules::Error::Upstream(text)
        | rules::Error::TimedOut(text)
        | rules::Error::TooMuch(text) => text,
        rules::Error::UnusableSource(log)
        | rules::Error::Unavailable(log)
        | rules::Error::Misconfigured(log) => {
            eprintln!("error: an informative remote rule: {log}");
            UNEXPECTED.to_owned()
        }
    }
}

fn add_file(facts: &mut Facts, need: &Need, fetch: RemoteFetch) {
    let (kind, identifier) = (&need.subject_type, &need.subject_identifier);
    facts.add_remote_rule(kind, identifier, &need.sources, fetch);
}

fn outcome(fetched: Fetched, need: &Need) -> RemoteFetch {
    match fetched {
        Fetched::NotConfigured => RemoteFetch::NotConfigured,
        Fetched::NotFound(sources) => RemoteFetch::NotFound { sources },
        Fetched::Failed(failure) => RemoteFetch::Failed {
            sources: failure.sources,
            error: words(&failure.reason, need),
        },
        Fetched::Found(file) => match file.text {
            Some(text) => RemoteFetch::Found {
                source: file.source,
                text,
            },
            None => RemoteFetch::NoText {
                source: file.source,
            },
        },
    }
}

/// Why a file could not be looked for, in Greenwave's words where it has any.
fn words(reason: &Reason, need: &Need) -> String {
    let identifier = gate::repr_str(&need.subject_identifier);
    match reason {
        Reason::InvalidNvr => format!(
            "Failed to get remote policies: 400 Bad Request: Invalid NVR format: {identifier}"
        ),
        Reason::UnknownBuild => {
            let subject_type = gate::repr_str(&need.subject_type);
            format!(
                "Koji build not found for subject_type {subject_type}, subject_identifier {identifier}"
            )
        }
        Reason::Other(text) => format!("Failed to get remote policies: {text}"),
    }
}

async fn add_creation_times(facts: &mut Facts, nvrs: &[String]) -> Result<()> {
    let builds = rules::builds(nvrs.to_vec()).await?;
    for (nvr, build) in nvrs.iter().zip(builds) {
        match build {
            // The rules apply then, whatever their dates.
            Build::NotConfigured => {}
            Build::InvalidNvr => {
                let nvr = gate::repr_str(nvr);
                return Err(Error::bad_request(&format!("Invalid NVR format: {nvr}")));
            }
            Build::Unknown(url) => {
                let message = format!("Failed to find Koji build for \"{nvr}\" at \"{url}\"");
                return Err(Error::message(404, &message));
            }
            Build::Known(time) => {
                let time = time.and_then(|time| gate::parse_date_time(&time));
                // As in Greenwave, a build of which nobody knows when is one of now.
                facts.add_creation_time(nvr, time.unwrap_or_else(now_us));
            }
        }
    }
    Ok(())
}

impl From<rules::Error> for Error {
    fn from(error: rules::Error) -> Self {
        match error {
            rules::Error::Upstream(text) => Self::message(502, &text),
            rules::Error::TimedOut(text) => Self::message(504, &text),
            rules::Error::TooMuch(text) => Self::bad_request(&text),
            rules::Error::UnusableSource(log) => {
                eprintln!("error: a remote rule of the policies: {log}");
                Self::message(502, UNEXPECTED)
            }
            rules::Error::Unavailable(log) => Self::Unavailable(format!("remote rules: {log}")),
            rules::Error::Misconfigured(log) => Self::Internal(format!("remote rules: {log}")),
        }
    }
}
