"""An aiohttp application under test, with pytest-aiohttp's `aiohttp_client`."""

from __future__ import annotations

import pytest
from aiohttp import ClientSession, web

pytestmark = pytest.mark.asyncio


def desk_app(twilio: ClientSession) -> web.Application:
    """The application, which opens a desk for each request."""

    async def open_desk(request: web.Request) -> web.Response:
        form = {"FriendlyName": (await request.post()).get("name", "")}
        async with twilio.post("/v1/Services", data=form) as answer:
            body = await answer.json()
        if answer.status == 201:
            return web.json_response({"desk": body["sid"]}, status=201)
        return web.json_response({"error": body["message"]}, status=422)

    app = web.Application()
    app.router.add_post("/desks", open_desk)
    return app


async def test_desk_is_opened(aiohttp_client, fake_conversations, fake_conversations_client):
    app = await aiohttp_client(desk_app(twilio=fake_conversations_client))

    answer = await app.post("/desks", data={"name": "Support"})

    desk = fake_conversations.services.one(friendly_name="Support")
    assert await answer.json() == {"desk": desk.sid}


async def test_desk_without_a_name_is_refused(
    aiohttp_client, fake_conversations, fake_conversations_client
):
    app = await aiohttp_client(desk_app(twilio=fake_conversations_client))

    answer = await app.post("/desks")

    assert await answer.json() == {"error": "FriendlyName not provided"}
    fake_conversations.services.assert_created(refused=50000)
