"""Changes to this process, and how they are undone."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib.abc import MetaPathFinder
from types import ModuleType
from typing import Any
from weakref import WeakSet

Function = Callable[..., Any]
Places = Mapping[str, Callable[[Function], Function]]

_NOTHING = object()
_hooks: WeakSet[Function] = WeakSet()


class Changes:
    """Undone last to first. What somebody else changed in the meantime is theirs and stays."""

    def __init__(self) -> None:
        self._undo: list[Callable[[], None]] = []

    def hook(self, module: ModuleType, places: Places) -> None:
        """Hook what is at *places* in *module*, such as `socket.connect`, if it is not yet."""
        for place, hook in places.items():
            holder, name = _find(module, place)
            original = getattr(holder, name, None)
            if original is not None and original not in _hooks:
                self._replace(holder, name, _hooked(original, hook))

    def _replace(self, holder: Any, name: str, hook: Function) -> None:
        before = vars(holder).get(name, _NOTHING)  # else it is inherited
        setattr(holder, name, hook)

        def undo() -> None:
            if vars(holder).get(name) is not hook:
                return
            if before is _NOTHING:
                delattr(holder, name)
            else:
                setattr(holder, name, before)

        self._undo.append(undo)

    def setenv(self, name: str, value: str) -> None:
        before = os.environ.get(name)
        os.environ[name] = value

        def undo() -> None:
            if os.environ.get(name) != value:
                return
            if before is None:
                del os.environ[name]
            else:
                os.environ[name] = before

        self._undo.append(undo)

    def import_hook(self, finder: MetaPathFinder) -> None:
        sys.meta_path.insert(0, finder)

        def undo() -> None:
            if finder in sys.meta_path:
                sys.meta_path.remove(finder)

        self._undo.append(undo)

    def inherit(self, earlier: Changes) -> None:
        """Undo, after these, what *earlier* would have."""
        self._undo[:0] = earlier._undo

    def undo(self) -> None:
        while self._undo:
            self._undo.pop()()


@lru_cache(maxsize=64)  # making them anew for each test would be most of the cost
def _hooked(original: Function, hook: Callable[[Function], Function]) -> Function:
    hooked = hook(original)
    _hooks.add(hooked)
    return hooked


def _find(module: ModuleType, place: str) -> tuple[Any, str]:
    """Who has the attribute. Of a class that somebody replaced by a subclass, the module's own."""
    kind, _, name = place.rpartition(".")
    if not kind:
        return module, name
    found = getattr(module, kind)
    own = (base for base in getattr(found, "__mro__", ()) if base.__module__ == module.__name__)
    return next(own, found), name
