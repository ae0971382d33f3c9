"""`env`: a shell whose programs reach a fake that runs already."""

from __future__ import annotations

import os
import shlex
import socket
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from programs import needs

from pytest_conversations_fake.shell.arguments import SHELLS
from pytest_conversations_fake.shell.env import SYNTAX

from .commands import COMMAND, address, ran, serving

ENV = shlex.join([*COMMAND, "env"])

# A shell that reads the variables twice, and then starts programs
PROGRAMS = """
set -e
eval "$({env} --port {port})"
eval "$({env} --port {port})"
user="$TWILIO_ACCOUNT_SID:$TWILIO_AUTH_TOKEN"
curl -sS -o /dev/null -w '%{{http_code}}\\n' -u "$user" https://conversations.twilio.com/v1/Services
python3 -c 'import urllib.request as u
try: u.urlopen("https://conversations.twilio.com/v1/Services")
except u.HTTPError as error: print(error.code)'
node -e 'fetch("https://conversations.twilio.com/v1/Services").then((r) => console.log(r.status))'
echo "$MESSAGE"
echo "$PYTHONPATH:" | tr ':' '\\n' | sort | uniq -d
"""


@pytest.mark.newest
@needs("node", "curl")
def test_programs_of_a_shell_reach_the_running_fake() -> None:
    with serving() as process:
        port = urlsplit(address(process)).port
        script = PROGRAMS.format(env=ENV, port=port)
        message = 'it\'s "$HOME" \\ `x`'
        shell = subprocess.run(
            ["sh", "-c", script],
            capture_output=True,
            text=True,
            env={**os.environ, "MESSAGE": message, "PYTHONPATH": "/theirs"},
            timeout=60,
        )
        process.terminate()
        out, _ = process.communicate(timeout=20)

    assert ("", f"200\n401\n401\n{message}\n") == (shell.stderr, shell.stdout)
    assert 3 == out.count("ListService")


@pytest.mark.newest
@needs("curl")
def test_programs_of_a_shell_do_not_reach_twilio_after_the_end_of_the_fake() -> None:
    with serving() as process:
        port = urlsplit(address(process)).port
        variables = ran("env", "--port", str(port)).stdout
        process.terminate()
        process.wait(20)

    script = f"{variables}\ncurl -sS https://conversations.twilio.com/v1/Services"
    shell = subprocess.run(["sh", "-c", script], capture_output=True, text=True, timeout=30)

    assert 7 == shell.returncode
    assert "Failed to connect to 127.0.0.1" in shell.stderr or "port 443" in shell.stderr


@pytest.mark.newest
def test_credentials_of_the_shell_stay_unless_the_fake_enforces_its_own() -> None:
    own = {"TWILIO_ACCOUNT_SID": "AC" + "b" * 32, "TWILIO_AUTH_TOKEN": "mine"}
    for options, expected in [([], False), (["--auth-token", "x"], True)]:
        with serving(*options) as process:
            port = urlsplit(address(process)).port
            variables = ran("env", "--port", str(port), **own).stdout

        assert ("export TWILIO_AUTH_TOKEN=x" in variables) == expected
        assert ("TWILIO_ACCOUNT_SID" in variables) == expected


def test_missing_fake_prints_one_line() -> None:
    ended = ran("env", "--port", "9")

    assert (2, "false\n") == (ended.returncode, ended.stdout)
    assert (
        "conversations-fake: no fake runs on port 9; start `conversations-fake serve` first\n"
    ) == ended.stderr


@pytest.mark.newest
def test_nothing_is_started_without_a_fake() -> None:
    script = f'eval "$({shlex.join(COMMAND)} env --port 9)" && echo started'
    shell = subprocess.run(["sh", "-c", script], capture_output=True, text=True, timeout=30)

    assert (1, "") == (shell.returncode, shell.stdout)


@pytest.mark.newest
def test_another_port_is_suggested_and_a_killed_fake_is_not() -> None:
    with serving() as process:
        port = urlsplit(address(process)).port
        suggested = ran("env", "--port", "9").stderr
    killed = ran("env", "--port", str(port)).stderr

    assert f"conversations-fake: no fake runs on port 9; --port {port} runs\n" == suggested
    assert "start `conversations-fake serve` first" in killed


@pytest.mark.newest
def test_another_server_on_the_port_of_a_killed_fake_is_not_the_fake(runtime: Path) -> None:
    with serving() as process:
        port = urlsplit(address(process)).port
    assert (runtime / str(port) / "session.json").exists()
    with socket.create_server(("127.0.0.1", port)):
        assert 2 == ran("env", "--port", str(port)).returncode


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="needs owners of files")
@pytest.mark.newest
def test_directory_to_which_others_can_write_is_refused(runtime: Path) -> None:
    runtime.mkdir()
    runtime.chmod(0o777)

    with serving() as process:
        _, message = process.communicate(timeout=20)

    assert 2 == process.returncode
    assert (
        f"conversations-fake: {runtime} belongs to another user, or others can write to it\n"
    ) == message


def test_every_shell_has_its_syntax() -> None:
    assert {*SHELLS} == SYNTAX.keys()


@pytest.mark.parametrize(
    ("shell", "line"),
    [
        ("sh", """export A='it'"'"'s $b \\'"""),
        ("fish", "set -gx A 'it\\'s $b \\\\'"),
        ("powershell", "$env:A = 'it''s $b \\'"),
    ],
)
def test_values_are_quoted(shell: str, line: str) -> None:
    assert line == SYNTAX[shell]("A", "it's $b \\")
