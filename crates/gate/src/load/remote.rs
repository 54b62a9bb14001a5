//! Policies from a package's own `gating.yaml`. Fetching the file is the caller's.

use super::attributes::Place;
use super::policy::{self, Dialect};
use super::policy_set::PolicySet;
use crate::domain::policy::{Origin, Policy};

/// Largest `gating.yaml`, in bytes.
pub const MAX_BYTES: usize = yaml_tree::MAX_BYTES;

/// The documents of one `gating.yaml`.
#[derive(Clone, Debug)]
pub struct RemotePolicies {
    /// In document order.
    pub policies: Vec<Policy>,
}

impl RemotePolicies {
    /// Reads the file. `source` is the URL it came from and becomes the `source` of every answer its rules give.
    /// The error is the text Greenwave puts into `details` of `invalid-gating-yaml`.
    pub fn load(text: &str, source: &str) -> Result<Self, String> {
        read(text, "<byte string>", source).map(|policies| Self { policies })
    }
}

/// Checks the text of a `gating.yaml` as Greenwave's `/validate-gating-yaml` does. `Ok` is the message of a 200, `Err` that of a 400.
pub fn validate_gating_yaml(text: &str, parents: &PolicySet) -> Result<String, String> {
    let policies = read(text, "<unicode string>", "")?;
    if policies.is_empty() {
        return Err("No policies defined".to_owned());
    }
    let known = |context: &&str| {
        parents
            .policies()
            .iter()
            .any(|parent| parent.all_decision_contexts().any(|has| has == *context))
    };
    let mut missing: Vec<&str> = policies
        .iter()
        .flat_map(Policy::all_decision_contexts)
        .filter(|context| !known(context))
        .collect();
    missing.sort_unstable();
    missing.dedup();
    if missing.is_empty() {
        return Ok("All OK".to_owned());
    }
    Ok(format!(
        "Greenwave could not find a parent policy(ies) for following decision context(s): {}. Please change your policy so that it will \
         match a decision context in the parent policies.",
        missing.join(", ")
    ))
}

fn read(text: &str, name: &str, source: &str) -> Result<Vec<Policy>, String> {
    let place = Place {
        name,
        quoted: Some(text),
    };
    let origin = |line| Origin::Remote {
        source: source.to_owned(),
        line,
    };
    place.read_all(text, |node| {
        policy::read(node, place, Dialect::Remote, origin(node.at.line))
    })
}
