//! What befalls the machine under a store: no room, no leave to write, damage, a clock that goes back,
//! a second host. Each time writes are a 503 that says when to come back, reads go on where they can,
//! and without a restart everything goes on when it is over. It must not know why SQLite fails.

mod clock;
mod damage;
mod disk_full;
mod mounts;
mod read_only;
mod two_hosts;

use crate::harness::{Answer, App, agent};
use crate::host::crash::in_the_file::Ledger;
use crate::host::crash::random::Random;
use crate::host::crash::sent::{Kind, Sent};
use crate::identity::writers;
use serde_json::json;

/// What a store without room answers to whoever writes.
const NO_ROOM: &str = "The store has no room left, so that nothing can be stored at the moment. Please try again later.";
/// What one answers that is not to be written to.
const READ_ONLY: &str =
    "The store can be read, but not written to at the moment. Please try again later.";
/// What one answers that can't be used.
const UNUSABLE: &str = "The store does not answer. Please try again.";

/// The answer is a 503 with these words, no others, and a time to wait.
#[track_caller]
fn expect_unavailable(answer: &Answer, text: &str) {
    assert_eq!(answer.expect(503)["message"], text);
    let seconds = answer.header("retry-after").expect("a time to wait");
    assert!(seconds.parse::<u32>().unwrap() > 0);
}

/// One request of each way to write.
fn one_of_each(name: &str) -> Vec<Sent> {
    let kinds = [
        (Kind::Single, 1, false),
        (Kind::Single, 1, true),
        (Kind::List, 20, false),
        (Kind::List, 20, true),
        (Kind::Report, 30, false),
        (Kind::Report, 30, true),
        (Kind::Waivers, 3, false),
        (Kind::Request, 1, false),
    ];
    let sent = |(n, (kind, count, is_keyed)): (usize, (Kind, u64, bool))| Sent {
        name: format!("{name}-{n}"),
        kind,
        count,
        is_keyed,
        waiver: 0,
        ids: None,
    };
    kinds.into_iter().enumerate().map(sent).collect()
}

/// Writes in each way. Everything must be taken.
#[track_caller]
fn write_each(app: &App, name: &str, ledger: &mut Ledger) {
    let agent = agent();
    for mut sent in one_of_each(name) {
        sent.ids = Some(sent.ids_in(&sent.send(&agent, &app.url).unwrap()));
        ledger.insert(sent.name.clone(), sent);
    }
}

/// Writes in each way. Nothing may be taken, and everything be refused with these words.
#[track_caller]
fn refuse_each(app: &App, name: &str, text: &str) {
    let agent = agent();
    for sent in one_of_each(name) {
        expect_unavailable(&sent.send(&agent, &app.url).unwrap(), text);
    }
    // Both are known, and would be changed.
    let known = [
        (
            "/api/v2.0/groups",
            json!({"uuid": "shared-0", "description": name}),
        ),
        (
            "/api/v2.0/testcases",
            json!({"name": "crash.0", "ref_url": format!("http://{name}")}),
        ),
    ];
    for (path, body) in known {
        expect_unavailable(&app.post(path, &body), text);
    }
    let other = |path: &str| !path.starts_with("/api/v2.0/") && !path.contains("/1/");
    for (path, body, _) in writers().iter().filter(|(path, ..)| other(path)) {
        expect_unavailable(&app.post_as("joe", path, body), text);
    }
}

/// Writes in each way again and again until nothing is taken, as what takes little room may find some
/// where something else did not. What is taken is acknowledged as ever.
fn exhaust(app: &App, name: &str, ledger: &mut Ledger) {
    let agent = agent();
    for round in 0.. {
        let mut taken = 0;
        for mut sent in one_of_each(&format!("{name}-{round}")) {
            let answer = sent.send(&agent, &app.url).unwrap();
            if answer.status == 503 {
                expect_unavailable(&answer, NO_ROOM);
                continue;
            }
            taken += 1;
            sent.ids = Some(sent.ids_in(&answer));
            ledger.insert(sent.name.clone(), sent);
        }
        for path in ["/api/v2.0/groups", "/api/v2.0/testcases"] {
            let body = json!({"uuid": "shared-0", "name": "crash.0", "description": round.to_string(),
                "ref_url": format!("http://{round}")});
            taken += usize::from(app.post(path, &body).status != 503);
        }
        if taken == 0 {
            return;
        }
    }
}

/// Everything that reads answers, and says what was stored.
#[track_caller]
fn read_each(app: &App, ledger: &mut Ledger) {
    let known = |sent: &&mut Sent| sent.ids.is_some();
    for sent in ledger.values_mut().filter(known).take(200) {
        crate::host::crash::over_http::look(&agent(), &app.url, sent);
    }
    for path in [
        "/healthcheck",
        "/metrics",
        "/api/v2.0/groups?limit=1",
        "/api/v2.0/testcases?limit=1",
        "/api/v2.0/results/latest?testcases=crash.1",
        "/api/v1.0/waivers/",
        "/api/v1.0/policies",
    ] {
        assert_eq!(app.get(path).status, 200, "{path}");
    }
    decide(app);
}

/// A decision, whose policies are noted in the store by the first one.
#[track_caller]
fn decide(app: &App) {
    let question = json!({
        "product_version": "fedora-40", "decision_context": "bodhi_update_push_stable",
        "subject_type": "koji_build", "subject_identifier": "nethack-3.6.7-1.fc40"
    });
    let decision = app.post("/api/v1.0/decision", &question).expect(200);
    assert_eq!(decision["policies_satisfied"], false);
}

/// Writes by chance, until something is not taken: that answer.
fn write_until_refused(app: &App, name: &str, ledger: &mut Ledger, random: &mut Random) -> Answer {
    let agent = agent();
    for n in 0.. {
        let mut sent = Sent::any(format!("{name}-{n}"), random);
        let answer = sent.send(&agent, &app.url).unwrap();
        if answer.status != 201 {
            return answer;
        }
        sent.ids = Some(sent.ids_in(&answer));
        ledger.insert(sent.name.clone(), sent);
    }
    unreachable!("there is always a next one")
}
