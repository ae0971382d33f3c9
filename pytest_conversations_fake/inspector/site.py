"""The site: the page and the control API, which a server answers besides the imitated API.

`/` leads to the page at `/_fake/`, `/health` shows that the fake runs, and `/_fake/v1/` is the
control API.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from email.utils import format_datetime
from hashlib import sha256

from aiohttp import web

from ..api.refusals import Refused
from ..server.translation import read_body
from .call_threads import in_thread
from .calls import CallError, Reply, error_reply, find, run
from .control import Control
from .endpoint import EVENT_STREAM, PREFIX
from .foreign_page_filter import SECURITY_HEADERS, ForeignPageFilter, header_problem
from .page import FILES, PAGE, POLICY
from .streams import Streams

OWN_PATHS = ("/", "/health", "/favicon.ico", "/_fake")

JSON = "application/json"


class Site:
    """Answers requests for the page and the control API that the *page_filter* accepts."""

    def __init__(self, control: Control, page_filter: ForeignPageFilter, streams: Streams) -> None:
        self._control = control
        self._page_filter = page_filter
        self._streams = streams

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse | None:
        """Answer a request. Returns None if the imitated API answers it."""
        path, _, query = request.raw_path.partition("?")
        is_own = path in OWN_PATHS or path.startswith("/_fake/")
        if reason := self._page_filter.refusal(request.headers, for_api=not is_own):
            return self._response(error_reply(403, reason) if is_own else _forbidden(reason))
        if not is_own:
            return None
        if reason := header_problem(request.raw_headers):
            return self._response(error_reply(431, reason))
        try:
            if path.startswith(f"{PREFIX}/"):
                return await self._call(request, path, query)
            return self._response(_page(request.method, path, request.headers))
        except CallError as error:
            return self._response(error.reply)

    async def _call(self, request: web.BaseRequest, path: str, query: str) -> web.StreamResponse:
        endpoint, in_path = find(request.method, path)
        if endpoint.media_type == EVENT_STREAM:
            return await self._streams.serve(request, self._headers(EVENT_STREAM))
        body = b""
        if endpoint.method == "POST":
            if request.content_type != JSON:
                raise CallError(415, f"a POST needs the header Content-Type: {JSON}")
            body = await _read(request, endpoint.max_body)
        return self._response(
            await in_thread(lambda: run(self._control, endpoint, in_path, query, body))
        )

    def _headers(self, media_type: str) -> dict[str, str]:
        # Without a date, aiohttp calls time.time(), which tests patch
        date = format_datetime(self._control.world.clock.now(), usegmt=True)
        its_type = {"Content-Type": media_type} if media_type else {}
        return {"Date": date, "Cache-Control": "no-store", **SECURITY_HEADERS, **its_type}

    def _response(self, reply: Reply) -> web.Response:
        headers = self._headers(reply.media_type if reply.body else "") | {**reply.headers}
        return web.Response(status=reply.status, body=reply.body, headers=headers)


def _page(method: str, path: str, headers: Mapping[str, str]) -> Reply:
    """The answer to a request for a file or for one of the paths at the top."""
    if method not in ("GET", "HEAD"):
        raise CallError(405, f"{path} accepts GET, not {method[:20]}", Allow="GET")
    if path in ("/", "/_fake"):
        return Reply(302, headers={"Location": "/_fake/"})
    if path == "/health":
        return Reply(200, json.dumps({"status": "ok"}).encode())
    if path == "/_fake/":
        return _file(headers, "text/html; charset=utf-8", PAGE.encode(), POLICY)
    name = path.removeprefix("/_fake/static/")
    if name not in FILES:
        raise CallError(404, f"there is no {path[:200]}; the page is at /_fake/")
    return _file(headers, *FILES[name])


def _file(headers: Mapping[str, str], media_type: str, content: bytes, policy: str = "") -> Reply:
    """A file that a browser may cache, and that it validates by its tag before each use."""
    tag = f'"{sha256(content).hexdigest()[:32]}"'
    headers_of_file = {"ETag": tag, "Cache-Control": "no-cache"}
    if policy:  # for a 304, too: a browser applies it to the page in its cache
        headers_of_file["Content-Security-Policy"] = policy
    if headers.get("If-None-Match") == tag:
        return Reply(304, headers=headers_of_file)
    return Reply(200, content, media_type, headers_of_file)


async def _read(request: web.BaseRequest, limit: int) -> bytes:
    """The body of a call. Raises `CallError` if it is longer than *limit* or compressed."""
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise CallError(415, "a body cannot be compressed")
    too_large = f"a body has at most {limit:,} bytes"
    if (request.content_length or 0) > limit:
        raise CallError(413, f"{too_large}, not {request.content_length:,}")
    body = await read_body(request, limit)
    if isinstance(body, Refused):
        raise CallError(413 if body.status == 413 else 400, too_large)
    return body


def _forbidden(reason: str) -> Reply:
    """The refusal of a call of the imitated API, in the form in which Twilio's SDKs show it."""
    return Reply(403, json.dumps({"error": reason, "message": reason, "status": 403}).encode())
