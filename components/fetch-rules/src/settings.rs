//! Settings: Spin variables, read once per instance.

use crate::templates::Templates;
use outbound::settings::variable;
use std::cell::OnceCell;
use std::rc::Rc;
use std::time::Duration;

/// The longest `remote_rule_timeout`, in seconds.
const MAX_TIMEOUT_S: f64 = 60.0;

thread_local! {
    static SETTINGS: OnceCell<Rc<Settings>> = const { OnceCell::new() };
}

/// All of them.
pub struct Settings {
    /// Where files of remote rules are.
    pub templates: Templates,
    /// Koji's address, if it may be asked.
    pub koji: Option<String>,
    /// How long files are kept, in milliseconds.
    pub max_age_ms: i64,
    /// How long a server may take to begin its answer, and for all of it.
    pub patience: Duration,
}

/// The settings.
///
/// # Errors
/// What is wrong with them; the text is for the log.
pub async fn settings() -> Result<Rc<Settings>, String> {
    if let Some(settings) = SETTINGS.with(|cell| cell.get().cloned()) {
        return Ok(settings);
    }
    let policies = variable("remote_rule_policies").await?;
    let dist_git = variable("dist_git_url_template").await?;
    let koji = variable("koji_api").await?;
    let max_age: i64 = variable("remote_rule_max_age")
        .await?
        .parse::<u32>()
        .map(i64::from)
        .map_err(|_| "variable `remote_rule_max_age` is no number of seconds".to_owned())?;
    let timeout = variable("remote_rule_timeout").await?.parse().ok();
    let timeout = timeout.filter(|seconds| (0.1..=MAX_TIMEOUT_S).contains(seconds));
    let timeout = timeout.ok_or_else(|| {
        format!(
            "variable `remote_rule_timeout` is no number of seconds from 0.1 to {MAX_TIMEOUT_S}"
        )
    })?;
    let is_address = koji.starts_with("https://") || koji.starts_with("http://");
    if !koji.is_empty() && !is_address {
        return Err(format!(
            "variable `koji_api`: `{koji}` does not begin with https:// or http://"
        ));
    }
    let settings = Settings {
        templates: Templates::parse(&policies, &dist_git)?,
        koji: is_address.then(|| koji.to_string()),
        max_age_ms: max_age.saturating_mul(1_000),
        patience: Duration::from_secs_f64(timeout),
    };
    Ok(SETTINGS.with(|cell| cell.get_or_init(|| Rc::new(settings)).clone()))
}
