"""What Twilio answers when it refuses: a status, a code and a text, by the rule that is broken.

How sure each rule is, and where it is known from, stands in `rules`. Codes and texts are those of
Twilio's error dictionary; a status that nobody has seen follows the pattern of those that were
(duplicates 409, malformed values 400, limits 403).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar


class Refused(Exception):  # noqa: N818 - Twilio refuses; nothing is in error
    """A request that Twilio would not carry out. Keywords fill the braces of its text."""

    rule: ClassVar[str]
    """The id of the rule that it breaks."""
    status: ClassVar[int]
    code: ClassVar[int]
    text: ClassVar[str]

    def __init__(self, *, hint: str = "", **facts: object) -> None:
        super().__init__(self.text.format(**facts))
        self.hint = hint
        """What Twilio does not say, but a test author wants to know."""

    @property
    def explanation(self) -> str:
        """Code and text, with the hint."""
        return f"{self.code} {self}{f' ({self.hint})' if self.hint else ''}"

    def envelope(self) -> dict[str, Any]:
        """The body of the answer."""
        return {
            "code": self.code,
            "message": str(self),
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }


@contextmanager
def refusals_are_errors() -> Iterator[None]:
    """What Twilio would refuse is a mistake of the test."""
    __tracebackhide__ = True
    try:
        yield
    except Refused as refusal:
        raise ValueError(f"Twilio refuses this: {refusal.explanation}") from None


def _refusal(rule: str, status: int, code: int, text: str) -> type[Refused]:
    facts = {"rule": rule, "status": status, "code": code, "text": text}
    return type("Refused", (Refused,), facts)


# Requests
Unauthenticated = _refusal("credentials", 401, 20003, "Authenticate")
NoCredentials = _refusal(
    "no-credentials", 401, 20003, "Authentication Error - No credentials provided"
)
InvalidUsername = _refusal("credentials", 401, 20003, "Authentication Error - invalid username")
# Ours: Twilio knows its own access tokens
BearerNotKnown = _refusal(
    "bearer-tokens",
    401,
    20003,
    "Authentication Error - this fake knows HTTP Basic only, where credentials are enforced; "
    "it cannot check a Bearer token",
)
# Ours: a request that comes late, from a test that is over
CredentialsEnded = _refusal(
    "ended-credentials",
    401,
    20003,
    "Authentication Error - these credentials belong to {name}, which has ended",
)
NotFound = _refusal("not-found", 404, 20404, "The requested resource {path} was not found")
MethodNotAllowed = _refusal("methods", 405, 20004, "Method not allowed")
BodyTooLarge = _refusal("body-size", 413, 20413, "Request Entity Too Large")
InvalidParameter = _refusal("invalid-parameter", 400, 20001, "Invalid {name}")
MissingParameter = _refusal(
    "missing-parameter", 400, 20001, "Missing required parameter {name} in the post body"
)
NotAnInteger = _refusal("integers", 400, 20001, "invalid literal for int() with base 10: '{value}'")
MalformedForm = _refusal("malformed-form", 400, 20001, "Invalid form: {reason}")
UnreadableBody = _refusal("compressed-bodies", 400, 20001, "Invalid body: {reason}")
MalformedRequest = _refusal("malformed-http", 400, 20001, "Invalid request: {reason}")
# Ours: Twilio has this, and the fake has not
NotImitated = _refusal(
    "not-imitated", 501, 20501, "Twilio has {what}, and this fake does not imitate it"
)

# Lists
PageSizeTooLarge = _refusal("large-page-size", 400, 20007, "Page size too large")
InvalidPageToken = _refusal("page-token", 400, 20001, "Invalid {name}")
InvalidMessageToken = _refusal(
    "message-page-token", 400, 19038, "Page token must be bigger than or equal to 0"
)

# Names and texts that many resources have
FriendlyNameNotProvided = _refusal("service-name", 400, 50000, "FriendlyName not provided")
FriendlyNameTooLong = _refusal("friendly-name-length", 400, 50003, "Friendly name too long")
AttributesTooLong = _refusal("attributes-size", 400, 50303, "Attributes too long")
AttributesNotJson = _refusal("attributes-json", 400, 50304, "Attributes not valid JSON")
InvalidDateCreated = _refusal("import-dates", 400, 50308, "Invalid Date Created parameter")
InvalidDateUpdated = _refusal("import-dates", 400, 50309, "Invalid Date Updated parameter")

# Services and configurations
DefaultServiceNotDeletable = _refusal(
    "default-service-delete",
    400,
    20001,
    "The default conversation service of an account can not be deleted",
)
UnknownDefaultService = _refusal("default-service", 400, 20001, "Invalid DefaultChatServiceSid")
InvalidWebhookMethod = _refusal("webhook-method", 400, 50055, "Invalid webhook method")
InvalidPreWebhookUrl = _refusal("webhook-urls", 400, 50077, "Invalid pre webhook url")
InvalidPostWebhookUrl = _refusal("webhook-urls", 400, 50078, "Invalid post webhook url")
WebhookRefused = _refusal("pre-event-refusal", 403, 50056, "Webhook disabled processing of command")
UnknownEvent = _refusal("event-names", 400, 20001, "Invalid {name}")
AddressExists = _refusal("address-once", 409, 20409, "Conflict")
AddressNotOwned = _refusal("ownership", 400, 20001, "Invalid Address")

# Conversations
UniqueNameTooLong = _refusal("unique-name-length", 400, 50004, "Unique Name too long")
UniqueNameTaken = _refusal(
    "unique-name", 409, 50353, "Conversation with provided unique name already exists"
)
UniqueNameLooksLikeSid = _refusal(
    "unique-name-form", 400, 50390, "Unique name should not match conversation sid pattern"
)
InvalidMessagingService = _refusal(
    "messaging-service-form", 400, 50341, "Invalid messaging service SID"
)
UnknownMessagingService = _refusal(
    "ownership", 400, 50342, "Messaging service does not belong to account"
)
StateEmpty = _refusal("states", 400, 50374, "'State' field can't be empty")
InvalidState = _refusal("states", 400, 50378, "'State' parameter value is invalid")
# the dictionary's text lacks the second quote
InitialStateClosed = _refusal("initial-state", 400, 50384, "Initial state can't be 'closed")
ConversationClosed = _refusal(
    "closed", 400, 50377, "Can't update conversation as it's in final closed state"
)
ClosedAbove = _refusal("below-closed", ConversationClosed.status, 50377, ConversationClosed.text)
InactiveTimerTooShort = _refusal(
    "timer-lengths", 400, 50375, "TimeToInactive should be greater or equal to 1 minute"
)
ClosedTimerTooShort = _refusal(
    "timer-lengths", 400, 50376, "TimeToClosed should be greater or equal to 10 minutes"
)
InvalidInactiveTimer = _refusal("timer-form", 400, 50379, "TimeToInactive format is invalid")
InvalidClosedTimer = _refusal("timer-form", 400, 50380, "TimeToClosed format is invalid")
TimerWithoutState = _refusal("timers-alone", 400, 50382, "Timer can't be set without state")

# Messages
AuthorTooLong = _refusal("author-length", 400, 50310, "Author parameter is too long")
EmptyMessage = _refusal("empty-message", 400, 50503, "Message body not provided")
BodyTooLong = _refusal("body-length", 400, 50504, "Message body parameter is too long")
InvalidMediaSid = _refusal("media-form", 400, 50510, "Invalid message media SID")
MediaNotFound = _refusal("ownership", 404, 50507, "Media not found")
MediaSentBefore = _refusal("media-once", 400, 50508, "Media already sent with another message")
MediaBodyFixed = _refusal("media-body", 400, 50509, "Media message body cannot be updated")
AuthorNotInGroup = _refusal(
    "group-author", 400, 50513, "Message author should be among Group MMS participants."
)
InvalidContentSid = _refusal("content-form", 400, 50526, "Invalid content SID")
UnknownContent = _refusal("ownership", 400, 50526, "Invalid content SID")
InvalidContentVariables = _refusal(
    "content-variables", 400, 50527, "Invalid content variables format"
)
ContentMissing = _refusal("content-variables", 400, 50528, "Content SID is missing")
ContentVariablesTooLong = _refusal(
    "content-variable-limits", 400, 50529, "Content variables are too long"
)
ContentVariableKeyTooLong = _refusal(
    "content-variable-limits", 400, 50540, "Content variable key is too long"
)
ContentVariableValueTooLong = _refusal(
    "content-variable-limits", 400, 50541, "Content variable value is too long"
)

# Users and roles
UserExists = _refusal("user-once", 409, 50201, "User already exists")
IdentityReserved = _refusal("identity-reserved", 400, 50203, "Identity reserved")
IdentityLooksLikeSid = _refusal(
    "identity-form", 400, 50206, "Identity should not match user SID pattern"
)
IdentityTooLong = _refusal("identity-length", 400, 50207, "Identity too long")
InvalidNotificationLevel = _refusal("notification-level", 400, 50210, "Invalid notification level")
TooManyConversations = _refusal(
    "conversations-of-one", 403, 50214, "User conversation limit exceeded"
)
RoleNotFound = _refusal("role-of-service", 404, 50100, "Role not found")
RoleNotProvided = _refusal("role-empty", 400, 50103, "Role SID not provided")
PermissionNotFound = _refusal("permission-names", 400, 50104, "Permission not found")
InvalidRoleType = _refusal("role-type", 400, 50105, "Invalid role type")

# Participants
IdentityNotProvided = _refusal("somebody", 400, 50204, "Identity not provided")
IdentityNotAcceptable = _refusal(
    "identity-or-address", 400, 50211, "Identity parameter not acceptable for this Participant"
)
InvalidAddress = _refusal("address-form", 400, 50407, "Invalid messaging binding address")
InvalidProxyAddress = _refusal("proxy-form", 400, 50408, "Invalid participant proxy address")
AddressIsProxyAddress = _refusal(
    "pair-differs", 400, 50409, "Participant address equals proxy address"
)
AddressEmpty = _refusal("pair-halves", 400, 50411, "Participant address is empty")
ProxyAddressEmpty = _refusal("pair-halves", 400, 50412, "Participant proxy address is empty")
ProxyAddressNotOwned = _refusal(
    "ownership", 400, 50413, "Account is not authorized to use proxy address"
)
ChannelsDiffer = _refusal(
    "pair-channel", 400, 50414, "Participant address type does not match proxy address type"
)
BindingExists = _refusal(
    "pair-once",
    409,
    50416,
    "A binding for this participant and proxy address already exists in Conversation {sid}",
)
TooManyParticipants = _refusal("participants", 403, 50417, "Participants limit exceeded")
TooManyTexting = _refusal(
    "texting-participants", 403, 50418, "Non-Chat participants limit exceeded"
)
BindingParametersNotSupported = _refusal(
    "group-binding",
    400,
    50420,
    "Participant Messaging Binding type does not support all of the provided Messaging Binding "
    "parameters",
)
InvalidLastReadMessageIndex = _refusal(
    "read-index-form", 400, 50421, "Invalid last read message index format"
)
ParticipantExists = _refusal("identity-once", 409, 50433, "Participant already exists")
ProxyAddressNotRemovable = _refusal(
    "binding-changes", 400, 50440, "Failed to remove the proxy address of a participant."
)
ProxyAddressNotAddable = _refusal(
    "proxy-fixed", 400, 50441, "Failed to add a proxy address to a participant."
)
ProjectedAddressNotRemovable = _refusal(
    "binding-changes", 400, 50442, "Failed to remove the projected address of a participant."
)
ProjectedAddressNotAddable = _refusal(
    "binding-changes", 400, 50443, "Failed to add a projected address to a participant."
)
IdentityNotAddable = _refusal(
    "binding-changes", 400, 50444, "Failed to add an identity to a participant."
)
IdentityAndAddress = _refusal(
    "one-identifier",
    400,
    50451,
    "One user identifier parameter for lookup at a time is allowed. "
    "Please, use either Identity or Address.",
)

# Group texts
ProjectedAddressNotProvided = _refusal(
    "group-projected", 400, 50434, "Participant projected address not provided"
)
GroupTextingOff = _refusal("group-texting", 403, 50452, "Group MMS is not enabled for this Account")
TooManyInGroup = _refusal(
    "group-size", 403, 50436, "Participant limit exceeded for group conversation"
)
GroupParticipantExists = _refusal("group-once", 409, 50437, "Group Participant already exists")
GroupExists = _refusal(
    "group-unique",
    409,
    50438,
    "Group MMS with given participant list already exists as Conversation {sid}",
)
ProjectedAddressNotOwned = _refusal(
    "ownership", 403, 50439, "Account is not authorized to use the projected address"
)

# Conversations with participants
ParticipantJsonInvalid = _refusal("together-json", 400, 50424, "Participant JSON is invalid")
TooManyParticipantsInRequest = _refusal(
    "together-size", 400, 50426, "Too many participants in request"
)

# Scoped webhooks
TooManyWebhooks = _refusal("scoped-webhooks", 403, 50361, "Too many conversation webhooks")
TooManyTriggers = _refusal("triggers", 400, 50362, "Too many conversation webhook triggers")
InvalidWebhookTarget = _refusal("webhook-target", 400, 50364, "Invalid conversation webhook type")
UnknownScopedEvent = _refusal("event-names", 400, 50365, "Invalid conversation webhook filter")
InvalidTrigger = _refusal("triggers", 400, 50366, "Invalid conversation webhook trigger")
InvalidWebhookFlow = _refusal("flow-form", 400, 50367, "Invalid conversation webhook flow SID")
WebhookFlowNotProvided = _refusal(
    "webhook-flow", 400, 50367, "Invalid conversation webhook flow SID"
)
UnknownFlow = _refusal("ownership", 400, 50367, "Invalid conversation webhook flow SID")
WebhookTargetEmpty = _refusal(
    "webhook-target", 400, 50368, "Conversation webhook type not provided"
)
WebhookUrlNotProvided = _refusal(
    "webhook-needs", 400, 50369, "Conversation webhook URL not provided"
)
WebhookFilterNotProvided = _refusal(
    "webhook-needs", 400, 50370, "Conversation webhook filter not provided"
)
WebhookTriggerNotProvided = _refusal(
    "webhook-needs", 400, 50371, "Conversation webhook trigger not provided"
)
WebhookUrlTooLong = _refusal(
    "webhook-url-length", 400, 50372, "Conversation webhook URL is too long"
)
