//! XML-RPC as far as Koji's `getBuild` needs it: one call, and its answer as a tree.

use quick_xml::Reader;
use quick_xml::escape::{escape, resolve_predefined_entity};
use quick_xml::events::{BytesRef, Event};
use std::collections::BTreeMap;

/// How deep values may be inside of each other.
pub const MAX_DEPTH: usize = 64;

/// A value. Numbers, truth values and times are their text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// No value.
    Nil,
    /// Text, or another scalar as it is written.
    Text(String),
    /// A list.
    List(Vec<Value>),
    /// Names and values.
    Struct(BTreeMap<String, Value>),
}

/// What a method answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Its result.
    Result(Value),
    /// It failed.
    Fault {
        /// A number, as it is written.
        code: String,
        /// Why.
        message: String,
    },
}

impl Value {
    /// The member of a struct.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        match self {
            Self::Struct(members) => members.get(name),
            _ => None,
        }
    }

    /// The text of a scalar.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// The call of a method with one text.
#[must_use]
pub fn call(method: &str, argument: &str) -> String {
    // Control characters are no part of XML, even if written as references.
    let printable = |c: &char| !c.is_control();
    let argument: String = argument.chars().filter(printable).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<methodCall><methodName>{}</methodName><params><param><value><string>{}</string></value></param></params></methodCall>",
        escape(method),
        escape(argument.as_str())
    )
}

/// Reads an answer.
///
/// # Errors
/// Why it is none; the text begins in lower case.
pub fn answer(text: &str) -> Result<Answer, String> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    let mut tree = Tree { reader };
    let mut is_fault = false;
    loop {
        match tree.next()? {
            Event::Start(start) => match start.local_name().as_ref() {
                "methodResponse" | "params" | "param" => {}
                "fault" => is_fault = true,
                "value" => break,
                other => return Err(format!("`{other}` is no part of an XML-RPC answer")),
            },
            Event::End(_) | Event::Eof => return Err("it has no value".to_owned()),
            _ => {}
        }
    }
    let value = tree.value(0)?;
    if !is_fault {
        return Ok(Answer::Result(value));
    }
    let member = |name: &str| value.get(name).and_then(Value::text).unwrap_or_default();
    Ok(Answer::Fault {
        code: member("faultCode").to_owned(),
        message: member("faultString").to_owned(),
    })
}

struct Tree<'t> {
    reader: Reader<&'t [u8]>,
}

impl<'t> Tree<'t> {
    fn next(&mut self) -> Result<Event<'t>, String> {
        self.reader
            .read_event()
            .map_err(|error| format!("it is no XML: {error}"))
    }

    /// What is between `<value>`, which has been read, and `</value>`. Without a type it is text.
    fn value(&mut self, depth: usize) -> Result<Value, String> {
        if depth >= MAX_DEPTH {
            return Err(format!("it is nested deeper than {MAX_DEPTH} levels"));
        }
        let mut text = String::new();
        let mut typed = None;
        loop {
            match self.next()? {
                Event::Start(start) => {
                    let value = match start.local_name().as_ref() {
                        "nil" => {
                            self.text()?;
                            Value::Nil
                        }
                        "struct" => self.members(depth)?,
                        "array" => self.items(depth)?,
                        _ => Value::Text(self.text()?),
                    };
                    typed = Some(value);
                }
                Event::End(_) => return Ok(typed.unwrap_or(Value::Text(text))),
                event => push(&mut text, &event)?,
            }
        }
    }

    fn members(&mut self, depth: usize) -> Result<Value, String> {
        let mut members = BTreeMap::new();
        while self.starts("member")? {
            self.expect("name")?;
            let name = self.text()?;
            self.expect("value")?;
            let value = self.value(depth + 1)?;
            self.ends()?;
            members.insert(name, value);
        }
        Ok(Value::Struct(members))
    }

    fn items(&mut self, depth: usize) -> Result<Value, String> {
        let mut items = Vec::new();
        self.expect("data")?;
        while self.starts("value")? {
            items.push(self.value(depth + 1)?);
        }
        self.ends()?;
        Ok(Value::List(items))
    }

    /// The text up to the end of an element that has begun, without elements inside.
    fn text(&mut self) -> Result<String, String> {
        let mut text = String::new();
        loop {
            match self.next()? {
                Event::End(_) => return Ok(text),
                Event::Start(_) => return Err("there is an element inside of text".to_owned()),
                event => push(&mut text, &event)?,
            }
        }
    }

    /// Whether an element of this name comes next, or else an end.
    fn starts(&mut self, name: &str) -> Result<bool, String> {
        loop {
            match self.next()? {
                Event::Start(start) if start.local_name().as_ref() == name => return Ok(true),
                Event::Start(_) => return Err(format!("`{name}` is missing")),
                Event::End(_) => return Ok(false),
                Event::Eof => return Err("it ends too early".to_owned()),
                _ => {}
            }
        }
    }

    fn expect(&mut self, name: &str) -> Result<(), String> {
        match self.starts(name)? {
            true => Ok(()),
            false => Err(format!("`{name}` is missing")),
        }
    }

    fn ends(&mut self) -> Result<(), String> {
        match self.starts("")? {
            true => Err("an element without a name".to_owned()),
            false => Ok(()),
        }
    }
}

/// Adds what an event is as text.
fn push(text: &mut String, event: &Event<'_>) -> Result<(), String> {
    match event {
        Event::Text(part) => text.push_str(part),
        Event::CData(part) => text.push_str(part),
        Event::GeneralRef(reference) => push_reference(text, reference)?,
        Event::Eof => return Err("it ends too early".to_owned()),
        _ => {}
    }
    Ok(())
}

/// Only what XML itself defines: what a document defines could be of any size.
fn push_reference(text: &mut String, reference: &BytesRef<'_>) -> Result<(), String> {
    let unknown = || format!("`&{};` is not known", &**reference);
    if let Some(character) = reference.resolve_char_ref().map_err(|_| unknown())? {
        text.push(character);
        return Ok(());
    }
    text.push_str(resolve_predefined_entity(reference).ok_or_else(unknown)?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(value: &str) -> String {
        format!(
            "<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n<value>{value}</value>\n</param>\n</params>\n</methodResponse>\n"
        )
    }

    fn result(value: &str) -> Value {
        match answer(&response(value)).unwrap() {
            Answer::Result(value) => value,
            fault => panic!("{fault:?}"),
        }
    }

    #[test]
    fn values_of_every_type_are_read() {
        let text = |text: &str| Value::Text(text.to_owned());
        assert_eq!(result("plain"), text("plain"));
        assert_eq!(result(""), text(""));
        assert_eq!(
            result("<string>a &amp; b &#x41;<![CDATA[<c>]]></string>"),
            text("a & b A<c>")
        );
        assert_eq!(result("<string/>"), text(""));
        assert_eq!(result("<nil/>"), Value::Nil);
        assert_eq!(result("<ex:nil/>"), Value::Nil);
        assert_eq!(result("<i8>12345678901</i8>"), text("12345678901"));
        assert_eq!(result("<double>1.5</double>"), text("1.5"));
        let list = result(
            "<array><data>\n<value><int>1</int></value>\n<value><nil/></value></data></array>",
        );
        assert_eq!(list, Value::List(vec![text("1"), Value::Nil]));
        assert_eq!(result("<array><data/></array>"), Value::List(Vec::new()));
        let build = result(
            "<struct>\n<member>\n<name>source</name>\n<value><nil/></value>\n</member>\n<member><name>extra</name><value><struct><member><name>source</name><value>x</value></member></struct></value></member></struct>",
        );
        assert_eq!(build.get("source"), Some(&Value::Nil));
        assert_eq!(
            build.get("extra").unwrap().get("source").unwrap().text(),
            Some("x")
        );
        assert_eq!(build.get("other"), None);
        assert_eq!(result("<struct/>"), Value::Struct(BTreeMap::new()));
    }

    #[test]
    fn faults_are_told() {
        let text = "<methodResponse><fault><value><struct><member><name>faultCode</name><value><int>1000</int></value></member><member><name>faultString</name><value><string>no such method</string></value></member></struct></value></fault></methodResponse>";
        let fault = Answer::Fault {
            code: "1000".to_owned(),
            message: "no such method".to_owned(),
        };
        assert_eq!(answer(text), Ok(fault));
    }

    #[test]
    fn what_is_no_answer_is_told() {
        for (text, part) in [
            (String::new(), "no value"),
            ("<html><body>Hello</body></html>".to_owned(), "`html`"),
            ("not XML".to_owned(), "no value"),
            ("<methodResponse></methodResponse>".to_owned(), "no value"),
            (
                response("<struct><name>x</name></struct>"),
                "`member` is missing",
            ),
            (response("<string><b>x</b></string>"), "inside of text"),
            (response("<string>x</int>"), "no XML"),
            (response("<string>&mine;</string>"), "`&mine;`"),
            (
                "<methodResponse><params><param><value><array><data>".to_owned(),
                "too early",
            ),
        ] {
            let error = answer(&text).unwrap_err();
            assert!(error.contains(part), "{text}: {error}");
        }
    }

    #[test]
    fn values_are_nested_so_deep() {
        let nested = |levels: usize| {
            let inner = "<array><data><value>".repeat(levels);
            answer(&response(&format!(
                "{inner}x{}",
                "</value></data></array>".repeat(levels)
            )))
        };
        assert!(nested(MAX_DEPTH - 1).is_ok());
        assert!(nested(MAX_DEPTH).unwrap_err().contains("nested deeper"));
        let text = "<value><array><data>".repeat(100_000);
        assert!(answer(&format!("<methodResponse>{text}")).is_err());
    }

    #[test]
    fn an_argument_stays_text() {
        let call = call("getBuild", "a</string>&<b>\0");
        assert!(
            call.contains("<string>a&lt;/string&gt;&amp;&lt;b&gt;</string>"),
            "{call}"
        );
    }
}
