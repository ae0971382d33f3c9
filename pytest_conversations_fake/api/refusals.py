"""What Twilio answers when it refuses: one class a code.

Status, code and text are Twilio's. *seen* marks those captured from the real API; for the rest the
code and the text are those of Twilio's error dictionary and the status follows the pattern of
those that were seen (duplicates 409, malformed values 400).
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


# The whole API


class Unauthenticated(Refused):  # seen
    status, code, text = 401, 20003, "Authenticate"


class NoCredentials(Unauthenticated):  # text guessed
    text = "Authentication Error - No credentials provided"


class InvalidUsername(Unauthenticated):  # seen
    text = "Authentication Error - invalid username"


class CredentialsEnded(Unauthenticated):
    """Ours: a request that comes late, from a test that is over."""

    text = "Authentication Error - these credentials belong to {name}, which has ended"


class NotFound(Refused):  # seen, with a path that leaves out the version
    status, code, text = 404, 20404, "The requested resource {path} was not found"


class MethodNotAllowed(Refused):
    status, code, text = 405, 20004, "Method not allowed"


class BodyTooLarge(Refused):
    status, code, text = 413, 20413, "Request Entity Too Large"


class InvalidParameter(Refused):  # code documented, text guessed
    code, text = 20001, "Invalid {name}"


class MissingParameter(InvalidParameter):  # seen
    text = "Missing required parameter {name} in the post body"


class NotAnInteger(InvalidParameter):  # seen
    text = "invalid literal for int() with base 10: '{value}'"


class MalformedForm(InvalidParameter):  # text guessed
    text = "Invalid form: {reason}"


class MalformedRequest(InvalidParameter):  # a guess, text and all
    text = "Invalid request: {reason}"


class InvalidPageToken(InvalidParameter):
    pass


class NotImitated(Refused):
    """Ours: Twilio has this, and the fake has not."""

    status, code = 501, 20501
    text = "Twilio has {what}, and this fake does not imitate it"


# Names and texts that many resources share


class FriendlyNameNotProvided(Refused):
    code, text = 50000, "FriendlyName not provided"


class FriendlyNameTooLong(Refused):
    code, text = 50003, "Friendly name too long"


class UniqueNameTooLong(Refused):
    code, text = 50004, "Unique Name too long"


class AttributesTooLong(Refused):
    code, text = 50303, "Attributes too long"


class AttributesNotJson(Refused):  # seen
    code, text = 50304, "Attributes not valid JSON"


class InvalidDateCreated(Refused):
    code, text = 50308, "Invalid Date Created parameter"


class InvalidDateUpdated(Refused):
    code, text = 50309, "Invalid Date Updated parameter"


# Services


class DefaultServiceNotDeletable(InvalidParameter):  # what Twilio does is unknown
    text = "The default conversation service of an account can not be deleted"


# Conversations


class InvalidMessagingService(Refused):
    code, text = 50341, "Invalid messaging service SID"


class UniqueNameTaken(Refused):  # seen
    status, code, text = 409, 50353, "Conversation with provided unique name already exists"


class UniqueNameLooksLikeSid(Refused):
    code, text = 50390, "Unique name should not match conversation sid pattern"


class StateEmpty(Refused):
    code, text = 50374, "'State' field can't be empty"


class InactiveTimerTooShort(Refused):
    code, text = 50375, "TimeToInactive should be greater or equal to 1 minute"


class ClosedTimerTooShort(Refused):
    code, text = 50376, "TimeToClosed should be greater or equal to 10 minutes"


class ConversationClosed(Refused):
    code, text = 50377, "Can't update conversation as it's in final closed state"


class InvalidState(Refused):
    code, text = 50378, "'State' parameter value is invalid"


class InvalidInactiveTimer(Refused):
    code, text = 50379, "TimeToInactive format is invalid"


class InvalidClosedTimer(Refused):
    code, text = 50380, "TimeToClosed format is invalid"


class InitialStateClosed(Refused):  # the dictionary's text lacks the second quote
    code, text = 50384, "Initial state can't be 'closed"


# Messages


class AuthorTooLong(Refused):
    code, text = 50310, "Author parameter is too long"


class BodyTooLong(Refused):
    code, text = 50504, "Message body parameter is too long"


class InvalidMediaSid(Refused):
    code, text = 50510, "Invalid message media SID"


class InvalidContentSid(Refused):
    code, text = 50526, "Invalid content SID"


class InvalidContentVariables(Refused):
    code, text = 50527, "Invalid content variables format"


class ContentVariablesTooLong(Refused):
    code, text = 50529, "Content variables are too long"


class InvalidMessageToken(Refused):
    code, text = 19038, "Page token must be bigger than or equal to 0"


# Users and participants


class UserExists(Refused):
    status, code, text = 409, 50201, "User already exists"


class IdentityNotProvided(Refused):  # seen
    code, text = 50204, "Identity not provided"


class IdentityTooLong(Refused):
    code, text = 50207, "Identity too long"


class InvalidNotificationLevel(Refused):
    code, text = 50210, "Invalid notification level"


class InvalidLastReadMessageIndex(Refused):
    code, text = 50421, "Invalid last read message index format"


class ParticipantExists(Refused):  # seen
    status, code, text = 409, 50433, "Participant already exists"


class IdentityAndAddress(Refused):
    code = 50451
    text = (
        "One user identifier parameter for lookup at a time is allowed. "
        "Please, use either Identity or Address."
    )


class ParticipantJsonInvalid(Refused):
    code, text = 50424, "Participant JSON is invalid"


class TooManyParticipantsInRequest(Refused):
    code, text = 50426, "Too many participants in request"


class BindingExists(Refused):  # seen; applications look for the sid in it
    status, code = 409, 50416
    text = "A binding for this participant and proxy address already exists in Conversation {sid}"


# Webhooks and addresses


class InvalidWebhookMethod(Refused):
    code, text = 50055, "Invalid webhook method"


class InvalidWebhookTarget(Refused):
    code, text = 50364, "Invalid conversation webhook type"


class InvalidWebhookFlow(Refused):
    code, text = 50367, "Invalid conversation webhook flow SID"


class WebhookUrlTooLong(Refused):
    code, text = 50372, "Conversation webhook URL is too long"


class AddressExists(Refused):  # what Twilio answers is not known
    status, code, text = 409, 20409, "Conflict"
