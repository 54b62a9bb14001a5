//! Settings of a gate: how outcomes count, and which results stand beside each other.

/// What an outcome means to a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutcomeClass {
    /// The test case passed.
    Passed,
    /// It has not finished yet.
    Incomplete,
    /// It could not be carried out.
    Errored,
    /// Everything else, unknown outcomes included.
    Failed,
}

/// Settings of a gate; the defaults are Greenwave's, with the outcomes its deployments use.
#[derive(Clone, Debug)]
pub struct GateConfig {
    /// Outcomes that satisfy a rule (`OUTCOMES_PASSED`).
    pub outcomes_passed: Vec<String>,
    /// Outcomes of tests that have not finished (`OUTCOMES_INCOMPLETE`).
    pub outcomes_incomplete: Vec<String>,
    /// Outcomes of tests that could not be carried out (`OUTCOMES_ERROR`).
    pub outcomes_error: Vec<String>,
    /// Data keys that tell results of one test case apart: the latest of each combination counts (`DISTINCT_LATEST_RESULTS_ON`).
    pub distinct_on: Vec<String>,
}

impl Default for GateConfig {
    fn default() -> Self {
        let list = |items: &[&str]| items.iter().map(|item| (*item).to_owned()).collect();
        Self {
            outcomes_passed: list(&["PASSED", "INFO"]),
            outcomes_incomplete: list(&["QUEUED", "RUNNING"]),
            outcomes_error: list(&["ERROR"]),
            distinct_on: list(&["scenario", "system_architecture", "system_variant"]),
        }
    }
}

impl GateConfig {
    /// Sorts an outcome. An outcome that is in several lists is what the first of passed, incomplete and errored says.
    pub fn classify(&self, outcome: &str) -> OutcomeClass {
        let listed = |list: &[String]| list.iter().any(|one| one == outcome);
        if listed(&self.outcomes_passed) {
            OutcomeClass::Passed
        } else if listed(&self.outcomes_incomplete) {
            OutcomeClass::Incomplete
        } else if listed(&self.outcomes_error) {
            OutcomeClass::Errored
        } else {
            OutcomeClass::Failed
        }
    }
}
