//! The command line.
//!
//! Only words and their meaning; what is done with them is in the library.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Parser;
use sluicegate_host::{Limits, Options};

/// Serves a spin.toml application.
#[derive(Parser)]
#[command(version)]
pub struct Arguments {
    /// The manifest
    #[arg(long, short, default_value = "spin.toml")]
    manifest: PathBuf,
    /// Where to listen; port 0 picks a free one
    #[arg(long, env = "SPIN_HTTP_LISTEN_ADDR", default_value = "127.0.0.1:3000")]
    pub listen: SocketAddr,
    /// Where databases are [default: `.spin` beside the manifest]
    #[arg(long)]
    state_dir: Option<PathBuf>,
    /// Where compiled components are kept [default: `cache` in the state directory]
    #[arg(long)]
    cache_dir: Option<PathBuf>,
    /// Where components' output goes [default: `logs` in the state directory]
    #[arg(long)]
    log_dir: Option<PathBuf>,
    /// Sets an application variable; `@FILE` as the value reads a file. Otherwise the environment's
    /// `SPIN_VARIABLE_<NAME>` is used, then the manifest's default
    #[arg(long = "variable", value_name = "KEY=VALUE")]
    variables: Vec<String>,
    /// Mounts another directory in place of one that the manifest's `files` name
    #[arg(long, value_name = "SOURCE=DIRECTORY")]
    files: Vec<String>,
    /// Prints what components print to stderr, too
    #[arg(long)]
    follow: bool,
    /// Prints the routes before the address
    #[arg(long)]
    pub print_routes: bool,
    /// Threads that serve, and as many that step back while somebody asks
    #[arg(long, default_value_t = threads())]
    pub threads: usize,
    #[command(flatten)]
    limits: LimitArguments,
}

/// Limits; every default is in [`Limits`].
#[derive(clap::Args)]
struct LimitArguments {
    /// Requests that one instance answers before it is replaced
    #[arg(long, default_value_t = Limits::default().requests_per_instance)]
    max_instance_reuse_count: usize,
    /// Requests that one instance works on at once
    #[arg(long, default_value_t = Limits::default().concurrent_requests_per_instance)]
    max_instance_concurrent_reuse_count: usize,
    /// Seconds for which an idle instance is kept
    #[arg(long, value_name = "SECONDS", default_value_t = Limits::default().idle_instance_time.as_secs_f64())]
    idle_instance_timeout: f64,
    /// Seconds that a component may take to answer
    #[arg(long, value_name = "SECONDS", default_value_t = Limits::default().request_time.as_secs_f64())]
    request_timeout: f64,
    /// Bytes of memory that one instance may have
    #[arg(long, value_name = "BYTES", env = "SPIN_MAX_INSTANCE_MEMORY", default_value_t = Limits::default().instance_memory_bytes)]
    max_instance_memory: usize,
    /// Requests in all components at once, at most three quarters of them such that change something;
    /// more wait
    #[arg(long, default_value_t = Limits::default().requests_in_flight)]
    max_requests_in_flight: usize,
    /// Tells on standard error how much memory each instance had when it is over
    #[arg(long)]
    tell_memory: bool,
}

impl Arguments {
    /// The library's form of all this.
    pub fn options(&self) -> Result<Options> {
        let mut options = Options::new(&self.manifest);
        options.state_dir.clone_from(&self.state_dir);
        options.cache_dir.clone_from(&self.cache_dir);
        options.log_dir.clone_from(&self.log_dir);
        options.variables = variables(&self.variables)?;
        for pair in &self.files {
            let (source, directory) = split(pair, "--files")?;
            options.files.insert(source, directory.into());
        }
        options.follow = self.follow;
        options.limits = self.limits.limits()?;
        Ok(options)
    }
}

impl LimitArguments {
    fn limits(&self) -> Result<Limits> {
        let seconds = |name: &str, seconds: f64| {
            Duration::try_from_secs_f64(seconds)
                .with_context(|| format!("`{name} {seconds}` is no time"))
        };
        Ok(Limits {
            requests_per_instance: self.max_instance_reuse_count,
            concurrent_requests_per_instance: self.max_instance_concurrent_reuse_count,
            idle_instance_time: seconds("--idle-instance-timeout", self.idle_instance_timeout)?,
            request_time: seconds("--request-timeout", self.request_timeout)?,
            instance_memory_bytes: self.max_instance_memory,
            requests_in_flight: self.max_requests_in_flight,
            tells_memory: self.tell_memory,
            ..Limits::default()
        })
    }
}

fn variables(pairs: &[String]) -> Result<BTreeMap<String, String>> {
    let mut variables = BTreeMap::new();
    for pair in pairs {
        let (name, value) = split(pair, "--variable")?;
        let value = match value.strip_prefix('@') {
            Some(file) => std::fs::read_to_string(file)
                .with_context(|| format!("variable `{name}`: can't read `{file}`"))?,
            None => value,
        };
        variables.insert(name, value);
    }
    Ok(variables)
}

fn split(pair: &str, option: &str) -> Result<(String, String)> {
    match pair.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => bail!("`{option} {pair}` is not of the form `NAME=VALUE`"),
    }
}

fn threads() -> usize {
    std::thread::available_parallelism().map_or(2, usize::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_options() {
        let arguments = Arguments::try_parse_from([
            "sluicegate-host",
            "--variable",
            "a=b=c",
            "--files",
            "policies=/etc/policies",
            "--request-timeout",
            "0.5",
        ])
        .unwrap();
        let options = arguments.options().unwrap();
        assert_eq!(options.variables["a"], "b=c");
        assert_eq!(options.files["policies"], PathBuf::from("/etc/policies"));
        assert_eq!(options.limits.request_time, Duration::from_millis(500));
        assert_eq!(options.limits.requests_per_instance, 128);
    }

    #[test]
    fn malformed_words_are_named() {
        for words in [
            ["--variable", "a"],
            ["--files", "=b"],
            ["--request-timeout", "-1"],
        ] {
            let words = [
                "sluicegate-host".to_owned(),
                format!("{}={}", words[0], words[1]),
            ];
            let error = Arguments::try_parse_from(words.clone())
                .unwrap()
                .options()
                .err();
            assert!(error.is_some(), "{words:?}");
        }
    }
}
