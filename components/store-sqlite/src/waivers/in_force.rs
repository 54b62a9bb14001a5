//! What state a waiver is in as of a time, as conditions in SQL: the one place that says so.
//!
//! The conditions are about `waivers AS w`. A waiver is granted when it is stored or, if it is a
//! request, when it is approved. It is superseded when another one of its group (subject, test case,
//! scenario, product version, limits) was granted later, even if that has expired since or was
//! withdrawn: a gate then closes, it does not fall back to a forgotten waiver. Requests that nobody
//! has granted supersede nothing. "Later" is counted in stored waivers, not in time, as clocks may
//! go back.

use crate::database::Failure;
use crate::statement::Parameters;
use endpoint::records::{Selection, WaiverState};

/// The time that a question is about, as it stands in the statement.
pub struct AsOf {
    /// The latest time of what has happened; `None` for everything stored.
    until: Option<String>,
    /// The time to which expiry is compared.
    time: String,
}

impl AsOf {
    /// Binds the asked time, or else now.
    pub fn bind(until_us: Option<i64>, now_us: i64, parameters: &mut Parameters) -> Self {
        let time = parameters.bind(until_us.unwrap_or(now_us));
        Self {
            until: until_us.map(|_| time.clone()),
            time,
        }
    }

    /// ` AND column <= time`, or nothing if everything stored has happened.
    fn and_happened(&self, column: &str) -> String {
        match &self.until {
            Some(until) => format!(" AND {column} <= {until}"),
            None => String::new(),
        }
    }

    fn has_step(&self, action: &str) -> String {
        let happened = self.and_happened("s.timestamp_us");
        format!(
            "EXISTS (SELECT 1 FROM waiver_steps AS s \
             WHERE s.waiver_id = w.id AND s.action = '{action}'{happened})"
        )
    }

    fn is_granted(&self) -> String {
        format!("(w.needs_approval = 0 OR {})", self.has_step("approved"))
    }

    fn is_expired(&self) -> String {
        format!("coalesce(w.expires_us <= {}, 0)", self.time)
    }

    /// That a waiver which has been granted is superseded: by one that needed no approval, or by
    /// one that was approved.
    fn is_superseded(&self, per_user: bool) -> String {
        let user = match per_user {
            true => " AND n.username = w.username",
            false => "",
        };
        let group = format!(
            "n.subject_identifier = w.subject_identifier AND n.testcase = w.testcase \
             AND n.subject_type = w.subject_type AND n.product_version = w.product_version \
             AND n.scenario IS w.scenario AND n.scope IS w.scope{user}"
        );
        let approval = |column: &str, without: &str| {
            format!(
                "iif(w.needs_approval, (SELECT a.{column} FROM waiver_steps AS a \
                 WHERE a.waiver_id = w.id AND a.action = 'approved'), {without})"
            )
        };
        format!(
            "(EXISTS (SELECT 1 FROM waivers AS n WHERE {group} AND n.needs_approval = 0{stored} \
             AND n.id > {granted_after}) \
             OR EXISTS (SELECT 1 FROM waivers AS n CROSS JOIN waiver_steps AS g \
             ON g.waiver_id = n.id AND g.action = 'approved'{approved} \
             WHERE {group} AND n.needs_approval = 1{stored} \
             AND (g.newest_waiver_id, g.id) > ({granted_after}, {approved_by})))",
            stored = self.and_happened("n.timestamp_us"),
            approved = self.and_happened("g.timestamp_us"),
            granted_after = approval("newest_waiver_id", "w.id"),
            approved_by = approval("id", "0"),
        )
    }

    /// The condition that a waiver is among the selected; `None` if all are.
    pub fn selected(&self, selection: Selection) -> Option<String> {
        let per_user = match selection {
            Selection::Every => return None,
            Selection::Standing => None,
            Selection::InForcePerUser => Some(true),
            Selection::InForce => Some(false),
        };
        let mut condition = format!(
            "{} AND NOT {} AND NOT {}",
            self.is_granted(),
            self.has_step("withdrawn"),
            self.is_expired()
        );
        if let Some(per_user) = per_user {
            condition.push_str(&format!(" AND NOT {}", self.is_superseded(per_user)));
        }
        Some(condition)
    }

    /// The state's name, as an expression. Its order is that of `waiver-state`.
    pub fn state(&self) -> String {
        format!(
            "CASE WHEN {} THEN 'denied' WHEN {} THEN 'withdrawn' WHEN {} THEN 'expired' \
             WHEN NOT {} THEN 'requested' WHEN {} THEN 'superseded' ELSE 'granted' END",
            self.has_step("denied"),
            self.has_step("withdrawn"),
            self.is_expired(),
            self.is_granted(),
            self.is_superseded(false)
        )
    }

    /// As [`Self::state`], of waivers that are granted and neither expired nor withdrawn.
    pub fn state_of_standing(&self) -> String {
        format!(
            "iif({}, 'superseded', 'granted')",
            self.is_superseded(false)
        )
    }

    /// The condition that a waiver is in this state.
    pub fn is_in(&self, state: WaiverState) -> String {
        match state {
            WaiverState::Granted => self.selected(Selection::InForce).unwrap_or_default(),
            // Few waivers are requests, and those have an index.
            WaiverState::Requested | WaiverState::Denied => {
                format!(
                    "w.needs_approval = 1 AND {} = '{}'",
                    self.state(),
                    name(state)
                )
            }
            _ => format!("{} = '{}'", self.state(), name(state)),
        }
    }
}

/// The states and their names in statements.
const NAMES: [(WaiverState, &str); 6] = [
    (WaiverState::Denied, "denied"),
    (WaiverState::Withdrawn, "withdrawn"),
    (WaiverState::Expired, "expired"),
    (WaiverState::Requested, "requested"),
    (WaiverState::Superseded, "superseded"),
    (WaiverState::Granted, "granted"),
];

/// The state's name in statements.
pub fn name(state: WaiverState) -> &'static str {
    let found = NAMES.iter().find(|(known, _)| *known == state);
    found.map_or("", |(_, name)| name)
}

/// The state of this name.
///
/// # Errors
/// When there is none.
pub fn named(name: &str) -> Result<WaiverState, Failure> {
    let found = NAMES.iter().find(|(_, known)| *known == name);
    found
        .map(|(state, _)| *state)
        .ok_or_else(|| Failure::Database(format!("unknown state `{name}`")))
}
