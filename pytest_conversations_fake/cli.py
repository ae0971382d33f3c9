"""The shell's door: `conversations-fake serve` and `conversations-fake rules`."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from io import TextIOWrapper
from itertools import groupby
from secrets import token_hex  # noqa: TID251 - each start is to differ, unlike a test
from textwrap import fill
from threading import Event
from typing import NoReturn

ENDING = (signal.SIGINT, signal.SIGTERM)

INDENT = "    "


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns its exit status."""
    try:
        options = _parser().parse_args(arguments)
        status: int = options.run(options)
    except OutputError as error:
        return _complain(f"cannot write to stdout: {error}", status=1)
    return status


class OutputError(Exception):
    """Nobody can read what a command prints: stdout is closed, full or a pipe without a reader."""


class Parser(argparse.ArgumentParser):
    """A parser that prints like the commands: escaped, and without a traceback."""

    def print_help(self, file: object = None) -> None:
        _print(self.format_help().rstrip())

    def error(self, message: str) -> NoReturn:
        _print_error(self.format_usage().rstrip())
        sys.exit(_complain(message))


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="conversations-fake",
        description="A working imitation of the Twilio Conversations v1 API. Unofficial.",
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    serve = commands.add_parser("serve", help="serve the fake until interrupted")
    serve.add_argument("--port", type=_port, default=8010, help="0 for a free one (default: 8010)")
    serve.add_argument("--account-sid", metavar="AC…", help="accept this account only")
    serve.add_argument("--auth-token", metavar="TOKEN", help="accept this token only")
    serve.add_argument(
        "--assume",
        metavar="QUESTION=ANSWER",
        action="append",
        default=[],
        help="what to assume of Twilio, see `rules`",
    )
    serve.add_argument(
        "--webhook",
        metavar="URL",
        help="tell an application on this machine of everything that happens",
    )
    serve.add_argument("--seed", metavar="FILE", help="begin with what a file says, YAML or JSON")
    serve.add_argument(
        "--populate",
        metavar="LOCALE",
        nargs="?",
        const="en_US",
        help="begin with people and talk, made up (default: en_US)",
    )
    serve.set_defaults(run=_serve)
    rules = commands.add_parser("rules", help="list what the fake follows, and how sure that is")
    rules.set_defaults(run=_rules)
    return parser


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"a port is a number from 0 to 65535, not {text!r}")
    return int(text)


def _serve(options: argparse.Namespace) -> int:
    from .api.assumptions import read_answers
    from .api.events import POST_EVENTS
    from .api.wording import visible
    from .fake import FakeConversations
    from .server.server import Server

    _hold_signals()
    with ExitStack() as running:
        server = Server(options.port)
        running.callback(server.stop)
        try:
            fake = FakeConversations(
                account_sid=options.account_sid,
                auth_token=options.auth_token,
                assume=read_answers(options.assume),
                seed=options.seed,
                redirect=False,
                # Else an application that keeps its database would find its sids taken
                name=f"conversations-fake serve {token_hex(8)}",
            )
            if options.populate:
                fake.populate(locale=options.populate)
            running.enter_context(fake._lifecycle.serve_on(server))
            if options.webhook:
                fake.webhooks.deliver_to(options.webhook, events=POST_EVENTS)
        except (TypeError, ValueError, ModuleNotFoundError) as error:
            return _complain(str(error))
        except OSError as error:
            what = error.filename or f"port {options.port}"
            return _complain(f"{what}: {os.strerror(error.errno or 0)}")
        _print(
            f"listening on {fake.url}\n"
            f"TWILIO_ACCOUNT_SID={fake.account_sid}\n"
            f"TWILIO_AUTH_TOKEN={visible(fake.auth_token)}"
        )
        _wait_for_signal()
    return 0


def _rules(options: argparse.Namespace) -> int:
    """Every rule: its id, how sure it is and why, what holds, and how to have it otherwise."""
    from .api.rules import RULES

    lines = []
    for area, rules in groupby(RULES, key=lambda rule: rule.area):
        lines.append(f"\n{area}\n")
        for rule in rules:
            lines.append(f"{rule.id}  ({rule.sure}: {rule.source})")
            lines.append(fill(rule.what, width=80, initial_indent=INDENT, subsequent_indent=INDENT))
            if rule.switch:
                lines.append(f"{INDENT}{rule.switch}")
    _print("\n".join(lines))
    return 0


def _hold_signals() -> None:
    """From now on, and in every thread that is started, a signal waits until it is waited for.

    No handler can do this as well: it would interrupt the shutting down, too.
    """
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)


def _wait_for_signal() -> None:
    if hasattr(signal, "sigwait"):
        signal.sigwait(ENDING)
    else:  # Windows
        with suppress(KeyboardInterrupt):
            Event().wait()


def _print(text: str) -> None:
    """Print to stdout at once. Raises `OutputError` if stdout does not take it."""
    if not sys.stdout:  # Python's stdout is None where the shell has closed it
        raise OutputError("it is closed")
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # its encoding may be ASCII
    try:
        print(text, flush=True)
    except OSError as error:
        # Python flushes stdout once more at its end, and would fail again
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise OutputError(error.strerror) from None


def _print_error(text: str) -> None:
    """Print to stderr, unless it is closed or full, where nobody is left to tell."""
    if sys.stderr:  # else print() would take stdout
        with suppress(OSError):
            print(text, file=sys.stderr, flush=True)


def _complain(what: str, status: int = 2) -> int:
    """Say in one line why a command ends; returns its exit status."""
    from .api.wording import visible

    _print_error(f"conversations-fake: {visible(what)}")
    return status
