"""Patches modules that are imported after the patches were installed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType


class ImportHook(MetaPathFinder):
    """Calls *callback* with each module of *names* right after the module was executed.

    It delegates the search for these modules to the finders that follow it.
    """

    def __init__(self, names: Collection[str], callback: Callable[[ModuleType], None]) -> None:
        self._names = names
        self._callback = callback

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name in self._names:
            for finder in sys.meta_path[sys.meta_path.index(self) + 1 :]:
                spec = finder.find_spec(name, path, target)
                if spec and spec.loader:
                    spec.loader = _Loader(spec.loader, self._callback)
                    return spec
        return None


class _Loader(Loader):
    """Wraps another loader until the module is executed."""

    def __init__(self, loader: Loader, callback: Callable[[ModuleType], None]) -> None:
        self._loader = loader
        self._callback = callback

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        module.__loader__ = self._loader
        if module.__spec__:
            module.__spec__.loader = self._loader
        self._loader.exec_module(module)
        self._callback(module)
