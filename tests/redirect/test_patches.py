"""Patches are removed, even if other code changed them in the meantime."""

from __future__ import annotations

import importlib
import os
import socket
import ssl
import sys
from contextlib import ExitStack
from typing import Any
from unittest import mock

import pytest
import truststore

from pytest_conversations_fake.redirect import Guard, Redirection, activate, repair_patches
from pytest_conversations_fake.redirect.libraries import LIBRARIES
from pytest_conversations_fake.redirect.patches import _find_attribute
from pytest_conversations_fake.redirect.stdlib import STDLIB

PATCHES = STDLIB | LIBRARIES  # gevent and eventlet warn about forks once they are imported

for name in PATCHES:
    importlib.import_module(name)

NOTHING = object()


def state() -> dict[str, Any]:
    """The function at each patched place, and the other state that activation changes."""
    there: dict[str, Any] = {
        name: os.environ.get(name, NOTHING) for name in ("NO_PROXY", "no_proxy")
    }
    for name, patches in PATCHES.items():
        for place in patches:
            holder, attribute = _find_attribute(sys.modules[name], place)
            there[f"{name}:{place}"] = getattr(holder, attribute, NOTHING)
    return there | {"meta_path": list(sys.meta_path)}


def changed(before: dict[str, Any]) -> set[str]:
    return {place for place, what in state().items() if what != before[place]}


def redirection(name: str = "a test") -> Redirection:
    return Redirection(http_port=1, tls_port=2, name=name)


@pytest.fixture(autouse=True)
def everything_is_put_back() -> Any:
    before = state()
    yield
    assert before == state()
    assert all(before[place] is what for place, what in state().items() if place != "meta_path")


def test_every_patch_is_applied_and_removed() -> None:
    before = state()

    with activate(redirection()):
        patched = changed(before)

    missing = {"aiohttp.resolver:AsyncResolver._resolve_with_query"} - patched  # some lack it
    assert before.keys() - missing == patched
    assert set() == changed(before)


def test_repeated_activation_leaves_no_patch() -> None:
    for _ in range(3):
        with activate(redirection()):
            pass


def test_exception_leaves_no_patch() -> None:
    with pytest.raises(ZeroDivisionError), activate(redirection()):
        raise ZeroDivisionError


def test_failed_patching_leaves_no_patch() -> None:
    refuses = mock.patch.dict(os.environ, {"NO_PROXY": "\0"})  # cannot be set again

    with pytest.raises(ValueError), refuses, activate(redirection()):  # noqa: PT011 - Python's own
        raise AssertionError("got in")


def test_nested_guard_neither_adds_nor_removes_patches() -> None:
    with activate(Guard(name="this run")):
        guarded = state()
        with activate(redirection()):
            assert set() == changed(guarded)
        assert set() == changed(guarded)


def test_outer_guard_can_end_first() -> None:
    outer, inner = ExitStack(), ExitStack()
    outer.enter_context(activate(Guard(name="this run")))
    inner.enter_context(activate(redirection()))
    patched = state()

    outer.close()

    assert set() == changed(patched)
    inner.close()


def test_innermost_guard_decides() -> None:
    with activate(Guard(name="outer")) as outer:
        with activate(redirection()) as inner:
            socket.getaddrinfo("conversations.twilio.com", 443)
        with pytest.raises(socket.gaierror):
            socket.getaddrinfo("conversations.twilio.com", 443)

    assert (inner.refused, len(outer.refused)) == ([], 1)


def test_patch_of_other_code_on_top_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """responses and similar libraries patch the same functions, around or inside a test."""
    with monkeypatch.context() as patching:
        with activate(redirection()):
            patching.setattr(socket, "getaddrinfo", answer := mock.Mock())
        assert socket.getaddrinfo is answer
        left = state()["socket:getaddrinfo"]
        assert left is answer
    # The other code restored our patch, which calls the original until it is removed
    assert socket.getaddrinfo("127.0.0.1", 1)[0][4] == ("127.0.0.1", 1)
    assert hasattr(socket.getaddrinfo, "__wrapped__")
    repair_patches()


def test_repair_patches_functions_that_other_code_restored() -> None:
    """pytest-socket and others restore the function that they found at their import."""
    before = state()
    with activate(redirection()):
        patched = changed(before)
        socket.socket.connect = before["socket:socket.connect"]
        socket.getaddrinfo = before["socket:getaddrinfo"]

        repair_patches()

        assert patched == changed(before)


def test_replaced_class_has_no_patch_when_it_is_restored(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as patching:
        with activate(redirection()):
            patching.setattr(socket, "socket", mock.Mock())
        assert isinstance(socket.socket, mock.Mock)


def test_finder_is_not_first_and_leaves_a_restored_list(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """pyfakefs inserts its finder first and later removes the first one, whatever it is."""
    with monkeypatch.context() as patching:
        with activate(redirection()):
            first = sys.meta_path[0]
            assert type(first).__name__ != "ImportHook"
            patching.setattr(sys, "meta_path", [*sys.meta_path])
        assert "ImportHook" not in {type(finder).__name__ for finder in sys.meta_path}
    repair_patches()


def test_repair_restores_a_proxy_variable_that_other_code_set_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as patching:
        with activate(redirection()):
            patching.setenv("NO_PROXY", "theirs")
        assert os.environ["NO_PROXY"] == "theirs"
    repair_patches()


def test_undone_patch_of_other_code_below_leaves_nothing() -> None:
    """pytest-socket replaces `connect` before a test and restores it afterwards."""
    own = socket.socket.connect

    socket.socket.connect = mock.Mock()
    with activate(redirection()):
        socket.socket.connect = own

    assert socket.socket.connect is own
    del socket.socket.connect


def test_function_of_pytest_socket_on_top_is_patched_again() -> None:
    theirs: list[Any] = []
    with activate(Guard(name="this run")):
        patched = socket.socket.connect
        socket.socket.connect = lambda sock, address: theirs.append(address)
        with activate(redirection()), socket.socket() as sock:
            sock.connect(("127.84.87.73", 443))
        socket.socket.connect = patched

    assert theirs == [("127.0.0.1", 2)]


def test_original_classes_are_patched_instead_of_replacements() -> None:
    real_socket, real_context = socket.socket, ssl.SSLContext

    class Guarded(socket.socket):
        """A class like that of pytest-socket."""

    with mock.patch.object(socket, "socket", Guarded), activate(redirection()):
        assert "connect" in vars(real_socket)
        assert "connect" not in vars(Guarded)
    truststore.inject_into_ssl()
    try:
        with activate(redirection()):
            assert ssl.SSLContext is truststore.SSLContext
            assert hasattr(real_context.wrap_socket, "__wrapped__")
    finally:
        truststore.extract_from_ssl()


@pytest.mark.parametrize(
    ("before", "during"),
    [
        ({}, (".twilio.com,twilio.com", ".twilio.com,twilio.com")),
        ({"NO_PROXY": "a"}, ("a,.twilio.com,twilio.com", "a,.twilio.com,twilio.com")),
        ({"no_proxy": "b"}, ("b,.twilio.com,twilio.com", "b,.twilio.com,twilio.com")),
        (
            {"NO_PROXY": "a", "no_proxy": "b"},
            ("a,.twilio.com,twilio.com", "b,.twilio.com,twilio.com"),
        ),
        ({"NO_PROXY": "*"}, ("*", "*")),
        ({"NO_PROXY": ""}, (".twilio.com,twilio.com", ".twilio.com,twilio.com")),
    ],
)
def test_no_proxy_variables_are_set_and_restored(
    monkeypatch: pytest.MonkeyPatch, before: dict[str, str], during: tuple[str, str]
) -> None:
    with monkeypatch.context() as patching:
        for name in ("NO_PROXY", "no_proxy"):
            patching.delenv(name, raising=False)
        for name, value in before.items():
            patching.setenv(name, value)

        with activate(redirection()):
            assert during == (os.environ["NO_PROXY"], os.environ["no_proxy"])

        after = {name: os.environ[name] for name in ("NO_PROXY", "no_proxy") if name in os.environ}
        assert before == after


def test_no_proxy_that_other_code_changed_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patching:
        patching.setenv("NO_PROXY", "ours")
        with activate(redirection()):
            os.environ["NO_PROXY"] = "theirs"

        assert os.environ["NO_PROXY"] == "theirs"
