"""A fake file system in the same test: pyfakefs before, after and around a fake."""

from __future__ import annotations

import os
from textwrap import dedent
from typing import Any

import pytest

from pytest_conversations_fake.redirect import certificates, server_context

COMMON = """
    import sys
    from base64 import b64encode
    from http.client import HTTPSConnection
    from pathlib import Path
    import pytest

    BEFORE = list(sys.meta_path)
    TOKEN = b64encode(b"AC" + b"1" * 32 + b":token").decode()

    def open_desk():
        connection = HTTPSConnection("conversations.twilio.com")
        connection.request("POST", "/v1/Services", "FriendlyName=Support", {
            "Authorization": f"Basic {TOKEN}",
            "Content-Type": "application/x-www-form-urlencoded",
        })
        assert 201 == connection.getresponse().status
        connection.close()
"""

ORDERS = {
    "the file system first": "fs, fake_conversations",
    "the fake first": "fake_conversations, fs",
    "the file system around the module": "fs_module, fake_conversations",
}

AFTER = """
    def test_nothing_is_left():
        assert BEFORE == sys.meta_path
        import aiohttp
        import trustme  # with cryptography, which cannot be imported twice
        authority = trustme.CA(key_type=trustme.KeyType.ECDSA)
        authority.issue_cert("desk.example", key_type=trustme.KeyType.ECDSA)

    def test_another(fake_conversations):
        open_desk()
        fake_conversations.services.assert_created(friendly_name="Support")
"""


def ran(suite: pytest.Pytester, *tests: str) -> pytest.RunResult:
    suite.makepyfile("\n".join(map(dedent, (COMMON, *tests))))
    return suite.runpytest("-p", "fakefs")


@pytest.mark.parametrize("fixtures", ORDERS.values(), ids=ORDERS)
def test_calls_reach_the_fake_with_pyfakefs_in_either_order(
    suite: pytest.Pytester, fixtures: str
) -> None:
    tests = f"""
        @pytest.mark.parametrize("time", range(2))
        def test_faked({fixtures}, time):
            assert not Path(__file__).exists()
            open_desk()
            fake_conversations.services.assert_created(friendly_name="Support")
            assert "ImportHook" != type(sys.meta_path[0]).__name__
            assert "Support" in fake_conversations.report().html()
    """
    result = ran(suite, tests, *([] if "module" in fixtures else [AFTER]))

    result.assert_outcomes(passed=2 if "module" in fixtures else 4)


def test_fake_started_on_a_fake_file_system_leaves_nothing(
    suite: pytest.Pytester,
) -> None:
    tests = """
        from pytest_conversations_fake import FakeConversations

        @pytest.mark.parametrize("time", range(2))
        def test_faked(fs, time):
            with FakeConversations() as fake:
                open_desk()
                fake.services.assert_created(friendly_name="Support")
            assert not Path(__file__).exists()
    """

    ran(suite, tests, AFTER).assert_outcomes(passed=4)


def test_webhooks_dumps_and_seeds_use_the_fake_file_system(suite: pytest.Pytester) -> None:
    result = ran(
        suite,
        """
        def test_it(fs, fake_conversations):
            paths = []

            def desk(environ, start_response):
                paths.append(environ["PATH_INFO"])
                start_response("200 OK", [])
                return [b""]

            fake = fake_conversations
            fake.webhooks.deliver_to(
                desk, public_url="https://desk.example/hook", events=["onMessageAdded"]
            )
            talk = fake.conversations.add(unique_name="talk")
            ada = fake.chat_user("ada")
            ada.join("talk")
            ada.send("hello", to="talk")
            fake.settle()
            assert ["/hook"] == paths

            fake.dump("desk.json")
            fake.reset()
            fake.load("desk.json")
            assert [talk.sid] == [each.sid for each in fake.conversations]

        def test_its_file_is_gone():
            assert not Path("desk.json").exists()
        """,
    )

    result.assert_outcomes(passed=2)


def test_report_page_of_a_test_with_a_fake_file_system_is_a_real_file(
    suite: pytest.Pytester,
) -> None:
    suite.makepyfile("def test_it(fs, fake_conversations): ...")

    result = suite.runpytest("-p", "fakefs", "--fake-conversations-report", "pages")

    result.assert_outcomes(passed=1)
    assert 2 == len([*(suite.path / "pages").glob("*.html")])  # with the index


def no_file(*_: object, **__: object) -> Any:
    raise AssertionError("a file function of the test was called")


@pytest.mark.parametrize("where", ["in memory", "in a file"])
def test_certificate_is_loaded_without_replaceable_functions(
    where: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    if where == "in memory":
        if not certificates._Files.memfd_create:
            pytest.skip("this system has no files in memory")
    else:
        monkeypatch.setattr(certificates._Files, "memfd_create", None)
        monkeypatch.setattr(certificates._Files, "directory", str(tmp_path))
    loaded: list[str] = []
    context = server_context()
    load = type(context).load_cert_chain
    monkeypatch.setattr(
        type(context), "load_cert_chain", lambda ssl, path: (loaded.append(path), load(ssl, path))
    )
    for name in ("open", "write", "unlink"):
        monkeypatch.setattr(os, name, no_file)

    pem = certificates._authority().issue_cert("desk.example").private_key_and_cert_chain_pem
    certificates._load_cert_chain(context, pem.bytes())

    monkeypatch.undo()
    [path] = loaded
    assert path.startswith("/proc/self/fd/" if where == "in memory" else str(tmp_path))
    assert [] == [*tmp_path.iterdir()]
