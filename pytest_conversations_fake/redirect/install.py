"""The switch: puts the hooks in place while somebody is in charge of Twilio's hosts.

There is one set of hooks however many are in charge, for they all ask the innermost. Other code
may replace a hook, or keep one and put it back later. A hook without anybody in charge passes
every call on; `mend_hooks` takes it out.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.machinery import PathFinder
from threading import RLock
from types import ModuleType
from typing import TypeVar

from . import registry
from .environment import past_proxies
from .import_hook import ImportHook
from .libraries import LIBRARIES
from .monkey_patching import PATCHERS
from .patches import hook, unhook
from .registry import Guard
from .stdlib import STDLIB

Owner = TypeVar("Owner", bound=Guard)

# Module by module, where in it something stands that is hooked, and with what
HOOKS = STDLIB | LIBRARIES | PATCHERS

_lock = RLock()

# Values of environment variables that are ours, and what was there before
_environment: dict[tuple[str, str], str | None] = {}


@contextmanager
def in_charge(owner: Owner) -> Iterator[Owner]:
    """Let *owner* decide about Twilio's hosts until the end of the `with` statement.

    That is so in every thread. Inside another's, it decides alone.
    """
    with _lock:
        registry.in_charge.append(owner)
    try:
        mend_hooks()
        yield owner
    finally:
        with _lock:
            registry.in_charge.remove(owner)
            if not registry.in_charge:  # else somebody still needs them
                mend_hooks()


def take_charge(owner: Guard) -> None:
    """Let *owner* decide about Twilio's hosts for as long as this process lives."""
    with _lock:
        registry.in_charge.append(owner)
        _put_in()


def mend_hooks() -> None:
    """Put in what is missing while somebody is in charge, else take out what is left.

    To be called between tests, as a test may mean what it puts in the place of a hook.
    """
    with _lock:
        if registry.in_charge:
            _put_in()
        else:
            _take_out()


def _put_in() -> None:
    for name, places in HOOKS.items():
        if module := sys.modules.get(name):
            hook(module, places)
    if _finder not in sys.meta_path:
        # Not first: others put theirs there, and later remove whatever is first
        at = sys.meta_path.index(PathFinder) if PathFinder in sys.meta_path else 1
        sys.meta_path.insert(at, _finder)
    for name, value in past_proxies(os.environ).items():
        before = os.environ.get(name)
        if before != value:
            os.environ[name] = value
            _environment[name, value] = before


def _take_out() -> None:
    unhook()
    while _finder in sys.meta_path:
        sys.meta_path.remove(_finder)
    for name, value in reversed([*_environment]):
        if os.environ.get(name) == value:
            before = _environment.pop((name, value))
            if before is None:
                del os.environ[name]
            else:
                os.environ[name] = before


def _imported(module: ModuleType) -> None:
    with _lock:
        if registry.in_charge:
            hook(module, HOOKS[module.__name__])


_finder = ImportHook(HOOKS, _imported)
