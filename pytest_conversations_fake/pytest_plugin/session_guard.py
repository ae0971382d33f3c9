"""The guard for a whole session: it refuses connections to Twilio while no fake is active.

A refusal fails the test or the collection that caused it, even if the client catches the error.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import ExitStack
from typing import Any

import pytest

from ..redirect import Guard, MonkeyPatchedError, activate, refuse_monkey_patching
from .options import NAME, options_for
from .plugin import fail_for


class SessionGuard:
    """A plugin that refuses connections to Twilio's hosts from its creation on."""

    def __init__(self, config: pytest.Config) -> None:
        if patched := _monkey_patched():
            raise pytest.UsageError(patched)
        self._allow_hosts = config.getini(f"{NAME}_allow_hosts")
        self._guard = Guard(name="this session", allow_hosts=self._allow_hosts)
        self._failed = self._tolerated = False
        running = ExitStack()
        running.enter_context(activate(self._guard))
        config.add_cleanup(running.close)

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        self._guard.name = collector.nodeid or "this session"
        report = yield
        refused = _monkey_patched() or self._take_refusals()
        if refused and report.passed:
            report.outcome = "failed"
            report.longrepr = refused
        return report

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, Any, Any]:
        __tracebackhide__ = True
        self._failed = False
        if patched := _monkey_patched():
            fail_for(item, patched)
        self._guard.name = item.nodeid
        options = options_for(item)
        self._guard.allow_hosts = options["allow_hosts"]
        self._tolerated = "guarded-host" in options["tolerate"]
        return (yield from self._report_refusals(item, "setup"))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, Any, Any]:
        return (yield from self._report_refusals(item, "call"))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Generator[None, Any, Any]:
        return (yield from self._report_refusals(item, "teardown"))

    def _report_refusals(self, item: pytest.Item, when: str) -> Generator[None, Any, Any]:
        __tracebackhide__ = True
        try:
            result = yield
        except BaseException:
            if refused := self._take_refusals():
                item.add_report_section(when, NAME, refused)
            self._failed = True
            raise
        if (refused := self._take_refusals()) and not (self._failed or self._tolerated):
            from ..strict.strictness import PYTEST_REMEDY, strictness_error
            from ..strict.violations import Violation

            self._failed = True
            violation = Violation("guarded-host", refused, None)
            fail_for(item, str(strictness_error([violation], PYTEST_REMEDY)))
        return result

    def _take_refusals(self) -> str:
        """A line for each refusal since the last call."""
        refused = "\n".join(refusal.why for refusal in self._guard.refused)
        self._guard.refused.clear()
        return refused


def _monkey_patched() -> str:
    """Why the guard cannot work, if gevent or eventlet has patched the process; else empty."""
    try:
        refuse_monkey_patching(
            "the session guard of fake_conversations",
            instead="set the ini option fake_conversations_guard to off",
        )
    except MonkeyPatchedError as error:
        return str(error)
    return ""
