"""The commands as a user calls them: output, errors, exit status."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from shutil import which

import pytest
import requests

from .commands import address, serving, shell, started

pytestmark = pytest.mark.newest

SID = "AC" + "a" * 32

SEE_HELP = " (see `conversations-fake serve --help`)"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serve_runs_until_a_stop_signal(number: int) -> None:
    with serving("--account-sid", SID, "--auth-token", "token") as process:
        url = f"{address(process)}/v1/Services"
        form = {"FriendlyName": "x"}

        assert process.stdout.readline() == f"TWILIO_ACCOUNT_SID={SID}\n"
        assert process.stdout.readline() == "TWILIO_AUTH_TOKEN=token\n"
        assert requests.post(url, form, auth=(SID, "token")).status_code == 201
        assert requests.post(url, form, auth=(SID, "other")).status_code == 401
        process.send_signal(number)
        out, err = process.communicate(timeout=10)

        assert (0, "") == (process.returncode, err)
        assert 2 == out.count("CreateService")


def test_serve_accepts_a_user_name_in_place_of_a_sid() -> None:
    with serving("--account-sid", "dev", "--auth-token", "dev") as process:
        url = f"{address(process)}/v1/Services"

        assert process.stdout.readline() == "TWILIO_ACCOUNT_SID=dev\n"
        assert process.stdout.readline() == "TWILIO_AUTH_TOKEN=dev\n"
        created = requests.post(url, {"FriendlyName": "x"}, auth=("dev", "dev"))
        assert (201, "AC") == (created.status_code, created.json()["account_sid"][:2])
        assert requests.get(url, auth=("other", "dev")).status_code == 401


def test_repeated_signals_end_serve_cleanly() -> None:
    with serving() as process:
        address(process)
        for number in [signal.SIGINT, signal.SIGTERM] * 5:
            process.send_signal(number)
        _, err = process.communicate(timeout=10)

        assert (0, "") == (process.returncode, err)


def test_console_script_serves_like_the_module() -> None:
    script = which("conversations-fake", path=str(sys.executable).rpartition("/")[0])
    assert script

    with started("serve", "--port", "0", program=(script,)) as process:
        assert requests.get(f"{address(process)}/v1/Services", auth=("a", "b")).status_code == 200


def test_printed_credentials_are_accepted() -> None:
    with serving() as process:
        url = f"{address(process)}/v1/Services"
        sid, token = (process.stdout.readline().strip().partition("=")[2] for _ in range(2))

        assert requests.get(url, auth=(sid, token)).json()["services"][0]["account_sid"] == sid


@pytest.mark.newest
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--port", "x"], "argument --port: a port is a number from 0 to 65535, not 'x'"),
        (["--port", "65536"], "argument --port: a port is a number from 0 to 65535, not '65536'"),
        (["--prot", "0"], "unrecognized arguments: --prot 0; did you mean --port?"),
        (["--", "flask"], "only run takes a command after --, not 'flask'"),
    ],
)
def test_wrong_argument_prints_one_line(arguments: list[str], message: str) -> None:
    with started("serve", *arguments) as process:
        out, err = process.communicate(timeout=10)

        assert (2, "") == (process.returncode, out)
        assert f"conversations-fake: {message}{SEE_HELP}\n" == err


@pytest.mark.newest
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["\x1b[31m"], f"unrecognized arguments: \\x1b[31m{SEE_HELP}"),
        (["--seed", "a\n\u202e.json"], "a\\n\\u202e.json: No such file or directory"),
    ],
)
def test_control_characters_in_an_error_are_escaped(arguments: list[str], message: str) -> None:
    with serving(*arguments) as process:
        _, err = process.communicate(timeout=10)

    assert f"conversations-fake: {message}" == err.splitlines()[-1]


@pytest.mark.newest
@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")
@pytest.mark.parametrize("command", ["serve --port 0", "rules", "--help", "serve --help"])
@pytest.mark.parametrize(
    ("stdout", "reason"),
    [
        (">&-", "it is closed"),
        pytest.param(
            ">/dev/full",
            "No space left on device",
            marks=pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full"),
        ),
        ("1</dev/null", "Bad file descriptor"),
    ],
)
def test_unwritable_stdout_prints_one_line(command: str, stdout: str, reason: str) -> None:
    ran = shell(f"{command} {stdout}")

    assert (1, "") == (ran.returncode, ran.stdout)
    assert f"conversations-fake: cannot write to stdout: {reason}\n" == ran.stderr


@pytest.mark.newest
@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX pipes")
@pytest.mark.parametrize("command", ["serve --port 0", "rules"])
def test_pipe_without_reader_prints_one_line(command: str) -> None:
    read, write = os.pipe()
    os.close(read)

    try:
        ran = shell(command, stdout=write)
    finally:
        os.close(write)

    assert 1 == ran.returncode
    assert "conversations-fake: cannot write to stdout: Broken pipe\n" == ran.stderr


@pytest.mark.newest
@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")
@pytest.mark.parametrize(
    ("command", "status"),
    [("serve --port 0 >&-", 1), ("rules >&-", 1), ("serve --port x", 2), ("serve --seed a.txt", 2)],
)
def test_closed_stderr_prints_nothing_on_stdout(command: str, status: int) -> None:
    ran = shell(f"{command} 2>&-")

    assert (status, "", "") == (ran.returncode, ran.stdout, ran.stderr)


@pytest.mark.newest
@pytest.mark.parametrize("command", ["rules", "serve --help"])
def test_ascii_stdout_gets_escapes(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")

    ran = shell(command)

    assert (0, "") == (ran.returncode, ran.stderr)
    assert "\\u2026" in ran.stdout


@pytest.mark.newest
def test_port_in_use_prints_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with started("serve", "--port", str(port)) as process:
            out, err = process.communicate(timeout=10)

    assert (2, "") == (process.returncode, out)
    assert (
        f"conversations-fake: 127.0.0.1:{port}: Address already in use; port 0 takes a free one\n"
    ) == err


def test_webhook_option_delivers_events() -> None:
    delivered = threading.Event()

    class Application(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            delivered.form = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(204)
            self.end_headers()
            delivered.set()

        def log_message(self, *args: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Application) as application:
        threading.Thread(target=application.serve_forever).start()
        hook = f"http://127.0.0.1:{application.server_port}/hook"
        with serving("--webhook", hook) as process:
            requests.post(
                f"{address(process)}/v1/Conversations",
                {"FriendlyName": "x"},
                auth=("dev", "dev"),
                headers={"X-Twilio-Webhook-Enabled": "true"},
            )
            is_delivered = delivered.wait(10)
        application.shutdown()

    assert is_delivered
    assert b"EventType=onConversationAdded" in delivered.form


@pytest.mark.newest
@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (
            ["--account-sid", "me:you"],
            "account_sid is AC and 32 hexadecimal digits, or another user name of printable "
            "characters without a colon, not 'me:you'",
        ),
        (
            ["--accounts", "me"],
            "--accounts takes an account sid (AC and 32 hexadecimal digits), a sid with its token, "
            "as in AC…:TOKEN, or a JSON or YAML file, not 'me'",
        ),
        (["--owned", "me"], "owned contains addresses and sids ("),
        (["--public-url", "https://a"], "--public-url needs --webhook, the address of the "),
        (["--host", "nowhere.invalid"], "nowhere.invalid:"),
        (["--allow-host", "http://a"], "an allowed host is a name without scheme and port, "),
        (["--webhook", "desk"], "--webhook is a URL, as in https://desk.example, not 'desk'"),
        (
            ["--webhook", "http://127.0.0.1:9", "--public-url", "desk"],
            "--public-url is a URL, as in https://desk.example, not 'desk'",
        ),
        (["--assume", "x=y"], "assume has no question 'x'; there is: "),
        (
            ["--seed", "desk.txt"],
            "desk.txt: a seed file cannot have the suffix '.txt'; accepted are .json, ",
        ),
        (["--seed", "desk.json"], "desk.json: No such file or directory"),
        (["--populate", "en_UA"], "Faker has no locale 'en_UA'; did you mean "),
    ],
)
def test_unusable_option_prints_the_reason(arguments: list[str], text: str) -> None:
    with serving(*arguments) as process:
        _, message = process.communicate(timeout=10)

    assert 2 == process.returncode
    assert message.startswith(f"conversations-fake: {text}")


@pytest.mark.newest
def test_each_start_draws_different_sids() -> None:
    drawn = set()
    for _ in range(2):
        with serving() as process:
            url = f"{address(process)}/v1/Conversations"
            drawn.add(requests.post(url, auth=("a", "b")).json()["sid"])

    assert 2 == len(drawn)


def test_seed_and_populate_options_add_records(tmp_path: Path) -> None:
    seed = tmp_path / "seed.json"
    seed.write_text('{"conversations": [{"unique_name": "help"}]}')

    with serving("--seed", str(seed), "--populate", "de_DE") as process:
        url = f"{address(process)}/v1/Conversations"
        listed = requests.get(url, auth=("a", "b")).json()["conversations"]

    assert ("help", 21) == (listed[0]["unique_name"], len(listed))
