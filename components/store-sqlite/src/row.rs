//! From SQLite's values to the records of the store.

use crate::database::{Failure, Row};
use crate::waivers::{in_force, scope};
use endpoint::records::{Group, TestCase, TestResult, Waiver, WaiverAction, WaiverStep};
use spin_sdk::sqlite::Value;

/// The columns of what decisions are made from, of `results AS r`.
pub const CORE_COLUMNS: &str = "r.id, r.submit_time_us, r.outcome, r.test_case, r.data";

/// The columns of a result, of `results AS r` and `test_cases AS t`: those of [`CORE_COLUMNS`] first.
pub const RESULT_COLUMNS: &str = "r.id, r.submit_time_us, r.outcome, r.test_case, r.data, \
     t.ref_url, r.groups, r.note, r.ref_url";

/// The columns of a waiver, of `waivers AS w`.
pub const WAIVER_COLUMNS: &str = "w.id, w.subject_type, w.subject_identifier, w.testcase, \
     w.username, w.scenario, w.proxied_by, w.product_version, w.waived, w.comment, \
     w.timestamp_us, w.needs_approval, w.expires_us, w.scope, w.reason, w.link";

/// Takes a row apart from its first column to its last.
pub struct Columns(std::vec::IntoIter<Value>);

impl Columns {
    /// The columns of `row`.
    #[must_use]
    pub fn of(row: Row) -> Self {
        Self(row.into_iter())
    }

    /// The next column, a number.
    ///
    /// # Errors
    /// When it is something else.
    pub fn integer(&mut self) -> Result<i64, Failure> {
        match self.0.next() {
            Some(Value::Integer(number)) => Ok(number),
            other => Err(unexpected("a number", other.as_ref())),
        }
    }

    /// The next column, a number or nothing.
    ///
    /// # Errors
    /// When it is something else.
    pub fn optional_integer(&mut self) -> Result<Option<i64>, Failure> {
        match self.0.next() {
            Some(Value::Integer(number)) => Ok(Some(number)),
            Some(Value::Null) => Ok(None),
            other => Err(unexpected("a number", other.as_ref())),
        }
    }

    /// The next column, an id or a count.
    ///
    /// # Errors
    /// When it is something else.
    pub fn id(&mut self) -> Result<u64, Failure> {
        let number = self.integer()?;
        u64::try_from(number).map_err(|_| Failure::Database(format!("negative id `{number}`")))
    }

    /// The next column, text or nothing.
    ///
    /// # Errors
    /// When it is something else.
    pub fn optional_text(&mut self) -> Result<Option<String>, Failure> {
        match self.0.next() {
            Some(Value::Text(text)) => Ok(Some(text)),
            Some(Value::Null) => Ok(None),
            other => Err(unexpected("text", other.as_ref())),
        }
    }

    /// The next column, text.
    ///
    /// # Errors
    /// When it is something else.
    pub fn text(&mut self) -> Result<String, Failure> {
        self.optional_text()?
            .ok_or_else(|| unexpected("text", None))
    }
}

fn unexpected(wanted: &str, found: Option<&Value>) -> Failure {
    // Named by hand: printing the value itself would bring the printing of floats along.
    let found = match found {
        None => "nothing",
        Some(Value::Integer(_)) => "a number",
        Some(Value::Real(_)) => "a float",
        Some(Value::Text(_)) => "text",
        Some(Value::Blob(_)) => "bytes",
        Some(Value::Null) => "null",
    };
    Failure::Database(format!("expected {wanted} in a column, found {found}"))
}

/// A row of [`RESULT_COLUMNS`].
///
/// # Errors
/// When a column has another type.
pub fn result(row: Row) -> Result<TestResult, Failure> {
    let mut columns = Columns::of(row);
    let mut result = core(&mut columns)?;
    result.test_case.ref_url = columns.optional_text()?;
    result.groups = string_list(&columns.text()?)?;
    result.note = columns.optional_text()?;
    result.ref_url = columns.optional_text()?;
    Ok(result)
}

/// A row of [`CORE_COLUMNS`]: a result without groups, note and references.
///
/// # Errors
/// When a column has another type.
pub fn core_result(row: Row) -> Result<TestResult, Failure> {
    core(&mut Columns::of(row))
}

fn core(columns: &mut Columns) -> Result<TestResult, Failure> {
    Ok(TestResult {
        id: columns.id()?,
        submit_time_us: columns.integer()?,
        outcome: columns.text()?,
        test_case: TestCase {
            name: columns.text()?,
            ref_url: None,
        },
        groups: Vec::new(),
        data: columns.text()?,
        note: None,
        ref_url: None,
    })
}

/// A row of [`WAIVER_COLUMNS`] and the name of a state.
///
/// # Errors
/// When a column has another type, or there is no such state.
pub fn waiver(row: Row) -> Result<Waiver, Failure> {
    let mut columns = Columns::of(row);
    Ok(Waiver {
        id: columns.id()?,
        subject_type: columns.text()?,
        subject_identifier: columns.text()?,
        testcase: columns.text()?,
        username: columns.text()?,
        scenario: columns.optional_text()?,
        proxied_by: columns.optional_text()?,
        product_version: columns.text()?,
        waived: columns.integer()? != 0,
        comment: columns.text()?,
        timestamp_us: columns.integer()?,
        terms: scope::terms(&mut columns)?,
        state: in_force::named(&columns.text()?)?,
    })
}

/// A step's action in its column.
#[must_use]
pub fn action_name(action: WaiverAction) -> &'static str {
    match action {
        WaiverAction::Approved => "approved",
        WaiverAction::Denied => "denied",
        WaiverAction::Withdrawn => "withdrawn",
    }
}

/// A row of a waiver's id, an action, a name, a proxy, a comment and a time.
///
/// # Errors
/// When a column has another type, or there is no such action.
pub fn waiver_step(row: Row) -> Result<WaiverStep, Failure> {
    let mut columns = Columns::of(row);
    let waiver_id = columns.id()?;
    let name = columns.text()?;
    let mut actions = [
        WaiverAction::Approved,
        WaiverAction::Denied,
        WaiverAction::Withdrawn,
    ]
    .into_iter();
    Ok(WaiverStep {
        waiver_id,
        action: actions
            .find(|action| action_name(*action) == name)
            .ok_or_else(|| Failure::Database(format!("unknown action `{name}`")))?,
        username: columns.text()?,
        proxied_by: columns.optional_text()?,
        comment: columns.text()?,
        timestamp_us: columns.integer()?,
    })
}

/// A row of a name and a reference.
///
/// # Errors
/// When a column has another type.
pub fn test_case(row: Row) -> Result<TestCase, Failure> {
    let mut columns = Columns::of(row);
    Ok(TestCase {
        name: columns.text()?,
        ref_url: columns.optional_text()?,
    })
}

/// A row of an identifier, a description, a reference and a count.
///
/// # Errors
/// When a column has another type.
pub fn group(row: Row) -> Result<Group, Failure> {
    let mut columns = Columns::of(row);
    Ok(Group {
        uuid: columns.text()?,
        description: columns.optional_text()?,
        ref_url: columns.optional_text()?,
        result_count: columns.id()?,
    })
}

/// A stored list of strings.
///
/// # Errors
/// When it is something else.
pub fn string_list(json: &str) -> Result<Vec<String>, Failure> {
    if json == "[]" {
        return Ok(Vec::new());
    }
    serde_json::from_str(json).map_err(|error| Failure::Database(format!("stored list: {error}")))
}
