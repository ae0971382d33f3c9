"""The names that users may rely on: those of the package and the members of a fake."""

from __future__ import annotations

import ast
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

import pytest_conversations_fake as package
from pytest_conversations_fake import FakeConversations, FakeConversationsWarning
from pytest_conversations_fake.api.resources import RESOURCES

MEMBERS = {
    "account",
    "account_sid",
    "auth_token",
    "changes",
    "chat_user",
    "clock",
    "default_service",
    "down",
    "dump",
    "handset",
    "inject",
    "load",
    "populate",
    "report",
    "requests",
    "reset",
    "restore",
    "settle",
    "settle_async",
    "snapshot",
    "subprocess_env",
    "sweep",
    "sweep_async",
    "twilio_client",
    "url",
    "webhooks",
}


def public(names: list[str]) -> set[str]:
    return {name for name in names if not name.startswith("_")}


def test_fake_has_these_members_and_a_collection_for_each_resource() -> None:
    collections = {resource.collection for resource in RESOURCES}

    assert public(dir(FakeConversations())) == MEMBERS | collections


def test_dir_of_the_package_lists_its_public_names() -> None:
    assert dir(package) == sorted(package.__all__)
    assert public(dir(package)) == {*dir(package)}


def test_each_public_name_is_found_where_type_checkers_look() -> None:
    [block] = [
        node
        for node in ast.parse(Path(package.__file__).read_text()).body
        if isinstance(node, ast.If)
    ]
    found = {
        alias.name: f"{package.__name__}.{node.module}"
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }

    assert found.keys() == {*package.__all__}
    for name, module in found.items():
        assert getattr(package, name) is getattr(sys.modules[module], name)


def test_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'FakeConversation'"):
        package.FakeConversation  # type: ignore[attr-defined] # noqa: B018 - reading is the point


def test_warnings_have_one_base_class_that_needs_no_pytest() -> None:
    program = (
        "import sys, pytest_conversations_fake as package\n"
        "assert issubclass(package.FakeConversationsWarning, UserWarning)\n"
        "assert issubclass(package.IgnoredParametersWarning, package.FakeConversationsWarning)\n"
        "assert issubclass(package.WebhookWarning, package.FakeConversationsWarning)\n"
        "print({'pytest', 'aiohttp', 'pytest_conversations_fake.fake'} & {*sys.modules})\n"
    )

    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)

    assert ("set()\n", "") == (ran.stdout, ran.stderr)


def test_warnings_are_filtered_by_their_public_name() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.filterwarnings("error", category=FakeConversationsWarning)

        with pytest.raises(package.WebhookWarning):
            warnings.warn("late", package.WebhookWarning, stacklevel=1)
