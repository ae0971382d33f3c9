"""Child processes take the same redirection, or refuse Twilio's hosts."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from programs import needs

from pytest_conversations_fake.redirect import Redirection, children, subprocess_env

from .sites import Site

URL = "https://conversations.dublin.ie1.twilio.com/v1"
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def redirection(fake: Site) -> Redirection:
    return fake.redirection()


@pytest.fixture
def run(redirection: Redirection, tmp_path: Path) -> Run:
    """Run a command in the environment of the redirection.

    *after* changes that environment, and *without* names the variables that it loses.
    """

    def run(
        *command: str,
        after: Mapping[str, str] = MappingProxyType({}),
        without: Sequence[str] = (),
        **environ: str,
    ) -> subprocess.CompletedProcess[str]:
        # Connections without redirection lead to a port without a listener
        nowhere = {"https_proxy": "http://127.0.0.1:9", "http_proxy": "http://127.0.0.1:9"}
        env = subprocess_env(redirection, tmp_path, {**os.environ, **nowhere, **environ})
        for name in without:
            env.pop(name)
        env.update(after)
        return subprocess.run(command, env=env, capture_output=True, text=True, timeout=60)

    return run


# A process without root's rights over files
AS_ANOTHER_USER = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
needs_another_user = pytest.mark.skipif(
    not shutil.which("setpriv") or os.geteuid() != 0,
    reason="only root can run a program as another user, with setpriv of util-linux",
)
CANNOT_REACH = (
    "fake_conversations refused conversations.dublin.ie1.twilio.com in this child process, which "
    "cannot reach the fake: "
)
DAMAGED = {
    "missing": None,
    "empty": "",
    "no JSON": "{",
    "not an object": "[]",
    "without ports": '{"name": "a test"}',
}
damaged = pytest.mark.parametrize("damage", DAMAGED)


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
def test_python_child_reaches_the_fake(run: Run, fake: Site, library: str, url: str) -> None:
    ended = run(sys.executable, "-c", (PYTHON | {"aiohttp": AIOHTTP})[library].format(url=url))

    assert (ended.returncode, ended.stderr) == (0, "")
    assert fake.requests == [url]


def test_child_of_a_child_reaches_the_fake(run: Run, fake: Site) -> None:
    inner = PYTHON["urllib.request"].format(url=URL)
    outer = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {inner!r}], check=True)"

    assert run(sys.executable, "-c", outer).stderr == ""
    assert fake.requests == [URL]


def test_python_child_refuses_another_host(run: Run) -> None:
    ended = run(sys.executable, "-c", PYTHON["urllib.request"].format(url="https://api.twilio.com"))

    assert (
        "fake_conversations refused api.twilio.com in a child process of "
        "tests/test_desk.py::test_opens, as it belongs to the real Twilio. To allow it, name it in "
        "allow_hosts="
    ) in ended.stderr


def test_existing_sitecustomize_is_run(run: Run, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "sitecustomize.py").write_text("import builtins; builtins.theirs = __file__")

    ended = run(sys.executable, "-c", "print(theirs)", PYTHONPATH=str(theirs))

    assert ended.stdout.strip() == str(theirs / "sitecustomize.py")


@pytest.mark.parametrize("option", ["-I", "-E", "-S"])
def test_python_child_can_ignore_the_redirection(run: Run, fake: Site, option: str) -> None:
    """A documented exception: with these options Python does not read our `sitecustomize`."""
    looks = "import socket; print(hasattr(socket.getaddrinfo, '__wrapped__'))"

    assert run(sys.executable, option, "-c", looks).stdout == "False\n"
    assert run(sys.executable, "-c", looks).stdout == "True\n"


MULTIPROCESSING = """
import multiprocessing, urllib.request
from concurrent.futures import ProcessPoolExecutor

def get():
    urllib.request.urlopen({url!r}).close()

if __name__ == "__main__":
    context = multiprocessing.get_context({method!r})
    process = context.Process(target=get)
    process.start()
    process.join()
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        pool.submit(get).result()
"""


@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_child_of_multiprocessing_reaches_the_fake(
    run: Run, fake: Site, tmp_path: Path, method: str
) -> None:
    program = tmp_path / "program.py"
    program.write_text(MULTIPROCESSING.format(url=URL, method=method))

    ended = run(sys.executable, "-W", "ignore", str(program))

    assert (ended.returncode, ended.stderr) == (0, "")
    assert fake.requests == [URL, URL]


def test_child_that_swallows_a_refusal_leaves_a_line_on_stderr(run: Run) -> None:
    swallows = (
        "import urllib.request as u\ntry: u.urlopen('https://api.twilio.com')\nexcept OSError: pass"
    )

    ended = run(sys.executable, "-c", swallows)

    assert ended.returncode == 0
    assert ended.stderr.startswith("fake_conversations refused api.twilio.com in a child process")
    assert ended.stderr.count("\n") == 1


@damaged
def test_python_child_with_a_damaged_redirection_refuses_twilio(
    run: Run, fake: Site, damage: str
) -> None:
    code = PYTHON["urllib.request"].format(url=URL)

    ended = run(sys.executable, "-c", code, **damaged_by(DAMAGED[damage]))

    assert ended.returncode != 0
    assert ended.stderr.startswith(CANNOT_REACH)
    assert fake.requests == []


@damaged
def test_python_child_with_a_damaged_redirection_runs_otherwise(
    run: Run, fake: Site, damage: str
) -> None:
    url = f"http://127.0.0.1:{fake.http_port}/"
    code = PYTHON["urllib.request"].format(url=url)

    ended = run(sys.executable, "-c", code, NO_PROXY="*", **damaged_by(DAMAGED[damage]))

    assert (ended.returncode, ended.stderr) == (0, "")
    assert fake.requests == [url]


def damaged_by(text: str | None) -> Any:
    name = "FAKE_CONVERSATIONS_REDIRECTION"
    return {"without": [name]} if text is None else {"after": {name: text}}


def old_python(version: str) -> str:
    """The path of a Python that cannot be redirected."""
    found = shutil.which(f"python{version}")
    patches = Path.home().glob(f".pyenv/versions/{version}.*/bin/python")
    for python in [*patches, *filter(None, [found])]:
        ran = subprocess.run([python, "-c", ""], capture_output=True)
        if ran.returncode == 0:
            return str(python)
    pytest.skip(f"Python {version} is not installed")


OLD = ["2.7", "3.6", "3.7", "3.8", "3.9"]
OLD_CLIENTS = {
    "name": "socket.getaddrinfo({host!r}, 443)",
    "connect": "socket.socket().connect(({host!r}, 443))",
    "tls": (
        "s = socket.create_connection(('127.0.0.1', {port}));"
        "ssl.create_default_context().wrap_socket(s, server_hostname={host!r})"
    ),
}


@pytest.mark.newest
@pytest.mark.parametrize("version", OLD)
@pytest.mark.parametrize("client", OLD_CLIENTS)
def test_old_python_refuses_twilio(run: Run, fake: Site, version: str, client: str) -> None:
    host = URL.split("/")[2]
    code = OLD_CLIENTS[client].format(host=host, port=fake.tls_port)

    ended = run(old_python(version), "-c", f"import socket, ssl; {code}")

    why = f"{CANNOT_REACH}the fake supports Python 3.10 and newer, not {version}\n"
    assert ended.returncode != 0
    assert ended.stderr.startswith(why)


@pytest.mark.newest
@pytest.mark.parametrize("version", OLD)
def test_old_python_runs_otherwise(run: Run, tmp_path: Path, version: str) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "sitecustomize.py").write_text("print('theirs')")

    ended = run(
        old_python(version),
        "-c",
        "import socket; print(socket.gethostbyname('127.0.0.1'))",
        PYTHONPATH=str(theirs),
    )

    assert (ended.stdout, ended.stderr) == ("theirs\n127.0.0.1\n", "")


def test_compiled_file_of_python_2_beside_the_source_changes_nothing(
    run: Run, fake: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = tmp_path / "installed"
    shutil.copytree(children._CHILD, installed)
    (installed / "sitecustomize.pyc").write_bytes(b"\x03\xf3\r\n")
    monkeypatch.setattr(children, "_CHILD", installed)

    ended = run(sys.executable, "-c", PYTHON["urllib.request"].format(url=URL))

    assert (ended.returncode, ended.stderr) == (0, "")
    assert fake.requests == [URL]


@needs_another_user
def test_python_of_a_user_without_access_to_the_package_refuses_twilio(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = shutil.which("python3", path="/usr/bin:/usr/local/bin")
    if not python:
        pytest.skip("there is no Python that every user can run")
    private = tmp_path / "private"
    shutil.copytree(children._CHILD, private / "child")
    private.chmod(0o700)
    monkeypatch.setattr(children, "_CHILD", private / "child")
    readable_by_everyone(tmp_path)

    code = "import socket; socket.getaddrinfo('conversations.dublin.ie1.twilio.com', 443)"
    ended = run(*AS_ANOTHER_USER, python, "-c", code)

    assert ended.returncode != 0
    assert ended.stderr.startswith(CANNOT_REACH)


def readable_by_everyone(path: Path) -> None:
    """pytest's directories are only for the user who runs it; with xdist there is one more."""
    for folder in [path, *path.parents[:3]]:
        if folder.name.startswith(("pytest-", "popen-", path.name)):
            folder.chmod(0o755)


CURL = shutil.which("curl") or "curl"


@pytest.mark.newest
@needs("curl")
@pytest.mark.parametrize("url", [URL, URL.replace("https", "http")], ids=["https", "http"])
def test_curl_reaches_the_fake(run: Run, fake: Site, url: str) -> None:
    ended = run(CURL, "-sS", url)

    assert (ended.returncode, ended.stderr) == (0, "")
    assert fake.requests == [url]


@pytest.mark.newest
@needs("curl")
def test_existing_curlrc_is_read(run: Run, fake: Site, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / ".curlrc").write_text('write-out = "theirs %{http_code}"\n')

    ended = run(CURL, "-sS", URL, CURL_HOME=str(theirs))

    assert ended.stdout.endswith("theirs 200")


@pytest.mark.newest
@needs("curl")
@needs_another_user
def test_curl_of_another_user_reaches_the_fake(run: Run, fake: Site, tmp_path: Path) -> None:
    secret = tmp_path / "theirs" / ".curlrc"
    secret.parent.mkdir()
    secret.write_text('user = "ada:secret"\n')
    secret.chmod(0o600)
    readable_by_everyone(tmp_path)

    ended = run(*AS_ANOTHER_USER, CURL, "-sS", URL, CURL_HOME=str(secret.parent))

    assert ended.returncode == 0
    assert fake.requests == [URL]
    assert "secret" not in (tmp_path / ".curlrc").read_text()


@pytest.mark.newest
@needs("curl")
@pytest.mark.parametrize(
    "url",
    [
        "https://api.twilio.com/2010-04-01",
        "http://api.twilio.com",
        "https://API.dublin.ie1.twilio.com",
        "https://api.twilio.com.",
        "https://verify.twilio.com:8443",
        "https://twilio.com",
        "https://conversations.twilio.com:8443",
    ],
)
def test_curl_refuses_another_host(run: Run, fake: Site, url: str) -> None:
    ended = run(CURL, "-sS", "--max-time", "10", url)

    assert ended.returncode == 7
    assert ended.stderr.startswith(
        "curl: (7) Failed to connect to refused-by-fake-conversations.invalid port 9"
    )
    assert fake.requests == []


@pytest.mark.newest
@needs("curl")
def test_curl_does_not_refuse_an_allowed_host(fake: Site, tmp_path: Path) -> None:
    subprocess_env(fake.redirection(allow_hosts=["api.*twilio.com"]), tmp_path)

    lines = (tmp_path / ".curlrc").read_text()
    assert "connect-to = api." not in lines
    assert "connect-to = verify.twilio.com::refused-by-fake-conversations.invalid:9\n" in lines


@pytest.mark.newest
@needs("curl")
def test_curl_can_ignore_the_redirection(run: Run, fake: Site) -> None:
    """A documented exception. It would reach the real host, which does not resolve here."""
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


@pytest.mark.newest
@needs("node")
@pytest.mark.parametrize("client", NODE_CLIENTS)
def test_node_reaches_the_fake(run: Run, fake: Site, client: str) -> None:
    ended = run(NODE, "-e", NODE_CLIENTS[client].format(url=URL))

    assert (ended.returncode, ended.stderr) == (0, "")
    assert fake.requests == [URL]


@pytest.mark.newest
@needs("node")
@pytest.mark.parametrize("client", ["http", "fetch"])
def test_node_reaches_the_fake_over_plain_http(run: Run, fake: Site, client: str) -> None:
    script = (NODE_CLIENTS | {"http": NODE_CLIENTS["https"].replace("https", "http")})[client]
    url = URL.replace("https", "http")

    ended = run(NODE, "-e", script.format(url=url))

    assert (ended.returncode, ended.stderr) == (0, "")
    assert fake.requests == [url]


@pytest.mark.newest
@needs("node")
@pytest.mark.parametrize("client", ["https", "fetch"])
def test_node_refuses_another_host(run: Run, fake: Site, client: str) -> None:
    ended = run(NODE, "-e", NODE_CLIENTS[client].format(url="https://api.twilio.com"))

    assert (
        "fake_conversations refused api.twilio.com in a child process of "
        "tests/test_desk.py::test_opens, as it belongs to the real Twilio. To allow it, name it in "
        "allow_hosts="
    ) in ended.stderr
    assert fake.requests == []


@pytest.mark.newest
@needs("node")
@damaged
@pytest.mark.parametrize("client", ["https", "fetch", "tls positional"])
def test_node_with_a_damaged_redirection_refuses_twilio(
    run: Run, fake: Site, damage: str, client: str
) -> None:
    ended = run(NODE, "-e", NODE_CLIENTS[client].format(url=URL), **damaged_by(DAMAGED[damage]))

    assert ended.returncode != 0
    assert ended.stderr.startswith(CANNOT_REACH)
    assert fake.requests == []


@pytest.mark.newest
@needs("node")
@damaged
def test_node_with_a_damaged_redirection_runs_otherwise(run: Run, fake: Site, damage: str) -> None:
    url = f"http://127.0.0.1:{fake.http_port}/"

    ended = run(NODE, "-e", NODE_CLIENTS["fetch"].format(url=url), **damaged_by(DAMAGED[damage]))

    assert (ended.returncode, ended.stderr) == (0, "")
    assert fake.requests == [url]


NODE_THROUGH_TUNNEL = """
const socket = require("node:net").connect({port}, {address!r}, () =>
  require("node:tls").connect({{ socket, servername: {host!r} }})
    .on("error", () => socket.destroy()));
"""


@pytest.mark.newest
@needs("node")
@pytest.mark.parametrize(
    ("host", "line"),
    [
        ("api.twilio.com", "fake_conversations refused api.twilio.com in a child process of"),
        (
            "conversations.twilio.com",
            "fake_conversations refused TLS with conversations.twilio.com in a child process of "
            "tests/test_desk.py::test_opens, as the certificate is not the fake's: the client uses "
            "its own proxy, or an address that it kept",
        ),
    ],
)
def test_node_with_its_own_proxy_refuses_twilio(
    run: Run, real_site: tuple[Site, str], host: str, line: str
) -> None:
    real, _ = real_site
    real.requests.clear()
    script = NODE_THROUGH_TUNNEL.format(address=real.address, port=real.tls_port, host=host)

    ended = run(NODE, "-e", script)

    assert ended.stderr.startswith(line)
    assert real.requests == []


@pytest.mark.newest
@needs("node")
def test_existing_node_options_are_kept(run: Run) -> None:
    ended = run(NODE, "-p", "process.title", NODE_OPTIONS="--title=theirs")

    assert ended.stdout.strip() == "theirs"


def test_existing_environment_variables_are_kept(redirection: Redirection, tmp_path: Path) -> None:
    theirs = {"PYTHONPATH": "a", "NODE_OPTIONS": "--b", "HOME": "c", "NO_PROXY": "d"}

    env = subprocess_env(redirection, tmp_path, theirs)

    assert env["PYTHONPATH"].split(os.pathsep)[2:] == ["a"]
    assert env["NODE_OPTIONS"].endswith(" --b")
    assert (env["HOME"], env["CURL_HOME"]) == ("c", str(tmp_path))
    assert env["NO_PROXY"] == "d,.twilio.com,twilio.com"
