"""Patches of modules and classes: applied, found again and removed.

A patch is a wrapper that replaces a function and calls the original.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from types import ModuleType
from typing import Any
from weakref import WeakSet

Function = Callable[..., Any]
Patches = Mapping[str, Callable[[Function], Function]]

_wrappers: WeakSet[Function] = WeakSet()

# Patched modules and classes, with the name of the attribute. A test may replace a class in its
# module later, so the names alone would not find it again
_patched_attributes: set[tuple[Any, str]] = set()

# pytest-socket blocks every call with these, and restores the original only where it finds them
_BLOCKERS = {("pytest_socket", "_guarded_getaddrinfo"), ("pytest_socket", "_guarded_gethostbyname")}


def apply_patches(module: ModuleType, patches: Patches) -> None:
    """Patch functions of *module*, such as `socket.connect`, that are not patched yet."""
    for place, make in patches.items():
        holder, name = _find_attribute(module, place)
        original = getattr(holder, name, None)
        if original is None or original in _wrappers or _is_blocker(original):
            continue
        _patched_attributes.add((holder, name))
        setattr(holder, name, _wrapper_of(original, make))


def remove_patches() -> None:
    """Restore the original of every patch. A function that replaced a patch stays."""
    for holder, name in _patched_attributes:
        wrapper = vars(holder).get(name)
        if wrapper not in _wrappers:
            continue
        # Also where it was inherited: another patch, which pytest-socket replaced before its time,
        # may be undone later by deleting the attribute
        setattr(holder, name, wrapper.__wrapped__)


@lru_cache(maxsize=64)  # new wrappers for each test would be most of the cost
def _wrapper_of(original: Function, make: Callable[[Function], Function]) -> Function:
    wrapper = make(original)
    _wrappers.add(wrapper)
    return wrapper


def _is_blocker(function: Function) -> bool:
    names = (getattr(function, "__module__", None), getattr(function, "__name__", None))
    return names in _BLOCKERS


def _find_attribute(module: ModuleType, place: str) -> tuple[Any, str]:
    """The module or class that has the attribute. For a replaced class: its original base."""
    kind, _, name = place.rpartition(".")
    if not kind:
        return module, name
    found = getattr(module, kind)
    own = (base for base in getattr(found, "__mro__", ()) if base.__module__ == module.__name__)
    return next(own, found), name
