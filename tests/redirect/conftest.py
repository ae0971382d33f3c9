"""The sites of a redirection: the fake, and a real Twilio that no request may reach."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pytest_conversations_fake.redirect import server_context

from .real import make_public, real_twilio
from .sites import Site


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    with Site("127.0.0.1", server_context()) as site:
        yield site


@pytest.fixture
def fake(site: Site) -> Site:
    """The site that requests for imitated hosts must reach."""
    site.requests.clear()
    return site


@pytest.fixture(scope="session")
def real_site() -> Iterator[tuple[Site, str]]:
    with real_twilio() as real:
        yield real


@pytest.fixture
def real(real_site: tuple[Site, str], monkeypatch: pytest.MonkeyPatch) -> Site:
    """A real Twilio that would answer. Without our patches its names lead to it.

    A test requests this fixture before a guard is active, so our patches wrap those of the fixture.
    """
    site, authority = real_site
    site.requests.clear()
    make_public(site, authority, monkeypatch)
    return site


@pytest.fixture
def public_suite(suite: pytest.Pytester) -> pytest.Pytester:
    """A suite that prints at its end which requests reached the real Twilio."""
    suite.makeconftest(
        f"""
        import sys
        import pytest

        sys.path.insert(0, {str(Path(__file__).parents[1])!r})
        import requests
        from redirect.real import make_public, real_twilio

        running = real_twilio()
        site, authority = running.__enter__()
        make_public(site, authority, pytest.MonkeyPatch())

        def pytest_terminal_summary(terminalreporter):
            terminalreporter.line(f"the real Twilio had {{site.requests}}")

        def pytest_unconfigure():
            running.__exit__(None, None, None)

        def swallow(url):
            try:
                requests.get(url)
            except requests.ConnectionError:
                pass
        """
    )
    return suite
