"""Refuses gevent and eventlet: they replace the functions that we patch, so calls would escape.

No guard starts after monkey-patching, and monkey-patching is refused while a guard is active.
"""

from __future__ import annotations

import sys
from functools import wraps
from typing import Any

from . import registry
from .patches import Function, Patches

# Modules of the standard library that the patches and the server's thread need
_NEEDED_MODULES = ("socket", "ssl", "thread", "threading", "select")


class MonkeyPatchedError(RuntimeError):
    """gevent or eventlet has replaced, or tries to replace, modules that redirection needs."""


def refuse_monkey_patching(
    feature: str, *, instead: str, effect: str = "calls would go to the real Twilio"
) -> None:
    """Raise `MonkeyPatchedError` if gevent or eventlet keeps *feature* from starting.

    The arguments are parts of the message: *effect* is the consequence, *instead* the alternative
    to not monkey-patching.
    """
    for library in ("gevent", "eventlet"):
        if modules := _patched_by(library):
            raise MonkeyPatchedError(
                f"{feature} cannot start because {library} has replaced {', '.join(modules)}, "
                f"so that {effect}: do not monkey-patch, or {instead}"
            )


def _patched_by(library: str) -> list[str]:
    """The needed modules that *library* has replaced."""
    module, function = {
        "gevent": ("gevent.monkey", "is_module_patched"),
        "eventlet": ("eventlet.patcher", "is_monkey_patched"),
    }[library]
    is_patched = getattr(sys.modules.get(module), function, None)
    return [name for name in _NEEDED_MODULES if is_patched and is_patched(name)]


def _refused(patch: Function) -> Function:
    """Refuse to monkey-patch while a guard is active."""

    @wraps(patch)
    def wrapper(*arguments: Any, **keywords: Any) -> Any:
        for guard in registry.active_guards[-1:]:
            raise MonkeyPatchedError(
                f"{patch.__module__}.{patch.__name__}() is refused in {guard.name} because calls "
                "would go to the real Twilio: do not monkey-patch, or use redirect=False and no "
                "session guard"
            )
        return patch(*arguments, **keywords)

    return wrapper


_GEVENT = ("patch_all", "patch_select", "patch_socket", "patch_ssl", "patch_thread")

PATCHERS: dict[str, Patches] = {
    "eventlet": {"monkey_patch": _refused},
    "eventlet.patcher": {"monkey_patch": _refused},
    "gevent.monkey": dict.fromkeys(_GEVENT, _refused),
}
