//! Waivers that nearly cover something, and all that keeps them from it.

use super::view::{Difference, DifferenceKind, NearWaiver};
use crate::decide::answer::Answer;
use crate::decide::request::DecisionRequest;
use crate::decide::settle::Settled;
use crate::domain::records::{Lapse, Waiver};

/// Most waivers named for one requirement.
pub const MAX_NEAR_WAIVERS: usize = 10;

/// The waivers that nearly cover an answer, those that differ least first, else newest first; none if it needs none.
pub(crate) fn waivers(settled: &Settled<'_>, answer: &Answer) -> Vec<NearWaiver> {
    if !answer.closes_gate() {
        return Vec::new();
    }
    let request = settled.evaluation.plan.request;
    let mut near: Vec<NearWaiver> = settled
        .current
        .iter()
        .filter(|waiver| is_near(waiver, answer))
        .map(|waiver| NearWaiver {
            waiver_id: waiver.id,
            differences: differences(waiver, answer, request),
        })
        .collect();
    near.sort_by_key(|near| near.differences.len());
    near.truncate(MAX_NEAR_WAIVERS);
    near
}

/// Whether somebody may have meant it: it is for the subject or the same package, and for a test case that is called alike.
fn is_near(waiver: &Waiver, answer: &Answer) -> bool {
    let subject = &answer.subject;
    let is_same_package = || {
        let package = subject.subject_type.package_of(&waiver.subject_identifier);
        package.is_some() && package == subject.package_name()
    };
    (waiver.subject_identifier == subject.identifier || is_same_package())
        && is_alike(&waiver.testcase, answer.kind.testcase())
}

/// Whether names are equal but for upper and lower case, or one is the last parts of the other: `rpmlint` and `dist.rpmlint`.
fn is_alike(one: &str, other: &str) -> bool {
    let (one, other) = (one.to_lowercase(), other.to_lowercase());
    let is_end = |long: &str, short: &str| {
        let start = long.strip_suffix(short);
        !short.is_empty() && start.is_some_and(|start| start.ends_with(['.', '/', '-', ':']))
    };
    one == other || is_end(&one, &other) || is_end(&other, &one)
}

/// All that keeps a waiver from covering an answer. Nothing, exactly if it covers it.
fn differences(waiver: &Waiver, answer: &Answer, request: &DecisionRequest) -> Vec<Difference> {
    let subject = &answer.subject;
    let contexts = other_contexts(waiver, answer);
    let scenario = waiver
        .scenario
        .as_deref()
        .filter(|scenario| !scenario.is_empty());
    let key = |name: &str| answer.kind.key(name);
    let limit =
        |limit: &Option<String>, name: &str| limit.is_some() && limit.as_deref() != key(name);
    let mut product_versions = vec![waiver.product_version.as_str()];
    product_versions.extend(waiver.product_version_globs.iter().map(String::as_str));

    use DifferenceKind as Kind;
    let mut found = Vec::new();
    let mut add = |differs: bool, what: Kind, waived: Option<&str>, asked: Option<&str>| {
        if differs {
            found.push(Difference {
                what,
                waived: waived.map(str::to_owned),
                asked: asked.map(str::to_owned),
                text: text(what, waived, asked),
            });
        }
    };
    let mut field = |what: Kind, waived: &str, asked: &str| {
        add(waived != asked, what, Some(waived), Some(asked));
    };
    field(
        Kind::SubjectType,
        &waiver.subject_type,
        &subject.subject_type.id,
    );
    field(
        Kind::SubjectIdentifier,
        &waiver.subject_identifier,
        &subject.identifier,
    );
    field(Kind::Testcase, &waiver.testcase, answer.kind.testcase());
    add(
        scenario.is_some() && scenario != answer.kind.scenario(),
        Kind::Scenario,
        scenario,
        answer.kind.scenario(),
    );
    add(
        !waiver.is_for(&request.product_version),
        Kind::ProductVersion,
        Some(&product_versions.join(", ")),
        Some(&request.product_version),
    );
    add(
        contexts.is_some(),
        Kind::DecisionContext,
        Some(&waiver.contexts.join(", ")),
        contexts.as_deref().filter(|contexts| !contexts.is_empty()),
    );
    let (architecture, variant) = ("system_architecture", "system_variant");
    add(
        limit(&waiver.architecture, architecture),
        Kind::Architecture,
        waiver.architecture.as_deref(),
        key(architecture),
    );
    add(
        limit(&waiver.variant, variant),
        Kind::Variant,
        waiver.variant.as_deref(),
        key(variant),
    );
    let state = waiver.lapse.map(state);
    add(state.is_some(), Kind::State, state, Some("granted"));
    add(!waiver.waived, Kind::Withdrawn, None, None);
    add(
        request.ignore_waiver.contains(&waiver.id),
        Kind::Ignored,
        None,
        None,
    );
    found
}

/// The contexts that ask and are not among the waiver's; empty if there are none that ask. None if its contexts suffice.
fn other_contexts(waiver: &Waiver, answer: &Answer) -> Option<String> {
    if waiver.contexts.is_empty() {
        return None;
    }
    let others: Vec<&str> = answer
        .contexts
        .iter()
        .filter(|context| !waiver.contexts.contains(context))
        .map(String::as_str)
        .collect();
    (answer.contexts.is_empty() || !others.is_empty()).then(|| others.join(", "))
}

/// The state of a waiver that is not in force, as `/api/v1/waivers` names it.
fn state(lapse: Lapse) -> &'static str {
    match lapse {
        Lapse::Requested => "requested",
        Lapse::Denied => "denied",
        Lapse::Withdrawn => "withdrawn",
        Lapse::Expired => "expired",
    }
}

fn text(what: DifferenceKind, waived: Option<&str>, asked: Option<&str>) -> String {
    let name = match what {
        DifferenceKind::State => {
            let state = waived.unwrap_or_default();
            return format!("it is not in force, but {state}");
        }
        DifferenceKind::Withdrawn => return "it takes an earlier waiver back".to_owned(),
        DifferenceKind::Ignored => return "the request says to ignore it".to_owned(),
        DifferenceKind::SubjectType => "subject type",
        DifferenceKind::SubjectIdentifier => "subject",
        DifferenceKind::Testcase => "test case",
        DifferenceKind::Scenario => "scenario",
        DifferenceKind::ProductVersion => "product version",
        DifferenceKind::DecisionContext => "decision context",
        DifferenceKind::Architecture => "architecture",
        DifferenceKind::Variant => "variant",
    };
    let waived = waived.unwrap_or_default();
    match asked {
        Some(asked) => format!("{name} `{waived}` is waived, `{asked}` is not"),
        None => format!("{name} `{waived}` is waived, and there is none here"),
    }
}
