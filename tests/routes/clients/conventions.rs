//! resultsdb_conventions: results as Fedora's reporters send them, and their groups, whose identifiers
//! others compute by the same convention to find them.

use super::Clients;
use crate::harness::App;
use serde_json::{Value, json};

/// Description, uuid5 of the name in the namespace that is uuid5 of the kind in that of DNS, and how
/// many results the group has.
const GROUPS: &[(&str, &str, u64)] = &[
    ("source.openqa", "0f3309ea-6d4c-59b2-b422-d73e9b8511f3", 5),
    (
        "compose.Fedora-Rawhide-20260105.n.0",
        "03c9b398-4751-5d71-88eb-e5609568d94e",
        2,
    ),
    (
        "openqa.Fedora-Rawhide-20260105.n.0",
        "ffe0c394-230b-531e-8003-b1ad9e78072f",
        2,
    ),
    (
        "image.workstation.live.iso.x86_64.1",
        "68e85dee-7397-51c2-a67d-9819eded8313",
        1,
    ),
    (
        "openqa.workstation.live.iso.x86_64.1",
        "51ad9ec2-faf2-5398-b91d-ff44d9b1e6ce",
        1,
    ),
    (
        "bodhi.FEDORA-2026-0123456789",
        "fcf5a96e-0ddb-5da4-9f9a-21724d5ba372",
        1,
    ),
    (
        "openqa.FEDORA-2026-0123456789",
        "aa83f876-b046-5ea9-9346-839f3df23b8a",
        1,
    ),
    (
        "fcosbuild.41.20260105.20.0",
        "781c1197-df11-50bc-9fca-4ebd4524b294",
        2,
    ),
    (
        "openqa.41.20260105.20.0",
        "3b92836f-09df-5ebc-bed2-bb03f9e531b7",
        2,
    ),
    (
        "image.fedoracoreos.metal.iso.x86_64",
        "98072b18-3e22-5661-b834-cab0d8dda886",
        1,
    ),
    (
        "openqa.fedoracoreos.metal.iso.x86_64",
        "8625fb24-a9b1-5ef4-a4ca-8ae37dfb9d1e",
        1,
    ),
];

/// The only result of a test case.
#[track_caller]
fn only(app: &App, test_case: &str) -> Value {
    let list = app.read(&format!("/api/v2.0/results?testcases={test_case}"));
    let results = list["data"].as_array().unwrap();
    assert_eq!(results.len(), 1, "{list}");
    results[0].clone()
}

#[test]
fn fedoras_results_arrive_with_their_groups() {
    let Some(clients) = Clients::find("resultsdb") else {
        return;
    };
    let app = App::start();
    clients.script(&app, "fedora_conventions.py");
    groups(&app);
    compose_and_image(&app);
    others(&app);
}

fn groups(app: &App) {
    let listed = app.read("/api/v2.0/groups?limit=100");
    assert_eq!(listed["data"].as_array().unwrap().len(), GROUPS.len());
    for (description, uuid, count) in GROUPS {
        let group = app.read(&format!("/api/v2.0/groups/{uuid}"));
        assert_eq!(group["description"], *description);
        assert_eq!(group["results_count"], *count, "{description}");
        let results = app.read(&format!("/api/v2.0/results?groups={uuid}"));
        assert_eq!(results["data"].as_array().unwrap().len() as u64, *count);
        let ref_url = &group["ref_url"];
        match description.split_once('.').unwrap() {
            // The second result of the compose names its group again, without and then with a link.
            ("compose", name) => {
                let end = format!("/rawhide/{name}/compose");
                assert!(ref_url.as_str().unwrap().ends_with(&end), "{ref_url}");
            }
            ("bodhi", name) => {
                let link = format!("https://bodhi.fedoraproject.org/updates/{name}");
                assert_eq!(*ref_url, link);
            }
            _ => assert_eq!(*ref_url, Value::Null, "{description}"),
        }
    }
}

fn compose_and_image(app: &App) {
    let compose = only(app, "compose.base_selinux");
    assert_eq!(compose["outcome"], "PASSED");
    assert_eq!(compose["ref_url"], "https://openqa.example.org/tests/1");
    assert_eq!(compose["testcase"]["ref_url"], "https://example.org/docs");
    let of_compose = json!({
        "item": ["Fedora-Rawhide-20260105.n.0"],
        "meta.conventions": ["result productmd.compose fedora.compose"],
        "productmd.compose.date": ["20260105"],
        "productmd.compose.id": ["Fedora-Rawhide-20260105.n.0"],
        "productmd.compose.name": ["Fedora"],
        "productmd.compose.respin": ["0"],
        "productmd.compose.short": ["Fedora"],
        "productmd.compose.type": ["nightly"],
        "productmd.compose.version": ["Rawhide"],
        "source": ["openqa"],
        "type": ["compose"],
    });
    assert_eq!(compose["data"], of_compose);

    let image = only(app, "compose.install_default");
    assert_eq!(
        (&image["outcome"], &image["note"]),
        (&json!("FAILED"), &json!("no disk"))
    );
    let mut of_image = of_compose;
    for (key, value) in [
        (
            "item",
            "Fedora-Workstation-Live-Rawhide-20260105.n.0.x86_64.iso",
        ),
        (
            "meta.conventions",
            "result productmd.compose fedora.compose productmd.image fedora.image",
        ),
        ("productmd.image.arch", "x86_64"),
        ("productmd.image.disc_number", "1"),
        ("productmd.image.format", "iso"),
        ("productmd.image.subvariant", "Workstation"),
        ("productmd.image.type", "live"),
    ] {
        of_image[key] = json!([value]);
    }
    assert_eq!(image["data"], of_image);
    assert_eq!(image["groups"].as_array().unwrap().len(), 5);
}

fn others(app: &App) {
    for (test_case, outcome, item, kind) in [
        (
            "update.desktop_login",
            "NEEDS_INSPECTION",
            "FEDORA-2026-0123456789",
            "bodhi_update",
        ),
        ("coreos.boot", "INFO", "41.20260105.20.0", "fcosbuild"),
        (
            "coreos.install",
            "PASSED",
            "fedora-coreos-41-live.x86_64.iso",
            "fcosbuild",
        ),
    ] {
        let result = only(app, test_case);
        assert_eq!(result["outcome"], outcome);
        assert_eq!(result["data"]["item"], json!([item]));
        assert_eq!(result["data"]["type"], json!([kind]));
    }
    let image = only(app, "coreos.install");
    assert_eq!(
        image["data"]["fedoracoreos.image.platform"],
        json!(["metal"])
    );
    let plain = only(app, "plain.test");
    assert_eq!(plain["data"], json!({"meta.conventions": ["result"]}));
    assert_eq!(
        (&plain["note"], &plain["ref_url"]),
        (&json!(""), &json!(""))
    );
}
