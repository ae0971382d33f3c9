"""What an application is, by its looks."""

from __future__ import annotations

import inspect
from typing import Any

from aiohttp import web

from .asgi import AsgiTarget
from .http import AiohttpTarget, HttpTarget
from .office import Target
from .wsgi import WsgiTarget


def target_of(given: Any, *, by_settle: bool) -> Target:
    """The target for a URL or an application. Raises `TypeError` for anything else."""
    if by_settle:
        if isinstance(given, (str, web.Application)) or not callable(given) or _is_asgi(given):
            raise TypeError(f"by_settle is for applications of WSGI, not for {given!r}")
        return WsgiTarget(given)
    if isinstance(given, str) and given.startswith(("http://", "https://")):
        return HttpTarget(given)
    if isinstance(given, web.Application):
        return AiohttpTarget(given)
    if callable(given):
        return AsgiTarget(given) if _is_asgi(given) else WsgiTarget(given)
    raise TypeError(f"a target is a URL, or an application of ASGI, WSGI or aiohttp, not {given!r}")


def _is_asgi(app: Any) -> bool:
    """Whether calling *app* takes three things, or is a coroutine."""
    call = app if inspect.isroutine(app) else type(app).__call__
    if inspect.iscoroutinefunction(call):
        return True
    parameters = inspect.signature(app).parameters.values()
    required = [each for each in parameters if each.default is each.empty]
    return len([each for each in required if each.kind is not each.VAR_POSITIONAL]) == 3
