"""What an application is, by its looks."""

from __future__ import annotations

import inspect
from typing import Any

from aiohttp import web

from ..api.secrets import without_passwords
from .applications import Applications, LoopOfTest
from .asgi import AsgiTarget
from .destinations import Target
from .http import AiohttpTarget, HttpTarget, is_loopback
from .wsgi import WsgiTarget


def target_of(
    given: Any, public_url: str, applications: Applications, loop: LoopOfTest | None
) -> Target:
    """The target for a URL or an application, which runs on the test's *loop* or in our threads.

    Raises `TypeError` for anything else, and `ValueError` for a URL of another machine.
    """
    shown = without_passwords(repr(given))
    if _is_url(given):
        if not is_loopback(given):
            raise ValueError(f"webhooks stay on this machine, so they are not sent to {shown}")
        return HttpTarget(given, public_url)
    if isinstance(given, web.Application):
        return AiohttpTarget(given, loop or applications)
    if _is_asgi(given):
        return AsgiTarget(given, loop or applications)
    if _takes(given, 2):
        return WsgiTarget(given, applications)
    hint = "; is it to be called first?" if callable(given) else ""
    raise TypeError(
        f"a target is a URL, or an application of ASGI, WSGI or aiohttp, not {shown}{hint}"
    )


def is_asynchronous(given: Any) -> bool:
    """Whether *given* is an application that runs on an event loop."""
    return isinstance(given, web.Application) or _is_asgi(given)


def _is_url(given: Any) -> bool:
    return isinstance(given, str) and given.startswith(("http://", "https://"))


def _is_asgi(app: Any) -> bool:
    """Whether *app* can be called with three things, and by no means with two."""
    return _takes(app, 3) and (not _takes(app, 2) or inspect.iscoroutinefunction(app))


def _takes(app: Any, count: int) -> bool:
    if not callable(app) or inspect.isclass(app):
        return False
    try:
        inspect.signature(app).bind(*[None] * count)
    except (TypeError, ValueError):
        return False
    return True
