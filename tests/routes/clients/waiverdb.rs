//! waiverdb-cli with its `dummy` login: waivers by subject and by result, and refusals, as a person at
//! a terminal sees them.

use super::{Clients, Ended};
use crate::harness::{App, ids};
use serde_json::json;

/// A person at a terminal.
struct Terminal<'a> {
    app: &'a App,
    clients: Clients,
    config: String,
}

impl Terminal<'_> {
    fn waive(&self, arguments: &[&str]) -> Ended {
        let all = [&["-C", &self.config, "-c", "a game has no ABI"], arguments].concat();
        self.clients.run(self.app, "waiverdb-cli", &all)
    }

    #[track_caller]
    fn check(&self, arguments: &[&str], code: i32, said: &str) {
        let ended = self.waive(arguments);
        assert_eq!((ended.code, ended.said.trim_end()), (Some(code), said));
    }
}

#[test]
fn waivers_are_given_at_a_terminal() {
    let Some(clients) = Clients::find("resultsdb") else {
        return;
    };
    let app = App::start();
    let config = clients.home().join("client.conf");
    let settings = format!(
        "[waiverdb]\nauth_method = dummy\napi_url = {}/api/v1.0\n",
        app.url
    );
    std::fs::write(&config, settings).unwrap();
    let terminal = Terminal {
        app: &app,
        clients,
        config: config.display().to_string(),
    };
    app.submit(json!({
        "outcome": "FAILED", "testcase": "dist.upgradepath",
        "data": {"item": "nethack-3.6.7-1.fc40", "type": "koji_build"},
    }));

    let build = ["-i", "nethack-3.6.7-1.fc40", "-T", "koji_build"];
    let by_subject = [&build[..], &["-t", "dist.abicheck"]].concat();
    terminal.check(
        &by_subject,
        0,
        "Created waiver 1 for result with subject type koji_build, \
         identifier nethack-3.6.7-1.fc40 and testcase dist.abicheck",
    );
    terminal.check(
        &["-r", "1", "-p", "fedora-40"],
        0,
        "Created waiver 2 for result with id 1",
    );
    terminal.check(
        &["-r", "1", "-r", "9", "-p", "fedora-40"],
        1,
        "Error: Failed to create waivers: Result id not found in Resultsdb",
    );
    let for_joe = [&by_subject[..], &["-u", "joe"]].concat();
    terminal.check(
        &for_joe,
        1,
        "Error: Failed to create waivers: user user does not have the proxyuser ability",
    );

    let waivers = app.read("/api/v1.0/waivers/");
    assert_eq!(ids(&waivers), [2, 1]);
    for (waiver, test_case) in [(0, "dist.upgradepath"), (1, "dist.abicheck")] {
        let waiver = &waivers["data"][waiver];
        assert_eq!(waiver["testcase"], test_case);
        assert_eq!(waiver["subject_identifier"], "nethack-3.6.7-1.fc40");
        assert_eq!(waiver["username"], "user");
        // Guessed by the client from the build's name, or given.
        assert_eq!(waiver["product_version"], "fedora-40");
        assert_eq!(waiver["waived"], true);
        assert_eq!(waiver["comment"], "a game has no ABI");
    }
}
