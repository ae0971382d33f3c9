"""Loading seed files as people write them, and the errors for their mistakes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from conftest import Api

from pytest_conversations_fake import FakeConversations
from pytest_conversations_fake.api.fields import Field, Sid
from pytest_conversations_fake.api.resource import Resource
from pytest_conversations_fake.api.world import World
from pytest_conversations_fake.seeds.dumping import dump
from pytest_conversations_fake.seeds.loading import load
from pytest_conversations_fake.seeds.schema import Schema, top_level
from pytest_conversations_fake.state.account import AccountView
from pytest_conversations_fake.state.facts import ACCEPTED

Load = Callable[[str], None]

ADA, DESK = "+15550100", "+15550199"


@pytest.fixture
def seed(world: World, tmp_path: Path) -> Load:
    """Loads a text as `seed.yaml`."""

    def seed(text: str) -> None:
        path = tmp_path / "seed.yaml"
        path.write_text(dedent(text))
        load(world, world.account, path)

    return seed


def test_nested_entries_are_loaded_below_their_parents(seed: Load, account: AccountView) -> None:
    seed(
        f"""
        users:
          - identity: ada
            attributes: {{team: [blue, 1]}}
        conversations:
          - unique_name: help
            participants:
              - identity: ada
              - messaging_binding_address: {ADA}
                messaging_binding_proxy_address: "{DESK}"
            messages:
              - author: ada
                body: no
        services:
          - friendly_name: Support
            conversations:
              - unique_name: help
        """
    )

    message = account.messages.one()
    assert ("ada", "no", 0) == (message.author, message.body, message.index)
    assert '{"team": ["blue", 1]}' == account.users.one().attributes
    assert [None, ADA] == [each.messaging_binding_address for each in account.participants]
    assert "sent" == account.receipts.one().status
    desk = account.services.one(friendly_name="Support")
    assert account.conversations.one(chat_service_sid=desk.sid) != message.conversation_sid


def test_order_of_collections_in_a_file_does_not_matter(seed: Load, account: AccountView) -> None:
    seed(
        f"""
        conversations:
          - messages:
              - {{author: ada, media_sid: ME{"0" * 32}}}
            participants:
              - {{identity: ada, role_sid: RL{"1" * 32}}}
        media:
          - {{sid: ME{"0" * 32}, filename: photo.png}}
        roles:
          - sid: RL{"1" * 32}
            friendly_name: agent
            type: conversation
            permission: [sendMessage]
        """
    )

    message = account.messages.one()
    assert account.participants.one().sid == message.participant_sid
    assert "photo.png" == message.media[0]["filename"]
    assert "agent" == account.roles.one(sid=account.participants.one().role_sid).friendly_name


def test_required_value_left_out_is_numbered(seed: Load, account: AccountView) -> None:
    seed("{users: [{}, {}], services: [{}]}")

    assert ["user-1", "user-2"] == [each.identity for each in account.users]
    assert "service-1" == account.services.one().friendly_name


def test_null_for_a_required_value_is_refused(seed: Load, account: AccountView) -> None:
    with pytest.raises(
        ValueError, match=r"conversations\[0\].messages\[0\]: Twilio refuses this: 50503"
    ):
        seed(
            """
            conversations:
              - messages:
                  - body: null
            """
        )


def test_closed_conversation_is_filled_and_its_addresses_stay_free(
    seed: Load, account: AccountView
) -> None:
    person = f"{{messaging_binding_address: {ADA}, messaging_binding_proxy_address: {DESK}}}"

    seed(
        f"""
        conversations:
          - {{unique_name: new, participants: [{person}]}}
          - unique_name: old
            state: closed
            date_created: 2024-05-01T10:00:00Z
            participants: [{person}]
            messages: [{{author: {ADA}}}, {{body: bye, date_created: 2024-05-02}}]
        """
    )

    new, old = account.conversations
    assert ["new", "old"] == [new.unique_name, old.unique_name]
    assert ["active", "closed"] == [new.state, old.state]
    first = datetime(2024, 5, 1, 10, tzinfo=timezone.utc)
    assert [first, first.replace(day=2, hour=0)] == [each.date_created for each in account.messages]
    assert first == account.participants.one(conversation_sid=old.sid).date_created


def test_timers_of_a_conversation_with_an_old_date_have_run_out(
    seed: Load, account: AccountView
) -> None:
    seed("conversations: [{timers_closed: P1D, date_created: 2024-05-01}]")

    assert "closed" == account.conversations.one().state
    assert datetime(2024, 5, 2, tzinfo=timezone.utc) == account.conversations.one().date_updated


def test_entry_of_a_receipt_changes_the_preexisting_receipt(
    seed: Load, account: AccountView
) -> None:
    seed(
        f"""
        conversations:
          - participants:
              - {{messaging_binding_address: {ADA}, messaging_binding_proxy_address: {DESK}}}
            messages:
              - {{author: desk, receipts: [{{status: failed, error_code: 30003}}]}}
        """
    )

    receipt = account.receipts.one()
    assert ("failed", 30003) == (receipt.status, receipt.error_code)
    assert account.participants.one().sid == receipt.participant_sid
    assert "all" == account.messages.one().delivery["failed"]


def test_entry_of_a_default_role_changes_the_preexisting_role(
    seed: Load, account: AccountView
) -> None:
    seed("roles: [{friendly_name: channel user, type: conversation, permission: [sendMessage]}]")

    assert ["sendMessage"] == account.roles.one(friendly_name="channel user").permissions
    assert 4 == len(account.roles)


def test_entry_of_a_configuration_changes_the_only_one(
    seed: Load, api: Api, account: AccountView
) -> None:
    seed(
        f"""
        conversations: [{{}}]
        configuration:
          default_closed_timer: P7D
          default_chat_service_sid: IS{"5" * 32}
        notifications: {{log_enabled: true, new_message_sound: ""}}
        services:
          - {{friendly_name: Support, sid: IS{"5" * 32}}}
        """
    )

    assert "P7D" == account.conversations.one().timers_closed
    assert "Support" == account.default_service.friendly_name
    assert [True, False] == [each.log_enabled for each in account.notifications]
    assert [None, None] == [each.new_message_sound for each in account.notifications]


def test_default_service_gets_the_sid_of_the_file(
    seed: Load, api: Api, account: AccountView
) -> None:
    seed(f"{{default_service: {{sid: IS{'7' * 32}}}, users: [{{identity: ada}}]}}")

    assert "IS" + "7" * 32 == api.get("/v1/Users/ada").response["chat_service_sid"]
    assert [] == [*account.services]
    assert 4 == len(account.roles)


def test_message_with_an_index_keeps_it(seed: Load, api: Api, account: AccountView) -> None:
    seed("conversations: [{unique_name: talk, messages: [{index: 7}, {}]}]")

    api.post("/v1/Conversations/talk/Messages", {"Body": "hi"})

    assert [7, 8, 9] == [each.index for each in account.messages]


def test_file_with_the_current_format_is_loaded(seed: Load, account: AccountView) -> None:
    seed("format: 1\nusers: [{identity: ada}]")

    assert "ada" == account.users.one().identity


@pytest.mark.parametrize("version", ["2", "0", "true", '"1"', "null"])
def test_file_with_another_format_is_refused(seed: Load, version: str) -> None:
    with pytest.raises(ValueError, match=r"^seed\.yaml: format: this file has format") as raised:
        seed(f"format: {version}\nusers: [{{identity: ada}}]")

    assert str(raised.value).endswith("reads format 1; dump it anew with this version")


def test_entry_without_a_date_has_the_date_of_its_parent(seed: Load, account: AccountView) -> None:
    seed(
        """
        services:
          - date_created: 2024-05-01
            users: [{identity: ada}, {identity: bob, date_created: 2024-06-01}]
        """
    )

    assert [5, 6] == [each.date_created.month for each in account.users]


def test_next_message_index_counts_on_from_the_messages(
    seed: Load, api: Api, account: AccountView
) -> None:
    seed(
        """
        conversations:
          - {unique_name: talk, next_message_index: 5, messages: [{}]}
          - {unique_name: other, next_message_index: 1, messages: [{index: 3}]}
        """
    )

    for name in ("talk", "other"):
        api.post(f"/v1/Conversations/{name}/Messages", {"Body": "hi"})

    assert [0, 3, 5, 4] == [each.index for each in account.messages]


def test_preexisting_role_keeps_the_attributes_that_its_entry_leaves_out(
    seed: Load, account: AccountView
) -> None:
    before = account.roles.one(friendly_name="channel user").permissions

    seed("roles: [{friendly_name: channel user, type: conversation, date_created: 2020-01-01}]")

    role = account.roles.one(friendly_name="channel user")
    assert (before, 2020) == (role.permissions, role.date_created.year)


def test_load_publishes_no_events(seed: Load, world: World, account: AccountView) -> None:
    seed(
        """
        webhook_configuration:
          post_webhook_url: http://127.0.0.1:1
          filters: [onMessageAdded, onConversationStateUpdated]
        conversations: [{state: inactive, messages: [{body: hi}]}]
        """
    )

    assert "inactive" == account.conversations.one().state
    assert [] == world.deliveries


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        pytest.param(
            "conversations:\n  - friendly_name: x\n    unique_nmae: help",
            "conversations[0]: a conversation has no 'unique_nmae'; did you mean 'unique_name'? "
            "There is: messaging_service_sid, friendly_name, unique_name, attributes, state, "
            "timers_inactive, timers_closed, bindings_email_address, bindings_email_name, "
            "timers_started, timers_run_out, created_by, next_message_index, sid, date_created, "
            "date_updated, participants, scoped_webhooks, messages",
            id="key",
        ),
        pytest.param(
            "\nconversation: []",
            "a seed has no 'conversation'; did you mean 'conversations'? There is: "
            "format, default_service, configuration, webhook_configuration, "
            "address_configurations, credentials, roles, service_configurations, notifications, "
            "service_webhook_configurations, users, media, bindings, conversations, services",
            id="noun",
        ),
        pytest.param(
            "conversations:\n  - unique_name: a\n\n  - unique_name: a",
            "conversations[1]: Twilio refuses this: 50353 Conversation with provided unique name "
            "already exists",
            id="refused",
        ),
        pytest.param(
            "conversations:\n  - friendly_name: x\n    state: open",
            "conversations[0].state: Twilio refuses this: 50378 'State' parameter value is invalid "
            "(State is one of active, inactive, closed, not 'open')",
            id="value",
        ),
        pytest.param(
            "users:\n  identity: ada", "users: users is a list of mappings, not a mapping"
        ),
        pytest.param(
            "users:\n  - identity: ada\n  - bob",
            "users[1]: users is a list of mappings; this is 'bob'",
            id="text",
        ),
        pytest.param(
            "configuration: [1]",
            "configuration: configuration is a mapping, not a list",
            id="list",
        ),
        pytest.param("- users", "a seed is a mapping of collections, not a list", id="root"),
        pytest.param("", "a seed is a mapping of collections, not None", id="empty"),
        pytest.param(
            "users:\n- {friendly_name: 2024}",
            "users[0].friendly_name: friendly_name takes a str, not 2024",
            id="int",
        ),
        pytest.param(
            "conversations:\n- friendly_name:\n    a: 1",
            "conversations[0].friendly_name: friendly_name takes no mapping",
            id="mapping",
        ),
        pytest.param(
            f"users:\n- identity: ada\n  sid: CH{'0' * 32}",
            f"users[0].sid: the sid of a user is US and 32 hexadecimal digits, not 'CH{'0' * 32}'",
            id="sid",
        ),
        pytest.param(
            f"users:\n- sid: US{'0' * 32}\n- sid: US{'0' * 32}",
            f"users[1]: a user US{'0' * 32} exists already",
            id="sids",
        ),
        pytest.param(
            "users:\n- date_created: yesterday",
            "users[0].date_created: the date_created of a user is a date, 2030-01-31, or "
            "with a time, 2030-01-31T12:00:00Z, not 'yesterday'",
            id="date",
        ),
        pytest.param(
            "users:\n- is_online: yes",
            "users[0].is_online: the is_online of a user is true or false, not 'yes'",
            id="flag",
        ),
        pytest.param(
            "conversations:\n- messages:\n  - media: [5]",
            "conversations[0].messages[0].media: "
            "the media of a message is a list of mappings, not a list",
            id="media",
        ),
        pytest.param(
            f"conversations:\n- participants:\n  - messaging_binding_address: {ADA[1:]}",
            "conversations[0].participants[0].messaging_binding_address: "
            "messaging_binding_address takes a str, not 15550100",
            id="phone",
        ),
        pytest.param(
            "users: [{}]\nconversations:\n- date_created: 9999-12-31\n  timers_inactive: P9D",
            "conversations[0]: a timer would run out after the year 9999",
            id="year",
        ),
        *(
            pytest.param(
                "conversations:\n"
                f"- participants:\n  - {{identity: a, joined: {joined}}}\n  - joined: 1",
                "conversations[0].participants[0].joined: "
                f"joined is a whole number from 1 on, not {said}",
                id=f"joined {joined}",
            )
            for joined, said in {
                "x": "'x'",
                "0": "0",
                "true": "True",
                "1.5": "1.5",
                "[1]": "a list",
                "null": "None",
            }.items()
        ),
        pytest.param(
            "conversations:\n- messages:\n  - index: 3\n  - index: 3",
            "conversations[0].messages[1]: the index of this message is at least 4, not 3",
            id="index",
        ),
        pytest.param(
            "users: []\nroles: []\nusers: []",
            "line 3: the key 'users' is used twice",
            id="twice",
        ),
        pytest.param("users: [}", "line 1: expected the node content, but found '}'", id="syntax"),
        pytest.param("1: []", "line 1: a key must be a string; put it in quotes", id="number"),
    ],
)
def test_mistake_is_explained_with_its_path(
    seed: Load, account: AccountView, text: str, complaint: str
) -> None:
    with pytest.raises(ValueError, match=r"seed\.yaml") as raised:
        seed(text)

    assert f"seed.yaml: {complaint}" == str(raised.value)


def test_every_fact_has_a_text_for_a_wrong_value() -> None:
    def facts(resource: Resource[Any]) -> Iterator[Field]:
        yield from Schema(resource).facts.values()
        for child in Schema(resource).children:
            yield from facts(child)

    kinds = {type(field) for resource in top_level() for field in facts(resource)}

    assert kinds <= {Sid, *ACCEPTED}


def test_load_that_fails_changes_nothing(
    seed: Load, world: World, account: AccountView, tmp_path: Path
) -> None:
    account.conversations.add(unique_name="taken")
    dump(world, world.account, tmp_path / "before.json")

    with pytest.raises(ValueError, match=r"conversations\[0\]: Twilio refuses this: 50353"):
        seed(
            """
            default_service: {friendly_name: Other}
            users: [{identity: ada}]
            configuration: {default_closed_timer: P1D}
            conversations:
              - unique_name: taken
            """
        )

    dump(world, world.account, tmp_path / "after.json")
    assert (tmp_path / "before.json").read_text() == (tmp_path / "after.json").read_text()
    again = World(world.name)
    again.sids.draw("CH")
    assert again.sids.draw("CH") == account.conversations.add().sid


def test_sid_for_a_default_service_in_use_is_refused(seed: Load, account: AccountView) -> None:
    account.users.add()

    with pytest.raises(ValueError, match="default_service: the default service has a user already"):
        seed(f"default_service: {{sid: IS{'0' * 32}}}")


def test_json_file_is_loaded_like_yaml(world: World, account: AccountView, tmp_path: Path) -> None:
    path = tmp_path / "seed.json"
    path.write_text(json.dumps({"users": [{"identity": "ada", "attributes": {"a": 1.5}}]}))

    load(world, world.account, path)

    assert '{"a": 1.5}' == account.users.one(identity="ada").attributes


def test_mapping_is_loaded_like_a_file() -> None:
    sid = "IS" + "3" * 32
    fake = FakeConversations(seed={"default_service": {"sid": sid}})

    fake.load({"conversations": [{"unique_name": "help", "messages": [{"body": "hi"}]}]})

    assert (sid, "help") == (fake.default_service.sid, fake.conversations.one().unique_name)
    assert "hi" == fake.messages.one().body


def test_mistake_in_a_mapping_is_explained_with_its_path() -> None:
    with pytest.raises(ValueError, match="stat") as refused:
        FakeConversations(seed={"conversations": [{}, {"stat": "closed"}]})

    assert str(refused.value).startswith("conversations[1]: a conversation has no 'stat'; did you ")
