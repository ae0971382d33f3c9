"""Which package may import which, import cycles, and imports of a run without the fixture."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

import pytest

import pytest_conversations_fake

pytestmark = pytest.mark.newest

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
    "simulators": {"api", "state"},
    "server": {"api", "real_time", "threads", "aiohttp", "asyncio"},
    "reports": {"api", "assertions", "simulators"},
    "seeds": {"api", "state"},
    "inspector": {
        "api",
        "state",
        "simulators",
        "seeds",
        "reports",
        "webhooks",
        "server",
        "aiohttp",
        "asyncio",
        "threading",
    },
    "sweep": {
        "api",
        "assertions",
        "state",
        "strict",
        "real_time",
        "asyncio",
        "threading",
    },
    "shell": {
        "api",
        "fake",
        "inspector",
        "redirect",
        "reports",
        "seeds",
        "server",
        "settings",
        "threading",
        "webhooks",
    },
    "pytest_plugin": {
        "aiohttp",
        "asyncio",
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
    """The packages that a module imports; of ours, the package or module at the top."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level != 1:  # 1 is the package itself
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
def test_forbidden_import_is_found(line: str) -> None:
    assert {*imported(ast.parse(line))} & {"fake", "server", "asyncio", "threading"}


@pytest.mark.parametrize("package", ALLOWED)
def test_package_imports_only_allowed_packages(package: str) -> None:
    others = {path.name for path in PACKAGE.iterdir() if path.is_dir()} | {
        path.stem for path in PACKAGE.glob("*.py")
    }

    found = {
        name
        for path in (PACKAGE / package).rglob("*.py")
        for name in imported(ast.parse(path.read_text()))
    }

    assert found & (others | OUTSIDE) <= ALLOWED[package] | {package}


def test_every_package_has_a_rule() -> None:
    packages = {path.name for path in PACKAGE.iterdir() if path.is_dir() and path.name[0] != "_"}

    assert ALLOWED.keys() == packages


Graph = Mapping[str, Collection[str]]

# Rings of modules that import each other for type checkers or within functions. At run time, when
# modules are loaded, there is none.
RINGS = {
    # The plugin loads its parts only if options ask for them, and they read its names
    frozenset({"pytest_plugin.plugin", "pytest_plugin.reporting", "pytest_plugin.session_guard"}),
    # A report renders itself, and the renderers are typed by it
    frozenset({"reports.page", "reports.report", "reports.text"}),
    # A server loads its handler when it starts, as aiohttp is heavy; the handler is typed by it
    frozenset({"server.handler", "server.server"}),
}


def import_statements(node: ast.AST, *, when_loaded: bool) -> Iterator[ast.Import | ast.ImportFrom]:
    """The imports in a module: all, or only those that run *when_loaded*."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield child
        elif when_loaded and isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        elif (
            when_loaded and isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING"
        ):
            for each in child.orelse:
                yield from import_statements(ast.Module([each], []), when_loaded=True)
        else:
            yield from import_statements(child, when_loaded=when_loaded)


def import_graph(sources: Mapping[str, str], *, when_loaded: bool = False) -> Graph:
    """The modules that each module imports, by dotted names within one package.

    *sources* has the text of each module; `x.__init__` is the package `x`. The packages
    above a module do not count as imports.
    """
    modules = {name.removesuffix(".__init__"): (name, text) for name, text in sources.items()}
    graph: dict[str, set[str]] = {}
    for module, (path, text) in modules.items():
        above = ["", *path.split(".")[:-1]]
        found = graph[module] = set()
        for statement in import_statements(ast.parse(text), when_loaded=when_loaded):
            if isinstance(statement, ast.Import):
                names = [alias.name for alias in statement.names]
            else:
                base = [*above[: len(above) - statement.level + 1]] if statement.level else []
                prefix = ".".join(filter(None, [*base, statement.module]))
                names = [f"{prefix}.{alias.name}".lstrip(".") for alias in statement.names]
            for name in names:
                name = name.removeprefix(f"{PACKAGE.name}.")
                found.add(name if name in modules else name.rpartition(".")[0])
        found &= modules.keys() - {module}
    return graph


def rings(graph: Graph) -> set[frozenset[str]]:
    """The strongly connected components of a graph that have more than one member."""

    def reachable(start: str) -> set[str]:
        found: set[str] = set()
        queue = [*graph[start]]
        while queue:
            name = queue.pop()
            if name not in found:
                found.add(name)
                queue += graph[name]
        return found

    reached = {name: reachable(name) for name in graph}
    return {
        frozenset(other for other in reached[name] if name in reached[other])
        for name in graph
        if name in reached[name]
    }


def of_packages(graph: Graph) -> Graph:
    """The graph of packages, and of modules that are in none, for a graph of modules."""
    packages: dict[str, set[str]] = {}
    for module, imports in graph.items():
        package = module.partition(".")[0]
        packages.setdefault(package, set()).update(name.partition(".")[0] for name in imports)
    return {package: imports - {package} for package, imports in packages.items()}


@pytest.fixture(scope="module")
def sources() -> Mapping[str, str]:
    return {
        ".".join(path.relative_to(PACKAGE).with_suffix("").parts): path.read_text()
        for path in PACKAGE.rglob("*.py")
        if path.parent != PACKAGE or path.name != "__init__.py"  # imports its names when asked
    }


@pytest.mark.parametrize(
    ("graph", "expected"),
    [
        ({"a": ["b"], "b": ["c"], "c": []}, []),
        ({"a": ["b"], "b": ["a"], "c": ["a"]}, ["ab"]),
        ({"a": ["b"], "b": ["c"], "c": ["a", "d"], "d": ["e"], "e": ["d"]}, ["abc", "de"]),
        ({"a": ["b", "c"], "b": ["a"], "c": ["a"]}, ["abc"]),
    ],
)
def test_rings_of_a_graph_are_found(graph: Graph, expected: list[str]) -> None:
    assert {*map(frozenset, expected)} == rings(graph)


@pytest.mark.parametrize(
    ("line", "when_loaded"),
    [
        ("from .b import name", True),
        ("from . import b", True),
        ("from ..a.b import name", True),
        ("from pytest_conversations_fake.a import b", True),
        ("import pytest_conversations_fake.a.b", True),
        ("class A:\n    from .b import name", True),
        ("if TYPE_CHECKING:\n    pass\nelse:\n    from .b import name", True),
        ("if TYPE_CHECKING:\n    from .b import name", False),
        ("def f():\n    from .b import name", False),
    ],
)
def test_import_of_a_module_is_in_the_graph(line: str, when_loaded: bool) -> None:
    sources = {"a.__init__": "", "a.a": line, "a.b": "import json"}

    assert ["a.b"] == [*import_graph(sources)["a.a"]]
    assert (["a.b"] if when_loaded else []) == [*import_graph(sources, when_loaded=True)["a.a"]]


def test_import_in_a_package_is_in_the_graph() -> None:
    graph = import_graph({"a.__init__": "from .b import name", "a.b": "from .. import c", "c": ""})

    assert {"a": {"a.b"}, "a.b": {"c"}, "c": set()} == graph


def test_modules_are_loaded_without_cycles(sources: Mapping[str, str]) -> None:
    assert set() == rings(import_graph(sources, when_loaded=True))


def test_modules_import_each_other_only_as_listed(sources: Mapping[str, str]) -> None:
    """A ring that is gone must be removed from the lists, and the API has none."""
    assert RINGS == rings(import_graph(sources))


def test_packages_do_not_import_each_other(sources: Mapping[str, str]) -> None:
    assert rings(of_packages(import_graph(sources))) == set()


@pytest.mark.parametrize("module", ["pytest_plugin.plugin", "__init__", "shell.main"])
def test_entry_point_imports_no_heavy_package(module: str) -> None:
    name = f"pytest_conversations_fake.{module}".removesuffix(".__init__")
    program = (
        f"import sys, {name}; "
        "print({'aiohttp', 'asyncio', 'faker', 'ssl', 'trustme', 'twilio', "
        "'pytest_conversations_fake.api', 'pytest_conversations_fake.fake'} & {*sys.modules})"
    )

    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)

    assert ("set()\n", "") == (ran.stdout, ran.stderr)


def test_no_module_has_more_than_300_lines() -> None:
    lines = {path.name: len(path.read_text().splitlines()) for path in PACKAGE.rglob("*.py")}

    del lines["refusals.py"]  # one table, with a row for each refusal
    del lines["endpoints.py"]  # one table, with a row for each call
    del lines["fake.py"]  # the public members with their docstrings; each calls a part

    assert {} == {name: count for name, count in lines.items() if count > 300}
