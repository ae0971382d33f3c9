"""Assumptions about Twilio, and the answers that a test can choose."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from conftest import Api

from pytest_conversations_fake import FakeConversations
from pytest_conversations_fake.api.assumptions import QUESTIONS, Assumptions
from pytest_conversations_fake.api.resources.configurations import configuration
from pytest_conversations_fake.api.resources.services import default_service
from pytest_conversations_fake.api.world import World
from pytest_conversations_fake.state.account import AccountView

C = "/v1/Conversations"
MG, ME, HX, FW = (kind + "0" * 32 for kind in ("MG", "ME", "HX", "FW"))


def world_where(*owned: str, **answers: str) -> Api:
    answer_by_question = {
        question.replace("_", "-"): answer for question, answer in answers.items()
    }
    api = Api(World("a test", assumptions=Assumptions(answer_by_question, owned)))
    api.post(C, {"UniqueName": "talk"})
    return api


def outcome(api: Api, path: str, form: object = None) -> int:
    """The status, or the code of a refusal."""
    asked = api.get(path) if form is None else api.post(path, form)
    code: int = (asked.response or {}).get("code", asked.status)
    return code


@pytest.mark.rule("large-page-size")
def test_large_page_size_is_clamped_or_refused() -> None:
    assert 200 == outcome(world_where(), f"{C}?PageSize=101")
    assert 20007 == outcome(world_where(large_page_size="refused"), f"{C}?PageSize=101")
    assert 200 == outcome(world_where(large_page_size="refused"), f"{C}?PageSize=100")


@pytest.mark.rule("below-closed")
def test_creation_below_a_closed_conversation_is_refused_or_accepted() -> None:
    for answer, expected in (("refused", 50377), ("accepted", 201)):
        api = world_where(below_closed=answer)
        api.post(f"{C}/talk", {"State": "closed"})

        assert expected == outcome(api, f"{C}/talk/Messages", {"Body": "hi"})
        assert expected == outcome(api, f"{C}/talk/Participants", {"Identity": "ada"})


@pytest.mark.rule("empty-message")
@pytest.mark.parametrize("form", [{}, {"Author": "ada"}, {"Body": ""}])
def test_empty_message_is_refused_or_accepted(form: dict[str, str]) -> None:
    path = f"{C}/talk/Messages"
    strict, lax = world_where(), world_where(empty_message="accepted")

    assert 50503 == outcome(strict, path, form)
    assert [] == strict.get(path).response["messages"]
    assert 201 == outcome(lax, path, form)


@pytest.mark.rule("empty-message")
@pytest.mark.parametrize("form", [{"Body": "hi"}, {"MediaSid": ME}, {"ContentSid": HX}])
def test_message_with_any_content_is_accepted(form: dict[str, str]) -> None:
    assert 201 == outcome(world_where(), f"{C}/talk/Messages", form)


@pytest.mark.rule("empty-message", "form-bodies")
def test_message_sent_as_json_is_empty() -> None:
    api = world_where()

    refused = api.ask(
        "POST", f"{C}/talk/Messages", b'{"Body": "hi"}', {"content-type": "application/json"}
    )

    assert (400, 50503) == (refused.status, refused.response["code"])
    assert ("a body of application/json",) == refused.ignored


@pytest.mark.rule("empty-message", "other-empty-texts")
def test_update_that_empties_a_message_is_accepted() -> None:
    api = world_where()
    sid = api.post(f"{C}/talk/Messages", {"Body": "hi"}).response["sid"]

    assert 200 == outcome(api, f"{C}/talk/Messages/{sid}", {"Body": ""})


@pytest.mark.rule("event-names")
@pytest.mark.parametrize(
    ("path", "name", "form", "refused"),
    [
        ("/v1/Configuration/Webhooks", "Filters", {}, 20001),
        ("/v1/Services/{}/Configuration/Webhooks", "Filters", {}, 20001),
        (
            f"{C}/talk/Webhooks",
            "Configuration.Filters",
            {"Target": "webhook", "Configuration.Url": "https://a.example"},
            50365,
        ),
        (
            "/v1/Configuration/Addresses",
            "AutoCreation.WebhookFilters",
            {"Type": "sms", "Address": "+15550100"},
            20001,
        ),
    ],
)
def test_unknown_event_name_is_accepted_or_refused(
    path: str, name: str, form: dict[str, str], refused: int
) -> None:
    def asked(event: str, **answers: str) -> int:
        api = world_where(**answers)
        where = path.format(default_service(api.world.account).sid)
        return outcome(api, where, {**form, name: ["onMessageAdded", event]})

    assert {asked("onMessageSend")} <= {200, 201}
    assert refused == asked("onMessageSend", event_names="known")
    assert {asked("onMessageRemoved", event_names="known")} <= {200, 201}


@pytest.mark.rule("permission-names")
def test_unknown_permission_is_refused_or_accepted() -> None:
    form = {"FriendlyName": "x", "Type": "service", "Permission": ["fly"]}

    assert 50104 == outcome(world_where(), "/v1/Roles", form)
    assert 201 == outcome(world_where(permission_names="any"), "/v1/Roles", form)


@pytest.mark.rule("read-index-ahead")
@pytest.mark.parametrize(("answer", "index"), [("stored", 7), ("clamped", 1)])
def test_read_index_after_the_last_message_is_stored_or_clamped(answer: str, index: int) -> None:
    api = world_where(read_index_ahead=answer)
    api.post(f"{C}/talk/Participants", {"Identity": "ada"})
    for _ in range(2):
        api.post(f"{C}/talk/Messages", {"Body": "hi"})

    for path in (f"{C}/talk/Participants/ada", "/v1/Users/ada/Conversations/talk"):
        read = api.post(path, {"LastReadMessageIndex": "7"}).response
        assert index == read["last_read_message_index"]


@pytest.mark.rule("texted-receipts")
@pytest.mark.parametrize(("answer", "count"), [("sent", 1), ("none", 0)])
def test_message_to_a_phone_has_a_receipt_or_none(answer: str, count: int) -> None:
    api = world_where(texted_receipts=answer)
    pair = {"MessagingBinding.Address": "+15550101", "MessagingBinding.ProxyAddress": "+15550199"}
    api.post(f"{C}/talk/Participants", pair)

    said = api.post(f"{C}/talk/Messages", {"Body": "hi"}).response["sid"]

    listed = api.get(f"{C}/talk/Messages/{said}/Receipts").response["delivery_receipts"]
    assert count == len(listed)


@pytest.mark.rule("timers-alone")
def test_timer_without_a_state_is_accepted_or_refused() -> None:
    alone, both = {"Timers.Closed": "PT10M"}, {"Timers.Closed": "PT10M", "State": "active"}
    strict = world_where(timers_alone="refused")

    assert 201 == outcome(world_where(), C, alone)
    assert [50382, 201] == [outcome(strict, C, alone), outcome(strict, C, both)]
    assert 50382 == outcome(strict, "/v1/ConversationWithParticipants", alone)


@pytest.mark.rule("timers-alone")
def test_update_of_timers_without_a_state_is_always_accepted() -> None:
    strict = world_where(timers_alone="refused")

    assert 200 == outcome(strict, f"{C}/talk", {"Timers.Closed": "PT10M"})


@pytest.mark.rule("timers-by-message")
@pytest.mark.parametrize(("answer", "state"), [("restarted", "active"), ("kept", "inactive")])
def test_message_restarts_timers_or_keeps_them(
    answer: str, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = world_where(timers_by_message=answer)
    now = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)
    monkeypatch.setattr(api.world.clock, "second", lambda: now)
    api.post(f"{C}/talk", {"Timers.Inactive": "PT1M"})
    now += timedelta(seconds=30)
    api.post(f"{C}/talk/Messages", {"Body": "hi"})
    now += timedelta(seconds=30)

    assert state == api.get(f"{C}/talk").response["state"]


NUMBER = "+15550190"
ADDRESS = "MessagingBinding.Address"


@pytest.mark.rule("ownership")
@pytest.mark.parametrize(
    ("owned", "path", "name", "form", "refused"),
    [
        (MG, C, "MessagingServiceSid", {}, 50342),
        (MG, "/v1/Configuration", "DefaultMessagingServiceSid", {}, 50342),
        (ME, f"{C}/talk/Messages", "MediaSid", {}, 50507),
        (HX, f"{C}/talk/Messages", "ContentSid", {}, 50526),
        (FW, f"{C}/talk/Webhooks", "Configuration.FlowSid", {"Target": "studio"}, 50367),
        (
            FW,
            "/v1/Configuration/Addresses",
            "AutoCreation.StudioFlowSid",
            {"Type": "sms", "Address": NUMBER},
            50367,
        ),
        (
            NUMBER,
            f"{C}/talk/Participants",
            "MessagingBinding.ProxyAddress",
            {ADDRESS: "+15550101"},
            50413,
        ),
        (NUMBER, f"{C}/talk/Participants", "MessagingBinding.ProjectedAddress", {}, 50439),
        (NUMBER, "/v1/Configuration/Addresses", "Address", {"Type": "sms"}, 20001),
    ],
)
def test_address_or_sid_that_is_not_owned_is_refused(
    owned: str, path: str, name: str, form: dict[str, str], refused: int
) -> None:
    mine, other = {**form, name: owned}, {**form, name: owned.replace("0", "1")}

    assert refused == outcome(world_where(owned), path, other)
    assert {outcome(world_where(owned), path, mine)} <= {200, 201}
    assert {outcome(world_where(), path, other)} <= {200, 201}
    another = MG if owned != MG else HX
    assert {outcome(world_where(another), path, other)} <= {200, 201}


def test_default_messaging_service_is_always_owned() -> None:
    api = world_where(MG)
    default = configuration.singleton(api.world.account, None).default_messaging_service_sid

    assert 201 == outcome(api, C, {"MessagingServiceSid": default})


# Settings of assumptions in a test


@pytest.mark.parametrize(
    ("options", "error", "text"),
    [
        (
            {"assume": {"empty-mesage": "refused"}},
            ValueError,
            "assume has no question 'empty-mesage'; did you mean 'empty-message'? There is: ",
        ),
        (
            {"assume": {"empty-message": "refuse"}},
            ValueError,
            "empty-message has no answer 'refuse'; did you mean 'refused'? "
            "There is: refused, accepted",
        ),
        (
            {"assume": ["empty-message"]},
            TypeError,
            "assume is a dict from questions to answers, not ['empty-message']",
        ),
        ({"owned": "+15550100"}, TypeError, "owned is a list of addresses and sids, not '+15"),
        (
            {"owned": ["IS" + "0" * 32]},
            ValueError,
            "owned contains addresses and sids (MG…, ME…, HX…, FW…), not 'IS00",
        ),
    ],
)
def test_invalid_assumption_is_refused(
    options: dict[str, object], error: type[Exception], text: str
) -> None:
    with pytest.raises(error) as refused:
        FakeConversations(**options)  # wrong on purpose

    assert str(refused.value).startswith(text)


def test_every_question_has_two_answers() -> None:
    assert {2} == {len({*answers}) for answers in QUESTIONS.values()}


def test_marker_overrides_the_assumptions_of_the_ini_option(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        import pytest
        from twilio.base.exceptions import TwilioRestException
        from twilio.rest import Client

        def say(fake_conversations, **what):
            talk = fake_conversations.conversations.add()
            Client().conversations.v1.conversations(talk.sid).messages.create(**what)

        def test_ini(fake_conversations):
            say(fake_conversations)
            assert fake_conversations.requests[0].rule is None

        @pytest.mark.fake_conversations(assume={}, owned=["ME" + "0" * 32])
        def test_marker(fake_conversations):
            with pytest.raises(TwilioRestException) as refused:
                say(fake_conversations)
            assert 50503 == refused.value.code
            assert "empty-message" == fake_conversations.requests[0].rule
            with pytest.raises(TwilioRestException):
                say(fake_conversations, media_sid="ME" + "1" * 32)

        @pytest.mark.fake_conversations(assume={})
        def test_failed(fake_conversations):
            say(fake_conversations)
        """
    )

    result = suite.runpytest("-o", "fake_conversations_assume=empty-message=accepted")

    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(
        [
            "*- Captured fake_conversations call -*",
            "#1 POST /v1/Conversations/CH*/Messages -> 400",
            "    refused: 50503 Message body not provided",
            "    this is an assumption; assume={'empty-message': 'accepted'} overrides it",
        ]
    )


def test_ini_option_without_an_answer_is_refused(suite: pytest.Pytester) -> None:
    suite.makepyfile("def test_it(fake_conversations): ...")

    result = suite.runpytest("-o", "fake_conversations_assume=empty-message")

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        ["fake_conversations: empty-message has no answer ''; there is: refused, accepted"]
    )


@pytest.mark.rule("group-texting")
def test_third_person_of_a_group_text_is_accepted_or_refused() -> None:
    def join_three(**answers: str) -> list[int]:
        api = world_where(**answers)
        numbers = ("+15550101", "+15550102", "+15550103")
        forms = [{"MessagingBinding.Address": number} for number in numbers]
        return [outcome(api, f"{C}/talk/Participants", form) for form in forms]

    assert [201, 201, 201] == join_three()
    assert [201, 201, 50452] == join_three(group_texting="off")


def test_pairs_of_addresses_do_not_need_group_texting() -> None:
    api = world_where(group_texting="off")

    for number in ("+15550101", "+15550102", "+15550103"):
        pair = {"MessagingBinding.Address": number, "MessagingBinding.ProxyAddress": "+15550199"}
        assert 201 == outcome(api, f"{C}/talk/Participants", pair)


@pytest.mark.rule("permission-names")
@pytest.mark.parametrize(
    ("permission", "hint"),
    [
        ("addParticipants", "; did you mean 'addParticipant'?"),
        ("sendMessage", ", but of a conversation role"),
        ("fly", ""),
    ],
)
def test_unknown_permission_is_named_to_the_test_but_not_in_the_answer(
    permission: str, hint: str
) -> None:
    api = world_where()
    account = AccountView(api.world, api.world.account)
    form = {"FriendlyName": "x", "Type": "service", "Permission": ["addParticipant", permission]}

    refused = api.post("/v1/Roles", form)
    with pytest.raises(ValueError, match="50104") as added:
        account.roles.add(type="service", permission=[permission])

    reason = f"50104 Permission not found ({permission!r} is no permission of a service role{hint})"
    assert "Permission not found" == refused.response["message"]
    assert reason == refused.reason
    assert f"Twilio refuses this: {reason}" == str(added.value)


@pytest.mark.rule("short-codes", "inbound-pair")
def test_text_to_a_short_code_creates_a_conversation() -> None:
    with FakeConversations(owned=["55555"]) as fake:
        fake.address_configurations.add(
            type="sms", address="55555", address_country="US", auto_creation_enabled=True
        )

        said = fake.handset("+15550101").send("hi", to="55555")

        [person] = fake.participants
        assert ("55555", "sms") == (
            person.messaging_binding_proxy_address,
            person.messaging_binding["type"],
        )
        assert "hi" == said.body


@pytest.mark.rule("short-codes", "proxy-form")
@pytest.mark.parametrize(
    ("proxy", "expected"), [("123", 201), ("12345678", 201), ("12", 50408), ("123456789", 50408)]
)
def test_proxy_address_may_be_a_short_code(proxy: str, expected: int) -> None:
    pair = {"MessagingBinding.Address": "+15550101", "MessagingBinding.ProxyAddress": proxy}

    assert expected == outcome(world_where(), f"{C}/talk/Participants", pair)


@pytest.mark.rule("short-codes", "address-form")
def test_address_of_a_person_is_no_short_code() -> None:
    pair = {"MessagingBinding.Address": "55555", "MessagingBinding.ProxyAddress": "66666"}

    assert 50407 == outcome(world_where(), f"{C}/talk/Participants", pair)
