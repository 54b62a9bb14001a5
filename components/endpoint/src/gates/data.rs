//! Takes out of a result's data what a decision looks at. What that is is not known here.

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Lists of values by their keys.
type Data = BTreeMap<String, Vec<String>>;

/// The values of these keys, as far as the data has them: JSON text, an object of lists of strings.
///
/// # Errors
/// When it is something else.
pub fn of_keys(text: &str, keys: &BTreeSet<&str>) -> serde_json::Result<Data> {
    let mut json = serde_json::Deserializer::from_str(text);
    let data = Keys(keys).deserialize(&mut json)?;
    json.end()?;
    Ok(data)
}

/// The keys to look for.
struct Keys<'k>(&'k BTreeSet<&'k str>);

/// A key as it stands in the text, if nothing in it is escaped.
#[derive(Deserialize)]
struct Key<'t>(#[serde(borrow)] Cow<'t, str>);

impl<'t> DeserializeSeed<'t> for Keys<'_> {
    type Value = Data;

    fn deserialize<D: Deserializer<'t>>(self, json: D) -> Result<Data, D::Error> {
        json.deserialize_map(self)
    }
}

impl<'t> Visitor<'t> for Keys<'_> {
    type Value = Data;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object of lists of strings")
    }

    fn visit_map<A: MapAccess<'t>>(self, mut map: A) -> Result<Data, A::Error> {
        let mut data = Data::new();
        while let Some(Key(key)) = map.next_key()? {
            if !self.0.contains(&*key) {
                map.next_value::<IgnoredAny>()?;
            } else if data.insert(key.into_owned(), map.next_value()?).is_some() {
                return Err(A::Error::custom("a key is there twice"));
            }
        }
        Ok(data)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_other_keys_are_left_out() {
        let text = r#"{"a":["1"],"b \u00e9\n":["2","\""],"c":[],"d":["3"]}"#;
        let data = of_keys(text, &BTreeSet::from(["b \u{e9}\n", "c", "e"])).unwrap();
        let list = |values: &[&str]| values.iter().map(|one| (*one).to_owned()).collect();
        let expected = [("b \u{e9}\n", list(&["2", "\""])), ("c", list(&[]))];
        let expected = expected.map(|(key, values)| (key.to_owned(), values));
        assert_eq!(data, BTreeMap::from(expected));
    }

    #[test]
    fn other_texts_are_refused() {
        for text in ["", "[]", "{\"a\":1}", "{} {}", "{\"a\":[],\"a\":[]}"] {
            assert!(of_keys(text, &BTreeSet::from(["a"])).is_err(), "{text}");
        }
    }
}
