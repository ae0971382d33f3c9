"""The session of the fixture `fake_conversations_client`, for every event loop of asyncio."""

from __future__ import annotations

from asyncio import AbstractEventLoop, get_running_loop
from base64 import b64encode
from collections.abc import AsyncGenerator
from contextlib import suppress
from typing import Any

from aiohttp import ClientSession

from ..fake import FakeConversations

NO_LOOP_MESSAGE = (
    "fake_conversations_client is an aiohttp.ClientSession and needs a running event loop of "
    "asyncio: use it in an async test with pytest-asyncio, or with anyio on asyncio; under trio, "
    "use another client, such as httpx, with fake_conversations.url"
)


class SessionPerLoop:
    """Behaves like an `aiohttp.ClientSession`, with one session for each event loop.

    A session works on the event loop that created it only. Fixtures and tests may run on different
    loops, and nobody knows the loop of a test before the test runs. So the first use on a loop
    creates its session.
    """

    def __init__(self, fake: FakeConversations) -> None:
        user_and_password = f"{fake.account_sid}:{fake.auth_token}"
        self._url = fake.url
        self._headers = {"Authorization": f"Basic {b64encode(user_and_password.encode()).decode()}"}
        self._generators: dict[AbstractEventLoop, AsyncGenerator[None, None]] = {}
        self._sessions: dict[AbstractEventLoop, ClientSession] = {}

    @property  # type: ignore[misc] # mypy knows the attribute as one that can be set
    def __class__(self) -> Any:
        """For `isinstance`, like the spec of a mock."""
        return ClientSession

    def __getattr__(self, name: str) -> Any:
        __tracebackhide__ = True
        if name.startswith("_"):  # pytest and mocks look for such names outside of a loop
            raise AttributeError(name)
        return getattr(self._session(), name)

    async def __aenter__(self) -> ClientSession:
        return await self._session().__aenter__()

    async def __aexit__(self, *error: Any) -> None:
        await self._session().__aexit__(*error)

    def close_all(self) -> None:
        """Close the sessions of loops that are still open."""
        for loop, generator in self._generators.items():
            if not loop.is_closed() and not loop.is_running():
                loop.run_until_complete(generator.aclose())

    def _session(self) -> ClientSession:
        """The session of the running loop. Raises `RuntimeError` without one."""
        __tracebackhide__ = True
        try:
            loop = get_running_loop()
        except RuntimeError:
            raise RuntimeError(NO_LOOP_MESSAGE) from None
        if loop not in self._sessions:
            self._generators[loop] = generator = self._open(loop)
            with suppress(StopIteration):
                generator.asend(None).send(None)
        return self._sessions[loop]

    async def _open(self, loop: AbstractEventLoop) -> AsyncGenerator[None, None]:
        """Keep a session open until `close_all`, or until the loop shuts down its generators."""
        async with ClientSession(self._url, headers=self._headers) as session:
            self._sessions[loop] = session
            yield
