//! What guests see of a database, through connections that they share without knowing.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::connection::Connection;
use super::database::Database;
use super::pool::Settings;

/// A fresh database with a table `t(v)`, and two connections to it.
async fn two_connections(name: &str) -> (PathBuf, Arc<Connection>, Arc<Connection>) {
    let directory = std::env::temp_dir().join(format!("sluicegate-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&directory);
    let database = Arc::new(Database::new(directory.join("test.db")).unwrap());
    let [a, b] = [(); 2].map(|()| Arc::new(Connection::new(database.clone())));
    run(&a, "PRAGMA journal_mode = WAL").await.unwrap();
    run(&a, "CREATE TABLE t (v)").await.unwrap();
    (directory, a, b)
}

/// The first value of the first row, as text for people.
async fn run(connection: &Arc<Connection>, statement: &str) -> Result<String, String> {
    let outcome = connection.execute(statement, Vec::new()).await;
    let result = outcome
        .into_result()
        .map_err(|error| format!("{error:?}"))?;
    let value = result.rows.first().and_then(|row| row.values.first());
    Ok(value.map_or_else(String::new, |value| format!("{value:?}")))
}

#[tokio::test]
async fn writers_stand_in_line_behind_a_transaction() {
    let (directory, a, b) = two_connections("line").await;
    run(&a, "BEGIN").await.unwrap();
    run(&a, "INSERT INTO t VALUES (1)").await.unwrap();
    let waiting = tokio::spawn({
        let b = b.clone();
        async move { run(&b, "INSERT INTO t SELECT max(v) + 1 FROM t RETURNING v").await }
    });
    // Reads go past the line, and see nothing of the open transaction.
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert_eq!(
        run(&b, "SELECT count(*) FROM t").await.unwrap(),
        "Value::Integer(0)"
    );
    run(&a, "INSERT INTO t VALUES (10)").await.unwrap();
    assert!(!waiting.is_finished());
    run(&a, "COMMIT").await.unwrap();
    assert_eq!(waiting.await.unwrap().unwrap(), "Value::Integer(11)");
    std::fs::remove_dir_all(&directory).unwrap();
}

#[tokio::test]
async fn a_dropped_connection_gives_up_its_transaction_and_its_turn() {
    let (directory, a, b) = two_connections("dropped").await;
    run(&a, "BEGIN IMMEDIATE").await.unwrap();
    run(&a, "INSERT INTO t VALUES (1)").await.unwrap();
    drop(a);
    run(&b, "INSERT INTO t VALUES (2)").await.unwrap();
    assert_eq!(
        run(&b, "SELECT group_concat(v) FROM t").await.unwrap(),
        "Value::Text(\"2\")"
    );
    std::fs::remove_dir_all(&directory).unwrap();
}

#[tokio::test]
async fn a_failed_write_does_not_keep_the_turn() {
    let (directory, a, b) = two_connections("failed").await;
    assert!(run(&a, "INSERT INTO t VALUES (1, 2)").await.is_err());
    run(&a, "CREATE UNIQUE INDEX u ON t (v)").await.unwrap();
    run(&a, "INSERT INTO t VALUES (1)").await.unwrap();
    assert!(run(&a, "INSERT INTO t VALUES (1)").await.is_err());
    run(&b, "INSERT INTO t VALUES (2)").await.unwrap();
    assert_eq!((b.changes(), b.last_insert_rowid()), (1, 2));
    std::fs::remove_dir_all(&directory).unwrap();
}

#[tokio::test]
async fn nothing_stays_open_for_reading_alone() {
    let (directory, a, _b) = two_connections("read-only").await;
    run(&a, "INSERT INTO t VALUES (1)").await.unwrap();
    let uri = format!("file:{}?mode=ro", directory.join("test.db").display());
    let database = Arc::new(Database::at(uri.into()));
    let c = Arc::new(Connection::new(database.clone()));
    for _ in 0..2 {
        let count = run(&c, "SELECT count(*) FROM t").await.unwrap();
        assert_eq!(count, "Value::Integer(1)");
        let error = run(&c, "INSERT INTO t VALUES (2)").await.unwrap_err();
        assert!(
            error.contains("attempt to write a readonly database"),
            "{error}"
        );
        assert_eq!(database.pool.idle(), 0);
    }
    std::fs::remove_dir_all(&directory).unwrap();
}

#[tokio::test]
async fn other_files_are_out_of_reach() {
    let (directory, a, _) = two_connections("attach").await;
    let other = directory.join("other.db");
    let error = run(&a, &format!("ATTACH '{}' AS o", other.display()))
        .await
        .unwrap_err();
    assert!(error.contains("not authorized"), "{error}");
    assert!(!other.exists());
    run(&a, "ATTACH ':memory:' AS m").await.unwrap();
    std::fs::remove_dir_all(&directory).unwrap();
}

#[tokio::test]
async fn a_result_has_a_largest_size() {
    let (directory, a, _) = two_connections("size").await;
    let rows = |rows: usize| {
        format!(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows})
             SELECT zeroblob(1 << 20) FROM n"
        )
    };
    run(&a, &rows(127)).await.unwrap();
    let error = run(&a, &rows(128)).await.unwrap_err();
    assert!(
        error.contains("exceeds limit of 134217728 bytes"),
        "{error}"
    );
    std::fs::remove_dir_all(&directory).unwrap();
}

#[tokio::test]
async fn what_is_new_in_the_schema_is_known_at_once() {
    let (directory, a, _) = two_connections("schema").await;
    run(&a, "CREATE VIEW w AS SELECT v FROM t").await.unwrap();
    let database = Database::at(directory.join("test.db"));
    let settings = Settings::default();
    let mut knows_the_view = database.pool.take(&settings, false).unwrap();
    let rows = knows_the_view.run("SELECT * FROM w", &[], 0);
    rows.outcome.end.unwrap();
    let trigger = "CREATE TRIGGER i INSTEAD OF INSERT ON w BEGIN INSERT INTO t VALUES (NEW.v); END";
    run(&a, trigger).await.unwrap();
    let stored = knows_the_view.run("INSERT INTO w VALUES (1)", &[], 0);
    stored.outcome.end.unwrap();
    std::fs::remove_dir_all(&directory).unwrap();
}

/// Each statement by a task of its own, while nobody may write; then the turn is given.
async fn at_once(
    database: &Arc<Database>,
    statements: &'static [&'static str],
) -> Vec<Result<String, String>> {
    let turn = database.turn.clone().lock_owned().await;
    let waiting: Vec<_> = statements
        .iter()
        .copied()
        .map(|statement: &'static str| {
            let connection = Arc::new(Connection::new(database.clone()));
            tokio::spawn(async move { run(&connection, statement).await })
        })
        .collect();
    while database.queue.len() < statements.len() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    drop(turn);
    let mut answers = Vec::new();
    for answer in waiting {
        answers.push(answer.await.unwrap());
    }
    answers
}

#[tokio::test]
async fn what_is_written_together_is_answered_as_if_it_were_alone() {
    let (directory, a, _) = two_connections("together").await;
    run(&a, "CREATE UNIQUE INDEX u ON t (v)").await.unwrap();
    let answers = at_once(
        a.database(),
        &[
            "INSERT INTO t VALUES (1) RETURNING v",
            "INSERT INTO t VALUES (2), (1)",
            "INSERT INTO t SELECT max(v) + 1 FROM t RETURNING v",
            "UPDATE t SET v = v + 10 RETURNING v",
        ],
    )
    .await;
    assert_eq!(answers[0].as_deref(), Ok("Value::Integer(1)"));
    assert!(answers[1].as_ref().unwrap_err().contains("UNIQUE"));
    assert_eq!(answers[2].as_deref(), Ok("Value::Integer(2)"));
    assert_eq!(answers[3].as_deref(), Ok("Value::Integer(11)"));
    let stored = run(&a, "SELECT group_concat(v) FROM t").await;
    assert_eq!(stored.as_deref(), Ok("Value::Text(\"11,12\")"));
    std::fs::remove_dir_all(&directory).unwrap();
}

#[tokio::test]
async fn who_undoes_a_transaction_undoes_nothing_of_others() {
    let (directory, a, _) = two_connections("undone").await;
    let trigger = "CREATE TRIGGER r BEFORE INSERT ON t WHEN NEW.v = 2 BEGIN
        SELECT raise(ROLLBACK, 'no'); END";
    run(&a, trigger).await.unwrap();
    let answers = at_once(
        a.database(),
        &[
            "INSERT INTO t VALUES (1)",
            "INSERT INTO t VALUES (2)",
            "INSERT INTO t VALUES (3)",
        ],
    )
    .await;
    assert!(answers[0].is_ok() && answers[2].is_ok());
    assert_eq!(answers[1], Err("Error::Io(\"no\")".to_owned()));
    let stored = run(&a, "SELECT group_concat(v) FROM t").await;
    assert_eq!(stored.as_deref(), Ok("Value::Text(\"1,3\")"));
    std::fs::remove_dir_all(&directory).unwrap();
}

#[tokio::test]
async fn what_fails_at_the_commit_fails_alone() {
    let (directory, a, _) = two_connections("deferred").await;
    let statements = [
        "CREATE TABLE p (i INTEGER PRIMARY KEY)",
        "CREATE TABLE c (p REFERENCES p (i) DEFERRABLE INITIALLY DEFERRED)",
    ];
    for statement in statements {
        run(&a, statement).await.unwrap();
    }
    let database = a.database();
    let turn = database.turn.clone().lock_owned().await;
    let mut waiting = Vec::new();
    for statement in ["INSERT INTO t VALUES (1)", "INSERT INTO c VALUES (7)"] {
        let connection = Arc::new(Connection::new(database.clone()));
        run(&connection, "PRAGMA foreign_keys = ON").await.unwrap();
        waiting.push(tokio::spawn(
            async move { run(&connection, statement).await },
        ));
    }
    while database.queue.len() < 2 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    drop(turn);
    assert!(waiting.remove(0).await.unwrap().is_ok());
    let error = waiting.remove(0).await.unwrap().unwrap_err();
    assert!(error.contains("FOREIGN KEY"), "{error}");
    let stored = run(&a, "SELECT group_concat(v) FROM t").await;
    assert_eq!(stored.as_deref(), Ok("Value::Text(\"1\")"));
    std::fs::remove_dir_all(&directory).unwrap();
}

#[tokio::test]
async fn who_goes_while_waiting_writes_nothing() {
    let (directory, a, b) = two_connections("gone").await;
    let turn = a.database().turn.clone().lock_owned().await;
    let gone = tokio::spawn(async move { run(&b, "INSERT INTO t VALUES (1)").await });
    while a.database().queue.len() < 1 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    gone.abort();
    assert!(gone.await.unwrap_err().is_cancelled());
    drop(turn);
    run(&a, "INSERT INTO t VALUES (2)").await.unwrap();
    let stored = run(&a, "SELECT group_concat(v) FROM t").await;
    assert_eq!(stored.as_deref(), Ok("Value::Text(\"2\")"));
    std::fs::remove_dir_all(&directory).unwrap();
}

#[tokio::test]
async fn each_guest_has_its_own_settings_and_counts() {
    let (directory, a, b) = two_connections("own").await;
    run(&a, "PRAGMA foreign_keys = OFF").await.unwrap();
    run(&a, "PRAGMA busy_timeout = 7").await.unwrap();
    for (guest, keys, timeout) in [(&a, 0, 7), (&b, 1, 0), (&a, 0, 7)] {
        let found = run(guest, "PRAGMA foreign_keys").await;
        assert_eq!(found, Ok(format!("Value::Integer({keys})")));
        let found = run(guest, "PRAGMA busy_timeout").await;
        assert_eq!(found, Ok(format!("Value::Integer({timeout})")));
    }
    run(&a, "INSERT INTO t VALUES (1), (2)").await.unwrap();
    run(&b, "INSERT INTO t VALUES (3)").await.unwrap();
    assert_eq!((a.changes(), a.last_insert_rowid()), (2, 2));
    assert_eq!((b.changes(), b.last_insert_rowid()), (1, 3));
    let last = "SELECT last_insert_rowid()";
    assert_eq!(run(&a, last).await.as_deref(), Ok("Value::Integer(2)"));
    assert_eq!(run(&b, last).await.as_deref(), Ok("Value::Integer(3)"));
    run(&a, "UPDATE t SET v = 0 WHERE v = 9").await.unwrap();
    assert_eq!((a.changes(), a.last_insert_rowid()), (0, 2));
    // What SQL can't know here it does not make up.
    let error = run(&a, "SELECT changes()").await.unwrap_err();
    assert!(error.contains("begin a transaction first"), "{error}");
    for statement in ["BEGIN", "INSERT INTO t VALUES (4), (5), (6)"] {
        run(&a, statement).await.unwrap();
    }
    let changes = run(&a, "SELECT changes()").await;
    assert_eq!(changes.as_deref(), Ok("Value::Integer(3)"));
    run(&a, "COMMIT").await.unwrap();
    // What nobody else sees stays where it was made.
    run(&b, "CREATE TEMP TABLE own (v)").await.unwrap();
    run(&b, "INSERT INTO own VALUES (8)").await.unwrap();
    let own = run(&b, "SELECT v FROM own").await;
    assert_eq!(own.as_deref(), Ok("Value::Integer(8)"));
    assert!(run(&a, "SELECT v FROM own").await.is_err());
    std::fs::remove_dir_all(&directory).unwrap();
}

#[tokio::test]
async fn another_file_in_the_same_place_is_found() {
    let (directory, a, _) = two_connections("moved").await;
    run(&a, "INSERT INTO t VALUES (1)").await.unwrap();
    run(&a, "PRAGMA wal_checkpoint(TRUNCATE)").await.unwrap();
    std::fs::copy(directory.join("test.db"), directory.join("copy.db")).unwrap();
    run(&a, "INSERT INTO t VALUES (2)").await.unwrap();
    let database = a.database().clone();
    drop(a);
    for name in ["test.db-wal", "test.db-shm"] {
        let _ = std::fs::remove_file(directory.join(name));
    }
    std::fs::rename(directory.join("copy.db"), directory.join("test.db")).unwrap();
    let b = Arc::new(Connection::new(database));
    let stored = run(&b, "SELECT group_concat(v) FROM t").await;
    assert_eq!(stored.as_deref(), Ok("Value::Text(\"1\")"));
    std::fs::remove_dir_all(&directory).unwrap();
}
