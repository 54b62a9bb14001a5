"""Every public call of resultsdb_api against the service whose URL is the argument.

Knows what the client's callers count on. What has arrived is looked at by the Rust test that runs
this file, over HTTP.
"""

import sys

from resultsdb_api import ResultsDBapi, ResultsDBapiException, ResultsDBAuth

URL = sys.argv[1] + "/api/v2.0"


def same(found, expected):
    """Fails with both values when they differ."""
    assert found == expected, f"\n   found {found!r}\nexpected {expected!r}"


def ids(page):
    """The ids of a page of results."""
    return [entry["id"] for entry in page["data"]]


def refusal(call):
    """The client's own exception from a call that must be refused."""
    try:
        answer = call()
    except ResultsDBapiException as exception:
        return exception
    raise AssertionError(f"accepted: {answer!r}")


def groups(api):
    """create_group, update_group, get_group, get_groups."""
    first = api.create_group(uuid="g-1", ref_url="http://ci/1", description="nightly 1")
    same(
        first,
        {
            "description": "nightly 1",
            "href": URL + "/groups/g-1",
            "ref_url": "http://ci/1",
            "results": URL + "/results?groups=g-1",
            "results_count": 0,
            "uuid": "g-1",
        },
    )
    # Nothing given: the service invents the uuid.
    second = api.create_group()
    same(len(second["uuid"]), 36)
    same(second["description"], None)

    same(api.get_group("g-1"), first)
    same(api.update_group("g-1"), first)
    updated = api.update_group("g-1", description="nightly one")
    same(updated, dict(first, description="nightly one"))
    updated = api.update_group("g-1", ref_url="http://ci/one")
    same(updated["ref_url"], "http://ci/one")
    same(api.get_group("g-1"), updated)

    same([group["uuid"] for group in api.get_groups()["data"]], [second["uuid"], "g-1"])
    same(api.get_groups(uuid=["g-1", "g-none"])["data"], [updated])
    same(api.get_groups(description="nightly one")["data"], [updated])
    same(api.get_groups(description="nightly")["data"], [])
    same(api.get_groups(description_like="night*")["data"], [updated])
    page = api.get_groups(page=1, limit=1)
    same(page["data"], [updated])
    same((page["next"], page["prev"]), (None, URL + "/groups?page=0&limit=1"))


def test_cases(api):
    """create_testcase, update_testcase, get_testcase, get_testcases."""
    plain = api.create_testcase("dist.rpmlint")
    same(plain, {"href": URL + "/testcases/dist.rpmlint", "name": "dist.rpmlint", "ref_url": None})
    nested = api.create_testcase("team/suite/a test", ref_url="http://docs/suite")
    same(nested["href"], URL + "/testcases/team/suite/a%20test")
    same(api.get_testcase("team/suite/a test"), nested)

    same(api.update_testcase("dist.rpmlint"), plain)
    updated = api.update_testcase("dist.rpmlint", url="http://docs/rpmlint")
    same(updated, dict(plain, ref_url="http://docs/rpmlint"))
    same(api.get_testcase("dist.rpmlint"), updated)

    same(api.get_testcases()["data"], [updated, nested])
    same(api.get_testcases(name="dist.rpmlint")["data"], [updated])
    same(api.get_testcases(name=["dist.rpmlint", "dist.none"])["data"], [updated])
    same(api.get_testcases(name_like="team/*")["data"], [nested])
    page = api.get_testcases(page=0, limit=1)
    same(page["data"], [updated])
    same((page["next"], page["prev"]), (URL + "/testcases?page=1&limit=1", None))


def results(api):
    """create_result and get_result."""
    plain = api.create_result(outcome="PASSED", testcase="dist.rpmlint")
    same((plain["outcome"], plain["note"], plain["groups"], plain["data"]), ("PASSED", None, [], {}))
    same(plain["testcase"]["ref_url"], "http://docs/rpmlint")

    whole = api.create_result(
        outcome="failed",
        testcase={"name": "dist.depcheck", "ref_url": "http://docs/depcheck"},
        groups=["g-1", {"uuid": "g-new", "description": "made on the fly", "ref_url": "http://ci/2"}],
        note="libfoo is missing",
        ref_url="http://ci/run/7",
        item="nethack-3.6.7-1.fc40",
        type="koji_build",
        arch=["x86_64", "noarch"],
        scratch=True,
        attempt=2,
        **{"productmd.compose.id": "Fedora-40-20260101.0"},
    )
    same(whole["outcome"], "FAILED")
    same(whole["href"], f"{URL}/results/{whole['id']}")
    same(whole["note"], "libfoo is missing")
    same(whole["ref_url"], "http://ci/run/7")
    same(sorted(whole["groups"]), ["g-1", "g-new"])
    same(
        whole["testcase"],
        {"href": URL + "/testcases/dist.depcheck", "name": "dist.depcheck", "ref_url": "http://docs/depcheck"},
    )
    same(
        whole["data"],
        {
            "arch": ["x86_64", "noarch"],
            "attempt": ["2"],
            "item": ["nethack-3.6.7-1.fc40"],
            "productmd.compose.id": ["Fedora-40-20260101.0"],
            "scratch": ["True"],
            "type": ["koji_build"],
        },
    )
    same(api.get_result(whole["id"]), whole)
    same(api.get_result(plain["id"]), plain)
    same(api.get_group("g-1")["results_count"], 1)
    same(api.get_group("g-new")["description"], "made on the fly")
    last = api.create_result("INFO", "dist.rpmlint", item="nethack-3.6.7-2.fc40", type="koji_build")
    return plain, whole, last


def searches(api, plain, whole, last):
    """get_results with each of its parameters."""
    every = [last["id"], whole["id"], plain["id"]]
    same(ids(api.get_results()), every)
    page = api.get_results(page=1, limit=2)
    same(ids(page), [plain["id"]])
    same((page["next"], page["prev"]), (None, URL + "/results?page=0&limit=2"))

    same(ids(api.get_results(since=plain["submit_time"])), every)
    same(ids(api.get_results(since=[plain["submit_time"], whole["submit_time"]])), every[1:])
    same(ids(api.get_results(since="2999-01-01T00:00:00")), [])
    same(ids(api.get_results(outcome="FAILED")), [whole["id"]])
    same(ids(api.get_results(outcome=("passed", "info"))), [last["id"], plain["id"]])
    same(ids(api.get_results(groups="g-new")), [whole["id"]])
    same(ids(api.get_results(groups=["g-1", "g-none"])), [whole["id"]])
    same(ids(api.get_results(testcases=["dist.rpmlint"])), [last["id"], plain["id"]])
    same(ids(api.get_results(testcases_like="dist.*check")), [whole["id"]])
    # What is no parameter of the client is a condition on the extra data.
    same(ids(api.get_results(item="nethack-3.6.7-1.fc40", arch="noarch")), [whole["id"]])
    same(ids(api.get_results(item_like="nethack-*", outcome="INFO")), [last["id"]])
    same(ids(api.get_results(raw_params={"productmd.compose.id:like": "Fedora-40*"})), [whole["id"]])
    same(ids(api.get_results(raw_params={"_sort": "asc:submit_time"})), every[::-1])


def latest(api, whole, last):
    """What callers of the client do for the latest results, for which it has no call."""
    answer = api.session.get(api.url + "/results/latest", params={"type": "koji_build"})
    same(ids(answer.json()), [last["id"], whole["id"]])


def mistakes(api):
    """A refusal is the client's exception, with the service's message in it."""
    for call, message, status in [
        (lambda: api.get_result(4711), "Result not found", 404),
        (lambda: api.get_group("g-none"), "Group not found", 404),
        (lambda: api.update_group("g-none"), "Group not found", 404),
        (lambda: api.get_testcase("dist.none"), "Testcase not found", 404),
        (lambda: api.update_testcase("dist.none"), "Testcase not found", 404),
        (
            lambda: api.create_result("PASSED", "t", **{"a:b": "c"}),
            "Colon not allowed in key name: ['a:b']",
            400,
        ),
    ]:
        exception = refusal(call)
        same(exception.message, f"{message} (HTTP {status})")
        same(exception.response.status_code, status)

    # Answers of validation have no `message`: the client shows the whole answer.
    for call, field in [
        (lambda: api.create_result("GOOD", "t"), "outcome"),
        (lambda: api.create_result("PASSED", ""), "testcase"),
        (lambda: api.create_result("PASSED", "t", groups="g-1"), "groups"),
        (lambda: api.create_testcase(""), "name"),
        (lambda: api.get_results(outcome="GOOD"), "outcome"),
        (lambda: api.get_results(since="yesterday"), "since"),
        (lambda: api.get_results(page="first"), "page"),
    ]:
        exception = refusal(call)
        start = "Unexpected JSON data (HTTP 400): {'validation_error': "
        same(exception.message[: len(start)], start)
        same(exception.response.json()["validation_error"][0]["loc"][0], field)


def main():
    """Runs the calls on an empty store."""
    # A slash at the URL's end, a token in the bodies, credentials in the heads.
    api = ResultsDBapi(URL + "/", auth_token="t0ken", request_auth=ResultsDBAuth.basic_auth("bot", "pass"))
    groups(api)
    test_cases(api)
    plain, whole, last = results(api)
    searches(api, plain, whole, last)
    latest(api, whole, last)
    mistakes(api)

    # A later run of another process finds the same, without credentials.
    stranger = ResultsDBapi(URL)
    same(stranger.get_result(whole["id"]), whole)
    listed = {name for name in dir(ResultsDBapi) if name.startswith(("create_", "get_", "update_"))}
    called = {
        *("create_group", "update_group", "get_group", "get_groups"),
        *("create_testcase", "update_testcase", "get_testcase", "get_testcases"),
        *("create_result", "get_result", "get_results"),
    }
    same(listed, called)


main()
