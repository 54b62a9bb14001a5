//! The check over HTTP, after a restart: what was acknowledged is there, once; who got no answer and
//! has a key gets one.

use super::in_the_file::Ledger;
use super::random::Random;
use super::sent::{Kind, Sent};
use crate::harness::{agent, ids, send_by};
use serde_json::Value;

/// Clients that ask at once.
const CLIENTS: usize = 4;

/// Looks at up to `most` of what is in the ledger, by chance, and at everything that nobody knows of.
/// Every second thing with a key is sent again.
pub fn check(url: &str, ledger: &mut Ledger, most: u64, random: &mut Random) {
    let count = ledger.len().max(1) as u64;
    let mut chosen: Vec<&mut Sent> = ledger
        .values_mut()
        .filter(|sent| sent.ids.is_none() || random.below(count) < most)
        .collect();
    let share = chosen.len().div_ceil(CLIENTS).max(1);
    std::thread::scope(|scope| {
        for part in chosen.chunks_mut(share) {
            scope.spawn(move || {
                let agent = agent();
                for (n, sent) in part.iter_mut().enumerate() {
                    if sent.is_keyed && (sent.ids.is_none() || n % 2 == 0) {
                        send_again(&agent, url, sent);
                    }
                    look(&agent, url, sent);
                }
            });
        }
    });
}

/// A repetition is answered as the first time would have been.
fn send_again(agent: &ureq::Agent, url: &str, sent: &mut Sent) {
    let answer = sent.send(agent, url).unwrap();
    let ids = sent.ids_in(&answer);
    if let Some(first) = &sent.ids {
        assert_eq!(&ids, first, "{sent:?}");
        assert_eq!(
            answer.header("idempotency-replayed"),
            Some("true"),
            "{sent:?}"
        );
    }
    sent.ids = Some(ids);
}

/// It is there, once.
pub fn look(agent: &ureq::Agent, url: &str, sent: &Sent) {
    let read = |path: String| -> Value {
        let answer = send_by(agent, url, "GET", &path, &[], Vec::new()).unwrap();
        answer.expect(200)
    };
    let expected = sent.ids.as_deref().unwrap();
    match sent.kind {
        Kind::Single | Kind::List | Kind::Report => {
            let list = read(format!("/api/v2.0/results?item={}&limit=1000", sent.name));
            let mut found = ids(&list);
            found.sort_unstable();
            assert_eq!(found, expected, "{sent:?}");
            let last = read(format!(
                "/api/v2.0/results/{}",
                expected[expected.len() - 1]
            ));
            assert_eq!(last["data"]["item"][0], *sent.name, "{sent:?}");
        }
        Kind::Waivers | Kind::Request => {
            for id in expected {
                let waiver = read(format!("/api/v1/waivers/{id}"));
                assert_eq!(waiver["subject_identifier"], *sent.name, "{sent:?}");
            }
        }
        Kind::Approval | Kind::Withdrawal => {
            let history = read(format!("/api/v1/waivers/{}/history", sent.waiver));
            let steps = history["data"].as_array().unwrap().iter();
            assert_eq!(
                steps.filter(|step| step["comment"] == *sent.name).count(),
                1,
                "{sent:?}"
            );
        }
    }
}
