"""The actor: it performs the operations of a simulated person in the API.

Unlike requests of a test, they always ask pre-event webhooks and always cause webhooks (rules
`pre-events` and `webhook-header`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
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

ToLiveRecord = Callable[[Resource[Any], Record], Any]
"""Makes the record that a test reads."""


class Actor:
    """Performs operations in an account as a person.

    *source* is the parameter `Source` of the webhooks: `SDK`, or a channel such as `SMS`.
    """

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
        """The context of an operation now. Its events have *event_params* in addition."""
        return self.world.request_context(
            self.account,
            parents=parents,
            params=params,
            source=self._source,
            webhooks_enabled=True,
            client_identity=self._client_identity,
            event_params=event_params,
        )

    def create(self, resource: Resource[R], *parents: Record, **params: Any) -> R | None:
        """Create a record. Returns None if a pre-event webhook refuses it."""
        __tracebackhide__ = True
        with refusals_are_errors():
            context = self.ask_pre_event(Operation(resource, CREATE), parents, params)
            if not context:
                return None
            with self.world.lock:
                return resource.create(context)

    def update(self, resource: Resource[R], record: R, *parents: Record, **params: Any) -> None:
        """Update a record, unless a pre-event webhook refuses it."""
        __tracebackhide__ = True
        with refusals_are_errors():
            operation = Operation(resource, UPDATE)
            if context := self.ask_pre_event(operation, (*parents, record), params):
                with self.world.lock:
                    resource.update(context, record)

    def ask_pre_event(
        self,
        operation: Operation,
        records: tuple[Record, ...],
        params: dict[str, Any],
        event_params: Mapping[str, Any] = MappingProxyType({}),
        pre_event_params: Mapping[str, Any] = MappingProxyType({}),
    ) -> RequestContext | None:
        """Ask the pre-event webhook of an operation, if there is one.

        Returns the context for the operation, with the changes of the application, or None if the
        application refuses it. *event_params* are in all events of the operation,
        *pre_event_params* in the pre-event only. Raises `LookupError` if a parent was removed
        meanwhile.
        """
        parents = records[: len(operation.resource.ancestors)]
        with self.world.settled():
            self.world.finish()
            context = self.context(*parents, event_params=event_params, **params)
            pre_event = pre_event_delivery(context, operation, records, pre_event_params)
        if pre_event:
            answer = self.world.ask(pre_event).result()
            try:
                changes = read_changes(operation, answer)
            except WebhookRefused:
                return None
            fields = operation.resource.parameters
            params |= {name: fields[name].read_all(texts) for name, texts in changes.items()}
        with self.world.settled():
            for parent in parents:
                if not self.account.store.find(type(parent), parent.sid):
                    raise LookupError(
                        f"{parent.sid} was removed while its pre-event webhook was answered"
                    )
            return self.context(*parents, event_params=event_params, **params)
