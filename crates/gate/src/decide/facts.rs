//! What only the world outside knows and a plan may need: files of remote rules, the creation times of builds, and what time it is. The
//! caller looks them up; here they are values.

use std::collections::BTreeMap;

use crate::domain::subject::Subject;

/// What came of looking for the file of a remote rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RemoteFetch {
    /// No URL template is configured for this type of subject. As in Greenwave the whole decision fails then: a gate must not open because
    /// nobody looked.
    NotConfigured,
    /// No template gave a URL with a file behind it.
    NotFound {
        /// The URLs tried.
        sources: Vec<String>,
    },
    /// The file could not be looked for.
    Failed {
        /// The URLs tried.
        sources: Vec<String>,
        /// Why not, as shown to the client.
        error: String,
    },
    /// The file.
    Found {
        /// Its URL.
        source: String,
        /// Its text.
        text: String,
    },
    /// A file that is no text.
    NoText {
        /// Its URL.
        source: String,
    },
}

/// Facts gathered so far; a plan says which are missing. Nothing is missing for policies without remote rules and validity dates.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    remote_rules: BTreeMap<(String, String, Vec<String>), RemoteFetch>,
    creation_times_us: BTreeMap<String, i64>,
    creation_time_failures: BTreeMap<String, String>,
    now_us: Option<i64>,
}

impl Facts {
    /// Adds what came of a remote rule with these `sources` (the rule's own; empty for the configured ones) for a subject.
    pub fn add_remote_rule(
        &mut self,
        subject_type: &str,
        subject_identifier: &str,
        sources: &[String],
        fetch: RemoteFetch,
    ) {
        self.remote_rules.insert(
            (
                subject_type.to_owned(),
                subject_identifier.to_owned(),
                sources.to_vec(),
            ),
            fetch,
        );
    }

    /// Adds when a build was created, µs since the epoch. While this is unknown, a rule with validity dates applies: asking for too much is
    /// safer than asking for too little. Greenwave cannot decide then.
    pub fn add_creation_time(&mut self, subject_identifier: &str, creation_time_us: i64) {
        self.creation_times_us
            .insert(subject_identifier.to_owned(), creation_time_us);
    }

    /// Adds why it can't be told when a build was created, as shown to the client. Informative rules then apply, and one answer says so; what
    /// closes the gate still needs the time.
    pub fn add_creation_time_failure(&mut self, subject_identifier: &str, error: String) {
        self.creation_time_failures
            .insert(subject_identifier.to_owned(), error);
    }

    /// Adds what time it is, µs since the epoch. It counts for rules that are informative for a time, and only if the request names no time
    /// itself. While it is unknown such a rule closes the gate.
    pub fn set_now(&mut self, now_us: i64) {
        self.now_us = Some(now_us);
    }

    pub(crate) fn now_us(&self) -> Option<i64> {
        self.now_us
    }

    pub(crate) fn remote_rule(
        &self,
        subject: &Subject,
        sources: &[String],
    ) -> Option<&RemoteFetch> {
        let key = (
            subject.subject_type.id.clone(),
            subject.identifier.clone(),
            sources.to_vec(),
        );
        self.remote_rules.get(&key)
    }

    pub(crate) fn creation_time_us(&self, subject: &Subject) -> Option<i64> {
        self.creation_times_us.get(&subject.identifier).copied()
    }

    pub(crate) fn creation_time_failure(&self, subject: &Subject) -> Option<&String> {
        self.creation_time_failures.get(&subject.identifier)
    }
}
