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

# Patched modules and classes, with the name of the attribute -> the last original and its wrapper.
# A test may replace a class in its module later, so the names alone would not find it again
_patched_attributes: dict[tuple[Any, str], tuple[Function, Function]] = {}

# pytest-socket blocks every call with these, and restores the original only where it finds them
_BLOCKERS = {("pytest_socket", "_guarded_getaddrinfo"), ("pytest_socket", "_guarded_gethostbyname")}


def apply_patches(module: ModuleType, patches: Patches) -> None:
    """Patch functions of *module*, such as `socket.connect`, that are not patched yet."""
    for place, make in patches.items():
        attribute = holder, name = _find_attribute(module, place)
        found = getattr(holder, name, None)
        original, wrapper = _patched_attributes.get(attribute, (None, None))
        if found is wrapper or found is None:
            continue
        if found is not original:  # the first time, or other code has replaced it
            if found in _wrappers or _is_blocker(found):
                continue
            wrapper = _wrapper_of(found, make)
            _patched_attributes[attribute] = found, wrapper
        setattr(holder, name, wrapper)


def remove_patches() -> None:
    """Restore the original of every patch. A function that replaced a patch stays."""
    for (holder, name), (original, wrapper) in _patched_attributes.items():
        found = vars(holder).get(name)
        # Also where it was inherited: another patch, which pytest-socket replaced before its time,
        # may be undone later by deleting the attribute
        if found is wrapper:
            setattr(holder, name, original)
        elif found is not original and found in _wrappers:
            setattr(holder, name, found.__wrapped__)


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
    return (_own_class(getattr(module, kind), module.__name__) if kind else module), name


@lru_cache(maxsize=64)
def _own_class(found: Any, module: str) -> Any:
    bases = (base for base in getattr(found, "__mro__", ()) if base.__module__ == module)
    return next(bases, found)
