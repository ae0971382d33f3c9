"""Applications that know nothing of the fake, under `run`: nothing leaves the machine."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import requests
from programs import needs
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from .commands import COMMAND, started

pytestmark = [pytest.mark.newest, needs("strace")]  # it counts the connections

EXAMPLES = Path(__file__).parents[2] / "examples"

PHONE, NUMBER = "+15550100", "+15550199"

LOOPBACK = re.compile(r"127\.|::1$|::ffff:127\.")

PYTHON = (sys.executable, "-m")

COMMANDS = {
    "flask": [*PYTHON, "flask", "--app", "flask_app", "run", "--port", "{port}"],
    "flask --debug": [*PYTHON, "flask", "--app", "flask_app", "run", "--debug", "--port", "{port}"],
    "django": [sys.executable, "django_desk/manage.py", "runserver", "{port}"],
    "fastapi --reload": [*PYTHON, "uvicorn", "fastapi_app:app", "--reload", "--port", "{port}"],
    "express": ["node", "node/express_app.js"],
}
APPLICATIONS = [
    pytest.param(name, marks=needs("node", "npm") if name == "express" else ()) for name in COMMANDS
]


@pytest.fixture(scope="session")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Express and twilio-node."""
    directory = tmp_path_factory.mktemp("npm")
    install = ["npm", "install", "--no-audit", "--no-fund", "--silent", "express", "twilio"]
    subprocess.run(install, cwd=directory, check=True, timeout=120)
    return directory / "node_modules"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def patient_client() -> requests.Session:
    """A client that waits until a server listens."""
    client = requests.Session()
    client.trust_env = False
    retry = Retry(60, backoff_factor=0.1, backoff_max=0.5, allowed_methods=None)
    client.mount("http://", HTTPAdapter(max_retries=retry))
    return client


@pytest.mark.parametrize("name", APPLICATIONS)
def test_application_works_offline(
    name: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    modules = request.getfixturevalue("modules") if name == "express" else tmp_path
    port, fake_port = free_port(), free_port()
    traced = tmp_path / "traced"
    environment = {
        "NODE_PATH": str(modules),
        "PORT": str(port),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": str(EXAMPLES),
    }
    webhook = f"http://127.0.0.1:{port}/twilio"
    arguments = ["--port", str(fake_port), "--webhook", webhook]
    command = [word.format(port=port) for word in COMMANDS[name]]

    program = [*tracing(traced), *COMMAND]
    words = ["run", *arguments, "--", *prepared(command, tmp_path)]

    with (
        started(*words, program=program, **environment) as process,
        patient_client() as client,
    ):
        form = {"ticket": "ticket-66", "phone": PHONE}
        opened = client.post(f"http://127.0.0.1:{port}/tickets", form)
        assert 201 == opened.status_code, opened.text
        deliveries, inbox = text_the_application(client, f"http://127.0.0.1:{fake_port}/_fake/v1")
        process.terminate()
        output = process.communicate(timeout=30)

    assert opened.json()["sid"].startswith("CH")
    assert {204} == {each["status"] for each in deliveries}, output
    assert "onMessageAdded" in [each["event"] for each in deliveries]
    if name != "django":  # it only counts the texts
        assert ["We have received your message."] == [each["body"] for each in inbox]
    assert [] == foreign(traced)
    with pytest.raises(OSError, match="refused"):  # no process of the application is left
        socket.create_connection(("127.0.0.1", port))


FOREIGN = {
    "name": "import socket; socket.getaddrinfo('a.example', 80)",
    "connection": "import socket; socket.socket().connect(('0.0.0.1', 9))",
    "datagram": "import socket; s = socket.socket(type=2); s.sendto(b'', ('127.0.0.1', 53))",
}


@pytest.mark.parametrize("name", FOREIGN)
def test_foreign_address_is_counted(name: str, tmp_path: Path) -> None:
    traced = tmp_path / "traced"
    with started("-c", FOREIGN[name], program=[*tracing(traced), sys.executable]) as process:
        process.communicate(timeout=60)

    assert foreign(traced)


def tracing(file: Path) -> list[str]:
    """A command in front of another one, which writes its calls of the system for networks.

    The calls of the system are below all patches, and below resolvers that are written in C.
    """
    calls = "trace=connect,sendto,sendmsg,sendmmsg"
    # -D: the traced program, and not strace, is the child of this process and gets its signals
    return ["strace", "-D", "-f", "-qq", "--seccomp-bpf", "-e", calls, "-o", str(file)]


def foreign(traced: Path) -> list[str]:
    """The attempts of a program to resolve a name, or to reach an address beyond this machine."""
    found = re.findall(
        r'htons\((\d+)\).*?(?:inet_addr\(|inet_pton\(AF_INET6, )"([^"]*)"', traced.read_text()
    )
    assert found, "strace sees no connection"
    # A resolver on this machine passes a name on
    return [f"{host}:{port}" for port, host in found if not LOOPBACK.match(host) or port == "53"]


def prepared(command: Sequence[str], directory: Path) -> Sequence[str]:
    """The command in its own directory; for Django with a database."""
    script = f'cd "{EXAMPLES}" && exec "$@"'
    if "django_desk/manage.py" in command:
        manage = f'"{sys.executable}" "{EXAMPLES}/django_desk/manage.py"'
        script = f'cd "{directory}" && {manage} migrate --run-syncdb && exec "$@"'
        command = [word.replace("django_desk", f"{EXAMPLES}/django_desk") for word in command]
    return ["sh", "-c", script, "sh", *command]


def text_the_application(client: requests.Session, api: str) -> tuple[Any, Any]:
    """Write from a phone. Returns the webhooks, and what the phone received."""
    phone = f"{api}/phones/%2B{PHONE[1:]}"
    texted = client.post(f"{phone}/messages", json={"to": NUMBER, "body": "Where is it?"})
    assert texted.ok, texted.text
    assert client.post(f"{api}/settle", json={}).ok
    deliveries = client.get(f"{api}/deliveries").json()["entries"]
    return deliveries, client.get(f"{phone}/inbox").json()["messages"]
