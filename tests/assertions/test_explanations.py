"""Texts of failed assertions and lookups: a file in `texts` for each situation below.

`PYTHONPATH=tests python tests/assertions/test_explanations.py` writes the files anew. Read what
changed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from unittest.mock import ANY

import pytest
from conftest import Api
from dirty_equals import IsJson, IsStr

from pytest_conversations_fake import FakeConversations
from pytest_conversations_fake.api.deliveries import Delivery
from pytest_conversations_fake.api.faults import AnswerLost, RateLimited, Reset, TwilioError
from pytest_conversations_fake.api.outside import Outside
from pytest_conversations_fake.api.resources.webhook_configurations import webhooks
from pytest_conversations_fake.api.signing import sign
from pytest_conversations_fake.api.world import World
from pytest_conversations_fake.redirect import server_context
from pytest_conversations_fake.server.server import Server
from pytest_conversations_fake.state.account import AccountView
from pytest_conversations_fake.state.injecting import inject
from pytest_conversations_fake.strict.strictness import Strictness
from pytest_conversations_fake.webhooks.dispatcher import Dispatcher
from pytest_conversations_fake.webhooks.webhooks import Webhooks

pytestmark = pytest.mark.newest

TEXTS = Path(__file__).parent / "texts"
SITUATIONS: dict[str, Callable[[Scene], object]] = {}

C = "/v1/Conversations"
ONE, TWO = "AC" + "1" * 32, "AC" + "2" * 32
SECRET = "5ecret|s3cret|-----BEGIN"
LONG = (
    "Dear all, the desk will be closed on Monday, and open again on Tuesday from nine in the "
    "morning until six in the evening; whoever needs help meanwhile writes to us as ever."
)


class Scene:
    """A world called `a test` with two accounts, as the fixture would have set it up."""

    def __init__(self) -> None:
        self.address = "http://127.0.0.1:8010"
        self.cuts_texts = True
        self.outside = Outside(
            post=self.deliver,
            address=lambda: self.address,
            redirects=True,
            cuts_texts=lambda: self.cuts_texts,
        )
        self.world = World("a test", {ONE: {}, TWO: {}}, outside=self.outside)
        self.status = 200
        self.api = Api(self.world)
        self.get, self.post, self.delete = self.api.get, self.api.post, self.api.delete
        self.fake = AccountView(self.world, self.world.account)
        strictness = Strictness(self.world, ())
        self.webhooks = Webhooks(self.world, strictness, Dispatcher(self.world, strictness))

    def deliver(self, delivery: Delivery) -> bool:
        signing = sign(self.world, delivery).signing
        self.world.deliveries.append(replace(delivery, status=self.status, signing=signing))
        return True

    def tells(self, *events: str, url: str = "https://desk.example/hook") -> None:
        webhooks.configure(self.world.account, url, events)

    def talk(self, **params: object) -> str:
        return str(self.fake.conversations.add(**params).sid)


def situation(function: Callable[[Scene], object]) -> Callable[[Scene], object]:
    SITUATIONS[function.__name__] = function
    return function


# Other values


@situation
def almost_right(scene: Scene) -> None:
    scene.post("/v1/Services", {"FriendlyName": "Support"})
    scene.post(C, {"FriendlyName": "Suport", "UniqueName": "help"})
    scene.fake.conversations.assert_created(friendly_name="Support", unique_name="help")


@situation
def nearest_requests_come_first(scene: Scene) -> None:
    for name in ("Sales", "Billing", "Support desk", "support", "Supporters of the club"):
        scene.post(C, {"FriendlyName": name, "UniqueName": name})
    scene.post(C, {"FriendlyName": "Support"})
    scene.fake.conversations.assert_created(friendly_name="Support", unique_name="Support")


@situation
def equally_distant_requests_keep_their_order(scene: Scene) -> None:
    for name in "abcde":
        scene.post(C, {"FriendlyName": name})
    scene.fake.conversations.assert_created(friendly_name="x")


@situation
def a_name_and_a_value_have_control_characters(scene: Scene) -> None:
    scene.post(C, {"FriendlyName": "Sup\x1b[31mport\n", "Unique\nName\x1b[0m\u202e": "help"})
    scene.fake.conversations.assert_created(friendly_name="Support", unique_name="help")


@situation
def parameters_were_not_sent(scene: Scene) -> None:
    scene.post(C, {"FriendlyName": "Support"})
    scene.fake.conversations.assert_created(unique_name="help", attributes=IsJson({"a": 1}))


@situation
def a_long_text_differs_in_the_middle(scene: Scene) -> None:
    talk = scene.talk()
    scene.post(f"{C}/{talk}/Messages", {"Body": LONG.replace("Monday", "Munday")})
    scene.fake.messages.assert_created(body=LONG)


@situation
def a_long_text_differs_at_its_end(scene: Scene) -> None:
    talk = scene.talk()
    scene.post(f"{C}/{talk}/Messages", {"Body": f"{LONG} Yours, the desk"})
    scene.fake.messages.assert_created(body=LONG)


@situation
def a_long_text_differs_at_its_beginning(scene: Scene) -> None:
    talk = scene.talk()
    scene.post(f"{C}/{talk}/Messages", {"Body": LONG.lower()})
    scene.fake.messages.assert_created(body=LONG)


@situation
def a_long_text_was_expected_and_a_short_one_sent(scene: Scene) -> None:
    talk = scene.talk()
    scene.post(f"{C}/{talk}/Messages", {"Body": "bye"})
    scene.fake.messages.assert_created(body=LONG)


@situation
def a_text_of_several_lines_differs(scene: Scene) -> None:
    talk = scene.talk()
    lines = "Dear all,\n\n\tthe desk is closed.\n\nYours, \"Ada\" & 'Ben'"
    scene.post(f"{C}/{talk}/Messages", {"Body": lines.replace("closed.", "closed!")})
    scene.fake.messages.assert_created(body=lines)


@situation
def long_json_differs(scene: Scene) -> None:
    sent = (
        '{"customer": {"name": "Ada", "since": 1815, "languages": ["en", "fr"]}, "tags": ["vip"]}'
    )
    scene.post(C, {"Attributes": sent})
    scene.fake.conversations.assert_created(attributes=sent.replace("1815", "1816"))


@situation
def a_matcher_does_not_match(scene: Scene) -> None:
    scene.post(C, {"FriendlyName": "Support", "UniqueName": "help"})
    scene.fake.conversations.assert_created(unique_name=ANY, friendly_name=IsStr(regex="[0-9]+"))


@situation
def a_matcher_does_not_match_a_long_text(scene: Scene) -> None:
    talk = scene.talk()
    scene.post(f"{C}/{talk}/Messages", {"Body": LONG})
    scene.fake.messages.assert_created(body=IsStr(regex="Dear (Ada|Ben|Cem|Dan|Eve|Fay|Gil|Hal).*"))


@situation
def a_number_was_expected_as_a_text(scene: Scene) -> None:
    talk = scene.talk(unique_name="talk")
    scene.fake.participants.add(conversation_sid=talk, identity="ada")
    scene.post(f"{C}/talk/Participants/ada", {"LastReadMessageIndex": "0"})
    scene.fake.participants.assert_updated(last_read_message_index="0")


@situation
def a_list_differs(scene: Scene) -> None:
    events = ["onMessageAdded", "onMessageUpdated", "onConversationAdded", "onParticipantAdded"]
    scene.post("/v1/Configuration/Webhooks", {"Filters": events})
    expected = [*events[:3], "onParticipantRemoved"]
    scene.fake.webhook_configuration.assert_updated(filters=expected)


@situation
def an_instant_differs(scene: Scene) -> None:
    scene.post(C, {"DateCreated": "2026-01-02T03:04:05Z", "DateUpdated": "2026-01-02T03:04:05Z"})
    scene.fake.conversations.assert_created(
        date_created=datetime(2026, 1, 2, 4, 4, 5, tzinfo=timezone.utc)
    )


@situation
def request_for_another_conversation(scene: Scene) -> None:
    one, other = scene.talk(), scene.talk()
    scene.post(f"{C}/{one}/Messages", {"Body": "hi"})
    scene.fake.messages.assert_created(conversation_sid=other, body="hi")


@situation
def many_long_values_were_expected(scene: Scene) -> None:
    talk = scene.talk()
    scene.post(f"{C}/{talk}/Messages", {"Author": "ada", "MediaSid": "ME" + "0" * 32})
    scene.fake.messages.assert_created(
        conversation_sid=talk, author="ada", body=LONG, attributes='{"priority": "high", "n": 1}'
    )


@situation
def a_secret_differs(scene: Scene) -> None:
    scene.post("/v1/Credentials", {"Type": "fcm", "Secret": "5ecret", "FriendlyName": "phones"})
    scene.fake.credentials.assert_created(secret="s3cret", friendly_name="Phones")


@situation
def a_secret_was_not_sent(scene: Scene) -> None:
    scene.post("/v1/Credentials", {"Type": "apn"})
    scene.fake.credentials.assert_created(type="apn", certificate="-----BEGIN", private_key=ANY)


@situation
def a_url_with_a_password_differs(scene: Scene) -> None:
    url = "https://desk:5ecret@desk.example/{}"
    scene.post("/v1/Configuration/Webhooks", {"PostWebhookUrl": url.format("hook")})
    scene.fake.webhook_configuration.assert_updated(post_webhook_url=url.format("hooks"))


@situation
def only_the_password_of_a_url_differs(scene: Scene) -> None:
    url = "https://desk:{}@desk.example/"
    scene.post("/v1/Configuration/Webhooks", {"PostWebhookUrl": url.format("5ecret")})
    scene.fake.webhook_configuration.assert_updated(post_webhook_url=url.format("s3cret"))


@situation
def below_a_service_the_path_is_long(scene: Scene) -> None:
    service = scene.fake.services.add().sid
    talk = scene.talk(chat_service_sid=service)
    message = scene.fake.messages.add(conversation_sid=talk).sid
    for body in ("hi", "hello"):
        path = f"/v1/Services/{service}/Conversations/{talk}/Messages/{message}"
        scene.post(path, {"Body": body})
    scene.fake.messages.assert_updated(chat_service_sid=service, body="hi there")


@situation
def a_path_is_longer_than_a_line(scene: Scene) -> None:
    scene.get(f"{C}/{'a-name-' * 20}end")
    scene.get(f"{C}/{'a/b/' * 40}end")
    scene.fake.conversations.assert_fetched(sid="help", refused=True)


@situation
def verbose_pytest_shows_all(scene: Scene) -> None:
    scene.cuts_texts = False
    talk = scene.talk()
    scene.post(f"{C}/{talk}/Messages", {"Body": LONG.replace("Monday", "Munday")})
    scene.fake.messages.assert_created(conversation_sid=talk, body=LONG)


# Too many, too few


@situation
def too_many(scene: Scene) -> None:
    for _ in range(5):
        scene.post(C, {"FriendlyName": "Support"})
    scene.fake.conversations.assert_created(friendly_name="Support")


@situation
def too_few(scene: Scene) -> None:
    scene.post(C)
    scene.fake.conversations.assert_created(count=2)


@situation
def too_few_and_another_that_is_near(scene: Scene) -> None:
    scene.post(C, {"FriendlyName": "Support"})
    scene.post(C, {"FriendlyName": "Suport"})
    scene.fake.conversations.assert_created(count=2, friendly_name="Support")


@situation
def too_few_within_a_time(scene: Scene) -> None:
    scene.post(C)
    scene.fake.conversations.assert_created(count=3, within=0.5)


@situation
def unexpected_request(scene: Scene) -> None:
    scene.post(C, {"FriendlyName": "Support"})
    scene.fake.conversations.assert_not_created(friendly_name="Support")


@situation
def more_requests_than_at_most(scene: Scene) -> None:
    for name in ("one", "two", "three", "four"):
        scene.talk(unique_name=name)
        scene.get(f"{C}/{name}")
    scene.get(f"{C}/five")
    scene.fake.conversations.assert_fetched(at_most=2)


@situation
def one_request_with_at_most_zero(scene: Scene) -> None:
    scene.talk(unique_name="one")
    scene.get(f"{C}/one")
    scene.fake.conversations.assert_fetched(at_most=0, sid=scene.fake.conversations.one().sid)


# Refusals


@situation
def request_was_refused(scene: Scene) -> None:
    scene.post(C, {"FriendlyName": "Support", "State": "open"})
    scene.fake.conversations.assert_created(friendly_name="Support")


@situation
def request_was_refused_with_another_code(scene: Scene) -> None:
    scene.post(C, {"State": "open"})
    scene.post(C, {"State": "active"})
    scene.fake.conversations.assert_created(refused=50384)


@situation
def request_was_not_refused(scene: Scene) -> None:
    scene.post(C, {"UniqueName": "help"})
    scene.fake.conversations.assert_created(refused=True, unique_name="help")


@situation
def request_was_refused_too_often(scene: Scene) -> None:
    for _ in range(3):
        scene.post(C, {"UniqueName": "help"})
    scene.fake.conversations.assert_created(refused=50353)


@situation
def request_was_refused_with_a_long_text(scene: Scene) -> None:
    inject(scene.world, TwilioError(50353, message=LONG * 3), None, None, 0, None)
    scene.post(C)
    scene.fake.conversations.assert_created()


@situation
def credentials_of_no_account(scene: Scene) -> None:
    scene.world.authenticator.enforced = True
    scene.post(C, {"FriendlyName": "Support"}, user=ONE, password="wrong")
    scene.fake.conversations.assert_created(friendly_name="Support")


@situation
def unknown_path(scene: Scene) -> None:
    scene.post("/v1/Conversation", {"FriendlyName": "Support"})
    scene.post("/v2/Conversations", {"FriendlyName": "Support"})
    scene.fake.conversations.assert_created(friendly_name="Support")


# Faults


@situation
def request_met_a_fault(scene: Scene) -> None:
    inject(scene.world, RateLimited(), None, None, 0, None)
    scene.post(C)
    scene.fake.conversations.assert_created()


@situation
def request_was_not_answered(scene: Scene) -> None:
    inject(scene.world, Reset(), None, None, 0, None)
    scene.post(C)
    scene.fake.conversations.assert_created()


@situation
def request_was_repeated_after_a_lost_answer(scene: Scene) -> None:
    inject(scene.world, AnswerLost(), None, 1, 0, None)
    scene.post(C, {"FriendlyName": "Support"})
    scene.post(C, {"FriendlyName": "Support"})
    scene.fake.conversations.assert_created(friendly_name="Support")


# Something else, or nothing


@situation
def requests_for_other_operations(scene: Scene) -> None:
    scene.get(C)
    scene.api.ask("PUT", C)
    scene.fake.conversations.assert_created()


@situation
def requests_for_the_same_noun_come_first(scene: Scene) -> None:
    for name in "abc":
        scene.post("/v1/Services", {"FriendlyName": name})
    talk = scene.talk()
    scene.post(f"{C}/{talk}", {"State": "closed"})
    scene.fake.conversations.assert_deleted(sid=talk)


@situation
def no_request(scene: Scene) -> None:
    scene.fake.conversations.assert_created()


@situation
def no_request_within_a_time(scene: Scene) -> None:
    scene.fake.services.assert_created(within=2)


@situation
def no_request_without_redirection(scene: Scene) -> None:
    scene.world.outside = replace(scene.outside, redirects=False)
    scene.fake.conversations.assert_created()


@situation
def no_request_before_the_start(scene: Scene) -> None:
    scene.address = ""
    scene.fake.conversations.assert_created()


@situation
def request_to_another_account(scene: Scene) -> None:
    token = scene.world.authenticator.accounts[1].auth_token
    scene.post(C, {"FriendlyName": "Support"}, user=TWO, password=token)
    scene.fake.conversations.assert_created(friendly_name="Support")


@situation
def other_requests_to_another_account(scene: Scene) -> None:
    token = scene.world.authenticator.accounts[1].auth_token
    scene.get(C)
    scene.get("/v1/Services", user=TWO, password=token)
    scene.get("/v1/Roles", user=TWO, password=token)
    scene.fake.conversations.assert_created(friendly_name="Support")


@situation
def request_to_another_host(scene: Scene) -> None:
    import requests

    with FakeConversations(name="a test") as fake:
        with suppress(requests.ConnectionError):
            requests.get("https://api.twilio.com/2010-04-01/Accounts")
        try:
            fake.conversations.assert_listed()
        finally:
            fake._lifecycle.refused_hosts.clear()


@situation
def request_to_an_inner_fake(scene: Scene) -> None:
    with FakeConversations(name="outer") as outer:
        with FakeConversations(name="inner") as inner:
            inner.twilio_client().conversations.v1.services.create(friendly_name="Support")
        outer.services.assert_created(friendly_name="Support")


@situation
def request_with_credentials_of_an_earlier_test(scene: Scene) -> None:
    with ExitStack() as running:
        server = Server(tls=server_context())
        running.callback(server.stop)
        before = FakeConversations(name="test_one", account_sid=ONE)
        with before._lifecycle.serve_on(server):
            client = before.twilio_client()
        now = FakeConversations(name="test_two", account_sid=TWO)
        running.enter_context(now._lifecycle.serve_on(server))
        with suppress(Exception):
            client.conversations.v1.services.create(friendly_name="Support")
        now.services.assert_created(friendly_name="Support")


# Lookups


@situation
def no_record_matches(scene: Scene) -> None:
    for name in ("sales", "halp", "billing", "help-desk"):
        scene.talk(unique_name=name, friendly_name=name.title())
    scene.fake.conversations.one(unique_name="help")


@situation
def several_records_match(scene: Scene) -> None:
    for _ in range(4):
        scene.talk(friendly_name="Help")
    scene.fake.conversations.one(friendly_name="Help")


@situation
def collection_is_empty(scene: Scene) -> None:
    scene.fake.conversations.one(unique_name="help", state="active")


@situation
def nearest_record_has_a_long_name(scene: Scene) -> None:
    scene.talk(friendly_name=LONG, unique_name="help")
    scene.fake.conversations.one(friendly_name=LONG.upper())


# Webhooks


@situation
def no_webhook_is_configured(scene: Scene) -> None:
    scene.post(C)
    scene.webhooks.assert_delivered("onConversationAdded")


@situation
def webhook_filters_lack_the_event(scene: Scene) -> None:
    scene.tells("onMessageAdded", "onConversationRemoved")
    scene.post(C)
    scene.webhooks.assert_delivered("onConversationAdded")


@situation
def requests_did_not_enable_webhooks(scene: Scene) -> None:
    scene.tells("onConversationAdded")
    scene.post(C, {"FriendlyName": "Support"})
    scene.webhooks.assert_delivered("onConversationAdded", friendly_name="Support")


@situation
def no_request_caused_the_event(scene: Scene) -> None:
    scene.tells("onConversationAdded")
    scene.webhooks.assert_delivered("onConversationAdded")


@situation
def pre_event_that_only_people_cause(scene: Scene) -> None:
    scene.tells("onConversationAdd")
    scene.post(C, headers={"x-twilio-webhook-enabled": "true"})
    scene.webhooks.assert_delivered("onConversationAdd")


def say(scene: Scene, *bodies: str) -> None:
    talk = scene.talk()
    for body in bodies:
        enabled = {"x-twilio-webhook-enabled": "true"}
        scene.post(f"{C}/{talk}/Messages", {"Body": body}, headers=enabled)


@situation
def webhook_with_other_parameters(scene: Scene) -> None:
    scene.tells("onMessageAdded", url="https://desk:5ecret@desk.example/hook")
    say(scene, "bye", "hi")
    scene.webhooks.assert_delivered("onMessageAdded", body="high", index=1)


@situation
def webhooks_for_other_events(scene: Scene) -> None:
    scene.tells("onMessageAdded", "onUserAdded", "onMessageRemoved")
    say(scene, "bye")
    scene.webhooks.assert_delivered("onMessageRemoved")


@situation
def too_many_webhooks(scene: Scene) -> None:
    scene.tells("onMessageAdded")
    say(scene, "hi", "hi")
    scene.webhooks.assert_delivered("onMessageAdded", body="hi")


@situation
def unexpected_webhook(scene: Scene) -> None:
    scene.tells("onMessageAdded")
    say(scene, "hi")
    scene.webhooks.assert_not_delivered("onMessageAdded")


@situation
def webhook_failed(scene: Scene) -> None:
    scene.tells("onMessageAdded", url=f"https://desk.example/{'a-long-path/' * 10}hook")
    scene.status = 500
    say(scene, "hi")
    scene.webhooks.assert_delivered("onMessageAdded", body="hi")


@situation
def webhook_was_refused(scene: Scene) -> None:
    scene.tells("onMessageAdded")
    scene.status = 403
    say(scene, "hi")
    scene.webhooks.assert_delivered("onMessageAdded", body="hi")


@situation
def webhook_by_get_was_refused(scene: Scene) -> None:
    scene.tells("onMessageAdded", url="https://u:pw@desk.example/hook?room=1")
    scene.post("/v1/Configuration/Webhooks", {"Method": "GET"})
    scene.status = 401
    say(scene, "hi")
    scene.webhooks.assert_delivered("onMessageAdded", body="hi")


@situation
def webhook_did_not_fail(scene: Scene) -> None:
    scene.tells("onMessageAdded")
    say(scene, "hi")
    scene.webhooks.assert_delivered("onMessageAdded", failed=True)


def text_of(name: str) -> str:
    """The text of a situation's failure, always with the same port."""
    with pytest.raises((AssertionError, LookupError)) as failed:
        SITUATIONS[name](Scene())
    return re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:8010", str(failed.value)) + "\n"


@pytest.fixture(autouse=True)
def without_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("name", SITUATIONS)
def test_failure_has_this_text(name: str) -> None:
    expected = (TEXTS / f"{name}.txt").read_text()

    text = text_of(name)

    assert expected == text


def test_texts_have_at_most_the_maximum_width() -> None:
    wide = [
        line
        for path in TEXTS.iterdir()
        if path.stem != "verbose_pytest_shows_all"
        for line in path.read_text().splitlines()[1:]
        if len(line) > 76 or line != line.rstrip()
    ]

    assert [] == wide


def test_no_text_shows_a_secret() -> None:
    with_secrets = [path.stem for path in TEXTS.iterdir() if re.search(SECRET, path.read_text())]

    assert [] == with_secrets


def test_each_text_belongs_to_a_situation() -> None:
    assert {*SITUATIONS} == {path.stem for path in TEXTS.iterdir()}
    assert len(SITUATIONS) >= 40


if __name__ == "__main__":
    for path in TEXTS.iterdir():
        path.unlink()
    for each in SITUATIONS:
        (TEXTS / f"{each}.txt").write_text(text_of(each))
