//! An explanation as plain text for a terminal: a tree, one thing a line, nothing wrapped or coloured.

use std::fmt;

use super::action::Action;
use super::view::{
    Explanation, LeftOut, MismatchKind, MismatchView, OriginView, PolicyExplanation,
    RemoteFileExplanation, RemoteFileState, RequirementExplanation, ResultExplanation,
    RuleExplanation, RuleOutcome, RuleShown, Skipped, SubjectExplanation,
};

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
    let origin = origin(&policy.origin);
    if let Some(mismatch) = &policy.mismatch {
        return writeln!(
            out,
            "{indent}policy {id} ({origin}) does not apply: {}",
            mismatch_text(mismatch)
        );
    }
    write!(out, "{indent}policy {id} ({origin}) applies")?;
    if let Some(matched) = &policy.matched {
        let context = matched.decision_context.iter();
        let context = context.map(|context| format!("context `{context}`"));
        let product_version = format!("product version `{}`", matched.product_version);
        let subject_type = matched.subject_type.iter();
        let subject_type = subject_type.map(|name| format!("subject type `{name}`"));
        let parts: Vec<String> = context
            .chain([product_version])
            .chain(subject_type)
            .collect();
        write!(out, ": {}", parts.join(", "))?;
    }
    writeln!(out)?;
    if policy.rules.is_empty() {
        writeln!(out, "{indent}  it has no rules")?;
    }
    let mut rules = policy.rules.iter();
    rules.try_for_each(|rule| write_rule(out, rule, depth + 1))
}

fn origin(origin: &OriginView) -> String {
    let place = origin.file.as_ref().or(origin.url.as_ref());
    match (place, origin.line) {
        (Some(place), Some(line)) => format!("{place}:{line}"),
        (Some(place), None) => place.clone(),
        (None, _) => "in the request".to_owned(),
    }
}

fn mismatch_text(mismatch: &MismatchView) -> String {
    let list = |items: &[String]| match items {
        [] => "nothing".to_owned(),
        items => items
            .iter()
            .map(|item| format!("`{item}`"))
            .collect::<Vec<_>>()
            .join(", "),
    };
    let (asked, has) = (list(&mismatch.asked), list(&mismatch.policy_has));
    match mismatch.what {
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

fn write_rule(out: &mut fmt::Formatter<'_>, rule: &RuleExplanation, depth: usize) -> fmt::Result {
    let indent = "  ".repeat(depth);
    let mark = match rule.outcome {
        RuleOutcome::Satisfied => "[ok]",
        RuleOutcome::Waived => "[waived]",
        RuleOutcome::Unsatisfied => "[not ok]",
        RuleOutcome::Skipped => "[skipped]",
    };
    write!(out, "{indent}{mark} {}", rule_text(&rule.rule))?;
    if rule.informative {
        out.write_str(", informative")?;
    }
    match &rule.skipped {
        Some(skipped) => writeln!(out, ": {}", skipped_text(skipped))?,
        None => writeln!(out)?,
    }
    for result in &rule.results {
        writeln!(out, "{indent}  {}", result_text(result))?;
    }
    for requirement in &rule.requirements {
        write_requirement(out, requirement, &format!("{indent}  "))?;
    }
    match &rule.remote_file {
        Some(file) => write_file(out, file, depth + 1),
        None => Ok(()),
    }
}

fn rule_text(rule: &RuleShown) -> String {
    match rule {
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

fn skipped_text(skipped: &Skipped) -> String {
    match skipped {
        Skipped::AlreadyChecked {
            policy,
            origin: place,
        } => {
            let policy = policy.as_deref().unwrap_or("without id");
            format!("policy {policy} ({}) asked the same before", origin(place))
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

fn result_text(result: &ResultExplanation) -> String {
    let data = result.data.iter();
    let data: String = data
        .map(|(key, values)| format!(" {key}={}", values.join(",")))
        .collect();
    let fate = match result.left_out {
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
    } = result;
    format!("result {result_id} {outcome} at {submit_time}{data}: {fate}")
}

fn write_requirement(
    out: &mut fmt::Formatter<'_>,
    requirement: &RequirementExplanation,
    indent: &str,
) -> fmt::Result {
    let text = |key: &str| {
        requirement
            .requirement
            .get(key)
            .and_then(|one| one.as_str())
    };
    let number = |key: &str| {
        requirement
            .requirement
            .get(key)
            .and_then(|one| one.as_i64())
    };
    write!(out, "{indent}{}", text("type").unwrap_or_default())?;
    if let Some(result) = number("result_id") {
        write!(out, ", result {result}")?;
    }
    if let Some(reason) = text("error_reason") {
        write!(out, ", {reason}")?;
    }
    if let Some(waiver) = number("waiver_id") {
        write!(out, ", waiver {waiver}")?;
    }
    writeln!(out)?;
    for near in &requirement.near_waivers {
        let differences: Vec<&str> = near
            .differences
            .iter()
            .map(|one| one.text.as_str())
            .collect();
        writeln!(
            out,
            "{indent}  waiver {} nearly covers it: {}",
            near.waiver_id,
            differences.join("; ")
        )?;
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
    let state = match file.state {
        RemoteFileState::Fetched => "fetched",
        RemoteFileState::Invalid => "fetched, and invalid",
        RemoteFileState::Missing => "not found, and required",
        RemoteFileState::Absent => "not found",
        RemoteFileState::Failed => "could not be looked for",
    };
    writeln!(out, "{indent}file{sources}: {state}")?;
    for line in file.error.iter().flat_map(|error| error.lines()) {
        writeln!(out, "{indent}  {line}")?;
    }
    let mut policies = file.policies.iter();
    policies.try_for_each(|policy| write_policy(out, policy, depth + 1))
}
