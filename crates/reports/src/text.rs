//! Text of bytes: UTF-8, or UTF-16 that says so by its mark, or Latin-1 where an XML declaration
//! names it. What can't be stored as text is refused here, with its place.

use crate::problem::Problem;
use crate::unpack::MAX_DOCUMENT_BYTES;
use std::borrow::Cow;

/// Names of Latin-1 in an XML declaration.
const LATIN_1: &[&str] = &["iso-8859-1", "iso_8859-1", "latin1", "latin-1"];

/// Names of what is UTF-8 anyway.
const UTF_8: &[&str] = &["utf-8", "utf8", "us-ascii", "ascii"];

/// As [`decode`], of bytes that are not needed any more: UTF-8 is not copied.
///
/// # Errors
/// As [`decode`].
pub fn decode_owned(bytes: Vec<u8>) -> Result<String, Problem> {
    if let Cow::Owned(text) = decode(&bytes)? {
        return Ok(text);
    }
    let text = String::from_utf8(bytes)
        .map_err(|error| Problem::at(error.as_bytes(), 0, "this is not UTF-8"))?;
    Ok(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    })
}

/// The text, without a mark in front of it.
///
/// # Errors
/// What is no text, or has the character U+0000.
pub fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Problem> {
    let text = match bytes {
        [0xff, 0xfe, rest @ ..] => Cow::Owned(utf_16(rest, u16::from_le_bytes)?),
        [0xfe, 0xff, rest @ ..] => Cow::Owned(utf_16(rest, u16::from_be_bytes)?),
        [0xef, 0xbb, 0xbf, rest @ ..] => Cow::Borrowed(utf_8(rest)?),
        _ => match declared(bytes) {
            Some(name) if LATIN_1.contains(&name.as_str()) => Cow::Owned(latin_1(bytes)?),
            Some(name)
                if !UTF_8.contains(&name.as_str()) && std::str::from_utf8(bytes).is_err() =>
            {
                return Err(Problem::at(
                    bytes,
                    0,
                    format!("the encoding `{name}` is not known, please send UTF-8"),
                ));
            }
            _ => Cow::Borrowed(utf_8(bytes)?),
        },
    };
    match text.bytes().position(|byte| byte == 0) {
        Some(offset) => Err(Problem::at(
            text.as_bytes(),
            offset,
            "the character U+0000 can't be stored",
        )),
        None => Ok(text),
    }
}

fn utf_8(bytes: &[u8]) -> Result<&str, Problem> {
    std::str::from_utf8(bytes)
        .map_err(|error| Problem::at(bytes, error.valid_up_to(), "this is not UTF-8"))
}

fn utf_16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, Problem> {
    let units = || {
        bytes.chunks(2).map(|pair| match pair {
            [first, second] => unit([*first, *second]),
            // Half a unit at the end: a lone surrogate, which is refused like any other.
            _ => 0xd800,
        })
    };
    let characters = char::decode_utf16(units());
    let mut text = sized(characters.map(|c| c.map_or(0, char::len_utf8)).sum())?;
    for character in char::decode_utf16(units()) {
        match character {
            Ok(character) => text.push(character),
            Err(_) => {
                return Err(Problem::at(
                    text.as_bytes(),
                    text.len(),
                    "this is not UTF-16",
                ));
            }
        }
    }
    Ok(text)
}

fn latin_1(bytes: &[u8]) -> Result<String, Problem> {
    let high = bytes.iter().filter(|byte| !byte.is_ascii()).count();
    let mut text = sized(bytes.len() + high)?;
    text.extend(bytes.iter().copied().map(char::from));
    Ok(text)
}

/// A text with room for so many bytes: one that grew would be in memory three times on the way.
fn sized(bytes: usize) -> Result<String, Problem> {
    match bytes > MAX_DOCUMENT_BYTES {
        true => Err(Problem::too_large(format!(
            "the document is larger than {MAX_DOCUMENT_BYTES} bytes as UTF-8"
        ))),
        false => Ok(String::with_capacity(bytes)),
    }
}

/// The encoding that an XML declaration names, in lower case.
fn declared(bytes: &[u8]) -> Option<String> {
    const LONGEST_DECLARATION: usize = 200;
    let bytes = bytes.trim_ascii_start();
    let head = bytes.get(..LONGEST_DECLARATION).unwrap_or(bytes);
    let head = String::from_utf8_lossy(head.strip_prefix(b"<?xml")?).into_owned();
    let (head, _) = head.split_once("?>")?;
    let (_, value) = head.split_once("encoding")?;
    let value = value.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let (name, _) = value.get(1..)?.split_once(quote)?;
    Some(name.to_ascii_lowercase())
}
