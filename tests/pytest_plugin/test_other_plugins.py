"""Other plugins in the same suite, as the page on plugins describes them."""

from __future__ import annotations

from textwrap import dedent

import pytest
from conftest import configuration

pytestmark = pytest.mark.newest

COMMON = """
    import pytest
    from twilio.rest import Client
    from pytest_conversations_fake import Delay

    def open_desk():
        return Client().conversations.v1.services.create(friendly_name="Support").sid
"""


def make_suite(suite: pytest.Pytester, tests: str, *plugins: str) -> None:
    suite.makeini(configuration(*plugins))
    suite.makepyfile(dedent(COMMON) + dedent(tests))


def test_each_try_of_a_test_has_a_new_fake_with_the_same_sids(suite: pytest.Pytester) -> None:
    make_suite(
        suite,
        """
        sids = []

        def test_it(fake_conversations):
            sids.append(open_desk())
            assert 1 == len(fake_conversations.requests)
            assert (3, 1) == (len(sids), len({*sids}))
        """,
        "rerunfailures",
    )

    ran = suite.runpytest("--reruns=2")

    ran.stdout.fnmatch_lines(["*1 passed, 2 rerun in *"])


def test_test_after_a_timeout_is_not_affected(suite: pytest.Pytester) -> None:
    make_suite(
        suite,
        """
        def test_that_imports_and_connects(fake_conversations):
            open_desk()

        @pytest.mark.timeout(0.5)
        def test_hanging(fake_conversations):
            fake_conversations.inject(Delay(60))
            open_desk()

        def test_next(fake_conversations):
            open_desk()
            fake_conversations.services.assert_created()
        """,
        "timeout",
    )

    ran = suite.runpytest()

    ran.assert_outcomes(passed=2, failed=1)
    ran.stdout.fnmatch_lines(["E * Failed: Timeout*"])


def test_order_of_tests_does_not_change_sids(suite: pytest.Pytester) -> None:
    make_suite(
        suite,
        """
        from pathlib import Path

        @pytest.mark.parametrize("number", range(3))
        def test_it(fake_conversations, number):
            with Path("sids").open("a") as file:
                file.write(f"{number} {open_desk()}\\n")
        """,
        "randomly",
    )

    for seed in range(3):
        suite.runpytest(f"--randomly-seed={seed}").assert_outcomes(passed=3)

    lines = (suite.path / "sids").read_text().splitlines()
    assert (9, 3) == (len(lines), len({*lines}))
    assert lines != 3 * lines[:3]  # the order did change
