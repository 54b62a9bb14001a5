//! `spin:sqlite` over database files in the state directory.
//!
//! This file is the interface: grants, handles, streams. [`connection`] is what a guest has;
//! [`pool`] keeps the open connections behind it, [`kind`] tells which statements may share them, and
//! [`together`] commits what several guests write. [`values`] turns rows into the interface's types.

mod connection;
mod database;
mod kind;
mod pool;
mod together;
mod values;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use wasmtime::component::{
    Access, Accessor, FutureReader, HasData, Resource, ResourceTable, StreamReader,
};

use self::connection::Connection;
pub use self::database::Database;
use crate::bindings::spin::sqlite::sqlite;

/// A panic elsewhere doesn't make a value unusable.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// Connections that one instance may hold, as in Spin.
const MAX_CONNECTIONS: usize = 256;

/// The databases a component may open, by name.
pub type SqliteGrants = BTreeMap<String, Arc<Database>>;

/// What a guest's connection handle stands for.
pub struct OpenConnection(Arc<Connection>);

/// The store-side marker of `spin:sqlite`.
pub struct SqliteData;

/// What `spin:sqlite` works on.
pub struct SqliteView<'a> {
    /// The instance's handles.
    pub table: &'a mut ResourceTable,
    /// How many of them are connections.
    pub open: &'a mut usize,
    /// What may be opened.
    pub grants: &'a SqliteGrants,
}

impl HasData for SqliteData {
    type Data<'a> = SqliteView<'a>;
}

type Handle = Resource<OpenConnection>;
type Streamed = (
    Vec<String>,
    StreamReader<sqlite::RowResult>,
    FutureReader<Result<(), sqlite::Error>>,
);

impl SqliteView<'_> {
    /// A handle to a new connection. Nothing is opened before the first statement.
    fn open_connection(&mut self, name: &str) -> Result<Handle, sqlite::Error> {
        // Every granted database exists: what isn't configured is refused at start.
        let database = self.grants.get(name).ok_or(sqlite::Error::AccessDenied)?;
        if *self.open >= MAX_CONNECTIONS {
            return Err(sqlite::Error::Io("too many connections opened".to_owned()));
        }
        let connection = Arc::new(Connection::new(database.clone()));
        let handle = self
            .table
            .push(OpenConnection(connection))
            .map_err(|error| sqlite::Error::Io(error.to_string()))?;
        *self.open += 1;
        Ok(handle)
    }

    fn connection(&self, handle: &Handle) -> Result<Arc<Connection>, sqlite::Error> {
        match self.table.get(handle) {
            Ok(connection) => Ok(connection.0.clone()),
            Err(_) => Err(sqlite::Error::InvalidConnection),
        }
    }
}

impl sqlite::Host for SqliteView<'_> {}

impl sqlite::HostConnection for SqliteView<'_> {
    async fn open(&mut self, name: String) -> wasmtime::Result<Result<Handle, sqlite::Error>> {
        Ok(self.open_connection(&name))
    }

    async fn execute(
        &mut self,
        handle: Handle,
        statement: String,
        parameters: Vec<sqlite::Value>,
    ) -> wasmtime::Result<Result<sqlite::QueryResult, sqlite::Error>> {
        let connection = match self.connection(&handle) {
            Ok(connection) => connection,
            Err(error) => return Ok(Err(error)),
        };
        Ok(connection
            .execute(&statement, parameters)
            .await
            .into_result())
    }

    async fn last_insert_rowid(&mut self, handle: Handle) -> wasmtime::Result<i64> {
        Ok(self.connection(&handle)?.last_insert_rowid())
    }

    async fn changes(&mut self, handle: Handle) -> wasmtime::Result<u64> {
        Ok(self.connection(&handle)?.changes())
    }

    async fn drop(&mut self, handle: Handle) -> wasmtime::Result<()> {
        self.table.delete(handle)?;
        *self.open = self.open.saturating_sub(1);
        Ok(())
    }
}

impl<T: Send> sqlite::HostConnectionWithStore<T> for SqliteData {
    async fn open_async(
        accessor: &Accessor<T, Self>,
        name: String,
    ) -> wasmtime::Result<Result<Handle, sqlite::Error>> {
        Ok(accessor.with(|mut access| access.get().open_connection(&name)))
    }

    async fn execute_async(
        accessor: &Accessor<T, Self>,
        handle: Handle,
        statement: String,
        parameters: Vec<sqlite::Value>,
    ) -> wasmtime::Result<Result<Streamed, sqlite::Error>> {
        let connection = match accessor.with(|mut access| access.get().connection(&handle)) {
            Ok(connection) => connection,
            Err(error) => return Ok(Err(error)),
        };
        let outcome = connection.execute(&statement, parameters).await;
        accessor
            .with(|mut access| stream(&mut access, outcome))
            .map(Ok)
    }

    async fn last_insert_rowid_async(
        accessor: &Accessor<T, Self>,
        handle: Handle,
    ) -> wasmtime::Result<i64> {
        let connection = accessor.with(|mut access| access.get().connection(&handle))?;
        Ok(connection.last_insert_rowid())
    }

    async fn changes_async(accessor: &Accessor<T, Self>, handle: Handle) -> wasmtime::Result<u64> {
        let connection = accessor.with(|mut access| access.get().connection(&handle))?;
        Ok(connection.changes())
    }
}

/// Hands rows over as a stream, and how it ended as a future behind it, as Spin does: a failed
/// statement is a success here, with an error at the stream's end.
fn stream<T>(
    access: &mut Access<'_, T, SqliteData>,
    outcome: values::Outcome,
) -> wasmtime::Result<Streamed> {
    let rows = StreamReader::new(&mut *access, outcome.rows)?;
    let end = outcome.end;
    let end = FutureReader::new(&mut *access, async move { wasmtime::error::Ok(end) })?;
    Ok((outcome.columns, rows, end))
}
