//! Shell-style patterns exactly as Python's `fnmatch.fnmatch` reads them on POSIX: case matters, `*` also crosses `/` and line ends,
//! `?` is one character, `[seq]` and `[!seq]` are sets, and nothing escapes anything.
//!
//! Policies match packages with it, permissions test cases; it knows neither. The matcher keeps one
//! point to go back to (the last `*`), so `*a*a*a*b` costs at most pattern length times text length.

/// Whether the whole of `name` matches `pattern`.
#[must_use]
pub fn fnmatch(name: &str, pattern: &str) -> bool {
    if !pattern.contains(['*', '?', '[']) {
        return name == pattern;
    }
    let name: Vec<char> = name.chars().collect();
    matches(&name, &parse(pattern))
}

#[derive(Debug)]
enum Token {
    Star,
    Any,
    Literal(char),
    Set {
        negated: bool,
        singles: Vec<char>,
        ranges: Vec<(char, char)>,
    },
}

impl Token {
    fn accepts(&self, character: char) -> bool {
        match self {
            Token::Star | Token::Any => true,
            Token::Literal(literal) => *literal == character,
            Token::Set {
                negated,
                singles,
                ranges,
            } => {
                let inside = singles.contains(&character)
                    || ranges
                        .iter()
                        .any(|(low, high)| (*low..=*high).contains(&character));
                inside != *negated
            }
        }
    }
}

fn matches(name: &[char], tokens: &[Token]) -> bool {
    let (mut at, mut token) = (0, 0);
    // The last star seen, and where the text after it was last tried.
    let mut retry: Option<(usize, usize)> = None;
    while let Some(character) = name.get(at) {
        match tokens.get(token) {
            Some(Token::Star) => {
                retry = Some((token + 1, at));
                token += 1;
            }
            Some(one) if one.accepts(*character) => {
                at += 1;
                token += 1;
            }
            _ => {
                let Some((after_star, tried)) = retry else {
                    return false;
                };
                retry = Some((after_star, tried + 1));
                (token, at) = (after_star, tried + 1);
            }
        }
    }
    tokens
        .iter()
        .skip(token)
        .all(|rest| matches!(rest, Token::Star))
}

fn parse(pattern: &str) -> Vec<Token> {
    let pattern: Vec<char> = pattern.chars().collect();
    let mut tokens = Vec::with_capacity(pattern.len());
    let mut rest = pattern.as_slice();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        match first {
            // Stars in a row are one star.
            '*' if matches!(tokens.last(), Some(Token::Star)) => {}
            '*' => tokens.push(Token::Star),
            '?' => tokens.push(Token::Any),
            '[' => match set_length(after) {
                Some(length) => {
                    let (set, after) = after.split_at(length);
                    tokens.push(parse_set(set));
                    rest = after.get(1..).unwrap_or_default();
                }
                // A bracket that is never closed stands for itself.
                None => tokens.push(Token::Literal('[')),
            },
            literal => tokens.push(Token::Literal(*literal)),
        }
    }
    tokens
}

/// Length of the set whose text starts right behind `[`: up to the first `]` that is neither its first character nor the first behind `!`.
fn set_length(text: &[char]) -> Option<usize> {
    let skipped = usize::from(text.first() == Some(&'!'));
    let skipped = skipped + usize::from(text.get(skipped) == Some(&']'));
    text.iter()
        .skip(skipped)
        .position(|c| *c == ']')
        .map(|found| found + skipped)
}

/// Splits a set at the hyphens that make ranges. A hyphen directly behind `[`, `[!` or a finished range, or at the end, is itself.
/// Ranges that run backwards are dropped with both their ends, as Python drops them.
fn parse_set(set: &[char]) -> Token {
    let mut chunks: Vec<Vec<char>> = Vec::new();
    let mut start = 0;
    let mut search = if set.first() == Some(&'!') { 2 } else { 1 };
    while let Some(found) = set.iter().skip(search).position(|c| *c == '-') {
        let hyphen = search + found;
        chunks.push(set.get(start..hyphen).unwrap_or_default().to_vec());
        start = hyphen + 1;
        search = hyphen + 3;
    }
    let tail = set.get(start..).unwrap_or_default();
    match chunks.last_mut() {
        Some(last) if tail.is_empty() => last.push('-'),
        _ => chunks.push(tail.to_vec()),
    }

    let mut done: Vec<Vec<char>> = Vec::new();
    // From the back: each chunk is joined to the one before it if the range between them is empty.
    while let Some(chunk) = chunks.pop() {
        let backwards = chunks
            .last()
            .and_then(|before| before.last())
            .zip(chunk.first())
            .is_some_and(|(low, high)| low > high);
        match chunks.last_mut() {
            Some(before) if backwards => {
                before.pop();
                before.extend(chunk.into_iter().skip(1));
            }
            _ => done.push(chunk),
        }
    }
    done.reverse();

    let negated = done.first().and_then(|chunk| chunk.first()) == Some(&'!');
    if negated && let Some(first) = done.first_mut() {
        first.remove(0);
    }
    let ranges = done
        .iter()
        .zip(done.iter().skip(1))
        .filter_map(|(before, after)| Some((*before.last()?, *after.first()?)))
        .collect();
    Token::Set {
        negated,
        singles: done.concat(),
        ranges,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn patterns_match_as_in_python() {
        let check = |pattern: &str, name: &str, expected: bool| {
            assert_eq!(fnmatch(name, pattern), expected, "{pattern} on {name}");
        };
        check("fedora-26", "fedora-26", true);
        check("fedora-26", "Fedora-26", false);
        check("fedora-*", "fedora-", true);
        check("fedora-*", "fedora-26", true);
        check("*", "", true);
        check("", "", true);
        check("", "a", false);
        check("*c", "a/b\nc", true);
        check("a?c", "abc", true);
        check("a?c", "ac", false);
        check("fedora-[3-9]*", "fedora-41", true);
        check("fedora-[3-9]*", "fedora-26", false);
        check("[!a]", "b", true);
        check("[!a]", "a", false);
        check("[!]", "[!]", true);
        check("[]]", "]", true);
        check("[!]]", "]", false);
        check("[]", "[]", true);
        check("[a", "[a", true);
        check("[-a]", "-", true);
        check("[a-]", "-", true);
        check("[a-]", "b", false);
        check("[!-a]", "-", false);
        check("[!-a]", "b", true);
        check("[b-a]", "a", false);
        check("[b-a]", "", false);
        check("[!b-a]", "z", true);
        check("[c-a-e]", "e", true);
        check("[c-a-e]", "d", false);
        check("[a-c-e]", "-", true);
        check("[a-c-e]", "d", false);
        check("[a-b-z]", "z", true);
        check("[--0]", ".", true);
        check("[^a]", "^", true);
        check("[^a]", "b", false);
        check(r"\*", "*", false);
        check(r"\*", r"\x", true);
        check("é?", "éü", true);
    }

    #[test]
    fn stars_do_not_blow_up() {
        let name = "a".repeat(20_000);
        let pattern = format!("{}b", "*a".repeat(200));
        assert!(!fnmatch(&name, &pattern));
    }

    /// Tries every way, straight from the definition; sets are left to the table above.
    fn naive(name: &[char], pattern: &[char]) -> bool {
        match (pattern.split_first(), name.split_first()) {
            (None, None) => true,
            (None, Some(_)) => false,
            (Some(('*', rest)), _) => (0..=name.len()).any(|skip| naive(&name[skip..], rest)),
            (Some((one, pattern)), Some((character, name))) => {
                (*one == '?' || one == character) && naive(name, pattern)
            }
            (Some(_), None) => false,
        }
    }

    proptest! {
        #[test]
        fn agrees_with_the_naive_matcher(name in "[ab/]{0,8}", pattern in "[ab*?/]{0,8}") {
            let (name_chars, pattern_chars): (Vec<char>, Vec<char>) = (name.chars().collect(), pattern.chars().collect());
            prop_assert_eq!(fnmatch(&name, &pattern), naive(&name_chars, &pattern_chars));
        }

        #[test]
        fn any_pattern_is_read(name in ".{0,12}", pattern in "[-a-c!\\]\\[^*?]{0,12}") {
            let _ = fnmatch(&name, &pattern);
        }
    }
}
