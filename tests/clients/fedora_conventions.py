"""Results in Fedora's conventions, reported by resultsdb_conventions to the service whose URL is the
argument: a compose, an image, an update, Fedora CoreOS.

Knows nothing about how they arrive; the Rust test that runs this file looks at that over HTTP.

What is replaced: the compose tree of Fedora's build system, which fedfind asks for metadata, is a
small HTTP server in this process. It holds one made-up Rawhide compose with the files that fedfind
reads, in their real layout. fedfind, productmd and the conventions themselves are the real ones.
"""

import functools
import http.server
import json
import pathlib
import sys
import tempfile
import threading

import fedfind.const
from resultsdb_api import ResultsDBapi
from resultsdb_conventions.base import Result
from resultsdb_conventions.fedora import FedoraBodhiResult, FedoraComposeResult, FedoraImageResult
from resultsdb_conventions.fedoracoreos import FedoraCoreOSBuildResult, FedoraCoreOSImageResult

COMPOSE = "Fedora-Rawhide-20260105.n.0"
IMAGE = "Fedora-Workstation-Live-Rawhide-20260105.n.0.x86_64.iso"


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files and says nothing about it."""

    def log_message(self, format, *args):  # pylint: disable=redefined-builtin
        """No line per request."""


def compose_tree(folder):
    """Writes the metadata of one finished compose, as the compose tool lays it out."""
    top = pathlib.Path(folder, "rawhide", COMPOSE)
    metadata = top / "compose" / "metadata"
    metadata.mkdir(parents=True)
    (top / "STATUS").write_text("FINISHED\n", encoding="utf-8")
    compose = {"id": COMPOSE, "date": "20260105", "type": "nightly", "respin": 0}
    release = {"name": "Fedora", "short": "Fedora", "version": "Rawhide", "type": "ga"}
    composeinfo = {
        "header": {"type": "productmd.composeinfo", "version": "1.2"},
        "payload": {"compose": compose, "release": release, "variants": {}},
    }
    image = {
        "arch": "x86_64",
        "bootable": True,
        "disc_count": 1,
        "disc_number": 1,
        "format": "iso",
        "path": f"Workstation/x86_64/iso/{IMAGE}",
        "subvariant": "Workstation",
        "type": "live",
    }
    images = {
        "header": {"type": "productmd.images", "version": "1.2"},
        "payload": {"compose": compose, "images": {"Workstation": {"x86_64": [image]}}},
    }
    for name, content in [("composeinfo", composeinfo), ("images", images)]:
        (metadata / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")


def report(api):
    """Reports one result of each kind. Source openqa, as Fedora's own reporter has it."""
    link = "https://openqa.example.org/tests/1"
    common = {"source": "openqa", "ref_url": link, "tc_url": "https://example.org/docs"}

    compose = FedoraComposeResult(COMPOSE, "PASSED", "compose.base_selinux", **common)
    assert compose.report(api)["outcome"] == "PASSED"

    # Found by its name in the compose whose address is given, as from a bus message.
    address = f"{fedfind.const.NIGHTLY_BASE}/rawhide/{COMPOSE}/compose"
    image = FedoraImageResult(IMAGE, address, None, "FAILED", "compose.install_default", note="no disk", **common)
    assert image.report(api)["outcome"] == "FAILED"

    update = FedoraBodhiResult("FEDORA-2026-0123456789", "NEEDS_INSPECTION", "update.desktop_login", **common)
    assert update.report(api)["outcome"] == "NEEDS_INSPECTION"

    build = FedoraCoreOSBuildResult("41.20260105.20.0", "testing-devel", "INFO", "coreos.boot", **common)
    assert build.report(api)["outcome"] == "INFO"
    coreos = FedoraCoreOSImageResult(
        *("metal", "fedora-coreos-41-live.x86_64.iso", "iso", "x86_64"),
        *("41.20260105.20.0", "testing-devel", "PASSED", "coreos.install"),
        **common,
    )
    assert coreos.report(api)["outcome"] == "PASSED"

    # The plain kind, without a source: no group, and empty texts for what is not given.
    plain = Result("PASSED", "plain.test")
    assert plain.report(api)["groups"] == []


def main():
    """Serves the compose tree and reports."""
    api = ResultsDBapi(sys.argv[1] + "/api/v2.0")
    with tempfile.TemporaryDirectory() as folder:
        compose_tree(folder)
        handler = functools.partial(Quiet, directory=folder)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        fedfind.const.NIGHTLY_BASE = f"http://127.0.0.1:{server.server_port}"
        # One of the prefixes that fedfind trusts.
        fedfind.const.KNOWN_PREFIXES = (fedfind.const.NIGHTLY_BASE,)
        report(api)
        server.shutdown()


main()
