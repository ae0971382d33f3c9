"""Control characters from outside are escaped wherever people read them."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from unicodedata import category

import pytest
from conftest import Api

from pytest_conversations_fake import FakeConversations
from pytest_conversations_fake.api.deliveries import Delivery
from pytest_conversations_fake.api.ignored_parameters import ignored_sentence
from pytest_conversations_fake.api.journal import RecordedRequest, Request, Response
from pytest_conversations_fake.api.refusals import MalformedForm
from pytest_conversations_fake.api.wording import visible
from pytest_conversations_fake.api.world import World
from pytest_conversations_fake.redirect import Guard
from pytest_conversations_fake.reports.page import page
from pytest_conversations_fake.reports.report import report
from pytest_conversations_fake.state.account import AccountView
from pytest_conversations_fake.strict.strictness import REMEDY, strictness_error
from pytest_conversations_fake.strict.violations import Violation

pytestmark = pytest.mark.newest

HOSTILE = (
    "a\n\r\t\0\x1b[31m\x7f\x85\x9b\xad\u061c\u200b\u2028\u2029\u202e\u2066\ufeff\ud800\U000e0041z"
)

SHOWN = (
    r"a\n\r\t\x00\x1b[31m\x7f\x85\x9b\xad\u061c\u200b\u2028\u2029"
    r"\u202e\u2066\ufeff\ud800\U000e0041z"
)


def unseen(text: str) -> set[str]:
    """The invisible characters of *text*, except line breaks."""
    return {each for each in text if category(each) in ("Cc", "Cf", "Cs", "Zl", "Zp")} - {"\n"}


def test_control_characters_are_written_as_python_writes_them() -> None:
    assert SHOWN == visible(HOSTILE)
    assert repr(HOSTILE) == f"'{visible(HOSTILE)}'"


@pytest.mark.parametrize(
    "text", ["", "hi", "C:\\new", 'it\'s "so"', "Žluťoučký", "日本\u3000語", "😀 €\xa05"]
)
def test_other_characters_are_unchanged(text: str) -> None:
    assert text == visible(text)


def test_text_of_several_lines_keeps_its_line_breaks() -> None:
    assert "a\nb\\x1b" == visible("a\nb\x1b", keep="\n")


def test_escaping_twice_changes_nothing() -> None:
    assert SHOWN == visible(visible(HOSTILE))


def refused_request(world: World) -> RecordedRequest:
    """A refused request with hostile text in every part that a client chooses."""
    entry = world.journal.open(Request(HOSTILE, f"/v1/{HOSTILE}", "", {}, ""))
    entry.ignored = (HOSTILE,)
    entry.refusal = MalformedForm(reason=HOSTILE)
    return world.journal.close(entry, Response(400, entry.refusal.envelope()), 0)


def test_request_is_one_line_and_keeps_its_values(world: World) -> None:
    asked = refused_request(world)

    assert f"#1 {SHOWN} /v1/{SHOWN} -> 400" == str(asked)
    assert f"20001 Invalid form: {SHOWN}" == asked.reason
    assert (f"/v1/{HOSTILE}", (HOSTILE,)) == (asked.path, asked.ignored)
    assert f"Invalid form: {HOSTILE}" == asked.response["message"]


def delivery(**told: object) -> Delivery:
    facts = {"method": "POST", "params": {}, "form": {}, "account_sid": "", **told}
    return Delivery(event="onMessageAdded", url=f"https://desk.example/{HOSTILE}", **facts)


def test_delivery_is_one_line_and_keeps_its_error() -> None:
    failed = delivery(error=f"Traceback:\n  {HOSTILE}\nOSError: \x1b]0;x\u2028y\n")

    heading = f"onMessageAdded to https://desk.example/{SHOWN}"
    assert rf"{heading} -> OSError: \x1b]0;x\u2028y" == str(failed)
    assert HOSTILE in failed.url
    assert HOSTILE in failed.error


def test_names_of_ignored_parameters_are_escaped(api: Api) -> None:
    name = HOSTILE.replace("\ud800", "")  # UTF-8 cannot encode it
    asked = api.post("/v1/Conversations", {name: "x"})

    sentence = ignored_sentence(asked)

    assert name == asked.ignored[0]
    shown = SHOWN.replace(r"\ud800", "")
    assert f"CreateConversation has no parameter {shown}, so Twilio ignores it" == sentence


def test_violation_is_one_line() -> None:
    judged = strictness_error([Violation("unknown-route", "GET /\x1b\u2028", None)] * 2, REMEDY)

    first, *_ = str(judged).split("\n")
    assert r"GET /\x1b\u2028 (2 times)" == first


def test_refused_host_is_escaped() -> None:
    refused = Guard(name="a test").refuse("\x1b\n.twilio.com", "\x1b\n.twilio.com", "as it is")

    assert r"fake_conversations refused \x1b\n.twilio.com in a test, as it is" == refused.strerror


def test_chat_user_is_escaped(fake: FakeConversations) -> None:
    assert r"<chat user a\x1b\n>" == repr(fake.chat_user("a\x1b\n"))


class Hostile:
    """A value with a text of its own, as matchers have."""

    def __repr__(self) -> str:
        return f"<{HOSTILE}>"


@pytest.fixture
def hostile(world: World, api: Api, account: AccountView) -> World:
    """A world with hostile text in every value from outside."""
    sent = HOSTILE.replace("\ud800", "")
    api.post("/v1/Conversations", {"FriendlyName": sent, sent: sent})
    refused_request(world)
    talk = account.conversations.add(unique_name="help", friendly_name=sent)
    account.participants.add(conversation_sid=talk.sid, identity="ada")
    account.participants.add(conversation_sid=talk.sid, identity=sent)
    phone = account.participants.add(
        conversation_sid=talk.sid,
        messaging_binding_address="+15550100",
        messaging_binding_proxy_address="+15550199",
    )
    image = account.media.add(filename=sent)
    account.messages.add(conversation_sid=talk.sid, author="ada", media_sid=image.sid)
    message = account.messages.add(conversation_sid=talk.sid, author=sent, body=sent)
    change = world.account.store.change
    change(account.receipts.one(message_sid=message.sid)._record, status="failed")
    change(phone._record, messaging_binding_address=sent)
    world.deliveries += [
        delivery(error=f"Traceback:\n  {HOSTILE}", status=500),
        delivery(error=HOSTILE),
        delivery(status=400, answer=HOSTILE, form={HOSTILE: HOSTILE}),
    ]
    world.errors.append(ValueError(HOSTILE))
    return world


@pytest.mark.parametrize("character", sorted({*HOSTILE} - {*"a[31mz\n"}))
def test_report_shows_no_control_character(hostile: World, character: str) -> None:
    text = str(report(hostile, [HOSTILE]))

    assert character not in text
    assert character not in page(report(hostile, [HOSTILE]), "failed", HOSTILE)


def test_every_part_of_a_report_shows_escaped_values(hostile: World) -> None:
    lines = str(report(hostile, [])).split("\n")
    print(*lines, sep="\n")

    assert set() == unseen("\n".join(lines))
    for begin in (
        r"#2 a\n\r\t\x00\x1b[31m",
        r"    CreateConversation has no parameter a\n\r\t\x00\x1b[31m",
        r"    refused: 20001 Invalid form: a\n\r\t\x00\x1b[31m",
        r"webhook: onMessageAdded to https://desk.example/a\n\r\t\x00\x1b[31m",
        r"    the application raised:",
        r"      a",
        r"    the application answered: a",
        r"  ada: [a\n\r\t\x00\x1b[31m",
        r"    (failed to a\n\r\t\x00\x1b[31m",
    ):
        assert any(line.startswith(begin) for line in lines), begin


def test_page_shows_escaped_values(hostile: World) -> None:
    text = page(report(hostile, [HOSTILE]), "failed", HOSTILE)

    assert set() == unseen(text)
    assert SHOWN in text


def test_failed_assertion_shows_no_control_character(hostile: World, account: AccountView) -> None:
    for cuts in (False, True):
        hostile.outside = replace(hostile.outside, cuts_texts=partial(bool, cuts))
        with pytest.raises(AssertionError) as failed:
            account.conversations.assert_created(friendly_name=Hostile())

        assert set() == unseen(str(failed.value))
        assert r"(friendly_name=<a \r\t\x00\x1b[31" in str(failed.value)


def test_terminal_output_has_no_control_character(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        f"""
    import pytest
    import requests

    HOSTILE = {HOSTILE.replace(chr(0xD800), "")!r}

    def ask(fake, path, **form):
        form |= {{HOSTILE: HOSTILE}}
        return requests.post(
            f"https://conversations.twilio.com/v1/{{path}}",
            form,
            auth=(fake.account_sid, fake.auth_token),
            headers={{"X-Twilio-Webhook-Enabled": "true"}},
        )

    @pytest.mark.filterwarnings("default")
    def test_it_ignores(fake_conversations):
        ask(fake_conversations, "Conversations")

    def test_it_fails(fake_conversations):
        talk = ask(fake_conversations, "Conversations", FriendlyName=HOSTILE).json()["sid"]
        ask(fake_conversations, f"Conversations/{{talk}}/Messages", Body=HOSTILE, Author=HOSTILE)
        ask(fake_conversations, "Conversations", State=HOSTILE)
        fake_conversations.conversations.assert_created(friendly_name="x")

    def test_it_raises(fake_conversations):
        def application(environ, start_response):
            raise ValueError(HOSTILE)

        url = "https://desk.example"
        fake_conversations.webhooks.deliver_to(application, public_url=url, events=["onUserAdded"])
        ask(fake_conversations, "Users", Identity=HOSTILE)
        fake_conversations.settle()
        """
    )

    result = suite.runpytest("-p", "no:cacheprovider", "--color=no")

    result.assert_outcomes(passed=2, failed=1, errors=1, warnings=1)
    assert set() == unseen("\n".join(result.outlines))
