//! Additions to JSON that is there.

use serde_json::{Map, Value};

/// Puts `new` at this path of keys, making objects on the way.
pub fn put(json: &mut Value, path: &[&str], new: impl Into<Value>) {
    let [key, rest @ ..] = path else {
        *json = new.into();
        return;
    };
    if !json.is_object() {
        *json = Value::Object(Map::new());
    }
    if let Value::Object(fields) = json {
        put(fields.entry(*key).or_insert(Value::Null), rest, new);
    }
}

#[cfg(test)]
mod tests {
    use super::put;
    use serde_json::json;

    #[test]
    fn what_is_on_the_way_is_kept_or_made() {
        let mut value = json!({"a": {"b": 1}});
        put(&mut value, &["a", "c", "d"], 2);
        put(&mut value, &["a", "b"], "x");
        assert_eq!(value, json!({"a": {"b": "x", "c": {"d": 2}}}));
    }
}
