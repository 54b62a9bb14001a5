//! How large the database is, said before the server starts. Must not know what is in it.

use super::DATABASE;
use std::path::{Path, PathBuf};

/// Units of sizes, each 1024 times the one before.
const UNITS: [&str; 5] = ["bytes", "KiB", "MiB", "GiB", "TiB"];

/// One line about the database in a state directory.
pub fn line(state: &Path) -> String {
    let file = state.join(DATABASE);
    let shown = file.display();
    // What can't be read now is the server's to complain about.
    let Some(bytes) = size(&file) else {
        return format!("database: {shown} (new)\n");
    };
    // A server that was stopped leaves no log; one that was killed, or still runs, does.
    match size(&log(&file)).filter(|&log| log > 0) {
        None => format!("database: {shown} ({})\n", human(bytes)),
        Some(log) => format!(
            "database: {shown} ({}, and {} in its write-ahead log)\n",
            human(bytes),
            human(log)
        ),
    }
}

/// The write-ahead log of a database.
pub fn log(database: &Path) -> PathBuf {
    database.with_extension("db-wal")
}

/// How large a file is, in bytes, if it is there.
pub fn size(file: &Path) -> Option<u64> {
    Some(std::fs::metadata(file).ok()?.len())
}

/// A size as people read it.
#[allow(clippy::cast_precision_loss, reason = "shown with one decimal")]
fn human(bytes: u64) -> String {
    let mut size = bytes as f64;
    let mut units = UNITS.iter();
    let mut unit = units.next();
    // What would be shown as 1024.0 is one of the next unit.
    while size >= 1023.95 {
        let Some(next) = units.next() else { break };
        size /= 1024.0;
        unit = Some(next);
    }
    let unit = unit.unwrap_or(&"");
    match bytes < 1024 {
        true => format!("{bytes} {unit}"),
        false => format!("{size:.1} {unit}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_for_people() {
        for (bytes, expected) in [
            (0, "0 bytes"),
            (1023, "1023 bytes"),
            (1024, "1.0 KiB"),
            (4_194_304, "4.0 MiB"),
            (1_073_741_823, "1.0 GiB"),
            (1_288_490_189, "1.2 GiB"),
            (5 << 50, "5120.0 TiB"),
        ] {
            assert_eq!(human(bytes), expected);
        }
    }

    #[test]
    fn a_database_is_new_or_has_a_size() {
        let state = std::env::temp_dir().join(format!("sluicegate-size-{}", std::process::id()));
        let file = state.join(DATABASE);
        let line = || super::line(&state);
        let expected = |what: &str| format!("database: {} ({what})\n", file.display());
        assert_eq!(line(), expected("new"));
        std::fs::create_dir_all(&state).unwrap();
        std::fs::write(&file, [0; 2048]).unwrap();
        assert_eq!(line(), expected("2.0 KiB"));
        let log = state.join("sqlite_db.db-wal");
        std::fs::write(&log, "").unwrap();
        assert_eq!(line(), expected("2.0 KiB"));
        std::fs::write(&log, [0; 1536]).unwrap();
        assert_eq!(
            line(),
            expected("2.0 KiB, and 1.5 KiB in its write-ahead log")
        );
        std::fs::remove_dir_all(&state).unwrap();
    }
}
