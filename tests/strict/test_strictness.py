"""What no test passes with, unless it says that it may."""

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


def ask(method: str, path: str) -> None:
    requests.request(method, f"{V1}{path}", auth=("user", "password"))


def asks_for_nothing_that_twilio_has(fake: FakeConversations) -> None:
    ask("GET", "/Conversation")


def asks_for_what_is_not_imitated(fake: FakeConversations) -> None:
    ask("POST", f"/Conversations/{SID}/Export")


def injects_what_nobody_meets(fake: FakeConversations) -> None:
    fake.inject(RateLimited(), on="CreateService")


def asks_another_host(fake: FakeConversations) -> None:
    with pytest.raises(requests.ConnectionError):
        requests.get("https://api.twilio.com")


def has_a_webhook_that_fails(fake: FakeConversations) -> None:
    fake.conversations.add(unique_name="talk")
    fake.webhooks.deliver_to(answering(500), public_url=HOOK, events=["onMessageAdded"])
    say()
    fake.settle()


def meets_an_error_inside(fake: FakeConversations) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Services, "create", lambda *_: 1 / 0)
        requests.post(f"{V1}/Services", {"FriendlyName": "x"}, auth=("user", "password"))


# What makes a test fail, with what it is told
SITUATIONS = {
    "unknown-route": (
        asks_for_nothing_that_twilio_has,
        "GET /v1/Conversation is no route of Twilio's; did you mean /v1/Conversations?",
    ),
    "not-imitated": (
        asks_for_what_is_not_imitated,
        f"POST /v1/Conversations/{SID}/Export: Twilio has the export of a conversation, and this "
        "fake does not imitate it",
    ),
    "unmet-fault": (
        injects_what_nobody_meets,
        "no request met the fault RateLimited(retry_after=1) on CreateService",
    ),
    "guarded-host": (
        asks_another_host,
        "fake_conversations refused api.twilio.com in FakeConversations, as it belongs to the real "
        "Twilio. To allow it, name it in allow_hosts= (FakeConversations or the marker "
        "fake_conversations) or in the ini option fake_conversations_allow_hosts",
    ),
    "failed-webhook": (
        has_a_webhook_that_fails,
        f"a webhook failed: onMessageAdded to {HOOK} -> 500",
    ),
    "inner-error": (
        meets_an_error_inside,
        "an error inside the fake: ZeroDivisionError('division by zero')",
    ),
}


def test_every_kind_has_its_situation() -> None:
    assert {*VIOLATION_KINDS} == SITUATIONS.keys()


@pytest.mark.parametrize("kind", SITUATIONS)
def test_it_is_said_at_the_end(kind: str) -> None:
    happen, what = SITUATIONS[kind]

    with pytest.raises(StrictnessError) as judged, FakeConversations() as fake:
        happen(fake)

    assert f"{what}\ntolerate=[{kind!r}] {REMEDY}" == str(judged.value)


@pytest.mark.parametrize("kind", SITUATIONS)
def test_it_may_be_tolerated_and_nothing_else_is(kind: str) -> None:
    happen, _ = SITUATIONS[kind]
    others = [each for each in VIOLATION_KINDS if each != kind]

    with FakeConversations(tolerate=[kind]) as fake:
        happen(fake)
    with pytest.raises(StrictnessError), FakeConversations(tolerate=others) as fake:
        happen(fake)


def test_an_error_of_the_test_itself_is_not_added_to() -> None:
    def body() -> None:
        with FakeConversations() as fake:
            asks_for_nothing_that_twilio_has(fake)
            raise KeyError("of the test itself")

    with pytest.raises(KeyError, match="of the test itself"):
        body()


def test_the_error_inside_is_the_cause_of_the_judgement() -> None:
    with pytest.raises(StrictnessError) as judged, FakeConversations() as fake:
        meets_an_error_inside(fake)

    assert isinstance(judged.value.__cause__, ZeroDivisionError)


def test_what_happens_again_is_said_once() -> None:
    def happen(fake: FakeConversations) -> None:
        for _ in range(3):
            ask("PUT", "/Conversations")
        ask("GET", "/Conversations/talk/Nonsense")
        ask("GET", "/quite/something/else")
        fake.inject(RateLimited(), after=5)

    with pytest.raises(StrictnessError) as judged, FakeConversations() as fake:
        happen(fake)

    assert [
        "PUT /v1/Conversations: Twilio has this path, but no PUT there (3 times)",
        "GET /v1/Conversations/talk/Nonsense is no route of Twilio's",
        "GET /v1/quite/something/else is no route of Twilio's",
        "no request met the fault RateLimited(retry_after=1) on any operation",
        *f"tolerate=['unknown-route', 'unmet-fault'] {REMEDY}".splitlines(),
    ] == str(judged.value).splitlines()


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("/v1/conversations", "/v1/Conversations"),
        (f"/v1/Conversations/{SID}/Message", f"/v1/Conversations/{SID}/Messages"),
        ("/Conversations/talk/Messages", "/v1/Conversations/talk/Messages"),
        ("/v1/Services/x/User/ada", "/v1/Services/x/Users/ada"),
    ],
)
def test_a_likely_path_is_named(asked: str, meant: str) -> None:
    with pytest.raises(StrictnessError) as judged, FakeConversations() as fake:
        requests.get(f"{fake.url}{asked}", auth=("user", "password"))

    assert str(judged.value).startswith(
        f"GET {asked} is no route of Twilio's; did you mean {meant}?\n"
    )


@pytest.mark.parametrize(
    "path",
    [
        f"/Conversations/{SID}",
        f"/Conversations/{SID}/Messages/IM{'0' * 32}",
        f"/Services/IS{'0' * 32}/Users/nobody",
    ],
)
def test_a_sid_that_nothing_has_is_no_matter_of_strictness(
    fake: FakeConversations, path: str
) -> None:
    for method in ("GET", "POST", "DELETE"):
        requests.request(method, f"{V1}{path}", auth=("user", "password"))
    ask("OPTIONS", "/anything")

    fake._check_strict()


def test_a_fault_that_was_met_once_is_enough(fake: FakeConversations) -> None:
    with fake.inject(RateLimited(), times=5):
        ask("GET", "/Services")


def test_a_webhook_that_a_test_expects_to_fail_may_do_so(fake: FakeConversations) -> None:
    has_a_webhook_that_fails(fake)

    fake.webhooks.assert_delivered("onMessageAdded", failed=True)


@pytest.mark.parametrize(("status", "passes"), [(403, True), (500, False)])
def test_an_application_may_refuse_but_not_break_down(status: int, passes: bool) -> None:
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


def test_it_is_said_once(fake: FakeConversations) -> None:
    ask("GET", "/Conversation")

    with pytest.raises(StrictnessError):
        fake._check_strict()

    fake._check_strict()


@pytest.mark.skipif(pytest.version_tuple < (9,), reason="pytest has no subtests yet")
def test_a_subtest_that_failed_is_not_added_to(suite: pytest.Pytester) -> None:
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


def test_marker_and_ini_option_are_its_switches(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        import pytest
        import requests

        def ask(path):
            url = f"https://conversations.twilio.com{path}"
            requests.get(url, auth=("user", "password"))

        @pytest.mark.fake_conversations(tolerate=["unknown-route"])
        def test_marked(fake_conversations):
            ask("/v1/Nonsense")

        def test_configured(fake_conversations):
            ask("/v2/Conversations")

        def test_neither(fake_conversations):
            ask("/v1/Nonsense")

        @pytest.mark.xfail(strict=True, reason="not by what its body says")
        def test_expected_to_fail(fake_conversations):
            ask("/v1/Nonsense")
            assert 0

        @pytest.mark.xfail(strict=True, reason="fails already, as it passes")
        def test_passed_against_expectation(fake_conversations):
            ask("/v1/Nonsense")

        @pytest.mark.xfail(reason="does not hide it")
        def test_not_hidden(fake_conversations):
            ask("/v1/Nonsense")

        @pytest.mark.fake_conversations(tolerate=["unknown-rote"])
        def test_misspelled(fake_conversations): ...
        """
    )

    result = suite.runpytest("-o", "fake_conversations_tolerate=not-imitated")

    result.assert_outcomes(passed=3, failed=1, xfailed=1, xpassed=1, errors=3)
    result.stdout.fnmatch_lines(
        [
            "GET /v1/Nonsense is no route of Twilio's",
            "fake_conversations: tolerate knows no 'unknown-rote'; did you mean 'unknown-route'? *",
        ]
    )
    result.stdout.fnmatch_lines(["ERROR *::test_neither - *", "ERROR *::test_not_hidden - *"])
