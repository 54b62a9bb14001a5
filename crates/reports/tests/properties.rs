//! Generated documents: what is written is read back, and nothing makes a reader panic.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests may fail loudly too"
)]

use proptest::prelude::*;
use reports::{Format, Status};
use std::fmt::Write;

/// Text that survives attributes: XML makes blanks of line ends and tabs there, and readers trim.
fn words() -> impl Strategy<Value = String> {
    "[A-Za-z0-9<>&'\"é漢.,:;/()\\[\\]#\\\\-]{1,12}( [a-z<&#]{1,6}){0,2}"
}

fn status() -> impl Strategy<Value = Status> {
    prop_oneof![
        Just(Status::Passed),
        Just(Status::Failed),
        Just(Status::Errored),
        Just(Status::Skipped),
    ]
}

#[derive(Clone, Debug)]
struct Wanted {
    name: String,
    status: Status,
    message: String,
    text: String,
    milliseconds: u32,
}

fn wanted() -> impl Strategy<Value = Wanted> {
    (words(), status(), words(), words(), 0..10_000_000_u32).prop_map(
        |(name, status, message, text, milliseconds)| Wanted {
            name,
            status,
            message,
            text,
            milliseconds,
        },
    )
}

fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        match character {
            '<' => escaped.push_str("&lt;"),
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            'é' => escaped.push_str("&#xe9;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// Suites, each inside of the one before, with these cases.
fn junit(suites: &[(String, Vec<Wanted>)]) -> String {
    let mut text = "<?xml version='1.0'?><testsuites>".to_owned();
    for (name, cases) in suites {
        writeln!(text, "<testsuite name=\"{}\">", escape(name)).unwrap();
        for case in cases {
            let seconds = f64::from(case.milliseconds) / 1000.0;
            write!(
                text,
                "<testcase name=\"{}\" time='{seconds}'>",
                escape(&case.name)
            )
            .unwrap();
            let element = match case.status {
                Status::Failed => "failure",
                Status::Errored => "error",
                Status::Skipped => "skipped",
                _ => "",
            };
            if !element.is_empty() {
                let (message, body) = (escape(&case.message), &case.text);
                let body = body.replace("]]>", "");
                write!(
                    text,
                    "<{element} message=\"{message}\"><![CDATA[{body}]]></{element}>"
                )
                .unwrap();
            }
            text.push_str("</testcase>");
        }
    }
    text.push_str(&"</testsuite>".repeat(suites.len()));
    text.push_str("</testsuites>");
    text
}

/// A point of TAP, escaped.
fn point(number: usize, case: &Wanted) -> String {
    let escaped = |text: &str| text.replace('\\', "\\\\").replace('#', "\\#");
    let name = escaped(&case.name);
    match case.status {
        Status::Failed | Status::Errored => format!("not ok {number} - {name}"),
        Status::Skipped => format!("ok {number} - {name} # SKIP {}", escaped(&case.message)),
        _ => format!("ok {number} - {name}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn junit_is_read_as_it_was_written(
        suites in prop::collection::vec((words(), prop::collection::vec(wanted(), 0..6)), 1..4),
    ) {
        let document = junit(&suites);
        let report = reports::read(document.as_bytes(), None).unwrap();
        let all: Vec<(&String, &Wanted)> = suites
            .iter()
            .flat_map(|(suite, cases)| cases.iter().map(move |case| (suite, case)))
            .collect();
        prop_assert_eq!(report.cases.len(), all.len());
        for (read, (suite, wanted)) in report.cases.iter().zip(all) {
            prop_assert_eq!(&read.name, &wanted.name);
            prop_assert_eq!(&read.full_name, &format!("{suite}.{}", wanted.name));
            prop_assert_eq!(read.status, wanted.status);
            prop_assert_eq!(read.seconds, Some(f64::from(wanted.milliseconds) / 1000.0));
            let is_passed = wanted.status == Status::Passed;
            prop_assert_eq!(read.message.as_deref(), (!is_passed).then_some(wanted.message.as_str()));
            if matches!(wanted.status, Status::Failed | Status::Errored) {
                let text = format!("{}\n{}", wanted.message, wanted.text.replace("]]>", ""));
                prop_assert_eq!(read.text.as_deref(), Some(text.as_str()));
            }
        }
        // UTF-16 says the same.
        let utf_16: Vec<u8> = [0xfe, 0xff]
            .into_iter()
            .chain(document.encode_utf16().flat_map(u16::to_be_bytes))
            .collect();
        prop_assert_eq!(reports::read(&utf_16, None).unwrap(), report);
    }

    #[test]
    fn tap_is_read_as_it_was_written(
        outer in prop::collection::vec((wanted(), prop::collection::vec(wanted(), 0..4)), 1..5),
        is_plan_first: bool,
    ) {
        let mut text = "TAP version 14\n".to_owned();
        let mut expected = Vec::new();
        let plan = format!("1..{}\n", outer.len());
        if is_plan_first {
            text.push_str(&plan);
        }
        for (index, (case, inner)) in outer.iter().enumerate() {
            for (index, case) in inner.iter().enumerate() {
                writeln!(text, "    {}", point(index + 1, case)).unwrap();
            }
            if !inner.is_empty() {
                writeln!(text, "    1..{}", inner.len()).unwrap();
            }
            writeln!(text, "{}", point(index + 1, case)).unwrap();
            match inner.is_empty() {
                true => expected.push((case.name.clone(), case)),
                false => expected.extend(inner.iter().map(|inner| (format!("{}.{}", case.name, inner.name), inner))),
            }
        }
        if !is_plan_first {
            text.push_str(&plan);
        }
        let report = reports::read(text.as_bytes(), Some(Format::Tap)).unwrap();
        prop_assert!(!report.summary.notes.is_broken, "{:?}\n{text}", report.summary.notes);
        prop_assert_eq!(report.cases.len(), expected.len(), "{}", text);
        for (read, (name, wanted)) in report.cases.iter().zip(expected) {
            prop_assert_eq!(&read.full_name, &name, "{}", text);
            let status = match wanted.status {
                Status::Errored => Status::Failed,
                other => other,
            };
            prop_assert_eq!(read.status, status, "{}", text);
            if status == Status::Skipped {
                prop_assert_eq!(read.message.as_deref(), Some(wanted.message.as_str()));
            }
        }
    }

    #[test]
    fn nothing_makes_a_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        for format in [None, Some(Format::Junit), Some(Format::Tap)] {
            let _ = reports::read(&bytes, format);
        }
    }

    /// Pieces of both formats in any order.
    #[test]
    fn no_mixture_makes_a_reader_panic(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..60)) {
        let text = pieces.concat();
        for format in [Format::Junit, Format::Tap] {
            if let Ok(report) = reports::read(text.as_bytes(), Some(format)) {
                prop_assert_eq!(report.cases.len() as u64, report.summary.counts.total());
                let mapping = reports::Mapping {
                    prefix: "p", error_outcome: "ERROR", data: &[], cases: reports::Cases::All, skipped_as_info: true,
                };
                for case in &report.cases {
                    prop_assert!(case.line >= 1);
                    let mapped = reports::mapping::case(case, &mapping).unwrap();
                    prop_assert!(serde_json::from_str::<serde_json::Value>(&mapped.data).is_ok());
                }
                let _ = reports::mapping::roll_up(&report.summary, &mapping);
            }
        }
    }
}

const PIECES: &[&str] = &[
    "<testsuites>",
    "</testsuites>",
    "<testsuite name='s'>",
    "</testsuite>",
    "<testcase name='a' time='1'>",
    "</testcase>",
    "<failure message='m'>",
    "</failure>",
    "<skipped/>",
    "<flakyFailure/>",
    "<error>",
    "</error>",
    "<![CDATA[x",
    "]]>",
    "&lt;",
    "&#65;",
    "<property name='a' value='b'/>",
    "<properties>",
    "</properties>",
    "text",
    "é",
    "<!--",
    "-->",
    "\n",
    "    ",
    "  ",
    "\t",
    "ok",
    "not ok",
    " 1",
    " 18446744073709551616",
    " - d",
    " # SKIP r",
    " # TODO",
    " # time=3ms",
    " {",
    "{",
    "}",
    "1..2",
    "1..0 # s",
    "Bail out! x",
    "# Subtest: n",
    "# c",
    "---",
    "...",
    "message: 'x'",
    "message: |-",
    "duration_ms: 3",
    "TAP version 14",
    "KTAP version 1",
    "pragma +strict",
    "[    1.2] ",
    "\\",
    "#",
];
