"""Hooks in modules and classes: how they are put in place, found again and taken out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from types import ModuleType
from typing import Any
from weakref import WeakSet

Function = Callable[..., Any]
Places = Mapping[str, Callable[[Function], Function]]

_hooks: WeakSet[Function] = WeakSet()

# Where a hook was put: modules and classes, with the attribute. A test may since have replaced
# the class in its module, so the names alone would not find it again
_hooked_places: set[tuple[Any, str]] = set()

# They block every call, and whoever put them there looks for them later, to put the original back
_BLOCKERS = {("pytest_socket", "_guarded_getaddrinfo"), ("pytest_socket", "_guarded_gethostbyname")}


def hook(module: ModuleType, places: Places) -> None:
    """Hook what is at *places* in *module*, such as `socket.connect`, if it is not hooked yet."""
    for place, make in places.items():
        holder, name = _find(module, place)
        original = getattr(holder, name, None)
        if original is None or original in _hooks or _is_blocker(original):
            continue
        _hooked_places.add((holder, name))
        setattr(holder, name, _hooked(original, make))


def unhook() -> None:
    """Put the original back wherever a hook is. A function that replaced a hook stays."""
    for holder, name in _hooked_places:
        hooked = vars(holder).get(name)
        if hooked not in _hooks:
            continue
        original = hooked.__wrapped__
        if any(vars(base).get(name) is original for base in getattr(holder, "__mro__", ())[1:]):
            delattr(holder, name)  # it was inherited
        else:
            setattr(holder, name, original)


@lru_cache(maxsize=64)  # making them anew for each test would be most of the cost
def _hooked(original: Function, make: Callable[[Function], Function]) -> Function:
    hooked = make(original)
    _hooks.add(hooked)
    return hooked


def _is_blocker(function: Function) -> bool:
    names = (getattr(function, "__module__", None), getattr(function, "__name__", None))
    return names in _BLOCKERS


def _find(module: ModuleType, place: str) -> tuple[Any, str]:
    """Who has the attribute. Of a class that somebody replaced by a subclass, the module's own."""
    kind, _, name = place.rpartition(".")
    if not kind:
        return module, name
    found = getattr(module, kind)
    own = (base for base in getattr(found, "__mro__", ()) if base.__module__ == module.__name__)
    return next(own, found), name
