"""Libraries imported while a guard is active are patched, and restored after it."""

from __future__ import annotations

import subprocess
import sys

import pytest

LATE = """
import sys
from pytest_conversations_fake.redirect import Redirection, activate
from pytest_conversations_fake.redirect.patches import _find_attribute
from pytest_conversations_fake.redirect.install import PATCHES

assert {module!r} not in sys.modules
with activate(Redirection(http_port=1, tls_port=2, name="a test")):
    with activate(Redirection(http_port=1, tls_port=2, name="a nested one")):
        import {module} as module
    patches = [_find_attribute(module, place) for place in PATCHES[{module!r}]]
    for holder, name in patches:
        assert not hasattr(holder, name) or getattr(holder, name).__wrapped__, name
    assert type(module.__loader__).__module__ == type(module.__spec__.loader).__module__
    assert "pytest_conversations_fake" not in type(module.__loader__).__module__
for holder, name in patches:
    assert getattr(vars(holder).get(name), "__module__", "") != "pytest_conversations_fake"
    assert not getattr(holder, name, None) in __import__(
        "pytest_conversations_fake.redirect.patches", fromlist=["_wrappers"])._wrappers
assert not any(type(finder).__name__ == "ImportHook" for finder in sys.meta_path)
"""


@pytest.mark.parametrize(
    "module",
    [
        "aiohttp.resolver",
        "asyncio.proactor_events",
        "ssl",
        "truststore._api",
        "urllib3.connection",
        "uvloop",
    ],
)
def test_library_imported_late_is_patched(module: str) -> None:
    run = subprocess.run(
        [sys.executable, "-c", LATE.format(module=module)], capture_output=True, text=True
    )

    assert run.stderr == ""
