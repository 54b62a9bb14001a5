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

/// For how long builds that only informative rules ask about are asked about one by one, if all at
/// once failed.
const ONE_BY_ONE_US: i64 = 5_000_000;

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
    let (mut timed, mut told) = (BTreeSet::new(), BTreeSet::new());
    // Files may have rules with dates, so that there may be two rounds.
    loop {
        let [needs, informative] = needs(&plan);
        let times = plan.creation_time_needs();
        let builds: Vec<String> = times.difference(&timed).cloned().collect();
        let times_to_inform = plan.informative_creation_time_needs().difference(times);
        let informative_builds: Vec<String> = times_to_inform
            .filter(|nvr| !told.contains(*nvr))
            .cloned()
            .collect();
        let files = needs.len().saturating_add(informative.len());
        let times = builds.len().saturating_add(informative_builds.len());
        if files == 0 && times == 0 {
            return Ok(plan);
        }
        if files > MAX_LOOKUPS || times > MAX_LOOKUPS {
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
        if !informative_builds.is_empty() {
            add_informative_creation_times(facts, &informative_builds).await;
            told.extend(informative_builds);
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
            http_edge::log::line(&format!("error: an informative rule: {log}"));
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
        let created_us = created_us(nvr, build);
        let created_us = created_us.map_err(|(status, text)| Error::message(status, &text))?;
        if let Some(created_us) = created_us {
            facts.add_creation_time(nvr, created_us);
        }
    }
    Ok(())
}

/// As [`add_creation_times`] for rules that never close the gate: what goes wrong becomes their answer.
async fn add_informative_creation_times(facts: &mut Facts, nvrs: &[String]) {
    let began_us = now_us();
    let found = rules::builds(nvrs.to_vec()).await.map_err(told);
    if found.is_ok() || nvrs.len() == 1 {
        return add_times_or_failures(facts, nvrs, found);
    }
    // One of them may be why all failed.
    for nvr in nvrs {
        let alone = std::slice::from_ref(nvr);
        let found = match now_us().saturating_sub(began_us) < ONE_BY_ONE_US {
            true => rules::builds(alone.to_vec()).await.map_err(told),
            false => found.clone(),
        };
        add_times_or_failures(facts, alone, found);
    }
}

/// Adds what came of builds that were asked about together.
fn add_times_or_failures(
    facts: &mut Facts,
    nvrs: &[String],
    found: std::result::Result<Vec<Build>, String>,
) {
    let mut builds = found.map(Vec::into_iter);
    for nvr in nvrs {
        let build = builds.as_mut().map(Iterator::next);
        match build.map(|build| build.map(|build| created_us(nvr, build))) {
            Ok(Some(Ok(Some(created_us)))) => facts.add_creation_time(nvr, created_us),
            Ok(Some(Ok(None)) | None) => {}
            Ok(Some(Err((_, error)))) => facts.add_creation_time_failure(nvr, error),
            Err(error) => facts.add_creation_time_failure(nvr, error.clone()),
        }
    }
}

/// When a build was created, µs since the epoch; `None` where there is no Koji to ask: rules apply then,
/// whatever their dates. If it can't be told: the status and the message of the decision.
fn created_us(nvr: &str, build: Build) -> std::result::Result<Option<i64>, (u16, String)> {
    match build {
        Build::NotConfigured => Ok(None),
        Build::InvalidNvr => {
            let nvr = gate::repr_str(nvr);
            Err((400, format!("Invalid NVR format: {nvr}")))
        }
        Build::Unknown(url) => {
            let message = format!("Failed to find Koji build for \"{nvr}\" at \"{url}\"");
            Err((404, message))
        }
        Build::Known(time) => {
            let time = time.and_then(|time| gate::parse_date_time(&time));
            // As in Greenwave, a build of which nobody knows when is one of now.
            Ok(Some(time.unwrap_or_else(now_us)))
        }
    }
}

impl From<rules::Error> for Error {
    fn from(error: rules::Error) -> Self {
        match error {
            rules::Error::Upstream(text) => Self::message(502, &text),
            rules::Error::TimedOut(text) => Self::message(504, &text),
            rules::Error::TooMuch(text) => Self::bad_request(&text),
            rules::Error::UnusableSource(log) => {
                http_edge::log::line(&format!("error: a remote rule of the policies: {log}"));
                Self::message(502, UNEXPECTED)
            }
            rules::Error::Unavailable(log) => Self::Unavailable(format!("remote rules: {log}")),
            rules::Error::Misconfigured(log) => Self::Internal(format!("remote rules: {log}")),
        }
    }
}
