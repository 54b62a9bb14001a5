//! E-mail addresses, checked and written as the library behind Pydantic does, in its words: an
//! address that could be delivered to, with or without a name in front. No network is asked.

use std::collections::BTreeSet;

/// Longest text, a name included, in characters.
const MAX_TEXT_CHARS: usize = 2_048;
/// Longest part before the @-sign, in characters (RFC 5321).
const MAX_LOCAL_CHARS: usize = 64;
/// Longest part after the @-sign, in characters of its ASCII form (RFC 5321).
const MAX_DOMAIN_CHARS: usize = 253;
/// Longest part of a domain between two periods (RFC 1034).
const MAX_LABEL_CHARS: usize = 63;
/// Longest address (RFC 3696).
const MAX_ADDRESS_CHARS: usize = 254;

/// What a part before the @-sign may have beside letters, digits and periods.
const LOCAL_SIGNS: &str = "_!#$%&'*+-/=?^`{|}~";

/// Domains that nothing is delivered to (RFC 6761 and its successors).
pub const SPECIAL_DOMAINS: [&str; 6] = ["arpa", "invalid", "local", "localhost", "onion", "test"];

/// The address as it is stored: without a name, its domain in lower case.
///
/// # Errors
/// Why it is none.
pub fn normalised(text: &str) -> Result<String, String> {
    if text.chars().count() > MAX_TEXT_CHARS {
        return Err(format!(
            "Length must not exceed {MAX_TEXT_CHARS} characters"
        ));
    }
    let address = without_name(text.trim())?;
    if address.starts_with('"') {
        return Err("Quoting the part before the @-sign is not allowed here.".to_owned());
    }
    let (local, domain) = address
        .split_once('@')
        .ok_or("An email address must have an @-sign.")?;
    if local.is_empty() {
        return Err("There must be something before the @-sign.".to_owned());
    }
    check_local(local)?;
    let domain = normalised_domain(domain)?;
    let address = format!("{local}@{domain}");
    check_length(&address, MAX_ADDRESS_CHARS, "The email address is too long")?;
    Ok(address)
}

/// `Name <address>` without the name.
fn without_name(text: &str) -> Result<&str, String> {
    let Some((name, address)) = text
        .strip_suffix('>')
        .and_then(|text| text.rsplit_once('<'))
    else {
        return Ok(text);
    };
    let name = name.trim();
    let is_quoted = name.len() >= 2 && name.starts_with('"') && name.ends_with('"');
    let is_allowed = |c: char| c.is_alphanumeric() || c.is_whitespace() || is_local_sign(c);
    let strange = foreign(name, |c| is_quoted || is_allowed(c));
    match strange.is_empty() {
        true => Ok(address.trim()),
        false => Err(format!(
            "The display name contains invalid characters when not quoted: {strange}."
        )),
    }
}

fn is_local_sign(c: char) -> bool {
    c == '.' || LOCAL_SIGNS.contains(c)
}

fn check_local(local: &str) -> Result<(), String> {
    check_length(
        local,
        MAX_LOCAL_CHARS,
        "The email address is too long before the @-sign",
    )?;
    let is_allowed = |c: char| !c.is_ascii() || c.is_ascii_alphanumeric() || is_local_sign(c);
    let strange = foreign(local, is_allowed);
    if !strange.is_empty() {
        return Err(format!(
            "The email address contains invalid characters before the @-sign: {strange}."
        ));
    }
    let unsafe_ones = foreign(local, |c| !is_unsafe(c));
    if !unsafe_ones.is_empty() {
        return Err(format!(
            "The email address contains unsafe characters: {unsafe_ones}."
        ));
    }
    let text = if local.starts_with('.') {
        "An email address cannot start with a period."
    } else if local.ends_with('.') {
        "An email address cannot have a period immediately before the @-sign."
    } else if local.contains("..") {
        "An email address cannot have two periods in a row."
    } else {
        return Ok(());
    };
    Err(text.to_owned())
}

fn normalised_domain(domain: &str) -> Result<String, String> {
    if domain.is_empty() {
        return Err("There must be something after the @-sign.".to_owned());
    }
    if domain.starts_with('[') && domain.ends_with(']') {
        return Err("A bracketed IP address after the @-sign is not allowed here.".to_owned());
    }
    let is_allowed = |c: char| !c.is_ascii() || c.is_ascii_alphanumeric() || c == '.' || c == '-';
    let strange = foreign(domain, is_allowed);
    if !strange.is_empty() {
        return Err(format!(
            "The part after the @-sign contains invalid characters: {strange}."
        ));
    }
    if let Some(text) = misplaced_sign(domain) {
        return Err(text.to_owned());
    }
    let ascii = domain.to_ascii_lowercase();
    if ascii.is_ascii() && !ascii.contains("xn--") {
        check_ascii_domain(&ascii)?;
        return Ok(ascii);
    }
    let invalid = "The part after the @-sign is not valid IDNA.";
    let ascii = idna::domain_to_ascii_strict(domain).map_err(|_| invalid)?;
    check_ascii_domain(&ascii)?;
    let (unicode, result) = idna::domain_to_unicode(&ascii);
    result.map_err(|_| invalid)?;
    Ok(unicode)
}

fn misplaced_sign(domain: &str) -> Option<&'static str> {
    Some(if domain.ends_with('.') {
        "An email address cannot end with a period."
    } else if domain.starts_with('.') {
        "An email address cannot have a period immediately after the @-sign."
    } else if domain.contains("..") {
        "An email address cannot have two periods in a row."
    } else if domain.ends_with('-') {
        "An email address cannot end with a hyphen."
    } else if domain.starts_with('-') {
        "An email address cannot have a hyphen immediately after the @-sign."
    } else if domain.contains(".-") || domain.contains("-.") {
        "An email address cannot have a period and a hyphen next to each other."
    } else {
        return None;
    })
}

fn check_ascii_domain(domain: &str) -> Result<(), String> {
    check_length(
        domain,
        MAX_DOMAIN_CHARS,
        "The email address is too long after the @-sign",
    )?;
    for label in domain.split('.') {
        check_length(
            label,
            MAX_LABEL_CHARS,
            "After the @-sign, periods cannot be separated by so many characters",
        )?;
    }
    let (_, top) = domain
        .rsplit_once('.')
        .ok_or("The part after the @-sign is not valid. It should have a period.")?;
    if !top.ends_with(|c: char| c.is_ascii_alphabetic()) && !top.starts_with("xn--") {
        return Err(
            "The part after the @-sign is not valid. It is not within a valid top-level domain."
                .to_owned(),
        );
    }
    match SPECIAL_DOMAINS.contains(&top) {
        true => Err("The part after the @-sign is a special-use or reserved name that cannot be used with email.".to_owned()),
        false => Ok(()),
    }
}

fn check_length(text: &str, most: usize, message: &str) -> Result<(), String> {
    match text.chars().count().saturating_sub(most) {
        0 => Ok(()),
        1 => Err(format!("{message} (1 character too many).")),
        more => Err(format!("{message} ({more} characters too many).")),
    }
}

/// Whether a character can't be seen, or changes how others are.
fn is_unsafe(c: char) -> bool {
    let is_format = matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    c.is_control() || c.is_whitespace() || is_format
}

/// The characters that are not allowed, each once, for people: `','`, `SPACE` or `U+0009`.
fn foreign(text: &str, is_allowed: impl Fn(char) -> bool) -> String {
    let foreign = text.chars().filter(|c| !is_allowed(*c));
    let shown: BTreeSet<String> = foreign
        .map(|c| match c {
            ' ' => "SPACE".to_owned(),
            '\'' => "\"'\"".to_owned(),
            '\\' => "\"\\\"".to_owned(),
            c if is_unsafe(c) => format!("U+{:04X}", u32::from(c)),
            c => format!("'{c}'"),
        })
        .collect();
    shown.into_iter().collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_normalised() {
        let check = |text: &str, expected: &str| {
            assert_eq!(normalised(text), Ok(expected.to_owned()), "{text}");
        };
        check("a@b.com", "a@b.com");
        check("A.B@C.D.Com", "A.B@c.d.com");
        check(" a+x/y'z@b.com\n", "a+x/y'z@b.com");
        check("Foo Bar <a@b.com>", "a@b.com");
        check("\"Foo, Bar\" <a@b.com>", "a@b.com");
        check("<a@b.com>", "a@b.com");
        check("é@b.com", "é@b.com");
        check("a@BÜcher.de", "a@bücher.de");
        check("a@xn--bcher-kva.de", "a@bücher.de");
        check("a@b.xn--p1ai", "a@b.рф");
        check("a-@b-c.com", "a-@b-c.com");
        check("a@localhost.com", "a@localhost.com");
    }

    #[test]
    fn what_is_no_address_is_told() {
        let check = |text: &str, expected: &str| {
            let error = normalised(text).unwrap_err();
            assert!(error.contains(expected), "{text}: {error}");
        };
        for text in ["zz", "", "<>", "Foo <zz>", "a b"] {
            check(text, "must have an @-sign");
        }
        check("@b.com", "something before");
        check("a@", "something after");
        check(
            "a@@b.com",
            "after the @-sign contains invalid characters: '@'",
        );
        check("a b@c.com", "before the @-sign: SPACE.");
        check("a\tb@c.com", "before the @-sign: U+0009.");
        check("(x)a@b.com", "before the @-sign: '(', ')'.");
        check("a\u{a0}b@c.com", "unsafe characters: U+00A0");
        check(
            "a@b_c.com",
            "after the @-sign contains invalid characters: '_'",
        );
        check("Foo, B <a@b.com>", "when not quoted: ','");
        check("\"a b\"@c.com", "Quoting");
        check("a@[1.2.3.4]", "bracketed");
        check(".a@b.com", "start with a period");
        check("a.@b.com", "period immediately before");
        check("a..b@c.com", "two periods");
        check("a@.com", "period immediately after");
        check("a@b..com", "two periods");
        check("a@b.com.", "end with a period");
        check("a@b.com-", "end with a hyphen");
        check("a@-b.com", "hyphen immediately after");
        check("a@b-.com", "next to each other");
        check("a@b", "should have a period");
        check("a@1.2.3.4", "top-level domain");
        check("a@x.test", "special-use");
        check("a@xn--a.com", "IDNA");
    }

    #[test]
    fn lengths_have_two_sides() {
        let check = |text: String, expected: &str| {
            let error = normalised(&text).err().unwrap_or_default();
            assert!(
                error.contains(expected) && error.is_empty() == expected.is_empty(),
                "{text}: {error}"
            );
        };
        let x = |count: usize| "x".repeat(count);
        check(format!("{}@b.com", x(64)), "");
        check(
            format!("{}@b.com", x(65)),
            "before the @-sign (1 character too many)",
        );
        check(format!("{}@b.com", x(66)), "(2 characters too many)");
        check(format!("a@{}.com", x(63)), "");
        check(format!("a@{}.com", x(64)), "so many characters (1 ");
        let domain = |last: usize| format!("{}{}", format!("{}.", x(60)).repeat(4), x(last));
        check(format!("a@{}", domain(8)), "");
        check(format!("a@{}", domain(9)), "is too long (1 character");
        check(format!("a@{}", domain(10)), "after the @-sign (1 character");
        let long = |count: usize| format!("\"{}\" <a@b.com>", x(count));
        check(long(MAX_TEXT_CHARS - 12), "");
        check(long(MAX_TEXT_CHARS - 11), "must not exceed 2048");
    }
}
