"""Child processes take the same route, if they can be told."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_conversations_fake.redirect import Route, subprocess_env

from .sites import Site

URL = "https://conversations.dublin.ie1.twilio.com/v1"
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def route(fake: Site) -> Route:
    return fake.route()


@pytest.fixture
def run(route: Route, tmp_path: Path) -> Run:
    """Runs a command in an environment that leads along the route."""

    def run(*command: str, **environ: str) -> subprocess.CompletedProcess[str]:
        # Whatever is not led anywhere gets no further than a port that nobody listens at
        nowhere = {"https_proxy": "http://127.0.0.1:9", "http_proxy": "http://127.0.0.1:9"}
        env = subprocess_env(route, tmp_path, {**os.environ, **nowhere, **environ})
        return subprocess.run(command, env=env, capture_output=True, text=True, timeout=60)

    return run


PYTHON = {
    "urllib.request": "import urllib.request as u; u.urlopen({url!r}).close()",
    "requests": "import requests; requests.get({url!r})",
    "httpx": "import httpx; httpx.get({url!r})",
    "urllib3": "import urllib3; urllib3.request('GET', {url!r}, retries=False)",
}
AIOHTTP = """
import aiohttp, asyncio
async def get():
    async with aiohttp.ClientSession() as session:
        await session.get({url!r})
asyncio.run(get())
"""


@pytest.mark.parametrize("url", [URL, URL.replace("https", "http")], ids=["https", "http"])
@pytest.mark.parametrize("library", [*PYTHON, "aiohttp"])
def test_python(run: Run, fake: Site, library: str, url: str) -> None:
    pytest.importorskip(library, reason=f"{library} is not installed")

    ended = run(sys.executable, "-c", (PYTHON | {"aiohttp": AIOHTTP})[library].format(url=url))

    assert (ended.returncode, ended.stderr) == (0, "")
    assert fake.requests == [url]


def test_a_child_of_a_child(run: Run, fake: Site) -> None:
    inner = PYTHON["urllib.request"].format(url=URL)
    outer = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {inner!r}], check=True)"

    assert run(sys.executable, "-c", outer).stderr == ""
    assert fake.requests == [URL]


def test_python_refuses_others(run: Run) -> None:
    ended = run(sys.executable, "-c", PYTHON["urllib.request"].format(url="https://api.twilio.com"))

    assert (
        "fake_conversations refused api.twilio.com in a child process of "
        "tests/test_desk.py::test_opens, as it belongs to the real Twilio. To allow it, name it in "
        "allow_hosts="
    ) in ended.stderr


def test_a_sitecustomize_that_was_there_is_run(run: Run, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "sitecustomize.py").write_text("import builtins; builtins.theirs = __file__")

    ended = run(sys.executable, "-c", "print(theirs)", PYTHONPATH=str(theirs))

    assert ended.stdout.strip() == str(theirs / "sitecustomize.py")


@pytest.mark.parametrize("option", ["-I", "-E", "-S"])
def test_python_can_decline(run: Run, fake: Site, option: str) -> None:
    """A documented exception: such a Python reads no `sitecustomize` of ours."""
    looks = "import socket; print(hasattr(socket.getaddrinfo, '__wrapped__'))"

    assert run(sys.executable, option, "-c", looks).stdout == "False\n"
    assert run(sys.executable, "-c", looks).stdout == "True\n"


CURL = shutil.which("curl") or "curl"
needs_curl = pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")


@needs_curl
@pytest.mark.parametrize("url", [URL, URL.replace("https", "http")], ids=["https", "http"])
def test_curl(run: Run, fake: Site, url: str) -> None:
    ended = run(CURL, "-sS", url)

    assert (ended.returncode, ended.stderr) == (0, "")
    assert fake.requests == [url]


@needs_curl
def test_a_curlrc_that_was_there_is_read(run: Run, fake: Site, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / ".curlrc").write_text('write-out = "theirs %{http_code}"\n')

    ended = run(CURL, "-sS", URL, CURL_HOME=str(theirs))

    assert ended.stdout.endswith("theirs 200")


@needs_curl
def test_curl_can_decline(run: Run, fake: Site) -> None:
    """A documented exception. It would go to the real one; here no name of that kind resolves."""
    ended = run(
        CURL, "-q", "-sS", "--resolve", "*:443:127.0.0.1:9", "--connect-to", "::127.0.0.1:9", URL
    )

    assert ended.returncode != 0
    assert fake.requests == []


NODE = shutil.which("node") or "node"
NODE_CLIENTS = {
    "https": "require('node:https').get({url!r}, (r) => r.resume())",
    "https module": ("import('node:https').then(({{ get }}) => get({url!r}, (r) => r.resume()))"),
    "fetch": "fetch({url!r}).then((r) => r.text())",
    "tls positional": (
        "const s = require('node:tls').connect(443, new URL({url!r}).hostname,"
        " {{servername: new URL({url!r}).hostname}}, () =>"
        " s.end(`GET /v1 HTTP/1.0\\r\\nHost: ${{new URL({url!r}).hostname}}\\r\\n\\r\\n`));"
        " s.resume()"
    ),
}
needs_node = pytest.mark.skipif(not shutil.which("node"), reason="Node.js is not installed")


@needs_node
@pytest.mark.parametrize("client", NODE_CLIENTS)
def test_node(run: Run, fake: Site, client: str) -> None:
    ended = run(NODE, "-e", NODE_CLIENTS[client].format(url=URL))

    assert (ended.returncode, ended.stderr) == (0, "")
    assert fake.requests == [URL]


@needs_node
@pytest.mark.parametrize("client", ["http", "fetch"])
def test_node_plain(run: Run, fake: Site, client: str) -> None:
    script = (NODE_CLIENTS | {"http": NODE_CLIENTS["https"].replace("https", "http")})[client]
    url = URL.replace("https", "http")

    ended = run(NODE, "-e", script.format(url=url))

    assert (ended.returncode, ended.stderr) == (0, "")
    assert fake.requests == [url]


@needs_node
@pytest.mark.parametrize("client", ["https", "fetch"])
def test_node_refuses_others(run: Run, fake: Site, client: str) -> None:
    ended = run(NODE, "-e", NODE_CLIENTS[client].format(url="https://api.twilio.com"))

    assert (
        "fake_conversations refused api.twilio.com in a child process of "
        "tests/test_desk.py::test_opens, as it belongs to the real Twilio. To allow it, name it in "
        "allow_hosts="
    ) in ended.stderr
    assert fake.requests == []


@needs_node
def test_node_options_that_were_there_are_kept(run: Run) -> None:
    ended = run(NODE, "-p", "process.title", NODE_OPTIONS="--title=theirs")

    assert ended.stdout.strip() == "theirs"


def test_nothing_of_the_environment_is_lost(route: Route, tmp_path: Path) -> None:
    theirs = {"PYTHONPATH": "a", "NODE_OPTIONS": "--b", "HOME": "c", "NO_PROXY": "d"}

    env = subprocess_env(route, tmp_path, theirs)

    assert env["PYTHONPATH"].split(os.pathsep)[1:] == ["a"]
    assert env["NODE_OPTIONS"].endswith(" --b")
    assert (env["HOME"], env["CURL_HOME"]) == ("c", str(tmp_path))
    assert env["NO_PROXY"] == "d,.twilio.com,twilio.com"
