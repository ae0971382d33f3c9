"""Memory after a test: neither its fake nor the bodies of refused requests stay."""

from __future__ import annotations

import gc
import tracemalloc
import weakref

import pytest
import requests
from conftest import Api

from pytest_conversations_fake import FakeConversations

pytestmark = pytest.mark.newest

FORM = "application/x-www-form-urlencoded"
LONG = "x" * 900_000
TALK = "/v1/Conversations"


@pytest.mark.parametrize("option", ["-q", "--fake-conversations-report=pages"])
def test_number_of_objects_does_not_grow_between_10_and_60_tests(
    suite: pytest.Pytester, option: str
) -> None:
    suite.makeconftest(
        """
        import gc
        from collections import Counter

        import pytest
        from pytest_conversations_fake import FakeConversations

        counts = []

        @pytest.fixture(scope="session")
        def outer():
            with FakeConversations(name="outer") as fake:
                yield fake

        def pytest_runtest_logstart(nodeid):
            if nodeid.endswith(("[10]", "[60]")):
                gc.collect()
                kinds = map(type, gc.get_objects())
                names = (f"{kind.__module__}.{kind.__name__}" for kind in kinds)
                counts.append(Counter(name for name in names if "conversations_fake" in name))

        def pytest_terminal_summary(terminalreporter):
            after_10, after_60 = counts
            run = "pytest_conversations_fake.pytest_plugin.reporting.Run"  # for the index of pages
            assert after_10.pop(run, 0) == after_60.pop(run, 0) / 6
            # A connection that the client has closed, which the server may not have noticed yet
            connection = "pytest_conversations_fake.server.handler.Protocol"
            assert after_10.pop(connection, 0) < 5
            assert after_60.pop(connection, 0) < 5
            fakes = after_60["pytest_conversations_fake.fake.FakeConversations"]
            terminalreporter.line(f"{fakes} fakes, {after_60 - after_10} more")
        """
    )
    suite.makepyfile(
        """
        import pytest
        import requests

        def application(environ, start_response):
            start_response("200 OK", [])
            return [b""]

        @pytest.mark.parametrize("number", range(61))
        def test_it(request, number):
            kind = number % 10
            if kind in (0, 3):
                request.getfixturevalue("outer")
            fake = request.getfixturevalue("fake_conversations")
            auth = (fake.account_sid, fake.auth_token)

            def post(path, **form):
                requests.post(f"https://conversations.twilio.com/v1/{path}", form, auth=auth)

            if kind == 1:
                fake.webhooks.deliver_to(
                    application, public_url="https://desk.example", events=["onConversationAdded"]
                )
            post("Conversations", FriendlyName="x")
            post("Conversations", State="refused")
            if kind == 2:
                fake.conversations.assert_created(count=7)
            if kind == 4:
                before = fake.snapshot()
                post("Conversations")
                fake.restore(before)
            if kind == 5:
                post("Nowhere")
            if kind == 6:
                post("Conversations", **{"Timers.Inactive": "PT1M"})
            if kind == 7:
                post("Conversations", Unknown="x")
            if kind == 8:
                pytest.xfail("a reason")
            if kind == 9:
                fake.twilio_client().conversations.v1.services.list()
        """
    )

    result = suite.runpytest(
        option, "-W", "ignore::pytest_conversations_fake.IgnoredParametersWarning"
    )

    result.assert_outcomes(passed=49, failed=6, xfailed=6, errors=6)
    result.stdout.fnmatch_lines(["2 fakes, Counter() more"])  # of the last test, and the outer one


def test_fake_does_not_keep_inner_fakes_alive(fake: FakeConversations) -> None:
    ended = []
    for number in range(5):
        with FakeConversations(name=f"inner {number}") as inner:
            for _ in range(number):
                inner.twilio_client().conversations.v1.services.list()
            ended.append(weakref.ref(inner))
    del inner
    gc.collect()

    with pytest.raises(AssertionError) as raised:
        fake.services.assert_listed()

    assert [None] * 5 == [each() for each in ended]
    assert [
        "2 requests went to the fake inner 2, which was active inside this one",
        "3 requests went to the fake inner 3, which was active inside this one",
        "4 requests went to the fake inner 4, which was active inside this one",
    ] == str(raised.value).splitlines()[2:]


@pytest.mark.parametrize(
    ("path", "body", "content_type"),
    [
        (TALK, f"FriendlyName={LONG}", FORM),
        (TALK, f"State=refused&{LONG}=1", FORM),
        (TALK, "State=refused&" + "&".join(f"{i:050}=1" for i in range(15_000)), FORM),
        (TALK, f"Attributes={LONG * 2}", FORM),
        (TALK + "/nope/Messages", f"Body={LONG}", FORM),
        (TALK + "/nope", LONG, "application/json"),
        ("/v1/Nowhere", f"FriendlyName={LONG}", FORM),
        (
            "/v1/Configuration/Addresses",
            "Type=sms&Address=%2B15550100&"
            + "&".join(f"AutoCreation.WebhookFilters={i:030}" for i in range(15_000)),
            FORM,
        ),
    ],
    ids=[
        "a value",
        "an ignored name",
        "ignored names",
        "an oversized body",
        "a parent that is not there",
        "no form",
        "an unknown route",
        "a list",
    ],
)
def test_long_body_of_a_refused_request_is_not_kept(
    path: str, body: str, content_type: str
) -> None:
    with FakeConversations(tolerate=["unknown-route"]) as fake, requests.Session() as session:
        session.auth = (fake.account_sid, fake.auth_token)
        session.headers["Content-Type"] = content_type
        fake.address_configurations.add(type="sms", address="+15550100")

        def post() -> None:
            assert 400 <= session.post(fake.url + path, body).status_code < 500

        post()
        gc.collect()
        tracemalloc.start()
        try:
            for _ in range(10):
                post()
            gc.collect()
            kept, _ = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()

    assert 11 == len(fake.requests)
    assert kept < 900_000  # bytes, as in one of the ten bodies


def test_refused_request_of_usual_length_is_kept_whole(fake: FakeConversations) -> None:
    conversation = fake.conversations.add()
    attributes, body = '{"a": "' + "x" * 30_000 + '"}', "x" * 1601
    url = f"{fake.url}{TALK}/{conversation.sid}/Messages"
    auth = (fake.account_sid, fake.auth_token)

    requests.post(url, {"Body": body, "Attributes": attributes}, auth=auth)

    fake.messages.assert_created(refused=True, body=body, attributes=attributes)


def test_values_of_a_long_refused_request_are_cut(api: Api) -> None:
    asked = api.post(
        TALK,
        {"FriendlyName": "x" * 70_000, "UniqueName": "talk", "y" * 2001: "", "z" * 2000: ""},
        headers={"x-long": "h" * 2001},
    )

    assert "x" * 2000 + "… (70,000 characters in all)" == asked.params["friendly_name"]
    assert "talk" == asked.params["unique_name"]
    assert ("y" * 2000 + "… (2,001 characters in all)", "z" * 2000) == asked.ignored
    assert "h" * 2000 + "… (2,001 characters in all)" == asked.headers["x-long"]
    assert 400 == asked.status


def test_long_list_of_a_refused_request_is_cut(api: Api) -> None:
    address = {"Type": "sms", "Address": "+15550100"}
    api.post("/v1/Configuration/Addresses", address)

    asked = api.post(
        "/v1/Configuration/Addresses",
        address | {"AutoCreation.WebhookFilters": ["x" * 700] * 101},
    )

    assert 409 == asked.status
    kept = asked.params["auto_creation_webhook_filters"]
    assert ["x" * 700] * 100 + ["… (101 in all)"] == kept
