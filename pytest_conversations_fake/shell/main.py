"""The commands `conversations-fake serve` and `conversations-fake rules`."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from io import TextIOWrapper
from itertools import groupby
from secrets import token_hex  # noqa: TID251 - sids differ at each start, unlike in tests
from textwrap import fill
from threading import Event
from typing import NoReturn

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)

INDENT = "    "


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command. Returns its exit status."""
    try:
        options = _parser().parse_args(arguments)
        status: int = options.run(options)
    except OutputError as error:
        return _print_failure(f"cannot write to stdout: {error}", status=1)
    return status


class OutputError(Exception):
    """Stdout accepts no output: it is closed, full, or a pipe without a reader."""


class Parser(argparse.ArgumentParser):
    """A parser that prints like the commands do, with escapes and without a traceback."""

    def print_help(self, file: object = None) -> None:
        _print(self.format_help().rstrip())

    def error(self, message: str) -> NoReturn:
        _print_error(self.format_usage().rstrip())
        sys.exit(_print_failure(message))


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="conversations-fake",
        description="A working imitation of the Twilio Conversations v1 API. Unofficial.",
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    what = "serve the fake until it is interrupted"
    serve = commands.add_parser("serve", help=what, description=f"{what.capitalize()}.")
    serve.add_argument(
        "--port",
        type=_port,
        default=8010,
        help="port on 127.0.0.1; 0 for a free one (default: 8010)",
    )
    serve.add_argument(
        "--account-sid",
        metavar="AC…",
        help="accept only this account, or a name like dev (default: any credentials)",
    )
    serve.add_argument(
        "--auth-token", metavar="TOKEN", help="accept only this auth token (default: any)"
    )
    serve.add_argument(
        "--assume",
        metavar="QUESTION=ANSWER",
        action="append",
        default=[],
        help="override a guess about Twilio; can be repeated; `conversations-fake rules` lists the "
        "questions and answers",
    )
    serve.add_argument(
        "--webhook",
        metavar="URL",
        help="send a webhook for each event to this application on this machine",
    )
    serve.add_argument(
        "--seed", metavar="FILE", help="load the initial records from a YAML or JSON file"
    )
    serve.add_argument(
        "--populate",
        metavar="LOCALE",
        nargs="?",
        const="en_US",
        help="add invented people and conversations (default locale: en_US)",
    )
    serve.set_defaults(run=_serve)
    what = "list the rules that the fake follows, each with its certainty and source"
    rules = commands.add_parser("rules", help=what, description=f"{what.capitalize()}.")
    rules.set_defaults(run=_rules)
    return parser


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"a port is a number from 0 to 65535, not {text!r}")
    return int(text)


def _serve(options: argparse.Namespace) -> int:
    from ..api.assumptions import read_answers
    from ..api.events import POST_EVENTS
    from ..api.wording import visible
    from ..fake import FakeConversations
    from ..server.server import Server

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
                # A database of the application may contain the sids of an earlier start
                name=f"conversations-fake serve {token_hex(8)}",
            )
            if options.populate:
                fake.populate(locale=options.populate)
            running.enter_context(fake._lifecycle.serve_on(server))
            if options.webhook:
                fake.webhooks.deliver_to(options.webhook, events=POST_EVENTS)
        except (TypeError, ValueError, ModuleNotFoundError) as error:
            return _print_failure(str(error))
        except OSError as error:
            subject = error.filename or f"port {options.port}"
            return _print_failure(f"{subject}: {os.strerror(error.errno or 0)}")
        _print(
            f"listening on {fake.url}\n"
            f"TWILIO_ACCOUNT_SID={visible(fake._world.account.username or fake.account_sid)}\n"
            f"TWILIO_AUTH_TOKEN={visible(fake.auth_token)}"
        )
        _wait_for_signal()
    return 0


def _rules(options: argparse.Namespace) -> int:
    """Print each rule: id, certainty, source, text, and the argument that overrides it."""
    from ..api.rules import RULES

    lines = []
    for area, rules in groupby(RULES, key=lambda rule: rule.area):
        lines.append(f"\n{area}\n")
        for rule in rules:
            lines.append(f"{rule.id}  ({rule.certainty}: {rule.source})")
            lines.append(
                fill(rule.behaviour, width=80, initial_indent=INDENT, subsequent_indent=INDENT)
            )
            if rule.override:
                lines.append(f"{INDENT}{rule.override}")
    _print("\n".join(lines))
    return 0


def _hold_signals() -> None:
    """Block the stop signals until `_wait_for_signal`, in this thread and in new threads.

    A handler would not do: a second signal would interrupt the shutdown.
    """
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)


def _wait_for_signal() -> None:
    if hasattr(signal, "sigwait"):
        signal.sigwait(STOP_SIGNALS)
    else:  # Windows
        with suppress(KeyboardInterrupt):
            Event().wait()


def _print(text: str) -> None:
    """Print to stdout at once. Raises `OutputError` if stdout does not take it."""
    if not sys.stdout:  # None if the shell closed it
        raise OutputError("it is closed")
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # the encoding may be ASCII
    try:
        print(text, flush=True)
    except OSError as error:
        # Python flushes stdout again at exit, which would fail again
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise OutputError(error.strerror) from None


def _print_error(text: str) -> None:
    """Print to stderr, if it is open and not full."""
    if sys.stderr:  # print() uses stdout for None
        with suppress(OSError):
            print(text, file=sys.stderr, flush=True)


def _print_failure(reason: str, status: int = 2) -> int:
    """Print on one line why a command fails. Returns its exit status."""
    from ..api.wording import visible

    _print_error(f"conversations-fake: {visible(reason)}")
    return status
