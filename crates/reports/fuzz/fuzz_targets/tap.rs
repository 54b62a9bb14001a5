//! Any text as TAP: no panic, and counts that add up.
#![no_main]

use libfuzzer_sys::fuzz_target;
use reports::Format;

fuzz_target!(|text: &str| {
    let mut cases = 0;
    let read = reports::read_text(text, Some(Format::Tap), &mut |case| {
        cases += 1;
        assert!(case.line >= 1 && case.attempts >= 1);
        Ok(())
    });
    if let Ok(summary) = read {
        assert_eq!(summary.counts.total(), cases);
    }
});
