//! Which characters a YAML text may have. It does not know what they mean.

use crate::YamlError;

/// The first character that YAML leaves out of its texts: a control character, or one that is none.
pub fn fault(text: &str) -> Option<YamlError> {
    let is_printable = |character: char| match character {
        '\t' | '\n' | '\r' | '\u{85}' => true,
        '\u{fffe}' | '\u{ffff}' => false,
        other => !other.is_control(),
    };
    // Nearly every text is ASCII without them, and bytes are looked through faster.
    let is_plain = |byte: u8| matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~');
    if text.bytes().all(is_plain) {
        return None;
    }
    let (after, character) = (text.chars().enumerate()).find(|(_, one)| !is_printable(*one))?;
    Some(YamlError::Unprintable { character, after })
}

#[cfg(test)]
mod tests {
    use crate::{YamlError, documents};

    #[test]
    fn control_characters_are_refused_wherever_they_are() {
        for (text, character, after) in [
            ("\0", '\0', 0),
            ("a: \u{7}", '\u{7}', 3),
            ("\u{feff}é: '\u{1b}'", '\u{1b}', 5),
            ("# \u{7f}", '\u{7f}', 2),
            ("a\u{9f}", '\u{9f}', 1),
            ("[\n\u{fffe}", '\u{fffe}', 2),
        ] {
            let stream = documents(text);
            assert!(stream.documents.is_empty(), "{text:?}");
            let expected = YamlError::Unprintable { character, after };
            assert_eq!(stream.fault, Some(expected), "{text:?}");
        }
        assert_eq!(documents("a: \u{85}\u{a0}é\u{fffd}🦀\t\r\n").fault, None);
    }
}
