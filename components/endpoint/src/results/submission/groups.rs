//! The groups of a result: identifiers, or objects that also say what becomes of description and
//! reference.

use super::update;
use crate::records::GroupMention;
use crate::results::catalogue::{MAX_UUID_CHARS, is_longer};
use http_edge::validation::{Kind, Mistakes};
use serde_json::{Map, Value};
use std::collections::HashSet;

/// The most groups that a result may join.
pub const MAX_GROUPS: usize = 400;

/// The groups that the result joins.
pub fn read(
    fields: &Map<String, Value>,
    new_uuid: fn() -> String,
    mistakes: &mut Mistakes,
) -> Vec<GroupMention> {
    let entries = match fields.get("groups") {
        None | Some(Value::Null) => return Vec::new(),
        Some(Value::Array(entries)) => entries,
        Some(other) => {
            mistakes.add(Kind::List, &["groups"], other.clone());
            return Vec::new();
        }
    };
    if entries.len() > MAX_GROUPS {
        let text = format!("at most {MAX_GROUPS} groups, got {}", entries.len());
        mistakes.add_value_error(&["groups"], Value::Null, &text);
        return Vec::new();
    }
    let mut groups: Vec<GroupMention> = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        groups.extend(group(entry, index, new_uuid, mistakes));
    }
    // The last one first, as ResultsDB lists them, and of equal ones the last.
    groups.reverse();
    let mut seen = HashSet::new();
    groups.retain(|group| seen.insert(group.uuid.clone()));
    groups
}

fn group(
    entry: &Value,
    index: usize,
    new_uuid: fn() -> String,
    mistakes: &mut Mistakes,
) -> Option<GroupMention> {
    let nothing = Map::new();
    let (uuid, fields) = match entry {
        Value::String(uuid) => (uuid.clone(), &nothing),
        Value::Object(fields) => match fields.get("uuid") {
            None | Some(Value::Null) => (new_uuid(), fields),
            Some(Value::String(uuid)) => (uuid.clone(), fields),
            Some(other) => {
                mistakes.add_entry(Kind::Text, "groups", index, other.clone());
                return None;
            }
        },
        other => {
            mistakes.add_entry(Kind::Object, "groups", index, other.clone());
            return None;
        }
    };
    if uuid.is_empty() {
        mistakes.add_entry(Kind::TooShort, "groups", index, uuid.as_str());
    } else if is_longer(&uuid, MAX_UUID_CHARS) {
        let text = format!("a group's uuid has at most {MAX_UUID_CHARS} characters");
        mistakes.add_value_error(&["groups"], uuid.as_str(), &text);
    }
    Some(GroupMention {
        uuid,
        description: update(fields, "description", &["groups"], mistakes),
        ref_url: update(fields, "ref_url", &["groups"], mistakes),
    })
}
