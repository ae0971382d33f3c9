"""YAML with the lines of what it says, where PyYAML is installed.

Plain words mean what they mean in JSON, and all others are texts: `+15550100` is a phone number,
`2024-05-01` is kept as it stands, and `no` is a word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

from .entries import Entries, Entry, Located, SeedError, whole_number

# What a plain word is, with the characters that it may begin with and what it means
PLAIN: dict[str, tuple[str, Sequence[str], Callable[[str], Any]]] = {
    "bool": (r"true|false", "tf", lambda word: word == "true"),
    "int": (r"-?(?:0|[1-9][0-9]*)", "-0123456789", whole_number),
    "float": (
        r"-?[0-9]+(?:\.[0-9]+(?:[eE][-+]?[0-9]+)?|[eE][-+]?[0-9]+)",
        "-0123456789",
        float,
    ),
    "null": (r"~|null|", ["~", "n", ""], lambda word: None),
}

TAG = "tag:yaml.org,2002:"

# Lines end at these as well, to YAML, which makes spaces of them unless they are escaped
ENDS = "\x85\u2028\u2029"


def read_yaml(text: str, file: str) -> Any:
    yaml = _yaml()
    try:
        return yaml.load(text, _loader(file))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise SeedError(f"{file}, line {mark.line + 1}: {error.problem}") from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise SeedError(f"{file}, line {line}: {error.reason}") from None


def write_yaml(said: Mapping[str, Any]) -> str:
    text: str = _yaml().dump(
        said, Dumper=_dumper(), allow_unicode=True, sort_keys=False, width=10**6
    )
    return text


def _yaml() -> ModuleType:
    try:
        return import_module("yaml")
    except ModuleNotFoundError:
        raise ModuleNotFoundError(
            "YAML needs PyYAML: pip install pyyaml; seeds can be JSON as well"
        ) from None


def _loader(file: str) -> type[Any]:
    yaml = _yaml()

    class Loader(yaml.SafeLoader):  # type: ignore[name-defined, misc]
        yaml_implicit_resolvers: dict[str, Any] = {}
        yaml_constructors = {None: yaml.SafeLoader.construct_undefined}

        def plain(self, node: Any) -> Any:
            name = node.tag.removeprefix(TAG)
            pattern, _, read = PLAIN[name]
            with Located(file).at(node.start_mark.line + 1):
                word = self.construct_scalar(node)
                if not re.fullmatch(pattern, word, re.ASCII):
                    raise ValueError(f"{word!r} is no {name}")
                return read(word)

        def entry(self, node: Any) -> Entry:
            require(node, "mapping")
            lines: dict[Any, int] = {}
            for key, _ in node.value:
                line = key.start_mark.line + 1
                require(key, "scalar")
                if key.tag == f"{TAG}merge":
                    continue
                if key.tag != f"{TAG}str":
                    raise SeedError(f"{file}, line {line}: a key is a text, not {key.value!r}")
                if key.value in lines:
                    raise SeedError(
                        f"{file}, line {line}: {key.value!r} is there twice, "
                        f"first on line {lines[key.value]}"
                    )
                lines[key.value] = line
            self.flatten_mapping(node)
            said = {key.value: self.construct_object(value, deep=True) for key, value in node.value}
            merged = {key.value: key.start_mark.line + 1 for key, _ in node.value}
            return Entry(said, node.start_mark.line + 1, merged | lines)

        def entries(self, node: Any) -> Entries:
            require(node, "sequence")
            items = [self.construct_object(each, deep=True) for each in node.value]
            return Entries(items, [each.start_mark.line + 1 for each in node.value])

    def require(node: Any, kind: str) -> None:
        if node.id != kind:
            line = node.start_mark.line + 1
            raise SeedError(f"{file}, line {line}: there is a {node.id} where a {kind} belongs")

    for name, (pattern, first, _) in PLAIN.items():
        whole = re.compile(f"(?:{pattern})$", re.ASCII)
        Loader.add_implicit_resolver(f"{TAG}{name}", whole, list(first))
        Loader.add_constructor(f"{TAG}{name}", Loader.plain)
    Loader.add_implicit_resolver(f"{TAG}merge", re.compile("<<$"), ["<"])
    Loader.add_constructor(f"{TAG}str", Loader.construct_yaml_str)
    Loader.add_constructor(f"{TAG}map", Loader.entry)
    Loader.add_constructor(f"{TAG}seq", Loader.entries)
    return Loader


@cache
def _dumper() -> type[Any]:
    yaml = _yaml()

    class Dumper(yaml.SafeDumper):  # type: ignore[name-defined, misc]
        def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
            super().increase_indent(flow, False)

        def ignore_aliases(self, data: object) -> bool:
            return True

        def text(self, text: str) -> Any:
            style = "|" if "\n" in text else None
            if any(end in text for end in ENDS):
                style = '"'
            return self.represent_scalar(f"{TAG}str", text, style=style)

    Dumper.add_representer(str, Dumper.text)
    return Dumper
