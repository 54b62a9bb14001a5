//! Why a gate is open or closed, as a page: what to do first, then every policy with its rules.

use crate::frame::page as frame;
use gate::explain::action::{Action, WaiverBody};
use gate::explain::view::{
    Explanation, PolicyExplanation, RuleExplanation, RuleOutcome, SubjectExplanation,
};
use http_edge::Reply;
use maud::{Markup, html};

/// The page. `top` is where the application begins, seen from the page's URL, such as `../../`.
#[must_use]
pub fn page(explanation: &Explanation, top: &str) -> Reply {
    let title = match (&explanation.refusal, explanation.policies_satisfied) {
        (Some(_), _) => "No decision",
        (None, true) => "The gate is open",
        (None, false) => "The gate is closed",
    };
    let content = html! {
        h1 { (title) }
        div.box.good[explanation.policies_satisfied].bad[!explanation.policies_satisfied] {
            p { (explanation.summary) }
        }
        (asked(explanation))
        @if !explanation.actions.is_empty() {
            h2 { "To open the gate, all of these" }
            ol { @for action in &explanation.actions { li { (act(action, top)) } } }
        }
        @for one in &explanation.subjects { (subject(one)) }
    };
    let status = explanation.refusal.as_ref().map_or(200, |one| one.status);
    frame(status, title, top, &content)
}

fn asked(explanation: &Explanation) -> Markup {
    html! {
        dl {
            dt { "Decision context" }
            dd {
                @if explanation.decision_contexts.is_empty() { "rules of the request" }
                @else { (explanation.decision_contexts.join(", ")) }
            }
            dt { "Product version" }
            dd { (explanation.product_version) }
            dt { "As of" }
            dd { (explanation.when.as_deref().unwrap_or("now")) }
            @if let Some(revision) = &explanation.policy_revision {
                dt { "Policies" }
                dd { (revision) }
            }
        }
    }
}

fn act(action: &Action, top: &str) -> Markup {
    html! {
        (words(&action.text))
        @for (index, waiver) in action.or_waive.iter().enumerate() {
            " " a href={ (top) "api/v1.0/waivers/new?" (query(waiver)) } {
                @if index == 0 { "or waive it" } @else { "and this" }
                @if action.or_waive.len() > 1 {
                    " (" (waiver.subject_identifier)
                    @if let Some(scenario) = &waiver.scenario { ", scenario " (scenario) }
                    ")"
                }
            }
        }
    }
}

/// What the form for a waiver is filled in with.
fn query(waiver: &WaiverBody) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query
        .append_pair("subject_type", &waiver.subject_type)
        .append_pair("subject_identifier", &waiver.subject_identifier)
        .append_pair("testcase", &waiver.testcase)
        .append_pair("product_version", &waiver.product_version);
    if let Some(scenario) = &waiver.scenario {
        query.append_pair("scenario", scenario);
    }
    query.finish()
}

fn subject(subject: &SubjectExplanation) -> Markup {
    html! {
        h2 { (subject.subject_type) " " (subject.subject_identifier) }
        @for query in &subject.result_queries {
            p.hint {
                "Results with "
                @for (key, values) in query { code { (key) "=" (values.join(",")) } " " }
            }
        }
        @for one in &subject.policies { (policy(one)) }
    }
}

fn policy(policy: &PolicyExplanation) -> Markup {
    let id = policy.policy.as_deref().unwrap_or("without id");
    html! {
        details open[policy.applied] {
            summary {
                "Policy " strong { (id) }
                @if policy.applied { " applies" } @else { " does not apply" }
            }
            p.hint { (policy.origin.text()) }
            @if let Some(mismatch) = &policy.mismatch { p { (words(&mismatch.text())) } }
            @else if let Some(matched) = &policy.matched { p.hint { (words(&matched.text())) } }
            ul { @for one in &policy.rules { li { (rule(one)) } } }
        }
    }
}

fn rule(rule: &RuleExplanation) -> Markup {
    let (mark, is_open) = match rule.outcome {
        RuleOutcome::Satisfied => ("ok", false),
        RuleOutcome::Waived => ("waived", false),
        RuleOutcome::Unsatisfied => ("not ok", true),
        RuleOutcome::Skipped => ("skipped", false),
    };
    html! {
        details open[is_open] {
            summary {
                strong { (mark) } " " (words(&rule.rule.text()))
                @if rule.informative { " (informative)" }
            }
            @if let Some(skipped) = &rule.skipped { p { (words(&skipped.text())) } }
            ul {
                @for result in &rule.results { li { (words(&result.text())) } }
                @for requirement in &rule.requirements {
                    li {
                        (words(&requirement.text()))
                        @if !requirement.near_waivers.is_empty() {
                            ul { @for near in &requirement.near_waivers { li { (words(&near.text())) } } }
                        }
                    }
                }
            }
            @if let Some(file) = &rule.remote_file {
                p { "File " @for source in &file.sources { code { (source) } " " } (file.state.text()) }
                @if let Some(error) = &file.error { pre { (error) } }
                @for one in &file.policies { (policy(one)) }
            }
        }
    }
}

/// Text in which what is in backticks is code.
fn words(text: &str) -> Markup {
    html! {
        @for (index, part) in text.split('`').enumerate() {
            @if index % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gate::{DecisionRequest, GateConfig, PolicySet, SourceFile};
    use serde_json::json;

    const EVIL: &str = "<script>&\"'`x`";

    fn explained(contexts: &[&str]) -> String {
        let policy = format!(
            "id: {id}\nproduct_versions: ['*']\ndecision_context: c\nsubject_type: {id}\n\
             rules: [!PassingTestCaseRule {{test_case_name: {id}, scenario: {id}}}]\n",
            id = json!(EVIL)
        );
        let file = SourceFile {
            path: "<script>.yaml",
            text: &policy,
        };
        let policies = PolicySet::load(&[file], &[]).unwrap();
        let body = json!({"product_version": EVIL, "decision_context": contexts, "subject_type": EVIL, "subject_identifier": EVIL});
        let request = DecisionRequest::from_json(&body, &policies).unwrap();
        let config = GateConfig::default();
        let plan = gate::plan_anyway(&policies, &config, &request, &gate::Facts::default());
        let explanation = plan.evaluate(&[]).unwrap().settle(&[]).explain();
        String::from_utf8(page(&explanation, "../../").body).unwrap()
    }

    #[test]
    fn no_text_becomes_markup() {
        for contexts in [["c"], [EVIL]] {
            let page = explained(&contexts);
            assert!(!page.contains("<script>"), "{page}");
            assert!(page.contains("&lt;script&gt;.yaml:1"), "{page}");
        }
    }

    #[test]
    fn a_waiver_is_one_click_away() {
        let page = explained(&["c"]);
        let value = "%3Cscript%3E%26%22%27%60x%60";
        let link = format!(
            "../../api/v1.0/waivers/new?subject_type={value}&amp;subject_identifier={value}&amp;testcase={value}\
             &amp;product_version={value}&amp;scenario={value}"
        );
        assert!(page.contains(&link), "{page}");
        assert!(page.contains("<h1>The gate is closed</h1>"));
        assert!(explained(&["other"]).contains("<h1>No decision</h1>"));
    }
}
