"""Resources: the operations that all resources share, and the hooks for what differs."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from functools import cached_property
from operator import attrgetter
from typing import Any, ClassVar, Generic, TypeVar

from .accounts import Account
from .event_payloads import EventPayload
from .fields import Field
from .iso8601 import shown_moment
from .paging import Listing, Page, find_cursor
from .records import Record, attributes, nullable, parameters
from .refusals import InvalidPageToken, PageSizeTooLarge, Refused
from .request_context import RequestContext
from .seeding import Seeding
from .verbs import CREATE, DELETE, FETCH, LIST, UPDATE, Verb

R = TypeVar("R", bound=Record)


class Resource(Generic[R]):
    """A resource of the API and its verbs. Fetching a record is rendering it.

    Class attributes describe a resource; hooks (`defaults`, `check`, `listing`, `find`) add what
    is special about it. A few resources override a verb or `render`.
    """

    record: ClassVar[type[Any]]
    noun: ClassVar[str]
    """Its name in operations: `Conversation` in `CreateConversation`."""
    path: ClassVar[str]
    key: ClassVar[str]
    """The name of the records in a page."""
    collection: ClassVar[str]
    """The name of its collection in a fake and in seed files."""
    sid_keyword: ClassVar[str]
    """The name of its sid in resources below it: `conversation_sid`."""
    name_keyword: ClassVar[str] = "sid"
    """The name of the last segment of its own paths."""
    short: ClassVar[bool] = True
    """Whether it has a path without the service too, if it is below a service."""
    long_only: ClassVar[Sequence[str]] = ()
    """Properties that only the path with the service shows."""
    single: ClassVar[bool] = False
    """Whether each parent has exactly one record, with no sid in the path."""
    verbs: ClassVar[Sequence[Verb]] = (CREATE, LIST, FETCH, UPDATE, DELETE)
    takes_webhook_header: ClassVar[bool] = False
    """Whether its operations that write take the header `X-Twilio-Webhook-Enabled`."""
    filters: ClassVar[Mapping[str, Field]] = {}
    """The filters of its list, by twilio-python's keyword."""
    page_size: ClassVar[tuple[int, int]] = (50, 50)
    """The default and the maximum number of records in a page."""
    bad_token: ClassVar[type[Refused]] = InvalidPageToken
    payload: ClassVar[EventPayload | None] = None
    """The payload of events about its records; None if there are no such events."""
    seeding: ClassVar[Seeding] = Seeding()
    links: ClassVar[Mapping[str, str]] = {}
    """The links of a record: their names, and the last segments of their paths."""

    ancestors: Sequence[Resource[Any]] = ()
    """The resources above this one, the service first; set by the tree."""

    # Verbs

    def create(self, context: RequestContext) -> R:
        record = self.build(context)
        context.store.add(record)
        self.announce(context, record)
        return record

    def announce(self, context: RequestContext, record: R) -> None:
        """Publish a new *record*, which is in the store, and adjust other records to it."""
        self.publish(context, "Added", record)
        self.register(context, record)

    def build(self, context: RequestContext) -> R:
        """The record that a request creates, not stored yet. Raises refusals."""
        values = self.attributes_from(context)
        self.check(context, values, None)
        return self.build_unchecked(context, values)

    def build_unchecked(self, context: RequestContext, values: Mapping[str, Any]) -> R:
        """A record with these *values*, without validation."""
        basics = {
            "sid": context.facts.get("sid") or context.sids.draw(self.record.prefix),
            "account_sid": context.account_sid,
            "date_created": context.now,
            "date_updated": context.now,
        }
        record: R = self.record(**{**basics, **self.defaults(context), **values, **context.facts})
        return record

    def list(self, context: RequestContext) -> Page[R]:
        cursor = None
        if token := context.params.get("page_token"):
            cursor = find_cursor(token, lambda sid: self.find_for_cursor(context, sid))
            if not cursor:
                raise self.bad_token(name="PageToken")
        usual, most = self.page_size
        size = context.params.get("page_size", usual)
        if size > most and context.assumes("large-page-size", "refused"):
            raise PageSizeTooLarge
        return self.listing(context).page(min(size, most), context.params.get("page", 0), cursor)

    def update(self, context: RequestContext, record: R) -> R:
        values = self.changes(context, record)
        if values:  # an empty update is answered with 200 and changes nothing
            context.store.change(record, **{"date_updated": context.now, **values})
            self.publish(context, "Updated", record)
        return record

    def changes(self, context: RequestContext, record: R) -> dict[str, Any]:
        """The attributes that a request changes, not stored yet. Raises refusals."""
        values = self.attributes_from(context)
        self.check(context, values, record)
        return values

    def delete(self, context: RequestContext, record: R) -> None:
        self.publish(context, "Removed", record, date_removed=context.now)
        context.store.remove(record)

    def publish(self, context: RequestContext, action: str, record: R, **params: object) -> None:
        """Publish the event of *action* on a record, if the request enables webhooks."""
        if self.payload and context.webhooks_enabled:
            context.account.publish(self.payload.event(context, action, record, **params))

    # Hooks

    def register(self, context: RequestContext, record: R) -> None:
        """Adjust other records to a new *record*, from a request or a seed file."""

    def finish(self, context: RequestContext, record: R) -> None:
        """Set the last attributes (`Seeding.set_last`) of a *record* from a seed file."""
        if context.params:
            self.update(context, record)
        if context.facts:
            context.store.change(record, **context.facts)

    def defaults(self, context: RequestContext) -> dict[str, Any]:
        """The attributes of a new record that its request may leave out, such as its parents."""
        return {
            above.sid_keyword: parent.sid
            for above, parent in zip(self.ancestors, context.parents)
            if above.sid_keyword in self.attributes
        }

    def check(self, context: RequestContext, values: Mapping[str, Any], record: R | None) -> None:
        """Raise the refusals that no single field raises. *record* is None for a new record."""

    def listing(self, context: RequestContext) -> Listing[R]:
        """The records of a list request, in order."""
        records = context.store.of(self.record, context.parent_sid)
        wanted = {name: context.params[name] for name in self.filters if name in context.params}
        if wanted:
            records = [record for record in records if self.matches(record, wanted)]
        return Listing(records, context.store.position)

    def matches(self, record: R, wanted: Mapping[str, Any]) -> bool:
        """Whether a record matches the filters of a list; one of several values is enough."""
        return all(
            getattr(record, name) in (value if isinstance(value, list) else [value])
            for name, value in wanted.items()
        )

    def find(self, account: Account, parent_sid: str | None, name: str) -> R | None:
        """The record with this *name* in a path: a sid, or another name that it accepts."""
        record: R | None = account.store.find(self.record, name)
        return record if record and record.parent_sid == parent_sid else None

    def all(self, account: Account) -> Iterable[R]:
        """Every record of an account, oldest first."""
        records: Iterable[R] = account.store.all(self.stored)
        return records

    def current(self, account: Account, record: Record) -> R:
        """The current state of a record; a view is computed from other records each time."""
        return record  # type: ignore[return-value]  # a resource that is no view has its own kind

    def find_for_cursor(self, context: RequestContext, sid: str) -> R | None:
        """The record that a page token names, which may have been removed since."""
        record: R | None = context.store.find_even_removed(self.record, sid)
        return record if record and record.parent_sid == context.parent_sid else None

    def required(self, values: Mapping[str, Any]) -> Iterable[str]:
        """The keywords that a new record with these *values* requires."""
        return [keyword for keyword, field in self.parameters.items() if field.required]

    # Shared

    def singleton(self, account: Account, parent_sid: str | None) -> R:
        """The only record of a parent."""
        record: R = account.store.of(self.record, parent_sid)[0]
        return record

    def attributes_from(self, context: RequestContext) -> dict[str, Any]:
        """The attributes that a request sets. An empty text clears one, where that is possible."""
        return {
            name: None if value == "" else value
            for name, value in context.params.items()
            if name in self.parameters and (value != "" or name in self.clearable)
        }

    @cached_property
    def clearable(self) -> Container[str]:
        """The parameters that may be None."""
        return nullable(self.record)

    @property
    def seedable(self) -> bool:
        """Whether requests or seeds can add records."""
        return CREATE in self.verbs or any(each.only == "Seed" for each in self.parameters.values())

    @property
    def has_short_path(self) -> bool:
        return bool(self.ancestors) and self.short

    @cached_property
    def parameters(self) -> dict[str, Field]:
        """The parameters of creating, updating and seeding, by twilio-python's keyword."""
        return parameters(self.record)

    def parameters_of(self, *verbs: str) -> dict[str, Field]:
        """The parameters of these *verbs*."""
        return {
            keyword: field
            for keyword, field in self.parameters.items()
            if field.only in (None, *verbs)
        }

    @cached_property
    def attributes(self) -> Sequence[str]:
        """The attributes of a record, stored and computed."""
        return attributes(self.stored)

    @property
    def stored(self) -> type[Any]:
        """The class of the records in the store."""
        return self.record

    @property
    def extras(self) -> Sequence[str]:
        """The names in an answer that are no properties."""
        return ("url", "links") if self.links else ("url",)

    @cached_property
    def properties(self) -> Sequence[str]:
        """The attributes that the API shows."""
        unseen = {
            name for name, field in self.parameters.items() if "." in field.name or field.secret
        }
        return [name for name in self.attributes if name not in {*unseen, *self.record.hidden}]

    @cached_property
    def _values_of(self) -> Callable[[R], tuple[Any, ...]]:
        """The values of the properties of a record, in their order."""
        return attrgetter(*self.properties)

    def url(self, context: RequestContext) -> str:
        """The URL of the list of a request, or of the only record."""
        url = context.level if self.ancestors else context.base
        for resource, record in zip(self.ancestors[1:], context.parents[1:]):
            url += f"/{resource.path}/{record.sid}"
        return f"{url}/{self.path}"

    def render(self, context: RequestContext, record: R) -> dict[str, Any]:
        """A record as the API shows it."""
        shown = dict(zip(self.properties, self._values_of(record)))
        for name in ("date_created", "date_updated"):
            if name in shown:
                shown[name] = shown_moment(shown[name])
        for name in self.long_only if context.short else ():
            del shown[name]
        url = self.url(context) if self.single else f"{self.url(context)}/{record.sid}"
        shown["url"] = url
        if self.links:
            shown["links"] = {name: f"{url}/{path}" for name, path in self.links.items()}
        return shown

    def render_created(self, context: RequestContext, record: R) -> dict[str, Any]:
        """A record as the answer to the request that created it shows it."""
        return self.render(context, record)

    def render_page(self, context: RequestContext, page: Page[R]) -> dict[str, Any]:
        """A page of records as the API shows it."""
        filters = {
            filter.name: context.params[keyword]
            for keyword, filter in self.filters.items()
            if keyword in context.params
        }
        meta = page.meta(self.key, self.url(context), filters, context.params.get("page_token"))
        shown = [self.render(context, self.current(context.account, each)) for each in page.records]
        return {"meta": meta, self.key: shown}

    def status(self, context: RequestContext, verb: Verb) -> int:
        """The status of the answer to a successful request."""
        return verb.status
