//! What a simulation is asked for: the JSON body and its checks. Whether the draft holds policies is found out when it is loaded.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::decide::evaluate::without_repetitions;
use crate::decide::request::MAX_DECISION_CONTEXTS;
use crate::load::policy_set::{PolicySet, SUBJECT_TYPES, is_read_from_folder};
use crate::text::time;

/// Most subjects of one simulation.
pub const MAX_SUBJECTS: usize = 10_000;
/// Longest span of time whose subjects are decided, in days.
pub const MAX_WINDOW_DAYS: i64 = 366;
/// Most files of a draft.
pub const MAX_FILES: usize = 1_000;
/// Most characters of a product version and of the type and the item of a subject.
pub const MAX_NAME_CHARS: usize = 1_000;
/// Most bytes of all patterns in a draft, each of which may be tried on each subject.
pub const MAX_PATTERN_BYTES: usize = 1_000_000;
/// What the name of a lone text is.
pub const LONE_FILE: &str = "draft.yaml";

const DAY_US: i64 = 86_400_000_000;

/// What if these were the policies? The subjects are listed, or those of a span of time.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = Simulation))]
pub struct SimulationBody {
    /// The draft, in place of all policies in force.
    pub policies: Draft,
    /// The decision context, or several, any of which a policy must have.
    pub decision_context: Contexts,
    /// The product version.
    pub product_version: String,
    /// The subjects; or else `since`.
    pub subjects: Option<Vec<ListedSubject>>,
    /// Subjects with results submitted at this time or later, ISO 8601.
    pub since: Option<String>,
    /// Subjects with results submitted at this time or earlier, ISO 8601; now if left out.
    pub until: Option<String>,
    /// Only subjects of this type, or an alias of it; only with `since`.
    pub subject_type: Option<String>,
    /// Decide as of this time, ISO 8601; the end of the span, or now, if left out.
    pub when: Option<String>,
}

/// Policies: the text of one file, or texts by the names of their files. Names that begin with `subject_types/` are those of files with subject
/// types, without any of which the subject types in force stay.
#[derive(Debug, Deserialize)]
#[serde(
    untagged,
    expecting = "`policies` must be the text of a policy file, or an object of such texts by the names of their files"
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Draft {
    /// One file.
    Text(String),
    /// Several, by name.
    Files(BTreeMap<String, String>),
}

/// A decision context, or several.
#[derive(Debug, Deserialize)]
#[serde(
    untagged,
    expecting = "`decision_context` must be a string or a list of strings"
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = SimulationContexts))]
pub enum Contexts {
    /// One.
    One(String),
    /// Several.
    Several(Vec<String>),
}

/// A subject of a simulation.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ListedSubject {
    /// Its type, or an alias.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its identifier.
    pub item: String,
}

/// A simulation that can be done.
#[derive(Debug)]
pub struct Simulation {
    /// The files of the draft, name and text.
    pub draft: Vec<(String, String)>,
    /// The decision contexts.
    pub contexts: Vec<String>,
    /// The product version.
    pub product_version: String,
    /// The subjects.
    pub asked: Asked,
    /// Decide as of this time, µs since the epoch, inclusive; none for now.
    pub when_us: Option<i64>,
}

/// Which subjects are asked about.
#[derive(Debug, PartialEq, Eq)]
pub enum Asked {
    /// These.
    Listed(Vec<ListedSubject>),
    /// What results of a span of time are about.
    Window {
        /// The first time, µs since the epoch.
        since_us: i64,
        /// The last time, µs since the epoch.
        until_us: i64,
        /// The one type that is asked about, or an alias.
        subject_type: Option<String>,
    },
}

impl Simulation {
    /// Checks a body; `now_us` is the time, µs since the epoch.
    ///
    /// # Errors
    /// What is wrong, for the client: a 400.
    pub fn from_json(body: Value, now_us: i64) -> Result<Self, String> {
        if !body.is_object() {
            return Err("The body must be a JSON object".to_owned());
        }
        let body: SimulationBody =
            serde_json::from_value(body).map_err(|error| error.to_string())?;
        let contexts = contexts(body.decision_context)?;
        check_name("product_version", &body.product_version)?;
        let when_us = moment("when", body.when.as_deref())?;
        let until_us = moment("until", body.until.as_deref())?.map(|until| until.min(now_us));
        let (asked, end_us) = match (body.subjects, moment("since", body.since.as_deref())?) {
            (Some(_), Some(_)) => return Err("Give either `subjects` or `since`, not both".into()),
            (None, None) => return Err("Give `subjects`, or a span of time by `since`".into()),
            (Some(_), None) if until_us.is_some() || body.subject_type.is_some() => {
                return Err(
                    "`until` and `subject_type` go with `since`, not with `subjects`".into(),
                );
            }
            (Some(subjects), None) => (listed(subjects)?, None),
            (None, Some(since_us)) => {
                let window = window(since_us, until_us.unwrap_or(now_us), body.subject_type)?;
                (window, until_us)
            }
        };
        Ok(Self {
            draft: draft(body.policies)?,
            contexts,
            product_version: body.product_version,
            asked,
            when_us: when_us.or(end_us),
        })
    }
}

fn moment(name: &str, text: Option<&str>) -> Result<Option<i64>, String> {
    let read = |text| {
        time::parse_date_time(text)
            .ok_or_else(|| format!("`{name}` must be a date or a time in ISO 8601 format"))
    };
    text.map(read).transpose()
}

fn check_name(what: &str, name: &str) -> Result<(), String> {
    match name.chars().count() {
        0 => Err(format!("`{what}` must not be empty")),
        length if length > MAX_NAME_CHARS => Err(format!(
            "`{what}` must have at most {MAX_NAME_CHARS} characters"
        )),
        _ => Ok(()),
    }
}

fn contexts(contexts: Contexts) -> Result<Vec<String>, String> {
    let contexts = match contexts {
        Contexts::One(one) => vec![one],
        Contexts::Several(several) => several,
    };
    // No context at all would mean any.
    if contexts.is_empty() || contexts.iter().any(String::is_empty) {
        return Err("`decision_context` must not be empty".into());
    }
    match contexts.len() > MAX_DECISION_CONTEXTS {
        true => Err(format!(
            "Too many decision contexts, must be at most {MAX_DECISION_CONTEXTS}"
        )),
        false => Ok(contexts),
    }
}

fn listed(subjects: Vec<ListedSubject>) -> Result<Asked, String> {
    if subjects.is_empty() {
        return Err("`subjects` must not be empty".into());
    }
    if subjects.len() > MAX_SUBJECTS {
        return Err(format!("Too many subjects, must be at most {MAX_SUBJECTS}"));
    }
    for subject in &subjects {
        check_name("type", &subject.kind)?;
        check_name("item", &subject.item)?;
    }
    // Each is counted once.
    Ok(Asked::Listed(without_repetitions(subjects)))
}

fn window(since_us: i64, until_us: i64, subject_type: Option<String>) -> Result<Asked, String> {
    if since_us > until_us {
        return Err("`since` must not be later than `until` or now".into());
    }
    if until_us.saturating_sub(since_us) > MAX_WINDOW_DAYS.saturating_mul(DAY_US) {
        return Err(format!(
            "The span of time must be at most {MAX_WINDOW_DAYS} days"
        ));
    }
    if let Some(subject_type) = &subject_type {
        check_name("subject_type", subject_type)?;
    }
    Ok(Asked::Window {
        since_us,
        until_us,
        subject_type,
    })
}

fn draft(draft: Draft) -> Result<Vec<(String, String)>, String> {
    let files = match draft {
        Draft::Text(text) => return Ok(vec![(LONE_FILE.to_owned(), text)]),
        Draft::Files(files) => files,
    };
    if files.len() > MAX_FILES {
        return Err(format!("Too many files, must be at most {MAX_FILES}"));
    }
    for path in files.keys() {
        // What would not be read from the folder of policies is no draft of what could be there.
        let name = path.strip_prefix(SUBJECT_TYPES).unwrap_or(path);
        if name.contains('/') || !is_read_from_folder(name) {
            return Err(format!(
                "A file of `policies` is called `{path}`, but must be `NAME.yaml` or `{SUBJECT_TYPES}NAME.yaml`"
            ));
        }
    }
    Ok(files.into_iter().collect())
}

/// Passes drafts whose patterns are few and short enough to be tried on every subject.
///
/// # Errors
/// What is wrong, for the client: a 400.
pub fn check_patterns(policies: &PolicySet) -> Result<(), String> {
    let of_policy = |policy: &std::sync::Arc<crate::Policy>| {
        let all = [
            &policy.packages,
            &policy.excluded_packages,
            &policy.product_versions,
        ];
        all.into_iter().flatten().map(String::len).sum::<usize>()
    };
    let length: usize = policies.policies().iter().map(of_policy).sum();
    match length > MAX_PATTERN_BYTES {
        true => Err(format!(
            "The patterns of the draft must have at most {MAX_PATTERN_BYTES} bytes"
        )),
        false => Ok(()),
    }
}
