"""`add()`, and the records that it returns."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime, timezone

import pytest
from conftest import Api

from pytest_conversations_fake.api.resources import RESOURCES
from pytest_conversations_fake.state.account import AccountView


@pytest.mark.rule("delivery-summary")
def test_receipt_is_added_with_a_status(api: Api, account: AccountView) -> None:
    talk = account.conversations.add(unique_name="talk")
    message = account.messages.add(conversation_sid=talk.sid)
    phone = account.participants.add(
        conversation_sid=talk.sid,
        messaging_binding_address="+15550101",
        messaging_binding_proxy_address="+15550102",
    )

    account.receipts.add(message_sid=message.sid, participant_sid=phone.sid, status="read")
    failed = account.receipts.add(message_sid=message.sid, status="failed", error_code=30003)

    path = f"/v1/Conversations/talk/Messages/{message.sid}"
    assert api.get(path).response["delivery"] == {
        "total": 2,
        "sent": "some",
        "delivered": "some",
        "read": "some",
        "failed": "some",
        "undelivered": "none",
    }
    shown = api.get(f"{path}/Receipts/{failed.sid}").response
    assert ("failed", 30003) == (shown["status"], shown["error_code"])
    assert 2 == len(api.get(f"{path}/Receipts").response["delivery_receipts"])


@pytest.mark.rule("bindings-registered")
def test_binding_is_added_and_filtered(api: Api, account: AccountView) -> None:
    desk = account.services.add()
    for kind, identity in [("apn", "ada"), ("fcm", "ada"), ("fcm", "bob")]:
        account.bindings.add(chat_service_sid=desk.sid, binding_type=kind, identity=identity)
    path = f"/v1/Services/{desk.sid}/Bindings"

    def count(query: str) -> int:
        return len(api.get(f"{path}?{query}").response["bindings"])

    assert [3, 2, 1, 3, 1] == [
        count(""),
        count("BindingType=FCM"),
        count("Identity=bob"),
        count("Identity=bob&Identity=ada"),
        count("BindingType=fcm&Identity=ada"),
    ]
    meta = api.get(f"{path}?Identity=bob&Identity=ada&PageSize=1").response["meta"]
    assert "?Identity=bob&Identity=ada&PageSize=1&" in meta["next_page_url"]


@pytest.mark.rule("media-shown")
def test_media_are_added_and_shown_in_a_message(api: Api, account: AccountView) -> None:
    account.conversations.add(unique_name="talk")
    photo = account.media.add(filename="a.png", content_type="image/png", size=17)

    said = api.post("/v1/Conversations/talk/Messages", {"MediaSid": photo.sid}).response

    assert said["media"] == [
        {"sid": photo.sid, "size": 17, "content_type": "image/png", "filename": "a.png"}
    ]


def test_every_noun_has_add_with_numbered_values(account: AccountView) -> None:
    talk = account.conversations.add()
    message = account.messages.add(conversation_sid=talk.sid)
    below = {"conversation_sid": talk.sid}

    added = [
        account.services.add().friendly_name,
        account.users.add().identity,
        account.roles.add().friendly_name,
        account.credentials.add().type,
        account.address_configurations.add().address,
        account.bindings.add().identity,
        account.media.add().size,
        account.participants.add(**below).identity,
        account.participants.add(messaging_binding_address="+15550101", **below).identity,
        account.scoped_webhooks.add(**below).target,
        account.receipts.add(message_sid=message.sid).status,
        account.conversation_with_participants.add(participant=['{"identity": "x"}']).state,
    ]

    assert added == [
        "service-1",
        "user-1",
        "role-9",
        "apn",
        "address-configuration-1",
        "binding-1",
        0,
        "participant-1",
        None,
        "webhook",
        "sent",
        "active",
    ]


def test_collection_of_computed_records_has_no_add(account: AccountView) -> None:
    with pytest.raises(TypeError, match=r"^user_conversations has no add\(\): its records"):
        account.user_conversations.add()
    with pytest.raises(TypeError, match=r"^configuration has no add\(\): its records"):
        account.configuration.add()


def test_add_without_an_existing_parent_is_refused(account: AccountView) -> None:
    with pytest.raises(TypeError, match=r"messages.add\(\) needs conversation_sid"):
        account.messages.add(body="hi")
    with pytest.raises(ValueError, match="there is no Conversation 'CH0'"):
        account.messages.add(conversation_sid="CH0")


def test_every_name_in_dir_is_an_attribute(account: AccountView) -> None:
    talk = account.conversation_with_participants.add(participant=['{"identity": "ada"}'])
    message = account.messages.add(conversation_sid=talk.sid)
    for below in (account.scoped_webhooks, account.participants):
        below.add(conversation_sid=talk.sid)
    account.receipts.add(message_sid=message.sid)
    for other in ("services", "credentials", "address_configurations", "bindings", "media"):
        getattr(account, other).add()

    looked = {
        resource.collection: [getattr(record, name) for name in dir(record)]
        for resource in RESOURCES
        for record in getattr(account, resource.collection)
    }

    assert {resource.collection for resource in RESOURCES} == looked.keys()
    assert account.participants.find(identity="ada") != account.user_conversations.find()


def test_records_of_views_are_live(api: Api, account: AccountView) -> None:
    talk = account.conversations.add(unique_name="talk")
    account.participants.add(conversation_sid=talk.sid, identity="ada")
    seen, row = account.user_conversations.one(), account.participant_conversations.one()

    api.post("/v1/Users/ada/Conversations/talk", {"NotificationLevel": "muted"})
    api.post("/v1/Conversations/talk", {"FriendlyName": "Talk"})

    assert ("muted", "Talk") == (seen.notification_level, seen.friendly_name)
    assert "Talk" == row.conversation_friendly_name


def test_number_in_use_is_skipped(account: AccountView) -> None:
    account.users.add(identity="user-2")

    assert "user-3" == account.users.add().identity


def test_services_do_not_depend_on_the_default_service(api: Api, account: AccountView) -> None:
    desk = account.services.add()

    api.post("/v1/Configuration", {"DefaultChatServiceSid": desk.sid})

    assert [desk] == [*account.services]


@pytest.mark.rule("media-shown")
def test_media_of_another_service_are_unknown(api: Api, account: AccountView) -> None:
    elsewhere = account.media.add(chat_service_sid=account.services.add().sid, size=17)
    account.conversations.add(unique_name="talk")

    said = api.post("/v1/Conversations/talk/Messages", {"MediaSid": elsewhere.sid}).response

    assert 0 == said["media"][0]["size"]


def test_added_record_has_the_passed_sid_and_dates(api: Api, account: AccountView) -> None:
    sid, date = "IS" + "1" * 32, datetime(2020, 1, 1, tzinfo=timezone.utc)

    desk = account.services.add(sid=sid, date_created=date, date_updated="2020-02-01T10:00:00Z")

    assert (sid, date) == (desk.sid, desk.date_created)
    shown = api.get(f"/v1/Services/{sid}").response
    assert ("2020-01-01T00:00:00Z", "2020-02-01T10:00:00Z") == (
        shown["date_created"],
        shown["date_updated"],
    )


def test_every_resource_can_be_added_with_a_sid(account: AccountView) -> None:
    talk = account.conversations.add(sid="CH" + "1" * 32)
    message = account.messages.add(conversation_sid=talk.sid, sid="IM" + "1" * 32)
    account.participants.add(
        conversation_sid=talk.sid,
        sid="MB" + "1" * 32,
        messaging_binding_address="+15550101",
        messaging_binding_proxy_address="+15550102",
    )
    parents = {"conversation_sid": talk.sid, "message_sid": message.sid}

    for resource in RESOURCES:
        if not resource.seedable or resource.stored is not resource.record:
            continue
        needed = [above.sid_keyword for above in resource.ancestors[1:]][-1:]
        sid = resource.record.prefix + "2" * 32
        collection = getattr(account, resource.collection)
        params = {name: parents[name] for name in needed}
        if resource.collection == "participants":
            params["identity"] = "ada"

        record = collection.add(sid=sid, **params)

        assert sid == record.sid
        assert sid in collection


def test_conversation_can_be_added_closed(account: AccountView) -> None:
    talk = account.conversations.add(state="closed")

    assert "closed" == talk.state


def test_sid_that_exists_is_refused(account: AccountView) -> None:
    desk = account.services.add()

    with pytest.raises(ValueError, match=f"Service {desk.sid} exists already"):
        account.services.add(sid=desk.sid)


@pytest.mark.parametrize(
    ("params", "text"),
    [
        ({"sid": "IS1"}, "sid is IS and 32 hexadecimal digits, not 'IS1'"),
        (
            {"date_created": "soon"},
            "date_created is a date, 2030-01-31, or with a time, 2030-01-31T12:00:00Z, not 'soon'",
        ),
    ],
)
def test_wrong_value_is_explained(account: AccountView, params: dict[str, str], text: str) -> None:
    with pytest.raises(ValueError, match="is ") as refused:
        account.services.add(**params)

    assert text == str(refused.value)


def test_parent_sids_of_all_levels_must_agree(account: AccountView) -> None:
    desk = account.services.add()
    talk = account.conversations.add(chat_service_sid=desk.sid)

    message = account.messages.add(conversation_sid=talk.sid, chat_service_sid=desk.sid)

    assert desk.sid == message.chat_service_sid
    other = account.default_service.sid
    with pytest.raises(ValueError, match="belongs to") as refused:
        account.messages.add(conversation_sid=talk.sid, chat_service_sid=other)
    assert str(refused.value) == (
        f"Conversation {talk.sid} belongs to chat_service_sid {desk.sid}, not to {other!r}"
    )


def test_dates_are_read_and_shown_if_the_first_use_is_under_freezegun() -> None:
    program = """
from freezegun import freeze_time
from pytest_conversations_fake import FakeConversations
from requests import get

with freeze_time("2026-01-02"), FakeConversations() as fake:
    user = fake.users.add(identity="ada", date_created="2020-01-01T00:00:00Z")
    talk = fake.conversations.add()
    urls = [user.url, talk.url]
    shown = [get(url, auth=("a", "b")).json()["date_created"] for url in urls]
print(shown)
"""

    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)

    assert ("['2020-01-01T00:00:00Z', '2026-01-02T00:00:00Z']\n", "") == (ran.stdout, ran.stderr)
