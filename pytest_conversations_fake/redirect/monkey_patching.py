"""gevent and eventlet: they replace what is hooked, so that no call would be redirected or refused.

Neither a route nor a guard starts after that, and while there is one, monkey-patching is refused.
"""

from __future__ import annotations

import sys
from functools import wraps
from typing import Any

from . import registry
from .patches import Function, Places

# Modules of the standard library without which neither hooks nor a server in a thread work
_NEEDED = ("socket", "ssl", "thread", "threading", "select")


class MonkeyPatchedError(RuntimeError):
    """gevent or eventlet has replaced modules, or tries to, by which calls are redirected."""


def refuse_monkey_patching(
    what: str, *, instead: str, effect: str = "calls would go to the real Twilio"
) -> None:
    """Raise `MonkeyPatchedError` if gevent or eventlet is in the way of *what*.

    All three are parts of its sentence: what cannot start, what would become of it, and what to do
    other than not to monkey-patch.
    """
    for library in ("gevent", "eventlet"):
        if modules := _patched_by(library):
            raise MonkeyPatchedError(
                f"{what} cannot start because {library} has replaced {', '.join(modules)}, so that "
                f"{effect}: do not monkey-patch, or {instead}"
            )


def _patched_by(library: str) -> list[str]:
    """The modules that *library* has replaced, of those that are needed."""
    module, function = {
        "gevent": ("gevent.monkey", "is_module_patched"),
        "eventlet": ("eventlet.patcher", "is_monkey_patched"),
    }[library]
    is_patched = getattr(sys.modules.get(module), function, None)
    return [name for name in _NEEDED if is_patched and is_patched(name)]


def _refused(patch: Function) -> Function:
    """Refuses to monkey-patch while there is a route or a guard."""

    @wraps(patch)
    def hooked(*arguments: Any, **keywords: Any) -> Any:
        for owner in registry.in_charge[-1:]:
            raise MonkeyPatchedError(
                f"{patch.__module__}.{patch.__name__}() is refused in {owner.name} because calls "
                "would go to the real Twilio: do not monkey-patch, or use redirect=False and no "
                "session guard"
            )
        return patch(*arguments, **keywords)

    return hooked


_GEVENT = ("patch_all", "patch_select", "patch_socket", "patch_ssl", "patch_thread")

PATCHERS: dict[str, Places] = {
    "eventlet": {"monkey_patch": _refused},
    "eventlet.patcher": {"monkey_patch": _refused},
    "gevent.monkey": dict.fromkeys(_GEVENT, _refused),
}
