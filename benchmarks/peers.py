"""Other tools that answer in place of Twilio, and why one of them may be missing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from logging import WARNING, getLogger
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

from .floor import ANSWER
from .processes import NODE_PROGRAMS, OLD_AIOHTTP
from .raw import CONVERSATIONS

PEERS = {"pytest-httpserver", "responses", "respx", "pytest-httpx", "aioresponses", "Prism"}


def prism_program() -> str | None:
    """The path of Prism, or None if it or node is missing."""
    path = os.pathsep.join([str(NODE_PROGRAMS), os.environ.get("PATH", "")])
    return shutil.which("prism", path=path) if shutil.which("node") else None


def skipped() -> dict[str, str]:
    """The peers that are not measured, with the reason."""
    reasons = {}
    if not prism_program():
        reasons["Prism"] = "node or @stoplight/prism-cli is not installed"
    if not OLD_AIOHTTP.exists():
        reasons["aioresponses"] = "it needs aiohttp < 3.14, which `make bench` installs"
    return reasons


def servers() -> dict[str, Callable[[], AbstractContextManager[str]]]:
    """The peers that are servers; each gives its URL."""
    if "Prism" in skipped():
        return {"pytest-httpserver": _httpserver}
    return {"pytest-httpserver": _httpserver, "Prism": _prism}


@contextmanager
def _httpserver() -> Iterator[str]:
    from pytest_httpserver import HTTPServer

    getLogger("werkzeug").setLevel(WARNING)  # it logs each request
    with HTTPServer("127.0.0.1", 0) as server:
        server.expect_request(CONVERSATIONS).respond_with_json(ANSWER, status=201)
        yield f"http://127.0.0.1:{server.port}"


DOCUMENT = {
    "openapi": "3.0.1",
    "info": {"title": "Conversations", "version": "1"},
    "paths": {
        CONVERSATIONS: {
            "post": {
                "requestBody": {
                    "content": {
                        "application/x-www-form-urlencoded": {
                            "schema": {
                                "type": "object",
                                "properties": {"Attributes": {"type": "string"}},
                            }
                        }
                    }
                },
                "responses": {
                    "201": {
                        "description": "created",
                        "content": {
                            "application/json": {"schema": {"type": "object"}, "example": ANSWER}
                        },
                    }
                },
            }
        }
    },
}
"""One operation, with its answer as an example."""


@contextmanager
def _prism() -> Iterator[str]:
    program = prism_program()
    assert program
    with TemporaryDirectory() as name:
        document = Path(name) / "openapi.json"
        document.write_text(json.dumps(DOCUMENT))
        command = [program, "mock", "--host", "127.0.0.1", "--port", "0", str(document)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
            log = running.stdout
            assert log
            line = next(line for line in log if "listening on" in line)
            drain = Thread(target=lambda: [*log])  # it logs each request
            drain.start()
            try:
                yield line.split()[-1]
            finally:
                running.terminate()
                drain.join()
