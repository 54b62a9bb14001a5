//! An explanation as plain text for a terminal: a tree, one thing a line, nothing wrapped or coloured.

use std::fmt;

use super::action::Action;
use super::view::{
    Explanation, LeftOut, MatchView, MismatchKind, MismatchView, NearWaiver, OriginView,
    PolicyExplanation, RemoteFileExplanation, RemoteFileState, RequirementExplanation,
    ResultExplanation, RuleExplanation, RuleOutcome, RuleShown, Skipped, SubjectExplanation,
};
use crate::decide::answer::Answer;

impl fmt::Display for Explanation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = match (&self.refusal, self.policies_satisfied) {
            (Some(_), _) => "No decision",
            (None, true) => "The gate is open",
            (None, false) => "The gate is closed",
        };
        writeln!(out, "{verdict}: {}", self.summary)?;
        let contexts = match self.decision_contexts.as_slice() {
            [] => "by the rules of the request".to_owned(),
            contexts => format!("for {}", contexts.join(", ")),
        };
        let when = self.when.as_deref().unwrap_or("now");
        writeln!(
            out,
            "Decided {contexts} in {}, as of {when}",
            self.product_version
        )?;
        if let Some(revision) = &self.policy_revision {
            writeln!(out, "Policies {revision}")?;
        }
        if !self.actions.is_empty() {
            writeln!(out, "\nTo open the gate, all of these:")?;
        }
        for (number, action) in (1..).zip(&self.actions) {
            write_action(out, number, action)?;
        }
        for subject in &self.subjects {
            write_subject(out, subject)?;
        }
        Ok(())
    }
}

fn write_action(out: &mut fmt::Formatter<'_>, number: usize, action: &Action) -> fmt::Result {
    writeln!(out, "  {number}. {}", action.text)?;
    for (index, waiver) in action.or_waive.iter().enumerate() {
        let verb = if index == 0 { "or waive" } else { "and" };
        // A struct of texts can be written as JSON; if not, an explanation without it is better than none.
        let body = serde_json::to_string(waiver).unwrap_or_default();
        writeln!(out, "     {verb} {body}")?;
    }
    Ok(())
}

fn write_subject(out: &mut fmt::Formatter<'_>, subject: &SubjectExplanation) -> fmt::Result {
    write!(
        out,
        "\n{} {}",
        subject.subject_type, subject.subject_identifier
    )?;
    match &subject.package {
        Some(package) => writeln!(out, " (package {package})")?,
        None => writeln!(out)?,
    }
    for query in &subject.result_queries {
        let one = |(key, values): (&String, &Vec<String>)| format!("{key}={}", values.join(","));
        let query: Vec<String> = query.iter().map(one).collect();
        writeln!(out, "  results with {}", query.join(" "))?;
    }
    let mut policies = subject.policies.iter();
    policies.try_for_each(|policy| write_policy(out, policy, 1))
}

fn write_policy(
    out: &mut fmt::Formatter<'_>,
    policy: &PolicyExplanation,
    depth: usize,
) -> fmt::Result {
    let indent = "  ".repeat(depth);
    let id = policy.policy.as_deref().unwrap_or("without id");
    let origin = policy.origin.text();
    if let Some(mismatch) = &policy.mismatch {
        return writeln!(
            out,
            "{indent}policy {id} ({origin}) does not apply: {}",
            mismatch.text()
        );
    }
    write!(out, "{indent}policy {id} ({origin}) applies")?;
    if let Some(matched) = &policy.matched {
        write!(out, ": {}", matched.text())?;
    }
    writeln!(out)?;
    if policy.rules.is_empty() {
        writeln!(out, "{indent}  it has no rules")?;
    }
    let mut rules = policy.rules.iter();
    rules.try_for_each(|rule| write_rule(out, rule, depth + 1))
}

fn write_rule(out: &mut fmt::Formatter<'_>, rule: &RuleExplanation, depth: usize) -> fmt::Result {
    let indent = "  ".repeat(depth);
    let mark = match rule.outcome {
        RuleOutcome::Satisfied => "[ok]",
        RuleOutcome::Waived => "[waived]",
        RuleOutcome::Unsatisfied => "[not ok]",
        RuleOutcome::Skipped => "[skipped]",
    };
    write!(out, "{indent}{mark} {}", rule.rule.text())?;
    if rule.informative {
        out.write_str(", informative")?;
    }
    match &rule.skipped {
        Some(skipped) => writeln!(out, ": {}", skipped.text())?,
        None => writeln!(out)?,
    }
    for result in &rule.results {
        writeln!(out, "{indent}  {}", result.text())?;
    }
    for requirement in &rule.requirements {
        write_requirement(out, requirement, &format!("{indent}  "))?;
    }
    match &rule.remote_file {
        Some(file) => write_file(out, file, depth + 1),
        None => Ok(()),
    }
}

fn write_requirement(
    out: &mut fmt::Formatter<'_>,
    requirement: &RequirementExplanation,
    indent: &str,
) -> fmt::Result {
    writeln!(out, "{indent}{}", requirement.text())?;
    for near in &requirement.near_waivers {
        writeln!(out, "{indent}  {}", near.text())?;
    }
    Ok(())
}

fn write_file(
    out: &mut fmt::Formatter<'_>,
    file: &RemoteFileExplanation,
    depth: usize,
) -> fmt::Result {
    let indent = "  ".repeat(depth);
    let sources = match file.sources.as_slice() {
        [] => String::new(),
        sources => format!(" {}", sources.join(", ")),
    };
    let state = file.state.text();
    writeln!(out, "{indent}file{sources}: {state}")?;
    for line in file.error.iter().flat_map(|error| error.lines()) {
        writeln!(out, "{indent}  {line}")?;
    }
    let mut policies = file.policies.iter();
    policies.try_for_each(|policy| write_policy(out, policy, depth + 1))
}

impl OriginView {
    /// In words: `file:line`.
    pub fn text(&self) -> String {
        let place = self.file.as_ref().or(self.url.as_ref());
        match (place, self.line) {
            (Some(place), Some(line)) => format!("{place}:{line}"),
            (Some(place), None) => place.clone(),
            (None, _) => "in the request".to_owned(),
        }
    }
}

impl MismatchView {
    /// In words.
    pub fn text(&self) -> String {
        let list = |items: &[String]| match items {
            [] => "nothing".to_owned(),
            items => items
                .iter()
                .map(|item| format!("`{item}`"))
                .collect::<Vec<_>>()
                .join(", "),
        };
        let (asked, has) = (list(&self.asked), list(&self.policy_has));
        match self.what {
            MismatchKind::DecisionContext => {
                format!("decision context {asked} was asked for, it is for {has}")
            }
            MismatchKind::ProductVersion => {
                format!("product version {asked} was asked for, it is for {has}")
            }
            MismatchKind::SubjectType => {
                format!("the type of the subject goes by {asked}, it is for {has}")
            }
            MismatchKind::RemoteRule => {
                format!("the policy with the remote rule is for {asked}, it is for {has}")
            }
            MismatchKind::PackageExcluded => format!("it excludes package {asked} by {has}"),
            MismatchKind::PackageNotListed => {
                format!("it does not list package {asked}, only {has}")
            }
        }
    }
}

impl RuleShown {
    /// In words; names are in backticks.
    pub fn text(&self) -> String {
        match self {
            RuleShown::PassingTestCaseRule {
                test_case_name,
                scenario: None,
            } => format!("`{test_case_name}` must pass"),
            RuleShown::PassingTestCaseRule {
                test_case_name,
                scenario: Some(scenario),
            } => format!("`{test_case_name}` must pass in scenario `{scenario}`"),
            RuleShown::RemoteRule { required: true, .. } => {
                "what the required remote file asks for".to_owned()
            }
            RuleShown::RemoteRule {
                required: false, ..
            } => "what the remote file asks for".to_owned(),
        }
    }
}

impl Skipped {
    /// In words.
    pub fn text(&self) -> String {
        match self {
            Skipped::AlreadyChecked {
                policy,
                origin: place,
            } => {
                let policy = policy.as_deref().unwrap_or("without id");
                format!("policy {policy} ({}) asked the same before", place.text())
            }
            Skipped::OutsideValidity {
                created,
                valid_since,
                valid_until,
            } => {
                let since = valid_since.iter().map(|since| format!("from {since} on"));
                let until = valid_until.iter().map(|until| format!("before {until}"));
                let valid: Vec<String> = since.chain(until).collect();
                format!(
                    "it is for builds created {}, this one was created at {created}",
                    valid.join(" and ")
                )
            }
            Skipped::NoRemoteFile => "there is no such file".to_owned(),
        }
    }
}

impl ResultExplanation {
    /// In words: what it is, and what became of it.
    pub fn text(&self) -> String {
        let data = self.data.iter();
        let data: String = data
            .map(|(key, values)| format!(" {key}={}", values.join(",")))
            .collect();
        let fate = match self.left_out {
            None => "decides",
            Some(LeftOut::OtherScenario) => "left out: it does not have the scenario",
            Some(LeftOut::Ignored) => "left out: the request says to ignore it",
            Some(LeftOut::Later) => "left out: it came later",
            Some(LeftOut::Replaced) => "left out: a newer one took its place",
        };
        let ResultExplanation {
            result_id,
            outcome,
            submit_time,
            ..
        } = self;
        format!("result {result_id} {outcome} at {submit_time}{data}: {fate}")
    }
}

impl RemoteFileState {
    /// In words.
    pub fn text(self) -> &'static str {
        match self {
            RemoteFileState::Fetched => "fetched",
            RemoteFileState::Invalid => "fetched, and invalid",
            RemoteFileState::Missing => "not found, and required",
            RemoteFileState::Absent => "not found",
            RemoteFileState::Failed => "could not be looked for",
        }
    }
}

impl MatchView {
    /// In words.
    pub fn text(&self) -> String {
        let context = self.decision_context.iter();
        let context = context.map(|context| format!("context `{context}`"));
        let product_version = format!("product version `{}`", self.product_version);
        let subject_type = self.subject_type.iter();
        let subject_type = subject_type.map(|name| format!("subject type `{name}`"));
        let parts = context.chain([product_version]).chain(subject_type);
        parts.collect::<Vec<_>>().join(", ")
    }
}

impl RequirementExplanation {
    /// In words: its type, and the ids behind it.
    pub fn text(&self) -> String {
        let Answer {
            kind, waiver_id, ..
        } = &self.requirement;
        let waived = waiver_id.map_or("", |_| "-waived");
        let result = kind.result();
        let parts = [
            Some(format!("{}{waived}", kind.type_name())),
            result.map(|result| format!("result {}", result.result_id)),
            kind.error_reason().flatten().map(str::to_owned),
            waiver_id.map(|id| format!("waiver {id}")),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        parts.join(", ")
    }
}

impl NearWaiver {
    /// In words.
    pub fn text(&self) -> String {
        let differences = self.differences.iter();
        let differences: Vec<&str> = differences.map(|one| one.text.as_str()).collect();
        format!(
            "waiver {} nearly covers it: {}",
            self.waiver_id,
            differences.join("; ")
        )
    }
}
