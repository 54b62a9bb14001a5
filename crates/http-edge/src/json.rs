//! JSON texts as the services we replace write them.

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};
use std::io::{self, Write};

/// Encodes with `", "` and `": "` between the parts and a final newline.
///
/// # Errors
/// When `value` can't be encoded.
pub fn spaced(value: &impl Serialize) -> Result<Vec<u8>, serde_json::Error> {
    let mut text = Vec::with_capacity(512);
    value.serialize(&mut Serializer::with_formatter(&mut text, Spaced))?;
    text.push(b'\n');
    Ok(text)
}

struct Spaced;

impl Formatter for Spaced {
    fn begin_array_value<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        separate(writer, first)
    }
    fn begin_object_key<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        separate(writer, first)
    }
    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b": ")
    }
}

fn separate<W: ?Sized + Write>(writer: &mut W, first: bool) -> io::Result<()> {
    match first {
        true => Ok(()),
        false => writer.write_all(b", "),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn blanks_follow_commas_and_colons() {
        let value = serde_json::json!({"a": [1, "x,y:z"], "b": null});
        assert_eq!(
            String::from_utf8(super::spaced(&value).unwrap()).unwrap(),
            "{\"a\": [1, \"x,y:z\"], \"b\": null}\n"
        );
    }
}
