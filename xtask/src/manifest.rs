//! spin.toml, as far as the commands need it: routes, and copies of it that live elsewhere.
//! Knows the manifest's shape; what the components do is none of its business.

use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use toml::{Table, Value};

/// The folder of policies that spin.toml mounts.
pub const POLICIES: &str = "policies";
/// The folder of permissions that spin.toml mounts.
pub const PERMISSIONS: &str = "permissions";

/// A folder that spin.toml mounts, by its name there, and the one that takes its place.
pub type Replaced = (&'static str, PathBuf);

/// A manifest and the folder that its relative paths start from.
pub struct Manifest {
    root: PathBuf,
    table: Table,
}

/// One `[[trigger.http]]`.
#[derive(Debug, PartialEq, Eq)]
pub struct Route {
    /// Such as `/api/v2.0/results/:id`.
    pub path: String,
    /// The component that answers.
    pub component: String,
}

impl Manifest {
    /// Reads the workspace's spin.toml.
    pub fn read(root: &Path) -> Result<Self> {
        let file = root.join("spin.toml");
        let text = std::fs::read_to_string(&file)
            .with_context(|| format!("can't read `{}`", file.display()))?;
        Self::parse(root, &text)
    }

    /// A manifest from its text.
    pub fn parse(root: &Path, text: &str) -> Result<Self> {
        let table = text.parse().context("`spin.toml` is no TOML")?;
        Ok(Self {
            root: root.to_path_buf(),
            table,
        })
    }

    /// Every route in the manifest's order.
    pub fn routes(&self) -> Vec<Route> {
        let triggers = self
            .table
            .get("trigger")
            .and_then(|trigger| trigger.get("http"));
        let triggers = triggers
            .and_then(Value::as_array)
            .map_or(&[][..], Vec::as_slice);
        triggers
            .iter()
            .filter_map(|trigger| {
                Some(Route {
                    path: trigger.get("route")?.as_str()?.to_owned(),
                    component: trigger.get("component")?.as_str()?.to_owned(),
                })
            })
            .collect()
    }

    /// Adds a component that is no part of the application, with its route.
    pub fn add(&mut self, component: &str, source: &str, path: &str) {
        let component_table = Table::from_iter([("source".to_owned(), Value::from(source))]);
        let route = Table::from_iter([
            ("route".to_owned(), Value::from(path)),
            ("component".to_owned(), Value::from(component)),
        ]);
        insert(
            &mut self.table,
            "component",
            component,
            Value::Table(component_table),
        );
        let triggers = self
            .table
            .entry("trigger")
            .or_insert_with(|| Value::Table(Table::new()));
        let http = triggers.as_table_mut().map(|table| {
            table
                .entry("http")
                .or_insert_with(|| Value::Array(Vec::new()))
        });
        if let Some(Value::Array(http)) = http {
            http.push(Value::Table(route));
        }
    }

    /// Makes every path absolute, so that the manifest can be written anywhere; folders that are
    /// replaced give way to those that take their places.
    pub fn make_absolute(&mut self, replaced: &[Replaced]) {
        let root = self.root.clone();
        for value in self.table.iter_mut().map(|(_, value)| value) {
            make_absolute(value, &root, replaced);
        }
    }

    /// Writes the manifest, and the folders above it.
    pub fn write(&self, file: &Path) -> Result<()> {
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder)
                .with_context(|| format!("can't create `{}`", folder.display()))?;
        }
        std::fs::write(file, self.table.to_string())
            .with_context(|| format!("can't write `{}`", file.display()))
    }
}

fn insert(table: &mut Table, section: &str, name: &str, value: Value) {
    let section = table
        .entry(section)
        .or_insert_with(|| Value::Table(Table::new()));
    if let Some(section) = section.as_table_mut() {
        section.insert(name.to_owned(), value);
    }
}

fn make_absolute(value: &mut Value, root: &Path, replaced: &[Replaced]) {
    match value {
        Value::Table(table) => {
            for (key, value) in table.iter_mut() {
                match value {
                    Value::String(path) if key == "source" || key == "path" => {
                        *path = absolute(path, root, replaced);
                    }
                    other => make_absolute(other, root, replaced),
                }
            }
        }
        Value::Array(values) => {
            values
                .iter_mut()
                .for_each(|value| make_absolute(value, root, replaced));
        }
        _ => {}
    }
}

fn absolute(path: &str, root: &Path, replaced: &[Replaced]) -> String {
    let name = path.trim_end_matches('/');
    let found = replaced.iter().find(|(folder, _)| *folder == name);
    // Joining an absolute path gives that path.
    let path = found.map_or_else(|| root.join(path), |(_, other)| other.clone());
    path.display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"
[[trigger.http]]
route = "/a/:id"
component = "a"
dependencies.middleware = [{ path = "target/components/m.wasm" }]

[component.a]
source = "target/components/a.wasm"
files = [{ source = "policies", destination = "/policies" }]
"#;

    #[test]
    fn routes_keep_their_order_and_additions_come_last() {
        let mut manifest = Manifest::parse(Path::new("/app"), TEXT).unwrap();
        manifest.add("hello", "target/components/hello.wasm", "/hello");
        let routes = manifest.routes();
        let shown: Vec<_> = routes
            .iter()
            .map(|r| (r.path.as_str(), r.component.as_str()))
            .collect();
        assert_eq!(shown, [("/a/:id", "a"), ("/hello", "hello")]);
    }

    #[test]
    fn every_path_becomes_absolute_and_folders_can_be_replaced() {
        let mine = |folder| vec![(folder, PathBuf::from("/mine"))];
        for (replaced, mounted) in [
            (vec![], "/app/policies"),
            (mine(PERMISSIONS), "/app/policies"),
            (mine(POLICIES), "/mine"),
        ] {
            let mut manifest = Manifest::parse(Path::new("/app"), TEXT).unwrap();
            manifest.make_absolute(&replaced);
            let text = manifest.table.to_string();
            assert!(text.contains(&format!("source = \"{mounted}\"")), "{text}");
            assert!(text.contains("destination = \"/policies\""), "{text}");
            assert!(text.contains("\"/app/target/components/a.wasm\""), "{text}");
            assert!(
                text.contains("path = \"/app/target/components/m.wasm\""),
                "{text}"
            );
        }
    }
}
