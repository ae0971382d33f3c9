"""What a report says of a fake, whole, as people see it."""

from __future__ import annotations

from datetime import datetime, timezone
from textwrap import dedent

import pytest
import time_machine
from conftest import Api

from pytest_conversations_fake.api.resources.services import Services
from pytest_conversations_fake.api.resources.webhook_configurations import webhooks
from pytest_conversations_fake.api.wording import shortened
from pytest_conversations_fake.api.world import World
from pytest_conversations_fake.reports.report import report
from pytest_conversations_fake.reports.text import WIDTH, said
from pytest_conversations_fake.state.account import AccountView


def told(world: World) -> str:
    return str(report(world, []))


def test_where_nothing_happened_it_says_so(world: World) -> None:
    assert "nothing was requested" == told(world)


def test_requests_refusals_webhooks_and_what_was_said(world: World, api: Api) -> None:
    webhooks.configure(world.account, "https://bot:pass@desk.example", ["onMessageAdded"])
    talk = api.post("/v1/Conversations", {"FriendlyName": "Help\nDesk"}).response["sid"]
    message = api.post(
        f"/v1/Conversations/{talk}/Messages",
        {"Author": "ada", "Body": "hello\nthere"},
        headers={"x-twilio-webhook-enabled": "true"},
    )
    api.post("/v1/Conversations", {"State": "open"})

    said = shortened(message.response["sid"])
    assert dedent(
        f"""\
            #1 POST /v1/Conversations -> 201 {talk[:6]}…  friendly_name='Help\\nDesk'
            #2 POST /v1/Conversations/{talk[:6]}…/Messages -> 201 {said}
                body='hello\\nthere', author='ada', x_twilio_webhook_enabled='true'
            #3 POST /v1/Conversations -> 400  state='open'
                refused: 50378 'State' parameter value is invalid
            webhook: onMessageAdded to https://bot:***@desk.example -> None

            conversation 'Help\\nDesk' {talk[:6]}…, active: nobody
              ada: hello there"""
    ) == told(world)


def test_of_many_requests_the_last_ones_are_shown(world: World, api: Api) -> None:
    for number in range(25):
        api.post("/v1/Services", {"FriendlyName": f"desk {number}"} if number else {})

    first, second, *_, last = told(world).splitlines()

    assert "requests: 5 before these, 1 refused" == first
    assert second.startswith("#6 POST /v1/Services -> 201 IS")
    assert last.startswith("#25 POST /v1/Services -> 201 IS")
    assert last.endswith("…  friendly_name='desk 24'")


def test_of_long_talks_the_last_messages_are_shown(world: World, account: AccountView) -> None:
    talk = account.conversations.add(unique_name="help")
    for number in range(7):
        account.messages.add(conversation_sid=talk.sid, author="ada", body=f"{number} " * 50)

    _, _, heading, before, *lines = told(world).splitlines()

    assert f"conversation 'help' {shortened(talk.sid)}, active: nobody" == heading
    assert "  (2 messages before these)" == before
    assert [f"  ada: {number} {number} " for number in range(2, 7)] == [line[:11] for line in lines]
    assert {WIDTH} == {*map(len, lines)}


def test_the_talks_that_were_alive_last_are_shown(world: World, account: AccountView) -> None:
    first, _, _, silent = [
        account.conversations.add(unique_name=name) for name in ("first", "b", "c", "silent")
    ]
    for talk in account.conversations:
        if talk != silent:
            account.messages.add(conversation_sid=talk.sid, body="hi")
    account.participants.add(conversation_sid=first.sid, identity="ada")

    lines = [line for line in told(world).splitlines() if line.startswith("conversation")]

    assert "conversations: 1 besides these" == lines[0]
    assert ["'b'", "'c'", "'first'"] == [line.split()[1] for line in lines[1:]]


def test_who_takes_part_and_what_did_not_arrive(world: World, account: AccountView) -> None:
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
            nothing was requested

            conversation 'help' {talk.sid[:6]}…, active: ada, +15550100 (by +15550199)
              ada: [image.png]
                (undelivered to +15550100, 30003)
              +15550100: hi
              ada: [template HX0000…]"""
    ) == told(world)


def test_a_group_text_shows_the_addresses_that_stand_for_people(
    world: World, account: AccountView
) -> None:
    talk = account.conversations.add()
    account.participants.add(
        conversation_sid=talk.sid, identity="ada", messaging_binding_projected_address="+15550199"
    )

    assert told(world).endswith(f"conversation {talk.sid[:6]}…, active: ada (as +15550199)")


def test_every_account_is_told_of() -> None:
    one, two = ("AC" + digit * 32 for digit in "12")
    world = World("a test", {one: {"auth_token": "a"}, two: {"auth_token": "b"}})
    api = Api(world)
    account = AccountView(world, world.authenticator.accounts[1])
    service = account.services.add(friendly_name="Support")

    api.post("/v1/Conversations", {"UniqueName": "a"}, user=one, password="a")
    api.post(
        f"/v1/Services/{service.sid}/Conversations", {"UniqueName": "b"}, user=two, password="b"
    )

    where = f"service 'Support' {service.sid[:6]}…, account AC2222…"
    a, b = (each.response["sid"][:6] for each in world.journal)
    assert dedent(
        f"""\
            #1 POST /v1/Conversations -> 201 {a}… of AC1111…  unique_name='a'
            #2 POST /v1/Services/{service.sid[:6]}…/Conversations -> 201 {b}… of AC2222…
                unique_name='b'

            conversation 'a' {a}… (account AC1111…), active: nobody
            conversation 'b' {b}… ({where}), active:…"""
    ) == told(world)


def test_an_error_inside_the_fake_comes_last(
    world: World, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise KeyError("oops")

    monkeypatch.setattr(Services, "create", broken)
    with pytest.raises(KeyError):
        api.post("/v1/Services", {"FriendlyName": "x"})

    text = told(world)

    assert "\n\nan error inside the fake:\nTraceback (most recent call last):\n" in text
    assert text.endswith("\nKeyError: 'oops'")


def test_a_test_whose_time_is_over_is_told_of_as_it_was(world: World, api: Api) -> None:
    with time_machine.travel(datetime(2020, 2, 2, tzinfo=timezone.utc)):
        api.post("/v1/Conversations", {"UniqueName": "help", "Timers.Closed": "PT10M"})

    assert told(world).endswith(", active: nobody")


@pytest.mark.parametrize(
    ("width", "text"),
    [
        (79, "body='Where is my parcel?', author='ada'"),
        (30, "body='Where is my parcel?', a…"),
        (20, "body='Where is my p…"),
        (10, "body='Whe…"),
    ],
)
def test_what_was_said_is_cut_to_the_line(api: Api, root: str, width: int, text: str) -> None:
    exchange = api.post(
        f"{root}/Conversations/talk/Messages", {"Author": "ada", "Body": "Where is my parcel?"}
    )

    assert text == said(exchange, width)


def test_what_is_secret_is_not_said(api: Api) -> None:
    form = {"Type": "fcm", "Secret": "hunter2", "FriendlyName": "push"}

    exchange = api.post("/v1/Credentials", form)

    assert "friendly_name='push', type='fcm', secret='***'" == said(exchange, 79)
