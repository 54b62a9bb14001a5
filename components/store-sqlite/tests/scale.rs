//! What queries cost at two sizes of the store, natively: `cargo test --release -p store-sqlite
//! --test scale -- --ignored --nocapture`. The stores are kept in `SCALE_DIR` between runs.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a measurement may fail loudly"
)]

#[allow(dead_code, unreachable_pub, reason = "the benchmark's data")]
#[path = "../../../xtask/src/bench/data.rs"]
mod data;
mod embedded;
#[path = "../../../xtask/src/bench/scale_data.rs"]
mod scale_data;

use data::Corpus;
use embedded::Embedded;
use endpoint::records::{Detail, NewResult};
use endpoint::results::catalogue as wire;
use endpoint::results::filter::ResultQuery;
use endpoint::results::list::part;
use endpoint::results::submission;
use http_edge::query::Query;
use std::path::Path;
use std::time::Instant;
use store_sqlite::database::Database;
use store_sqlite::{catalogue, distinct, latest, results};

const SHAPES: &str = include_str!("../../../xtask/src/bench/shapes.txt");
/// The most entries of a page.
const MAX_PAGE_SIZE: u32 = 1_000;
/// Results per statement while a store is filled.
const LIST: u64 = 500;

fn outcomes() -> Vec<String> {
    ["PASSED", "INFO", "FAILED", "NEEDS_INSPECTION", "RUNNING"]
        .map(str::to_owned)
        .to_vec()
}

fn new_result(corpus: &Corpus, index: u64) -> NewResult {
    let outcomes = outcomes();
    let context = submission::Context {
        outcomes: &outcomes,
        now_us: 0,
        new_uuid: String::new,
    };
    submission::parse(&scale_data::result(corpus, index), &context)
        .unwrap_or_else(|_| panic!("result {index} is refused"))
}

/// The store with so many results, filled if it isn't yet.
fn store(size: u64) -> Embedded {
    let folder = std::env::var("SCALE_DIR").unwrap_or_else(|_| "/tmp".into());
    let path = Path::new(&folder).join(format!("scale-{size}.db"));
    let is_new = !path.exists();
    let database = Embedded::open(&path);
    let run = |statement: &str| database.run(statement, &[]).map(drop).unwrap();
    run("PRAGMA mmap_size = 4294967296");
    let start = Instant::now();
    store_sqlite::schema::migrate(&database).unwrap();
    println!("migrate {size}: {:?}", start.elapsed());
    if is_new {
        run("PRAGMA synchronous = OFF");
        let corpus = Corpus::new(size, Vec::new());
        let start = Instant::now();
        for first in (0..size).step_by(usize::try_from(LIST).unwrap()) {
            let list = (first..size.min(first + LIST)).map(|index| new_result(&corpus, index));
            results::submit(&database, list.collect()).unwrap();
        }
        run("PRAGMA wal_checkpoint(TRUNCATE)");
        println!(
            "filled {size}: {:?}, {} VM steps per result",
            start.elapsed(),
            database.steps() / size
        );
    }
    database
}

/// Answers a path by the store's functions: how many records there are, and how many bytes.
fn ask(database: &Embedded, path: &str) -> usize {
    let path = path.strip_prefix("/api/v2.0/").unwrap();
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let query = Query::parse(query);
    let results = |group: Option<&str>, test_case: Option<&str>| {
        let mut parsed = ResultQuery::parse(&query, &outcomes(), MAX_PAGE_SIZE)
            .unwrap_or_else(|_| panic!("{path}"));
        if let Some(uuid) = group {
            catalogue::get_group(database, uuid).unwrap();
            parsed.filter.groups = vec![uuid.into()];
        }
        if let Some(name) = test_case {
            catalogue::get_test_case(database, name).unwrap();
            parsed.filter.test_cases = vec![name.into()];
        }
        results::find(database, &parsed.filter, parsed.order, part(parsed.paging))
            .unwrap()
            .len()
    };
    match path.split('/').collect::<Vec<_>>().as_slice() {
        ["results"] => results(None, None),
        ["results", "latest"] => {
            let parsed = ResultQuery::parse(&query, &outcomes(), MAX_PAGE_SIZE)
                .unwrap_or_else(|_| panic!("{path}"));
            match parsed.distinct_on.is_empty() {
                true => latest::latest(database, &parsed.filter).unwrap().len(),
                false => distinct::latest_distinct(
                    database,
                    &[parsed.filter],
                    &parsed.distinct_on,
                    Detail::Whole,
                )
                .unwrap()[0]
                    .len(),
            }
        }
        ["groups"] => {
            let (filter, paging) =
                wire::group_query(&query, MAX_PAGE_SIZE).unwrap_or_else(|_| panic!("{path}"));
            catalogue::find_groups(database, &filter, part(paging))
                .unwrap()
                .len()
        }
        ["groups", uuid] => usize::from(catalogue::get_group(database, uuid).unwrap().is_some()),
        ["groups", uuid, "results"] => results(Some(uuid), None),
        ["testcases"] => {
            let (names, like, paging) =
                wire::test_case_query(&query, MAX_PAGE_SIZE).unwrap_or_else(|_| panic!("{path}"));
            catalogue::find_test_cases(database, &names, &like, part(paging))
                .unwrap()
                .len()
        }
        ["testcases", name] => {
            usize::from(catalogue::get_test_case(database, name).unwrap().is_some())
        }
        ["testcases", name, "results"] => results(None, Some(name)),
        other => panic!("{other:?}"),
    }
}

#[derive(Default, Clone)]
struct Cost {
    rows: usize,
    steps: u64,
    us: Vec<f64>,
}

impl Cost {
    fn median(&mut self) -> f64 {
        self.us.sort_by(f64::total_cmp);
        self.us[self.us.len() / 2]
    }
}

#[test]
#[ignore = "a measurement, not a test"]
fn shapes_at_two_sizes() {
    let sizes = std::env::var("SCALE_SIZES").unwrap_or_else(|_| "10000,1000000".into());
    let stores: Vec<Embedded> = sizes
        .split(',')
        .map(|size| store(size.parse().unwrap()))
        .collect();
    let only = std::env::var("SCALE_ONLY").unwrap_or_default();
    println!(
        "{:<32} {:>5} {:>5} {:>10} {:>10} {:>7} {:>9} {:>9} {:>7}",
        "shape", "rows", "rows", "steps", "steps", "ratio", "us", "us", "ratio"
    );
    for line in SHAPES
        .lines()
        .filter(|line| !line.starts_with('#') && line.contains(&only))
    {
        let (name, path) = line.split_once('\t').unwrap();
        let mut costs = vec![Cost::default(); stores.len()];
        let begin = Instant::now();
        for round in 0..9 {
            if round > 2 && begin.elapsed().as_secs() > 1 {
                break;
            }
            for (database, cost) in stores.iter().zip(&mut costs) {
                database.steps();
                let start = Instant::now();
                cost.rows = ask(database, path);
                cost.us.push(start.elapsed().as_secs_f64() * 1e6);
                cost.steps = database.steps();
            }
        }
        let (small, large) = (&mut costs[0].clone(), &mut costs[stores.len() - 1]);
        #[allow(clippy::cast_precision_loss)]
        let steps = large.steps as f64 / small.steps.max(1) as f64;
        let (a, b) = (small.median(), large.median());
        println!(
            "{name:<32} {:>5} {:>5} {:>10} {:>10} {steps:>7.1} {a:>9.0} {b:>9.0} {:>7.1}{}",
            small.rows,
            large.rows,
            small.steps,
            large.steps,
            b / a,
            if b / a > 3.0 { " !" } else { "" }
        );
    }
}

/// What one submission costs with summaries, and without them as in version 1 of the schema.
#[test]
#[ignore = "a measurement, not a test"]
fn submissions_with_and_without_summaries() {
    const SUBMISSIONS: u64 = 2_560;
    let size: u64 = std::env::var("SCALE_SIZES")
        .unwrap_or_else(|_| "10000".into())
        .parse()
        .unwrap();
    drop(store(size));
    let folder = std::env::var("SCALE_DIR").unwrap_or_else(|_| "/tmp".into());
    let from = Path::new(&folder).join(format!("scale-{size}.db"));
    let stores = ["with", "without"].map(|name| {
        let path = Path::new(&folder).join(format!("submissions-{name}.db"));
        std::fs::copy(&from, &path).unwrap();
        let database = Embedded::open(&path);
        let run = |statement: &str| database.run(statement, &[]).map(drop).unwrap();
        run("PRAGMA mmap_size = 4294967296");
        run("PRAGMA journal_mode = WAL");
        run("PRAGMA wal_autocheckpoint = 0");
        run("PRAGMA synchronous = FULL");
        if name == "without" {
            for trigger in [
                "results_summarise",
                "result_groups_count",
                "groups_wait_for_index",
                "groups_wait_for_new_index",
            ] {
                run(&format!("DROP TRIGGER {trigger}"));
            }
        }
        (name, path, database)
    });
    let corpus = Corpus::new(size, Vec::new());
    let mut us = [Vec::new(), Vec::new()];
    let mut steps = [0, 0];
    for (_, _, database) in &stores {
        database.steps();
    }
    for index in 0..SUBMISSIONS {
        // Any results of the corpus, but in groups of their own.
        let mut result = new_result(&corpus, size / 4 + index * 17 % size);
        for group in &mut result.groups {
            if group.uuid != "nightly" {
                group.uuid = format!("new-{}", index / 5);
            }
        }
        for ((_, _, database), (us, steps)) in stores.iter().zip(us.iter_mut().zip(&mut steps)) {
            let start = Instant::now();
            results::submit(database, vec![result.clone()]).unwrap();
            us.push(start.elapsed().as_secs_f64() * 1e6);
            *steps += database.steps();
        }
    }
    for (place, (name, path, _)) in stores.iter().enumerate() {
        let wal = std::fs::metadata(path.with_extension("db-wal"))
            .unwrap()
            .len();
        let us = &mut us[place];
        #[allow(clippy::cast_precision_loss)]
        let mean = us.iter().sum::<f64>() / us.len() as f64;
        us.sort_by(f64::total_cmp);
        println!(
            "{name:>8}: {mean:.0} us mean, {:.0} us median, {:.0} us at most, {} steps, {} WAL bytes per submission",
            us[us.len() / 2],
            us[us.len() - 1],
            steps[place] / SUBMISSIONS,
            wal / SUBMISSIONS
        );
        for extension in ["db", "db-wal", "db-shm"] {
            std::fs::remove_file(path.with_extension(extension)).unwrap();
        }
    }
}
