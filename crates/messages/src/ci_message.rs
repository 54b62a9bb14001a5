//! CI messages: how far the test of an artifact has come. The schema is that of Fedora's CI
//! (<https://pagure.io/fedora-ci/messages>): 0.1, which has the fields of the test at the top, 0.2 with
//! the test apart, and 1.x, which differs from 0.2 in the types of artifacts.

use crate::data::Data;
use crate::document::Node;
use crate::outcome::{self, Found, Stage};
use crate::verdict::{Group, Mapped, NewResult, Rejection, Verdict};
use crate::{artifact, xunit};
use serde_json::Value;

/// The longest reason of an error in extra data, in characters.
const MAX_REASON_CHARS: usize = 256;

/// What absent ways to contact a CI system are stored as.
const NOT_AVAILABLE: &str = "not available";

/// A CI message of any version.
#[derive(Debug)]
pub struct CiMessage<'a> {
    body: Node<'a>,
    layout: Layout,
}

/// Where the fields are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layout {
    /// Below 0.2.0: those of the test at the top, the contact in `ci`.
    Flat,
    /// 0.2.0: the test in `test`, the contact in `ci`.
    TestApart,
    /// From 0.2.1 on: the contact in `contact`.
    Newest,
}

impl Layout {
    fn of(body: &Node<'_>) -> Self {
        let version = match body.get("version").value() {
            Value::String(text) => numbers(text),
            Value::Number(number) => numbers(&number.to_string()),
            Value::Null => Some([0, 1, 0]),
            _ => None,
        };
        match version {
            Some([0, ..2, _]) => Self::Flat,
            Some([0, 2, 0]) => Self::TestApart,
            Some(_) => Self::Newest,
            // No version that can be read: it has the look of what it is.
            None if body.get("test").is_object() => Self::Newest,
            None => Self::Flat,
        }
    }
}

/// Major, minor and patch of a version; what is not there is 0.
fn numbers(text: &str) -> Option<[u64; 3]> {
    let mut parts = text.trim().splitn(3, '.');
    let mut next = |is_last: bool| match parts.next() {
        None => Some(0),
        Some(part) if is_last => {
            let digits = part.bytes().take_while(u8::is_ascii_digit).count();
            part.get(..digits)?.parse().ok()
        }
        Some(part) => part.parse().ok(),
    };
    Some([next(false)?, next(false)?, next(true)?])
}

/// Whether the fields are there that tell a CI message.
pub fn fits(body: &Node<'_>) -> bool {
    let Some(fields) = body.value().as_object() else {
        return false;
    };
    let has = |name: &str| fields.contains_key(name);
    has("run") && has("artifact") && (has("ci") || has("contact"))
}

/// The result of a CI message.
pub fn read(
    topic: Option<&str>,
    body: &Node<'_>,
    outcomes: &[String],
) -> Result<Verdict, Rejection> {
    let message = CiMessage {
        layout: Layout::of(body),
        body: body.clone(),
    };
    if let Some(reason) = message.why_ignore(topic) {
        return Ok(Verdict::Ignored(reason));
    }
    let about = artifact::read(&message)?;
    let run = message.run("url").required_text()?;
    let outcome = match message.outcome(topic, outcomes)?.or_verdict() {
        Ok(outcome) => outcome,
        Err(verdict) => return Ok(verdict),
    };
    let mut data = message.shared_data(about)?;
    if outcome == "ERROR" || Stage::of(topic) == Some(Stage::Error) {
        message.say_error(&mut data)?;
    }
    let result = NewResult {
        test_case: message.test_case(topic)?,
        test_case_ref_url: message.test("docs").text()?.map(str::to_owned),
        outcome,
        ref_url: Some(run.to_owned()),
        note: message.test("note").text()?.unwrap_or_default().to_owned(),
        data: data.into_map(),
        group: Some(Group::Fresh {
            ref_url: run.to_owned(),
        }),
    };
    let results = vec![result];
    crate::resultsdb::limits(&results, body)?;
    Ok(Verdict::Results(Mapped {
        results,
        report: xunit::embedded(&message.test("xunit"))?,
        ..Mapped::default()
    }))
}

impl<'a> CiMessage<'a> {
    /// A field of the artifact.
    pub fn artifact(&self, name: &'a str) -> Node<'a> {
        self.body.get("artifact").get(name)
    }

    /// A field of the run.
    pub fn run(&self, name: &'a str) -> Node<'a> {
        self.body.get("run").get(name)
    }

    /// A field of the pipeline.
    pub fn pipeline(&self, name: &'a str) -> Node<'a> {
        self.body.get("pipeline").get(name)
    }

    /// A field of the system that the test ran on. Some send an object, most a list of one.
    pub fn system(&self, name: &'a str) -> Node<'a> {
        self.body.get("system").first().get(name)
    }

    /// A field of the test.
    pub fn test(&self, name: &'a str) -> Node<'a> {
        match self.layout {
            Layout::Flat => self.body.get(name),
            Layout::TestApart | Layout::Newest => self.body.get("test").get(name),
        }
    }

    fn contact(&self, name: &'a str) -> Node<'a> {
        let (own, other) = match self.layout {
            Layout::Newest => ("contact", "ci"),
            Layout::Flat | Layout::TestApart => ("ci", "contact"),
        };
        match self.body.get(own).is_absent() && !self.body.get(other).is_absent() {
            true => self.body.get(other).get(name),
            false => self.body.get(own).get(name),
        }
    }

    fn recipients(&self) -> Node<'a> {
        match self.layout {
            Layout::Flat => self.body.get("recipients"),
            Layout::TestApart | Layout::Newest => self.body.get("notification").get("recipients"),
        }
    }

    fn error(&self, name: &'a str) -> Node<'a> {
        match self.layout {
            Layout::Flat => self.body.get(name),
            Layout::TestApart | Layout::Newest => self.body.get("error").get(name),
        }
    }

    /// Messages of the same shape may tell of builds and promotions.
    fn why_ignore(&self, topic: Option<&str>) -> Option<String> {
        let event = topic?.rsplit('.').nth(1)?;
        let is_other = matches!(event, "build" | "promote" | "gate") && Stage::of(topic).is_some();
        (is_other && self.body.get("test").is_absent())
            .then(|| format!("it is about a `{event}`, not about a test"))
    }

    fn outcome(&self, topic: Option<&str>, outcomes: &[String]) -> Result<Found, Rejection> {
        let word = match self.layout {
            Layout::Flat => self.test("status"),
            Layout::TestApart | Layout::Newest => self.test("result"),
        };
        match Stage::of(topic) {
            Some(stage @ (Stage::Queued | Stage::Running | Stage::Error)) => {
                Ok(outcome::of_stage(stage, outcomes))
            }
            None if word.is_absent() && self.body.get("error").is_object() => {
                Ok(outcome::of_stage(Stage::Error, outcomes))
            }
            None if word.is_absent() => Err(word.rejected(&format!(
                "the field `{}` is missing, and no topic says that the test is queued or running",
                word.path()
            ))),
            Some(Stage::Complete) | None => outcome::of_word(&word, outcomes),
        }
    }

    fn test_case(&self, topic: Option<&str>) -> Result<String, Rejection> {
        let namespace = self.test("namespace");
        let name = [
            namespace.required_text()?,
            self.test("type").required_text()?,
            self.test("category").required_text()?,
        ]
        .join(".");
        match topic.and_then(namespace_of) {
            Some(expected) if name.split('.').next() != Some(expected) => Err(namespace.rejected(
                &format!("the topic is that of `{expected}`, the test case `{name}` is not"),
            )),
            _ => Ok(name),
        }
    }

    /// What the data of every CI message has.
    fn shared_data(&self, data: Data) -> Result<Data, Rejection> {
        let mut data = data
            .with_value("ci_name", self.contact("name").required_text()?)
            .with_value("ci_team", self.contact("team").required_text()?)
            .with_value("ci_email", self.contact("email").required_text()?)
            .with_value("ci_url", NOT_AVAILABLE)
            .with_value("ci_irc", NOT_AVAILABLE)
            .with_value("recipients", Vec::<Value>::new())
            .with("recipients", &self.recipients())?
            .with("scenario", &self.test("scenario"))?;
        data.set("ci_url", &self.contact("url"))?;
        data.set("ci_irc", &self.contact("irc"))?;
        Ok(data)
    }

    fn say_error(&self, data: &mut Data) -> Result<(), Rejection> {
        let reason = self.error("reason");
        let reason = match self.layout {
            Layout::Flat => reason.text()?,
            Layout::TestApart | Layout::Newest => Some(reason.required_text()?),
        };
        if let Some(reason) = reason {
            let reason: String = reason.chars().take(MAX_REASON_CHARS).collect();
            data.set_value("error_reason", reason);
        }
        data.set("issue_url", &self.error("issue_url"))
    }
}

/// The owner of a topic that names one: `VirtualTopic.eng.ci.OWNER.ARTIFACT.EVENT.STAGE`.
fn namespace_of(topic: &str) -> Option<&str> {
    let topic = topic.strip_prefix("/topic/").unwrap_or(topic);
    let parts = topic.strip_prefix("VirtualTopic.eng.ci.")?;
    let parts: Vec<&str> = parts.split('.').collect();
    match parts.as_slice() {
        [owner, _, _, _] => Some(owner),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read() {
        let check = |text: &str, expected: Option<[u64; 3]>| {
            assert_eq!(numbers(text), expected, "{text}");
        };
        check("0.1.0", Some([0, 1, 0]));
        check("0.2", Some([0, 2, 0]));
        check("0.2.1-rc1", Some([0, 2, 1]));
        check("1.1.14", Some([1, 1, 14]));
        check("", None);
        check("x", None);
        check("1..2", None);
    }

    #[test]
    fn a_topic_may_name_its_owner() {
        let check = |topic: &str, expected: Option<&str>| {
            assert_eq!(namespace_of(topic), expected, "{topic}");
        };
        check(
            "/topic/VirtualTopic.eng.ci.cnv.product-build.test.complete",
            Some("cnv"),
        );
        check(
            "VirtualTopic.eng.ci.cnv.product-build.test.complete",
            Some("cnv"),
        );
        check("/topic/VirtualTopic.eng.ci.brew-build.test.complete", None);
        check("org.centos.prod.ci.koji-build.test.complete", None);
    }
}
