"""Reports on fakes in pytest's output: section, HTML page, JUnit property, pytest-html extra.

The process that runs a test writes its page, and puts the path into the test's report. With
pytest-xdist another process prints the summary.
"""

from __future__ import annotations

import os
import re
from collections.abc import Generator
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from .options import NAME, PAGES
from .plugin import FAKE

MAX_NAME_LENGTH = 100
"""Maximum number of characters of the test's name in a file name."""

MAX_PAGES_LISTED = 20
"""Maximum number of pages of failed tests that the summary lists."""

INDEX = "index.html"

FAILED_OUTCOMES = ("failed", "error")

_REPORTED = pytest.StashKey[Any]()
_TRY = pytest.StashKey[int]()
"""1, and more where a plugin reruns a test."""


class Reporting:
    """A plugin that reports on the tests that use the fixture."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._pages_option: str | None = config.getoption(PAGES)
        # Absolute, since tests may change the working directory
        self._directory = Path(self._pages_option or "").expanduser().absolute()
        self._runs: dict[str, Run] = {}
        if self._pages_option:
            try:
                self._directory.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise pytest.UsageError(f"{PAGES}: {error}") from None

    # In the process that runs tests

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        item.stash[_TRY] = item.stash.get(_TRY, 0) + 1

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        fake = item.stash.get(FAKE, None)
        if not fake:
            return (yield)
        if self._pages_option and NAME not in dict(item.user_properties):
            page = Path(self._pages_option, file_name(item.nodeid))
            item.user_properties.append((NAME, str(page)))
        failed = call.excinfo and not call.excinfo.errisinstance(pytest.skip.Exception)
        if not failed or item.stash.get(_REPORTED, None) is fake:  # a section in one phase only
            return (yield)
        item.stash[_REPORTED] = fake
        text = str(fake.report())
        if (number := item.stash.get(_TRY, 1)) > 1:  # pytest shows earlier sections, too
            text = f"try {number} of this test\n{text}"
        item.add_report_section(call.when, NAME, text)
        if not self._pages_option:
            item.user_properties.append((NAME, text))
        report = yield
        if self._config.getoption("htmlpath", None):
            vars(report).setdefault("extras", []).append(self._extra(item.nodeid, text))
        return report

    def _extra(self, test: str, text: str) -> object:
        """The link or text that pytest-html shows next to a test."""
        from pytest_html import extras

        if not self._pages_option:
            return extras.text(text, name=NAME)
        from urllib.parse import quote  # it takes longer to import than this module

        directory = Path(self._config.getoption("htmlpath")).absolute().parent
        page = Path(os.path.relpath(self._directory / file_name(test), directory))
        return extras.url(quote(page.as_posix()), name=NAME)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Write the page at the end, when the outcome of the teardown is known."""
        try:
            result = yield
            if self._pages_option and (fake := item.stash.get(FAKE, None)):
                run = self._runs.get(item.nodeid, Run())
                report = fake.report()
                if (number := item.stash.get(_TRY, 1)) > 1:
                    report = replace(report, name=f"{report.name} (try {number})")
                text = report.html(outcome=run.outcome, failure="\n\n".join(run.failures))
                path = self._directory / file_name(item.nodeid)
                path.write_text(text, "utf-8", "backslashreplace")
            return result
        finally:  # pytest keeps every item until the end of the session
            for key in (FAKE, _REPORTED, _TRY):
                if key in item.stash:
                    del item.stash[key]

    # In the process that collects results: the same one without pytest-xdist

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if not self._pages_option:
            return
        if report.when == "setup":  # a plugin may rerun a test
            self._runs.pop(report.nodeid, None)
        # A test in a worker that crashed has no report of its setup
        run = self._runs.setdefault(report.nodeid, Run())
        status = self._config.hook.pytest_report_teststatus(report=report, config=self._config)
        run.outcomes.append(status[0] if status else report.outcome)
        run.has_page = NAME in dict(report.user_properties)
        if report.failed:
            crash = getattr(report.longrepr, "reprcrash", None)
            run.failures.append(crash.message if crash else report.longreprtext)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        if self._pages_option and not hasattr(self._config, "workerinput"):
            from ..reports.page import index

            lines = {test: (run.outcome, file_name(test)) for test, run in self._pages.items()}
            (self._directory / INDEX).write_text(index(lines), encoding="utf-8")

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if not self._pages:
            return
        terminalreporter.section(NAME)
        failed = [test for test, run in self._pages.items() if run.outcome in FAILED_OUTCOMES]
        for test in failed[:MAX_PAGES_LISTED]:
            terminalreporter.line((self._directory / file_name(test)).as_uri())
        if failed[MAX_PAGES_LISTED:]:
            more = len(failed) - MAX_PAGES_LISTED
            terminalreporter.line(f"and {more} more pages of failed tests")
        pages = "1 page" if len(self._pages) == 1 else f"{len(self._pages)} pages"
        terminalreporter.line(f"{pages} in all: {(self._directory / INDEX).as_uri()}")

    @property
    def _pages(self) -> dict[str, Run]:
        return {test: run for test, run in self._runs.items() if run.has_page}


@dataclass
class Run:
    """The outcomes and failures of the phases of a test."""

    outcomes: list[str] = field(default_factory=list)
    """One for each phase, as pytest counts them; empty for a setup or teardown that passed."""
    failures: list[str] = field(default_factory=list)
    has_page: bool = False

    @property
    def outcome(self) -> str:
        return next(
            (each for each in FAILED_OUTCOMES if each in self.outcomes), "".join(self.outcomes)
        )


def file_name(test: str) -> str:
    """A file name that is valid on every system: the readable name of the test, and a hash."""
    name = re.sub("[^A-Za-z0-9_]+", "-", test.replace(".py::", "::")).strip("-")
    digest = sha256(test.encode(errors="surrogatepass")).hexdigest()
    return f"{name[:MAX_NAME_LENGTH]}-{digest[:8]}.html"
