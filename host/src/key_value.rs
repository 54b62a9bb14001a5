//! `spin:key-value` over one SQLite file in the state directory, in Spin's own table, so that both
//! programs see the same stores.
//!
//! One connection serves everybody: stores are for small things, used now and then.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use anyhow::{Context, Result};
use rusqlite::{Connection, OptionalExtension, params};
use wasmtime::component::{Accessor, FutureReader, HasData, Resource, ResourceTable, StreamReader};

use crate::bindings::spin::key_value::key_value;

/// Stores that one instance may hold, as in Spin.
const MAX_STORES: usize = 256;
/// The most that one call may return, as in Spin.
const MAX_RESULT_BYTES: usize = 128 << 20;

const SCHEMA: &str = "CREATE TABLE IF NOT EXISTS spin_key_value (
    store TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (store, key))";
const GET: &str = "SELECT value FROM spin_key_value WHERE store = ?1 AND key = ?2";
const SET: &str = "INSERT INTO spin_key_value (store, key, value) VALUES (?1, ?2, ?3)
    ON CONFLICT (store, key) DO UPDATE SET value = excluded.value";
const DELETE: &str = "DELETE FROM spin_key_value WHERE store = ?1 AND key = ?2";
const EXISTS: &str = "SELECT 1 FROM spin_key_value WHERE store = ?1 AND key = ?2";
const KEYS: &str = "SELECT key FROM spin_key_value WHERE store = ?1";

/// All stores of the application. The file is opened at the first use.
pub struct KeyValueFile {
    path: PathBuf,
    connection: Mutex<Option<Connection>>,
}

impl KeyValueFile {
    /// The stores in the file at `path`.
    pub fn new(path: PathBuf) -> Result<Self> {
        if let Some(directory) = path.parent() {
            std::fs::create_dir_all(directory)
                .with_context(|| format!("can't create directory `{}`", directory.display()))?;
        }
        Ok(Self {
            path,
            connection: Mutex::new(None),
        })
    }

    fn with<R>(
        &self,
        run: impl FnOnce(&Connection) -> rusqlite::Result<R>,
    ) -> Result<R, key_value::Error> {
        let mut open = self.connection.lock().unwrap_or_else(|e| e.into_inner());
        let connection = match &mut *open {
            Some(connection) => connection,
            none => none.insert(self.connect().map_err(other)?),
        };
        let outcome = run(connection);
        // Opened anew next time: as long as it lives, a connection to a file that could not be
        // written to when it was opened never writes.
        if outcome.is_err() {
            *open = None;
        }
        outcome.map_err(other)
    }

    fn connect(&self) -> rusqlite::Result<Connection> {
        let connection = Connection::open(&self.path)?;
        connection.execute(SCHEMA, [])?;
        Ok(connection)
    }
}

fn other(error: rusqlite::Error) -> key_value::Error {
    key_value::Error::Other(error.to_string())
}

fn limited<T>(value: T, bytes: usize) -> Result<T, key_value::Error> {
    if bytes > MAX_RESULT_BYTES {
        let message = format!("query result exceeds limit of {MAX_RESULT_BYTES} bytes");
        return Err(key_value::Error::Other(message));
    }
    Ok(value)
}

/// The stores a component may open.
#[derive(Clone)]
pub struct KeyValueGrants {
    /// Where the stores are.
    pub file: Arc<KeyValueFile>,
    /// Their names.
    pub names: BTreeSet<String>,
}

/// What a guest's store handle stands for.
#[derive(Clone)]
pub struct OpenStore {
    name: Arc<str>,
    file: Arc<KeyValueFile>,
}

/// The store-side marker of `spin:key-value`.
pub struct KeyValueData;

/// What `spin:key-value` works on.
pub struct KeyValueView<'a> {
    /// The instance's handles.
    pub table: &'a mut ResourceTable,
    /// How many of them are stores.
    pub open: &'a mut usize,
    /// What may be opened.
    pub grants: &'a KeyValueGrants,
}

impl HasData for KeyValueData {
    type Data<'a> = KeyValueView<'a>;
}

type Handle = Resource<OpenStore>;
type Keys = (
    StreamReader<String>,
    FutureReader<Result<(), key_value::Error>>,
);

impl KeyValueView<'_> {
    fn open_store(&mut self, name: &str) -> Result<Handle, key_value::Error> {
        if !self.grants.names.contains(name) {
            return Err(key_value::Error::AccessDenied);
        }
        if *self.open >= MAX_STORES {
            return Err(key_value::Error::StoreTableFull);
        }
        let store = OpenStore {
            name: name.into(),
            file: self.grants.file.clone(),
        };
        let handle = self
            .table
            .push(store)
            .map_err(|_| key_value::Error::StoreTableFull)?;
        *self.open += 1;
        Ok(handle)
    }
}

impl key_value::Host for KeyValueView<'_> {}

impl key_value::HostStore for KeyValueView<'_> {
    async fn drop(&mut self, handle: Handle) -> wasmtime::Result<()> {
        self.table.delete(handle)?;
        *self.open = self.open.saturating_sub(1);
        Ok(())
    }
}

/// The store behind a handle; a handle that isn't one is a trap, as in Spin.
fn store<T: Send>(
    accessor: &Accessor<T, KeyValueData>,
    handle: &Handle,
) -> wasmtime::Result<OpenStore> {
    accessor.with(|mut access| Ok(access.get().table.get(handle)?.clone()))
}

impl<T: Send> key_value::HostStoreWithStore<T> for KeyValueData {
    async fn open(
        accessor: &Accessor<T, Self>,
        name: String,
    ) -> wasmtime::Result<Result<Handle, key_value::Error>> {
        Ok(accessor.with(|mut access| access.get().open_store(&name)))
    }

    async fn get(
        accessor: &Accessor<T, Self>,
        handle: Handle,
        key: String,
    ) -> wasmtime::Result<Result<Option<Vec<u8>>, key_value::Error>> {
        let store = store(accessor, &handle)?;
        let value = store.file.with(|c| {
            c.prepare_cached(GET)?
                .query_row(params![store.name, key], |row| row.get::<_, Vec<u8>>(0))
                .optional()
        });
        Ok(value.and_then(|value| {
            let bytes = value.as_ref().map_or(0, Vec::len);
            limited(value, bytes)
        }))
    }

    async fn set(
        accessor: &Accessor<T, Self>,
        handle: Handle,
        key: String,
        value: Vec<u8>,
    ) -> wasmtime::Result<Result<(), key_value::Error>> {
        let store = store(accessor, &handle)?;
        Ok(store
            .file
            .with(|c| {
                c.prepare_cached(SET)?
                    .execute(params![store.name, key, value])
            })
            .map(drop))
    }

    async fn delete(
        accessor: &Accessor<T, Self>,
        handle: Handle,
        key: String,
    ) -> wasmtime::Result<Result<(), key_value::Error>> {
        let store = store(accessor, &handle)?;
        Ok(store
            .file
            .with(|c| c.prepare_cached(DELETE)?.execute(params![store.name, key]))
            .map(drop))
    }

    async fn exists(
        accessor: &Accessor<T, Self>,
        handle: Handle,
        key: String,
    ) -> wasmtime::Result<Result<bool, key_value::Error>> {
        let store = store(accessor, &handle)?;
        Ok(store
            .file
            .with(|c| c.prepare_cached(EXISTS)?.exists(params![store.name, key])))
    }

    async fn get_keys(accessor: &Accessor<T, Self>, handle: Handle) -> wasmtime::Result<Keys> {
        let store = store(accessor, &handle)?;
        let keys = store.file.with(|c| {
            c.prepare_cached(KEYS)?
                .query_map(params![store.name], |row| row.get::<_, String>(0))?
                .collect::<rusqlite::Result<Vec<_>>>()
        });
        let keys = keys.and_then(|keys| {
            let bytes = keys.iter().map(String::len).sum();
            limited(keys, bytes)
        });
        let (keys, end) = match keys {
            Ok(keys) => (keys, Ok(())),
            Err(error) => (Vec::new(), Err(error)),
        };
        accessor.with(|mut access| {
            let keys = StreamReader::new(&mut access, keys)?;
            let end = FutureReader::new(&mut access, async move { wasmtime::error::Ok(end) })?;
            Ok((keys, end))
        })
    }
}
