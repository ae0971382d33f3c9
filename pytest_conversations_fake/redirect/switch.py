"""The switch: puts the hooks in place while somebody is in charge of Twilio's hosts.

There is one set of hooks however many are in charge, for they all ask the innermost. Whoever comes
later only adds what is missing by then, because another library put back what it had found.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock
from types import ModuleType
from typing import TypeVar

from . import owners
from .changes import Changes
from .environment import past_proxies
from .late import AfterImport
from .libraries import LIBRARIES
from .owners import Guard
from .stdlib import STDLIB

Owner = TypeVar("Owner", bound=Guard)

# Module by module, where in it something stands that is hooked, and with what
HOOKS = STDLIB | LIBRARIES

_lock = RLock()
_changes: list[Changes] = []  # those of each in charge, in the same order


@contextmanager
def in_charge(owner: Owner) -> Iterator[Owner]:
    """Let *owner* decide about Twilio's hosts until the end of the `with` statement.

    That is so in every thread. Inside another's, it decides alone.
    """
    changes = Changes()
    with _lock:
        owners.in_charge.append(owner)
        _changes.append(changes)
    try:
        with _lock:
            _hook(changes)
        yield owner
    finally:
        with _lock:
            owners.in_charge.remove(owner)
            _take_back(changes)


def take_charge(owner: Guard) -> None:
    """Let *owner* decide about Twilio's hosts for as long as this process lives."""
    changes = Changes()
    with _lock:
        owners.in_charge.append(owner)
        _changes.append(changes)
        _hook(changes)


def _hook(changes: Changes) -> None:
    for name, places in HOOKS.items():
        if module := sys.modules.get(name):
            changes.hook(module, places)
    if len(_changes) == 1:
        changes.import_hook(AfterImport(HOOKS, _imported))
    for name, value in past_proxies(os.environ).items():
        changes.setenv(name, value)


def _imported(module: ModuleType) -> None:
    with _lock:
        for outermost in _changes[:1]:
            outermost.hook(module, HOOKS[module.__name__])


def _take_back(changes: Changes) -> None:
    at = _changes.index(changes)
    del _changes[at]
    if at == len(_changes):
        changes.undo()
    else:  # somebody who came later still needs them
        _changes[at].inherit(changes)
