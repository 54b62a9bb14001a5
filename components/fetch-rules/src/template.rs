//! URL templates: `https://host/{pkg_namespace}{pkg_name}/raw/{rev}/f/gating.yaml`.
//!
//! What is put into a template comes from requests and from Koji. It never leaves its place: each
//! value is at most a part of one segment of the path, or of the query, and the host is the
//! template's own.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// The longest URL, in bytes.
pub const MAX_URL_BYTES: usize = 4_096;

/// What a value may have as it is in a query.
const IN_QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
/// What it may have in a path: `gtk+` and `module:stream` stay readable.
const IN_PATH: &AsciiSet = &IN_QUERY.remove(b'+').remove(b':').remove(b',').remove(b'=');

/// A value's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// `{subject_id}`
    SubjectId,
    /// `{pkg_namespace}`, which brings its final slash along
    Namespace,
    /// `{pkg_name}`
    Name,
    /// `{rev}`
    Revision,
}

/// Where the sources of a build are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sources {
    /// The folder of the repository, such as `rpms`; may be empty.
    pub namespace: String,
    /// The repository.
    pub name: String,
    /// The revision.
    pub revision: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Place(Place),
}

/// A template that can be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template(Vec<Part>);

impl Template {
    /// Reads a template. Braces of its own are doubled, as in Python.
    ///
    /// # Errors
    /// What is wrong with it, for whoever wrote it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = |reason: &str| format!("URL template `{text}`: {reason}");
        let parts = parts(text).map_err(|reason| wrong(&reason))?;
        let first = match parts.first() {
            Some(Part::Text(first)) => first.as_str(),
            _ => "",
        };
        let rest = first
            .strip_prefix("https://")
            .or_else(|| first.strip_prefix("http://"))
            .ok_or_else(|| wrong("it does not begin with https:// or http:// and a host"))?;
        let host_end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (host, after) = rest.split_at(host_end);
        if host.is_empty() || after.is_empty() && parts.len() > 1 {
            return Err(wrong("the host must be written out"));
        }
        let is_odd = |c: char| !(c.is_ascii_alphanumeric() || "-._:[]".contains(c));
        if host.contains(is_odd) {
            return Err(wrong("the host has characters that no host has"));
        }
        let has_other = |part: &Part| match part {
            Part::Text(text) => {
                text.contains(|c: char| c == '#' || c == '\\' || !c.is_ascii_graphic())
            }
            Part::Place(_) => false,
        };
        if parts.iter().any(has_other) {
            return Err(wrong(
                "it has a `#`, a `\\`, a blank or something beyond ASCII",
            ));
        }
        Ok(Self(parts))
    }

    /// Whether it needs to know where the sources of the build are.
    #[must_use]
    pub fn needs_sources(&self) -> bool {
        let needs = |part: &Part| matches!(part, Part::Place(place) if *place != Place::SubjectId);
        self.0.iter().any(needs)
    }

    /// The URL for a subject. `sources` are needed if the template does.
    ///
    /// # Errors
    /// Why a value can't be part of a URL, for the client.
    pub fn fill(&self, subject_id: &str, sources: Option<&Sources>) -> Result<String, String> {
        let mut url = String::new();
        for part in &self.0 {
            match part {
                Part::Text(text) => url.push_str(text),
                Part::Place(place) => {
                    let set = if url.contains('?') { IN_QUERY } else { IN_PATH };
                    let (value, may_be_empty) = place.value(subject_id, sources);
                    if value.is_empty() && !may_be_empty {
                        return Err(format!("`{}` is empty", place.name()));
                    }
                    url.extend(utf8_percent_encode(value, set));
                    if *place == Place::Namespace && !value.is_empty() {
                        url.push('/');
                    }
                }
            }
        }
        let path = url.split('?').next().unwrap_or_default();
        if path.split('/').any(|segment| matches!(segment, "." | "..")) {
            return Err("a segment `.` or `..` can't be part of a URL".to_owned());
        }
        match url.len() > MAX_URL_BYTES {
            true => Err(format!("the URL is longer than {MAX_URL_BYTES} bytes")),
            false => Ok(url),
        }
    }
}

impl Place {
    const ALL: [Self; 4] = [Self::SubjectId, Self::Namespace, Self::Name, Self::Revision];

    fn name(self) -> &'static str {
        match self {
            Self::SubjectId => "subject_id",
            Self::Namespace => "pkg_namespace",
            Self::Name => "pkg_name",
            Self::Revision => "rev",
        }
    }

    /// The value for this place, and whether it may be empty.
    fn value<'v>(self, subject_id: &'v str, sources: Option<&'v Sources>) -> (&'v str, bool) {
        let from = |choose: fn(&Sources) -> &String| sources.map_or("", |all| choose(all).as_str());
        match self {
            Self::SubjectId => (
                subject_id.strip_prefix("sha256:").unwrap_or(subject_id),
                false,
            ),
            Self::Namespace => (from(|sources| &sources.namespace), true),
            Self::Name => (from(|sources| &sources.name), false),
            Self::Revision => (from(|sources| &sources.revision), false),
        }
    }
}

fn parts(text: &str) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    let mut literal = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        let (before, from) = rest.split_at(at);
        literal.push_str(before);
        if let Some(after) = from.strip_prefix("{{").or_else(|| from.strip_prefix("}}")) {
            literal.push_str(from.get(..1).unwrap_or_default());
            rest = after;
            continue;
        }
        let inside = from.strip_prefix('{').and_then(|from| from.split_once('}'));
        let (name, after) = inside.ok_or("a brace is not closed or not opened")?;
        let place = Place::ALL.into_iter().find(|place| place.name() == name);
        let place = place.ok_or_else(|| format!("there is no `{{{name}}}`"))?;
        if !literal.is_empty() {
            parts.push(Part::Text(std::mem::take(&mut literal)));
        }
        parts.push(Part::Place(place));
        rest = after;
    }
    literal.push_str(rest);
    if !literal.is_empty() {
        parts.push(Part::Text(literal));
    }
    Ok(parts)
}

#[cfg(test)]
#[path = "template_tests.rs"]
mod tests;
