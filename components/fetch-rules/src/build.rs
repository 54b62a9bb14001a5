//! What Koji says of a build, as far as a gate needs it.

use crate::template::Sources;
use crate::xml_rpc::Value;
use serde::{Deserialize, Serialize};

/// Koji's number for a build that is finished and will not change any more.
const COMPLETE: &str = "1";

/// A build that Koji knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Build {
    /// The address of its sources, with a revision as fragment.
    pub source: Option<String>,
    /// As Koji writes it: `2018-01-01 12:00:00.123456`, UTC.
    pub creation_time: Option<String>,
    /// Whether it is finished.
    pub is_complete: bool,
}

/// Whether an identifier can be name-version-release; Greenwave asks for no more than one hyphen.
#[must_use]
pub fn is_nvr(identifier: &str) -> bool {
    identifier.contains('-')
}

impl Build {
    /// The result of `getBuild`; none if Koji does not know the build.
    #[must_use]
    pub fn read(result: &Value) -> Option<Self> {
        match result {
            Value::Struct(members) if !members.is_empty() => {}
            _ => return None,
        }
        let text = |value: Option<&Value>| {
            let text = value.and_then(Value::text).filter(|text| !text.is_empty());
            text.map(str::to_owned)
        };
        let extra = result.get("extra").and_then(|extra| extra.get("source"));
        let original = extra.and_then(|source| source.get("original_url"));
        Some(Self {
            source: text(result.get("source")).or_else(|| text(original)),
            creation_time: text(result.get("creation_time")),
            is_complete: text(result.get("state")).as_deref() == Some(COMPLETE),
        })
    }

    /// Where the sources are; none if Koji does not say.
    ///
    /// # Errors
    /// When the address has no revision, for the client.
    pub fn sources(&self, nvr: &str) -> Option<Result<Sources, String>> {
        let source = self.source.as_ref()?;
        let (address, revision) = source.split_once('#').unwrap_or((source, ""));
        if revision.is_empty() {
            return Some(Err(format!(
                "Koji's build \"{nvr}\" has the sources \"{source}\", which names no revision (it has no \"#…\" at its end)"
            )));
        }
        let path = path(address);
        let mut segments = path.rsplit('/');
        let name = segments.next().unwrap_or_default();
        let name = name.strip_suffix(".git").unwrap_or(name);
        // As in Greenwave the first segment counts only if there is a slash before it.
        let namespace = match path.matches('/').count() {
            0 | 1 => "",
            _ => segments.next().unwrap_or_default(),
        };
        let name = match namespace {
            "containers" => name.strip_suffix("-container").unwrap_or(name),
            _ => name,
        };
        Some(Ok(Sources {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            revision: revision.to_owned(),
        }))
    }
}

/// The path of an address such as `git+https://host/rpms/x.git?query`.
fn path(address: &str) -> &str {
    let address = address.split('?').next().unwrap_or_default();
    match address.split_once("://") {
        Some((_, rest)) => rest.find('/').and_then(|at| rest.get(at..)).unwrap_or(""),
        None => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn tree(pairs: &[(&str, Value)]) -> Value {
        let pairs = pairs.iter();
        Value::Struct(
            pairs
                .map(|(key, value)| ((*key).to_owned(), value.clone()))
                .collect(),
        )
    }

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    #[test]
    fn a_build_is_read() {
        let url = "git+https://src.test/rpms/nethack.git#main";
        let extra = tree(&[("source", tree(&[("original_url", text(url))]))]);
        let read = |pairs: &[(&str, Value)]| Build::read(&tree(pairs)).unwrap();
        let build = read(&[
            ("source", text("git://a/b/c#1")),
            ("extra", extra.clone()),
            ("creation_time", text("2018-01-01 12:00:00.5")),
            ("state", text("1")),
        ]);
        assert_eq!(build.source.as_deref(), Some("git://a/b/c#1"));
        assert_eq!(
            build.creation_time.as_deref(),
            Some("2018-01-01 12:00:00.5")
        );
        assert!(build.is_complete);
        for source in [Value::Nil, text("")] {
            let build = read(&[
                ("source", source),
                ("extra", extra.clone()),
                ("state", text("0")),
            ]);
            assert_eq!(build.source.as_deref(), Some(url));
            assert!(!build.is_complete);
        }
        assert_eq!(read(&[("extra", Value::Nil)]).source, None);
        assert_eq!(read(&[("nvr", text("a-1-1"))]).creation_time, None);
        for absent in [Value::Nil, Value::Struct(BTreeMap::new()), text("")] {
            assert_eq!(Build::read(&absent), None);
        }
    }

    #[test]
    fn sources_are_told_from_the_address() {
        let sources = |source: &str| {
            let build = Build {
                source: Some(source.to_owned()),
                creation_time: None,
                is_complete: true,
            };
            build.sources("x-1-1").unwrap()
        };
        for (source, namespace, name, revision) in [
            (
                "git+https://src.test/rpms/nethack.git#0c1a",
                "rpms",
                "nethack",
                "0c1a",
            ),
            (
                "git://pkgs.test/rpms/nethack?#0c1a",
                "rpms",
                "nethack",
                "0c1a",
            ),
            (
                "git://pkgs.test/containers/etcd-container#1",
                "containers",
                "etcd",
                "1",
            ),
            (
                "git://pkgs.test/rpms/etcd-container#1",
                "rpms",
                "etcd-container",
                "1",
            ),
            ("git+https://src.test/foo.git#dead", "", "foo", "dead"),
            (
                "git+https://src.test/a/forks/rpms/foo.git#dead",
                "rpms",
                "foo",
                "dead",
            ),
            ("https://src.test/rpms/..#x/../y", "rpms", "..", "x/../y"),
            ("https://src.test#x", "", "", "x"),
            ("nethack#x", "", "nethack", "x"),
        ] {
            let expected = Sources {
                namespace: namespace.to_owned(),
                name: name.to_owned(),
                revision: revision.to_owned(),
            };
            assert_eq!(sources(source), Ok(expected), "{source}");
        }
        for source in [
            "git+https://src.test/rpms/nethack.git",
            "https://src.test/a/b#",
        ] {
            let error = sources(source).unwrap_err();
            assert!(error.contains(source) && error.contains("x-1-1"), "{error}");
        }
        let silent = Build {
            source: None,
            creation_time: None,
            is_complete: true,
        };
        assert_eq!(silent.sources("x-1-1"), None);
    }
}
