"""`run`: the command's environment, signals, exit status, and what is left behind."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path
from select import select

import pytest
from programs import needs

from .commands import COMMAND, ran, started

PYTHON = sys.executable

# Creates a conversation at the real address, and prints where the answer came from
CLIENT = """
import os, urllib.request
from base64 import b64encode
user = f"{os.environ['TWILIO_ACCOUNT_SID']}:{os.environ['TWILIO_AUTH_TOKEN']}"
request = urllib.request.Request(
    "https://conversations.twilio.com/v1/Conversations",
    b"FriendlyName=x",
    {"Authorization": "Basic " + b64encode(user.encode()).decode()},
)
print(urllib.request.urlopen(request).status)
"""

# Says that it is ready, and what it gets: one line for each signal. Ends with the second SIGTERM
SIGNALS = """
import signal, sys
got = []
def note(number, frame):
    got.append(number)
    print(signal.Signals(number).name, flush=True)
    if got.count(signal.SIGTERM) == 2:
        sys.exit(7)
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, note)
print("ready", flush=True)
while True:
    signal.pause()
"""


def run(
    *command: str, options: tuple[str, ...] = (), **environ: str
) -> subprocess.CompletedProcess[str]:
    return ran("run", "--port", "0", *options, "--", *command, **environ)


def test_requests_of_the_command_arrive_at_the_fake() -> None:
    ended = run(PYTHON, "-c", CLIENT)

    assert (0, "201\n") == (ended.returncode, ended.stdout)
    assert "201" in ended.stderr.splitlines()[-1]
    assert "POST   CreateConversation            /v1/Conversations" in ended.stderr.splitlines()[-1]


@pytest.mark.newest
@pytest.mark.parametrize(
    ("command", "status", "message"),
    [
        (["sh", "-c", "exit 3"], 3, ""),
        (["sh", "-c", "kill -9 $$"], 137, ""),
        (["sh", "-c", "kill -TERM $$"], 143, ""),
        (["no-such-command"], 127, "conversations-fake: no-such-command: command not found"),
        (["/etc/passwd"], 126, "conversations-fake: /etc/passwd: Permission denied"),
    ],
)
def test_exit_status_is_that_of_the_command(command: list[str], status: int, message: str) -> None:
    ended = run(*command)

    assert (status, "") == (ended.returncode, ended.stdout)
    assert message in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.newest
def test_command_gets_its_arguments_and_stdin_unchanged() -> None:
    code = "import sys; print(sys.argv[1:], sys.stdin.read())"
    arguments = ["--port", "x y", "--", "$HOME", ""]

    ended = subprocess.run(
        [*COMMAND, "run", "--port", "0", "--", PYTHON, "-c", code, *arguments],
        input="typed",
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert f"{arguments} typed\n" == ended.stdout


def test_stop_signals_reach_the_command() -> None:
    with started("run", "--port", "0", "--", PYTHON, "-c", SIGNALS) as process:
        assert process.stdout
        assert "ready\n" == process.stdout.readline()
        for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
            process.send_signal(number)
            assert f"{number.name}\n" == process.stdout.readline()
        process.send_signal(signal.SIGTERM)

        assert 7 == process.wait(20)


@pytest.mark.newest
def test_terminal_sends_an_interrupt_to_the_command_once() -> None:
    """Ctrl-C goes to every process in the foreground, so `run` does not pass it on."""
    command = [*COMMAND, "run", "--port", "0", "--", PYTHON, "-c", SIGNALS]
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(command[0], command)
    seen = b""
    with os.fdopen(terminal, "r+b", buffering=0) as stream:

        def read_until(text: bytes, count: int = 1) -> None:
            nonlocal seen
            while seen.count(text) < count:
                assert select([stream], [], [], 20)[0], seen
                seen += stream.read(1024)

        read_until(b"ready")
        stream.write(b"\x03")
        read_until(b"SIGINT")
        for count in (1, 2):
            os.kill(pid, signal.SIGTERM)
            read_until(b"SIGTERM", count)
        _, status = os.waitpid(pid, 0)

    assert 1 == seen.count(b"SIGINT")
    assert 7 == os.waitstatus_to_exitcode(status)


@pytest.mark.newest
@pytest.mark.parametrize("ending", ["wait", "exit 5"])
def test_processes_of_the_command_are_stopped(ending: str) -> None:
    """A shell does not pass signals on, and does not stop its jobs at its end."""
    script = f"{PYTHON} -c 'import signal; print(1, flush=True); signal.pause()' & {ending}"
    with started("run", "--port", "0", "--", "sh", "-c", script) as process:
        assert process.stdout
        if ending == "wait":
            assert "1\n" == process.stdout.readline()
            process.terminate()

        assert process.stdout.read() in ("", "1\n")  # until the last process has ended
        assert process.wait(20) == (143 if ending == "wait" else 5)


@pytest.mark.newest
def test_command_starts_without_blocked_signals() -> None:
    code = "import signal; print(signal.pthread_sigmask(signal.SIG_BLOCK, []))"

    assert "set()\n" == run(PYTHON, "-c", code).stdout


@pytest.mark.newest
def test_nothing_is_left_behind(tmp_path: Path, runtime: Path) -> None:
    state = tmp_path / "state.json"
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    code = "import os; print(os.environ['CURL_HOME']); print(os.getppid())"

    ended = run(PYTHON, "-c", code, options=("--state", str(state)), TMPDIR=str(temporary))

    curl_home, process = ended.stdout.split()
    assert Path(curl_home).parent == temporary
    assert not Path(f"/proc/{process}").exists()
    assert [] == [*temporary.iterdir()]
    assert not runtime.exists()
    assert {"tmp", "state.json"} == {each.name for each in tmp_path.iterdir()}


@pytest.mark.newest
def test_log_is_on_stderr_and_can_be_json() -> None:
    ended = run(PYTHON, "-c", CLIENT, options=("--log-format", "json"))

    start, request = map(json.loads, ended.stderr.splitlines())
    assert "201\n" == ended.stdout
    assert ["start", "TWILIO_ACCOUNT_SID", "request", 201] == [
        start["kind"],
        [*start][3],
        request["kind"],
        request["status"],
    ]


@pytest.mark.newest
@pytest.mark.parametrize(
    "command",
    [
        (sys.executable, "-c", "import socket; socket.getaddrinfo('api.twilio.com', 443)"),
        pytest.param(
            ("node", "-e", "fetch('https://api.twilio.com').catch(() => {})"), marks=needs("node")
        ),
    ],
)
def test_refusal_of_another_host_names_no_option_of_pytest(command: tuple[str, ...]) -> None:
    ended = ran("run", "--port", "0", "--", *command)

    assert (
        "fake_conversations refused api.twilio.com in a child process of conversations-fake, as it "
        "belongs to the real Twilio. There is no option to allow it: replace this client in your "
        "application\n"
    ) in ended.stderr


@pytest.mark.newest
def test_run_without_a_command_prints_one_line() -> None:
    ended = ran("run", "flask", "run")

    assert (2, "") == (ended.returncode, ended.stdout)
    assert (
        "conversations-fake: unrecognized arguments: flask run; the command comes after -- "
        "(see `conversations-fake run --help`)\n"
    ) == ended.stderr
    assert (
        "conversations-fake: run needs a command after --, as in `conversations-fake run -- flask "
        "run` (see `conversations-fake run --help`)\n"
    ) == ran("run").stderr
