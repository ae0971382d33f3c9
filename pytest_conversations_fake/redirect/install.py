"""Installs the patches while a guard is active.

Every active guard uses the same patches, since a patch asks the innermost guard. Other code may
replace a patch, or keep a patch and put it back later. A patch without an active guard calls the
original; `repair_patches` removes it.
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
from .environment import no_proxy_variables
from .import_hook import ImportHook
from .libraries import LIBRARIES
from .monkey_patching import PATCHERS
from .patches import apply_patches, remove_patches
from .registry import Guard
from .stdlib import STDLIB

GuardT = TypeVar("GuardT", bound=Guard)

# Module name -> the attributes to patch in that module, each with the function that patches it
PATCHES = STDLIB | LIBRARIES | PATCHERS

_lock = RLock()

# (variable, value that we set) -> the value before
_environment: dict[tuple[str, str], str | None] = {}


@contextmanager
def activate(guard: GuardT) -> Iterator[GuardT]:
    """Let *guard* decide about Twilio's hosts until the end of the `with` statement.

    This holds in all threads. An inner guard takes precedence over outer guards.
    """
    with _lock:
        registry.active_guards.append(guard)
    try:
        repair_patches()
        yield guard
    finally:
        with _lock:
            registry.active_guards.remove(guard)
            if not registry.active_guards:  # else another guard needs the patches
                repair_patches()


def activate_for_process(guard: Guard) -> None:
    """Let *guard* decide about Twilio's hosts until this process ends."""
    with _lock:
        registry.active_guards.append(guard)
        _install()


def repair_patches() -> None:
    """Install missing patches if a guard is active, else remove remaining patches.

    Call it between tests only. During a test, the test may have replaced a patch on purpose.
    """
    with _lock:
        if registry.active_guards:
            _install()
        else:
            _uninstall()


def _install() -> None:
    for name, patches in PATCHES.items():
        if module := sys.modules.get(name):
            apply_patches(module, patches)
    if _finder not in sys.meta_path:
        # Not first: pyfakefs inserts its finder at the front, and later removes the first one
        index = sys.meta_path.index(PathFinder) if PathFinder in sys.meta_path else 1
        sys.meta_path.insert(index, _finder)
    for name, value in no_proxy_variables(os.environ).items():
        before = os.environ.get(name)
        if before != value:
            os.environ[name] = value
            _environment[name, value] = before


def _uninstall() -> None:
    remove_patches()
    while _finder in sys.meta_path:
        sys.meta_path.remove(_finder)
    for name, value in reversed([*_environment]):
        if os.environ.get(name) == value:
            before = _environment.pop((name, value))
            if before is None:
                del os.environ[name]
            else:
                os.environ[name] = before


def _patch_imported(module: ModuleType) -> None:
    with _lock:
        if registry.active_guards:
            apply_patches(module, PATCHES[module.__name__])


_finder = ImportHook(PATCHES, _patch_imported)
