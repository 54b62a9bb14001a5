//! Which condition a search starts from.
//!
//! A search walks an index (the driver) and checks the other conditions row by row. It should start
//! from the condition that the fewest results meet, which SQLite's planner can't know: it would have
//! to compare `item = x` with `type = y` in the same index. So candidates are counted, up to a small
//! bound that rises only when every one of them is above it. When all are frequent, shapes tell
//! whether they often meet: if not, the search starts from the shapes, and if they do, any driver
//! soon finds a page.

use crate::bounds::Bounds;
use crate::condition;
use crate::database::{Database, Failure};
use crate::row::Columns;
use crate::shapes::Known;
use crate::statement::Parameters;
use endpoint::records::{DataFilter, ResultFilter};

/// What a search starts from.
#[derive(Clone, Debug, PartialEq)]
pub enum Driver {
    /// A key of the extra data with one of these values.
    Data(DataFilter),
    /// Membership in a group.
    Groups(Vec<String>),
    /// The test case.
    TestCases(Vec<String>),
    /// The outcome.
    Outcomes(Vec<String>),
    /// These shapes, and the results after the last summarised one.
    Shapes {
        /// The shapes' ids.
        ids: Vec<i64>,
        /// The last summarised result.
        upto: i64,
    },
    /// None: all results, by time.
    Time,
}

/// How a search is done.
#[derive(Debug)]
pub struct Plan {
    /// What it starts from.
    pub driver: Driver,
    /// The conditions that the driver does not make sure of; its times hold for the driver, too.
    pub rest: ResultFilter,
    /// Whether the driver has few results.
    pub is_small: bool,
    /// How many lists of one driver are merged.
    pub merged: usize,
}

impl Driver {
    /// The driver's index as `FROM`, and its condition.
    fn counted(&self, parameters: &mut Parameters) -> (&'static str, &'static str, String) {
        let beside = "h.submit_time_us";
        let within = "r.submit_time_us";
        match self {
            Driver::Data(data) => {
                let key = parameters.bind(data.key.as_str());
                let any = parameters.any_of("h.value", &data.values);
                (
                    "result_data AS h",
                    beside,
                    format!("h.key = {key} AND {any}"),
                )
            }
            Driver::Groups(uuids) => {
                let any = parameters.any_of("h.group_uuid", uuids);
                ("result_groups AS h", beside, any)
            }
            Driver::TestCases(names) => {
                let any = parameters.any_of("r.test_case", names);
                ("results AS r INDEXED BY results_by_test_case", within, any)
            }
            Driver::Outcomes(outcomes) => {
                let any = parameters.any_of("r.outcome", outcomes);
                ("results AS r INDEXED BY results_by_outcome", within, any)
            }
            Driver::Shapes { .. } | Driver::Time => (
                "results AS r INDEXED BY results_by_time",
                within,
                "true".to_owned(),
            ),
        }
    }

    /// Counts the driver's rows in the filter's span of time, at most `bound`.
    fn count(
        &self,
        database: &impl Database,
        filter: &ResultFilter,
        bound: i64,
    ) -> Result<i64, Failure> {
        let mut parameters = Parameters::default();
        let (from, time, own) = self.counted(&mut parameters);
        let mut conditions = vec![own];
        conditions.extend(condition::times(filter, time, &mut parameters));
        let limit = parameters.bind(bound);
        let statement = format!(
            "SELECT count(*) FROM (SELECT 1 FROM {from} WHERE {} LIMIT {limit})",
            conditions.join(" AND ")
        );
        let rows = database.run(&statement, parameters.values())?;
        rows.into_iter()
            .next()
            .map_or(Ok(0), |row| Columns::of(row).integer())
    }

    /// Whether its lists of results can be merged, however long they are.
    fn is_merged(&self, most: usize) -> bool {
        match self {
            Driver::Data(data) => data.values.len() <= most,
            Driver::Groups(list) | Driver::TestCases(list) | Driver::Outcomes(list) => {
                list.len() <= most
            }
            Driver::Shapes { .. } | Driver::Time => true,
        }
    }

    /// The plan that starts from this.
    fn plan(self, filter: &ResultFilter, is_small: bool, bounds: Bounds) -> Plan {
        let mut rest = filter.clone();
        match &self {
            Driver::Data(own) => rest.data.retain(|data| data != own),
            Driver::Groups(_) => rest.groups.clear(),
            Driver::TestCases(_) => rest.test_cases.clear(),
            Driver::Outcomes(_) => rest.outcomes.clear(),
            Driver::Shapes { .. } | Driver::Time => {}
        }
        Plan {
            driver: self,
            rest,
            is_small,
            merged: bounds.merged,
        }
    }
}

/// The conditions that have an index, those that are usually met by few results first.
fn candidates(filter: &ResultFilter) -> Vec<Driver> {
    let is_item = |data: &&DataFilter| data.key == "item";
    let equal = || filter.data.iter().filter(|data| !data.wildcard).cloned();
    let mut candidates: Vec<Driver> = equal()
        .filter(|data| is_item(&data))
        .map(Driver::Data)
        .collect();
    candidates.extend(equal().filter(|data| !is_item(&data)).map(Driver::Data));
    if !filter.groups.is_empty() {
        candidates.push(Driver::Groups(filter.groups.clone()));
    }
    if !filter.test_cases.is_empty() && filter.test_cases_like.is_empty() {
        candidates.push(Driver::TestCases(filter.test_cases.clone()));
    }
    if !filter.outcomes.is_empty() {
        candidates.push(Driver::Outcomes(filter.outcomes.clone()));
    }
    // All others find a span of time in their own index, if they need not look at what is in it.
    let is_alone = candidates.is_empty();
    let has_span = filter.since_us.is_some() || filter.until_us.is_some();
    if has_span
        && (is_alone
            || filter.data.iter().any(|data| data.wildcard)
            || !filter.test_cases_like.is_empty())
    {
        candidates.push(Driver::Time);
    }
    candidates
}

/// The plan for a filter whose patterns are resolved. `must_count` asks for a plan that knows
/// whether it is small.
///
/// # Errors
/// When the database fails.
pub fn plan(
    database: &impl Database,
    filter: &ResultFilter,
    must_count: bool,
) -> Result<Plan, Failure> {
    let bounds = database.bounds();
    let candidates = candidates(filter);
    if let (false, [only]) = (must_count, candidates.as_slice())
        && only.is_merged(bounds.merged)
    {
        return Ok(only.clone().plan(filter, false, bounds));
    }
    for bound in bounds.rare {
        if let Some(driver) = below(database, filter, &candidates, bound)? {
            return Ok(driver.plan(filter, true, bounds));
        }
    }
    if candidates.len() > 1
        && let Some(plan) = by_shapes(database, filter)?
    {
        return Ok(plan);
    }
    if let Some(driver) = below(database, filter, &candidates, bounds.few)? {
        return Ok(driver.plan(filter, true, bounds));
    }
    let mut merged = candidates
        .into_iter()
        .filter(|driver| driver.is_merged(bounds.merged));
    let driver = merged.next().unwrap_or(Driver::Time);
    Ok(driver.plan(filter, false, bounds))
}

/// The first candidate with fewer rows than `bound`.
fn below(
    database: &impl Database,
    filter: &ResultFilter,
    candidates: &[Driver],
    bound: i64,
) -> Result<Option<Driver>, Failure> {
    for driver in candidates {
        if driver.count(database, filter, bound)? < bound {
            return Ok(Some(driver.clone()));
        }
    }
    Ok(None)
}

/// The plan that starts from shapes, if two conditions or more are frequent and hardly meet.
fn by_shapes(database: &impl Database, filter: &ResultFilter) -> Result<Option<Plan>, Failure> {
    let bounds = database.bounds();
    let known = Known::of(database, filter)?;
    if known.count() < 2 {
        return Ok(None);
    }
    let most = match known.is_all() {
        true => bounds.page_shapes,
        // Their lists have to be merged then: how much of each is needed is not known before.
        false => bounds.merged,
    };
    let ids = known.shapes(database, most)?;
    Ok(ids.map(|ids| Plan {
        driver: Driver::Shapes {
            ids,
            upto: known.upto,
        },
        rest: known.rest,
        is_small: false,
        merged: bounds.merged,
    }))
}
