//! From a manifest to running components: everything that happens once, before the first request.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use anyhow::{Context, Result, ensure};
use http::Method;
use http::uri::Authority;
use wasmtime::component::Linker;
use wasmtime_wasi_http::handler::ProxyHandler;
use wasmtime_wasi_http::p3::bindings::ServicePre;

use crate::compile::{self, Job};
use crate::files::Replacements;
use crate::granting::Granting;
use crate::instance::{self, Guest, Instances};
use crate::limits::Limits;
use crate::manifest::{Files, HttpTrigger, Manifest, Route};
use crate::options::Options;
use crate::redis::{Handler, Redis, Subscription};
use crate::routes::{RESERVED_PREFIX, Routes};
use crate::{compose, engine};

/// A component that takes requests.
#[derive(Clone)]
pub struct Served {
    /// The component's id.
    pub component: Arc<str>,
    /// Its instances.
    pub handler: ProxyHandler<Instances>,
    /// Its instances in the background. An instance stays with the threads that made it.
    pub background: ProxyHandler<Instances>,
    /// What it answers without changing anything, beside the methods that are safe anyway.
    pub safe_methods: Arc<[Method]>,
}

impl Served {
    /// Whether a request with this method only asks: it is safe, as HTTP calls it.
    pub fn only_asks(&self, method: &Method) -> bool {
        method.is_safe() || self.safe_methods.contains(method)
    }
}

/// An application that is ready to be served.
pub struct Application {
    /// What answers which path.
    pub(crate) routes: Routes<Served>,
    /// Where the application listens, for components that call it; set by the server.
    pub(crate) own_address: Arc<OnceLock<Authority>>,
    /// The limits it runs under.
    pub(crate) limits: Limits,
    subscriptions: Vec<Subscription>,
}

impl Application {
    /// Reads, composes, compiles and links everything. Blocks for as long as compiling takes.
    pub fn load(options: &Options) -> Result<Self> {
        let manifest = Manifest::load(&options.manifest)?;
        let root = folder(&options.manifest);
        let state_dir = match &options.state_dir {
            Some(directory) => directory.clone(),
            None => root.join(".spin"),
        };
        check_replacements(&manifest, &options.files)?;
        let granting = Granting::new(&manifest, options, &root, &state_dir)?;
        let grants = granting.all()?;
        let plan = Plan::new(&manifest, &root)?;
        let engine = engine::engine()?;
        let cache_dir = options
            .cache_dir
            .clone()
            .unwrap_or_else(|| state_dir.join("cache"));
        let compiled = compile::compile_all(&engine, &cache_dir, &plan.jobs)?;
        let linker = instance::linker(&engine)?;
        let serve = |job: &Job, component| {
            let id = job.name.as_str();
            let grants = grants.get(id).context("it doesn't exist")?;
            let declared = manifest.components.get(id).context("it doesn't exist")?;
            let component = link(&linker, component)?;
            let instances = || {
                ProxyHandler::new(Instances {
                    engine: engine.clone(),
                    component: component.clone(),
                    grants: grants.clone(),
                    limits: options.limits.clone(),
                })
            };
            anyhow::Ok(Served {
                component: grants.component.clone(),
                handler: instances(),
                background: instances(),
                safe_methods: declared.safe_methods()?.into(),
            })
        };
        let mut served = Vec::with_capacity(compiled.len());
        for (job, component) in plan.jobs.iter().zip(&compiled).take(plan.served) {
            let one = serve(job, component).with_context(|| format!("component `{}`", job.name))?;
            served.push(one);
        }
        let subscriptions = plan.subscriptions.iter().map(|planned| {
            let component = compiled.get(planned.position).context("it is not there")?;
            let name = planned.component.as_str();
            let grants = grants.get(name).context("it doesn't exist")?.clone();
            let limits = options.limits.clone();
            anyhow::Ok(Subscription {
                address: granting.fill(&planned.address)?,
                channel: granting.fill(&planned.channel)?,
                handler: Arc::new(Handler::new(&linker, component, grants, limits)?),
            })
        });
        let subscriptions = subscriptions.collect::<Result<_>>()?;
        let routes = plan
            .routes
            .into_iter()
            .filter_map(|(route, position)| Some((route, served.get(position)?.clone())));
        Ok(Self {
            routes: Routes::new(routes)?,
            own_address: granting.own_address,
            limits: options.limits.clone(),
            subscriptions,
        })
    }

    /// Subscribes to the channels of its Redis triggers. Their messages are handed over once
    /// [`Redis::run`] is awaited.
    pub async fn subscribe(&mut self) -> Result<Redis> {
        Redis::subscribe(std::mem::take(&mut self.subscriptions)).await
    }
}

/// The manifest's folder, to which everything in it is relative.
fn folder(manifest: &Path) -> PathBuf {
    match manifest.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// A replaced directory that no component mounts is a typing error.
fn check_replacements(manifest: &Manifest, replacements: &Replacements) -> Result<()> {
    for replaced in replacements.keys() {
        let mounts =
            |files: &Files| matches!(files, Files::Placement { source, .. } if source == replaced);
        ensure!(
            manifest
                .components
                .values()
                .any(|c| c.files.iter().any(mounts)),
            "`--files {replaced}=…`: no component mounts a directory `{replaced}`"
        );
    }
    Ok(())
}

/// What has to be compiled, and for which routes.
struct Plan {
    jobs: Vec<Job>,
    /// How many of the jobs, from the first on, answer HTTP.
    served: usize,
    /// Each reachable route with the position of its job.
    routes: Vec<(String, usize)>,
    subscriptions: Vec<PlannedSubscription>,
}

/// A Redis trigger as it is written, and the position of its component's job.
struct PlannedSubscription {
    component: String,
    channel: String,
    address: String,
    position: usize,
}

impl Plan {
    /// A trigger with middleware gets a component of its own; those without share one.
    fn new(manifest: &Manifest, root: &Path) -> Result<Self> {
        let mut jobs = Vec::new();
        let mut routes = Vec::new();
        let mut shared = BTreeMap::new();
        for trigger in manifest.triggers() {
            let Route::Path(route) = &trigger.route else {
                continue;
            };
            if route.starts_with(RESERVED_PREFIX) {
                eprintln!(
                    "warning: route `{route}` is never reached, Spin keeps `{RESERVED_PREFIX}` for itself"
                );
            }
            let id = trigger.component_id();
            let alone = trigger.middleware().is_empty();
            if alone && let Some(position) = shared.get(id) {
                routes.push((route.clone(), *position));
                continue;
            }
            routes.push((route.clone(), jobs.len()));
            if alone {
                shared.insert(id, jobs.len());
            }
            jobs.push(job(manifest, root, trigger).with_context(|| format!("component `{id}`"))?);
        }
        let served = jobs.len();
        let mut subscriptions = Vec::new();
        for (trigger, address) in manifest.redis_triggers() {
            let id = &trigger.component;
            let component = manifest.components.get(id).context("it doesn't exist")?;
            subscriptions.push(PlannedSubscription {
                component: id.clone(),
                channel: trigger.channel.clone(),
                address: address.to_owned(),
                position: jobs.len(),
            });
            jobs.push(Job {
                name: id.clone(),
                bytes: compose::compose(root, component, &[])
                    .with_context(|| format!("component `{id}`"))?,
            });
        }
        Ok(Self {
            jobs,
            served,
            routes,
            subscriptions,
        })
    }
}

fn job(manifest: &Manifest, root: &Path, trigger: &HttpTrigger) -> Result<Job> {
    let id = trigger.component_id();
    let component = manifest.components.get(id).context("it doesn't exist")?;
    Ok(Job {
        name: id.to_owned(),
        bytes: compose::compose(root, component, trigger.middleware())?,
    })
}

/// Finds the host's functions for everything the component imports.
fn link(
    linker: &Linker<Guest>,
    component: &wasmtime::component::Component,
) -> Result<ServicePre<Guest>> {
    let linked = linker
        .instantiate_pre(component)
        .map_err(anyhow::Error::from)
        .context("it imports what this host doesn't have")?;
    ServicePre::new(linked)
        .map_err(anyhow::Error::from)
        .context("it doesn't export `wasi:http/handler@0.3.0`")
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasmtime::component::Component as Wasm;

    #[test]
    fn an_unknown_import_is_named() {
        let engine = engine::engine().unwrap();
        let linker = instance::linker(&engine).unwrap();
        for (wat, expected) in [
            (
                r#"(component (import "acme:x/y@1.0.0" (instance (export "f" (func)))))"#,
                "acme:x/y@1.0.0",
            ),
            ("(component)", "wasi:http/handler@0.3.0"),
        ] {
            let component = Wasm::new(&engine, wat).unwrap();
            let Err(error) = link(&linker, &component) else {
                panic!("{wat} was linked");
            };
            assert!(format!("{error:#}").contains(expected), "{error:#}");
        }
    }

    /// What is wrong with an application whose only component has these settings.
    fn complaint(name: &str, settings: &str) -> String {
        let root = std::env::temp_dir().join(format!("sluicegate-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&root).unwrap();
        let manifest = root.join("spin.toml");
        let text = format!(
            "spin_manifest_version = 2\n[application]\nname = \"a\"\n[[trigger.http]]\nroute = \"/\"\n\
             component = \"c\"\n[component.c]\nsource = \"none.wasm\"\n{settings}"
        );
        std::fs::write(&manifest, text).unwrap();
        let error = Application::load(&Options::new(&manifest)).err().unwrap();
        std::fs::remove_dir_all(&root).unwrap();
        format!("{error:#}")
    }

    #[test]
    fn grants_that_nothing_backs_are_named() {
        for (name, settings, expected) in [
            (
                "sqlite",
                "sqlite_databases = [\"other\"]",
                "`sqlite_databases` names `other`",
            ),
            (
                "store",
                "key_value_stores = [\"other\"]",
                "`key_value_stores` names `other`",
            ),
            (
                "variable",
                "variables = { a = \"{{ b }}\" }",
                "variable `a`: template `{{ b }}` uses variable `b`",
            ),
            (
                "hosts",
                "allowed_outbound_hosts = [\"x\"]",
                "outbound host `x`: it has no scheme",
            ),
            ("source", "", "none.wasm"),
        ] {
            let complaint = complaint(name, settings);
            assert!(complaint.contains("component `c`"), "{complaint}");
            assert!(complaint.contains(expected), "{complaint}");
        }
    }
}
