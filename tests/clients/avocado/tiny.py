"""Tests for Avocado's runner to run: one for each kind of end. The last looks whether the results of
the others have arrived while the job is still running.

Knows the address of the service from SLUICEGATE_URL.
"""

import json
import os
import time
import urllib.request

from avocado import Test, skip
from avocado.core.exceptions import TestBaseException

# How long the last test waits for the results of those before it.
PATIENCE_SECONDS = 20


class Passed(TestBaseException):
    """Ends a test well, and says why."""

    status = "PASS"


class Tiny(Test):
    """Runs in the order of the file."""

    def test_passes(self):
        """The plugin of Avocado 113.0 looks for a reason here, too, finds none and reports nothing."""

    def test_passes_for_a_reason(self):
        """With a note for whoever reads the results."""
        self.whiteboard = "all is well"
        raise Passed("the moon is round")

    def test_fails(self):
        """Also for a reason."""
        self.fail("the moon is not made of cheese")

    @skip("no cow at hand")
    def test_is_skipped(self):
        """Never runs."""

    def test_breaks(self):
        """Ends by an error that the test did not foresee."""
        raise RuntimeError("out of cheese")

    def test_results_are_live(self):
        """Ends well when the service has four results before this job has ended."""
        address = os.environ["SLUICEGATE_URL"] + "/api/v2.0/results"
        give_up = time.monotonic() + PATIENCE_SECONDS
        count = 0
        while count < 4:
            with urllib.request.urlopen(address) as answer:
                count = len(json.load(answer)["data"])
            if time.monotonic() > give_up:
                self.fail(f"{count} results have arrived, not 4")
            time.sleep(0.1)
        raise Passed("4 results have arrived")
