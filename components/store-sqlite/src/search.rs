//! A plan as a statement that gives the times and ids of the results it finds, in order.
//!
//! Each list of an index that a search starts from is in order already, so SQLite merges them and
//! reads no further than the page. Only times and ids are handled on the way there; the rows
//! themselves are read by whoever joins them.

use crate::condition::{self, Columns, OF_INDEX, OF_RESULTS, and};
use crate::filter::{Driver, Plan};
use crate::statement::{Parameters, unique};
use endpoint::records::{Order, ResultFilter, TestResult};
use serde_json::Value as Json;

/// Which part of what is found.
#[derive(Clone, Copy)]
pub struct Part {
    /// In what order.
    pub order: Order,
    /// How many to pass over.
    pub offset: i64,
    /// How many at the most.
    pub limit: i64,
}

/// Offsets up to this many are taken from each of many lists before they are sorted.
const MAX_CUT: i64 = 1_000;

/// The statement for a plan of `filter`, with columns `t` (time) and `i` (id); all that is found,
/// in no order, without a part.
#[must_use]
pub fn keys(
    plan: &Plan,
    filter: &ResultFilter,
    part: Option<Part>,
    parameters: &mut Parameters,
) -> String {
    let lists = Lists::of(plan, part, parameters);
    let rest = and(condition::all(&plan.rest, lists.columns, parameters));
    let mut terms: Vec<String> = lists
        .conditions
        .iter()
        .map(|condition| format!("{} WHERE {condition}{rest}", lists.select))
        .collect();
    if let Driver::Shapes { ids, upto } = &plan.driver {
        if ids.len() > plan.merged {
            terms.push(of_many_shapes(ids, plan, part, parameters));
        }
        terms.push(unsummarised(*upto, filter, parameters));
    }
    let mut statement = terms.join(" UNION ");
    if let Some(part) = part {
        let limit = parameters.bind(part.limit);
        let offset = parameters.bind(part.offset);
        let order = match order(plan, part.order) {
            Order::NewestFirst => "t DESC, i DESC",
            Order::OldestFirst => "t, i",
            Order::ById => "i",
        };
        statement.push_str(&format!(" ORDER BY {order} LIMIT {limit} OFFSET {offset}"));
    }
    statement
}

/// The order in which a plan answers. To sort by id everything has to be found before, so what is
/// much and not asked for in any order comes by time.
#[must_use]
pub fn order(plan: &Plan, order: Order) -> Order {
    match order {
        Order::ById if !plan.is_small && !is_everything(plan) => Order::OldestFirst,
        order => order,
    }
}

/// Sorts what was read by keys.
pub fn sort(results: &mut [TestResult], order: Order) {
    // One comparison for all orders: each that is compiled apart takes kilobytes.
    results.sort_unstable_by(|a, b| {
        let by_time = a.submit_time_us.cmp(&b.submit_time_us);
        let by_id = a.id.cmp(&b.id);
        match order {
            Order::NewestFirst => by_time.then(by_id).reverse(),
            Order::OldestFirst => by_time.then(by_id),
            Order::ById => by_id,
        }
    });
}

/// Whether the search is a walk over the table itself.
fn is_everything(plan: &Plan) -> bool {
    plan.driver == Driver::Time && plan.rest.since_us.is_none() && plan.rest.until_us.is_none()
}

/// The lists to merge.
struct Lists {
    /// `SELECT … FROM …`, the same for all.
    select: String,
    /// What makes each a list of its own.
    conditions: Vec<String>,
    /// Where further conditions find time and id.
    columns: Columns,
}

impl Lists {
    fn of(plan: &Plan, part: Option<Part>, parameters: &mut Parameters) -> Self {
        match &plan.driver {
            Driver::Data(data) => {
                let key = format!("h.key = {} AND ", parameters.bind(data.key.as_str()));
                let conditions = each(&key, "h.value", &data.values, plan.merged, parameters);
                Self::beside("result_data", conditions, plan)
            }
            Driver::Groups(uuids) => {
                let conditions = each("", "h.group_uuid", uuids, plan.merged, parameters);
                Self::beside("result_groups", conditions, plan)
            }
            Driver::TestCases(names) => {
                let conditions = each("", "r.test_case", names, plan.merged, parameters);
                Self::within("INDEXED BY results_by_test_case", conditions)
            }
            Driver::Outcomes(outcomes) => {
                let conditions = each("", "r.outcome", outcomes, plan.merged, parameters);
                Self::within("INDEXED BY results_by_outcome", conditions)
            }
            Driver::Shapes { ids, .. } => {
                let ids = ids.iter().filter(|_| ids.len() <= plan.merged);
                let conditions = ids
                    .map(|id| format!("h.shape = {}", parameters.bind(*id)))
                    .collect();
                Self::beside("result_shapes", conditions, plan)
            }
            Driver::Time => {
                let is_by_id = part.is_some_and(|part| part.order == Order::ById);
                let index = match is_by_id && is_everything(plan) {
                    true => "NOT INDEXED",
                    false => "INDEXED BY results_by_time",
                };
                Self::within(index, vec!["true".to_owned()])
            }
        }
    }

    /// Lists in an index table.
    fn beside(table: &str, conditions: Vec<String>, plan: &Plan) -> Self {
        // A list of many values may name a result more than once.
        let distinct = match conditions
            .iter()
            .any(|condition| condition.contains(" IN "))
        {
            true => "DISTINCT ",
            false => "",
        };
        // CROSS JOIN keeps SQLite from starting at the other end.
        let join = match condition::need_results(&plan.rest) {
            true => " CROSS JOIN results AS r ON r.id = h.result_id",
            false => "",
        };
        Self {
            select: format!(
                "SELECT {distinct}h.submit_time_us AS t, h.result_id AS i FROM {table} AS h{join}"
            ),
            conditions,
            columns: OF_INDEX,
        }
    }

    /// Lists in an index of the results.
    fn within(index: &str, conditions: Vec<String>) -> Self {
        Self {
            select: format!("SELECT r.submit_time_us AS t, r.id AS i FROM results AS r {index}"),
            conditions,
            columns: OF_RESULTS,
        }
    }
}

/// A condition for each value, or one for all if they are too many to be merged.
fn each(
    before: &str,
    column: &str,
    values: &[String],
    merged: usize,
    parameters: &mut Parameters,
) -> Vec<String> {
    let mut values = values.to_vec();
    unique(&mut values);
    if values.len() > merged {
        return vec![format!("{before}{}", parameters.any_of(column, &values))];
    }
    let each = values.iter();
    each.map(|value| format!("{before}{column} = {}", parameters.bind(value.as_str())))
        .collect()
}

/// Of each of many shapes the part from which a page can come. Shapes that are this many meet all
/// conditions, so that the first of each list are enough.
fn of_many_shapes(
    ids: &[i64],
    plan: &Plan,
    part: Option<Part>,
    parameters: &mut Parameters,
) -> String {
    let list = parameters.bind(Json::from(ids).to_string());
    let mut conditions = vec!["h.shape = s.value".to_owned()];
    conditions.extend(condition::times(&plan.rest, "h.submit_time_us", parameters));
    let needed = part.map(|part| (part.order, part.offset.saturating_add(part.limit)));
    if let Some((order, needed)) = needed.filter(|(_, needed)| (1..=MAX_CUT).contains(needed)) {
        let (operator, none, direction) = match order {
            Order::NewestFirst => (">=", i64::MIN, "DESC"),
            Order::OldestFirst | Order::ById => ("<=", i64::MAX, "ASC"),
        };
        let times = and(condition::times(&plan.rest, "c.submit_time_us", parameters));
        let (last, none) = (parameters.bind(needed - 1), parameters.bind(none));
        conditions.push(format!(
            "h.submit_time_us {operator} coalesce((SELECT c.submit_time_us FROM result_shapes AS c \
             WHERE c.shape = s.value{times} ORDER BY c.submit_time_us {direction} LIMIT 1 OFFSET {last}), {none})"
        ));
    }
    format!(
        "SELECT h.submit_time_us AS t, h.result_id AS i FROM json_each({list}) AS s \
         CROSS JOIN result_shapes AS h WHERE {}",
        conditions.join(" AND ")
    )
}

/// The results after the last summarised one that meet all conditions.
pub fn unsummarised(upto: i64, filter: &ResultFilter, parameters: &mut Parameters) -> String {
    let mut conditions = vec![format!("r.id > {}", parameters.bind(upto))];
    conditions.extend(condition::all(filter, OF_RESULTS, parameters));
    format!(
        "SELECT r.submit_time_us AS t, r.id AS i FROM results AS r NOT INDEXED WHERE {}",
        conditions.join(" AND ")
    )
}
