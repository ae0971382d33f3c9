"""What Twilio answers when it refuses: one class a code.

Status, code and text are Twilio's. *seen* marks those captured from the real API; for the rest the
code and the text are those of Twilio's error dictionary and the status follows the pattern of
those that were seen (duplicates 409, malformed values 400, limits 403).
"""

from __future__ import annotations

from typing import Any, ClassVar


class Refused(Exception):  # noqa: N818 - Twilio refuses; nothing is in error
    """A request that Twilio would not carry out. Keywords fill the braces of its text."""

    status: ClassVar[int] = 400
    code: ClassVar[int]
    text: ClassVar[str]

    def __init__(self, **facts: object) -> None:
        super().__init__(self.text.format(**facts))

    def envelope(self) -> dict[str, Any]:
        """The body of the answer."""
        return {
            "code": self.code,
            "message": str(self),
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }


def _refusal(status: int, code: int, text: str) -> type[Refused]:
    return type("Refused", (Refused,), {"status": status, "code": code, "text": text})


# The whole API
Unauthenticated = _refusal(401, 20003, "Authenticate")  # seen
# text guessed
NoCredentials = _refusal(401, 20003, "Authentication Error - No credentials provided")
InvalidUsername = _refusal(401, 20003, "Authentication Error - invalid username")  # seen
# Ours: a request that comes late, from a test that is over.
CredentialsEnded = _refusal(
    401, 20003, "Authentication Error - these credentials belong to {name}, which has ended"
)
# seen, with a path that leaves out the version
NotFound = _refusal(404, 20404, "The requested resource {path} was not found")
MethodNotAllowed = _refusal(405, 20004, "Method not allowed")
BodyTooLarge = _refusal(413, 20413, "Request Entity Too Large")
InvalidParameter = _refusal(400, 20001, "Invalid {name}")  # code documented, text guessed
# seen
MissingParameter = _refusal(400, 20001, "Missing required parameter {name} in the post body")
NotAnInteger = _refusal(400, 20001, "invalid literal for int() with base 10: '{value}'")  # seen
MalformedForm = _refusal(400, 20001, "Invalid form: {reason}")  # text guessed
MalformedRequest = _refusal(400, 20001, "Invalid request: {reason}")  # a guess, text and all
InvalidPageToken = InvalidParameter
# Ours: Twilio has this, and the fake has not.
NotImitated = _refusal(501, 20501, "Twilio has {what}, and this fake does not imitate it")

# Names and texts that many resources share
FriendlyNameNotProvided = _refusal(400, 50000, "FriendlyName not provided")
FriendlyNameTooLong = _refusal(400, 50003, "Friendly name too long")
UniqueNameTooLong = _refusal(400, 50004, "Unique Name too long")
AttributesTooLong = _refusal(400, 50303, "Attributes too long")
AttributesNotJson = _refusal(400, 50304, "Attributes not valid JSON")  # seen
InvalidDateCreated = _refusal(400, 50308, "Invalid Date Created parameter")
InvalidDateUpdated = _refusal(400, 50309, "Invalid Date Updated parameter")

# Services
# what Twilio does is unknown
DefaultServiceNotDeletable = _refusal(
    400, 20001, "The default conversation service of an account can not be deleted"
)

# Conversations
InvalidMessagingService = _refusal(400, 50341, "Invalid messaging service SID")
# seen
UniqueNameTaken = _refusal(409, 50353, "Conversation with provided unique name already exists")
UniqueNameLooksLikeSid = _refusal(
    400, 50390, "Unique name should not match conversation sid pattern"
)
StateEmpty = _refusal(400, 50374, "'State' field can't be empty")
InactiveTimerTooShort = _refusal(
    400, 50375, "TimeToInactive should be greater or equal to 1 minute"
)
ClosedTimerTooShort = _refusal(400, 50376, "TimeToClosed should be greater or equal to 10 minutes")
ConversationClosed = _refusal(400, 50377, "Can't update conversation as it's in final closed state")
InvalidState = _refusal(400, 50378, "'State' parameter value is invalid")
InvalidInactiveTimer = _refusal(400, 50379, "TimeToInactive format is invalid")
InvalidClosedTimer = _refusal(400, 50380, "TimeToClosed format is invalid")
# the dictionary's text lacks the second quote
InitialStateClosed = _refusal(400, 50384, "Initial state can't be 'closed")

# Messages
AuthorTooLong = _refusal(400, 50310, "Author parameter is too long")
BodyTooLong = _refusal(400, 50504, "Message body parameter is too long")
InvalidMediaSid = _refusal(400, 50510, "Invalid message media SID")
InvalidContentSid = _refusal(400, 50526, "Invalid content SID")
InvalidContentVariables = _refusal(400, 50527, "Invalid content variables format")
ContentVariablesTooLong = _refusal(400, 50529, "Content variables are too long")
InvalidMessageToken = _refusal(400, 19038, "Page token must be bigger than or equal to 0")

# Users and participants
UserExists = _refusal(409, 50201, "User already exists")
IdentityNotProvided = _refusal(400, 50204, "Identity not provided")  # seen
IdentityTooLong = _refusal(400, 50207, "Identity too long")
InvalidNotificationLevel = _refusal(400, 50210, "Invalid notification level")
InvalidLastReadMessageIndex = _refusal(400, 50421, "Invalid last read message index format")
IdentityLooksLikeSid = _refusal(400, 50206, "Identity should not match user SID pattern")
IdentityReserved = _refusal(400, 50203, "Identity reserved")
IdentityNotAcceptable = _refusal(
    400, 50211, "Identity parameter not acceptable for this Participant"
)
InvalidAddress = _refusal(400, 50407, "Invalid messaging binding address")  # seen
InvalidProxyAddress = _refusal(400, 50408, "Invalid participant proxy address")
AddressIsProxyAddress = _refusal(400, 50409, "Participant address equals proxy address")
AddressEmpty = _refusal(400, 50411, "Participant address is empty")
ProxyAddressEmpty = _refusal(400, 50412, "Participant proxy address is empty")
ChannelsDiffer = _refusal(400, 50414, "Participant address type does not match proxy address type")
TooManyParticipants = _refusal(403, 50417, "Participants limit exceeded")
TooManyTexting = _refusal(403, 50418, "Non-Chat participants limit exceeded")
# seen
ProxyAddressNotAddable = _refusal(400, 50441, "Failed to add a proxy address to a participant.")
ParticipantExists = _refusal(409, 50433, "Participant already exists")  # seen
IdentityAndAddress = _refusal(
    400,
    50451,
    (
        "One user identifier parameter for lookup at a time is allowed. "
        "Please, use either Identity or Address."
    ),
)
ParticipantJsonInvalid = _refusal(400, 50424, "Participant JSON is invalid")
TooManyParticipantsInRequest = _refusal(400, 50426, "Too many participants in request")
# seen; applications look for the sid in it
BindingExists = _refusal(
    409,
    50416,
    "A binding for this participant and proxy address already exists in Conversation {sid}",
)

# Roles
RoleNotFound = _refusal(404, 50100, "Role not found")
PermissionNotFound = _refusal(400, 50104, "Permission not found")
InvalidRoleType = _refusal(400, 50105, "Invalid role type")

# Webhooks and addresses
TooManyWebhooks = _refusal(403, 50361, "Too many conversation webhooks")
TooManyTriggers = _refusal(400, 50362, "Too many conversation webhook triggers")
InvalidTrigger = _refusal(400, 50366, "Invalid conversation webhook trigger")
WebhookUrlNotProvided = _refusal(400, 50369, "Conversation webhook URL not provided")
WebhookFilterNotProvided = _refusal(400, 50370, "Conversation webhook filter not provided")
WebhookTriggerNotProvided = _refusal(400, 50371, "Conversation webhook trigger not provided")
InvalidWebhookMethod = _refusal(400, 50055, "Invalid webhook method")
InvalidWebhookTarget = _refusal(400, 50364, "Invalid conversation webhook type")
InvalidWebhookFlow = _refusal(400, 50367, "Invalid conversation webhook flow SID")
WebhookUrlTooLong = _refusal(400, 50372, "Conversation webhook URL is too long")
AddressExists = _refusal(409, 20409, "Conflict")  # what Twilio answers is not known
