//! Small and read-only file systems. Making them takes root; elsewhere their tests are skipped.

use crate::harness;
use std::fs::Permissions;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

fn run(program: &str, arguments: &[&str]) -> Result<(), String> {
    let output = Command::new(program).args(arguments).output();
    let output = output.map_err(|error| error.to_string())?;
    match output.status.success() {
        true => Ok(()),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    }
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path that is text")
}

/// A file system in memory. It ends with the test.
pub struct Small {
    folder: TempDir,
}

impl Small {
    /// Of that size, such as `5m`. None, and a note, where nobody may mount one; for root, whom it
    /// may only be forbidden in a container, that is a failure in CI.
    pub fn mount(size: &str) -> Option<Self> {
        let folder = TempDir::new().unwrap();
        let options = format!("size={size}");
        let arguments = ["-t", "tmpfs", "-o", &options, "tmpfs", text(folder.path())];
        match run("mount", &arguments) {
            Ok(()) => Some(Self { folder }),
            Err(error) => {
                let why = format!("no file system can be mounted: {error}");
                match is_root() {
                    true => harness::skip(&why),
                    false => harness::note_skipped(&why),
                }
                None
            }
        }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// With another size, or `ro` or `rw`.
    pub fn remount(&self, options: &str) {
        let options = format!("remount,{options}");
        run("mount", &["-o", &options, text(self.path())]).unwrap();
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = run("umount", &["-l", text(self.path())]);
    }
}

/// A file that nobody may write to who opens it from now on: by a mount over itself for root, who may
/// always write otherwise, and by its mode for others. It may be written to again when this is dropped.
pub struct ReadOnly {
    file: PathBuf,
    is_mounted: bool,
}

impl ReadOnly {
    /// None, and a note, where root may not mount.
    pub fn make(file: &Path) -> Option<Self> {
        let is_mounted = is_root();
        if is_mounted {
            if let Err(error) = run("mount", &["--bind", text(file), text(file)]) {
                harness::skip(&format!("no file can be made read-only: {error}"));
                return None;
            }
            run("mount", &["-o", "remount,bind,ro", text(file)]).unwrap();
        } else {
            std::fs::set_permissions(file, Permissions::from_mode(0o444)).unwrap();
        }
        let file = file.to_owned();
        Some(Self { file, is_mounted })
    }
}

impl Drop for ReadOnly {
    fn drop(&mut self) {
        let _ = match self.is_mounted {
            true => run("umount", &["-l", text(&self.file)]),
            false => std::fs::set_permissions(&self.file, Permissions::from_mode(0o644))
                .map_err(|error| error.to_string()),
        };
    }
}
