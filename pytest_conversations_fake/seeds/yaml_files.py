"""YAML with the lines of what it says, where PyYAML is installed.

Plain words mean what they mean in JSON, and all others are texts: `+15550100` is a phone number,
`2024-05-01` is kept as it stands, and `no` is a word.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

from .entries import Entries, Entry, SeedError

# What a plain word is, with the characters that it may begin with
PLAIN = {
    "bool": (r"true|false", "tf"),
    "int": (r"-?(?:0|[1-9][0-9]*)", "-0123456789"),
    "float": (r"-?[0-9]+(?:\.[0-9]+(?:[eE][-+]?[0-9]+)?|[eE][-+]?[0-9]+)", "-0123456789"),
    "null": (r"~|null|", ["~", "n", ""]),
    "merge": (r"<<", "<"),
}


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

        def entry(self, node: Any) -> Entry:
            lines: dict[Any, int] = {}
            for key, _ in node.value:
                line = key.start_mark.line + 1
                if key.tag == "tag:yaml.org,2002:merge":
                    continue
                if key.tag != "tag:yaml.org,2002:str":
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
            items = [self.construct_object(each, deep=True) for each in node.value]
            return Entries(items, [each.start_mark.line + 1 for each in node.value])

    for name, (pattern, first) in PLAIN.items():
        whole = re.compile(f"(?:{pattern})$", re.ASCII)
        Loader.add_implicit_resolver(f"tag:yaml.org,2002:{name}", whole, list(first))
    Loader.add_constructor("tag:yaml.org,2002:map", Loader.entry)
    Loader.add_constructor("tag:yaml.org,2002:seq", Loader.entries)
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
            return self.represent_scalar("tag:yaml.org,2002:str", text, style=style)

    Dumper.add_representer(str, Dumper.text)
    return Dumper
