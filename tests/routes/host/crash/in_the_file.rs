//! The check of the database file, as it lies there when no host runs: every table agrees with the
//! results, and the results, waivers and steps with what was sent and acknowledged.

use super::sent::{Kind, Sent};
use rusqlite::Connection;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use tempfile::TempDir;

/// What was sent, by name.
pub type Ledger = BTreeMap<String, Sent>;

/// The database of a state folder.
pub const FILE: &str = "sqlite_db.db";

/// Values and groups as the results say them, for comparison with the tables beside them.
const DATA: &str = "SELECT k.key, v.value, r.submit_time_us, r.id \
    FROM results AS r, json_each(r.data) AS k, json_each(k.value) AS v";
const GROUPS: &str =
    "SELECT g.value, r.submit_time_us, r.id FROM results AS r, json_each(r.groups) AS g";

/// Pairs of queries that have the same rows.
const AGREE: &[(&str, &str, &str)] = &[
    (
        "result_data",
        DATA,
        "SELECT key, value, submit_time_us, result_id FROM result_data",
    ),
    (
        "result_groups",
        GROUPS,
        "SELECT group_uuid, submit_time_us, result_id FROM result_groups",
    ),
    (
        "test_cases",
        "SELECT test_case FROM results",
        "SELECT name FROM test_cases",
    ),
    (
        "groups",
        "SELECT g.value FROM results AS r, json_each(r.groups) AS g",
        "SELECT uuid FROM groups",
    ),
    (
        "group_sizes",
        "SELECT group_uuid, count(*) FROM result_groups GROUP BY group_uuid",
        "SELECT group_uuid, results FROM group_sizes",
    ),
    (
        "result_shapes",
        "SELECT id FROM results WHERE id <= (SELECT upto FROM summaries)",
        "SELECT result_id FROM result_shapes",
    ),
];

/// Queries that have no rows.
const NOTHING: &[(&str, &str)] = &[
    (
        "ids have no gaps",
        "SELECT count(*), max(id) FROM results HAVING count(*) <> coalesce(max(id), 0)",
    ),
    (
        "summaries are as far as they are to be",
        // Reports are summarised when they have been answered, and are small here.
        "SELECT upto, m FROM summaries, (SELECT coalesce(max(id), 0) AS m FROM results) \
         WHERE upto > m OR upto < m - 2048 OR is_paused <> 0",
    ),
    (
        "no summary is half done",
        "SELECT id FROM results_to_summarise",
    ),
    ("no summary is half done", "SELECT id FROM ids_to_summarise"),
    ("no summary is half done", "SELECT key FROM summary_values"),
    (
        "a submission has its results",
        "SELECT s.key FROM submissions AS s WHERE s.result_count <> (SELECT count(*) FROM results AS r \
         WHERE r.id >= s.first_result_id AND r.id < s.first_result_id + s.result_count)",
    ),
    (
        "a step has its waiver",
        "SELECT id FROM waiver_steps WHERE waiver_id NOT IN (SELECT id FROM waivers)",
    ),
];

/// Statements that fail if an index of texts contradicts itself.
const INDEXES: [&str; 2] = [
    "INSERT INTO value_trigrams (value_trigrams) VALUES ('integrity-check')",
    "INSERT INTO group_trigrams (group_trigrams) VALUES ('integrity-check')",
];

/// Checks a copy of the file and its log, so that the next host finds them as the killed one left
/// them. What is there without having been acknowledged is from now on, what is not there will never be.
pub fn check(state: &Path, ledger: &mut Ledger) {
    let folder = TempDir::new().unwrap();
    for name in [FILE.to_owned(), format!("{FILE}-wal")] {
        if state.join(&name).exists() {
            std::fs::copy(state.join(&name), folder.path().join(&name)).unwrap();
        }
    }
    let database = Connection::open(folder.path().join(FILE)).unwrap();
    let integrity: String = database
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(integrity, "ok");
    if !is_set_up(&database) {
        assert!(ledger.values().all(|sent| sent.ids.is_none()));
        ledger.retain(|_, sent| sent.is_keyed);
        return;
    }
    check_tables(&database);
    check_results(&database, ledger);
    check_waivers(&database, ledger);
    check_steps(&database, ledger);
    // Who has a key asks again.
    ledger.retain(|_, sent| sent.is_keyed || sent.ids.is_some());
}

/// Whether the schema is whole. While it is made, nothing can be written.
fn is_set_up(database: &Connection) -> bool {
    let version = "SELECT max(version) FROM schema_versions";
    let version: rusqlite::Result<Option<usize>> =
        database.query_row(version, [], |row| row.get(0));
    matches!(version, Ok(Some(version)) if version >= 8)
}

fn check_tables(database: &Connection) {
    let rows = |query: &str| {
        let mut statement = database.prepare(query).unwrap();
        let columns = statement.column_count();
        let rows = statement.query_map([], |row| {
            let values = (0..columns).map(|n| row.get::<_, rusqlite::types::Value>(n));
            values.collect::<rusqlite::Result<Vec<_>>>()
        });
        rows.unwrap()
            .map(|row| format!("{:?}", row.unwrap()))
            .collect::<Vec<_>>()
    };
    for (table, results, stored) in AGREE {
        for (one, other) in [(results, stored), (stored, results)] {
            let extra = rows(&format!("{one} EXCEPT {other} LIMIT 5"));
            assert!(
                extra.is_empty(),
                "{table}: {extra:?} of `{one}` are not in `{other}`"
            );
        }
    }
    for (rule, query) in NOTHING {
        let broken = rows(query);
        assert!(broken.is_empty(), "{rule}: {broken:?}");
    }
    for index in INDEXES {
        database.execute(index, []).unwrap();
    }
}

type Row = (
    u64,
    (String, String, Option<String>, Value, BTreeSet<String>),
);

fn check_results(database: &Connection, ledger: &mut Ledger) {
    let mut stored: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    let mut statement = database
        .prepare("SELECT id, outcome, test_case, note, data, groups FROM results ORDER BY id")
        .unwrap();
    let mut rows = statement.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let json = |column: usize| -> Value {
            serde_json::from_str(&row.get::<_, String>(column).unwrap()).unwrap()
        };
        let data = json(4);
        let item = data["item"][0].as_str().unwrap().to_owned();
        let groups = serde_json::from_value(json(5)).unwrap();
        let content = (
            row.get(1).unwrap(),
            row.get(2).unwrap(),
            row.get(3).unwrap(),
            data,
            groups,
        );
        stored
            .entry(item)
            .or_default()
            .push((row.get(0).unwrap(), content));
    }
    let mut keyed = keys(database);
    for sent in ledger.values_mut().filter(|sent| sent.results() > 0) {
        let found = stored.remove(&sent.name).unwrap_or_default();
        let ids: Vec<u64> = found.iter().map(|(id, _)| *id).collect();
        if let Some(acknowledged) = &sent.ids {
            assert_eq!(&ids, acknowledged, "{sent:?}");
        }
        assert!(
            ids.is_empty() || ids.len() as u64 == sent.results(),
            "half of {sent:?}: {ids:?}"
        );
        let key = keyed.remove(&sent.name);
        let expected = (sent.is_keyed && !ids.is_empty()).then(|| (ids[0], ids.len() as u64));
        assert_eq!(key, expected, "{sent:?}");
        for (n, (_, content)) in found.iter().enumerate() {
            match sent.kind {
                Kind::Report => check_case(sent, n, &found),
                _ => assert_eq!(content, &sent.stored_result(n as u64), "{sent:?}"),
            }
        }
        if !ids.is_empty() {
            sent.ids = Some(ids);
        }
    }
    assert!(stored.is_empty(), "nobody sent {stored:?}");
    assert!(keyed.is_empty(), "nobody sent the keys {keyed:?}");
}

/// A report is cases, then the whole, in one group.
fn check_case(sent: &Sent, n: usize, found: &[Row]) {
    let (id, (outcome, test_case, _, _, groups)) = &found[n];
    let is_whole = n + 1 == found.len();
    assert_eq!(
        test_case == "crash.report",
        is_whole,
        "{sent:?} {id} {test_case}"
    );
    let expected = ["FAILED", "PASSED"][usize::from(!is_whole && n % 2 == 1)];
    assert_eq!(outcome, expected, "{sent:?} {id}");
    assert_eq!((groups.len(), groups), (1, &found[0].1.4), "{sent:?} {id}");
}

/// The first id and how many, by key.
fn keys(database: &Connection) -> BTreeMap<String, (u64, u64)> {
    let query = "SELECT key, first_result_id, result_count FROM submissions";
    let mut statement = database.prepare(query).unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))));
    rows.unwrap().map(Result::unwrap).collect()
}

fn check_waivers(database: &Connection, ledger: &mut Ledger) {
    let mut stored = lists(
        database,
        "SELECT subject_identifier, id FROM waivers ORDER BY id",
    );
    for sent in ledger.values_mut().filter(|sent| sent.waivers() > 0) {
        let ids = stored.remove(&sent.name).unwrap_or_default();
        if let Some(acknowledged) = &sent.ids {
            assert_eq!(&ids, acknowledged, "{sent:?}");
        }
        assert!(
            ids.is_empty() || ids.len() as u64 == sent.waivers(),
            "half of {sent:?}: {ids:?}"
        );
        if !ids.is_empty() {
            sent.ids = Some(ids);
        }
    }
    assert!(stored.is_empty(), "nobody sent {stored:?}");
}

fn check_steps(database: &Connection, ledger: &mut Ledger) {
    let query = "SELECT comment || ' ' || action, waiver_id FROM waiver_steps ORDER BY id";
    let mut stored = lists(database, query);
    let actions = [
        (Kind::Approval, "approved"),
        (Kind::Withdrawal, "withdrawn"),
    ];
    for sent in ledger.values_mut() {
        let Some((_, action)) = actions.iter().find(|(kind, _)| *kind == sent.kind) else {
            continue;
        };
        let found = stored.remove(&format!("{} {action}", sent.name));
        let is_there = found == Some(vec![sent.waiver]);
        assert!(
            is_there || (sent.ids.is_none() && found.is_none()),
            "{sent:?}: {found:?}"
        );
        if is_there {
            sent.ids = Some(vec![sent.waiver]);
        }
    }
    assert!(stored.is_empty(), "nobody sent {stored:?}");
}

/// The numbers of each text.
fn lists(database: &Connection, query: &str) -> BTreeMap<String, Vec<u64>> {
    let mut lists: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    let mut statement = database.prepare(query).unwrap();
    let mut rows = statement.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        lists
            .entry(row.get(0).unwrap())
            .or_default()
            .push(row.get(1).unwrap());
    }
    lists
}
