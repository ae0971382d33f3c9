"""Refusals: a status, a code and a text for each rule that a request can break.

`rules.md` states how certain each rule is and where it is known from. `errors` has the status and
the text of each code.
"""

from __future__ import annotations

from typing import Any, ClassVar

from .errors import ERRORS


class Refused(Exception):  # noqa: N818 - Twilio refuses, nothing failed
    """A request that Twilio refuses. The keyword arguments fill the braces of its text."""

    rule: ClassVar[str]
    """The id of the broken rule."""
    status: ClassVar[int]
    code: ClassVar[int]
    text: ClassVar[str]

    def __init__(self, *, hint: str = "", **facts: object) -> None:
        super().__init__(self.text.format(**facts))
        self.hint = hint
        """A hint for test authors, which Twilio does not send."""

    @property
    def explanation(self) -> str:
        """Code, text and hint."""
        return f"{self.code} {self}{f' ({self.hint})' if self.hint else ''}"

    def envelope(self) -> dict[str, Any]:
        """The body of the answer."""
        return {
            "code": self.code,
            "message": str(self),
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }


class refusals_are_errors:  # noqa: N801 - it is used like a function
    """Turn refusals into `ValueError`, for actions that a test requests directly.

    A class, since pytest would show the frame of `contextlib`.
    """

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        __tracebackhide__ = True
        if isinstance(error, Refused):
            raise ValueError(f"Twilio refuses this: {error.explanation}") from None


def _refusal(rule: str, code: int, text: str | None = None) -> type[Refused]:
    """A refusal with the status and the text of its *code*; *text* overrides the text."""
    status, usual = ERRORS[code]
    facts = {"rule": rule, "status": status, "code": code, "text": text or usual}
    return type("Refused", (Refused,), facts)


# Requests
Unauthenticated = _refusal("credentials", 20003)
NoCredentials = _refusal("no-credentials", 20003, "Authentication Error - No credentials provided")
InvalidUsername = _refusal("credentials", 20003, "Authentication Error - invalid username")
# Ours: Twilio knows its own access tokens
BearerNotKnown = _refusal(
    "bearer-tokens",
    20003,
    "Authentication Error - this fake knows HTTP Basic only, where credentials are enforced; "
    "it cannot check a Bearer token",
)
# Ours: a late request from a test that has ended
CredentialsEnded = _refusal(
    "ended-credentials",
    20003,
    "Authentication Error - these credentials belong to {name}, which has ended",
)
NotFound = _refusal("not-found", 20404)
MethodNotAllowed = _refusal("methods", 20004)
BodyTooLarge = _refusal("body-size", 20413)
InvalidParameter = _refusal("invalid-parameter", 20001, "Invalid {name}")
MissingParameter = _refusal("missing-parameter", 20001)
NotAnInteger = _refusal("integers", 20001, "invalid literal for int() with base 10: '{value}'")
MalformedForm = _refusal("malformed-form", 20001, "Invalid form: {reason}")
UnreadableBody = _refusal("compressed-bodies", 20001, "Invalid body: {reason}")
MalformedRequest = _refusal("malformed-http", 20001, "Invalid request: {reason}")


class NotImitated(Refused):
    """Ours: Twilio has this, and the fake does not."""

    rule = "not-imitated"
    status = 501
    code = 20501
    text = "Twilio has {what}, and this fake does not imitate it"


# Lists
PageSizeTooLarge = _refusal("large-page-size", 20007)
InvalidPageToken = _refusal("page-token", 20001, "Invalid {name}")
InvalidMessageToken = _refusal("message-page-token", 19038)

# Names and texts of many resources
FriendlyNameNotProvided = _refusal("service-name", 50000)
FriendlyNameTooLong = _refusal("friendly-name-length", 50003)
AttributesTooLong = _refusal("attributes-size", 50303)
AttributesNotJson = _refusal("attributes-json", 50304)
InvalidDateCreated = _refusal("import-dates", 50308)
InvalidDateUpdated = _refusal("import-dates", 50309)

# Services and configurations
DefaultServiceNotDeletable = _refusal(
    "default-service-delete",
    20001,
    "The default conversation service of an account cannot be deleted",
)
UnknownDefaultService = _refusal("default-service", 20001, "Invalid DefaultChatServiceSid")
InvalidWebhookMethod = _refusal("webhook-method", 50055)
InvalidPreWebhookUrl = _refusal("webhook-urls", 50077)
InvalidPostWebhookUrl = _refusal("webhook-urls", 50078)
WebhookRefused = _refusal("pre-event-refusal", 50056)
UnknownEvent = _refusal("event-names", 20001, "Invalid {name}")
AddressExists = _refusal("address-once", 20409)
AddressNotOwned = _refusal("ownership", 20001, "Invalid Address")

# Conversations
UniqueNameTooLong = _refusal("unique-name-length", 50004)
UniqueNameTaken = _refusal("unique-name", 50353)
UniqueNameLooksLikeSid = _refusal("unique-name-form", 50390)
InvalidMessagingService = _refusal("messaging-service-form", 50341)
UnknownMessagingService = _refusal("ownership", 50342)
StateEmpty = _refusal("states", 50374)
InvalidState = _refusal("states", 50378)
InitialStateClosed = _refusal("initial-state", 50384)
ConversationClosed = _refusal("closed", 50377)
ClosedAbove = _refusal("below-closed", 50377)
InactiveTimerTooShort = _refusal("timer-lengths", 50375)
ClosedTimerTooShort = _refusal("timer-lengths", 50376)
InvalidInactiveTimer = _refusal("timer-form", 50379)
InvalidClosedTimer = _refusal("timer-form", 50380)
TimerWithoutState = _refusal("timers-alone", 50382)

# Messages
AuthorTooLong = _refusal("author-length", 50310)
EmptyMessage = _refusal("empty-message", 50503)
BodyTooLong = _refusal("body-length", 50504)
InvalidMediaSid = _refusal("media-form", 50510)
MediaNotFound = _refusal("ownership", 50507)
MediaSentBefore = _refusal("media-once", 50508)
MediaBodyFixed = _refusal("media-body", 50509)
AuthorNotInGroup = _refusal("group-author", 50513)
InvalidContentSid = _refusal("content-form", 50526)
UnknownContent = _refusal("ownership", 50526)
InvalidContentVariables = _refusal("content-variables", 50527)
ContentMissing = _refusal("content-variables", 50528)
ContentVariablesTooLong = _refusal("content-variable-limits", 50529)
ContentVariableKeyTooLong = _refusal("content-variable-limits", 50540)
ContentVariableValueTooLong = _refusal("content-variable-limits", 50541)

# Users and roles
UserExists = _refusal("user-once", 50201)
IdentityReserved = _refusal("identity-reserved", 50203)
IdentityLooksLikeSid = _refusal("identity-form", 50206)
IdentityTooLong = _refusal("identity-length", 50207)
InvalidNotificationLevel = _refusal("notification-level", 50210)
TooManyConversations = _refusal("conversations-of-one", 50214)
RoleNotFound = _refusal("role-of-service", 50100)
RoleNotProvided = _refusal("role-empty", 50103)
PermissionNotFound = _refusal("permission-names", 50104)
InvalidRoleType = _refusal("role-type", 50105)

# Participants
IdentityNotProvided = _refusal("somebody", 50204)
IdentityNotAcceptable = _refusal("identity-or-address", 50211)
InvalidAddress = _refusal("address-form", 50407)
InvalidProxyAddress = _refusal("proxy-form", 50408)
AddressIsProxyAddress = _refusal("pair-differs", 50409)
AddressEmpty = _refusal("pair-halves", 50411)
ProxyAddressEmpty = _refusal("pair-halves", 50412)
ProxyAddressNotOwned = _refusal("ownership", 50413)
ChannelsDiffer = _refusal("pair-channel", 50414)
BindingExists = _refusal("pair-once", 50416)
TooManyParticipants = _refusal("participants", 50417)
TooManyTexting = _refusal("texting-participants", 50418)
BindingParametersNotSupported = _refusal("group-binding", 50420)
InvalidLastReadMessageIndex = _refusal("read-index-form", 50421)
ParticipantExists = _refusal("identity-once", 50433)
ProxyAddressNotRemovable = _refusal("binding-changes", 50440)
ProxyAddressNotAddable = _refusal("proxy-fixed", 50441)
ProjectedAddressNotRemovable = _refusal("binding-changes", 50442)
ProjectedAddressNotAddable = _refusal("binding-changes", 50443)
IdentityNotAddable = _refusal("binding-changes", 50444)
IdentityAndAddress = _refusal("one-identifier", 50451)

# Group texts
ProjectedAddressNotProvided = _refusal("group-projected", 50434)
GroupTextingOff = _refusal("group-texting", 50452)
TooManyInGroup = _refusal("group-size", 50436)
GroupParticipantExists = _refusal("group-once", 50437)
GroupExists = _refusal("group-unique", 50438)
ProjectedAddressNotOwned = _refusal("ownership", 50439)

# Conversations with participants
ParticipantJsonInvalid = _refusal("together-json", 50424)
TooManyParticipantsInRequest = _refusal("together-size", 50426)

# Scoped webhooks
TooManyWebhooks = _refusal("scoped-webhooks", 50361)
TooManyTriggers = _refusal("triggers", 50362)
InvalidWebhookTarget = _refusal("webhook-target", 50364)
UnknownScopedEvent = _refusal("event-names", 50365)
InvalidTrigger = _refusal("triggers", 50366)
InvalidWebhookFlow = _refusal("flow-form", 50367)
WebhookFlowNotProvided = _refusal("webhook-flow", 50367)
UnknownFlow = _refusal("ownership", 50367)
WebhookTargetEmpty = _refusal("webhook-target", 50368)
WebhookUrlNotProvided = _refusal("webhook-needs", 50369)
WebhookFilterNotProvided = _refusal("webhook-needs", 50370)
WebhookTriggerNotProvided = _refusal("webhook-needs", 50371)
WebhookUrlTooLong = _refusal("webhook-url-length", 50372)
