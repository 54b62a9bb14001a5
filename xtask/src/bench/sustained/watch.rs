//! What the kernel says of the server and its files: memory, processor time, sizes.
//! Must not know what is asked of the server.

use crate::up::DATABASE;
use crate::up::database::{log, size};
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};

/// The unit of processor time in `/proc`, per second: the same on all of Linux.
const TICKS_PER_SECOND: f64 = 100.0;
/// Fields of `/proc/PID/stat` between the program's name and its processor time.
const FIELDS_BEFORE_TIME: usize = 11;

/// A moment's sizes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Watched {
    /// The write-ahead log, in bytes.
    pub wal_bytes: u64,
    /// The database's file, in bytes.
    pub database_bytes: u64,
    /// Memory of the server's own, in bytes: what the kernel can't take back.
    pub own_bytes: u64,
    /// Files that are mapped into its memory, in bytes: the database, as far as it was looked at, and
    /// some compiled components.
    pub mapped_bytes: u64,
    /// Processor time of the server since its start, in seconds.
    pub server_cpu_s: f64,
    /// Processor time of this process, the load generator, in seconds.
    pub load_cpu_s: f64,
}

/// Looks at one server.
pub struct Watch {
    process: PathBuf,
    database: PathBuf,
}

impl Watch {
    /// The server that is this process and has its database in this folder.
    pub fn new(process: u32, state: &Path) -> Self {
        Self {
            process: PathBuf::from(format!("/proc/{process}")),
            database: state.join(DATABASE),
        }
    }

    /// How things are now.
    pub fn look(&self) -> Result<Watched> {
        let status = read(&self.process.join("status"))?;
        let memory = |name| kib(&status, name).map(|kib| kib * 1024);
        let own = memory("RssAnon:");
        let mapped = memory("RssFile:").zip(memory("RssShmem:"));
        let (own_bytes, (file, shared)) = own
            .zip(mapped)
            .context("the server's memory can't be read: has it ended?")?;
        Ok(Watched {
            // Without a log there is nothing that waits to be written back.
            wal_bytes: size(&log(&self.database)).unwrap_or(0),
            database_bytes: size(&self.database)
                .with_context(|| format!("there is no `{}`", self.database.display()))?,
            own_bytes,
            mapped_bytes: file + shared,
            server_cpu_s: cpu(&read(&self.process.join("stat"))?).context("no processor time")?,
            load_cpu_s: cpu(&read(Path::new("/proc/self/stat"))?).context("no processor time")?,
        })
    }
}

fn read(file: &Path) -> Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("can't read `{}`", file.display()))
}

fn kib(status: &str, name: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

/// User and system time, in seconds. The program's name is in parentheses and may hold anything.
fn cpu(stat: &str) -> Option<f64> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut times = fields.split_whitespace().skip(FIELDS_BEFORE_TIME);
    let user: f64 = times.next()?.parse().ok()?;
    let system: f64 = times.next()?.parse().ok()?;
    Some((user + system) / TICKS_PER_SECOND)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_kernel_writes_is_read() {
        let stat = "7 (a) b) S 1 7 7 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 1 0 5 1000 20";
        assert_eq!(cpu(stat), Some(3.0));
        assert_eq!(cpu("7 (a) S 1"), None);
        let status = "Name:\ta\nRssAnon:\t     120 kB\nRssFile:\t    1 kB\n";
        assert_eq!(kib(status, "RssAnon:"), Some(120));
        assert_eq!(kib(status, "RssShmem:"), None);
    }

    #[test]
    fn a_process_has_memory_and_time_and_files_have_sizes() {
        let folder = std::env::temp_dir().join(format!("sluicegate-watch-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let watch = Watch::new(std::process::id(), &folder);
        assert!(
            watch
                .look()
                .unwrap_err()
                .to_string()
                .contains("there is no")
        );
        std::fs::write(folder.join(DATABASE), "12345").unwrap();
        let watched = watch.look().unwrap();
        assert_eq!((watched.database_bytes, watched.wal_bytes), (5, 0));
        assert!(watched.own_bytes > 100_000 && watched.mapped_bytes > 0);
        std::fs::write(folder.join("sqlite_db.db-wal"), "123").unwrap();
        assert_eq!(watch.look().unwrap().wal_bytes, 3);
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
