"""Tables of the reference from the package's own tables, docstrings, and `llms.txt`.

A page has a table at the place of the line `<!-- generated: NAME -->`.
"""

from __future__ import annotations

import ast
import re
from argparse import Action
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

import pytest_conversations_fake
from pytest_conversations_fake.api.deliveries import (
    COMMON_PARAMS,
    SCOPED_WEBHOOK_PARAMS,
    _twilio_name,
)
from pytest_conversations_fake.api.errors import ERRORS
from pytest_conversations_fake.api.events import POST_EVENTS, PRE_EVENTS
from pytest_conversations_fake.api.operations import Operation
from pytest_conversations_fake.api.resources import RESOURCES
from pytest_conversations_fake.api.rules import RULES
from pytest_conversations_fake.assertions.deliveries import keywords_of
from pytest_conversations_fake.inspector.endpoint import Endpoint, Parameter
from pytest_conversations_fake.inspector.endpoints import ENDPOINTS
from pytest_conversations_fake.inspector.schemas import SCHEMAS
from pytest_conversations_fake.inspector.values import accepted
from pytest_conversations_fake.shell.arguments import build_parser
from pytest_conversations_fake.state import records

PACKAGE = pytest_conversations_fake.__name__

ASSERTIONS = {
    "Create": "assert_created",
    "List": "assert_listed",
    "Fetch": "assert_fetched",
    "Update": "assert_updated",
    "Delete": "assert_deleted",
}


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """The lines of a Markdown table."""
    for cells in (heads, ["---"] * len(heads), *rows):
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def operations() -> Iterator[str]:
    """The operations of each collection, with Twilio's names for them."""
    for resource in RESOURCES:
        if not resource.verbs:
            continue
        yield from ("", f"## {resource.collection}", "")
        its = [Operation(resource, verb) for verb in resource.verbs]
        yield from table(
            ("Twilio's name", "assertion", "parameters"),
            [
                (
                    code(twilio_names(operation)),
                    code([ASSERTIONS[operation.verb.name]]),
                    code(operation.keywords),
                )
                for operation in its
            ],
        )


def twilio_names(operation: Operation) -> Iterator[str]:
    """The name at the level of the account, and of the service if the path has two levels."""
    yield operation.name
    if operation.resource.has_short_path:
        yield f"{operation.verb.name}Service{operation.resource.noun}"


def pre_events() -> Iterator[str]:
    yield from _events(PRE_EVENTS)


def post_events() -> Iterator[str]:
    yield from _events(POST_EVENTS)


def common_parameters() -> Iterator[str]:
    yield from table(
        ("keyword", "Twilio's name"),
        [
            (f"`{name}`", f"`{_twilio_name(name)}`")
            for name in (*COMMON_PARAMS, *SCOPED_WEBHOOK_PARAMS)
        ],
    )


def _events(names: Sequence[str]) -> Iterator[str]:
    common = {*COMMON_PARAMS, *SCOPED_WEBHOOK_PARAMS}
    yield from table(
        ("event", "parameters"),
        [
            (f"`{name}`", code(each for each in keywords_of(name) if each not in common))
            for name in names
        ],
    )


def errors() -> Iterator[str]:
    yield from table(
        ("code", "status", "text"),
        [
            (f"[{code}](https://www.twilio.com/docs/api/errors/{code})", str(status), f"`{text}`")
            for code, (status, text) in ERRORS.items()
        ],
    )


def rules() -> Iterator[str]:
    for area, rows in groupby(RULES, key=lambda rule: rule.area):
        yield from ("", f"### {area}", "")
        yield from table(
            ("rule", "certainty", "source", "behaviour"),
            [
                (
                    f"`{rule.id}`",
                    rule.certainty,
                    rule.source,
                    f"{rule.behaviour}{_override_of(rule.override)}",
                )
                for rule in rows
            ],
        )


def _override_of(argument: str) -> str:
    return f" Override: `{argument}`." if argument else ""


def record_types() -> Iterator[str]:
    """The attributes of each type of record, as type checkers know them."""
    stub = ast.parse(Path(records.__file__).with_suffix(".pyi").read_text(encoding="utf-8"))
    yield "```{eval-rst}"
    for each in stub.body:
        if not isinstance(each, ast.ClassDef):
            continue
        yield from (f".. py:class:: {PACKAGE}.{each.name}", "")
        for member in each.body:
            if isinstance(member, ast.FunctionDef) and member.returns:
                yield f"   .. py:attribute:: {member.name}"
                yield from (f"      :type: {ast.unparse(member.returns)}", "")
    yield "```"


def serve_options() -> Iterator[str]:
    """The options of `conversations-fake serve`, with their help."""
    yield from _options("serve")


def env_options() -> Iterator[str]:
    """The options of `conversations-fake env`, with their help."""
    yield from _options("env")


def _options(command: str) -> Iterator[str]:
    [commands] = [each for each in build_parser()._actions if isinstance(each.choices, dict)]
    yield from table(
        ("option", "meaning"),
        [
            (code([_usage(option)]), str(option.help))
            for option in commands.choices[command]._actions
            if option.dest != "help"
        ],
    )


def _usage(option: Action) -> str:
    """`--port PORT` for an option."""
    value = option.metavar or option.dest.upper()
    return f"{option.option_strings[0]} {f'[{value}]' if option.nargs == '?' else value}"


def endpoints() -> Iterator[str]:
    """The calls of the control API, with their parameters and answers."""
    for endpoint in ENDPOINTS:
        yield from ("", f"### {endpoint.method} {endpoint.path}", "", endpoint.summary, "")
        parameters = [
            *(("path", each) for each in endpoint.in_path),
            *(("query", each) for each in endpoint.query),
            *(("body", each) for each in endpoint.body),
            *(("the body", each) for each in filter(None, [endpoint.document])),
        ]
        if parameters:
            yield from table(
                ("parameter", "in", "accepts", "meaning"),
                [
                    (
                        f"`{each.name}`{', required' * (each.required and place != 'path')}",
                        place,
                        accepts(each),
                        each.meaning,
                    )
                    for place, each in parameters
                ],
            )
            yield ""
        yield f"Answer: {answer_of(endpoint)}."


def accepts(parameter: Parameter) -> str:
    """The accepted values of a parameter. The operations have a page of their own."""
    if len(parameter.schema.get("enum", ())) > len(RESOURCES):
        return "[Twilio's name](operations.md) of an operation"
    return accepted(parameter.schema)


def answer_of(endpoint: Endpoint) -> str:
    if endpoint.answer is None:
        return "204"
    return f"{endpoint.status}, {shape(endpoint.answer, endpoint.media_type)}"


def schemas() -> Iterator[str]:
    """The keys of each value that answers have, by its name."""
    for name, schema in SCHEMAS.items():
        yield from ("", f"### {name}", "")
        if "oneOf" in schema:
            yield f"One of {', '.join(map(shape, schema['oneOf']))}, by its `kind`."
        else:
            rows = [(f"`{key}`", shape(its)) for key, its in schema["properties"].items()]
            yield from table(("key", "value"), rows)


def shape(schema: Any, media_type: str = "application/json") -> str:
    """A schema in words."""
    if media_type != "application/json":
        return f"`{media_type}`"
    match schema:
        case {"$ref": reference}:
            name = reference.rpartition("/")[2]
            return f"[{name}](#{name.lower()})"
        case {"const": value}:
            return f"`{value}`"
        case {"anyOf": options}:
            return " or ".join(map(shape, options))
        case {"type": "array", "items": items}:
            return f"list of {shape(items)}"
        case {"properties": properties}:
            keys = (f"`{key}`: {shape(its)}" for key, its in properties.items())
            return f"object with {', '.join(keys)}"
        case {"type": "string", "format": "date-time"}:
            return "instant"
        case {"type": name}:
            words = {"string": "text", "integer": "whole number", "boolean": "true or false"}
            return words.get(name, name)
    return "any value"


TABLES: dict[str, Callable[[], Iterator[str]]] = {
    "common-parameters": common_parameters,
    "endpoints": endpoints,
    "env-options": env_options,
    "errors": errors,
    "operations": operations,
    "post-events": post_events,
    "pre-events": pre_events,
    "records": record_types,
    "rules": rules,
    "schemas": schemas,
    "serve-options": serve_options,
}


def insert_tables(app: Sphinx, name: str, source: list[str]) -> None:
    """Put the tables in the place of the lines with their comments."""
    source[0] = re.sub(
        r"^.*<!-- generated: (\S+) -->$",
        lambda found: "\n".join(TABLES[found[1]]()),
        source[0],
        flags=re.MULTILINE,
    )


def read_docstring(
    app: Sphinx, what: str, name: str, item: object, options: Any, lines: list[str]
) -> None:
    """Make reStructuredText of a docstring: indented lines are code, and so is `text`s."""
    result: list[str] = []
    for above, line in zip(["", *lines], lines):
        is_first = line.startswith("    ") and not above.strip() and result
        previous = next((each for each in reversed(result) if each.strip()), "")
        if is_first and not previous.startswith("    "):
            result += ["::", ""]
        result.append(re.sub(r"(`[^`]+`)(\w?)", _code_and_letter, line))
    lines[:] = result


def _code_and_letter(found: re.Match[str]) -> str:
    """Code, and a letter after it, which needs a separator."""
    return "\\ ".join(filter(None, found.groups()))


def name_aliases(
    app: Sphinx, what: str, name: str, item: object, options: Any, params: str | None, returns: str
) -> tuple[str, str] | None:
    """Show aliases of types by their names, as `autodoc_type_aliases` has them."""
    if params is None:
        return None
    return re.sub(r"TypeAliasForwardRef\('([\w.]+)'\)", r"~\1", params), returns


def resolve(
    app: Sphinx, env: BuildEnvironment, node: pending_xref, text: nodes.Element
) -> nodes.Element | None:
    """The page of a public type, which a signature names by its module; plain text for others."""
    name = str(node.get("reftarget", "")).rpartition(".")[2]
    if name not in pytest_conversations_fake.__all__:
        return None
    public = f"{PACKAGE}.{name}"
    document = str(node["refdoc"])
    domain = env.domains.python_domain
    return domain.resolve_xref(env, document, app.builder, "obj", public, node, text)


def copy_llms(app: Sphinx, error: Exception | None) -> None:
    """Offer the page for coding agents under its usual name."""
    if not error and app.builder.format == "html":
        page = Path(app.srcdir, "llms.md").read_text(encoding="utf-8")
        Path(app.outdir, "llms.txt").write_text(page, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("source-read", insert_tables)
    app.connect("autodoc-process-docstring", read_docstring)
    app.connect("autodoc-process-signature", name_aliases)
    app.connect("missing-reference", resolve)
    app.connect("build-finished", copy_llms)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
