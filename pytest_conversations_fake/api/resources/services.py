"""Services: each contains conversations, users and roles of its own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated

from ..accounts import Account
from ..fields import Text
from ..records import Record
from ..refusals import DefaultServiceNotDeletable, FriendlyNameNotProvided, FriendlyNameTooLong
from ..request_context import RequestContext
from ..resource import Resource
from ..sids import Sids
from ..verbs import CREATE, DELETE, FETCH, LIST
from .configurations import configuration, service_configurations
from .notifications import notifications
from .roles import DEFAULT_ROLES, roles
from .webhook_configurations import service_webhooks


@dataclass(kw_only=True, eq=False)
class Service(Record):
    """A conversation service. Twilio has no operation that changes one."""

    prefix = "IS"

    friendly_name: Annotated[
        str,
        Text(
            "FriendlyName",
            required=True,
            max=256,
            empty=FriendlyNameNotProvided,
            too_long=FriendlyNameTooLong,
        ),
    ]


class Services(Resource[Service]):
    record = Service
    noun = "Service"
    path = "Services"
    key = "services"
    collection = "services"
    sid_keyword = "chat_service_sid"
    verbs = (CREATE, LIST, FETCH, DELETE)
    page_size = (50, 100)
    links = {
        "conversations": "Conversations",
        "users": "Users",
        "roles": "Roles",
        "bindings": "Bindings",
        "configuration": "Configuration",
        "participant_conversations": "ParticipantConversations",
        "conversation_with_participants": "ConversationWithParticipants",
    }

    def register(self, context: RequestContext, record: Service) -> None:
        """Create the four roles and the configurations that Twilio gives to every service.

        Their sids depend on the sid of the service, and not on when they are created.
        """
        singletons = (service_configurations, notifications, service_webhooks)

        def create() -> list[Record]:
            own = replace(context, sids=Sids(record.sid))
            return [
                *(roles.create(own.at(record, **role)) for role in DEFAULT_ROLES),
                *(singleton.create(own.at(record)) for singleton in singletons),
            ]

        context.store.defer((roles.record, *(each.record for each in singletons)), create)

    def replace_default(self, context: RequestContext) -> Service:
        """Replace the default service, which must be empty, by one from a seed file."""
        account = context.account
        context.store.remove(default_service(account))
        account.first_service = service = self.create(context)
        defaults = configuration.singleton(account, None)
        context.store.change(defaults, default_chat_service_sid=service.sid)
        return service

    def delete(self, context: RequestContext, record: Service) -> None:
        if record is default_service(context.account):
            raise DefaultServiceNotDeletable
        super().delete(context, record)


services = Services()


def default_service(account: Account) -> Service:
    """The service of paths that name no service."""
    sid = configuration.singleton(account, None).default_chat_service_sid
    service = account.store.find(Service, sid)
    assert service  # it cannot be deleted, and only an existing service can become the default
    return service
