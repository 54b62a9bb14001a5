//! Application and component variables: where values come from, `{{ name }}` templates, and
//! `spin:variables` on top.
//!
//! Values are fixed at start. Must not know which component asks for what else.

use std::collections::BTreeMap;

use anyhow::{Result, bail, ensure};
use wasmtime::component::{Accessor, HasData};

use crate::bindings::spin::variables::variables;
use crate::manifest;

const ENVIRONMENT_PREFIX: &str = "SPIN_VARIABLE_";

/// The application's variables with their values.
#[derive(Debug)]
pub struct Variables(BTreeMap<String, String>);

impl Variables {
    /// Gives every declared variable its value: one of `given`, else the environment's
    /// `SPIN_VARIABLE_<NAME>`, else its default.
    ///
    /// A required variable without a value and a given one that isn't declared are errors.
    pub fn resolve(
        declared: &BTreeMap<String, manifest::Variable>,
        given: &BTreeMap<String, String>,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Self> {
        for name in given.keys() {
            ensure!(
                declared.contains_key(name),
                "variable `{name}` is set but the manifest doesn't declare it"
            );
        }
        let mut values = BTreeMap::new();
        for (name, variable) in declared {
            if let Err(reason) = check_name(name) {
                bail!("variable name `{name}` {reason}");
            }
            let from_environment = || {
                environment(&format!(
                    "{ENVIRONMENT_PREFIX}{}",
                    name.to_ascii_uppercase()
                ))
            };
            let value = given
                .get(name)
                .cloned()
                .or_else(from_environment)
                .or_else(|| variable.default.clone());
            let Some(value) = value else {
                bail!(
                    "variable `{name}` is required: set it with `--variable {name}=…` or `{ENVIRONMENT_PREFIX}{}`",
                    name.to_ascii_uppercase()
                );
            };
            values.insert(name.clone(), value);
        }
        Ok(Self(values))
    }

    /// Replaces every `{{ name }}` in `template`.
    pub fn fill(&self, template: &str) -> Result<String> {
        let mut filled = String::with_capacity(template.len());
        let mut rest = template;
        while let Some((literal, expression)) = rest.split_once("{{") {
            let Some((name, after)) = expression.split_once("}}") else {
                bail!("template `{template}` has an unmatched `{{{{`");
            };
            let name = name.trim();
            let Some(value) = self.0.get(name) else {
                bail!("template `{template}` uses variable `{name}`, which doesn't exist");
            };
            filled.push_str(literal);
            filled.push_str(value);
            rest = after;
        }
        filled.push_str(rest);
        Ok(filled)
    }
}

/// What Spin allows as a variable's name; the error finishes "variable name … ".
fn check_name(name: &str) -> Result<(), &'static str> {
    let lower = |b: u8| b.is_ascii_lowercase();
    let bytes = name.as_bytes();
    match (bytes.first(), bytes.last()) {
        (None, _) | (_, None) => Err("is empty"),
        _ if !bytes
            .iter()
            .all(|b| lower(*b) || b.is_ascii_digit() || *b == b'_') =>
        {
            Err("may have lower-case letters, digits and underscores only")
        }
        (Some(first), _) if !lower(*first) => Err("must start with a letter"),
        (_, Some(b'_')) => Err("must end with a letter or digit"),
        _ if name.contains("__") => Err("may not have two underscores in a row"),
        _ => Ok(()),
    }
}

/// What one component sees of it all: its own variables, filled in.
pub type ComponentVariables = BTreeMap<String, String>;

/// The store-side marker of `spin:variables`.
pub struct VariablesData;

/// What `spin:variables` works on.
pub struct VariablesView<'a> {
    /// The component's variables.
    pub values: &'a ComponentVariables,
}

impl HasData for VariablesData {
    type Data<'a> = VariablesView<'a>;
}

impl variables::Host for VariablesView<'_> {}

impl<T: Send> variables::HostWithStore<T> for VariablesData {
    async fn get(
        accessor: &Accessor<T, Self>,
        name: String,
    ) -> wasmtime::Result<Result<String, variables::Error>> {
        if let Err(reason) = check_name(&name) {
            let message = format!("variable name `{name}` {reason}");
            return Ok(Err(variables::Error::InvalidName(message)));
        }
        Ok(accessor.with(|mut access| {
            let found = access.get().values.get(&name).cloned();
            found.ok_or_else(|| variables::Error::Undefined(format!("no variable `{name}`")))
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn declared(name: &str, default: Option<&str>) -> BTreeMap<String, manifest::Variable> {
        let mut variable = manifest::Variable::default();
        variable.default = default.map(str::to_owned);
        variable.required = default.is_none();
        BTreeMap::from([(name.to_owned(), variable)])
    }

    fn given(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect()
    }

    #[test]
    fn given_beats_environment_beats_default() {
        let declared = declared("api_host", Some("default"));
        let environment = |key: &str| (key == "SPIN_VARIABLE_API_HOST").then(|| "env".to_owned());
        let value = |given: &[(&str, &str)], environment: &dyn Fn(&str) -> Option<String>| {
            Variables::resolve(&declared, &self::given(given), environment)
                .unwrap()
                .fill("{{api_host}}")
                .unwrap()
        };
        assert_eq!(value(&[("api_host", "given")], &environment), "given");
        assert_eq!(value(&[], &environment), "env");
        assert_eq!(value(&[], &|_| None), "default");
    }

    #[test]
    fn a_missing_required_and_an_unknown_variable_are_named() {
        let error =
            Variables::resolve(&declared("token", None), &given(&[]), |_| None).unwrap_err();
        assert!(
            error.to_string().contains("variable `token` is required"),
            "{error}"
        );
        let error =
            Variables::resolve(&BTreeMap::new(), &given(&[("x", "1")]), |_| None).unwrap_err();
        assert!(error.to_string().contains("variable `x` is set"), "{error}");
    }

    #[test]
    fn templates() {
        let variables =
            Variables::resolve(&declared("a", Some("1")), &given(&[]), |_| None).unwrap();
        for (template, expected) in [
            ("", Ok("")),
            ("plain", Ok("plain")),
            ("{{ a }}", Ok("1")),
            ("x-{{a}}-{{ a}}-y", Ok("x-1-1-y")),
            ("} {a}", Ok("} {a}")),
            ("{{ b }}", Err("variable `b`")),
            ("{{ a", Err("unmatched `{{`")),
        ] {
            match (variables.fill(template), expected) {
                (Ok(filled), Ok(expected)) => assert_eq!(filled, expected, "{template}"),
                (Err(error), Err(part)) => assert!(error.to_string().contains(part), "{error}"),
                (other, _) => panic!("{template}: {other:?}"),
            }
        }
    }

    #[test]
    fn names() {
        for good in ["a", "a1", "a_b", "abc_d_9"] {
            assert_eq!(check_name(good), Ok(()), "{good}");
        }
        for bad in ["", "A", "1a", "_a", "a_", "a__b", "a-b", "a b"] {
            assert!(check_name(bad).is_err(), "{bad}");
        }
    }
}
