"""What every resource does unless it says otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from .fields import Field, shown_moment
from .paging import Listing, Page, find_cursor
from .records import Record, attributes, parameters
from .refusals import InvalidParameter

if TYPE_CHECKING:
    from .world import World

R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class Verb:
    """What can be done with a resource, and how HTTP says it."""

    name: str
    method: str
    status: int
    to_one: bool
    """Whether the path names the record that it is done to."""


CREATE = Verb("Create", "POST", 201, to_one=False)
LIST = Verb("List", "GET", 200, to_one=False)
FETCH = Verb("Fetch", "GET", 200, to_one=True)
UPDATE = Verb("Update", "POST", 200, to_one=True)
DELETE = Verb("Delete", "DELETE", 204, to_one=True)


@dataclass(frozen=True)
class Call:
    """Something asked of a resource: in which world, by whom, where and with what."""

    world: World
    account_sid: str
    base: str
    """How URLs begin: `http://127.0.0.1:8010/v1`."""
    parents: Sequence[Record] = ()
    """The records above, the service first."""
    short: bool = False
    """Whether the path leaves out the service, which is the default one then."""
    params: Mapping[str, Any] = field(default_factory=dict)
    """What was sent, by twilio-python's keyword."""
    now: datetime = field(init=False)
    """When it happens: one instant, in whole seconds, for all that it does."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "now", self.world.clock.now().replace(microsecond=0))

    @property
    def parent_sid(self) -> str | None:
        return self.parents[-1].sid if self.parents else None


class Resource(Generic[R]):
    """A kind of thing that the API knows, and the five verbs for it.

    A resource says in class attributes what it is, and in hooks (`given`, `check`, `listing`,
    `find`) what is special about it. An odd one overrides a verb or `render`.
    """

    record: ClassVar[type[Any]]
    noun: ClassVar[str]
    """How its operations call it: `Conversation` in `CreateConversation`."""
    path: ClassVar[str]
    key: ClassVar[str]
    """How a page calls its records, and a fake the collection of all."""
    sid_keyword: ClassVar[str]
    """How what is below it calls its sid: `conversation_sid`."""
    parent: ClassVar[Resource[Any] | None] = None
    short: ClassVar[bool] = False
    """Whether it has a path without the service, too."""
    verbs: ClassVar[Sequence[Verb]] = (CREATE, LIST, FETCH, UPDATE, DELETE)
    hooked: ClassVar[bool] = False
    """Whether writing takes the header `X-Twilio-Webhook-Enabled`."""
    filters: ClassVar[Mapping[str, Field]] = {}
    """What its list can be filtered by, by twilio-python's keyword."""
    page_size: ClassVar[tuple[int, int]] = (50, 100)
    """How many records a page has unless asked otherwise, and how many at most."""
    links: ClassVar[Mapping[str, str]] = {}
    """What is below a record: the name of the link and the last segment of its path."""

    # Verbs

    def create(self, call: Call) -> R:
        sent = self.sent(call)
        self.check(call, sent, None)
        stamps = {"date_created": call.now, "date_updated": call.now}
        sids = {
            "sid": call.world.sids.draw(self.record.prefix),
            "account_sid": call.account_sid,
        }
        record: R = self.record(**{**sids, **stamps, **self.given(call), **sent})
        call.world.account.store.add(record)
        return record

    def list(self, call: Call) -> Page[R]:
        cursor = None
        if token := call.params.get("page_token"):
            cursor = find_cursor(token, lambda sid: self._once_listed(call, sid))
            if not cursor:
                raise InvalidParameter(name="PageToken")
        size = call.params.get("page_size", self.page_size[0])
        return self.listing(call).page(size, call.params.get("page", 0), cursor)

    def fetch(self, call: Call, record: R) -> R:
        return record

    def update(self, call: Call, record: R) -> R:
        sent = self.sent(call)
        self.check(call, sent, record)
        if sent:  # an empty update is answered with 200 and changes nothing
            call.world.account.store.change(record, **{"date_updated": call.now, **sent})
        return record

    def delete(self, call: Call, record: R) -> None:
        call.world.account.store.remove(record)

    # Hooks

    def given(self, call: Call) -> dict[str, Any]:
        """What a new record has that its request need not say."""
        return {}

    def check(self, call: Call, sent: Mapping[str, Any], record: R | None) -> None:
        """Refuse what no field can see, in a change of *record* or, if None, in a new one."""

    def listing(self, call: Call) -> Listing[R]:
        """What a list request asks for, in order."""
        store = call.world.account.store
        return Listing(store.of(self.record, call.parent_sid), store.position)

    def find(self, world: World, parent_sid: str | None, name: str) -> R | None:
        """The record that a path calls *name*."""
        record: R | None = world.account.store.find(self.record, name)
        return record if record and record.parent_sid == parent_sid else None

    # What they share

    def sent(self, call: Call) -> dict[str, Any]:
        """The attributes that a request sets; an empty text clears."""
        return {
            name: None if value == "" else value
            for name, value in call.params.items()
            if name in self.parameters
        }

    @cached_property
    def parameters(self) -> dict[str, Field]:
        """What creating or updating can say, by twilio-python's keyword."""
        return parameters(self.record)

    @cached_property
    def attributes(self) -> Sequence[str]:
        """All there is to know of one of its records."""
        return attributes(self.record)

    @cached_property
    def properties(self) -> Sequence[str]:
        """What the API shows of it, besides `url` and `links`."""
        parts = {name for name, field in self.parameters.items() if "." in field.name}
        return [name for name in self.attributes if name not in parts]

    @cached_property
    def ancestors(self) -> Sequence[Resource[Any]]:
        """The resources above this one, the service first."""
        return [*self.parent.ancestors, self.parent] if self.parent else []

    def url(self, call: Call) -> str:
        """Where the list is that *call* is about."""
        above = [*zip(self.ancestors, call.parents)][call.short :]
        steps = [f"{resource.path}/{record.sid}" for resource, record in above]
        return "/".join([call.base, *steps, self.path])

    def render(self, call: Call, record: R) -> dict[str, Any]:
        """A record as the API shows it."""
        url = f"{self.url(call)}/{record.sid}"
        links = {name: f"{url}/{path}" for name, path in self.links.items()}
        shown = {name: _as_json(getattr(record, name)) for name in self.properties}
        return {**shown, "url": url, **({"links": links} if links else {})}

    def render_page(self, call: Call, page: Page[R]) -> dict[str, Any]:
        """A page of records as the API shows it."""
        filters = {
            filter.name: call.params[keyword]
            for keyword, filter in self.filters.items()
            if keyword in call.params
        }
        meta = page.meta(self.key, self.url(call), filters, call.params.get("page_token"))
        return {"meta": meta, self.key: [self.render(call, record) for record in page.records]}

    def _once_listed(self, call: Call, sid: str) -> R | None:
        record: R | None = call.world.account.store.find_even_removed(self.record, sid)
        return record if record and record.parent_sid == call.parent_sid else None


def _as_json(value: Any) -> Any:
    return shown_moment(value) if isinstance(value, datetime) else value
