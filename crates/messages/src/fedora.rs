//! Types of artifacts that only Fedora's CI has, and the types of results that Fedora's policies and
//! reporters know them by.

use crate::artifact::{about, build, build_group, module, with_fields, with_run};
use crate::ci_message::CiMessage;
use crate::data::Data;
use crate::verdict::Rejection;
use serde_json::Value;

/// The data of a result that says what the message is about; `None` for a type that is not Fedora's.
pub fn read(message: &CiMessage<'_>, kind: &str) -> Result<Option<Data>, Rejection> {
    let data = match kind {
        // Gates know Koji's builds by this name.
        "koji-build" => build(message, "koji_build")?,
        "koji-build-group" => build_group(message, "koji-build-group")?,
        "fedora-module" => module(message, "fedora-module")?,
        "fedora-update" => update(message)?,
        "dist-git-pr" | "fedora-dist-git" => pull_request(message, kind)?,
        _ => return Ok(None),
    };
    Ok(Some(data))
}

/// An update, which gates and reporters know by its alias.
fn update(message: &CiMessage<'_>) -> Result<Data, Rejection> {
    let alias = message.artifact("alias").required_text()?;
    let mut builds: Vec<Value> = Vec::new();
    for build in message.artifact("builds").list().unwrap_or_default() {
        builds.extend(build.get("nvr").text()?.map(Value::from));
    }
    let data = about(message, "bodhi_update", alias)?
        .with("release", &message.artifact("release").get("name"))?
        .with("system_architecture", &message.system("architecture"))?
        .with("system_variant", &message.system("variant"))?
        .with_value("builds", builds);
    with_run(data, message)
}

/// A pull request of a package's repository: the repository and its number there.
fn pull_request(message: &CiMessage<'_>, kind: &str) -> Result<Data, Rejection> {
    let repository = message.artifact("repository").required_text()?;
    let id = message.artifact("id");
    let number = match id.value() {
        Value::Number(number) => number.to_string(),
        _ => id.required_text()?.to_owned(),
    };
    let data = about(message, kind, format!("{repository}#{number}"))?;
    let names = ["repository", "commit_hash", "comment_id", "uid", "issuer"];
    with_run(with_fields(data, message, &names)?, message)
}
