//! The component: needs in, files and builds out.

#![allow(
    missing_docs,
    unsafe_code,
    reason = "generated bindings; the documentation is in wit/"
)]

use crate::build::is_nvr;
use crate::call::Call;
use crate::failure::Failure;
use crate::file::{self, MAX_FILE_BYTES};
use crate::kept::File;
use crate::settings::settings;
use crate::template::{Sources, Template};
use crate::{koji, templates};
use futures_util::StreamExt;
use futures_util::stream;
use std::cell::Cell;

mod bindings {
    #![allow(unsafe_code, clippy::all, clippy::restriction)]
    spin_sdk::wit_bindgen::generate!({
        world: "fetch-rules",
        path: "../../wit",
        runtime_path: "::spin_sdk::wit_bindgen::rt",
        pub_export_macro: true,
        generate_all,
    });
}

use bindings::exports::sluicegate::gates::rules;
use rules::{Error, Fetched, Need, Reason};

/// How many things are looked up at once for one decision.
const AT_ONCE: usize = 8;
/// The most that the files of one decision may have together, in bytes.
const MAX_FILES_BYTES: usize = 16 * 1024 * 1024;

struct Component;

bindings::export!(Component with_types_in bindings);

impl rules::Guest for Component {
    async fn fetch(needs: Vec<Need>) -> Result<Vec<Fetched>, Error> {
        let call = begin().await?;
        let bytes = Cell::new(0);
        let look = async |need: &Need| {
            let fetched = look_for(&call, need).await?;
            if let Fetched::Found(file) = &fetched {
                bytes.set(bytes.get() + file.text.as_ref().map_or(0, String::len));
            }
            match bytes.get() > MAX_FILES_BYTES {
                true => Err(Error::TooMuch(format!(
                    "The remote rule files of this decision have more than {MAX_FILES_BYTES} bytes, please ask for fewer subjects"
                ))),
                false => Ok(fetched),
            }
        };
        each(&needs, look).await
    }

    async fn builds(nvrs: Vec<String>) -> Result<Vec<rules::Build>, Error> {
        let call = begin().await?;
        let ask = async |nvr: &String| {
            let Some(url) = &call.settings.koji else {
                return Ok(rules::Build::NotConfigured);
            };
            if !is_nvr(nvr) {
                return Ok(rules::Build::InvalidNvr);
            }
            let known = koji::build(&call, url, nvr).await?;
            Ok(match known {
                Some(build) => rules::Build::Known(build.creation_time),
                None => rules::Build::Unknown(url.clone()),
            })
        };
        each(&nvrs, ask).await
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Upstream(text) => Self::Upstream(text),
            Failure::TimedOut(text) => Self::TimedOut(text),
            Failure::Unavailable(log) => Self::Unavailable(log),
        }
    }
}

async fn begin() -> Result<Call, Error> {
    let settings = settings().await.map_err(Error::Misconfigured)?;
    Ok(Call::begin(settings).await?)
}

/// What `look` finds for each item. After the first failure nothing more is begun, but what is under
/// way ends, as others may wait for it.
async fn each<I, T>(
    items: &[I],
    look: impl AsyncFn(&I) -> Result<T, Error>,
) -> Result<Vec<T>, Error> {
    let has_failed = Cell::new(false);
    let (look, has_failed) = (&look, &has_failed);
    let one = |item| async move {
        if has_failed.get() {
            return None;
        }
        let found = look(item).await;
        has_failed.set(has_failed.get() || found.is_err());
        Some(found)
    };
    let found = stream::iter(items).map(one).buffered(AT_ONCE);
    let found: Vec<_> = found.collect().await;
    found.into_iter().flatten().collect()
}

/// The first of the need's files that there is.
async fn look_for(call: &Call, need: &Need) -> Result<Fetched, Error> {
    let own = templates::own(&need.sources).map_err(Error::UnusableSource)?;
    let templates = match own.is_empty() {
        true => call.settings.templates.of(&need.subject_type),
        false => &own,
    };
    if templates.is_empty() {
        return Ok(Fetched::NotConfigured);
    }
    let mut tried = Vec::new();
    for template in templates {
        let failed = |sources, reason| Ok(Fetched::Failed(rules::Failure { sources, reason }));
        let url = match address(call, need, template).await? {
            Address::Url(url) => url,
            Address::NoSources => continue,
            Address::NotConfigured => return Ok(Fetched::NotConfigured),
            Address::Failed(reason) => return failed(tried, reason),
        };
        tried.push(url.clone());
        match file::get(call, &url).await.map_err(as_upstream)? {
            File::Found { text, .. } => {
                return Ok(Fetched::Found(rules::File { source: url, text }));
            }
            File::Missing => {}
            File::TooLarge => {
                let reason = format!("{url} is larger than {MAX_FILE_BYTES} bytes");
                return failed(tried, Reason::Other(reason));
            }
        }
    }
    Ok(Fetched::NotFound(tried))
}

/// Where a template leads for a subject.
enum Address {
    Url(String),
    /// Koji does not say where the sources are: the template is passed over, as in Greenwave.
    NoSources,
    /// It needs Koji, and there is none.
    NotConfigured,
    Failed(Reason),
}

async fn address(call: &Call, need: &Need, template: &Template) -> Result<Address, Error> {
    let nvr = &need.subject_identifier;
    let mut sources: Option<Sources> = None;
    if template.needs_sources() {
        let Some(url) = &call.settings.koji else {
            http_edge::log::line("error: variable `koji_api` is empty, and a remote rule needs it");
            return Ok(Address::NotConfigured);
        };
        if !is_nvr(nvr) {
            return Ok(Address::Failed(Reason::InvalidNvr));
        }
        let known = koji::build(call, url, nvr).await.map_err(as_upstream)?;
        let Some(build) = known else {
            return Ok(Address::Failed(Reason::UnknownBuild));
        };
        sources = match build.sources(nvr) {
            None => return Ok(Address::NoSources),
            Some(Err(reason)) => return Ok(Address::Failed(Reason::Other(reason))),
            Some(Ok(sources)) => Some(sources),
        };
    }
    Ok(match template.fill(nvr, sources.as_ref()) {
        Ok(url) => Address::Url(url),
        Err(reason) => Address::Failed(Reason::Other(reason)),
    })
}

/// For remote rules every failure of a server is one and the same to clients.
fn as_upstream(failure: Failure) -> Error {
    match failure {
        Failure::TimedOut(text) => Error::Upstream(text),
        other => other.into(),
    }
}
