//! What templates make of values, and of values that want to leave their place.

use super::*;

const DIST_GIT: &str = "https://src.test/{pkg_namespace}{pkg_name}/raw/{rev}/f/gating.yaml";

fn sources(namespace: &str, name: &str, revision: &str) -> Sources {
    Sources {
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        revision: revision.to_owned(),
    }
}

#[test]
fn values_are_put_into_their_places() {
    let check = |template: &str, id: &str, sources: &Sources, expected: &str| {
        let url = Template::parse(template).unwrap().fill(id, Some(sources));
        assert_eq!(url.unwrap(), expected);
    };
    let nethack = sources("rpms", "nethack", "0c1a84");
    let url = "https://src.test/rpms/nethack/raw/0c1a84/f/gating.yaml";
    check(DIST_GIT, "nethack-3.6.1-3.fc29", &nethack, url);
    let url = "https://src.test/gtk+/raw/0c1a84/f/gating.yaml";
    check(DIST_GIT, "gtk+-1-1", &sources("", "gtk+", "0c1a84"), url);
    let by_id = "http://h:8080/side-tags/{subject_id}.yaml?ref={subject_id}";
    let url = "http://h:8080/side-tags/0123.yaml?ref=0123";
    check(by_id, "sha256:0123", &nethack, url);
    let url = "http://h:8080/side-tags/a+b:c.yaml?ref=a%2Bb%3Ac";
    check(by_id, "a+b:c", &nethack, url);
    check("https://h/{{a}}/x", "", &nethack, "https://h/{a}/x");
    check("https://h", "", &nethack, "https://h");
}

#[test]
fn no_value_leaves_its_place() {
    let template = Template::parse("https://h/p/{subject_id}").unwrap();
    for (id, expected) in [
        ("../x", "https://h/p/..%2Fx"),
        ("a/../../b", "https://h/p/a%2F..%2F..%2Fb"),
        ("a?b=c&d", "https://h/p/a%3Fb=c%26d"),
        ("a#b", "https://h/p/a%23b"),
        ("@evil.test/", "https://h/p/%40evil.test%2F"),
        ("//evil.test", "https://h/p/%2F%2Fevil.test"),
        ("\\\\evil.test", "https://h/p/%5C%5Cevil.test"),
        ("%2e%2e", "https://h/p/%252e%252e"),
        ("{rev}", "https://h/p/%7Brev%7D"),
        ("a b\r\nX: y\0é", "https://h/p/a%20b%0D%0AX:%20y%00%C3%A9"),
    ] {
        assert_eq!(template.fill(id, None).unwrap(), expected);
    }
    for id in ["..", ".", "sha256:..", "", "sha256:"] {
        assert!(template.fill(id, None).is_err(), "{id}");
    }
    let dist_git = Template::parse(DIST_GIT).unwrap();
    for (namespace, name, revision) in [
        ("..", "x", "r"),
        (".", "x", "r"),
        ("rpms", "..", "r"),
        ("rpms", "x", ".."),
        ("rpms", "", "r"),
        ("rpms", "x", ""),
    ] {
        let filled = dist_git.fill("x", Some(&sources(namespace, name, revision)));
        assert!(filled.is_err(), "{namespace} {name} {revision}");
    }
    let filled = dist_git.fill("x", Some(&sources("a/b", "c/../d", "e?f")));
    assert_eq!(
        filled.unwrap(),
        "https://src.test/a%2Fb/c%2F..%2Fd/raw/e%3Ff/f/gating.yaml"
    );
    // Two values that make dots together.
    let together = Template::parse("https://h/{subject_id}{pkg_name}/x").unwrap();
    assert!(together.fill(".", Some(&sources("", ".", "r"))).is_err());
}

#[test]
fn urls_have_a_longest_length() {
    let template = Template::parse("https://h/{subject_id}").unwrap();
    let longest = MAX_URL_BYTES - "https://h/".len();
    assert!(template.fill(&"a".repeat(longest), None).is_ok());
    assert!(template.fill(&"a".repeat(longest + 1), None).is_err());
}

#[test]
fn templates_that_can_not_be_used_are_told() {
    for (template, part) in [
        ("", "does not begin"),
        ("ftp://h/x", "does not begin"),
        ("/x", "does not begin"),
        ("{subject_id}", "does not begin"),
        ("https://", "written out"),
        ("https:///x", "written out"),
        ("https://{subject_id}/x", "written out"),
        ("https://h.{subject_id}/x", "written out"),
        ("https://h{subject_id}", "written out"),
        ("https://joe:secret@h/x", "no host has"),
        ("https://h\\x/y", "no host has"),
        ("https://h/x#y", "has a `#`"),
        ("https://h/x y", "a blank"),
        ("https://h/é", "beyond ASCII"),
        ("https://h/{branch}", "there is no `{branch}`"),
        ("https://h/{}", "there is no `{}`"),
        ("https://h/{rev", "brace"),
        ("https://h/rev}", "brace"),
    ] {
        let error = Template::parse(template).unwrap_err();
        assert!(error.contains(part), "{template}: {error}");
    }
}

#[test]
fn only_places_of_a_build_need_its_sources() {
    for (template, expected) in [
        ("https://h/{subject_id}", false),
        ("https://h/{{rev}}", false),
        ("https://h/{pkg_namespace}", true),
        ("https://h/{pkg_name}", true),
        ("https://h/{subject_id}/{rev}", true),
    ] {
        assert_eq!(Template::parse(template).unwrap().needs_sources(), expected);
    }
}
