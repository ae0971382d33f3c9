"""What pytest's reports tell of fakes: a section, a page, JUnit's property, pytest-html's extra.

The process that runs a test writes its page, and says in the test's report where that is: with
pytest-xdist the summary is another one's.
"""

from __future__ import annotations

import os
import re
from collections.abc import Generator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from .plugin import FAKE, NAME, PAGES

LONGEST = 100
"""Characters of a file's name that say which test it is about."""

MOST = 20
"""Failed tests whose pages the summary names."""

INDEX = "index.html"

BAD = ("failed", "error")

_SHOWN = pytest.StashKey[Any]()


class Reporting:
    """A plugin that reports on the tests that use the fixture."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._given: str | None = config.getoption(PAGES)
        self._directory = Path(self._given or "").expanduser().absolute()  # tests may go elsewhere
        self._runs: dict[str, Run] = {}
        if self._given:
            try:
                self._directory.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise pytest.UsageError(f"{PAGES}: {error}") from None

    # Where tests run

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        fake = item.stash.get(FAKE, None)
        if not fake:
            return (yield)
        if self._given and NAME not in dict(item.user_properties):
            page = Path(self._given, file_name(item.nodeid))
            item.user_properties.append((NAME, str(page)))
        failed = call.excinfo and not call.excinfo.errisinstance(pytest.skip.Exception)
        if not failed or item.stash.get(_SHOWN, None) is fake:  # once, whatever fails after it
            return (yield)
        item.stash[_SHOWN] = fake
        text = str(fake.report())
        item.add_report_section(call.when, NAME, text)
        if not self._given:
            item.user_properties.append((NAME, text))
        report = yield
        if self._config.getoption("htmlpath", None):
            vars(report).setdefault("extras", []).append(self._extra(item.nodeid, text))
        return report

    def _extra(self, test: str, text: str) -> object:
        """What pytest-html shows beside a test."""
        from pytest_html import extras

        if not self._given:
            return extras.text(text, name=NAME)
        beside = Path(self._config.getoption("htmlpath")).absolute().parent
        page = Path(os.path.relpath(self._directory / file_name(test), beside))
        return extras.url(quote(page.as_posix()), name=NAME)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Write the page when everything is known, how the fixtures ended as well."""
        try:
            result = yield
            if self._given and (fake := item.stash.get(FAKE, None)):
                run = self._runs.get(item.nodeid, Run())
                text = fake.report().html(outcome=run.outcome, failure="\n\n".join(run.failures))
                path = self._directory / file_name(item.nodeid)
                path.write_text(text, "utf-8", "backslashreplace")
            return result
        finally:  # pytest keeps every item until the end
            for key in (FAKE, _SHOWN):
                if key in item.stash:
                    del item.stash[key]

    # Where results come together, which is the same place without pytest-xdist

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if not self._given:
            return
        if report.when == "setup":  # perhaps not for the first time
            self._runs.pop(report.nodeid, None)
        run = self._runs.setdefault(
            report.nodeid, Run()
        )  # of a worker that crashed it has no setup
        status = self._config.hook.pytest_report_teststatus(report=report, config=self._config)
        run.outcomes.append(status[0] if status else report.outcome)
        run.has_page = NAME in dict(report.user_properties)
        if report.failed:
            crash = getattr(report.longrepr, "reprcrash", None)
            run.failures.append(crash.message if crash else report.longreprtext)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        if self._given and not hasattr(self._config, "workerinput"):
            from ..reports.page import index

            lines = {test: (run.outcome, file_name(test)) for test, run in self._pages.items()}
            (self._directory / INDEX).write_text(index(lines), encoding="utf-8")

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if not self._pages:
            return
        terminalreporter.section(NAME)
        failed = [test for test, run in self._pages.items() if run.outcome in BAD]
        for test in failed[:MOST]:
            terminalreporter.line((self._directory / file_name(test)).as_uri())
        if failed[MOST:]:
            terminalreporter.line(f"and {len(failed[MOST:])} more of failed tests")
        pages = "1 page" if len(self._pages) == 1 else f"{len(self._pages)} pages"
        terminalreporter.line(f"{pages} in all: {(self._directory / INDEX).as_uri()}")

    @property
    def _pages(self) -> dict[str, Run]:
        return {test: run for test, run in self._runs.items() if run.has_page}


@dataclass
class Run:
    """What became of a test, phase by phase."""

    outcomes: list[str] = field(default_factory=list)
    """As pytest counts them; those of setup and teardown are empty unless something is wrong."""
    failures: list[str] = field(default_factory=list)
    has_page: bool = False

    @property
    def outcome(self) -> str:
        return next((bad for bad in BAD if bad in self.outcomes), "".join(self.outcomes))


def file_name(test: str) -> str:
    """A name that is safe everywhere: readable in front, and the test's own by what follows."""
    readable = re.sub("[^A-Za-z0-9_]+", "-", test.replace(".py::", "::")).strip("-")[:LONGEST]
    return f"{readable}-{sha256(test.encode(errors='surrogatepass')).hexdigest()[:8]}.html"
