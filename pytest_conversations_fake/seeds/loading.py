"""Loading: a world as a file describes it.

An entry is made by the rules of the API, as `add` would. One with `sid` and `date_created` was
there before, so it is put back as it was: what Twilio let in once need not be possible again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from ..api.accounts import Account
from ..api.records import Record
from ..api.request_context import RequestContext
from ..api.resource import Resource
from ..api.resources.configurations import configuration
from ..api.resources.conversations import Conversation, conversations
from ..api.resources.media import Media
from ..api.resources.messages import Message, messages
from ..api.resources.participants import Participant
from ..api.resources.receipts import Receipt
from ..api.resources.roles import Role, roles
from ..api.resources.services import Service, default_service, services
from ..api.resources.users import User
from ..api.world import World
from ..state.adding import seed
from .entries import Entry, Located
from .files import read_file
from .preexisting import PreexistingRecords, change, with_permission
from .reading import check_keys, entries_of, entry_of, joined, values
from .restoring import put, unless_it_fails
from .shape import nouns, shape

DEFAULT = "default_chat_service_sid"


def load(world: World, account: Account, path: Path) -> None:
    """Add to an *account* what the file at *path* says, or nothing if something is wrong."""
    root = read_file(path)
    with world.settled(), unless_it_fails(world):
        _Loading(world, account, path.name).everything(root)


class _Loading(Located):
    """One file on its way into an account."""

    def __init__(self, world: World, account: Account, file: str) -> None:
        super().__init__(file)
        self._world = world
        self._account = account
        self._store = account.store
        self._already = PreexistingRecords()
        self._conversations: list[tuple[Any, Record]] = []
        """With their places in the file."""
        self._participants: list[tuple[Any, Record]] = []
        """With what says who joined first."""
        self._dates: dict[str | None, datetime] = {}
        """When what is in a conversation is of, where its own entry does not say."""

    def everything(self, root: Entry) -> None:
        """What belongs to the account, and what to its default service."""
        check_keys(self, "a seed", root, ["default_service", *nouns()])
        service = self._default_service(root)
        was_there = _was_there(root.get("default_service", {}))
        for name in (name for name in nouns() if name in root):
            parents: list[Record] = [service] if nouns()[name].ancestors else []
            self._noun(nouns()[name], parents, root, (name == "services",), was_there)
        self._choose_default(root)
        for order in (self._conversations, self._participants):
            self._store.arrange([record for _, record in sorted(order, key=lambda each: each[0])])

    def _default_service(self, root: Entry) -> Service:
        """The one that the account begins with, under the sid that the file has for it."""
        before = default_service(self._account)
        if "default_service" not in root:
            self._already.came(self._store.of(Role, before.sid))
            return before
        entry = entry_of(self, root, "default_service")
        with self.at(entry.line):
            check_keys(self, "a service", entry, shape(services).attributes)
            params, facts = values(self, shape(services), entry)
            if "sid" not in facts:
                self._already.came(self._store.of(Role, before.sid))
                self._store.change(before, **params, **facts)
                return before
            self._require_empty(before, facts["sid"])
            self._store.remove(before)
            named = {"friendly_name": before.friendly_name, **params}
            service = services.create(self._call(services, [], named, facts))
            self._account.first_service = service
            defaults = configuration.singleton(self._account, None)
            self._store.change(defaults, **{DEFAULT: service.sid})
            self._came_with_service(service, entry, root)
            return service

    def _require_empty(self, service: Service, sid: str) -> None:
        for kind in (Conversation, User, Media):
            if self._store.of(kind, service.sid):
                raise ValueError(
                    f"the default service has a {kind.__name__} already, so it can not become "
                    f"{sid}; load this before anything else"
                )

    def _choose_default(self, root: Entry) -> None:
        """Last, as it may be one of the services of the file."""
        entry = root.get("configuration", {})
        if DEFAULT in entry:
            with self.at(entry.lines[DEFAULT]):
                context = self._call(configuration, [], {DEFAULT: entry[DEFAULT]}, {})
                configuration.update(context, configuration.singleton(self._account, None))

    def _noun(
        self,
        resource: Resource[Any],
        parents: list[Record],
        holder: Entry,
        place: tuple[int, ...],
        was_there: bool,
    ) -> None:
        """What a *holder*, which perhaps *was there* before, says of one noun."""
        if resource.single:
            self._single(resource, parents, entry_of(self, holder, resource.collection), was_there)
            return
        entries = [*enumerate(entries_of(self, holder, resource.collection))]
        if resource is conversations:  # others may use the numbers of a closed one
            entries.sort(key=lambda each: each[1].get("state") != "closed")
        for index, entry in entries:
            with self.at(entry.line):
                self._entry(resource, parents, entry, (*place, index))

    def _single(
        self, resource: Resource[Any], parents: list[Record], entry: Entry, was_there: bool
    ) -> None:
        """What there is one of, so that it is there already."""
        with self.at(entry.line):
            said = shape(resource)
            check_keys(self, said.name, entry, said.keys)
            params, facts = values(self, said, entry)
            params.pop(DEFAULT, None)
            record = resource.singleton(self._account, parents[-1].sid if parents else None)
            if was_there:
                self._store.change(record, **params)
            else:
                resource.update(self._call(resource, parents, params, {}), record)
            self._store.change(record, **facts)

    def _entry(
        self,
        resource: Resource[Any],
        parents: list[Record],
        entry: Entry,
        place: tuple[int, ...],
    ) -> None:
        said = shape(resource)
        check_keys(self, said.name, entry, said.keys)
        params, facts = values(self, said, entry)
        if resource is roles:
            params = with_permission(params)
        context = self._call(resource, parents, params, facts)
        if known := self._already.take(resource, context):
            change(context, known)
            return
        with put(resource, context, as_it_was=_was_there(entry)) as record:
            self._note(record, entry, place)
            if resource in (conversations, messages):
                self._dates[record.sid] = context.now
            for name in (name for name in said.below if name in entry):
                within = [*parents, record]
                self._noun(said.below[name], within, entry, place, _was_there(entry))

    def _note(self, record: Record, entry: Entry, place: tuple[int, ...]) -> None:
        """What is to be known later of a record that was made."""
        match record:
            case Service():
                self._came_with_service(record, entry, entry)
            case Message():
                self._already.came(self._store.of(Receipt, record.sid))
            case Conversation():
                self._conversations.append((place, record))
            case Participant():
                order = (0, joined(self, entry)) if "joined" in entry else (1, record.date_created)
                self._participants.append(((*order, place), record))

    def _came_with_service(self, service: Service, entry: Entry, holder: Entry) -> None:
        """Its roles; one that was there before has those that the file says, as they were."""
        came = [*self._store.of(Role, service.sid)]
        if _was_there(entry) and "roles" in holder:
            for role in came:
                self._store.remove(role)
        else:
            self._already.came(came)

    def _call(
        self,
        resource: Resource[Any],
        parents: Sequence[Record],
        params: Mapping[str, Any],
        facts: Mapping[str, Any],
    ) -> RequestContext:
        """A call at the time at which the record was made."""
        above = self._dates.get(parents[-1].sid) if parents else None
        now = params.get("date_created") or facts.get("date_created") or above
        world, account = self._world, self._account
        return seed(world, account, resource, parents, params, now=now, facts=facts)


def _was_there(entry: Mapping[str, Any]) -> bool:
    return {"sid", "date_created"} <= entry.keys()
