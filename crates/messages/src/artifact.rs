//! What a CI message is about: item and type of the result, and the data that each type of artifact
//! brings along. Types of Fedora's own are in [`fedora`](crate::fedora).

use crate::ci_message::CiMessage;
use crate::data::Data;
use crate::document::Node;
use crate::fedora;
use crate::verdict::Rejection;
use crate::xunit;
use serde_json::Value;

/// The data of a result that says what the message is about.
pub fn read(message: &CiMessage<'_>) -> Result<Data, Rejection> {
    let node = message.artifact("type");
    match node.required_text()? {
        "brew-build" => brew_build(message),
        "brew-build-group" => build_group(message, "brew-build-group"),
        "productmd-compose" => compose(message),
        "redhat-module" => module(message, "redhat-module"),
        "redhat-container-image" => redhat_container_image(message),
        "container-image" => container_image(message),
        "component-version" => component_version(message),
        "product-build" => product_build(message),
        "redhat-advisory" => advisory(message),
        "product-scenario" => product_scenario(message),
        other => match fedora::read(message, other)? {
            Some(data) => Ok(data),
            None => Err(node.rejected(&format!("unknown type of artifact \"{other}\""))),
        },
    }
}

/// Item and type, and the category of the test.
pub fn about(
    message: &CiMessage<'_>,
    kind: &str,
    item: impl Into<Value>,
) -> Result<Data, Rejection> {
    Data::default()
        .with_value("item", item)
        .with_value("type", kind)
        .with("category", &message.test("category"))
}

/// With the fields of the artifact that have these names.
pub fn with_fields<'a>(
    mut data: Data,
    message: &CiMessage<'a>,
    names: &[&'a str],
) -> Result<Data, Rejection> {
    for name in names {
        data.set(name, &message.artifact(name))?;
    }
    Ok(data)
}

/// With where and on what it ran, for most types.
pub fn with_run(data: Data, message: &CiMessage<'_>) -> Result<Data, Rejection> {
    data.with("log", &message.run("log"))?
        .with("rebuild", &message.run("rebuild"))?
        .with("system_os", &message.system("os"))?
        .with("system_provider", &message.system("provider"))
}

/// Whether a build is a scratch build. Some write it as text.
pub fn is_scratch(node: &Node<'_>) -> bool {
    match node.value() {
        Value::Bool(is_scratch) => *is_scratch,
        Value::String(text) => text.eq_ignore_ascii_case("true"),
        _ => false,
    }
}

/// A build of a package, whose type of result is `kind`, with `_scratch` behind it for scratch builds.
pub fn build(message: &CiMessage<'_>, kind: &str) -> Result<Data, Rejection> {
    let is_scratch = is_scratch(&message.artifact("scratch"));
    let kind = match is_scratch {
        true => format!("{kind}_scratch"),
        false => kind.to_owned(),
    };
    let item = message.artifact("nvr").required_text()?;
    let data = about(message, &kind, item)?
        .with("brew_task_id", &message.artifact("id"))?
        .with_value("scratch", is_scratch);
    with_run(
        with_fields(data, message, &["component", "issuer"])?,
        message,
    )
}

fn brew_build(message: &CiMessage<'_>) -> Result<Data, Rejection> {
    message.artifact("component").required_text()?;
    build(message, "brew-build")
}

/// Builds that are tested together.
pub fn build_group(message: &CiMessage<'_>, kind: &str) -> Result<Data, Rejection> {
    let data = about(message, kind, message.artifact("id").required_text()?)?;
    with_run(
        with_fields(data, message, &["repository", "builds"])?,
        message,
    )
}

fn compose(message: &CiMessage<'_>) -> Result<Data, Rejection> {
    let architecture = message.system("architecture").required_text()?;
    let variant = message.system("variant").text()?;
    let id = match message.artifact("id").text()? {
        // The name of old.
        None | Some("") => message.artifact("compose_id").text()?,
        id => id,
    };
    let id = id.ok_or_else(|| message.artifact("id").missing())?;
    let item = format!("{id}/{}/{architecture}", variant.unwrap_or("unknown"));
    about(message, "productmd-compose", item)?
        .with_value("productmd.compose.id", id)
        .with("log", &message.run("log"))?
        .with("system_provider", &message.system("provider"))?
        .with("system_architecture", &message.system("architecture"))?
        .with("system_variant", &message.system("variant"))
}

/// A module. Its name in the build system has `_` where the stream has `-`.
pub fn module(message: &CiMessage<'_>, kind: &str) -> Result<Data, Rejection> {
    let node = message.artifact("nsvc");
    let parts: Vec<&str> = node.required_text()?.rsplitn(4, ':').collect();
    let [context, version, stream, name] = parts.as_slice() else {
        return Err(node.rejected("it must be `name:stream:version:context`"));
    };
    let item = format!("{name}-{}-{version}.{context}", stream.replace('-', "_"));
    let data = about(message, kind, item.as_str())?
        .with_value("nsvc", item)
        .with("mbs_id", &message.artifact("id"))?;
    let names = ["context", "name", "stream", "version", "issuer"];
    with_run(with_fields(data, message, &names)?, message)
}

fn redhat_container_image(message: &CiMessage<'_>) -> Result<Data, Rejection> {
    let item = message.artifact("id").required_text()?;
    let data = about(message, "redhat-container-image", item)?
        .with("brew_task_id", &message.artifact("task_id"))?
        .with("brew_build_id", &message.artifact("build_id"))?;
    let names = [
        "full_names",
        "registry_url",
        "tag",
        "issuer",
        "component",
        "name",
        "namespace",
        "scratch",
        "nvr",
        "source",
    ];
    with_run(with_fields(data, message, &names)?, message)
}

fn container_image(message: &CiMessage<'_>) -> Result<Data, Rejection> {
    let repository = message.artifact("repository").required_text()?;
    let digest = message.artifact("digest").required_text()?;
    let item = format!("{repository}@{digest}");
    let data = about(message, "container-image", item)?
        .with("system_architecture", &message.system("architecture"))?;
    let names = [
        "repository",
        "digest",
        "format",
        "pull_ref",
        "scratch",
        "nvr",
        "issuer",
    ];
    let mut data = with_run(with_fields(data, message, &names)?, message)?;
    let node = message.test("xunit");
    // The report itself is no value to ask for.
    if node.text()?.is_some_and(xunit::is_link) {
        data.set("xunit", &node)?;
    }
    Ok(data)
}

fn component_version(message: &CiMessage<'_>) -> Result<Data, Rejection> {
    let component = message.artifact("component").required_text()?;
    let version = message.artifact("version").required_text()?;
    let item = format!("{component}-{version}");
    let data = about(message, "component-version", item)?.with("log", &message.run("log"))?;
    with_fields(data, message, &["component", "version"])
}

fn product_build(message: &CiMessage<'_>) -> Result<Data, Rejection> {
    let name = message.artifact("name").required_text()?;
    let version = message.artifact("version").required_text()?;
    let release = message.artifact("release").required_text()?;
    let item = format!("{name}-{version}-{release}");
    let data = about(message, "product-build", item)?
        .with_value("product", name)
        .with("log", &message.run("log"))?
        .with("system_architecture", &message.system("architecture"))?;
    with_fields(data, message, &["version", "release"])
}

fn advisory(message: &CiMessage<'_>) -> Result<Data, Rejection> {
    let item = message.artifact("id").required_text()?;
    about(message, "redhat-advisory", item)?
        .with("numeric_id", &message.artifact("numeric_id"))?
        .with("pipeline_id", &message.pipeline("id"))?
        .with("pipeline_name", &message.pipeline("name"))?
        .with("pipeline_build", &message.pipeline("build"))?
        .with("pipeline_stage", &message.pipeline("stage").get("name"))?
        .with("log", &message.run("log"))?
        .with("log_raw", &message.run("log_raw"))?
        .with("log_stream", &message.run("log_stream"))?
        .with("system_os", &message.system("os"))?
        .with("system_provider", &message.system("provider"))
}

fn product_scenario(message: &CiMessage<'_>) -> Result<Data, Rejection> {
    let products = message.artifact("products").required_list()?;
    let mut items = vec![Value::from(message.artifact("id").required_text()?)];
    for product in &products {
        let name = match product.get("nvr").text()? {
            Some(nvr) => nvr,
            None => product.get("id").required_text()?,
        };
        items.push(name.into());
    }
    let data = Data::default()
        .with_value("item", items)
        .with_value("type", "product-scenario")
        .with("products", &message.artifact("products"))?;
    with_run(data, message)
}
