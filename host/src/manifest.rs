//! `spin.toml`, manifest version 2: its shape, and how it is read.
//!
//! Knows the file's words, and which of them this host can't serve ([`validate`]). Must not know
//! what the words are for: values stay as written, templates unresolved, paths relative.

mod validate;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use http::Method;
use serde::Deserialize;

/// Whose settings this host reads in `[component.ID.tool]`.
const TOOL: &str = "sluicegate-host";

/// A whole manifest that has passed validation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    spin_manifest_version: u32,
    application: Application,
    /// `[variables]`: what can be set from outside, by name.
    #[serde(default)]
    pub variables: BTreeMap<String, Variable>,
    trigger: Triggers,
    /// `[component.ID]`, by id.
    #[serde(default, rename = "component")]
    pub components: BTreeMap<String, Component>,
}

/// `[application]`: for people, but for what is refused.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Application {
    #[serde(rename = "name")]
    _name: String,
    #[serde(default, rename = "version")]
    _version: String,
    #[serde(default, rename = "description")]
    _description: String,
    #[serde(default, rename = "authors")]
    _authors: Vec<String>,
    #[serde(default)]
    trigger: BTreeMap<String, toml::Table>,
    targets: Option<toml::Value>,
    #[serde(default, rename = "tool")]
    _tool: BTreeMap<String, toml::Table>,
}

/// One application variable.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variable {
    /// The value if nothing sets another.
    pub default: Option<String>,
    /// Whether a value must come from outside.
    #[serde(default)]
    pub required: bool,
    #[serde(default, rename = "secret")]
    _secret: bool,
    #[serde(default, rename = "description")]
    _description: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Triggers {
    #[serde(default)]
    http: Vec<HttpTrigger>,
    #[serde(default)]
    redis: Vec<RedisTrigger>,
    #[serde(flatten)]
    others: BTreeMap<String, toml::Value>,
}

/// One `[[trigger.http]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpTrigger {
    #[serde(rename = "id")]
    _id: Option<String>,
    /// Where it listens.
    pub route: Route,
    component: Option<toml::Value>,
    executor: Option<toml::Value>,
    static_response: Option<toml::Value>,
    components: Option<toml::Value>,
    #[serde(default)]
    dependencies: BTreeMap<String, Vec<Middleware>>,
}

/// One `[[trigger.redis]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RedisTrigger {
    #[serde(rename = "id")]
    _id: Option<String>,
    /// The component that takes the messages.
    pub component: String,
    /// The channel, a template.
    pub channel: String,
    /// The server, a template, if it is not that of the application.
    address: Option<String>,
}

/// A path pattern, or no path at all.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Route {
    /// `"/results/:id"`, `"/docs/..."`
    Path(String),
    /// `{ private = true }`: reachable from inside only, which for this host means not at all.
    Private {
        /// Always true.
        private: bool,
    },
}

/// One component in front of a trigger's component.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Middleware {
    /// The wasm file, relative to the manifest.
    pub path: PathBuf,
    /// Which grants of the primary component it may use.
    #[serde(default)]
    pub inherit_configuration: Inherit,
}

/// The grants that a middleware component takes over from the primary one.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Inherit {
    /// All of them, or none.
    All(bool),
    /// Those named, in the manifest's words: `sqlite_databases`, `files`, …
    Some(Vec<String>),
}

impl Default for Inherit {
    fn default() -> Self {
        Self::All(false)
    }
}

/// One `[component.ID]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Component {
    source: toml::Value,
    #[serde(default, rename = "description")]
    _description: String,
    /// What the component may read of the manifest's folder.
    #[serde(default)]
    pub files: Vec<Files>,
    /// Patterns of files that stay invisible though `files` names them.
    #[serde(default)]
    pub exclude_files: Vec<String>,
    /// Environment variables.
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
    /// Databases that may be opened.
    #[serde(default)]
    pub sqlite_databases: Vec<String>,
    /// Key-value stores that may be opened.
    #[serde(default)]
    pub key_value_stores: Vec<String>,
    /// Network destinations that may be called, as patterns and templates.
    #[serde(default)]
    pub allowed_outbound_hosts: Vec<String>,
    /// Component variables: templates over the application's variables.
    #[serde(default)]
    pub variables: BTreeMap<String, String>,
    #[serde(default, rename = "build")]
    _build: Option<toml::Value>,
    #[serde(default)]
    tool: BTreeMap<String, toml::Table>,
    ai_models: Option<Vec<String>>,
    allowed_http_hosts: Option<Vec<String>>,
    dependencies: Option<toml::Table>,
    dependencies_inherit_configuration: Option<bool>,
    profile: Option<toml::Table>,
    targets: Option<toml::Value>,
}

/// What `[component.ID.tool.sluicegate-host]` may say.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Hints {
    /// Methods whose requests only ask.
    #[serde(default)]
    safe_methods: Vec<String>,
}

impl Component {
    /// Methods that change nothing here though they might elsewhere, such as POST for a question
    /// that has a body.
    pub fn safe_methods(&self) -> Result<Vec<Method>> {
        let hints = self.tool.get(TOOL).cloned().unwrap_or_default();
        let hints: Hints = hints.try_into().with_context(|| format!("`tool.{TOOL}`"))?;
        let method = |name: String| {
            let is_plain = name.bytes().all(|byte| byte.is_ascii_uppercase());
            ensure!(
                is_plain && !name.is_empty(),
                "`safe-methods` of `tool.{TOOL}` names `{name}`: methods are words such as `POST`"
            );
            Ok(name.parse()?)
        };
        hints.safe_methods.into_iter().map(method).collect()
    }
}

/// One entry of a component's `files`.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Files {
    /// A relative path or glob: matching files appear under the same path in the guest.
    Pattern(String),
    /// A directory that appears elsewhere in the guest.
    Placement {
        /// The directory, relative to the manifest.
        source: String,
        /// The absolute guest path.
        destination: String,
    },
}

impl Manifest {
    /// Reads and checks the manifest at `path`.
    pub fn load(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("can't read `{}`", path.display()))?;
        Self::parse(&text).with_context(|| format!("`{}` can't be served", path.display()))
    }

    /// Reads and checks manifest text.
    pub fn parse(text: &str) -> Result<Self> {
        let manifest: Self = toml::from_str(text)?;
        manifest.validate()?;
        Ok(manifest)
    }

    /// The HTTP triggers, in the file's order.
    pub fn triggers(&self) -> &[HttpTrigger] {
        &self.trigger.http
    }

    /// The Redis triggers with the template of their server, in the file's order.
    pub fn redis_triggers(&self) -> impl Iterator<Item = (&RedisTrigger, &str)> {
        let settings = self.application.trigger.get("redis");
        let own = settings.and_then(|settings| settings.get("address")?.as_str());
        self.trigger.redis.iter().map(move |trigger| {
            let address = trigger.address.as_deref().or(own);
            (trigger, address.unwrap_or_default())
        })
    }
}

impl HttpTrigger {
    /// The id of the component that answers.
    pub fn component_id(&self) -> &str {
        self.component
            .as_ref()
            .and_then(toml::Value::as_str)
            .unwrap_or_default()
    }

    /// The components in front of it, outermost first.
    pub fn middleware(&self) -> &[Middleware] {
        self.dependencies
            .get("middleware")
            .map_or(&[], Vec::as_slice)
    }
}

impl Component {
    /// The wasm file, relative to the manifest.
    pub fn source(&self) -> &str {
        self.source.as_str().unwrap_or_default()
    }
}
