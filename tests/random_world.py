"""Worlds created by random requests from a seed, and all answers about a world."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

from conftest import Api

from pytest_conversations_fake.api.resources.roles import PERMISSIONS
from pytest_conversations_fake.api.world import World
from pytest_conversations_fake.state.account import AccountView

PROXIES = ["+15550190", "+15550191"]
PHONES = [f"+1555010{number}" for number in range(6)]
PEOPLE = ["ada", "bob", "Zoë", "+4930123", "null", "no", "2024-05-01"]
TEXTS = ["hi", "", "a\nb", " x ", "später: ja", "# no", "'\"", "~", "1", "\u2028\x07", "a\n\n b \n"]
JSONS = ["{}", '{"a": 1}', '{"a":1}', "[1.0, 1e5, null]", '"x"', '{"\\u00fc": [{}]}', "{ }"]
TIMERS = ["PT1M", "PT20M", "P1D", "PT0S", ""]


class RandomWorld:
    """Sends random requests to an API. Refused requests change nothing."""

    def __init__(self, seed: int, steps: int = 250) -> None:
        self.chance = random.Random(seed)
        self.world = World(f"world {seed}")
        self.api = Api(self.world)
        self.account = AccountView(self.world, self.world.account)
        actions: list[Callable[[], object]] = [
            getattr(self, name) for name in dir(self) if name.startswith("some_")
        ]
        for _ in range(steps):
            self.chance.choice(actions)()
            if self.chance.random() < 0.3:
                self.world.clock.shift(seconds=self.chance.choice([1, 30, 600]))

    def one(self, noun: str) -> Any:
        records = [*getattr(self.account, noun)]
        return self.chance.choice(records) if records else None

    def path(self, record: Any) -> str:
        return "/" + record.url.partition("/")[2]

    def form(self, **values: list[Any]) -> dict[str, Any]:
        """Some of the parameters with one of their *values* each."""
        return {
            name.replace("__", "."): self.chance.choice(those)
            for name, those in values.items()
            if self.chance.random() < 0.6
        }

    def service(self) -> str:
        services = [self.account.default_service.sid, *(each.sid for each in self.account.services)]
        return f"/v1/Services/{self.chance.choice(services)}"

    def below(self, path: str, form: dict[str, Any]) -> object:
        if conversation := self.one("conversations"):
            return self.api.post(f"{self.path(conversation)}/{path}", form)
        return None

    def some_service(self) -> object:
        if len(self.account.services) > 2:
            return self.chance.random() < 0.1 and self.api.delete(self.path(self.one("services")))
        return self.api.post("/v1/Services", {"FriendlyName": self.chance.choice(TEXTS)})

    def some_default(self) -> object:
        form = self.form(
            DefaultInactiveTimer=["PT2M", ""],
            DefaultClosedTimer=["PT30M", ""],
            DefaultMessagingServiceSid=["MG" + "1" * 32],
        )
        if self.chance.random() < 0.1:
            form["DefaultChatServiceSid"] = self.service().rpartition("/")[2]
        return self.api.post("/v1/Configuration", form)

    def some_configuration(self) -> object:
        role = self.one("roles").sid
        keys = ("Creator", "", "Service")
        forms = [
            ("Configuration", {f"DefaultConversation{keys[0]}RoleSid": role}),
            ("Configuration", {"DefaultConversationRoleSid": role, "ReachabilityEnabled": "true"}),
            ("Configuration", {"DefaultChatServiceRoleSid": role}),
            ("Configuration/Notifications", {"NewMessage.Template": "x", "LogEnabled": "true"}),
            ("Configuration/Webhooks", {"PostWebhookUrl": "http://x.example", "Method": "GET"}),
        ]
        path, form = self.chance.choice(forms)
        return self.api.post(f"{self.service()}/{path}", form)

    def some_webhook(self) -> object:
        return self.api.post("/v1/Configuration/Webhooks", {"Filters": ["onMessageAdded"]})

    def some_address(self) -> object:
        form = {"Type": "sms", "Address": self.chance.choice(PROXIES)}
        more = self.form(FriendlyName=TEXTS, AutoCreation__WebhookFilters=[["onMessageAdded"]])
        return self.api.post("/v1/Configuration/Addresses", form | more)

    def some_credential(self) -> object:
        kind = self.chance.choice(["apn", "fcm"])
        return self.api.post(
            "/v1/Credentials", {"Type": kind, "Sandbox": "true", "Secret": "secret!"}
        )

    def some_role(self) -> object:
        kind = self.chance.choice(["service", "conversation"])
        name = self.chance.choice(["agent", "channel user", "service user"])
        form = {"FriendlyName": name, "Type": kind, "Permission": PERMISSIONS[kind][:2]}
        return self.api.post(f"{self.service()}/Roles", form)

    def some_end_of_a_role(self) -> object:
        return self.chance.random() < 0.2 and self.api.delete(self.path(self.one("roles")))

    def some_user(self) -> object:
        form = {"Identity": self.chance.choice(PEOPLE)}
        form |= self.form(FriendlyName=TEXTS, Attributes=JSONS, RoleSid=[self.one("roles").sid])
        return self.api.post(f"{self.service()}/Users", form)

    def some_end_of_a_user(self) -> object:
        user = self.one("users")
        return user and self.chance.random() < 0.2 and self.api.delete(self.path(user))

    def some_conversation(self) -> object:
        form = self.form(
            FriendlyName=TEXTS,
            UniqueName=[*PEOPLE, *"abcdef"],
            Attributes=JSONS,
            State=["active", "inactive"],
            Timers__Inactive=TIMERS,
            Timers__Closed=TIMERS,
            DateCreated=["2020-01-01T00:00:00Z"],
        )
        return self.api.post(f"{self.service()}/Conversations", form)

    def some_group(self) -> object:
        people = [{"identity": "ada", "messaging_binding": {"projected_address": PROXIES[0]}}]
        for phone in self.chance.sample(PHONES, 2):
            people += [{"messaging_binding": {"address": phone}}]
        return self.api.post(
            f"{self.service()}/ConversationWithParticipants",
            {"Participant": [json.dumps(person) for person in people]},
        )

    def some_change(self) -> object:
        conversation = self.one("conversations")
        if not conversation:
            return None
        form = self.form(
            FriendlyName=TEXTS,
            State=["active", "active", "inactive", "closed"],
            Timers__Closed=TIMERS,
            UniqueName=[*"abc"],
        )
        return self.api.post(self.path(conversation), form)

    def some_participant(self) -> object:
        if self.chance.random() < 0.5:
            form = {"Identity": self.chance.choice(PEOPLE)}
            form |= self.form(
                Attributes=JSONS,
                RoleSid=[self.one("roles").sid],
                MessagingBinding__ProjectedAddress=PROXIES,
                DateCreated=["2019-01-01T00:00:00Z"],
            )
        else:
            form = {"MessagingBinding.Address": self.chance.choice(PHONES)}
            form |= self.form(MessagingBinding__ProxyAddress=PROXIES)
        return self.below("Participants", form)

    def some_change_of_a_participant(self) -> object:
        person = self.one("participants")
        form = self.form(
            Attributes=JSONS,
            LastReadMessageIndex=[0, 3],
            Identity=PEOPLE,
            MessagingBinding__ProxyAddress=["null", ""],
        )
        return person and self.api.post(self.path(person), form)

    def some_end_of_a_participant(self) -> object:
        person = self.one("participants")
        return person and self.chance.random() < 0.3 and self.api.delete(self.path(person))

    def some_seen_conversation(self) -> object:
        seen = self.one("user_conversations")
        form = self.form(NotificationLevel=["muted", "default"], LastReadMessageIndex=[0, 1])
        return seen and self.api.post(self.path(seen), form)

    def some_media(self) -> object:
        return self.account.media.add(filename="später.png", size=self.chance.randrange(99))

    def some_binding(self) -> object:
        return self.account.bindings.add(
            identity=self.chance.choice(PEOPLE), message_types=["new_message"]
        )

    def some_message(self) -> object:
        file = self.one("media")
        form = self.form(
            Author=[*PEOPLE, *PHONES],
            Body=TEXTS,
            Attributes=JSONS,
            Subject=TEXTS,
            MediaSid=[file.sid if file else "ME" + "5" * 32],
            DateUpdated=["2018-01-01T00:00:00Z"],
        )
        return self.below("Messages", form)

    some_reply = some_answer = some_more = some_message

    def some_template(self) -> object:
        return self.below(
            "Messages", {"ContentSid": "HX" + "0" * 32, "ContentVariables": '{"1": "ü"}'}
        )

    def some_edit(self) -> object:
        message = self.one("messages")
        return message and self.api.post(
            self.path(message), self.form(Body=TEXTS, Author=PEOPLE, Attributes=JSONS)
        )

    def some_end_of_a_message(self) -> object:
        message = self.one("messages")
        return message and self.chance.random() < 0.3 and self.api.delete(self.path(message))

    def some_receipt(self) -> object:
        message = self.one("messages")
        statuses = ["delivered", "read", "failed"]
        return message and self.account.receipts.add(
            message_sid=message.sid, status=self.chance.choice(statuses), error_code=30003
        )

    def some_scoped_webhook(self) -> object:
        form = {
            "Target": "webhook",
            "Configuration.Url": "http://x.example",
            "Configuration.Filters": ["onMessageAdded"],
        }
        return self.below("Webhooks", form | self.form(Configuration__ReplayAfter=[1]))


STARTS = [
    "/v1/Services",
    "/v1/Conversations",
    "/v1/Conversations?StartDate=2020-01-01",
    "/v1/Users",
    "/v1/Roles",
    "/v1/Configuration",
    "/v1/Configuration/Webhooks",
    "/v1/Configuration/Addresses",
    "/v1/Credentials",
]


def everything(world: World) -> dict[str, Any]:
    """The answers to every GET that can be reached by links, for all accounts."""
    api = Api(world)
    waiting, answers = [*STARTS], dict[str, Any]()
    while waiting:
        target = waiting.pop()
        if target in answers:
            continue
        answer = api.get(target).response
        answers[target] = json.loads(json.dumps(answer).replace(world.account.sid, "AC…"))
        waiting += followed(answer)
        if "/Conversations/CH" not in target and target.endswith("ParticipantConversations"):
            del answers[target]  # it requires an identity or an address
            for person in [*PEOPLE, *PHONES, *PROXIES]:
                name = "Address" if person in (*PHONES, *PROXIES) else "Identity"
                who = person.replace("+", "%2B")
                waiting.append(f"{target}?{name}={who}".replace("ë", "%C3%AB"))
    return answers


def followed(answer: Any) -> list[str]:
    """The targets of the links in an answer."""
    found: list[str] = []
    if isinstance(answer, dict):
        for key, value in answer.items():
            if key in ("url", "next_page_url") and value:
                found.append(value)
            elif key == "links":
                found += value.values()
            else:
                found += followed(value)
    elif isinstance(answer, list):
        for each in answer:
            found += followed(each)
    return [target.removeprefix("https://conversations.twilio.com") for target in found]
