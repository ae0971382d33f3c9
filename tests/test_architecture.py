"""Which room may import which, and what a pytest run pays that does not use the fixture."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import pytest_conversations_fake

PACKAGE = Path(pytest_conversations_fake.__file__).parent

# The packages and modules that each package may import, of ours and of `OUTSIDE`
ALLOWED: dict[str, set[str]] = {
    "api": set(),
    "redirect": {"threading"},
    "assertions": {"api"},
    "state": {"api", "assertions"},
    "strict": {"api"},
    "webhooks": {
        "api",
        "assertions",
        "strict",
        "real_time",
        "threads",
        "aiohttp",
        "asyncio",
        "threading",
        "redirect",
    },
    "simulators": {"api"},
    "server": {"api", "real_time", "threads", "aiohttp", "asyncio"},
    "reports": {"api"},
    "seeds": {"api", "state"},
    "sweep": {
        "api",
        "assertions",
        "state",
        "strict",
        "fake",
        "real_time",
        "asyncio",
        "threading",
    },
    "pytest_plugin": {
        "aiohttp",
        "fake",
        "server",
        "redirect",
        "strict",
        "api",
        "reports",
        "pytest",
    },
}
OUTSIDE = {"aiohttp", "asyncio", "pytest", "threading"}


def imported(module: ast.Module) -> Iterator[str]:
    """What a module of a room imports: the room or door, where it is ours, else the package."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level != 1:  # 1 is the room itself
            names = [".".join(filter(None, [node.module, alias.name])) for alias in node.names]
        else:
            continue
        yield from (name.removeprefix(f"{PACKAGE.name}.").partition(".")[0] for name in names)


@pytest.mark.parametrize(
    "line",
    [
        "from .. import fake",
        "from ..server import server",
        "import pytest_conversations_fake.server.server",
        "from pytest_conversations_fake import fake",
        "from pytest_conversations_fake.server.server import Server",
        "import asyncio.events",
        "from threading import Lock",
    ],
)
def test_a_forbidden_import_is_found(line: str) -> None:
    assert {*imported(ast.parse(line))} & {"fake", "server", "asyncio", "threading"}


@pytest.mark.parametrize("room", ALLOWED)
def test_a_room_imports_only_what_it_may(room: str) -> None:
    others = {path.name for path in PACKAGE.iterdir() if path.is_dir()} | {
        path.stem for path in PACKAGE.glob("*.py")
    }

    found = {
        name
        for path in (PACKAGE / room).rglob("*.py")
        for name in imported(ast.parse(path.read_text()))
    }

    assert found & (others | OUTSIDE) <= ALLOWED[room] | {room}


def test_every_room_has_its_rule() -> None:
    rooms = {path.name for path in PACKAGE.iterdir() if path.is_dir() and path.name[0] != "_"}

    assert ALLOWED.keys() == rooms


@pytest.mark.parametrize("module", ["pytest_plugin.plugin", "__init__", "cli"])
def test_a_door_opens_without_the_heavy_things(module: str) -> None:
    name = f"pytest_conversations_fake.{module}".removesuffix(".__init__")
    program = (
        f"import sys, {name}; "
        "print({'aiohttp', 'asyncio', 'faker', 'ssl', 'trustme', 'twilio', "
        "'pytest_conversations_fake.api', 'pytest_conversations_fake.fake'} & {*sys.modules})"
    )

    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)

    assert ("set()\n", "") == (ran.stdout, ran.stderr)


def test_no_module_grows_a_second_idea() -> None:
    lines = {path.name: len(path.read_text().splitlines()) for path in PACKAGE.rglob("*.py")}

    del lines["refusals.py"]  # one table, with a row for each refusal
    del lines["fake.py"]  # the public members with their docstrings; each calls a part

    assert {} == {name: count for name, count in lines.items() if count > 300}
