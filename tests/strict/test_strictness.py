"""Violations, which fail a test that does not tolerate them."""

from __future__ import annotations

import pytest
import requests
from applications import HOOK, answering, say

from pytest_conversations_fake import FakeConversations, RateLimited
from pytest_conversations_fake.api.resources.services import Services
from pytest_conversations_fake.strict.errors import VIOLATION_KINDS, StrictnessError
from pytest_conversations_fake.strict.strictness import REMEDY

V1 = "https://conversations.twilio.com/v1"
SID = "CH" + "0" * 32


def send(method: str, path: str) -> None:
    requests.request(method, f"{V1}{path}", auth=("user", "password"))


def request_unknown_route(fake: FakeConversations) -> None:
    send("GET", "/Conversation")


def request_operation_without_imitation(fake: FakeConversations) -> None:
    send("POST", f"/Conversations/{SID}/Export")


def inject_fault_without_request(fake: FakeConversations) -> None:
    fake.inject(RateLimited(), on="CreateService")


def connect_to_another_host(fake: FakeConversations) -> None:
    with pytest.raises(requests.ConnectionError):
        requests.get("https://api.twilio.com")


def deliver_failing_webhook(fake: FakeConversations) -> None:
    fake.conversations.add(unique_name="talk")
    fake.webhooks.deliver_to(answering(500), public_url=HOOK, events=["onMessageAdded"])
    say()
    fake.settle()


def cause_error_inside_the_fake(fake: FakeConversations) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Services, "create", lambda *_: 1 / 0)
        requests.post(f"{V1}/Services", {"FriendlyName": "x"}, auth=("user", "password"))


# By kind: a function that causes the violation, and its message
VIOLATIONS = {
    "unknown-route": (
        request_unknown_route,
        "GET /v1/Conversation: Twilio has no such route; did you mean /v1/Conversations?",
    ),
    "not-imitated": (
        request_operation_without_imitation,
        f"POST /v1/Conversations/{SID}/Export: Twilio has the export of a conversation, and this "
        "fake does not imitate it",
    ),
    "unmet-fault": (
        inject_fault_without_request,
        "no request met the fault RateLimited(retry_after=1) on CreateService",
    ),
    "guarded-host": (
        connect_to_another_host,
        "fake_conversations refused api.twilio.com in FakeConversations, as it belongs to the real "
        "Twilio. To allow it, name it in allow_hosts= (FakeConversations or the marker "
        "fake_conversations) or in the ini option fake_conversations_allow_hosts. To mock it "
        "beside the fake, see 'Other mocks in the same test' (docs/how-to/other-mocks.md of "
        "pytest-conversations-fake)",
    ),
    "failed-webhook": (
        deliver_failing_webhook,
        f"a webhook failed: onMessageAdded to {HOOK} -> 500",
    ),
    "inner-error": (
        cause_error_inside_the_fake,
        "an error inside the fake: ZeroDivisionError('division by zero')",
    ),
}


def test_every_kind_of_violation_is_tested() -> None:
    assert {*VIOLATION_KINDS} == VIOLATIONS.keys()


@pytest.mark.parametrize("kind", VIOLATIONS)
def test_violation_is_reported_at_the_end(kind: str) -> None:
    cause, message = VIOLATIONS[kind]

    with pytest.raises(StrictnessError) as raised, FakeConversations() as fake:
        cause(fake)

    assert f"{message}\n{REMEDY.format(kinds=[kind])}" == str(raised.value)


@pytest.mark.parametrize("kind", VIOLATIONS)
def test_only_the_tolerated_kind_is_tolerated(kind: str) -> None:
    cause, _ = VIOLATIONS[kind]
    others = [each for each in VIOLATION_KINDS if each != kind]

    with FakeConversations(tolerate=[kind]) as fake:
        cause(fake)
    with pytest.raises(StrictnessError), FakeConversations(tolerate=others) as fake:
        cause(fake)


def test_error_of_the_test_hides_violations() -> None:
    def body() -> None:
        with FakeConversations() as fake:
            request_unknown_route(fake)
            raise KeyError("of the test itself")

    with pytest.raises(KeyError, match="of the test itself"):
        body()


def test_error_inside_the_fake_is_the_cause_of_the_strictness_error() -> None:
    with pytest.raises(StrictnessError) as raised, FakeConversations() as fake:
        cause_error_inside_the_fake(fake)

    assert isinstance(raised.value.__cause__, ZeroDivisionError)


def test_repeated_violation_is_one_line() -> None:
    def violate(fake: FakeConversations) -> None:
        for _ in range(3):
            send("PUT", "/Conversations")
        send("GET", "/Conversations/talk/Nonsense")
        send("GET", "/quite/something/else")
        fake.inject(RateLimited(), after=5)

    with pytest.raises(StrictnessError) as raised, FakeConversations() as fake:
        violate(fake)

    assert [
        "PUT /v1/Conversations: Twilio has this route, but does not accept PUT (3 times)",
        "GET /v1/Conversations/talk/Nonsense: Twilio has no such route",
        "GET /v1/quite/something/else: Twilio has no such route",
        "no request met the fault RateLimited(retry_after=1) on any operation",
        "To accept this, use FakeConversations(tolerate=['unknown-route', 'unmet-fault']).",
    ] == str(raised.value).splitlines()


@pytest.mark.parametrize(
    ("path", "likely"),
    [
        ("/v1/conversations", "/v1/Conversations"),
        (f"/v1/Conversations/{SID}/Message", f"/v1/Conversations/{SID}/Messages"),
        ("/Conversations/talk/Messages", "/v1/Conversations/talk/Messages"),
        ("/v1/Services/x/User/ada", "/v1/Services/x/Users/ada"),
    ],
)
def test_unknown_route_suggests_a_similar_one(path: str, likely: str) -> None:
    with pytest.raises(StrictnessError) as raised, FakeConversations() as fake:
        requests.get(f"{fake.url}{path}", auth=("user", "password"))

    assert str(raised.value).startswith(
        f"GET {path}: Twilio has no such route; did you mean {likely}?\n"
    )


@pytest.mark.parametrize(
    "path",
    [
        f"/Conversations/{SID}",
        f"/Conversations/{SID}/Messages/IM{'0' * 32}",
        f"/Services/IS{'0' * 32}/Users/nobody",
    ],
)
def test_unknown_sid_is_no_violation(fake: FakeConversations, path: str) -> None:
    for method in ("GET", "POST", "DELETE"):
        requests.request(method, f"{V1}{path}", auth=("user", "password"))
    send("OPTIONS", "/anything")

    fake._check_strict()


def test_fault_that_was_met_once_is_no_violation(fake: FakeConversations) -> None:
    with fake.inject(RateLimited(), times=5):
        send("GET", "/Services")


def test_failed_webhook_that_the_test_asserts_is_no_violation(fake: FakeConversations) -> None:
    deliver_failing_webhook(fake)

    fake.webhooks.assert_delivered("onMessageAdded", failed=True)


@pytest.mark.parametrize(("status", "passes"), [(403, True), (500, False)])
def test_application_may_refuse_a_pre_event_but_not_fail(status: int, passes: bool) -> None:
    fake = FakeConversations()

    def body() -> None:
        with fake:
            talk = fake.conversations.add()
            fake.webhooks.deliver_to(
                answering(status), public_url=HOOK, events=["onParticipantAdd"]
            )
            assert fake.chat_user("ada").join(talk) is None

    if passes:
        body()
    else:
        with pytest.raises(StrictnessError, match="a webhook failed: onParticipantAdd"):
            body()


def test_violation_is_reported_once(fake: FakeConversations) -> None:
    send("GET", "/Conversation")

    with pytest.raises(StrictnessError):
        fake._check_strict()

    fake._check_strict()


@pytest.mark.skipif(pytest.version_tuple < (9,), reason="pytest has no subtests yet")
def test_failed_subtest_hides_violations(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        import requests

        def test_it(fake_conversations, subtests):
            requests.get("https://conversations.twilio.com/v1/Nonsense", auth=("a", "b"))
            with subtests.test("one"):
                assert 0
        """
    )

    result = suite.runpytest()

    assert {"failed": 2} == {k: v for k, v in result.parseoutcomes().items() if "subtest" not in k}


def test_marker_and_ini_option_set_the_tolerated_kinds(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        import pytest
        import requests

        def send(path):
            url = f"https://conversations.twilio.com{path}"
            requests.get(url, auth=("user", "password"))

        @pytest.mark.fake_conversations(tolerate=["unknown-route"])
        def test_marked(fake_conversations):
            send("/v1/Nonsense")

        def test_configured(fake_conversations):
            send("/v2/Conversations")

        def test_not_tolerated(fake_conversations):
            send("/v1/Nonsense")

        @pytest.mark.xfail(strict=True, reason="not by what its body says")
        def test_expected_to_fail(fake_conversations):
            send("/v1/Nonsense")
            assert 0

        @pytest.mark.xfail(strict=True, reason="fails already, as it passes")
        def test_passed_against_expectation(fake_conversations):
            send("/v1/Nonsense")

        @pytest.mark.xfail(reason="does not hide it")
        def test_not_hidden(fake_conversations):
            send("/v1/Nonsense")

        @pytest.mark.fake_conversations(tolerate=["unknown-rote"])
        def test_misspelled(fake_conversations): ...
        """
    )

    result = suite.runpytest("-o", "fake_conversations_tolerate=not-imitated")

    result.assert_outcomes(passed=3, failed=1, xfailed=1, xpassed=1, errors=3)
    result.stdout.fnmatch_lines(
        [
            "GET /v1/Nonsense: Twilio has no such route",
            "*: tolerate has no kind 'unknown-rote'; did you mean 'unknown-route'? *",
        ]
    )
    result.stdout.fnmatch_lines(["ERROR *::test_not_tolerated*", "ERROR *::test_not_hidden*"])
