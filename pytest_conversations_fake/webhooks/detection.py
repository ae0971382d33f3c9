"""Detection of the interface of an application: URL, aiohttp, ASGI or WSGI."""

from __future__ import annotations

import inspect
from typing import Any

from aiohttp import web

from ..api.secrets import without_passwords
from .applications import ApplicationThreads, TestEventLoop
from .asgi import AsgiTarget
from .http import AiohttpTarget, HttpTarget, is_loopback
from .targets import Target
from .wsgi import WsgiTarget


def target_for(
    application: Any, public_url: str, threads: ApplicationThreads, loop: TestEventLoop | None
) -> Target:
    """The target for an application or its address.

    An asynchronous application runs on *loop*, if there is one, else in *threads*. Raises
    `TypeError` for any other object, and `ValueError` for an address of another machine.
    """
    shown = without_passwords(repr(application))
    if _is_url(application):
        if not is_loopback(application):
            raise ValueError(
                "webhooks are delivered on this machine only, to localhost or a loopback address, "
                f"not to {shown}"
            )
        return HttpTarget(application, public_url)
    if isinstance(application, web.Application):
        return AiohttpTarget(application, loop or threads)
    if _is_asgi(application):
        return AsgiTarget(application, loop or threads)
    if _accepts(application, 2):
        return WsgiTarget(application, threads)
    hint = "; if this creates the application, call it first" if callable(application) else ""
    raise TypeError(
        f"a target is a URL, or an application of ASGI, WSGI or aiohttp, not {shown}{hint}"
    )


def is_asynchronous(application: Any) -> bool:
    """Whether an application runs on an event loop."""
    return isinstance(application, web.Application) or _is_asgi(application)


def _is_url(application: Any) -> bool:
    return isinstance(application, str) and application.startswith(("http://", "https://"))


def _is_asgi(application: Any) -> bool:
    """Whether an object accepts three arguments, and not two unless it is a coroutine function."""
    return _accepts(application, 3) and (
        not _accepts(application, 2) or inspect.iscoroutinefunction(application)
    )


def _accepts(application: Any, count: int) -> bool:
    """Whether an object can be called with *count* arguments. Classes do not count."""
    if not callable(application) or inspect.isclass(application):
        return False
    try:
        inspect.signature(application).bind(*[None] * count)
    except (TypeError, ValueError):
        return False
    return True
