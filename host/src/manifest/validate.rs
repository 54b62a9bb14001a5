//! Refuses what a manifest asks for and this host can't do.
//!
//! `spin up` serves more than this host does. Leaving something out silently would make the
//! difference a riddle at run time, so it is an error at start that names the key.

use anyhow::{Context, Result, bail, ensure};

use super::{Component, HttpTrigger, Manifest, Route};

const MANIFEST_VERSION: u32 = 2;

impl Manifest {
    /// Checks everything that the types alone can't.
    pub(super) fn validate(&self) -> Result<()> {
        ensure!(
            self.spin_manifest_version == MANIFEST_VERSION,
            "`spin_manifest_version` is {}, only {MANIFEST_VERSION} is served",
            self.spin_manifest_version
        );
        unsupported("application.targets", self.application.targets.is_some())?;
        self.validate_trigger_settings()?;
        if let Some(name) = self.trigger.others.keys().next() {
            bail!(
                "`trigger.{name}` is not served by this host, only `trigger.http` and `trigger.redis` are"
            );
        }
        for (trigger, address) in self.redis_triggers() {
            let (channel, id) = (&trigger.channel, &trigger.component);
            ensure!(
                self.components.contains_key(id),
                "channel `{channel}` names component `{id}`, which doesn't exist"
            );
            ensure!(
                !address.is_empty(),
                "channel `{channel}` has no server: set `application.trigger.redis.address`"
            );
        }
        for trigger in &self.trigger.http {
            self.validate_trigger(trigger)?;
        }
        for (id, component) in &self.components {
            validate_component(id, component)?;
        }
        for (name, variable) in &self.variables {
            ensure!(
                name.split('_').all(is_word),
                "variable `{name}`: each part between `_` must begin with a lower-case letter and go on with such letters and digits"
            );
            ensure!(
                variable.required != variable.default.is_some(),
                "variable `{name}` must have either `default` or `required = true`"
            );
        }
        Ok(())
    }

    /// Spin takes a `base` of `/` and refuses any other.
    fn validate_trigger_settings(&self) -> Result<()> {
        for (trigger, settings) in &self.application.trigger {
            if trigger == "redis" {
                for (key, value) in settings {
                    ensure!(
                        key == "address" && value.is_str(),
                        "`application.trigger.redis.{key}` is not served by this host"
                    );
                }
                continue;
            }
            ensure!(
                trigger == "http",
                "`application.trigger.{trigger}` is not served by this host"
            );
            for (key, value) in settings {
                ensure!(
                    key == "base",
                    "`application.trigger.http.{key}` is not served by this host"
                );
                ensure!(
                    value.as_str() == Some("/"),
                    "`application.trigger.http.base` may only be `/`: write the base into each route"
                );
            }
        }
        Ok(())
    }

    fn validate_trigger(&self, trigger: &HttpTrigger) -> Result<()> {
        let route = match &trigger.route {
            Route::Path(path) => path.as_str(),
            Route::Private { private } => {
                ensure!(*private, "a route is a path or `{{ private = true }}`");
                "{ private = true }"
            }
        };
        let unserved = |key: &str, used: bool| {
            ensure!(
                !used,
                "`{key}` of route `{route}` is not served by this host"
            );
            Ok(())
        };
        unserved("static_response", trigger.static_response.is_some())?;
        unserved("components", trigger.components.is_some())?;
        let http =
            |executor: &toml::Value| executor.get("type").and_then(|t| t.as_str()) == Some("http");
        unserved(
            "executor",
            trigger.executor.as_ref().is_some_and(|e| !http(e)),
        )?;
        for role in trigger.dependencies.keys() {
            unserved(&format!("dependencies.{role}"), role != "middleware")?;
        }
        match &trigger.component {
            None => bail!("route `{route}` has no `component`"),
            Some(toml::Value::String(id)) => ensure!(
                self.components.contains_key(id),
                "route `{route}` names component `{id}`, which doesn't exist"
            ),
            Some(_) => bail!(
                "route `{route}` defines its component inline, which is not served by this host"
            ),
        }
        Ok(())
    }
}

fn validate_component(id: &str, component: &Component) -> Result<()> {
    ensure!(
        !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'),
        "component id `{id}` may have letters, digits and hyphens only"
    );
    ensure!(
        component.source.is_str(),
        "`component.{id}.source` must be a path, nothing else is served by this host"
    );
    let used = [
        (
            "ai_models",
            component.ai_models.as_ref().is_some_and(|m| !m.is_empty()),
        ),
        ("allowed_http_hosts", component.allowed_http_hosts.is_some()),
        ("dependencies", component.dependencies.is_some()),
        (
            "dependencies_inherit_configuration",
            component.dependencies_inherit_configuration.is_some(),
        ),
        ("profile", component.profile.is_some()),
        ("targets", component.targets.is_some()),
    ];
    for (key, used) in used {
        unsupported(&format!("component.{id}.{key}"), used)?;
    }
    component
        .safe_methods()
        .with_context(|| format!("component `{id}`"))?;
    Ok(())
}

fn unsupported(key: &str, used: bool) -> Result<()> {
    ensure!(!used, "`{key}` is not served by this host");
    Ok(())
}

/// A part of a variable's name, as Spin takes it.
fn is_word(part: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    part.starts_with(|c: char| c.is_ascii_lowercase()) && part.chars().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "spin_manifest_version = 2\n[application]\nname = \"a\"\n";

    /// The whole chain of what is wrong with `HEAD` and `rest`.
    fn complaint(rest: &str) -> String {
        match Manifest::parse(&format!("{HEAD}{rest}")) {
            Ok(_) => "none".to_owned(),
            Err(error) => format!("{error:#}"),
        }
    }

    #[test]
    fn a_complete_manifest_passes() {
        let manifest = Manifest::parse(
            r#"
            spin_manifest_version = 2
            [application]
            name = "a"
            version = "1.0.0"
            description = "d"
            authors = ["x"]
            [application.trigger.http]
            base = "/"
            [variables]
            token = { required = true, secret = true }
            [[trigger.http]]
            route = "/a/:id"
            component = "one"
            executor = { type = "http" }
            dependencies.middleware = [
              { path = "m.wasm", inherit_configuration = ["sqlite_databases"] },
              { path = "n.wasm", inherit_configuration = true },
              { path = "o.wasm" },
            ]
            [[trigger.http]]
            route = { private = true }
            component = "one"
            [component.one]
            source = "one.wasm"
            files = ["assets/*", { source = "p", destination = "/p" }]
            ai_models = []
            [component.one.build]
            command = "make"
            [component.one.tool.x]
            y = 1
            [component.one.tool.sluicegate-host]
            safe-methods = ["POST"]
            "#,
        )
        .unwrap();
        assert_eq!(manifest.components["one"].safe_methods().unwrap(), ["POST"]);
        assert_eq!(manifest.triggers()[0].middleware().len(), 3);
        assert_eq!(manifest.triggers()[0].component_id(), "one");
        assert_eq!(manifest.components["one"].source(), "one.wasm");
    }

    #[test]
    fn channels_have_the_server_of_the_application_or_their_own() {
        let text = r#"
            spin_manifest_version = 2
            [application]
            name = "a"
            [application.trigger.redis]
            address = "redis://{{ host }}"
            [[trigger.redis]]
            channel = "c"
            component = "x"
            [[trigger.redis]]
            channel = "d"
            component = "x"
            address = "redis://other"
            [component.x]
            source = "x.wasm"
        "#;
        let manifest = Manifest::parse(text).unwrap();
        let found: Vec<_> = manifest
            .redis_triggers()
            .map(|(trigger, address)| (trigger.channel.as_str(), address))
            .collect();
        assert_eq!(found, [("c", "redis://{{ host }}"), ("d", "redis://other")]);
    }

    #[test]
    fn names_of_variables_are_those_that_spin_takes() {
        for (name, is_name) in [
            ("a", true),
            ("a_b2_c", true),
            ("a_2", false),
            ("2a", false),
            ("a__b", false),
            ("A", false),
            ("a-b", false),
        ] {
            let expected = format!("variable `{name}`: each part");
            let complaint = complaint(&format!(
                "[variables]\n{name} = {{ default = \"\" }}\n[trigger]\n"
            ));
            assert_eq!(complaint.contains(&expected), !is_name, "{complaint}");
        }
    }

    #[test]
    fn what_is_not_served_is_named() {
        let trigger = "[[trigger.http]]\nroute = \"/\"\n";
        let redis = "[[trigger.redis]]\nchannel = \"c\"\ncomponent = \"x\"\n";
        let address = "[application.trigger.redis]\naddress = \"redis://h\"\n";
        let component = "[trigger]\n[component.c]\nsource = \"c.wasm\"\n";
        for (rest, expected) in [
            (
                "[[trigger.sqs]]\nqueue = \"q\"\n".to_owned(),
                "`trigger.sqs` is not served",
            ),
            (
                format!("{redis}{address}"),
                "channel `c` names component `x`",
            ),
            (
                format!("{redis}[component.x]\nsource = \"x.wasm\"\n"),
                "channel `c` has no server",
            ),
            (
                format!("{redis}{address}password = \"p\"\n"),
                "`application.trigger.redis.password`",
            ),
            (
                format!("{trigger}component = \"x\"\n"),
                "names component `x`",
            ),
            (trigger.to_owned(), "has no `component`"),
            (
                format!("{trigger}component = {{ source = \"x\" }}\n"),
                "inline",
            ),
            (
                format!("{trigger}component = \"x\"\nexecutor = {{ type = \"wagi\" }}\n"),
                "`executor` of route `/`",
            ),
            (
                format!("{trigger}component = \"x\"\nstatic_response = {{}}\n"),
                "`static_response` of route `/`",
            ),
            (
                format!("{trigger}component = \"x\"\ndependencies.helper = []\n"),
                "`dependencies.helper`",
            ),
            (
                format!("{component}ai_models = [\"m\"]\n"),
                "`component.c.ai_models`",
            ),
            (
                format!("{component}targets = []\n"),
                "`component.c.targets`",
            ),
            (
                format!("{component}dependencies = {{ \"a:b\" = \"1\" }}\n"),
                "`component.c.dependencies`",
            ),
            (
                format!("{component}sqlite_database = [\"default\"]\n"),
                "unknown field `sqlite_database`",
            ),
            (
                "[trigger]\n[component.c]\nsource = { url = \"u\" }\n".to_owned(),
                "`component.c.source` must be a path",
            ),
            (
                "[trigger]\n[component.\"../c\"]\nsource = \"c\"\n".to_owned(),
                "component id `../c`",
            ),
            (
                format!("{component}tool.sluicegate-host.safe-methods = [\"post\"]\n"),
                "component `c`: `safe-methods` of `tool.sluicegate-host` names `post`",
            ),
            (
                format!("{component}tool.sluicegate-host.threads = 1\n"),
                "component `c`: `tool.sluicegate-host`: unknown field `threads`",
            ),
            (
                "[trigger]\n[variables]\nv = {}\n".to_owned(),
                "variable `v` must have either",
            ),
            (
                "[trigger]\n[application.trigger.http]\nbase = \"/x\"\n".to_owned(),
                "write the base into each route",
            ),
        ] {
            let complaint = complaint(&rest);
            assert!(complaint.contains(expected), "{rest}: {complaint}");
        }
    }

    #[test]
    fn another_manifest_version_is_refused() {
        let text = "spin_manifest_version = 1\n[application]\nname = \"a\"\n[trigger]\n";
        let error = Manifest::parse(text).unwrap_err();
        assert!(error.to_string().contains("only 2 is served"), "{error}");
    }
}
