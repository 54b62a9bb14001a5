//! Turns the grants in a manifest into things that components can open and call.
//!
//! Everything is checked here, before the first request. Must not know how components run.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, OnceLock};

use anyhow::{Context, Result, ensure};
use http::uri::Authority;

use crate::allowed_hosts::AllowedHosts;
use crate::files;
use crate::instance::Grants;
use crate::key_value::{KeyValueFile, KeyValueGrants};
use crate::logs::ComponentLogs;
use crate::manifest::{Component, Manifest};
use crate::options::Options;
use crate::outbound::OutboundGrants;
use crate::sqlite::{Database, SqliteGrants};
use crate::variables::Variables;

/// The one database and the one store that exist without further configuration, as in Spin.
const DEFAULT_LABEL: &str = "default";
const SQLITE_FILE: &str = "sqlite_db.db";
const KEY_VALUE_FILE: &str = "sqlite_key_value.db";

/// All that the grants of one application refer to.
pub struct Granting<'a> {
    manifest: &'a Manifest,
    options: &'a Options,
    root: &'a Path,
    state_dir: &'a Path,
    variables: Variables,
    database: Arc<Database>,
    key_value: Arc<KeyValueFile>,
    /// Where the application listens; set by the server.
    pub own_address: Arc<OnceLock<Authority>>,
}

impl<'a> Granting<'a> {
    /// Resolves the variables; `root` is the manifest's folder.
    pub fn new(
        manifest: &'a Manifest,
        options: &'a Options,
        root: &'a Path,
        state_dir: &'a Path,
    ) -> Result<Self> {
        let environment = |name: &str| std::env::var(name).ok();
        Ok(Self {
            manifest,
            options,
            root,
            state_dir,
            variables: Variables::resolve(&manifest.variables, &options.variables, environment)?,
            database: Arc::new(Database::new(state_dir.join(SQLITE_FILE))?),
            key_value: Arc::new(KeyValueFile::new(state_dir.join(KEY_VALUE_FILE))?),
            own_address: Arc::default(),
        })
    }

    /// A template over the application's variables, filled in.
    pub fn fill(&self, template: &str) -> Result<String> {
        self.variables.fill(template)
    }

    /// The grants of every component, by id: all are checked, used or not.
    pub fn all(&self) -> Result<BTreeMap<&'a str, Arc<Grants>>> {
        let grants = |(id, component): (&'a String, &Component)| {
            let grants = self
                .grants(id, component)
                .with_context(|| format!("component `{id}`"))?;
            Ok((id.as_str(), Arc::new(grants)))
        };
        self.manifest.components.iter().map(grants).collect()
    }

    fn grants(&self, id: &str, component: &Component) -> Result<Grants> {
        let options = self.options;
        let log_dir = options
            .log_dir
            .clone()
            .unwrap_or_else(|| self.state_dir.join("logs"));
        let copies = self.state_dir.join("files").join(id);
        let id: Arc<str> = id.into();
        Ok(Grants {
            component: id.clone(),
            environment: component.environment.clone().into_iter().collect(),
            mounts: files::mounts(self.root, &copies, component, &options.files)?,
            logs: ComponentLogs::open(&log_dir, &id, options.follow)?,
            sqlite: self.sqlite(component)?,
            key_value: self.key_value(component)?,
            variables: self.component_variables(component)?,
            outbound: Arc::new(self.outbound(id, component)?),
        })
    }

    fn sqlite(&self, component: &Component) -> Result<SqliteGrants> {
        let open = |name: &String| {
            ensure!(
                name == DEFAULT_LABEL,
                "`sqlite_databases` names `{name}`, but only `{DEFAULT_LABEL}` is configured"
            );
            Ok((name.clone(), self.database.clone()))
        };
        component.sqlite_databases.iter().map(open).collect()
    }

    fn key_value(&self, component: &Component) -> Result<KeyValueGrants> {
        let names: BTreeSet<_> = component.key_value_stores.iter().cloned().collect();
        for name in &names {
            ensure!(
                name == DEFAULT_LABEL,
                "`key_value_stores` names `{name}`, but only `{DEFAULT_LABEL}` is configured"
            );
        }
        let file = self.key_value.clone();
        Ok(KeyValueGrants { file, names })
    }

    fn component_variables(&self, component: &Component) -> Result<BTreeMap<String, String>> {
        let fill = |(name, template): (&String, &String)| {
            let value = self.variables.fill(template);
            let value = value.with_context(|| format!("variable `{name}`"))?;
            Ok((name.clone(), value))
        };
        component.variables.iter().map(fill).collect()
    }

    fn outbound(&self, id: Arc<str>, component: &Component) -> Result<OutboundGrants> {
        let patterns: Vec<_> = component
            .allowed_outbound_hosts
            .iter()
            .map(|template| self.variables.fill(template))
            .collect::<Result<_>>()?;
        Ok(OutboundGrants {
            component: id,
            allowed: AllowedHosts::parse(patterns.iter().map(String::as_str))?,
            own_address: self.own_address.clone(),
        })
    }
}
