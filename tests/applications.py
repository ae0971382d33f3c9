"""Applications that receive webhooks: one for each framework, and some that misbehave."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from threading import Event
from typing import Any

from aiohttp import web
from django.conf import settings as django_settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path as django_path
from fastapi import FastAPI, Request, Response
from flask import Flask
from flask import request as flask_request
from starlette.applications import Starlette
from starlette.requests import Request as StarletteRequest
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from twilio.rest import Client

HOOK = "https://desk.example/hook"
EVENTS = ["onMessageAdded"]

Handler = Callable[[str, dict[str, str], str], "int | None"]


def say(body: str = "hi", author: str = "ada") -> None:
    talk = Client().conversations.v1.conversations("talk")
    talk.messages.create(body=body, author=author, x_twilio_webhook_enabled="true")


def at_hook(handler: Callable[[StarletteRequest], Any]) -> Starlette:
    return Starlette(routes=[Route("/hook", handler, methods=["POST"])])


# The same application for each framework: it passes URL, form and signature to a handler


def with_flask(handle: Handler) -> Flask:
    app = Flask("desk")

    @app.post("/hook")
    def hook() -> tuple[str, int]:
        signature = flask_request.headers["X-Twilio-Signature"]
        return "", handle(flask_request.url, flask_request.form.to_dict(), signature) or 200

    return app


def with_starlette(handle: Handler) -> Starlette:
    async def hook(request: StarletteRequest) -> PlainTextResponse:
        form = {name: str(text) for name, text in (await request.form()).items()}
        signature = request.headers["x-twilio-signature"]
        return PlainTextResponse("", handle(str(request.url), form, signature) or 200)

    return at_hook(hook)


def with_fastapi(handle: Handler) -> FastAPI:
    app = FastAPI()

    async def hook(request: Request) -> Response:
        form = {name: str(text) for name, text in (await request.form()).items()}
        signature = request.headers["x-twilio-signature"]
        return Response(status_code=handle(str(request.url), form, signature) or 200)

    app.post("/hook")(hook)
    return app


def with_aiohttp(handle: Handler) -> web.Application:
    async def hook(request: web.Request) -> web.Response:
        form = {name: str(text) for name, text in (await request.post()).items()}
        url = request.url.with_scheme(request.headers["X-Forwarded-Proto"])
        signature = request.headers["X-Twilio-Signature"]
        return web.Response(status=handle(str(url), form, signature) or 200)

    app = web.Application()
    app.router.add_post("/hook", hook)
    return app


_django_handler: list[Handler] = []


def _django_view(request: HttpRequest) -> HttpResponse:
    form = {name: str(text) for name, text in request.POST.items()}
    signature = request.headers["X-Twilio-Signature"]
    url = request.build_absolute_uri()
    return HttpResponse(status=_django_handler[0](url, form, signature) or 200)


urlpatterns = [django_path("hook", _django_view)]


def with_django(handle: Handler) -> Any:
    if not django_settings.configured:
        django_settings.configure(
            ALLOWED_HOSTS=["desk.example"], ROOT_URLCONF=__name__, SECRET_KEY="x"
        )
    _django_handler[:] = [handle]
    return get_wsgi_application()


APPLICATIONS = {
    "flask": with_flask,
    "starlette": with_starlette,
    "fastapi": with_fastapi,
    "aiohttp": with_aiohttp,
    "django": with_django,
}


def silent() -> Starlette:
    """An application that never answers."""

    async def hook(request: StarletteRequest) -> PlainTextResponse:
        await asyncio.Event().wait()
        raise AssertionError

    return at_hook(hook)


def answering(status: int = 200, text: str = "") -> Any:
    async def hook(request: StarletteRequest) -> PlainTextResponse:
        return PlainTextResponse(text, status)

    return at_hook(hook)


class WaitingApplication:
    """A WSGI application that responds when the test lets it."""

    def __init__(self) -> None:
        self.called = Event()
        self.may_answer = Event()

    def __call__(self, environ: object, start: Callable[..., Any]) -> list[bytes]:
        self.called.set()
        assert self.may_answer.wait(10)
        return answers_nothing(environ, start)


def answers_nothing(environ: object, start: Callable[..., Any]) -> list[bytes]:
    start("200 OK", [])
    return []
