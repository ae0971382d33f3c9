"""The wheel and the source distribution, built from the current sources."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from importlib.metadata import requires
from pathlib import Path

import pytest

pytestmark = pytest.mark.newest

PROJECT = Path(__file__).parents[1]


def run(*command: object, cwd: Path, **environment: str) -> str:
    ran = subprocess.run(
        [sys.executable, *map(str, command)],
        capture_output=True,
        text=True,
        cwd=cwd,
        env={**os.environ, **environment},
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    built = tmp_path_factory.mktemp("dist")
    run("-m", "build", "--no-isolation", "--outdir", built, PROJECT, cwd=built)
    [wheel], [sdist] = built.glob("*.whl"), built.glob("*.tar.gz")
    return wheel, sdist


def test_metadata_and_readme_are_accepted_by_an_index(built: tuple[Path, Path]) -> None:
    run("-m", "twine", "check", "--strict", *built, cwd=PROJECT)


def test_wheel_installs_and_its_entry_point_loads(built: tuple[Path, Path], tmp_path: Path) -> None:
    wheel, sdist = built
    site, suite = tmp_path / "site", tmp_path / "suite"
    suite.mkdir()
    (suite / "test_it.py").write_text(
        "import pytest_conversations_fake\n"
        "def test_it(fake_conversations):\n"
        f"    assert pytest_conversations_fake.__file__.startswith({str(site)!r})\n"
        "    assert fake_conversations.services.add()\n"
    )

    run(
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
        "--target",
        site,
        wheel,
        cwd=suite,
    )
    run("-m", "pytest", "-p", "no:cacheprovider", cwd=suite, PYTHONPATH=str(site))

    packed = zipfile.ZipFile(wheel).namelist()
    assert "pytest_conversations_fake/py.typed" in packed
    assert "pytest_conversations_fake/inspector/static/index.html" in packed
    assert "pytest_conversations_fake/reports/static/dom.js" in packed
    assert {"pytest_conversations_fake"} == {
        name.partition("/")[0] for name in packed if ".dist-info/" not in name
    }
    with tarfile.open(sdist) as archive:
        assert {"README.md", "LICENSE", "tests", "examples", "pytest_conversations_fake"} <= {
            name.split("/")[1] for name in archive.getnames()
        }


def test_extra_all_requires_what_every_other_extra_requires() -> None:
    split = [line.partition("; extra == ") for line in requires("pytest-conversations-fake") or []]

    extras = {(requirement, extra.strip("'")) for requirement, _, extra in split if extra}

    others = {requirement for requirement, extra in extras if extra != "all"}
    assert len(others) >= 3
    assert others == {requirement for requirement, extra in extras if extra == "all"}
