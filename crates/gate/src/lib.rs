//! Policies + results + waivers → a decision, and why.
//!
//! This crate is the gate itself, as a pure function of values: it reads policy and subject type documents, checks a decision request,
//! says which results and waivers it needs, and decides. It must not know where any of these come from: no files, no clock, no SQL, no
//! host calls, and nothing in it can panic. Everything that explains, simulates or replays a decision calls the same code.
//!
//! The flow needs at most one read of results and one of waivers, however many rules there are:
//!
//! ```text
//! PolicySet::load ──┐
//! DecisionRequest ──┴─ plan ── reads() ──▶ results ──▶ evaluate ── waiver_filters() ──▶ waivers ──▶ settle ─┬─▶ into_decision
//!                                                                                                          └─▶ explain
//! ```
//!
//! An explanation is made from the same trace as the decision; to see waivers that nearly match it reads those of
//! `explanation_waiver_filters()` in place of the others. Where no policy applies there is no decision, and still an explanation:
//! `plan_anyway`.
//!
//! Behaviour and wording follow Greenwave 2.3.0, whose clients read the answers; where it is deliberately different the item says so.
//!
//! Rooms: [`load`] turns text into policies, [`domain`] holds what they mean, [`decide`] applies them, [`explain`] says why,
//! [`progress`] how far it is, [`simulate`] compares two sets of policies.

pub mod decide;
pub mod domain;
pub mod explain;
pub mod load;
pub mod progress;
pub mod simulate;
mod text;

pub use decide::answer::{Answer, AnswerKind, ResultAnswer};
pub use decide::decision::{Decision, DecisionView};
pub use decide::evaluate::{EvaluateError, Evaluation};
pub use decide::facts::{Facts, RemoteFetch};
pub use decide::latest::latest_distinct;
pub use decide::plan::{
    Considered, Plan, PlanError, RemoteNeed, ResultRead, SubjectPlan, data_keys, plan, plan_anyway,
    plan_with,
};
pub use decide::request::{DecisionRequest, RequestError};
pub use decide::settle::Settled;
pub use decide::step::{Step, StepKind};
pub use decide::waive::{WaiverFilter, WaiverQuery, current_waivers};
pub use domain::config::{GateConfig, OutcomeClass};
pub use domain::policy::{
    Informative, Mismatch, Origin, PassingTestCaseRule, Policy, PolicyMatch, RemoteRule, Rule,
};
pub use domain::records::{Lapse, QueryResults, TestResult, Waiver};
pub use domain::subject::{ResultQuery, Subject};
pub use domain::subject_type::SubjectType;
pub use domain::views::{PoliciesView, PolicyView, RuleView, SubjectTypeView, SubjectTypesView};
pub use explain::view::Explanation;
pub use load::policy_set::{LoadError, PolicySet, SourceFile};
pub use load::remote::{RemotePolicies, validate_gating_yaml};
pub use text::python::repr_str;
pub use text::time::parse_date_time;
