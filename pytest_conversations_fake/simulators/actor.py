"""What people do, as Twilio does it for them: with pre-events, and with webhooks in any case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, TypeVar

from ..api.accounts import Account
from ..api.operations import Operation
from ..api.pre_events import pre_event_delivery, read_changes
from ..api.records import Record
from ..api.refusals import WebhookRefused, refusals_are_errors
from ..api.request_context import RequestContext
from ..api.resource import Resource
from ..api.verbs import CREATE, UPDATE
from ..api.world import World

R = TypeVar("R", bound=Record)


class Actor:
    """Acts in a *world*, in an *account*, by a *source* that webhooks are event_params."""

    def __init__(
        self, world: World, account: Account, source: str, client_identity: str | None = None
    ) -> None:
        self.world = world
        self.account = account
        self._source = source
        self._client_identity = client_identity

    def context(
        self,
        *parents: Record,
        event_params: Mapping[str, Any] = MappingProxyType({}),
        **params: Any,
    ) -> RequestContext:
        """The context of an action now. Its events carry *event_params*, too."""
        return replace(
            self.world.request_context(self.account),
            parents=parents,
            params=params,
            source=self._source,
            webhooks_enabled=True,
            client_identity=self._client_identity,
            event_params=event_params,
        )

    def create(
        self,
        resource: Resource[R],
        *parents: Record,
        event_params: Mapping[str, Any] = MappingProxyType({}),
        asked: Mapping[str, Any] = MappingProxyType({}),
        **params: Any,
    ) -> R | None:
        """Create something, unless a pre-event refuses it.

        Its events carry *event_params*, too, and its pre-event also carries *asked*.
        """
        __tracebackhide__ = True
        with refusals_are_errors():
            context = self.asked(Operation(resource, CREATE), parents, params, event_params, asked)
            if not context:
                return None
            with self.world.lock:
                return resource.create(context)

    def update(self, resource: Resource[R], record: R, *parents: Record, **params: Any) -> None:
        """Change something, unless a pre-event refuses it."""
        __tracebackhide__ = True
        with refusals_are_errors():
            context = self.asked(Operation(resource, UPDATE), (*parents, record), params)
            if context:
                with self.world.lock:
                    resource.update(context, record)

    def asked(
        self,
        operation: Operation,
        records: tuple[Record, ...],
        params: dict[str, Any],
        event_params: Mapping[str, Any] = MappingProxyType({}),
        asked: Mapping[str, Any] = MappingProxyType({}),
    ) -> RequestContext | None:
        """What is to be done when applications were asked; None if one of them refuses."""
        parents = records[: len(operation.resource.ancestors)]
        with self.world.settled():
            self.world.finish()
            context = self.context(*parents, event_params=event_params, **params)
            asking = pre_event_delivery(context, operation, records, asked)
        if asking:
            answered = self.world.ask(asking).result()
            try:
                changes = read_changes(operation, answered)
            except WebhookRefused:
                return None
            fields = operation.resource.parameters
            params |= {name: fields[name].read_all(texts) for name, texts in changes.items()}
        with self.world.settled():
            for parent in parents:  # what was asked may have removed it
                if not self.account.store.find(type(parent), parent.sid):
                    raise LookupError(f"{parent.sid} is gone, and with it what was to be in it")
            return self.context(*parents, event_params=event_params, **params)
