//! What a statement touches, as SQLite tells while it prepares one.
//!
//! Must not know connections, nor who asks.

use std::sync::{Arc, Mutex};

use rusqlite::hooks::{AuthAction, AuthContext, Authorization};

use super::lock;

/// Pragmas that set something for their connection alone.
const SETTINGS: [&str; 8] = [
    "busy_timeout",
    "cache_size",
    "foreign_keys",
    "journal_size_limit",
    "mmap_size",
    "recursive_triggers",
    "synchronous",
    "wal_autocheckpoint",
];

/// Pragmas that set something in the file.
const IN_THE_FILE: [&str; 3] = ["application_id", "journal_mode", "user_version"];

/// Functions that speak of what was last changed through their connection.
const COUNTS: [&str; 2] = ["changes", "total_changes"];

/// What a statement touches. Of several things the last one counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Rows of the file.
    #[default]
    Rows,
    /// Something else in the file, as its schema.
    File,
    /// What this pragma sets for the connection.
    Setting(String),
    /// The connection itself, its transactions, or what no other sees.
    Connection,
    /// How much was changed through the connection.
    Counts,
}

/// Tells the kind of what is prepared.
#[derive(Clone, Default)]
pub struct Watch(Arc<Mutex<Kind>>);

impl Watch {
    /// Has `connection` tell what it prepares. As in Spin, other files are out of reach.
    pub fn over(connection: &rusqlite::Connection) -> Self {
        let watch = Self::default();
        let told = watch.clone();
        connection.authorizer(Some(move |context: AuthContext<'_>| {
            let mut kind = lock(&told.0);
            let touched = touched(&context);
            if touched > *kind {
                *kind = touched;
            }
            match context.action {
                AuthAction::Attach { filename } if !matches!(filename, "" | ":memory:") => {
                    Authorization::Deny
                }
                _ => Authorization::Allow,
            }
        }));
        watch
    }

    /// The kind of what `prepare` prepares. It must not be prepared already.
    pub fn kind_of<T>(
        &self,
        prepare: impl FnOnce() -> rusqlite::Result<T>,
    ) -> rusqlite::Result<Kind> {
        *lock(&self.0) = Kind::default();
        prepare()?;
        Ok(std::mem::take(&mut *lock(&self.0)))
    }
}

fn touched(context: &AuthContext<'_>) -> Kind {
    if !matches!(context.database_name, None | Some("main")) {
        return Kind::Connection;
    }
    let is_one_of = |names: &[&str], name: &str| names.iter().any(|n| n.eq_ignore_ascii_case(name));
    match context.action {
        AuthAction::Function { function_name } if is_one_of(&COUNTS, function_name) => Kind::Counts,
        AuthAction::Select
        | AuthAction::Read { .. }
        | AuthAction::Insert { .. }
        | AuthAction::Update { .. }
        | AuthAction::Delete { .. }
        | AuthAction::Function { .. }
        | AuthAction::Recursive => Kind::Rows,
        AuthAction::CreateTable { .. }
        | AuthAction::CreateIndex { .. }
        | AuthAction::CreateTrigger { .. }
        | AuthAction::CreateView { .. }
        | AuthAction::CreateVtable { .. }
        | AuthAction::DropTable { .. }
        | AuthAction::DropIndex { .. }
        | AuthAction::DropTrigger { .. }
        | AuthAction::DropView { .. }
        | AuthAction::DropVtable { .. }
        | AuthAction::AlterTable { .. }
        | AuthAction::Reindex { .. }
        | AuthAction::Analyze { .. }
        | AuthAction::Pragma {
            pragma_value: None, ..
        } => Kind::File,
        AuthAction::Pragma { pragma_name, .. } if is_one_of(&SETTINGS, pragma_name) => {
            Kind::Setting(pragma_name.to_ascii_lowercase())
        }
        AuthAction::Pragma { pragma_name, .. } if is_one_of(&IN_THE_FILE, pragma_name) => {
            Kind::File
        }
        _ => Kind::Connection,
    }
}
