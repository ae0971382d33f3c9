"""Inbound texts: the conversation that a text to a number of the account arrives in."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..api.operations import Operation
from ..api.refusals import refusals_are_errors
from ..api.resources.addresses import AddressConfiguration
from ..api.resources.conversations import Conversation, conversations
from ..api.resources.media import media
from ..api.resources.messages import Message, messages
from ..api.resources.participants import Participant, participants
from ..api.resources.scoped_webhooks import scoped_webhooks
from ..api.resources.services import Service, default_service
from ..api.store import Store
from ..api.verbs import CREATE
from .actor import Actor


@dataclass(frozen=True, kw_only=True)
class InboundText:
    """A text from a phone to a number of the account.

    It arrives in the open conversation of both addresses (rule `inbound-pair`). Without one, the
    address configuration of the number may create a conversation (rule `auto-creation-flow`).
    """

    actor: Actor
    address: str
    """The address of the phone."""
    proxy_address: str
    """The number of the account."""
    body: str | None
    filename: str | None
    """The name of a file that comes with the text."""

    def arrive(self) -> Message | None:
        """Add the text to its conversation. Returns None if a pre-event webhook refuses it.

        Raises `LookupError` if it belongs to no conversation, and `ValueError` if Twilio would
        refuse it.
        """
        __tracebackhide__ = True
        with self.actor.world.settled(), refusals_are_errors():
            self.actor.world.finish()
            content = {"body": self.body, "media_sid": self.filename}
            messages.check_content(self.actor.context(), content)
            conversation = self._find_conversation()
        conversation = conversation or self._create_conversation()
        return self._add_message(conversation) if conversation else None

    @property
    def _store(self) -> Store:
        return self.actor.account.store

    def _find_conversation(self) -> Conversation | None:
        """The oldest open conversation with both addresses, or with both in its group text."""
        for participant in self._store.of(Participant, ("number", self.address)):
            conversation = self._store.get(Conversation, participant.conversation_sid)
            group = self._store.of(Participant, ("texting", conversation.sid))
            own_proxy = participant.messaging_binding_proxy_address
            projected = [other.messaging_binding_projected_address for other in group]
            proxies = [own_proxy] if own_proxy else projected
            if conversation.state != "closed" and self.proxy_address in proxies:
                return conversation
        return None

    def _create_conversation(self) -> Conversation | None:
        """Create the conversation that the address configuration of the number describes."""
        __tracebackhide__ = True
        configured = self._store.find_by(AddressConfiguration, self.proxy_address)
        if not configured or not configured.auto_creation_enabled:
            raise LookupError(self._explanation())
        sid = configured.auto_creation_conversation_service_sid
        service = self._store.find(Service, sid) or default_service(self.actor.account)
        binding: dict[str, Any] = {
            "messaging_binding_proxy_address": self.proxy_address,
            "messaging_binding_address": self.address,
        }
        files = self.filename and [{"filename": self.filename}]
        with refusals_are_errors():
            context = self.actor.ask_pre_event(
                Operation(conversations, CREATE),
                (service,),
                {},
                event_params=binding,
                pre_event_params={"message_body": self.body, "media": files},
            )
            if not context:
                return None
            with self.actor.world.lock:
                # Another text of this phone may have created it meanwhile
                conversation = self._find_conversation()
                if not conversation:
                    conversation = conversations.create(context)
                    self._attach_webhook(configured, service, conversation)
                    participants.create(self.actor.context(service, conversation, **binding))
        return conversation

    def _attach_webhook(
        self, configured: AddressConfiguration, service: Service, conversation: Conversation
    ) -> None:
        """Create the scoped webhook that the address configuration describes, if any.

        Rule `auto-creation-webhook`.
        """
        params_of_type: dict[str, dict[str, Any]] = {
            "webhook": {
                "configuration_url": configured.auto_creation_webhook_url,
                "configuration_method": configured.auto_creation_webhook_method or "post",
                "configuration_filters": configured.auto_creation_webhook_filters,
            },
            "studio": {"configuration_flow_sid": configured.auto_creation_studio_flow_sid},
        }
        target = configured.auto_creation_type
        params = params_of_type.get(target, {})
        if params and all(params.values()):
            context = self.actor.context(service, conversation, target=target, **params)
            scoped_webhooks.create(context)

    def _add_message(self, conversation: Conversation) -> Message | None:
        __tracebackhide__ = True
        service = self._store.get(Service, conversation.chat_service_sid)
        params: dict[str, Any] = {"author": self.address}
        if self.body is not None:
            params["body"] = self.body
        if self.filename:
            content_type = mimetypes.guess_type(self.filename)[0] or "application/octet-stream"
            with self.actor.world.lock:
                context = self.actor.context(
                    service, filename=self.filename, content_type=content_type
                )
                params["media_sid"] = media.create(context).sid
        return self.actor.create(messages, service, conversation, **params)

    # Explanation of a text that belongs to no conversation

    def _explanation(self) -> str:
        parts = [
            f"this text belongs to no conversation: {self.address} and {self.proxy_address} are "
            f"not in an open conversation together, and {self.proxy_address} has no address "
            "configuration that creates one",
            *self._near_misses(),
            "add a participant with both addresses, or an address configuration with "
            "auto_creation_enabled=True",
        ]
        return "; ".join(parts)

    def _near_misses(self) -> Iterator[str]:
        """Records that differ from what the text needs by a channel or a switch only."""
        for configured in self._store.all(AddressConfiguration):
            if configured.address == self.proxy_address:
                yield f"the one for {self.proxy_address} has auto_creation_enabled=False"
            elif _number(configured.address) == _number(self.proxy_address):
                difference = _difference(configured.address, self.proxy_address)
                yield f"there is one for {configured.address}, {difference}"
        wanted = (_number(self.address), _number(self.proxy_address))
        for participant in self._store.all(Participant):
            address = participant.messaging_binding_address
            proxy = participant.messaging_binding_proxy_address
            conversation = self._store.get(Conversation, participant.conversation_sid)
            if not (address and proxy) or address == self.address or conversation.state == "closed":
                continue
            if (_number(address), _number(proxy)) == wanted:
                difference = _difference(proxy, self.proxy_address)
                yield f"{address} and {proxy} are in an open conversation, {difference}"


def _number(address: str) -> str:
    """An address without its channel."""
    return address.rpartition(":")[2]


def _difference(existing: str, needed: str) -> str:
    """The words for an *existing* address whose channel is not that of the *needed* one."""
    if ":" in existing:
        return f"with the channel {existing.partition(':')[0]}"
    return f"without the channel {needed.partition(':')[0]}"
