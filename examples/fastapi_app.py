"""A FastAPI application with one asynchronous client of Twilio for its lifespan.

Run it with `uvicorn --app-dir examples fastapi_app:app`.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import FastAPI, Form, HTTPException, Request, Response
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client

NUMBER = "+15550199"


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with AsyncTwilioHttpClient() as http_client:
        app.state.twilio = Client(http_client=http_client).conversations.v1
        yield


app = FastAPI(lifespan=lifespan)


@app.post("/tickets", status_code=201)
async def open_ticket(
    request: Request, ticket: Annotated[str, Form()], phone: Annotated[str, Form()]
) -> dict[str, str]:
    conversation = await request.app.state.twilio.conversations.create_async(unique_name=ticket)
    await conversation.participants.create_async(
        messaging_binding_address=phone, messaging_binding_proxy_address=NUMBER
    )
    return {"sid": conversation.sid}


@app.post("/twilio", status_code=204)
async def receive_event(request: Request) -> Response:
    form = await request.form()
    validator = RequestValidator(os.environ["TWILIO_AUTH_TOKEN"])
    signature = request.headers.get("X-Twilio-Signature", "")
    if not validator.validate(str(request.url), form, signature):
        raise HTTPException(403)
    if form["Source"] == "SMS":
        conversation = request.app.state.twilio.conversations(form["ConversationSid"])
        await conversation.messages.create_async(
            author="desk", body="We have received your message."
        )
    return Response(status_code=204)
