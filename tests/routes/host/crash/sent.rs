//! What clients send. Each thing has a name of its own, from which everything else follows: what is
//! sent, and what must be stored of it. Nothing here knows whether it was.

use super::random::Random;
use crate::harness::{Answer, send_by};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A way to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A result.
    Single,
    /// Results that are stored together or not at all.
    List,
    /// The same, by a report.
    Report,
    /// Waivers that are stored together or not at all.
    Waivers,
    /// A waiver that another person is to approve.
    Request,
    /// The approval.
    Approval,
    /// What ends a waiver.
    Withdrawal,
}

/// One request.
#[derive(Clone, Debug)]
pub struct Sent {
    /// Unique.
    pub name: String,
    pub kind: Kind,
    /// Results or waivers in it; cases of a report.
    pub count: u64,
    /// Whether it has an `Idempotency-Key`, its name.
    pub is_keyed: bool,
    /// What a step is about.
    pub waiver: u64,
    /// The ids of what was stored, once that is known.
    pub ids: Option<Vec<u64>>,
}

impl Sent {
    /// Something new.
    pub fn any(name: String, random: &mut Random) -> Self {
        let (kind, most) = match random.below(10) {
            0..=3 => (Kind::Single, 1),
            4..=5 => (Kind::List, 20),
            6..=7 => (Kind::Report, 200),
            8 => (Kind::Waivers, 4),
            _ => (Kind::Request, 1),
        };
        let is_submission = matches!(kind, Kind::Single | Kind::List | Kind::Report);
        Self {
            name,
            kind,
            count: 1 + random.below(most),
            is_keyed: is_submission && random.below(2) == 0,
            waiver: 0,
            ids: None,
        }
    }

    /// A step of a waiver that this asked for.
    pub fn step(&self, kind: Kind) -> Option<Self> {
        let waiver = *self.ids.as_ref()?.first()?;
        let name = format!("{}-{kind:?}", self.name);
        let step = self.clone();
        Some(Self {
            name,
            kind,
            waiver,
            ids: None,
            ..step
        })
    }

    /// How many results it is.
    pub fn results(&self) -> u64 {
        match self.kind {
            Kind::Single | Kind::List => self.count,
            Kind::Report => self.count + 1,
            _ => 0,
        }
    }

    /// How many waivers it is.
    pub fn waivers(&self) -> u64 {
        match self.kind {
            Kind::Waivers | Kind::Request => self.count,
            _ => 0,
        }
    }

    /// Result `n` of a list as it is submitted.
    pub fn result(&self, n: u64) -> Value {
        let salt = self.name.len() as u64 + n;
        let mut groups = vec![format!("shared-{}", salt % 7)];
        if self.kind == Kind::List {
            groups.push(format!("group-of-{}", self.name));
        }
        let outcome = ["PASSED", "FAILED", "INFO"][(salt % 3) as usize];
        json!({
            "outcome": outcome,
            "testcase": format!("crash.{}", salt % 5),
            "groups": groups,
            "note": format!("note {n}"),
            "data": {"item": self.name, "type": "koji_build", "n": n.to_string(), "arch": ["x86_64", "s390x"]},
        })
    }

    /// The same as it must be stored: outcome, test case, note, data, groups.
    pub fn stored_result(
        &self,
        n: u64,
    ) -> (String, String, Option<String>, Value, BTreeSet<String>) {
        let result = self.result(n);
        let text = |name: &str| result[name].as_str().unwrap().to_owned();
        let data = result["data"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(key, value)| {
                let list = if value.is_array() {
                    value.clone()
                } else {
                    json!([value])
                };
                (key.clone(), list)
            });
        let groups = result["groups"].as_array().unwrap().iter();
        (
            text("outcome"),
            text("testcase"),
            Some(text("note")),
            data.collect(),
            groups
                .map(|group| group.as_str().unwrap().to_owned())
                .collect(),
        )
    }

    fn path(&self) -> String {
        match self.kind {
            Kind::Single | Kind::List => "/api/v2.0/results".to_owned(),
            Kind::Report => format!(
                "/api/v1/reports?testcase=crash.report&item={}&type=koji_build",
                self.name
            ),
            Kind::Waivers => "/api/v1.0/waivers/".to_owned(),
            Kind::Request => "/api/v1/waivers".to_owned(),
            Kind::Approval => format!("/api/v1/waivers/{}/approval", self.waiver),
            Kind::Withdrawal => format!("/api/v1/waivers/{}/withdrawal", self.waiver),
        }
    }

    fn body(&self) -> String {
        let waiver = |n: u64| {
            json!({
                "subject_type": "koji_build", "subject_identifier": self.name, "testcase": format!("crash.{n}"),
                "product_version": "fedora-40", "comment": format!("comment {n}"),
            })
        };
        match self.kind {
            Kind::Single => self.result(0).to_string(),
            Kind::List => (0..self.count)
                .map(|n| self.result(n))
                .collect::<Value>()
                .to_string(),
            Kind::Report => {
                let line = |n| format!("{} {n} - case {n}\n", ["ok", "not ok"][(n % 2) as usize]);
                let lines: String = (1..=self.count).map(line).collect();
                format!("1..{}\n{lines}", self.count)
            }
            Kind::Waivers => (0..self.count).map(waiver).collect::<Value>().to_string(),
            Kind::Request => {
                let extra = json!({"request": true, "reason": "other"});
                crate::harness::with(waiver(0), extra).to_string()
            }
            Kind::Approval => json!({"approved": true, "comment": self.name}).to_string(),
            Kind::Withdrawal => json!({"comment": self.name}).to_string(),
        }
    }

    /// Sends it. An error says that nobody knows what became of it.
    pub fn send(&self, agent: &ureq::Agent, url: &str) -> Result<Answer, ureq::Error> {
        let is_approval = self.kind == Kind::Approval;
        let mut headers = vec![(
            "authorization",
            ["Basic am9lOng=", "Basic a2ltOng="][usize::from(is_approval)],
        )];
        if self.kind != Kind::Report {
            headers.push(("content-type", "application/json"));
        }
        if self.is_keyed {
            headers.push(("idempotency-key", &self.name));
        }
        send_by(
            agent,
            url,
            "POST",
            &self.path(),
            &headers,
            self.body().into_bytes(),
        )
    }

    /// The ids that an answer names; it must be a 201.
    #[track_caller]
    pub fn ids_in(&self, answer: &Answer) -> Vec<u64> {
        let answer = answer.expect(201);
        let id = |value: &Value| value["id"].as_u64().expect("an id");
        match (self.kind, &answer) {
            (Kind::Report, _) => {
                let last = id(&answer["result"]);
                assert_eq!(answer["results_count"], self.results());
                (last + 1 - self.results()..=last).collect()
            }
            (_, Value::Array(list)) => list.iter().map(id).collect(),
            (Kind::Approval | Kind::Withdrawal, _) => vec![self.waiver],
            _ => vec![id(&answer)],
        }
    }
}
