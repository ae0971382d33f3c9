"""The code under test: a bot that receives messages by a webhook and answers them."""

from __future__ import annotations

import asyncio
import os

from aiohttp import web
from twilio.request_validator import RequestValidator
from twilio.rest import Client

URL = "https://bot.example/twilio"


async def receive(request: web.Request) -> web.Response:
    form = await request.post()
    validator = RequestValidator(os.environ["TWILIO_AUTH_TOKEN"])
    if not validator.validate(URL, form, request.headers["X-Twilio-Signature"]):
        return web.Response(status=403)
    if form["Author"] != "bot":
        await asyncio.to_thread(answer, form["ConversationSid"], form["Body"])
    return web.Response()


def answer(conversation: str, text: str) -> None:
    messages = Client().conversations.v1.conversations(conversation).messages
    messages.create(author="bot", body=f"You said: {text}")


def application() -> web.Application:
    app = web.Application()
    app.router.add_post("/twilio", receive)
    return app
