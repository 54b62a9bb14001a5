//! Compiled components, kept in a directory between starts.
//!
//! An entry's name is a hash of the wasm bytes and of everything in the engine that shapes the
//! machine code, so a stale entry is never found. Must not know what a component is for.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use anyhow::{Context, Result};
use indicatif::{ProgressBar, ProgressStyle};
use sha2::{Digest, Sha256};
use wasmtime::Engine;
use wasmtime::component::Component;

/// A component to compile: what to call it in messages, and its bytes.
pub struct Job {
    /// The component's id.
    pub name: String,
    /// The wasm.
    pub bytes: Vec<u8>,
}

/// Compiles all `jobs` or takes them from `cache`; the results are in the jobs' order.
pub fn compile_all(engine: &Engine, cache: &Path, jobs: &[Job]) -> Result<Vec<Component>> {
    std::fs::create_dir_all(cache)
        .with_context(|| format!("can't create the cache directory `{}`", cache.display()))?;
    let entries: Vec<_> = jobs
        .iter()
        .map(|job| cache.join(entry_name(engine, &job.bytes)))
        .collect();
    // Keyed by entry, because several jobs may have the same bytes.
    let mut components = BTreeMap::new();
    let mut missing = BTreeMap::new();
    for (job, entry) in jobs.iter().zip(&entries) {
        match load(engine, entry) {
            Some(component) => drop(components.insert(entry, component)),
            None => drop(missing.insert(entry, job)),
        }
    }
    let missing: Vec<_> = missing.into_iter().collect();
    let compiled = compile_missing(engine, &missing)?;
    components.extend(missing.iter().map(|(entry, _)| *entry).zip(compiled));
    Ok(entries
        .iter()
        .filter_map(|entry| components.get(entry).cloned())
        .collect())
}

/// Compiles on as many threads as there are processors, and writes the cache entries.
fn compile_missing(engine: &Engine, jobs: &[(&PathBuf, &Job)]) -> Result<Vec<Component>> {
    if jobs.is_empty() {
        return Ok(Vec::new());
    }
    let progress = Progress::new(jobs.len());
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::with_capacity(jobs.len()));
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads.min(jobs.len()) {
            scope.spawn(|| {
                loop {
                    let position = next.fetch_add(1, Ordering::Relaxed);
                    let Some((entry, job)) = jobs.get(position) else {
                        return;
                    };
                    let start = Instant::now();
                    let component = compile(engine, job, entry);
                    progress.finished(&job.name, start);
                    if let Ok(mut results) = results.lock() {
                        results.push((position, component));
                    }
                }
            });
        }
    });
    let mut results = results.into_inner().unwrap_or_else(|e| e.into_inner());
    results.sort_by_key(|(position, _)| *position);
    results
        .into_iter()
        .map(|(_, component)| component)
        .collect()
}

fn compile(engine: &Engine, job: &Job, entry: &Path) -> Result<Component> {
    let component = Component::new(engine, &job.bytes)
        .map_err(anyhow::Error::from)
        .with_context(|| format!("component `{}` can't be compiled", job.name))?;
    // The cache only saves time: if it can't be written, this start is as good as any.
    if let Err(error) = store(&component, entry) {
        eprintln!("warning: can't cache component `{}`: {error:#}", job.name);
    }
    Ok(component)
}

/// Writes beside the entry and renames, so that no reader ever sees half an entry.
fn store(component: &Component, entry: &Path) -> Result<()> {
    let unfinished = entry.with_extension(format!("{}.tmp", std::process::id()));
    std::fs::write(&unfinished, component.serialize()?)?;
    std::fs::rename(&unfinished, entry)?;
    Ok(())
}

/// The cached component; `None` if there is none, or none that this engine can use.
fn load(engine: &Engine, entry: &Path) -> Option<Component> {
    if !entry.exists() {
        return None;
    }
    // SAFETY: the file must hold what `Component::serialize` wrote. Only `store` writes entries, it
    // puts them in place whole, and whoever may write to the cache directory may also replace this
    // program. wasmtime itself checks version and settings before it uses the code.
    #[expect(unsafe_code, reason = "the only way to load compiled code")]
    let loaded = unsafe { Component::deserialize_file(engine, entry) };
    loaded.ok()
}

fn entry_name(engine: &Engine, bytes: &[u8]) -> PathBuf {
    let mut hasher = Sha256Hasher(Sha256::new());
    env!("CARGO_PKG_VERSION").hash(&mut hasher);
    engine.precompile_compatibility_hash().hash(&mut hasher);
    hasher.write(bytes);
    let name: String = hasher
        .0
        .finalize()
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    PathBuf::from(format!("{name}.cwasm"))
}

/// Lets the engine's settings be hashed with SHA-256.
struct Sha256Hasher(Sha256);

impl Hasher for Sha256Hasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        0
    }
}

/// A bar on a terminal, lines elsewhere.
struct Progress {
    bar: Option<ProgressBar>,
}

impl Progress {
    fn new(jobs: usize) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(jobs as u64);
            if let Ok(style) = ProgressStyle::with_template("compiling {bar:30} {pos}/{len} {msg}")
            {
                bar.set_style(style);
            }
            bar
        });
        Self { bar }
    }

    fn finished(&self, name: &str, start: Instant) {
        match &self.bar {
            Some(bar) => {
                bar.set_message(name.to_owned());
                bar.inc(1);
            }
            None => eprintln!("compiled `{name}` in {} ms", start.elapsed().as_millis()),
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY: &[u8] = b"(component)";

    fn directory(name: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("sluicegate-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        path
    }

    fn jobs() -> [Job; 1] {
        [Job {
            name: "empty".to_owned(),
            bytes: EMPTY.to_vec(),
        }]
    }

    #[test]
    fn the_second_start_takes_the_entry() {
        let cache = directory("cache");
        let engine = Engine::default();
        let entry = cache.join(entry_name(&engine, EMPTY));
        assert!(load(&engine, &entry).is_none());
        assert_eq!(compile_all(&engine, &cache, &jobs()).unwrap().len(), 1);
        assert!(load(&engine, &entry).is_some());
        std::fs::remove_dir_all(&cache).unwrap();
    }

    #[test]
    fn a_broken_entry_is_compiled_again() {
        let cache = directory("broken");
        let engine = Engine::default();
        let entry = cache.join(entry_name(&engine, EMPTY));
        std::fs::create_dir_all(&cache).unwrap();
        std::fs::write(&entry, b"not code").unwrap();
        assert_eq!(compile_all(&engine, &cache, &jobs()).unwrap().len(), 1);
        assert!(load(&engine, &entry).is_some());
        std::fs::remove_dir_all(&cache).unwrap();
    }

    #[test]
    fn bad_wasm_is_an_error_that_names_the_component() {
        let cache = directory("bad");
        let jobs = [Job {
            name: "bad".to_owned(),
            bytes: b"nonsense".to_vec(),
        }];
        let error = compile_all(&Engine::default(), &cache, &jobs)
            .err()
            .unwrap();
        assert!(error.to_string().contains("component `bad`"), "{error}");
        std::fs::remove_dir_all(&cache).unwrap();
    }
}
