"""Read by a child Python at its start: takes the parent's route, then lets the usual one follow."""

from __future__ import annotations

import atexit
import json
import os
import sys
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = str(HERE.parents[2])


def take_route() -> None:
    sys.path.insert(0, ROOT)  # the child's environment may be one without this package
    try:
        from pytest_conversations_fake.redirect import Route, in_charge
    finally:
        sys.path.remove(ROOT)
    taken = in_charge(Route(**json.loads(os.environ["FAKE_CONVERSATIONS_ROUTE"])))
    taken.__enter__()
    atexit.register(taken.__exit__, None, None, None)  # the first to register is the last to run


def follow() -> None:
    """Run the `sitecustomize` that Python would have found without us."""
    elsewhere = [place for place in sys.path if Path(place).resolve() != HERE]
    spec = PathFinder.find_spec("sitecustomize", elsewhere)
    if spec and spec.loader:
        module = sys.modules["sitecustomize"] = module_from_spec(spec)
        spec.loader.exec_module(module)


try:
    if "FAKE_CONVERSATIONS_ROUTE" in os.environ:
        take_route()
finally:
    follow()
