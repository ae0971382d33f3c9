"""Paths and credentials of requests, and a client on a raw socket. It imports little."""

from __future__ import annotations

import socket
from base64 import b64encode

TWILIO = "https://conversations.twilio.com"
CONVERSATIONS = "/v1/Conversations"
SERVICES = "/v1/Services"
AUTH = ("AC" + "0" * 32, "token")
CREDENTIALS = b64encode(":".join(AUTH).encode()).decode()


class RawClient:
    """Sends requests over a kept socket, with as little work as possible.

    It connects anew if the server keeps no connections (HTTP/1.0).
    """

    def __init__(self, url: str) -> None:
        self._port = int(url.rpartition(":")[2])
        self._connect()

    def _connect(self) -> None:
        self._socket = socket.create_connection(("127.0.0.1", self._port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def request(self, method: str, path: str, form: str = "") -> bytes:
        """Send a request and return the body of the answer."""
        self.send(method, path, form)
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += self._receive()
        head, _, body = answer.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        while len(body) < length:
            body += self._receive()
        if head.startswith(b"HTTP/1.0"):
            self.close()
            self._connect()
        return body

    def send(self, method: str, path: str, form: str = "") -> None:
        """Send a request and leave its answer unread."""
        self._socket.sendall(
            f"{method} {path} HTTP/1.1\r\n"
            f"Host: 127.0.0.1:{self._port}\r\n"
            f"Authorization: Basic {CREDENTIALS}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(form)}\r\n\r\n{form}".encode()
        )

    def _receive(self) -> bytes:
        received = self._socket.recv(65536)
        if not received:
            raise ConnectionError("the server closed the connection")
        return received

    def close(self) -> None:
        self._socket.close()
