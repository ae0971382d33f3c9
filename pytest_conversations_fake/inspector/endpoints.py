"""The table of the control API: a row for each operation, with its parameters and its answer."""

from __future__ import annotations

from ..api.addresses import CHANNELS
from ..api.clock import UNITS
from ..api.resources.receipts import STATUSES
from . import entries, simulators, views, whole_state
from .control import Control
from .endpoint import EVENT_STREAM, Endpoint, Parameter
from .feed import Feed
from .openapi import openapi
from .schemas import COUNT, COUNTS, MAYBE_TEXT, TEXT, Json, listed, named, nullable, record
from .values import FLAG, MOMENT, OBJECT, STATUS, number, one_of, text, whole

NAME = text(1000, shortest=1)
YEAR = 366 * 24 * 3600

CHANNEL = Parameter(
    "channel", one_of(["sms", *CHANNELS]), "The channel of the phone; `sms` by default."
)
PHONE = Parameter("phone", NAME, "The number of the phone, as in `+15550100`.", required=True)
IDENTITY = Parameter("identity", NAME, "The identity of the chat user.", required=True)
CONVERSATION = Parameter(
    "conversation",
    NAME,
    "The sid of a conversation, or its unique name in the default service.",
    required=True,
)
ID = Parameter("id", NAME, "The id.", required=True)
ORDER = Parameter("order", whole(), "Its place in the time line.", required=True)
ENTRIES = record(entries=listed(named("Entry")), more=FLAG)
FILTERS = (
    Parameter("after", whole(), "Only entries with a greater `order`."),
    Parameter("before", whole(1), "Only entries with a smaller `order`."),
    Parameter("limit", whole(1, 1000), "Maximum number of entries; 100 by default."),
    Parameter("search", text(1000), "A text in the entry, in upper or lower case."),
    Parameter("operation", NAME, "The operation of a request, or the event of a webhook."),
    Parameter("status", STATUS, "The status, as in `404` or `4xx`; `0` for no answer."),
    Parameter("refused", FLAG, "Whether a request was refused, or a webhook or action failed."),
)
KIND = Parameter("kind", one_of([*entries.KINDS]), "The kind of entries.")
MESSAGE = record(message=nullable(named("SimulatorMessage")))


def get_openapi(control: Control) -> Json:
    return openapi(ENDPOINTS, views.package_version())


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/state",
        summary="The name, address and clock of the fake, and the numbers of its records.",
        run=views.get_state,
        answer=named("State"),
    ),
    Endpoint(
        method="GET",
        path="/timeline",
        summary="The newest requests, webhooks and actions that match, the oldest of them first.",
        run=entries.list_entries,
        query=(*FILTERS, KIND),
        answer=ENTRIES,
    ),
    Endpoint(
        method="GET",
        path="/requests",
        summary="The newest requests that match, the oldest of them first.",
        run=entries.list_requests,
        query=FILTERS,
        answer=ENTRIES,
    ),
    Endpoint(
        method="GET",
        path="/requests/{number}",
        summary="A request by its number, which is 1 for the first.",
        run=entries.get_request,
        in_path=(Parameter("number", whole(1), "Its number.", required=True),),
        answer=named("RequestEntry"),
    ),
    Endpoint(
        method="GET",
        path="/deliveries",
        summary="The newest webhooks that match, the oldest of them first.",
        run=entries.list_deliveries,
        query=FILTERS,
        answer=ENTRIES,
    ),
    Endpoint(
        method="POST",
        path="/deliveries/{order}/resend",
        summary="Deliver a webhook again. The answer is the new delivery with its outcome.",
        run=entries.resend_delivery,
        in_path=(ORDER,),
        answer=named("DeliveryEntry"),
        status=201,
    ),
    Endpoint(
        method="GET",
        path="/events",
        summary="A stream of server-sent events: `entry`, `state` and `reload`.",
        run=Feed.read_events,
        answer=TEXT,
        media_type=EVENT_STREAM,
    ),
    Endpoint(
        method="GET",
        path="/test",
        summary="The recorded session as a pytest module.",
        run=entries.get_test,
        answer=TEXT,
        media_type="text/x-python",
    ),
    Endpoint(
        method="GET",
        path="/conversations",
        summary="The conversations with the last activity, each with its last messages.",
        run=views.list_conversations,
        query=(
            Parameter("limit", whole(1, 1000), "Maximum number of conversations; 50 by default."),
            Parameter("messages", whole(1, 1000), "Maximum number of messages; 200 by default."),
        ),
        answer=record(conversations=listed(named("Conversation")), omitted=COUNT),
    ),
    Endpoint(
        method="GET",
        path="/conversations/{sid}",
        summary="A conversation with its participants, messages and receipts.",
        run=views.get_conversation,
        in_path=(Parameter("sid", NAME, "The sid of the conversation.", required=True),),
        query=(
            Parameter("messages", whole(1, 10_000), "Maximum number of messages; 1000 by default."),
        ),
        answer=named("Conversation"),
    ),
    Endpoint(
        method="GET",
        path="/seed",
        summary="All records as a seed, which `POST /seed` and `load` take.",
        run=whole_state.get_seed,
        answer=OBJECT,
    ),
    Endpoint(
        method="POST",
        path="/seed",
        summary="Add the records of a seed: all of them or none.",
        run=whole_state.add_seed,
        document=Parameter("seed", OBJECT, "The seed, in the format of seed files.", required=True),
        answer=record(added=COUNTS),
        max_body=32 * 1024 * 1024,
    ),
    Endpoint(
        method="GET",
        path="/snapshots",
        summary="The snapshots, the oldest first. The last 20 are kept.",
        run=whole_state.list_snapshots,
        answer=record(snapshots=listed(named("Snapshot"))),
    ),
    Endpoint(
        method="POST",
        path="/snapshots",
        summary="Take a snapshot: records, clock, requests, deliveries and faults.",
        run=whole_state.take_snapshot,
        answer=named("Snapshot"),
        status=201,
    ),
    Endpoint(
        method="POST",
        path="/snapshots/{id}/restore",
        summary="Go back to a snapshot.",
        run=whole_state.restore_snapshot,
        in_path=(ID,),
    ),
    Endpoint(
        method="POST",
        path="/reset",
        summary="Go back to the initial state, which contains the seed.",
        run=whole_state.reset,
    ),
    Endpoint(
        method="GET",
        path="/faults",
        summary="The faults that requests can still meet, and those that can be injected.",
        run=whole_state.list_faults,
        answer=record(
            faults=listed(named("Fault")),
            available=listed(named("AvailableFault")),
            operations=listed(TEXT),
        ),
    ),
    Endpoint(
        method="POST",
        path="/faults",
        summary="Inject a fault: let requests meet a failure.",
        run=whole_state.inject_fault,
        body=(
            Parameter("fault", one_of([*whole_state.FAULTS]), "The fault.", required=True),
            Parameter("arguments", OBJECT, 'Its arguments, as in `{"retry_after": 2}`.'),
            Parameter(
                "on",
                one_of(whole_state.OPERATION_NAMES),
                "The operation; any operation by default.",
            ),
            Parameter("times", whole(1), "The number of requests that meet it; all by default."),
            Parameter("after", whole(), "The number of requests to skip before it; 0 by default."),
        ),
        answer=named("Fault"),
        status=201,
    ),
    Endpoint(
        method="DELETE",
        path="/faults/{id}",
        summary="End a fault.",
        run=whole_state.end_fault,
        in_path=(ID,),
    ),
    Endpoint(
        method="GET",
        path="/clock",
        summary="The time of the fake.",
        run=whole_state.get_clock,
        answer=named("Clock"),
    ),
    Endpoint(
        method="POST",
        path="/clock",
        summary="Move the clock. Timers that become due run out.",
        run=whole_state.move_clock,
        body=(
            Parameter("move_to", MOMENT, "The instant at which the clock stops."),
            Parameter("tick", FLAG, "Whether the clock runs on after `move_to`."),
            Parameter(
                "shift",
                {"anyOf": [number(-100 * YEAR, 100 * YEAR), OBJECT]},
                f"Seconds, or an object with some of {', '.join(UNITS)}. Negative: back.",
            ),
        ),
        answer=named("Clock"),
    ),
    Endpoint(
        method="GET",
        path="/phones/{phone}/inbox",
        summary="The messages that a phone received, the oldest first.",
        run=simulators.list_inbox,
        in_path=(PHONE,),
        query=(CHANNEL,),
        answer=record(messages=listed(named("ReceivedMessage"))),
    ),
    Endpoint(
        method="POST",
        path="/phones/{phone}/messages",
        summary="Text a number of the account from a phone.",
        run=simulators.send_text,
        in_path=(PHONE,),
        body=(
            Parameter("to", NAME, "The number of the account.", required=True),
            Parameter("body", text(), "The text."),
            CHANNEL,
            Parameter("filename", NAME, "The name of a file that comes with the text."),
        ),
        answer=MESSAGE,
        status=201,
    ),
    Endpoint(
        method="POST",
        path="/phones/{phone}/receipts",
        summary="Report a delivery status for the messages to a phone, as its carrier does.",
        run=simulators.report_status,
        in_path=(PHONE,),
        body=(
            Parameter("status", one_of(STATUSES), "The status.", required=True),
            Parameter("error_code", whole(), "A code of Twilio's, such as 30003."),
            CHANNEL,
        ),
    ),
    Endpoint(
        method="POST",
        path="/chat-users/{identity}/messages",
        summary="Send a message to a conversation as a chat user.",
        run=simulators.send_chat_message,
        in_path=(IDENTITY,),
        body=(
            Parameter("to", NAME, CONVERSATION.meaning, required=True),
            Parameter("body", text(), "The text.", required=True),
        ),
        answer=MESSAGE,
        status=201,
    ),
    Endpoint(
        method="POST",
        path="/chat-users/{identity}/join",
        summary="Join a conversation as a chat user.",
        run=simulators.join_conversation,
        in_path=(IDENTITY,),
        body=(CONVERSATION,),
        answer=record(participant_sid=MAYBE_TEXT),
        status=201,
    ),
    Endpoint(
        method="POST",
        path="/chat-users/{identity}/read",
        summary="Mark messages of a conversation as read by a chat user.",
        run=simulators.mark_as_read,
        in_path=(IDENTITY,),
        body=(
            CONVERSATION,
            Parameter(
                "up_to", whole(), "The index of the last read message; the newest by default."
            ),
        ),
    ),
    Endpoint(
        method="GET",
        path="/chat-users/{identity}/unread",
        summary="The messages of others that a chat user has not read, the oldest first.",
        run=simulators.list_unread,
        in_path=(IDENTITY,),
        query=(CONVERSATION,),
        answer=record(messages=listed(named("SimulatorMessage"))),
    ),
    Endpoint(
        method="POST",
        path="/settle",
        summary="Wait until all webhooks are delivered, with those that they cause.",
        run=whole_state.settle,
        body=(Parameter("within", number(0, 60), "Maximum number of seconds; 10 by default."),),
    ),
    Endpoint(
        method="GET",
        path="/openapi.json",
        summary="The OpenAPI document of the control API.",
        run=get_openapi,
        answer=OBJECT,
    ),
)
