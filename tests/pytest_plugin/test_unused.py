"""The plugin in a suite that does not use it."""

from __future__ import annotations

from pathlib import Path

import pytest

MODULES = {
    "pytest_conversations_fake",
    "pytest_conversations_fake.pytest_plugin",
    "pytest_conversations_fake.pytest_plugin.options",
    "pytest_conversations_fake.pytest_plugin.plugin",
    "pytest_conversations_fake.pytest_plugin.reporting",
    "pytest_conversations_fake.real_time",
    "pytest_conversations_fake.strict",
    "pytest_conversations_fake.strict.errors",
}
"""All that a run of pytest imports because of the plugin."""


@pytest.mark.newest
def test_suite_without_the_fixture_imports_no_other_module(suite: pytest.Pytester) -> None:
    suite.makeini("[pytest]")
    suite.makepyfile(
        """
        import os, pathlib, sys

        def test_it():
            pathlib.Path(os.environ["MODULES"]).write_text(" ".join(sys.modules))
        """
    )

    def modules(*arguments: str) -> set[str]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
            patch.setenv("MODULES", str(suite.path / "modules"))
            suite.runpytest("-q", *arguments).assert_outcomes(passed=1)
        return {*Path(suite.path / "modules").read_text().split()}

    plugin = "pytest_conversations_fake.pytest_plugin.plugin"
    assert MODULES == modules("-p", plugin) - modules()
