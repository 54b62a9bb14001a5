//! Reading waivers and the steps of their lives.

use super::conditions::{all_of, by_kind, merged, of_kind};
use super::in_force::{self, AsOf};
use crate::database::{Database, Failure, Row};
use crate::row::{self, Columns, WAIVER_COLUMNS};
use crate::statement::Parameters;
use endpoint::records::{
    Page, Selection, Waiver, WaiverFilter, WaiverList, WaiverState, WaiverStep,
};
use std::collections::BTreeMap;

/// The waiver with this id, in its state as of `until_us`, or else as of now.
///
/// # Errors
/// When the database fails.
pub fn get(
    database: &impl Database,
    id: u64,
    until_us: Option<i64>,
    now_us: i64,
) -> Result<Option<Waiver>, Failure> {
    let Ok(id) = i64::try_from(id) else {
        return Ok(None);
    };
    let mut parameters = Parameters::default();
    let mut conditions = vec![format!("w.id = {}", parameters.bind(id))];
    if let Some(until_us) = until_us {
        conditions.push(format!("w.timestamp_us <= {}", parameters.bind(until_us)));
    }
    let state = AsOf::bind(until_us, now_us, &mut parameters).state();
    let statement = format!(
        "SELECT {WAIVER_COLUMNS}, {state} FROM waivers AS w {}",
        all_of(&conditions)
    );
    let rows = database.run(&statement, parameters.values())?;
    rows.into_iter().next().map(row::waiver).transpose()
}

/// What has happened to the waiver since it was stored, the first step first.
///
/// # Errors
/// When the database fails.
pub fn steps(database: &impl Database, id: u64) -> Result<Vec<WaiverStep>, Failure> {
    let Ok(id) = i64::try_from(id) else {
        return Ok(Vec::new());
    };
    let rows = database.run(
        "SELECT waiver_id, action, username, proxied_by, comment, timestamp_us \
         FROM waiver_steps WHERE waiver_id = ?1 ORDER BY id",
        &[id.into()],
    )?;
    rows.into_iter().map(row::waiver_step).collect()
}

/// The waivers that match any of the filters, newest first.
///
/// # Errors
/// When the database fails.
pub fn find(
    database: &impl Database,
    filters: &[WaiverFilter],
    selection: Selection,
    now_us: i64,
    page: Page,
) -> Result<WaiverList, Failure> {
    let filters = merged(filters);
    if let [filter] = filters.as_slice() {
        return find_page(database, filter, selection, now_us, page);
    }
    let newest = page.offset.saturating_add(page.limit.into());
    let mut found = BTreeMap::new();
    for kind in by_kind(&filters) {
        for waiver in find_newest(database, &kind, selection, now_us, newest)? {
            found.insert((waiver.timestamp_us, waiver.id), waiver);
        }
    }
    let total = found.len() as u64;
    let offset = usize::try_from(page.offset).unwrap_or(usize::MAX);
    let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
    let waivers = found.into_values().rev().skip(offset).take(limit).collect();
    Ok(WaiverList { waivers, total })
}

/// One filter: the page and the count are SQL's work.
fn find_page(
    database: &impl Database,
    filter: &WaiverFilter,
    selection: Selection,
    now_us: i64,
    page: Page,
) -> Result<WaiverList, Failure> {
    let mut parameters = Parameters::default();
    let mut conditions = of_kind(&[filter], &mut parameters);
    conditions.extend(life(filter, selection, now_us, &mut parameters));
    let from = format!("FROM waivers AS w {}", all_of(&conditions));
    let total = match database
        .run(&format!("SELECT count(*) {from}"), parameters.values())?
        .into_iter()
        .next()
    {
        Some(row) => Columns::of(row).id()?,
        None => 0,
    };
    let state = state(filter, selection, now_us, &mut parameters);
    let limit = parameters.bind(page.limit);
    let offset = parameters.bind(i64::try_from(page.offset).unwrap_or(i64::MAX));
    let statement = format!(
        "SELECT {WAIVER_COLUMNS}, {state} {from} ORDER BY w.timestamp_us DESC, w.id DESC LIMIT {limit} OFFSET {offset}"
    );
    let waivers = read(database.run(&statement, parameters.values())?)?;
    Ok(WaiverList { waivers, total })
}

/// The newest waivers that match any of these filters of one kind.
fn find_newest(
    database: &impl Database,
    filters: &[&WaiverFilter],
    selection: Selection,
    now_us: i64,
    newest: u64,
) -> Result<Vec<Waiver>, Failure> {
    let Some(first) = filters.first() else {
        return Ok(Vec::new());
    };
    let mut parameters = Parameters::default();
    let mut conditions = of_kind(filters, &mut parameters);
    conditions.extend(life(first, selection, now_us, &mut parameters));
    let state = state(first, selection, now_us, &mut parameters);
    let limit = parameters.bind(i64::try_from(newest).unwrap_or(i64::MAX));
    // The plus keeps SQLite from walking all waivers by time.
    let statement = format!(
        "SELECT {WAIVER_COLUMNS}, {state} FROM waivers AS w {} ORDER BY +w.timestamp_us DESC, w.id DESC LIMIT {limit}",
        all_of(&conditions)
    );
    read(database.run(&statement, parameters.values())?)
}

fn read(rows: Vec<Row>) -> Result<Vec<Waiver>, Failure> {
    rows.into_iter().map(row::waiver).collect()
}

/// The conditions on how far the waivers have come. Binds nothing if there are none.
fn life(
    filter: &WaiverFilter,
    selection: Selection,
    now_us: i64,
    parameters: &mut Parameters,
) -> Vec<String> {
    if selection == Selection::Every && filter.state.is_none() {
        return Vec::new();
    }
    let as_of = AsOf::bind(filter.until_us, now_us, parameters);
    let state = filter.state.map(|state| as_of.is_in(state));
    as_of.selected(selection).into_iter().chain(state).collect()
}

/// The expression for the state; where the conditions leave only one, its name.
fn state(
    filter: &WaiverFilter,
    selection: Selection,
    now_us: i64,
    parameters: &mut Parameters,
) -> String {
    let known = match selection {
        Selection::InForce => Some(WaiverState::Granted),
        _ => filter.state,
    };
    if let Some(state) = known {
        return format!("'{}'", in_force::name(state));
    }
    let as_of = AsOf::bind(filter.until_us, now_us, parameters);
    match selection {
        Selection::Every => as_of.state(),
        _ => as_of.state_of_standing(),
    }
}
