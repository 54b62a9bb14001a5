//! Python environments with other people's clients, for the HTTP tests: one for each list in
//! `tests/clients/requirements`, under `target/clients`, made again when its list has changed.
//! Knows Python and pip; what the clients are for is in the tests.

use crate::progress::step;
use crate::run;
use crate::workspace::Workspace;
use anyhow::{Context, Result, anyhow, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The lists, from the workspace's root.
const LISTS: &str = "tests/clients/requirements";
/// The list of what the others are built with: it goes into every environment first.
const BUILD_LIST: &str = "build";
/// What to do where Python lacks something.
const ADVICE: &str = "Python 3.11 or later with its venv module is needed: as root on Debian, run \
                      `apt-get install -y python3 python3-venv`";
/// Prints the version. Fails where environments can't be made (Debian packs that part apart) and where
/// Python is too old for the pinned packages.
const PROBE: &str =
    "import sys, venv, ensurepip; assert sys.version_info >= (3, 11); print(sys.version)";
/// Prints the version alone.
const VERSION: &str = "import sys; print(sys.version)";
/// In a finished environment: what it was made from.
const STAMP: &str = "made-from.txt";

/// Makes what is missing or stale, and gives the folder that holds the environments.
pub fn prepare(workspace: &Workspace) -> Result<PathBuf> {
    let lists = workspace.root.join(LISTS);
    let build = read(&lists.join(format!("{BUILD_LIST}.txt")))?;
    let folder = workspace.root.join("target").join("clients");
    for name in names(&lists)? {
        let list = lists.join(format!("{name}.txt"));
        let environment = Environment {
            made_from: format!("{build}\n{}", read(&list)?),
            place: folder.join(&name),
            list,
        };
        if !environment.is_ready() {
            step(&format!("Python environment `{name}` of the client tests"));
            environment.make(&lists)?;
        }
    }
    Ok(folder)
}

/// The names of the lists that get an environment, sorted.
fn names(lists: &Path) -> Result<Vec<String>> {
    let cannot = || format!("can't read `{}`", lists.display());
    let mut names = Vec::new();
    for entry in fs::read_dir(lists).with_context(cannot)? {
        let file = entry.with_context(cannot)?.file_name();
        if let Some(name) = file.to_string_lossy().strip_suffix(".txt")
            && name != BUILD_LIST
        {
            names.push(name.to_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// One list and the environment made from it.
struct Environment {
    list: PathBuf,
    /// The text of the lists.
    made_from: String,
    place: PathBuf,
}

impl Environment {
    /// Whether it was made here, from this list, and its Python is still the same.
    fn is_ready(&self) -> bool {
        let Ok(stamp) = fs::read_to_string(self.place.join(STAMP)) else {
            return false;
        };
        says(&self.python(), VERSION).is_ok_and(|version| stamp == self.stamp(&version))
    }

    fn make(&self, lists: &Path) -> Result<()> {
        let (interpreter, version) = interpreter()?;
        if self.place.exists() {
            fs::remove_dir_all(&self.place)
                .with_context(|| format!("can't remove `{}`", self.place.display()))?;
        }
        run::status(
            Command::new(interpreter)
                .args(["-m", "venv"])
                .arg(&self.place),
        )
        .context(ADVICE)?;
        // What builds comes first and alone: with it in place nothing unpinned is fetched to build.
        let build = lists.join(format!("{BUILD_LIST}.txt"));
        self.install(&["-r", &build.to_string_lossy()])?;
        let list = self.list.to_string_lossy();
        self.install(&["--no-build-isolation", "--use-pep517", "-r", &list])?;
        fs::write(self.place.join(STAMP), self.stamp(&version))
            .with_context(|| format!("can't write into `{}`", self.place.display()))
    }

    fn install(&self, arguments: &[&str]) -> Result<()> {
        let mut pip = Command::new(self.python());
        pip.args(["-m", "pip", "install", "--quiet", "--no-input"])
            .arg("--disable-pip-version-check")
            .args(arguments)
            .stdin(Stdio::null())
            // What pip prints is progress, not our answer.
            .stdout(std::io::stderr());
        run::status(&mut pip)
    }

    fn python(&self) -> PathBuf {
        self.place.join("bin").join("python")
    }

    /// An environment names its own place in its programs, so a moved one is no good.
    fn stamp(&self, version: &str) -> String {
        format!("{}\n{version}\n{}", self.place.display(), self.made_from)
    }
}

/// A Python that can make environments, and its version: the one on the PATH, else the system's.
fn interpreter() -> Result<(PathBuf, String)> {
    let found = run::which("python3");
    let system = Some(PathBuf::from("/usr/bin/python3")).filter(|file| file.is_file());
    if found.is_none() && system.is_none() {
        bail!("there is no `python3`; {ADVICE}");
    }
    let candidates = found.into_iter().chain(system);
    candidates
        .filter_map(|python| says(&python, PROBE).ok().map(|version| (python, version)))
        .next()
        .ok_or_else(|| anyhow!("`python3` can't make environments; {ADVICE}"))
}

/// What a line of Python prints.
fn says(python: &Path, line: &str) -> Result<String> {
    let output = Command::new(python)
        .args(["-c", line])
        .stdin(Stdio::null())
        .output()?;
    if !output.status.success() {
        bail!("`{}` failed", python.display());
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn read(file: &Path) -> Result<String> {
    fs::read_to_string(file).with_context(|| format!("can't read `{}`", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the stand-in for Python says: it repeats its arguments.
    fn said() -> String {
        format!("-c {VERSION}")
    }

    /// An environment in a folder of its own.
    fn environment(folder: &Path, made_from: &str) -> Environment {
        let bin = folder.join("bin");
        if !bin.exists() {
            fs::create_dir_all(&bin).unwrap();
            std::os::unix::fs::symlink("/bin/echo", bin.join("python")).unwrap();
        }
        Environment {
            list: folder.join("list.txt"),
            made_from: made_from.to_owned(),
            place: folder.to_owned(),
        }
    }

    #[test]
    fn an_environment_is_made_again_when_something_has_changed() {
        let top = std::env::temp_dir().join(format!("xtask-clients-{}", std::process::id()));
        let folder = top.join("a");
        let first = environment(&folder, "x==1");
        assert!(!first.is_ready(), "it was never finished");
        fs::write(folder.join(STAMP), first.stamp("3.11")).unwrap();
        assert!(!first.is_ready(), "Python is another one");
        fs::write(folder.join(STAMP), first.stamp(&said())).unwrap();
        assert!(first.is_ready());
        assert!(!environment(&folder, "x==2").is_ready());
        let moved = top.join("b");
        fs::rename(&folder, &moved).unwrap();
        assert!(!environment(&moved, "x==1").is_ready());
        fs::rename(&moved, &folder).unwrap();
        assert!(first.is_ready());
        fs::remove_file(first.python()).unwrap();
        assert!(!first.is_ready());
        fs::remove_dir_all(&top).unwrap();
    }

    #[test]
    fn every_list_but_the_one_to_build_with_has_an_environment() {
        let top = std::env::temp_dir().join(format!("xtask-lists-{}", std::process::id()));
        fs::create_dir_all(&top).unwrap();
        for name in ["b.txt", "a.txt", "build.txt", "note.md"] {
            fs::write(top.join(name), "").unwrap();
        }
        assert_eq!(names(&top).unwrap(), ["a", "b"]);
        fs::remove_dir_all(&top).unwrap();
    }
}
