"""YAML, where PyYAML is installed, with the scalars of JSON.

A plain scalar is a number, a boolean or null only where JSON has one, and text otherwise:
`+15550100` is a phone number, `2024-05-01` a date as text, and `no` a word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

from .entries import SeedError


def whole_number(digits: str) -> int:
    """Raises `SeedError` for more digits than Python reads."""
    try:
        return int(digits)
    except ValueError:
        raise SeedError(f"a number of {len(digits.lstrip('-'))} digits is too long") from None


# The plain scalars that are not text: pattern, possible first characters, and conversion
SCALARS: dict[str, tuple[str, str, Callable[[str], Any]]] = {
    "bool": (r"true|false", "tf", lambda text: text == "true"),
    "int": (r"-?(?:0|[1-9][0-9]*)", "-0123456789", whole_number),
    "float": (
        r"-?[0-9]+(?:\.[0-9]+(?:[eE][-+]?[0-9]+)?|[eE][-+]?[0-9]+)",
        "-0123456789",
        float,
    ),
    "null": (r"~|null|", "~n", lambda text: None),
}

TAG = "tag:yaml.org,2002:"

# Characters that end lines in YAML only; unless they are escaped, YAML makes spaces of them
LINE_ENDS = "\x85\u2028\u2029"


def read_yaml(text: str) -> Any:
    yaml = _yaml()
    try:
        return yaml.load(text, _loader())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise SeedError(f"line {mark.line + 1}: {error.problem}") from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise SeedError(f"line {line}: {error.reason}") from None


def write_yaml(data: Mapping[str, Any]) -> str:
    text: str = _yaml().dump(
        data, Dumper=_dumper(), allow_unicode=True, sort_keys=False, width=10**6
    )
    return text


def _yaml() -> ModuleType:
    try:
        return import_module("yaml")
    except ModuleNotFoundError:
        raise ModuleNotFoundError(
            "YAML needs PyYAML: pip install 'pytest-conversations-fake[yaml]'; a seed file can "
            "also be JSON"
        ) from None


@cache
def _loader() -> type[Any]:
    yaml = _yaml()

    def problem(node: Any, text: str) -> Exception:
        error: Exception = yaml.constructor.ConstructorError(None, None, text, node.start_mark)
        return error

    class Loader(yaml.SafeLoader):  # type: ignore[name-defined, misc]  # yaml is Any
        yaml_implicit_resolvers: dict[str, Any] = {}
        yaml_constructors = {None: yaml.SafeLoader.construct_undefined}

        def scalar(self, node: Any) -> Any:
            name = node.tag.removeprefix(TAG)
            pattern, _, convert = SCALARS[name]
            text = self.construct_scalar(node)
            if not re.fullmatch(pattern, text, re.ASCII):
                raise problem(node, f"{text!r} is no {name}")
            return convert(text)

        def mapping(self, node: Any) -> Any:
            keys = [key for key, _ in node.value] if node.id == "mapping" else []
            texts: set[str] = set()
            for key in keys:
                if key.tag not in (f"{TAG}str", f"{TAG}merge"):
                    raise problem(key, "a key must be a string; put it in quotes")
                if key.value in texts:
                    raise problem(key, f"the key {key.value!r} is used twice")
                if key.tag == f"{TAG}str":
                    texts.add(key.value)
            return self.construct_mapping(node, deep=True)

        def sequence(self, node: Any) -> Any:
            return self.construct_sequence(node, deep=True)

    for name, (pattern, first, _) in SCALARS.items():
        whole = re.compile(f"(?:{pattern})$", re.ASCII)
        # An empty scalar has no first character; PyYAML looks it up under the empty text
        Loader.add_implicit_resolver(f"{TAG}{name}", whole, [*first, *[""] * (name == "null")])
        Loader.add_constructor(f"{TAG}{name}", Loader.scalar)
    Loader.add_implicit_resolver(f"{TAG}merge", re.compile("<<$"), ["<"])
    Loader.add_constructor(f"{TAG}str", Loader.construct_yaml_str)
    Loader.add_constructor(f"{TAG}map", Loader.mapping)
    Loader.add_constructor(f"{TAG}seq", Loader.sequence)
    return Loader


@cache
def _dumper() -> type[Any]:
    yaml = _yaml()

    class Dumper(yaml.SafeDumper):  # type: ignore[name-defined, misc]  # yaml is Any
        def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
            super().increase_indent(flow, False)

        def ignore_aliases(self, data: object) -> bool:
            return True

        def text(self, text: str) -> Any:
            style = "|" if "\n" in text else None
            if any(end in text for end in LINE_ENDS):
                style = '"'
            return self.represent_scalar(f"{TAG}str", text, style=style)

    Dumper.add_representer(str, Dumper.text)
    return Dumper
