//! Any bytes: unpacked, decoded, read, and mapped to results whose data is JSON.
#![no_main]

use libfuzzer_sys::fuzz_target;
use reports::{Cases, Mapping, mapping};

fuzz_target!(|bytes: &[u8]| {
    let Ok(report) = reports::read(bytes, None) else {
        return;
    };
    let mapping = Mapping {
        prefix: "p",
        error_outcome: "ERROR",
        data: &[],
        cases: Cases::All,
        skipped_as_info: true,
    };
    for case in &report.cases {
        let mapped = mapping::case(case, &mapping).expect("all cases become results");
        assert!(mapped.test_case.chars().count() <= mapping::MAX_NAME_CHARS);
        assert!(mapped.data.starts_with('{'));
    }
    let _ = mapping::roll_up(&report.summary, &mapping);
});
