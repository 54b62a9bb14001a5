//! How far subjects have come: a page with bars, and a badge that can stand in any page.

use crate::frame::page as frame;
use gate::progress::{Counts, Progress, RequirementProgress, State, SubjectProgress};
use http_edge::Reply;
use maud::{Markup, html};

/// What is done first, then what is not.
const STATES: [State; 5] = [
    State::Passed,
    State::Waived,
    State::Failed,
    State::Running,
    State::Missing,
];

/// The page. `top` is where the application begins, seen from the page's URL, such as `../../`.
#[must_use]
pub fn page(progress: &Progress, top: &str) -> Reply {
    let title = format!("{} % done", progress.counts.percent);
    let content = html! {
        h1 { (title) }
        div.box.good[progress.policies_satisfied].bad[!progress.policies_satisfied] {
            p { (progress.summary) }
        }
        (bar(&progress.counts))
        @for one in &progress.subjects { (subject(one)) }
        @if let Some(revision) = &progress.policy_revision {
            p.hint { "By the policies " (revision) }
        }
    };
    frame(200, &title, top, &content)
}

fn subject(subject: &SubjectProgress) -> Markup {
    html! {
        h2 { (subject.subject_type) " " (subject.subject_identifier) }
        (bar(&subject.counts))
        @if !subject.required.is_empty() { (table("Required", &subject.required)) }
        @if !subject.informative.is_empty() {
            (table("Informative, which closes no gate", &subject.informative))
        }
    }
}

/// A bar whose parts are as wide as their counts, and the same in words.
fn bar(counts: &Counts) -> Markup {
    let words = words(counts);
    html! {
        svg.bar role="img" aria-label=(words) viewBox={ "0 0 " (counts.total.max(1)) " 1" } preserveAspectRatio="none" {
            @for (state, start, width) in parts(counts) {
                rect class=(state.name()) x=(start) width=(width) height="1" {}
            }
        }
        p.hint { (words) }
    }
}

/// Each state that there is, where its part of the bar begins, and how wide it is.
fn parts(counts: &Counts) -> Vec<(State, usize, usize)> {
    let mut start = 0_usize;
    let mut parts = Vec::new();
    for state in STATES {
        let width = counts.count(state);
        if width > 0 {
            parts.push((state, start, width));
        }
        start = start.saturating_add(width);
    }
    parts
}

fn words(counts: &Counts) -> String {
    let states = parts(counts).into_iter();
    let states: Vec<String> = states
        .map(|(state, _, count)| format!("{count} {}", state.name()))
        .collect();
    match counts.total {
        0 => "nothing is required".to_owned(),
        total => format!("{} of {total} done: {}", counts.done, states.join(", ")),
    }
}

fn table(caption: &str, all: &[RequirementProgress]) -> Markup {
    html! {
        div.scroll {
            table {
                caption { (caption) }
                thead { tr { th scope="col" { "Test case" } th scope="col" { "State" } th scope="col" { "What counts" } } }
                tbody { @for one in all { (row(one)) } }
            }
        }
    }
}

fn row(one: &RequirementProgress) -> Markup {
    let kind = &one.requirement.kind;
    let keys = ["system_architecture", "system_variant"];
    let keys = keys.iter().filter_map(|key| kind.key(key));
    let values = kind.scenario().into_iter().chain(keys);
    let result = kind
        .result()
        .map(|result| format!("result {}", result.result_id));
    let waiver = one.requirement.waiver_id.map(|id| format!("waiver {id}"));
    let counting: Vec<String> = waiver.into_iter().chain(result).collect();
    html! {
        tr {
            td {
                (kind.testcase())
                @for value in values { " " code { (value) } }
            }
            td.(one.state.name()) { (one.state.name()) }
            td { (counting.join(", ")) }
        }
    }
}

/// What a character of the badge's font is wide, in pixels, on average.
const CHARACTER: usize = 7;
/// Room at both ends of a text.
const MARGIN: usize = 10;

/// The badge: `gate`, and how far it is. It may stand in pages of other sites, and is not kept.
#[must_use]
pub fn badge(progress: &Progress) -> Reply {
    let counts = &progress.counts;
    let (word, color) = match (progress.policies_satisfied, counts.failed) {
        (true, _) => ("open".to_owned(), "#1d6b3a"),
        (false, 0) => (format!("{} %", counts.percent), "#4a5968"),
        (false, failed) => (format!("{} %, {failed} failed", counts.percent), "#a3232b"),
    };
    let label = "gate";
    let wide = |text: &str| {
        text.chars()
            .count()
            .saturating_mul(CHARACTER)
            .saturating_add(MARGIN)
    };
    let (left, right) = (wide(label), wide(&word));
    let all = left.saturating_add(right);
    let title = format!("{label}: {word}, {}", words(counts));
    let middle = |start: usize, width: usize| start.saturating_add(width / 2);
    let svg = html! {
        svg xmlns="http://www.w3.org/2000/svg" width=(all) height="20" role="img" aria-label=(title) {
            title { (title) }
            rect width=(left) height="20" fill="#333" {}
            rect x=(left) width=(right) height="20" fill=(color) {}
            g fill="#fff" font-family="Verdana,Geneva,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle" {
                text x=(middle(0, left)) y="14" { (label) }
                text x=(middle(left, right)) y="14" { (word) }
            }
        }
    };
    Reply::new(200, "image/svg+xml", svg.into_string())
        .with_header("content-security-policy", "default-src 'none'")
        .with_header("x-content-type-options", "nosniff")
        .with_header("cross-origin-resource-policy", "cross-origin")
        .with_header("cache-control", "no-cache")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_fill_the_bar() {
        let counts = Counts {
            total: 10,
            done: 6,
            passed: 3,
            failed: 1,
            waived: 2,
            missing: 4,
            ..Counts::default()
        };
        assert_eq!(
            parts(&counts),
            [
                (State::Passed, 0, 3),
                (State::Waived, 3, 2),
                (State::Failed, 5, 1),
                (State::Missing, 6, 4),
            ]
        );
        assert_eq!(
            words(&counts),
            "6 of 10 done: 3 passed, 2 waived, 1 failed, 4 missing"
        );
        assert_eq!(words(&Counts::default()), "nothing is required");
    }

    #[test]
    fn names_are_text() {
        let progress = Progress {
            policies_satisfied: false,
            summary: "<b>".into(),
            policy_revision: None,
            counts: Counts::default(),
            subjects: vec![SubjectProgress {
                subject_type: "<i>".into(),
                subject_identifier: "&".into(),
                policies_satisfied: true,
                counts: Counts::default(),
                required: Vec::new(),
                informative: Vec::new(),
            }],
        };
        let page = String::from_utf8(page(&progress, "../").body).unwrap();
        assert!(page.contains("&lt;i&gt; &amp;") && page.contains("&lt;b&gt;"));
        assert!(!page.contains("<i>") && !page.contains("<b>"));
    }
}
