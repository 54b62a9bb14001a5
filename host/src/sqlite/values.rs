//! Rows and parameters between SQLite's types and the interface's.
//!
//! Must not know where the rows come from or who asked for them.

use rusqlite::ErrorCode;
use rusqlite::types::{ToSqlOutput, ValueRef};

use crate::bindings::spin::sqlite::sqlite::{Error, QueryResult, RowResult, Value};

/// The most that one statement may return, as in Spin.
pub const MAX_RESULT_BYTES: usize = 128 << 20;

/// What a statement gave before it ended, and how it ended.
#[derive(Clone)]
pub struct Outcome {
    /// The columns' names; empty if the statement couldn't be prepared.
    pub columns: Vec<String>,
    /// The rows.
    pub rows: Vec<RowResult>,
    /// How it ended.
    pub end: Result<(), Error>,
    /// Whether that says more of the connection or the file than of the statement.
    pub breaks_connection: bool,
}

impl Outcome {
    /// An outcome that is an error and nothing else.
    pub fn failed(error: Error) -> Self {
        Self {
            columns: Vec::new(),
            rows: Vec::new(),
            end: Err(error),
            breaks_connection: false,
        }
    }

    /// What SQLite says instead of running a statement.
    pub fn refused(error: rusqlite::Error) -> Self {
        Self {
            breaks_connection: breaks_connection(&error),
            ..Self::failed(io_error(error))
        }
    }

    /// All or nothing, for the function that doesn't stream.
    pub fn into_result(self) -> Result<QueryResult, Error> {
        self.end.map(|()| QueryResult {
            columns: self.columns,
            rows: self.rows,
        })
    }
}

/// SQLite's errors have one form in the interface.
pub fn io_error(error: rusqlite::Error) -> Error {
    Error::Io(error.to_string())
}

/// Runs a prepared statement to its end.
pub fn run(statement: &mut rusqlite::Statement<'_>, parameters: &[Value]) -> Outcome {
    let mut outcome = Outcome {
        columns: statement
            .column_names()
            .into_iter()
            .map(str::to_owned)
            .collect(),
        rows: Vec::new(),
        end: Ok(()),
        breaks_connection: false,
    };
    match collect(statement, parameters, &mut outcome.rows) {
        Ok(()) => outcome,
        Err(Stop::Sqlite(error)) => Outcome {
            breaks_connection: breaks_connection(&error),
            end: Err(io_error(error)),
            ..outcome
        },
        Err(Stop::Host(error)) => Outcome {
            end: Err(error),
            ..outcome
        },
    }
}

/// Why a statement did not come to its end.
enum Stop {
    Sqlite(rusqlite::Error),
    Host(Error),
}

impl From<rusqlite::Error> for Stop {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

/// Whether an error may come again on the same connection when its cause has gone.
fn breaks_connection(error: &rusqlite::Error) -> bool {
    let rusqlite::Error::SqliteFailure(failure, _) = error else {
        return false;
    };
    !matches!(
        failure.code,
        ErrorCode::Unknown
            | ErrorCode::ConstraintViolation
            | ErrorCode::DatabaseBusy
            | ErrorCode::DatabaseLocked
            | ErrorCode::OperationInterrupted
            | ErrorCode::ParameterOutOfRange
            | ErrorCode::SchemaChanged
            | ErrorCode::TooBig
            | ErrorCode::TypeMismatch
            | ErrorCode::AuthorizationForStatementDenied
    )
}

fn collect(
    statement: &mut rusqlite::Statement<'_>,
    parameters: &[Value],
    collected: &mut Vec<RowResult>,
) -> Result<(), Stop> {
    let columns = statement.column_count();
    let mut bytes = size_of::<QueryResult>();
    let parameters = rusqlite::params_from_iter(parameters.iter().map(parameter));
    let mut rows = statement.query(parameters)?;
    while let Some(row) = rows.next()? {
        let mut values = Vec::with_capacity(columns);
        for column in 0..columns {
            let value = value(row.get_ref(column)?).map_err(Stop::Host)?;
            bytes += memory_size(&value);
            values.push(value);
        }
        if bytes > MAX_RESULT_BYTES {
            return Err(Stop::Host(Error::Io(format!(
                "query result exceeds limit of {MAX_RESULT_BYTES} bytes"
            ))));
        }
        collected.push(RowResult { values });
    }
    Ok(())
}

fn parameter(value: &Value) -> ToSqlOutput<'_> {
    ToSqlOutput::Borrowed(match value {
        Value::Integer(value) => ValueRef::Integer(*value),
        Value::Real(value) => ValueRef::Real(*value),
        Value::Text(value) => ValueRef::Text(value.as_bytes()),
        Value::Blob(value) => ValueRef::Blob(value),
        Value::Null => ValueRef::Null,
    })
}

fn value(value: ValueRef<'_>) -> Result<Value, Error> {
    Ok(match value {
        ValueRef::Integer(value) => Value::Integer(value),
        ValueRef::Real(value) => Value::Real(value),
        ValueRef::Text(text) => match std::str::from_utf8(text) {
            Ok(text) => Value::Text(text.to_owned()),
            Err(_) => return Err(Error::Io("a text value is not UTF-8".to_owned())),
        },
        ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
        ValueRef::Null => Value::Null,
    })
}

fn memory_size(value: &Value) -> usize {
    size_of::<Value>()
        + match value {
            Value::Text(text) => text.len(),
            Value::Blob(bytes) => bytes.len(),
            Value::Integer(_) | Value::Real(_) | Value::Null => 0,
        }
}
