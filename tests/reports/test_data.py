"""Entries of the time line and conversations as JSON."""

from __future__ import annotations

import json

import pytest
from conftest import Api

from pytest_conversations_fake.api.assumptions import Assumptions
from pytest_conversations_fake.api.deliveries import Delivery, Signing
from pytest_conversations_fake.api.world import World
from pytest_conversations_fake.reports.conversations import conversation_data
from pytest_conversations_fake.reports.data import action_entry, delivery_entry, request_entry
from pytest_conversations_fake.state.account import AccountView

NO_ASSUMPTIONS = Assumptions({})
SECRET = "hunter2"


def test_refused_request_has_its_rule(api: Api) -> None:
    request = api.post(
        "/v1/Conversations", {"State": "x", "Stat": "y", "DateCreated": "2026-01-01"}
    )

    entry = request_entry(request, NO_ASSUMPTIONS)

    assert {
        "kind": "request",
        "number": 1,
        "operation": "CreateConversation",
        "method": "POST",
        "path": "/v1/Conversations",
        "params": {"state": "x", "date_created": "2026-01-01T00:00:00Z"},
        "ignored": ["Stat"],
        "status": 400,
        "refused": True,
    }.items() <= entry.items()
    assert "did you mean State?" in entry["ignored_sentence"]
    assert entry["reason"].startswith("50378 ")
    assert {"id", "certainty", "source", "behaviour", "override"} == entry["rule"].keys()
    assert "states" == entry["rule"]["id"]
    assert entry == json.loads(json.dumps(entry))


def test_long_answer_is_cut(api: Api) -> None:
    request = api.post("/v1/Services", {"FriendlyName": "desk"})

    whole = request_entry(request, NO_ASSUMPTIONS)["response"]
    cut = request_entry(request, NO_ASSUMPTIONS, max_response=20)["response"]

    length = len(json.dumps(whole))
    assert f"{json.dumps(whole)[:20]}… ({length:,} characters in all)" == cut


def test_action_has_its_call_and_its_error(world: World, account: AccountView) -> None:
    talk = account.conversations.add(unique_name=f"https://u:{SECRET}@desk.example")
    with pytest.raises(ValueError, match="50353"):
        account.conversations.add(unique_name=talk.unique_name)

    added, refused = map(action_entry, world.actions)

    assert {
        "kind": "action",
        "order": 1,
        "subject": "conversations",
        "name": "add",
        "text": "conversations.add(unique_name='https://u:***@desk.example')",
        "sid": talk.sid,
        "error": None,
    } == added
    assert "ValueError: Twilio refuses this: 50353" in refused["error"]
    assert SECRET not in str(refused)


def test_delivery_has_its_signature_and_answer() -> None:
    url = f"https://u:{SECRET}@desk.example"
    delivery = Delivery(
        event="onMessageAdded",
        url=url,
        method="POST",
        params={},
        form={"Body": "hi"},
        account_sid="AC1",
        status=403,
        answer="no",
        signing=Signing(url, "auth_token="),
    )

    entry = delivery_entry(delivery)

    assert {
        "kind": "delivery",
        "event": "onMessageAdded",
        "url": "https://u:***@desk.example",
        "form": {"Body": "hi"},
        "outcome": "403",
        "failed": True,
        "signed": {"url": "https://u:***@desk.example", "token_origin": "auth_token="},
    }.items() <= entry.items()
    assert "public_url" in entry["hint"]


def test_entries_have_no_secrets(api: Api) -> None:
    api.post("/v1/Credentials", {"Type": "fcm", "Secret": SECRET})
    api.post("/v1/Configuration/Webhooks", {"PostWebhookUrl": f"https://u:{SECRET}@desk.example"})
    api.get("/v1/Services", user="AC" + "0" * 32, password=SECRET)
    api.get(f"/v1/Services/http://u:{SECRET}@desk.example")

    entries = [request_entry(each, NO_ASSUMPTIONS) for each in api.world.journal]

    text = json.dumps(entries)
    assert SECRET not in text
    assert api.world.account.auth_token not in text
    assert 4 == len(entries)


def test_conversation_has_participants_and_last_messages(
    world: World, account: AccountView
) -> None:
    talk = account.conversations.add(unique_name="help", timers_inactive="PT1H")
    account.participants.add(conversation_sid=talk.sid, identity="ada")
    phone = account.participants.add(
        conversation_sid=talk.sid,
        messaging_binding_address="+15550100",
        messaging_binding_proxy_address="+15550199",
    )
    image = account.media.add(filename="image.png", content_type="image/png")
    account.messages.add(conversation_sid=talk.sid, author="ada", body="first")
    message = account.messages.add(conversation_sid=talk.sid, author="ada", media_sid=image.sid)

    data = conversation_data(world.account, talk._record, 1)

    assert ("help", "active", 1) == (data["unique_name"], data["state"], data["omitted_messages"])
    assert {"date_inactive"} == data["timers"].keys()
    assert ["ada", "+15550100"] == [each["name"] for each in data["participants"]]
    assert "+15550199" == data["participants"][1]["proxy_address"]
    [last] = data["messages"]
    assert (message.sid, 1, "ada", None) == (
        last["sid"],
        last["index"],
        last["author"],
        last["body"],
    )
    assert [{"sid": image.sid, "filename": "image.png", "content_type": "image/png"}] == last[
        "media"
    ]
    assert [
        {
            "participant_sid": phone.sid,
            "participant": "+15550100",
            "status": "sent",
            "error_code": 0,
        }
    ] == last["receipts"]
    assert data == json.loads(json.dumps(data))
