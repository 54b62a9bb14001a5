//! Which shapes meet conditions that are all frequent (see [`crate::summary`]).
//!
//! Only conditions that shapes know count: outcomes, test cases by name, and values and groups that
//! are all frequent. Results that are not summarised yet are for the caller to look at. How results
//! are searched is not known here.

use crate::database::{Database, Failure};
use crate::row::Columns;
use crate::statement::{Parameters, unique};
use crate::summary::GROUP_KEY;
use endpoint::records::ResultFilter;
use serde_json::{Value as Json, json};
use spin_sdk::sqlite::Value;

/// A filter's conditions, as far as shapes know them.
pub struct Known {
    /// For each condition on data or groups the frequent values, any of which will do.
    pub values: Vec<Vec<i64>>,
    /// Outcomes and test cases, and when.
    pub names: ResultFilter,
    /// What shapes don't know, and when.
    pub rest: ResultFilter,
    /// The last result that is summarised.
    pub upto: i64,
}

impl Known {
    /// Splits a filter.
    ///
    /// # Errors
    /// When the database fails.
    pub fn of(database: &impl Database, filter: &ResultFilter) -> Result<Self, Failure> {
        let times = ResultFilter {
            since_us: filter.since_us,
            until_us: filter.until_us,
            outcomes: Vec::new(),
            groups: Vec::new(),
            test_cases: Vec::new(),
            test_cases_like: Vec::new(),
            data: Vec::new(),
        };
        let mut names = times.clone();
        let mut rest = times;
        names.outcomes.clone_from(&filter.outcomes);
        match filter.test_cases_like.is_empty() {
            true => names.test_cases.clone_from(&filter.test_cases),
            false => {
                rest.test_cases.clone_from(&filter.test_cases);
                rest.test_cases_like.clone_from(&filter.test_cases_like);
            }
        }
        let (ids, upto) = frequent(database, &pairs(filter))?;
        let mut ids = ids.into_iter();
        let mut values = Vec::new();
        for data in &filter.data {
            match ids
                .next()
                .filter(|ids| all_of(ids, &data.values, data.wildcard))
            {
                Some(ids) => values.push(ids),
                None => rest.data.push(data.clone()),
            }
        }
        if !filter.groups.is_empty() {
            match ids.next().filter(|ids| all_of(ids, &filter.groups, false)) {
                Some(ids) => values.push(ids),
                None => rest.groups.clone_from(&filter.groups),
            }
        }
        Ok(Self {
            values,
            names,
            rest,
            upto,
        })
    }

    /// How many conditions shapes know.
    #[must_use]
    pub fn count(&self) -> usize {
        self.values.len()
            + usize::from(!self.names.outcomes.is_empty())
            + usize::from(!self.names.test_cases.is_empty())
    }

    /// Whether shapes know all conditions.
    #[must_use]
    pub fn is_all(&self) -> bool {
        self.rest.data.is_empty()
            && self.rest.groups.is_empty()
            && self.rest.test_cases.is_empty()
            && self.rest.test_cases_like.is_empty()
    }

    /// `FROM … WHERE …` of the shapes, as `shapes AS s` and `profiles AS p`.
    #[must_use]
    pub fn from(&self, parameters: &mut Parameters) -> String {
        let mut values = self.values.as_slice();
        let from = match (self.names.test_cases.is_empty(), values) {
            (true, [first, others @ ..]) => {
                values = others;
                let list = list(first, parameters);
                format!(
                    "(SELECT DISTINCT x.profile FROM profile_values AS x WHERE x.frequent_value IN {list}) AS f \
                     CROSS JOIN profiles AS p ON p.id = f.profile CROSS JOIN shapes AS s ON s.profile = p.id"
                )
            }
            _ => "shapes AS s CROSS JOIN profiles AS p ON p.id = s.profile".to_owned(),
        };
        let mut conditions = self.of_profile(values, parameters);
        if !self.names.test_cases.is_empty() {
            conditions.push(parameters.any_of("s.test_case", &self.names.test_cases));
        }
        match conditions.is_empty() {
            true => format!("FROM {from}"),
            false => format!("FROM {from} WHERE {}", conditions.join(" AND ")),
        }
    }

    /// `FROM … WHERE …` of the profiles, as `profiles AS p`.
    #[must_use]
    pub fn profiles(&self, parameters: &mut Parameters) -> String {
        let conditions = self.of_profile(&self.values, parameters);
        match conditions.is_empty() {
            true => "FROM profiles AS p".to_owned(),
            false => format!("FROM profiles AS p WHERE {}", conditions.join(" AND ")),
        }
    }

    /// As [`Self::from`], of the test case that is given by the expression `name`.
    #[must_use]
    pub fn of_test_case(&self, name: &str, parameters: &mut Parameters) -> String {
        let mut conditions = vec![format!("s.test_case = {name}")];
        conditions.extend(self.of_profile(&self.values, parameters));
        format!(
            "FROM shapes AS s CROSS JOIN profiles AS p ON p.id = s.profile WHERE {}",
            conditions.join(" AND ")
        )
    }

    fn of_profile(&self, values: &[Vec<i64>], parameters: &mut Parameters) -> Vec<String> {
        let mut conditions = Vec::new();
        if !self.names.outcomes.is_empty() {
            conditions.push(parameters.any_of("p.outcome", &self.names.outcomes));
        }
        for ids in values {
            let list = list(ids, parameters);
            conditions.push(format!(
                "EXISTS (SELECT 1 FROM profile_values AS x WHERE x.frequent_value IN {list} AND x.profile = p.id)"
            ));
        }
        conditions
    }

    /// The shapes, if they are at most `most`.
    ///
    /// # Errors
    /// When the database fails.
    pub fn shapes(
        &self,
        database: &impl Database,
        most: usize,
    ) -> Result<Option<Vec<i64>>, Failure> {
        let mut parameters = Parameters::default();
        let from = self.from(&mut parameters);
        let limit = parameters.bind(i64::try_from(most).unwrap_or(i64::MAX).saturating_add(1));
        let statement = format!("SELECT s.id {from} LIMIT {limit}");
        let rows = database.run(&statement, parameters.values())?;
        if rows.len() > most {
            return Ok(None);
        }
        let ids: Result<_, _> = rows
            .into_iter()
            .map(|row| Columns::of(row).integer())
            .collect();
        ids.map(Some)
    }
}

fn all_of(ids: &[i64], values: &[String], wildcard: bool) -> bool {
    let mut values = values.to_vec();
    unique(&mut values);
    !wildcard && !ids.is_empty() && ids.len() == values.len()
}

fn list(ids: &[i64], parameters: &mut Parameters) -> String {
    let list = parameters.bind(Json::from(ids).to_string());
    format!("(SELECT value FROM json_each({list}))")
}

/// `[[key, [value, …]], …]` of each condition on data, and of groups if there is one.
fn pairs(filter: &ResultFilter) -> Vec<Json> {
    let data = filter
        .data
        .iter()
        .map(|data| json!([data.key, data.values]));
    let groups = (!filter.groups.is_empty()).then(|| json!([GROUP_KEY, filter.groups]));
    data.chain(groups).collect()
}

/// For each pair the ids of those of its values that are frequent, and the last summarised result.
fn frequent(database: &impl Database, pairs: &[Json]) -> Result<(Vec<Vec<i64>>, i64), Failure> {
    let mut ids = vec![Vec::new(); pairs.len()];
    let mut upto = 0;
    let rows = database.run(
        "SELECT s.upto, -1, 0 FROM summaries AS s WHERE s.one = 1 UNION \
         SELECT 0, j.key, f.id FROM json_each(?1) AS j, json_each(j.value, '$[1]') AS v \
         CROSS JOIN frequent_values AS f ON f.key = j.value ->> 0 AND f.value = v.value \
         WHERE f.is_summarised = 1",
        &[Value::Text(Json::from(pairs).to_string())],
    )?;
    for row in rows {
        let mut columns = Columns::of(row);
        let (row_upto, place, id) = (columns.integer()?, columns.integer()?, columns.integer()?);
        match usize::try_from(place).ok().and_then(|p| ids.get_mut(p)) {
            Some(list) => list.push(id),
            None => upto = row_upto,
        }
    }
    Ok((ids, upto))
}
