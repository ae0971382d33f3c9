"""An aiohttp application with one asynchronous client of Twilio.

Run it with `python -m aiohttp.web -P 8080 aiohttp_app:application` in this directory.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator

from aiohttp import web
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client

NUMBER = "+15550199"
URL = "https://desk.example/twilio"
TWILIO = web.AppKey("TWILIO", object)


async def twilio(app: web.Application) -> AsyncIterator[None]:
    async with AsyncTwilioHttpClient() as http_client:
        app[TWILIO] = Client(http_client=http_client).conversations.v1
        yield


async def open_ticket(request: web.Request) -> web.Response:
    form = await request.post()
    conversation = await request.app[TWILIO].conversations.create_async(unique_name=form["ticket"])
    await conversation.participants.create_async(
        messaging_binding_address=form["phone"], messaging_binding_proxy_address=NUMBER
    )
    return web.json_response({"sid": conversation.sid}, status=201)


async def receive_event(request: web.Request) -> web.Response:
    form = await request.post()
    validator = RequestValidator(os.environ["TWILIO_AUTH_TOKEN"])
    if not validator.validate(URL, form, request.headers.get("X-Twilio-Signature", "")):
        raise web.HTTPForbidden
    if form["Source"] == "SMS":
        conversation = request.app[TWILIO].conversations(form["ConversationSid"])
        await conversation.messages.create_async(
            author="desk", body="We have received your message."
        )
    return web.Response(status=204)


def application(argv: list[str] | None = None) -> web.Application:
    app = web.Application()
    app.cleanup_ctx.append(twilio)
    app.router.add_post("/tickets", open_ticket)
    app.router.add_post("/twilio", receive_event)
    return app
