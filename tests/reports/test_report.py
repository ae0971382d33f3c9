"""The report as text."""

from __future__ import annotations

from datetime import datetime, timezone
from textwrap import dedent

import pytest
import time_machine
from conftest import Api

from pytest_conversations_fake import FakeConversations
from pytest_conversations_fake.api.resources.services import Services
from pytest_conversations_fake.api.resources.webhook_configurations import webhooks
from pytest_conversations_fake.api.wording import shortened
from pytest_conversations_fake.api.world import World
from pytest_conversations_fake.reports.report import report
from pytest_conversations_fake.reports.text import WIDTH, parameters_text
from pytest_conversations_fake.state.account import AccountView

pytestmark = pytest.mark.newest


def text_of(world: World) -> str:
    return str(report(world, []))


def test_report_without_requests_says_so(world: World) -> None:
    assert "no requests" == text_of(world)


def test_report_shows_requests_refusals_webhooks_and_messages(world: World, api: Api) -> None:
    webhooks.configure(world.account, "https://bot:pass@desk.example", ["onMessageAdded"])
    talk = api.post("/v1/Conversations", {"FriendlyName": "Help\nDesk"}).response["sid"]
    message = api.post(
        f"/v1/Conversations/{talk}/Messages",
        {"Author": "ada", "Body": "hello\nthere"},
        headers={"x-twilio-webhook-enabled": "true"},
    )
    api.post("/v1/Conversations", {"State": "open"})

    sid = shortened(message.response["sid"])
    assert dedent(
        f"""\
            #1 POST /v1/Conversations -> 201 {talk[:6]}…  friendly_name='Help\\nDesk'
            #2 POST /v1/Conversations/{talk[:6]}…/Messages -> 201 {sid}
                body='hello\\nthere', author='ada', x_twilio_webhook_enabled='true'
            webhook: onMessageAdded to https://bot:***@desk.example -> None
                body='hello\\nthere', author='ada', conversation_sid='{talk[:6]}…'
            #3 POST /v1/Conversations -> 400  state='open'
                refused: 50378 'State' parameter value is invalid (State is one of active,
                inactive, closed, not 'open')

            conversation 'Help\\nDesk' {talk[:6]}…, active: nobody
              ada: hello there"""
    ) == text_of(world)


def test_report_shows_actions_of_people_and_clock_between_requests() -> None:
    with FakeConversations() as fake:
        fake.conversations.add(unique_name="talk")
        conversations = fake.twilio_client().conversations.v1.conversations
        fake.chat_user("ada").join("talk")
        conversations("talk").fetch()
        with pytest.raises(LookupError):
            fake.chat_user("bob").send("hi\nall", to="talk")
        fake.clock.shift(days=1)

        lines = str(fake.report()).splitlines()[:4]

    assert [lines[0], *lines[2:]] == [
        "chat_user('ada').join('talk')",
        r"chat_user('bob').send('hi\nall', to='talk') raised LookupError",
        "clock.shift(days=1)",
    ]
    assert lines[1].startswith("#1 GET /v1/Conversations/talk -> 200")


def test_report_shows_the_last_requests_only(world: World, api: Api) -> None:
    for number in range(25):
        api.post("/v1/Services", {"FriendlyName": f"desk {number}"} if number else {})

    first, second, *_, last = text_of(world).splitlines()

    assert "5 earlier requests, 1 refused" == first
    assert second.startswith("#6 POST /v1/Services -> 201 IS")
    assert last.startswith("#25 POST /v1/Services -> 201 IS")
    assert last.endswith("…  friendly_name='desk 24'")


def test_report_shows_the_last_messages_only(world: World, account: AccountView) -> None:
    talk = account.conversations.add(unique_name="help")
    for number in range(7):
        account.messages.add(conversation_sid=talk.sid, author="ada", body=f"{number} " * 50)

    _, _, heading, before, *lines = text_of(world).splitlines()

    assert f"conversation 'help' {shortened(talk.sid)}, active: nobody" == heading
    assert "  (2 earlier messages)" == before
    assert [f"  ada: {number} {number} " for number in range(2, 7)] == [line[:11] for line in lines]
    assert {WIDTH} == {*map(len, lines)}


def test_report_shows_the_conversations_with_the_last_activity(
    world: World, account: AccountView
) -> None:
    first, _, _, silent = [
        account.conversations.add(unique_name=name) for name in ("first", "b", "c", "silent")
    ]
    for talk in account.conversations:
        if talk != silent:
            account.messages.add(conversation_sid=talk.sid, body="hi")
    account.participants.add(conversation_sid=first.sid, identity="ada")

    lines = [line for line in text_of(world).splitlines() if "conversation" in line]

    assert "1 other conversation" == lines[0]
    assert ["'b'", "'c'", "'first'"] == [line.split()[1] for line in lines[1:]]


def test_report_shows_participants_media_and_failed_receipts(
    world: World, account: AccountView
) -> None:
    talk = account.conversations.add(unique_name="help")
    account.participants.add(conversation_sid=talk.sid, identity="ada")
    phone = account.participants.add(
        conversation_sid=talk.sid,
        messaging_binding_address="+15550100",
        messaging_binding_proxy_address="+15550199",
    )
    image = account.media.add(filename="image.png")
    message = account.messages.add(conversation_sid=talk.sid, author="ada", media_sid=image.sid)
    [receipt] = account.receipts
    world.account.store.change(receipt._record, status="undelivered", error_code=30003)
    content = "HX" + "0" * 32
    account.messages.add(
        conversation_sid=talk.sid, author=phone.messaging_binding["address"], body="hi"
    )
    account.messages.add(conversation_sid=talk.sid, author="ada", content_sid=content)

    assert message.media
    assert dedent(
        f"""\
            no requests

            conversation 'help' {talk.sid[:6]}…, active: ada, +15550100 (via +15550199)
              ada: [image.png]
                (undelivered to +15550100, 30003)
              +15550100: hi
              ada: [template HX0000…]"""
    ) == text_of(world)


def test_report_shows_projected_addresses(world: World, account: AccountView) -> None:
    talk = account.conversations.add()
    account.participants.add(
        conversation_sid=talk.sid, identity="ada", messaging_binding_projected_address="+15550199"
    )

    assert text_of(world).endswith(f"conversation {talk.sid[:6]}…, active: ada (as +15550199)")


def test_report_covers_every_account() -> None:
    one, two = ("AC" + digit * 32 for digit in "12")
    world = World("a test", {one: {"auth_token": "a"}, two: {"auth_token": "b"}})
    api = Api(world)
    account = AccountView(world, world.authenticator.accounts[1])
    service = account.services.add(friendly_name="Support")

    api.post("/v1/Conversations", {"UniqueName": "a"}, user=one, password="a")
    api.post(
        f"/v1/Services/{service.sid}/Conversations", {"UniqueName": "b"}, user=two, password="b"
    )

    context = f"service 'Support' {service.sid[:6]}…, account AC2222…"
    a, b = (each.response["sid"][:6] for each in world.journal)
    assert dedent(
        f"""\
            #1 POST /v1/Conversations -> 201 {a}… of AC1111…  unique_name='a'
            #2 POST /v1/Services/{service.sid[:6]}…/Conversations -> 201 {b}… of AC2222…
                unique_name='b'

            conversation 'a' {a}… (account AC1111…), active: nobody
            conversation 'b' {b}… ({context}), active:…"""
    ) == text_of(world)


def test_report_ends_with_errors_inside_the_fake(
    world: World, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise KeyError("oops")

    monkeypatch.setattr(Services, "create", broken)
    with pytest.raises(KeyError):
        api.post("/v1/Services", {"FriendlyName": "x"})

    text = text_of(world)

    assert "\n\nan error inside the fake:\nTraceback (most recent call last):\n" in text
    assert text.endswith("\nKeyError: 'oops'")


def test_report_after_the_test_does_not_run_timers_out(world: World, api: Api) -> None:
    with time_machine.travel(datetime(2020, 2, 2, tzinfo=timezone.utc)):
        api.post("/v1/Conversations", {"UniqueName": "help", "Timers.Closed": "PT10M"})

    assert text_of(world).endswith(", active: nobody")


@pytest.mark.parametrize(
    ("width", "text"),
    [
        (79, "body='Where is my parcel?', author='ada'"),
        (30, "body='Where is my parcel?', a…"),
        (20, "body='Where is my p…"),
        (10, "body='Whe…"),
    ],
)
def test_parameters_are_cut_to_the_width(api: Api, root: str, width: int, text: str) -> None:
    request = api.post(
        f"{root}/Conversations/talk/Messages", {"Author": "ada", "Body": "Where is my parcel?"}
    )

    assert text == parameters_text(request, width)


def test_secret_parameter_is_masked(api: Api) -> None:
    form = {"Type": "fcm", "Secret": "hunter2", "FriendlyName": "push"}

    request = api.post("/v1/Credentials", form)

    assert "friendly_name='push', type='fcm', secret='***'" == parameters_text(request, 79)


def test_short_message_stays_whole_beside_a_long_file_name(
    world: World, account: AccountView
) -> None:
    talk = account.conversations.add()
    name = f"{'long' * 20}.png"
    image = account.media.add(filename=name)
    account.messages.add(conversation_sid=talk.sid, author="ada", body="hi", media_sid=image.sid)

    assert f"  ada: hi [{name}]" == text_of(world).splitlines()[-1]
