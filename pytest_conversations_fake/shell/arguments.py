"""The command line: commands and their options."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any, NoReturn

from .options import DEFAULT_PORT, DEFAULT_TLS_PORT, LOG_FORMATS, SessionOptions
from .output import PROGRAM, print_problem, print_text

SHELLS = ("sh", "fish", "powershell")


class Parser(argparse.ArgumentParser):
    """A parser that prints like the commands do: with escapes, and an error on one line."""

    def print_help(self, file: object = None) -> None:
        print_text(self.format_help().rstrip())

    def error(self, message: str) -> NoReturn:
        print_problem(f"{message} (see `{self.prog} --help`)")
        sys.exit(2)


class Version(argparse.Action):
    """Prints the version. argparse's own action would hide that stdout is closed."""

    def __call__(self, *arguments: object) -> NoReturn:
        from importlib.metadata import version

        print_text(f"{PROGRAM} {version('pytest-conversations-fake')}")
        sys.exit(0)


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Parse a command line. Ends the process with status 2 if it is wrong."""
    words = [*(sys.argv[1:] if arguments is None else arguments)]
    split = words.index("--") if "--" in words else len(words)
    options, unknown = build_parser().parse_known_args(words[:split])
    if unknown:
        options.parser.error(_unknown_option(unknown, options.parser))
    command = words[split + 1 :]
    if hasattr(options, "command"):
        options.command = command
        if not command:
            options.parser.error(
                f"run needs a command after --, as in `{PROGRAM} run -- flask run`"
            )
    elif command:
        options.parser.error(f"only run takes a command after --, not {command[0]!r}")
    return options


def _unknown_option(unknown: Sequence[str], parser: argparse.ArgumentParser) -> str:
    names = [name for action in parser._actions for name in action.option_strings]
    near = get_close_matches(unknown[0].partition("=")[0], names, n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    if parser.get_default("command") is not None and not unknown[0].startswith("-"):
        hint = "; the command comes after --"
    return f"unrecognized arguments: {' '.join(unknown)}{hint}"


def build_parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog=PROGRAM,
        description="A working imitation of the Twilio Conversations v1 API. Unofficial.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action=Version, nargs=0, help="print the version")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    serve = _add_command(commands, "serve", "serve the fake until it is interrupted")
    _add_session_options(serve)
    run = _add_command(
        commands,
        "run",
        "serve the fake for a command, whose requests to Twilio arrive at it",
        usage=f"{PROGRAM} run [OPTION]… -- COMMAND [ARGUMENT]…",
    )
    _add_session_options(run)
    run.set_defaults(command=[])
    env = _add_command(
        commands,
        "env",
        "print the variables that lead the programs of a shell to a running fake",
    )
    env.add_argument(
        "--port",
        type=port,
        default=DEFAULT_PORT,
        help=f"port of the running fake (default: {DEFAULT_PORT})",
    )
    env.add_argument(
        "--shell",
        choices=SHELLS,
        default="sh",
        help=f"syntax of the output: {', '.join(SHELLS)} (default: sh)",
    )
    _add_command(commands, "demo", "show a conversation with the fake, without configuration")
    _add_command(
        commands, "rules", "list the rules that the fake follows, each with certainty and source"
    )
    return parser


def _add_command(commands: Any, name: str, what: str, **options: str) -> Parser:
    description = f"{what[0].upper()}{what[1:]}."
    parser: Parser = commands.add_parser(
        name, help=what, description=description, allow_abbrev=False, **options
    )
    parser.set_defaults(name=name, parser=parser)
    return parser


def port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"a port is a number from 0 to 65535, not {text!r}")
    return int(text)


def _add_session_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "--port",
        type=port,
        help=f"port of the fake and its page; 0 for a free one (default: {DEFAULT_PORT})",
    )
    add("--host", help="also listen on this address, such as 0.0.0.0 (default: 127.0.0.1 only)")
    add(
        "--https",
        metavar="PORT",
        nargs="?",
        type=port,
        const=DEFAULT_TLS_PORT,
        help="serve HTTPS on a fixed port, and print the settings with which programs trust it "
        f"(default port: {DEFAULT_TLS_PORT})",
    )
    add(
        "--allow-host",
        metavar="NAME",
        action="append",
        help="accept requests to this host name, too; can be repeated (default: loopback names)",
    )
    add(
        "--account-sid",
        metavar="AC…",
        help="accept only this account, or a name like dev (default: any credentials)",
    )
    add("--auth-token", metavar="TOKEN", help="accept only this auth token (default: any)")
    add(
        "--accounts",
        metavar="AC…:TOKEN",
        action="append",
        help="accept several accounts: a sid with its token, or a JSON or YAML file with "
        "auth_token and api_keys by account sid; can be repeated",
    )
    add(
        "--owned",
        metavar="NAME",
        action="append",
        help="an address or sid that the account owns; it owns no others of that kind; can be "
        "repeated",
    )
    add(
        "--assume",
        metavar="QUESTION=ANSWER",
        action="append",
        help=f"override a guess about Twilio; can be repeated; `{PROGRAM} rules` lists the "
        "questions and answers",
    )
    add(
        "--webhook",
        metavar="URL",
        help="send a webhook for each event to this application on this machine",
    )
    add(
        "--public-url",
        metavar="URL",
        help="the URL that Twilio would call in place of the one of --webhook; signatures cover it",
    )
    add("--seed", metavar="FILE", help="load the initial records from a YAML or JSON file")
    add(
        "--populate",
        metavar="LOCALE",
        nargs="?",
        const="en_US",
        help="add invented people and conversations (default locale: en_US)",
    )
    add(
        "--state",
        metavar="FILE",
        help="keep the records in this file; an existing file replaces --seed and --populate",
    )
    add(
        "--log-format",
        choices=LOG_FORMATS,
        help=f"show requests and webhooks as {' or '.join(LOG_FORMATS)} lines (default: text)",
    )
    defaults = vars(SessionOptions())
    # An option that can be repeated appends to a list
    parser.set_defaults(**{name: [] if value == () else value for name, value in defaults.items()})
