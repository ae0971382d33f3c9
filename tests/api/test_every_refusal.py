"""Every refusal of the API: its status, code, text and rule, each provoked by a request.

The expected values are constants in this module, not values of the package. The row of a refusal
carries the mark of its rule.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from conftest import Api

from pytest_conversations_fake.api import refusals
from pytest_conversations_fake.api.assumptions import Assumptions
from pytest_conversations_fake.api.refusals import BodyTooLarge, Refused
from pytest_conversations_fake.api.resources.services import default_service
from pytest_conversations_fake.api.world import World

pytestmark = pytest.mark.newest

S, C = "/v1/Services", "/v1/Conversations"
TALK, PEOPLE, MESSAGES, WEBHOOKS = (
    f"{C}/talk",
    f"{C}/talk/Participants",
    f"{C}/talk/Messages",
    f"{C}/talk/Webhooks",
)
ADA, BEN, DESK, OTHER = "+15550101", "+15550102", "+15550199", "+15550198"
ADDRESS, PROXY, PROJECTED = (
    f"MessagingBinding.{part}" for part in ("Address", "ProxyAddress", "ProjectedAddress")
)
PAIR = {ADDRESS: ADA, PROXY: DESK}
MG, ME, HX, FW, IS, RL = (kind + "0" * 32 for kind in ("MG", "ME", "HX", "FW", "IS", "RL"))
PERMISSION = "editNotificationLevel"
URL = "https://example.com"

Form = Mapping[str, object]


@dataclass(frozen=True)
class Case:
    """A request that is refused, after the requests of *before* were carried out."""

    target: str
    form: Form
    before: Sequence[tuple[str, Form]]
    method: str
    headers: Mapping[str, str]
    body: bytes | Refused | None
    user: str | None
    assume: Mapping[str, str]
    owned: Sequence[str]


def row(
    situation: str,
    rule: str,
    status: int,
    code: int,
    text: str,
    target: str,
    form: Form | None = None,
    *,
    before: Sequence[tuple[str, Form]] = (),
    method: str = "POST",
    headers: Mapping[str, str] | None = None,
    body: bytes | Refused | None = None,
    user: str | None = None,
    assume: Mapping[str, str] | None = None,
    owned: Sequence[str] = (),
) -> Any:
    case = Case(target, form or {}, before, method, headers or {}, body, user, assume or {}, owned)
    return pytest.param(case, rule, status, code, text, id=situation, marks=pytest.mark.rule(rule))


def request(
    situation: str,
    rule: str,
    status: int,
    code: int,
    text: str,
    *,
    target: str = S,
    method: str = "GET",
    **more: Any,
) -> Any:
    return row(situation, rule, status, code, text, target, method=method, **more)


def conversation(situation: str, rule: str, code: int, text: str, form: Form, **more: Any) -> Any:
    status = more.pop("status", 400)
    return row(situation, rule, status, code, text, more.pop("target", C), form, **more)


def participant(situation: str, rule: str, code: int, text: str, form: Form, **more: Any) -> Any:
    status = more.pop("status", 400)
    return row(situation, rule, status, code, text, PEOPLE, form, **more)


def change(situation: str, code: int, text: str, first: Form, form: Form, **more: Any) -> Any:
    """An update of the participant that *first* creates; `{sid}` stands for its sid."""
    rule = more.pop("rule", "binding-changes")
    before = [(PEOPLE, first)]
    return row(situation, rule, 400, code, text, f"{PEOPLE}/{{sid}}", form, before=before)


def message(situation: str, rule: str, code: int, text: str, form: Form, **more: Any) -> Any:
    status = more.pop("status", 400)
    return row(situation, rule, status, code, text, MESSAGES, form, **more)


def webhook(situation: str, rule: str, code: int, text: str, form: Form, **more: Any) -> Any:
    status = more.pop("status", 400)
    return row(situation, rule, status, code, text, WEBHOOKS, form, **more)


TRIGGER = {"Target": "trigger", "Configuration.Url": URL}
NAMED_EVENTS = {"event-names": "known"}

ROWS = [
    # Requests
    request("another scheme", "credentials", 401, 20003, "Authenticate",
            headers={"authorization": "Digest x"}),
    request("no credentials", "no-credentials", 401, 20003,
            "Authentication Error - No credentials provided", headers={"authorization": ""}),
    request("unknown sid", "not-found", 404, 20404,
            "The requested resource /Services/IS0 was not found", target=f"{S}/IS0"),
    request("method that the path lacks", "methods", 405, 20004, "Method not allowed",
            method="PUT"),
    request("body too large", "body-size", 413, 20413, "Request Entity Too Large",
            method="POST", body=BodyTooLarge()),
    request("missing parameter", "missing-parameter", 400, 20001,
            "Missing required parameter FriendlyName in the post body", method="POST"),
    request("text for a number", "integers", 400, 20001,
            "invalid literal for int() with base 10: 'ten'", target=f"{S}?PageSize=ten"),
    request("broken percent-encoding", "malformed-form", 400, 20001,
            "Invalid form: broken percent-encoding", method="POST", body=b"FriendlyName=%zz"),
    request("form that is not UTF-8", "malformed-form", 400, 20001,
            "Invalid form: not UTF-8", method="POST", body=b"FriendlyName=%ff"),
    request("unknown Content-Encoding", "compressed-bodies", 400, 20001,
            "Invalid body: unknown Content-Encoding br", method="POST", body=b"x",
            headers={"content-encoding": "br"}),
    request("word outside an enumeration", "invalid-parameter", 400, 20001, "Invalid State",
            target=f"{C}?State=open"),
    request("page size above the maximum, where that is refused", "large-page-size", 400, 20007,
            "Page size too large", target=f"{C}?PageSize=101",
            assume={"large-page-size": "refused"}),
    request("page token that nobody handed out", "page-token", 400, 20001, "Invalid PageToken",
            target=f"{S}?PageToken=x"),
    request("page token of messages", "message-page-token", 400, 19038,
            "Page token must be bigger than or equal to 0", target=f"{MESSAGES}?PageToken=x"),
    # Services and configurations
    row("empty name of a service", "service-name", 400, 50000, "FriendlyName not provided", S,
        {"FriendlyName": ""}),
    row("name of 257 characters", "friendly-name-length", 400, 50003, "Friendly name too long", S,
        {"FriendlyName": "x" * 257}),
    row("deleting the default service", "default-service-delete", 400, 20001,
        "The default conversation service of an account cannot be deleted", f"{S}/{{default}}",
        method="DELETE"),
    row("default service that does not exist", "default-service", 400, 20001,
        "Invalid DefaultChatServiceSid", "/v1/Configuration", {"DefaultChatServiceSid": IS}),
    row("method of a webhook", "webhook-method", 400, 50055, "Invalid webhook method",
        "/v1/Configuration/Webhooks", {"Method": "PUT"}),
    row("relative URL before events", "webhook-urls", 400, 50077, "Invalid pre webhook url",
        "/v1/Configuration/Webhooks", {"PreWebhookUrl": "x"}),
    row("relative URL after events", "webhook-urls", 400, 50078, "Invalid post webhook url",
        "/v1/Configuration/Webhooks", {"PostWebhookUrl": "x"}),
    row("unknown event of the account", "event-names", 400, 20001, "Invalid filters",
        "/v1/Configuration/Webhooks", {"Filters": "onNothing"}, assume=NAMED_EVENTS),
    row("address with a configuration", "address-once", 409, 20409, "Conflict",
        "/v1/Configuration/Addresses", {"Type": "sms", "Address": DESK},
        before=[("/v1/Configuration/Addresses", {"Type": "sms", "Address": DESK})]),
    row("address that the account lacks", "ownership", 400, 20001, "Invalid Address",
        "/v1/Configuration/Addresses", {"Type": "sms", "Address": DESK}, owned=[OTHER]),
    # Conversations
    conversation("unique name of 257 characters", "unique-name-length", 50004,
                 "Unique Name too long", {"UniqueName": "x" * 257}),
    conversation("unique name of another conversation", "unique-name", 50353,
                 "Conversation with provided unique name already exists",
                 {"UniqueName": "talk"}, status=409),
    conversation("unique name like a sid", "unique-name-form", 50390,
                 "Unique name should not match conversation sid pattern",
                 {"UniqueName": "CH" + "0" * 32}),
    conversation("attributes too long", "attributes-size", 50303, "Attributes too long",
                 {"Attributes": '"' + "x" * 16_383 + '"'}),
    conversation("attributes that are not JSON", "attributes-json", 50304,
                 "Attributes not valid JSON", {"Attributes": "{"}),
    conversation("import without a date", "import-dates", 50308,
                 "Invalid Date Created parameter", {"DateCreated": "x"}),
    conversation("import without a date of update", "import-dates", 50309,
                 "Invalid Date Updated parameter", {"DateUpdated": "x"}),
    conversation("malformed messaging service", "messaging-service-form", 50341,
                 "Invalid messaging service SID", {"MessagingServiceSid": "MG0"}),
    conversation("messaging service that the account lacks", "ownership", 50342,
                 "Messaging service does not belong to account", {"MessagingServiceSid": MG},
                 owned=["MG" + "1" * 32]),
    conversation("empty state", "states", 50374, "'State' field can't be empty", {"State": ""}),
    conversation("unknown state", "states", 50378, "'State' parameter value is invalid",
                 {"State": "open"}),
    conversation("closed from the start", "initial-state", 50384,
                 "Initial state can't be 'closed", {"State": "closed"}),
    conversation("change of a closed conversation", "closed", 50377,
                 "Can't update conversation as it's in final closed state", {"FriendlyName": "x"},
                 target=TALK, before=[(TALK, {"State": "closed"})]),
    message("message to a closed conversation", "below-closed", 50377,
            "Can't update conversation as it's in final closed state", {"Body": "hi"},
            before=[(TALK, {"State": "closed"})]),
    conversation("timer to inactive too short", "timer-lengths", 50375,
                 "TimeToInactive should be greater or equal to 1 minute",
                 {"Timers.Inactive": "PT59S"}),
    conversation("timer to closed too short", "timer-lengths", 50376,
                 "TimeToClosed should be greater or equal to 10 minutes",
                 {"Timers.Closed": "PT599S"}),
    conversation("malformed timer to inactive", "timer-form", 50379,
                 "TimeToInactive format is invalid", {"Timers.Inactive": "60"}),
    conversation("malformed timer to closed", "timer-form", 50380,
                 "TimeToClosed format is invalid", {"Timers.Closed": "60"}),
    conversation("timers alone, where that is refused", "timers-alone", 50382,
                 "Timer can't be set without state", {"Timers.Closed": "PT1H"},
                 assume={"timers-alone": "refused"}),
    # Messages
    message("author of 257 characters", "author-length", 50310, "Author parameter is too long",
            {"Body": "x", "Author": "x" * 257}),
    message("empty message", "empty-message", 50503, "Message body not provided", {}),
    message("body of 1601 characters", "body-length", 50504,
            "Message body parameter is too long", {"Body": "x" * 1601}),
    message("malformed media", "media-form", 50510, "Invalid message media SID",
            {"MediaSid": "ME0"}),
    message("media that the account lacks", "ownership", 50507, "Media not found",
            {"MediaSid": ME}, owned=["ME" + "1" * 32], status=404),
    message("media of another message", "media-once", 50508,
            "Media already sent with another message", {"MediaSid": ME},
            before=[(MESSAGES, {"MediaSid": ME})]),
    row("body of a message with media", "media-body", 400, 50509,
        "Media message body cannot be updated", f"{MESSAGES}/{{sid}}", {"Body": "x"},
        before=[(MESSAGES, {"MediaSid": ME})]),
    message("author outside a group text", "group-author", 50513,
            "Message author should be among Group MMS participants.",
            {"Body": "x", "Author": BEN}, before=[(PEOPLE, {ADDRESS: ADA})]),
    message("malformed template", "content-form", 50526, "Invalid content SID",
            {"ContentSid": "HX0"}),
    message("template that the account lacks", "ownership", 50526, "Invalid content SID",
            {"ContentSid": HX}, owned=["HX" + "1" * 32]),
    message("variables that are an array", "content-variables", 50527,
            "Invalid content variables format", {"ContentSid": HX, "ContentVariables": "[]"}),
    message("variables without a template", "content-variables", 50528, "Content SID is missing",
            {"Body": "x", "ContentVariables": "{}"}),
    message("variables too long", "content-variable-limits", 50529,
            "Content variables are too long",
            {"ContentSid": HX, "ContentVariables": "{}" + " " * 27_800}),
    message("key of 17 characters", "content-variable-limits", 50540,
            "Content variable key is too long",
            {"ContentSid": HX, "ContentVariables": f'{{"{"k" * 17}": ""}}'}),
    message("value of 257 characters", "content-variable-limits", 50541,
            "Content variable value is too long",
            {"ContentSid": HX, "ContentVariables": f'{{"1": "{"v" * 257}"}}'}),
    # Users and roles
    row("identity of another user", "user-once", 409, 50201, "User already exists", "/v1/Users",
        {"Identity": "ada"}, before=[("/v1/Users", {"Identity": "ada"})]),
    row("empty identity of a user", "somebody", 400, 50204, "Identity not provided", "/v1/Users",
        {"Identity": ""}),
    participant("reserved identity", "identity-reserved", 50203, "Identity reserved",
                {"Identity": "system"}),
    participant("identity like a sid", "identity-form", 50206,
                "Identity should not match user SID pattern", {"Identity": "US" + "0" * 32}),
    participant("identity of 257 characters", "identity-length", 50207, "Identity too long",
                {"Identity": "x" * 257}),
    row("notification level", "notification-level", 400, 50210, "Invalid notification level",
        "/v1/Users/ada/Conversations/talk", {"NotificationLevel": "loud"},
        before=[(PEOPLE, {"Identity": "ada"})]),
    participant("unknown role", "role-of-service", 50100, "Role not found",
                {"Identity": "ada", "RoleSid": RL}, status=404),
    participant("empty role", "role-empty", 50103, "Role SID not provided",
                {"Identity": "ada", "RoleSid": ""}),
    row("unknown permission", "permission-names", 400, 50104, "Permission not found", "/v1/Roles",
        {"FriendlyName": "x", "Type": "service", "Permission": "fly"}),
    row("role of another type", "role-type", 400, 50105, "Invalid role type", PEOPLE,
        {"Identity": "ada", "RoleSid": "{sid}"},
        before=[("/v1/Roles",
                 {"FriendlyName": "x", "Type": "service", "Permission": PERMISSION})]),
    # Participants
    participant("nobody", "somebody", 50204, "Identity not provided", {}),
    participant("identity with an address", "identity-or-address", 50211,
                "Identity parameter not acceptable for this Participant",
                {"Identity": "ada", **PAIR}),
    participant("malformed address", "address-form", 50407, "Invalid messaging binding address",
                {**PAIR, ADDRESS: "5550101"}),
    participant("malformed proxy address", "proxy-form", 50408,
                "Invalid participant proxy address", {**PAIR, PROXY: "desk"}),
    participant("own address", "pair-differs", 50409, "Participant address equals proxy address",
                {**PAIR, PROXY: ADA}),
    participant("proxy address alone", "pair-halves", 50411, "Participant address is empty",
                {PROXY: DESK}),
    participant("empty proxy address", "pair-halves", 50412,
                "Participant proxy address is empty", {**PAIR, PROXY: ""}),
    participant("proxy address that the account lacks", "ownership", 50413,
                "Account is not authorized to use proxy address", PAIR, owned=[OTHER]),
    participant("two channels", "pair-channel", 50414,
                "Participant address type does not match proxy address type",
                {**PAIR, ADDRESS: f"whatsapp:{ADA}"}),
    participant("pair of an open conversation", "pair-once", 50416,
                "A binding for this participant and proxy address already exists in "
                "Conversation {talk}", PAIR, before=[(PEOPLE, PAIR)], status=409),
    participant("address and projected address", "group-binding", 50420,
                "Participant Messaging Binding type does not support all of the provided "
                "Messaging Binding parameters", {ADDRESS: ADA, PROJECTED: DESK}),
    participant("identity that takes part", "identity-once", 50433, "Participant already exists",
                {"Identity": "ada"}, before=[(PEOPLE, {"Identity": "ada"})], status=409),
    change("negative read index", 50421, "Invalid last read message index format",
           {"Identity": "ada"}, {"LastReadMessageIndex": "-1"}, rule="read-index-form"),
    change("removing a proxy address of WhatsApp", 50440,
           "Failed to remove the proxy address of a participant.",
           {ADDRESS: f"whatsapp:{ADA}", PROXY: f"whatsapp:{DESK}"}, {PROXY: "null"}),
    change("another proxy address", 50441, "Failed to add a proxy address to a participant.",
           PAIR, {PROXY: OTHER}, rule="proxy-fixed"),
    change("removing the only projected address", 50442,
           "Failed to remove the projected address of a participant.", {PROJECTED: DESK},
           {PROJECTED: "null"}),
    change("projected address of a phone", 50443,
           "Failed to add a projected address to a participant.", PAIR, {PROJECTED: OTHER}),
    change("identity of a phone", 50444, "Failed to add an identity to a participant.", PAIR,
           {"Identity": "ada"}),
    request("conversations by identity and address", "one-identifier", 400, 50451,
            "One user identifier parameter for lookup at a time is allowed. "
            "Please, use either Identity or Address.",
            target="/v1/ParticipantConversations?Identity=ada&Address=x"),
    # Group texts
    participant("chat in a group text without a projected address", "group-projected", 50434,
                "Participant projected address not provided", {"Identity": "ada"},
                before=[(PEOPLE, {ADDRESS: ADA})]),
    participant("third in a group text, where there are none", "group-texting", 50452,
                "Group MMS is not enabled for this Account", {ADDRESS: OTHER},
                before=[(PEOPLE, {ADDRESS: ADA}), (PEOPLE, {ADDRESS: BEN})], status=403,
                assume={"group-texting": "off"}),
    participant("eleventh in a group text", "group-size", 50436,
                "Participant limit exceeded for group conversation", {ADDRESS: OTHER},
                before=[(PEOPLE, {ADDRESS: f"+155502{n:02}"}) for n in range(10)], status=403),
    participant("number that is in the group text", "group-once", 50437,
                "Group Participant already exists", {ADDRESS: ADA},
                before=[(PEOPLE, {ADDRESS: ADA})], status=409),
    participant("projected address that the account lacks", "ownership", 50439,
                "Account is not authorized to use the projected address", {PROJECTED: DESK},
                owned=[OTHER], status=403),
    # Conversations with participants
    row("participant that is no object", "together-json", 400, 50424,
        "Participant JSON is invalid", "/v1/ConversationWithParticipants", {"Participant": "[]"}),
    row("eleven participants in one request", "together-size", 400, 50426,
        "Too many participants in request", "/v1/ConversationWithParticipants",
        {"Participant": [f'{{"identity": "{n}"}}' for n in range(11)]}),
    # Scoped webhooks
    webhook("sixth webhook", "scoped-webhooks", 50361, "Too many conversation webhooks",
            {"Target": "studio", "Configuration.FlowSid": FW}, status=403,
            before=[(WEBHOOKS, {"Target": "studio", "Configuration.FlowSid": FW})] * 5),
    webhook("six triggers", "triggers", 50362, "Too many conversation webhook triggers",
            {**TRIGGER, "Configuration.Triggers": [*"abcdef"]}),
    webhook("trigger of 249 characters", "triggers", 50366,
            "Invalid conversation webhook trigger",
            {**TRIGGER, "Configuration.Triggers": "x" * 249}),
    webhook("unknown target", "webhook-target", 50364, "Invalid conversation webhook type",
            {"Target": "x"}),
    webhook("empty target", "webhook-target", 50368, "Conversation webhook type not provided",
            {"Target": ""}),
    webhook("unknown event of a conversation", "event-names", 50365,
            "Invalid conversation webhook filter",
            {"Target": "webhook", "Configuration.Url": URL, "Configuration.Filters": "onNothing"},
            assume=NAMED_EVENTS),
    webhook("malformed flow", "flow-form", 50367, "Invalid conversation webhook flow SID",
            {"Target": "studio", "Configuration.FlowSid": "FW0"}),
    webhook("no flow", "webhook-flow", 50367, "Invalid conversation webhook flow SID",
            {"Target": "studio"}),
    webhook("flow that the account lacks", "ownership", 50367,
            "Invalid conversation webhook flow SID",
            {"Target": "studio", "Configuration.FlowSid": FW}, owned=["FW" + "1" * 32]),
    webhook("no URL", "webhook-needs", 50369, "Conversation webhook URL not provided",
            {"Target": "webhook"}),
    webhook("no filters", "webhook-needs", 50370, "Conversation webhook filter not provided",
            {"Target": "webhook", "Configuration.Url": URL}),
    webhook("no triggers", "webhook-needs", 50371, "Conversation webhook trigger not provided",
            TRIGGER),
    webhook("URL of 513 characters", "webhook-url-length", 50372,
            "Conversation webhook URL is too long",
            {"Target": "webhook", "Configuration.Url": "u" * 513}),
]  # fmt: skip


@pytest.mark.parametrize(("case", "rule", "status", "code", "text"), ROWS)
def test_refused_request_is_answered_with_status_code_and_text(
    case: Case, rule: str, status: int, code: int, text: str
) -> None:
    api = Api(World("a test", assumptions=Assumptions(case.assume, case.owned)))
    sids = {
        "default": default_service(api.world.account).sid,
        "talk": api.post(C, {"UniqueName": "talk"}).response["sid"],
    }
    for target, form in case.before:
        done = api.post(target, form)
        assert not done.refused, done.reason
        sids["sid"] = done.response["sid"]
    form = {name: sids["sid"] if value == "{sid}" else value for name, value in case.form.items()}
    target = case.target.format(**sids)

    if case.body is None and case.method == "POST":
        refused = api.post(target, form, headers=case.headers)
    else:
        refused = api.ask(case.method, target, case.body or b"", case.headers, user=case.user)

    assert refused.response == {
        "code": code,
        "message": text.format(**sids),
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": status,
    }
    assert status == refused.status
    assert rule == refused.rule


# Refusals that a single request to the engine cannot provoke, and the tests that provoke them
ELSEWHERE = {
    "BearerNotKnown",  # tests/api/test_authentication.py
    "CredentialsEnded",  # tests/api/test_authentication.py
    "MalformedRequest",  # tests/server/test_server.py
    "NotImitated",  # tests/api/resources/test_every_resource.py
    "WebhookRefused",  # tests/api/test_pre_events.py
    "GroupExists",  # tests/api/resources/test_group_texts.py
    "TooManyConversations",  # tests/api/resources/test_participant_rules.py
    "TooManyParticipants",  # tests/api/resources/test_participant_rules.py
    "TooManyTexting",  # tests/api/resources/test_participant_rules.py
}


def test_every_refusal_has_a_row() -> None:
    rows = {(each.values[1], each.values[3]) for each in ROWS}
    kinds = {
        name: (kind.rule, kind.code)
        for name, kind in vars(refusals).items()
        if isinstance(kind, type) and issubclass(kind, Refused) and kind is not Refused
    }

    assert {name for name, key in kinds.items() if key not in rows} == ELSEWHERE
