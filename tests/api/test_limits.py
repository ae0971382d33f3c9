"""Both sides of every limit: the last value that is accepted and the first that is refused.

The fields say which parameters have a limit. The values of the limits and the refusals
beyond them are constants in this module, not values of the package.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pytest
from conftest import Api

from api.test_contract import CONTRACT, FORMS, level_of, sids, target
from pytest_conversations_fake.api.assumptions import Assumptions
from pytest_conversations_fake.api.fields import Duration, Field, Int, Json, Sid, Text
from pytest_conversations_fake.api.forms import decompress
from pytest_conversations_fake.api.journal import RecordedRequest
from pytest_conversations_fake.api.operations import OPERATIONS, Operation
from pytest_conversations_fake.api.refusals import BodyTooLarge, UnreadableBody
from pytest_conversations_fake.api.verbs import LIST
from pytest_conversations_fake.api.world import World
from pytest_conversations_fake.state.account import AccountView

pytestmark = pytest.mark.newest

__all__ = ["sids"]  # a fixture


@dataclass(frozen=True)
class Limit:
    """Values of a parameter on both sides of a limit, and the refusal of those beyond it."""

    accepted: Sequence[str]
    refused: Sequence[str]
    rule: str
    code: int
    text: str
    otherwise: int | None = None
    """The code of the refusal that *accepted* values meet for another reason."""


def length(most: int, rule: str, code: int, text: str, begin: str = "", **more: Any) -> Limit:
    """A text of at most *most* characters that starts with *begin*."""
    longest = begin + "ü" * (most - len(begin))
    return Limit([longest], [longest + "x"], rule, code, text, **more)


def json_bytes(most: int) -> Limit:
    """Attributes of at most *most* bytes."""
    longest = f'"{"ü" * (most // 2 - 1)}"'  # each has two bytes
    return Limit([longest], [longest + " "], "attributes-size", 50303, "Attributes too long")


def number(
    least: int,
    most: int,
    name: str,
    rule: str = "invalid-parameter",
    code: int = 20001,
    **more: Any,
) -> Limit:
    """A number from *least* to *most*."""
    beyond = [str(least - 1), *([] if most == LARGEST else [str(most + 1)])]
    text = more.pop("text", f"Invalid {name}")
    return Limit([str(least), str(most)], beyond, rule, code, text, **more)


def sid(prefix: str, text: str, rule: str = "invalid-parameter", code: int = 20001) -> Limit:
    """A sid that begins with *prefix*; whether the record exists is another rule."""
    wrong = [prefix + "0" * 31, prefix + "0" * 33, prefix + "g" * 32, "XX" + "0" * 32]
    return Limit([], wrong, rule, code, text)


def timer(accepted: str, refused: str, short: tuple[int, str], malformed: tuple[int, str]) -> Any:
    """Nothing at all, or a length from *accepted* up to a hundred years."""
    return (
        Limit(["PT0S", accepted], ["PT1S", refused], "timer-lengths", *short),
        Limit(["P36500D"], ["P36500DT1S", "P36501D"], "timer-form", *malformed),
    )


LARGEST = 10**18 - 1
"""The largest number: 18 digits."""

INACTIVE = timer(
    "PT60S",
    "PT59S",
    (50375, "TimeToInactive should be greater or equal to 1 minute"),
    (50379, "TimeToInactive format is invalid"),
)
CLOSED = timer(
    "PT600S",
    "PT599S",
    (50376, "TimeToClosed should be greater or equal to 10 minutes"),
    (50380, "TimeToClosed format is invalid"),
)
READ_INDEX = {
    "rule": "read-index-form",
    "code": 50421,
    "text": "Invalid last read message index format",
}
ADDRESS, PROXY, PROJECTED = (
    f"MessagingBinding.{part}" for part in ("Address", "ProxyAddress", "ProjectedAddress")
)
MESSAGING_SERVICE = sid("MG", "Invalid messaging service SID", "messaging-service-form", 50341)


def address(name: str, **more: Any) -> Limit:
    return length(256, "invalid-parameter", 20001, f"Invalid {name}", "email:", **more)


# By parameter, or by operation and parameter where they differ
LIMITS: dict[str, tuple[Limit, ...]] = {
    "FriendlyName": (length(256, "friendly-name-length", 50003, "Friendly name too long"),),
    "CreateCredential FriendlyName": (
        length(64, "invalid-parameter", 20001, "Invalid FriendlyName"),
    ),
    "UpdateCredential FriendlyName": (
        length(64, "invalid-parameter", 20001, "Invalid FriendlyName"),
    ),
    "UniqueName": (length(256, "unique-name-length", 50004, "Unique Name too long"),),
    "Identity": (length(256, "identity-length", 50207, "Identity too long"),),
    "Author": (length(256, "author-length", 50310, "Author parameter is too long"),),
    "Body": (length(1600, "body-length", 50504, "Message body parameter is too long"),),
    "Subject": (length(256, "invalid-parameter", 20001, "Invalid Subject"),),
    "Address": (length(256, "invalid-parameter", 20001, "Invalid Address"),),
    ADDRESS: (address(ADDRESS),),
    PROXY: (address(PROXY),),
    f"UpdateConversationParticipant {PROXY}": (address(PROXY, otherwise=50441),),
    PROJECTED: (address(PROJECTED, otherwise=50420),),
    "Configuration.Url": (
        length(512, "webhook-url-length", 50372, "Conversation webhook URL is too long"),
    ),
    "PreWebhookUrl": (
        length(512, "webhook-urls", 50077, "Invalid pre webhook url", "https://a"),
    ),
    "PostWebhookUrl": (
        length(512, "webhook-urls", 50078, "Invalid post webhook url", "https://a"),
    ),
    "CreateConversation Attributes": (json_bytes(16 * 1024),),
    "UpdateConversation Attributes": (json_bytes(16 * 1024),),
    "CreateConversationWithParticipants Attributes": (json_bytes(16 * 1024),),
    "Attributes": (json_bytes(4 * 1024),),
    "MessagingServiceSid": (MESSAGING_SERVICE,),
    "DefaultMessagingServiceSid": (MESSAGING_SERVICE,),
    "MediaSid": (sid("ME", "Invalid message media SID", "media-form", 50510),),
    "ContentSid": (sid("HX", "Invalid content SID", "content-form", 50526),),
    "Configuration.FlowSid": (
        sid("FW", "Invalid conversation webhook flow SID", "flow-form", 50367),
    ),
    **{
        name: (sid(prefix, f"Invalid {name}"),)
        for name, prefix in {
            "RoleSid": "RL",
            "DefaultChatServiceSid": "IS",
            "DefaultConversationCreatorRoleSid": "RL",
            "DefaultConversationRoleSid": "RL",
            "DefaultChatServiceRoleSid": "RL",
            "AutoCreation.ConversationServiceSid": "IS",
            "AutoCreation.StudioFlowSid": "FW",
        }.items()
    },
    "AutoCreation.StudioRetryCount": (number(0, 3, "AutoCreation.StudioRetryCount"),),
    "Configuration.ReplayAfter": (number(0, LARGEST, "Configuration.ReplayAfter"),),
    "LastReadMessageIndex": (number(0, LARGEST, "LastReadMessageIndex", **READ_INDEX),),
    "PageSize": (number(1, LARGEST, "PageSize"),),
    "Page": (number(0, LARGEST, "Page"),),
    "Timers.Inactive": INACTIVE,
    "Timers.Closed": CLOSED,
    "DefaultInactiveTimer": INACTIVE,
    "DefaultClosedTimer": CLOSED,
}  # fmt: skip

# Parameters sent with a parameter, in place of those that the operation requires
TOGETHER: dict[str, dict[str, str]] = {
    ADDRESS: {PROXY: "email:desk"},
    PROXY: {ADDRESS: "email:ada"},
    PROJECTED: {},
}


def is_limited(field: Field) -> bool:
    """Whether a field declares a limit of lengths, numbers or durations, or the form of a sid."""
    if isinstance(field, (Text, Json)):
        return field.max is not None
    return isinstance(field, (Int, Duration, Sid))


def key_of(operation: Operation, field: Field) -> str:
    own = f"{operation.name} {field.name}"
    return own if own in LIMITS else field.name


LIMITED = [
    (operation, field)
    for operation in OPERATIONS.values()
    for fields in (operation.form, operation.query)
    for field in fields.values()
    if is_limited(field) or (fields is operation.form and field.name in LIMITS)
]
FACTS = {facts["operation"]: facts for facts in CONTRACT["operations"]}


def test_every_limit_that_a_field_declares_has_its_values_here() -> None:
    assert {key_of(*each) for each in LIMITED} == LIMITS.keys()


def values(side: str) -> list[Any]:
    """The rows of a test: every value on one side of a limit, for each operation."""
    return [
        pytest.param(
            operation,
            field.name,
            value,
            limit,
            id=f"{operation.name} {field.name} {value[:20]} {len(value)}",
            marks=pytest.mark.rule(limit.rule),
        )
        for operation, field in LIMITED
        for limit in LIMITS.get(key_of(operation, field), ())
        for value in getattr(limit, side)
    ]


def send(
    api: Api, sids: dict[str, dict[str, str]], operation: Operation, name: str, value: str
) -> Any:
    path = target(FACTS[operation.name], sids["account" if operation.resource.short else "service"])
    if operation.verb is LIST:
        return api.get(f"{path}?{urlencode({name: value})}")
    return api.post(path, {**TOGETHER.get(name, FORMS.get(operation.name, {})), name: value})


@pytest.mark.parametrize(("operation", "name", "value", "limit"), values("accepted"))
def test_value_at_a_limit_is_accepted(
    api: Api,
    sids: dict[str, dict[str, str]],
    operation: Operation,
    name: str,
    value: str,
    limit: Limit,
) -> None:
    answered = send(api, sids, operation, name, value)

    assert limit.otherwise == (answered.response or {}).get("code"), answered.reason
    assert answered.refused == bool(limit.otherwise)


@pytest.mark.parametrize(("operation", "name", "value", "limit"), values("refused"))
def test_value_beyond_a_limit_is_refused(
    api: Api,
    sids: dict[str, dict[str, str]],
    operation: Operation,
    name: str,
    value: str,
    limit: Limit,
) -> None:
    refused = send(api, sids, operation, name, value)

    assert (400, limit.rule) == (refused.status, refused.rule)
    assert (limit.code, limit.text) == (refused.response["code"], refused.response["message"])


@pytest.mark.parametrize(
    "operation",
    [facts for facts in FACTS.values() if "returns_list" in facts],
    ids=lambda facts: facts["operation"],
)
@pytest.mark.rule("large-page-size")
def test_page_has_the_requested_size_up_to_the_maximum(
    api: Api, sids: dict[str, dict[str, str]], operation: dict[str, Any]
) -> None:
    most = operation["query"]["PageSize"]["maximum"]
    path = target(operation, sids[level_of(operation)])

    sizes = [
        api.get(f"{path}{query}").response["meta"]["page_size"]
        for query in ("", "?PageSize=1", f"?PageSize={most}", f"?PageSize={most + 1}")
    ]

    assert [min(50, most), 1, most, most] == sizes


def test_page_size_above_the_maximum_is_refused_where_that_is_assumed() -> None:
    api = Api(World("a test", assumptions=Assumptions({"large-page-size": "refused"})))

    accepted, refused = (api.get(f"/v1/Roles?PageSize={size}") for size in (50, 51))

    assert 200 == accepted.status
    assert (400, 20007, "Page size too large") == answer(refused)


# Limits that no field declares

TALK = "/v1/Conversations/talk"
TRIGGER = {"Target": "trigger", "Configuration.Url": "https://a.example"}
CONTENT = {"ContentSid": "HX" + "0" * 32}
TOGETHER_PATH = "/v1/ConversationWithParticipants"


def variables(**texts: str) -> dict[str, str]:
    return {**CONTENT, "ContentVariables": json.dumps(texts)}


def people(count: int) -> list[str]:
    return [json.dumps({"identity": str(number)}) for number in range(count)]


def digits(most: int, name: str, begin: str = "") -> dict[str, str]:
    both = {ADDRESS: "+15550101", PROXY: "+15550199"}
    return {**both, name: begin + "123456789012345"[:most]}


def both_sides(
    situation: str, rule: str, code: int, text: str, target: str, accepted: Any, refused: Any
) -> Any:
    marks = pytest.mark.rule(rule)
    return pytest.param(target, accepted, refused, rule, code, text, id=situation, marks=marks)


@pytest.mark.parametrize(
    ("target", "accepted", "refused", "rule", "code", "text"),
    [
        both_sides("triggers", "triggers", 50362, "Too many conversation webhook triggers",
                   f"{TALK}/Webhooks", {**TRIGGER, "Configuration.Triggers": [*"abcde"]},
                   {**TRIGGER, "Configuration.Triggers": [*"abcdef"]}),
        both_sides("longest trigger", "triggers", 50366, "Invalid conversation webhook trigger",
                   f"{TALK}/Webhooks", {**TRIGGER, "Configuration.Triggers": "x" * 248},
                   {**TRIGGER, "Configuration.Triggers": "x" * 249}),
        both_sides("shortest trigger", "triggers", 50366, "Invalid conversation webhook trigger",
                   f"{TALK}/Webhooks", {**TRIGGER, "Configuration.Triggers": ["a", "b"]},
                   {**TRIGGER, "Configuration.Triggers": ["a", ""]}),
        both_sides("variables", "content-variable-limits", 50529, "Content variables are too long",
                   f"{TALK}/Messages", variables(**{str(n): "" for n in range(100)}),
                   variables(**{str(n): "" for n in range(101)})),
        both_sides("characters of variables", "content-variable-limits", 50529,
                   "Content variables are too long", f"{TALK}/Messages",
                   {**CONTENT, "ContentVariables": "{}".ljust(27_801)},
                   {**CONTENT, "ContentVariables": "{}".ljust(27_802)}),
        both_sides("name of a variable", "content-variable-limits", 50540,
                   "Content variable key is too long", f"{TALK}/Messages",
                   variables(**{"k" * 16: ""}), variables(**{"k" * 17: ""})),
        both_sides("value of a variable", "content-variable-limits", 50541,
                   "Content variable value is too long", f"{TALK}/Messages",
                   variables(k="v" * 256), variables(k="v" * 257)),
        both_sides("participants in one request", "together-size", 50426,
                   "Too many participants in request", TOGETHER_PATH,
                   {"Participant": people(10)}, {"Participant": people(11)}),
        both_sides("levels of JSON", "attributes-json", 50304, "Attributes not valid JSON", TALK,
                   {"Attributes": "[" * 500 + "]" * 500}, {"Attributes": "[" * 501 + "]" * 501}),
        both_sides("longest number", "address-form", 50407, "Invalid messaging binding address",
                   f"{TALK}/Participants", digits(15, ADDRESS, "+"), digits(15, ADDRESS, "+1")),
        both_sides("shortest number", "address-form", 50407, "Invalid messaging binding address",
                   f"{TALK}/Participants", digits(2, ADDRESS, "+"), digits(1, ADDRESS, "+")),
        both_sides("longest short code", "proxy-form", 50408, "Invalid participant proxy address",
                   f"{TALK}/Participants", digits(8, PROXY), digits(9, PROXY)),
        both_sides("shortest short code", "proxy-form", 50408, "Invalid participant proxy address",
                   f"{TALK}/Participants", digits(3, PROXY), digits(2, PROXY)),
    ],
)  # fmt: skip
def test_request_at_a_limit_is_accepted_and_one_beyond_it_refused(
    api: Api, target: str, accepted: Any, refused: Any, rule: str, code: int, text: str
) -> None:
    api.post("/v1/Conversations", {"UniqueName": "talk"})

    beyond = api.post(target, refused)
    at_limit = api.post(target, accepted)

    assert (400, code, text, rule) == (*answer(beyond), beyond.rule)
    assert at_limit.status in (200, 201, 202), at_limit.reason


def answer(refused: RecordedRequest) -> tuple[int, int, str]:
    return refused.status, refused.response["code"], refused.response["message"]


@pytest.mark.rule("scoped-webhooks")
def test_conversation_has_five_webhooks(api: Api, account: AccountView) -> None:
    account.conversations.add(unique_name="talk")
    form = {"Target": "studio", "Configuration.FlowSid": "FW" + "0" * 32}

    *accepted, refused = (api.post(f"{TALK}/Webhooks", form) for _ in range(6))

    assert [201] * 5 == [each.status for each in accepted]
    assert (403, 50361, "Too many conversation webhooks") == answer(refused)


@pytest.mark.rule("group-size")
def test_group_text_has_ten_participants(api: Api, account: AccountView) -> None:
    account.conversations.add(unique_name="talk")

    *accepted, refused = (
        api.post(f"{TALK}/Participants", {ADDRESS: f"+155501{number:02}"}) for number in range(11)
    )

    assert [201] * 10 == [each.status for each in accepted]
    text = "Participant limit exceeded for group conversation"
    assert (403, 50436, text) == answer(refused)


@pytest.mark.rule("texting-participants")
def test_fifty_participants_of_a_conversation_may_text(api: Api, account: AccountView) -> None:
    account.conversations.add(unique_name="talk")

    *accepted, refused = (
        api.post(f"{TALK}/Participants", {ADDRESS: f"+155501{number:02}", PROXY: "+15550199"})
        for number in range(51)
    )

    assert [201] * 50 == [each.status for each in accepted]
    assert (403, 50418, "Non-Chat participants limit exceeded") == answer(refused)


@pytest.mark.rule("participants")
def test_conversation_has_a_thousand_participants(api: Api, account: AccountView) -> None:
    talk = account.conversations.add(unique_name="talk").sid
    for number in range(999):
        account.participants.add(conversation_sid=talk, identity=str(number))

    accepted, refused = (
        api.post(f"{TALK}/Participants", {"Identity": name}) for name in ("ada", "ben")
    )

    assert 201 == accepted.status
    assert (403, 50417, "Participants limit exceeded") == answer(refused)


@pytest.mark.rule("conversations-of-one")
def test_identity_takes_part_in_a_thousand_open_conversations(
    api: Api, account: AccountView
) -> None:
    sids = [account.conversations.add().sid for _ in range(1001)]
    for sid in sids[:999]:
        account.participants.add(conversation_sid=sid, identity="ada")

    accepted, refused = (
        api.post(f"/v1/Conversations/{sid}/Participants", {"Identity": "ada"}) for sid in sids[999:]
    )
    api.post(f"/v1/Conversations/{sids[0]}", {"State": "closed"})
    again = api.post(f"/v1/Conversations/{sids[1000]}/Participants", {"Identity": "ada"})

    assert [201, 201] == [accepted.status, again.status]
    assert (403, 50214, "User conversation limit exceeded") == answer(refused)


@pytest.mark.rule("dates-filter")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("StartDate=2020-02-01", "bcd"),
        ("EndDate=2020-02-01", "abc"),
        ("StartDate=2020-02-01T23:59:59Z", "cd"),
        ("EndDate=2020-02-01T00:00:00Z", "ab"),
    ],
)
def test_filter_of_dates_includes_both_ends_to_the_second(api: Api, query: str, found: str) -> None:
    dates = ("2020-01-31T23:59:59Z", "2020-02-01T00:00:00Z", "2020-02-01T23:59:59Z", "2020-02-02")
    for name, date in zip("abcd", dates):
        api.post("/v1/Conversations", {"UniqueName": name, "DateCreated": date})

    listed = api.get(f"/v1/Conversations?{query}").response["conversations"]

    assert [*found] == sorted(each["unique_name"] for each in listed)


@pytest.mark.rule("body-size", "compressed-bodies")
def test_compressed_body_is_read_up_to_the_limit_of_its_content() -> None:
    headers, body = {"content-encoding": "gzip"}, gzip.compress(b"x" * 10)

    assert b"x" * 10 == decompress(headers, body, 10)
    assert isinstance(decompress(headers, body, 9), BodyTooLarge)
    assert isinstance(decompress(headers, body[:-1], 10), UnreadableBody)
