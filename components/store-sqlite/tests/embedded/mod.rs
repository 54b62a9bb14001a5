//! The store's statements on an embedded SQLite, as the host would run them.

use rusqlite::StatementStatus::VmStep;
use rusqlite::types::{ToSqlOutput, Value as Sql};
use spin_sdk::sqlite::Value;
use std::cell::{Cell, RefCell};
use std::path::Path;
use store_sqlite::bounds::Bounds;
use store_sqlite::database::{Database, Failure, Row};

/// A connection that remembers its statements.
pub struct Embedded {
    connection: rusqlite::Connection,
    statements: RefCell<Vec<(String, Vec<Value>)>>,
    steps: Cell<u64>,
    /// How far searches look before they choose another way.
    pub bounds: Bounds,
}

impl Embedded {
    /// A connection to this file, as the host opens it.
    pub fn open(path: &Path) -> Self {
        let connection = rusqlite::Connection::open(path).unwrap();
        connection
            .busy_timeout(std::time::Duration::from_secs(5))
            .unwrap();
        Self {
            connection,
            statements: RefCell::default(),
            steps: Cell::default(),
            bounds: Bounds::default(),
        }
    }

    /// A store in memory.
    #[allow(dead_code, reason = "most of the test programs need it")]
    pub fn in_memory() -> Self {
        let database = Self::open(Path::new(":memory:"));
        store_sqlite::schema::migrate(&database).unwrap();
        database.statements.borrow_mut().clear();
        database
    }

    /// In memory, with what these statements make: a file of an earlier version.
    #[allow(dead_code, reason = "one of the test programs needs it")]
    pub fn made_by(statements: &str) -> Self {
        let database = Self::open(Path::new(":memory:"));
        database.connection.execute_batch(statements).unwrap();
        database
    }

    /// How many steps SQLite's virtual machine made since the last call.
    #[allow(dead_code, reason = "one of the test programs needs it")]
    pub fn steps(&self) -> u64 {
        self.statements.borrow_mut().clear();
        self.steps.take()
    }

    /// How SQLite carries out each statement since the last call, a line for each step.
    #[allow(dead_code, reason = "one of the test programs needs it")]
    pub fn plans(&self) -> Vec<String> {
        let statements = std::mem::take(&mut *self.statements.borrow_mut());
        let mut plans = Vec::new();
        for (statement, parameters) in statements {
            let explain = format!("EXPLAIN QUERY PLAN {statement}");
            for row in self.execute(&explain, &parameters).unwrap() {
                match row.last() {
                    Some(Value::Text(step)) => plans.push(step.clone()),
                    other => panic!("no step: {other:?}"),
                }
            }
        }
        plans
    }

    fn execute(&self, statement: &str, parameters: &[Value]) -> rusqlite::Result<Vec<Row>> {
        let mut prepared = self.connection.prepare_cached(statement)?;
        let columns = prepared.column_count();
        let parameters = parameters
            .iter()
            .map(|value| ToSqlOutput::Owned(to_sql(value)));
        let mut found = Vec::new();
        let mut rows = prepared.query(rusqlite::params_from_iter(parameters))?;
        while let Some(row) = rows.next()? {
            let values = (0..columns).map(|index| row.get(index).map(from_sql));
            found.push(values.collect::<rusqlite::Result<Row>>()?);
        }
        drop(rows);
        let steps = prepared.reset_status(VmStep);
        self.steps
            .set(self.steps.get() + u64::try_from(steps).unwrap_or(0));
        Ok(found)
    }
}

impl Database for Embedded {
    fn bounds(&self) -> Bounds {
        self.bounds
    }

    fn run(&self, statement: &str, parameters: &[Value]) -> Result<Vec<Row>, Failure> {
        self.statements
            .borrow_mut()
            .push((statement.to_owned(), parameters.to_vec()));
        self.execute(statement, parameters)
            .map_err(|error| Failure::Database(error.to_string()))
    }
}

/// The number that the statement finds.
#[allow(dead_code, reason = "some of the test programs need it")]
pub fn number(database: &Embedded, statement: &str) -> i64 {
    match database.run(statement, &[]).unwrap()[0][0] {
        Value::Integer(number) => number,
        ref other => panic!("no number: {other:?}"),
    }
}

fn to_sql(value: &Value) -> Sql {
    match value {
        Value::Null => Sql::Null,
        Value::Integer(number) => Sql::Integer(*number),
        Value::Real(number) => Sql::Real(*number),
        Value::Text(text) => Sql::Text(text.clone()),
        Value::Blob(bytes) => Sql::Blob(bytes.clone()),
    }
}

fn from_sql(value: Sql) -> Value {
    match value {
        Sql::Null => Value::Null,
        Sql::Integer(number) => Value::Integer(number),
        Sql::Real(number) => Value::Real(number),
        Sql::Text(text) => Value::Text(text),
        Sql::Blob(bytes) => Value::Blob(bytes),
    }
}

/// No step scans one of our tables; what SQLite scans are lists of parameters and our own subqueries.
#[allow(dead_code, reason = "one of the test programs needs it")]
pub fn assert_searches(database: &Embedded, what: &str) {
    assert_searches_but(database, what, &[]);
}

/// No step scans one of our tables but those with these aliases, which are small.
#[allow(dead_code, reason = "one of the test programs needs it")]
pub fn assert_searches_but(database: &Embedded, what: &str, small: &[&str]) {
    let plans = database.plans();
    assert!(
        plans.iter().any(|step| step.contains("USING")),
        "{what}: {plans:#?}"
    );
    for step in &plans {
        let scans = step.strip_prefix("SCAN ").unwrap_or("f");
        let alias = scans.split(' ').next().unwrap_or_default();
        let is_list = [
            "f",
            "c",
            "v",
            "k",
            "n",
            "json_each",
            "h",
            "found",
            "asked",
            "keys",
            "asked_values",
            "newest",
            "unsummarised",
        ]
        .contains(&alias)
            || small.contains(&alias)
            || alias.starts_with("(subquery")
            || scans.contains("VIRTUAL TABLE")
            || scans.starts_with("CONSTANT");
        assert!(is_list, "{what}: {step} in {plans:#?}");
    }
}

/// A filter that every waiver matches.
#[allow(dead_code, reason = "some of the test programs need it")]
pub fn every() -> endpoint::records::WaiverFilter {
    endpoint::records::WaiverFilter {
        unlimited: false,
        ..endpoint::waivers::filter::everything()
    }
}
