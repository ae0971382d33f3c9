"""The configuration of an account and of a service. Each has exactly one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from .. import refusals
from ..fields import Flag, Sid
from ..parameters import closed_timer, inactive_timer
from ..records import Record
from ..request_context import RequestContext
from ..resource import Resource
from ..seeding import Seeding
from ..verbs import FETCH, UPDATE
from .roles import Role, check_role


@dataclass(kw_only=True, eq=False)
class Configuration(Record):
    """The defaults of the conversations of an account."""

    prefix = ""
    hidden = ("sid", "date_created", "date_updated")

    default_chat_service_sid: Annotated[str, Sid("DefaultChatServiceSid", prefix="IS")]
    default_messaging_service_sid: Annotated[
        str,
        Sid(
            "DefaultMessagingServiceSid",
            prefix="MG",
            invalid=refusals.InvalidMessagingService,
        ),
    ]
    default_inactive_timer: Annotated[str | None, inactive_timer("DefaultInactiveTimer")] = None
    default_closed_timer: Annotated[str | None, closed_timer("DefaultClosedTimer")] = None


class Configurations(Resource[Configuration]):
    record = Configuration
    noun = "Configuration"
    path = "Configuration"
    key = collection = "configuration"
    seeding = Seeding(set_last=("default_chat_service_sid",))  # the service is later in the file
    single = True
    verbs = (FETCH, UPDATE)
    extras = ("url", "links")

    def check(self, context: RequestContext, values: Any, record: Configuration | None) -> None:
        if not record:  # the values of a new account are valid
            return
        sid = values.get("default_chat_service_sid", record.default_chat_service_sid)
        # Each service has one configuration
        if not context.store.of(ServiceConfiguration, sid):
            raise refusals.UnknownDefaultService
        if not context.may_use(values.get("default_messaging_service_sid")):
            raise refusals.UnknownMessagingService

    def render(self, context: RequestContext, record: Configuration) -> dict[str, Any]:
        service = f"{context.base}/Services/{record.default_chat_service_sid}/Configuration"
        links = {"service": service, "webhooks": f"{self.url(context)}/Webhooks"}
        return {**super().render(context, record), "links": links}


configuration = Configurations()


@dataclass(kw_only=True, eq=False)
class ServiceConfiguration(Record):
    """The roles that users and participants of a service get by default."""

    prefix = ""
    hidden = ("sid", "account_sid", "date_created", "date_updated")

    chat_service_sid: str
    default_conversation_creator_role_sid: Annotated[
        str, Sid("DefaultConversationCreatorRoleSid", prefix="RL")
    ]
    default_conversation_role_sid: Annotated[str, Sid("DefaultConversationRoleSid", prefix="RL")]
    default_chat_service_role_sid: Annotated[str, Sid("DefaultChatServiceRoleSid", prefix="RL")]
    reachability_enabled: Annotated[bool, Flag("ReachabilityEnabled")] = False

    @property
    def parent_sid(self) -> str:
        return self.chat_service_sid


# The type of each default role
ROLE_TYPES = {
    "default_conversation_creator_role_sid": "conversation",
    "default_conversation_role_sid": "conversation",
    "default_chat_service_role_sid": "service",
}


class ServiceConfigurations(Resource[ServiceConfiguration]):
    record = ServiceConfiguration
    noun = "ServiceConfiguration"
    path = "Configuration"
    key = collection = "service_configurations"
    single = True
    short = False
    verbs = (FETCH, UPDATE)
    links = {"notifications": "Notifications", "webhooks": "Webhooks"}

    def check(
        self, context: RequestContext, values: Any, record: ServiceConfiguration | None
    ) -> None:
        for keyword in values.keys() & ROLE_TYPES.keys():
            check_role(context, values, ROLE_TYPES[keyword], keyword)

    def defaults(self, context: RequestContext) -> dict[str, Any]:
        roles = {
            role.friendly_name: role.sid for role in context.store.of(Role, context.parent_sid)
        }
        return {
            **super().defaults(context),
            "default_conversation_creator_role_sid": roles["channel admin"],
            "default_conversation_role_sid": roles["channel user"],
            "default_chat_service_role_sid": roles["service user"],
        }


service_configurations = ServiceConfigurations()
