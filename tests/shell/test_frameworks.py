"""Applications that know nothing of the fake, under `run`: nothing leaves the machine."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from shutil import which
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from .commands import ran, started

pytestmark = pytest.mark.newest

EXAMPLES = Path(__file__).parents[2] / "examples"
COUNTING = Path(__file__).with_name("counting")

PHONE, NUMBER = "+15550100", "+15550199"

LOOPBACK = ("127.0.0.1", "localhost", "::1", "None")

PYTHON = (sys.executable, "-m")

COMMANDS = {
    "flask": [*PYTHON, "flask", "--app", "flask_app", "run", "--port", "{port}"],
    "flask --debug": [*PYTHON, "flask", "--app", "flask_app", "run", "--debug", "--port", "{port}"],
    "django": [sys.executable, "django_desk/manage.py", "runserver", "{port}"],
    "fastapi --reload": [*PYTHON, "uvicorn", "fastapi_app:app", "--reload", "--port", "{port}"],
    "express": ["node", "node/express_app.js"],
}


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


@pytest.mark.parametrize("name", COMMANDS)
def test_application_works_offline(
    name: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if name == "express":
        if not which("npm"):
            pytest.skip("needs Node's npm")
        modules = request.getfixturevalue("modules")
    else:
        modules = tmp_path
    port, fake_port = free_port(), free_port()
    counted = tmp_path / "counted"
    counted.touch()
    environment = {
        **counting(counted),
        "NODE_PATH": str(modules),
        "PORT": str(port),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    webhook = f"http://127.0.0.1:{port}/twilio"
    arguments = ["--port", str(fake_port), "--webhook", webhook]
    command = [word.format(port=port) for word in COMMANDS[name]]

    with (
        started("run", *arguments, "--", *prepared(command, tmp_path), **environment) as process,
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
    assert [] == foreign(counted)
    with pytest.raises(OSError, match="refused"):  # no process of the application is left
        socket.create_connection(("127.0.0.1", port))


FOREIGN = {
    "python": [sys.executable, "-c", "import socket; socket.getaddrinfo('a.invalid', 80)"],
    "python connects": [
        sys.executable,
        "-c",
        "import socket; socket.socket().connect(('0.0.0.1', 9))",
    ],
    "node": ["node", "-e", "fetch('http://a.invalid').catch(() => 0)"],
    "node connects": ["node", "-e", "require('net').connect(9, '0.0.0.1').on('error', () => 0)"],
}


@pytest.mark.parametrize("name", FOREIGN)
def test_counters_notice_a_foreign_address(name: str, tmp_path: Path) -> None:
    if name.startswith("node") and not which("node"):
        pytest.skip("needs Node.js")
    counted = tmp_path / "counted"
    counted.write_text("one '127.0.0.1'\n")

    ran("run", "--port", "0", "--", *FOREIGN[name], **counting(counted))

    assert foreign(counted)


def counting(counted: Path) -> dict[str, str]:
    """The environment in which Python and Node.js count."""
    return {
        "COUNTED_IN": str(counted),
        "NODE_OPTIONS": f"--require {COUNTING / 'count.cjs'}",
        "PYTHONPATH": os.pathsep.join([str(COUNTING), str(EXAMPLES)]),
    }


def foreign(counted: Path) -> list[str]:
    """The hosts beyond this machine that a program resolved or connected to."""
    hosts = [line.split(" ", 1)[1].strip("'b") for line in counted.read_text().splitlines()]
    assert "127.0.0.1" in hosts, "the counters do not work"
    return [host for host in hosts if host not in LOOPBACK]


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
