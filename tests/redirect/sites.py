"""Sites that requests can reach: a TLS and a plain port, each in a thread."""

from __future__ import annotations

import json
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from pytest_conversations_fake.redirect import Redirection


class Listener(ThreadingHTTPServer):
    """Answers any request with an empty list of conversations, and records its host and path."""

    tunnel: tuple[str, int]
    """Where it leads as a proxy."""

    def __init__(self, address: str, requests: list[str], context: ssl.SSLContext | None) -> None:
        self.requests = requests
        super().__init__((address, 0), Answer)
        self.scheme = "https" if context else "http"
        if context:
            self.socket = context.wrap_socket(
                self.socket, server_side=True, do_handshake_on_connect=False
            )

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore a client that gave up; the tests check the client."""


def relay(source: socket.socket, target: socket.socket) -> None:
    """Relay between two sockets until either closes."""
    with suppress(OSError):
        while received := source.recv(65536):
            target.sendall(received)
    with suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)


class Answer(BaseHTTPRequestHandler):
    disable_nagle_algorithm = True
    server: Listener

    def do_GET(self) -> None:
        self.server.requests.append(f"{self.server.scheme}://{self.headers['Host']}{self.path}")
        self.answer()

    def do_CONNECT(self) -> None:
        """Tunnel as a proxy that reaches the real Twilio."""
        self.server.requests.append(f"CONNECT {self.path}")
        self.send_response(200)
        self.end_headers()
        with socket.create_connection(self.server.tunnel) as there:
            back = Thread(target=relay, args=(there, self.connection), daemon=True)
            back.start()
            relay(self.connection, there)
            back.join()

    def answer(self) -> None:
        body = json.dumps({"conversations": [], "meta": {"key": "conversations"}}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@dataclass
class Site:
    """A TLS and a plain port. *requests* has the URL of each request to either."""

    address: str
    context: ssl.SSLContext
    requests: list[str] = field(default_factory=list)

    def __enter__(self) -> Site:
        self._listeners = [
            Listener(self.address, self.requests, context) for context in (self.context, None)
        ]
        self.tls_port, self.http_port = (each.server_port for each in self._listeners)
        for listener in self._listeners:
            listener.tunnel = (self.address, self.tls_port)
        self._threads = [
            Thread(target=each.serve_forever, args=(0.01,), daemon=True) for each in self._listeners
        ]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for listener, thread in zip(self._listeners, self._threads):
            listener.shutdown()
            thread.join()
            listener.server_close()

    def redirection(
        self, name: str = "tests/test_desk.py::test_opens", **options: Any
    ) -> Redirection:
        return Redirection(http_port=self.http_port, tls_port=self.tls_port, name=name, **options)
