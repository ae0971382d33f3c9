"""Dumping: a world as a file that a load makes it of again.

What a load gives by itself is left out, and so are the secrets of push credentials.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import MISSING, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from ..api.accounts import Account
from ..api.fields import Json, shown_moment
from ..api.records import Record
from ..api.resource import Resource
from ..api.resources.conversations import Conversation
from ..api.resources.credentials import Credential, credentials
from ..api.resources.messages import Message
from ..api.resources.participants import Participant
from ..api.resources.roles import Role
from ..api.resources.services import Service, services
from ..api.sids import Sids
from ..api.world import World
from .files import write_file
from .preexisting import with_permission
from .shape import nouns, shape


def dump(world: World, account: Account, path: Path) -> None:
    """Write what there is in an *account* to the file at *path*."""
    with world.settled():
        said = _Dumping(world, account).everything()
    write_file(path, said)


class _Dumping:
    """An account on its way to a file."""

    def __init__(self, world: World, account: Account) -> None:
        # Defaults may draw sids, and a dump does not change which sids the world draws next
        self._context = replace(world.request_context(account), sids=Sids(""))
        self._account = account
        self._joined = _joined(account)
        self._following: dict[str, int] = {}
        """The index of the next message, by conversation."""

    def everything(self) -> dict[str, Any]:
        first, *others = self._account.store.of(Service, None)
        said = {"default_service": self._own(services, [], first)}
        for resource in nouns().values():
            if resource is services:
                said |= self._noun(resource, [], others)
            else:
                said |= self._all(resource, [first] if resource.ancestors else [])
        return said

    def _all(self, resource: Resource[Any], parents: list[Record]) -> dict[str, Any]:
        """What there is to say of one noun below a parent."""
        above = parents[-1].sid if parents else None
        return self._noun(resource, parents, self._account.store.of(resource.record, above))

    def _noun(
        self, resource: Resource[Any], parents: list[Record], records: Iterable[Record]
    ) -> dict[str, Any]:
        said = [self._entry(resource, parents, record) for record in records]
        found = [each for each in said if each]
        if not found:
            return {}
        return {resource.collection: found[0] if resource.single else found}

    def _entry(
        self, resource: Resource[Any], parents: list[Record], record: Record
    ) -> dict[str, Any]:
        entry = self._own(resource, parents, record)
        for noun in shape(resource).below.values():
            entry |= self._all(noun, [*parents, record])
        return entry

    def _own(
        self, resource: Resource[Any], parents: list[Record], record: Record
    ) -> dict[str, Any]:
        """What an entry says of the record itself."""
        given = self._given(resource, parents, record)
        entry = {
            key: _written(resource, name, value)
            for key, name in shape(resource).attributes.items()
            if (value := self._value(record, name)) != given.get(name, MISSING)
        }
        if record.sid in self._joined:
            entry["joined"] = self._joined[record.sid]
        return entry

    def _value(self, record: Record, name: str) -> Any:
        """An attribute; of a conversation that is initializing, the state that it will have."""
        value = getattr(record, name)
        return self._account.pending_states[record.sid] if value == "initializing" else value

    def _given(
        self, resource: Resource[Any], parents: list[Record], record: Record
    ) -> dict[str, Any]:
        """What the attributes are that a file says nothing of."""
        given: dict[str, Any] = {
            each.name: each.default for each in fields(record) if each.default is not MISSING
        }
        if resource.single:
            return given
        params = {name: getattr(record, name) for name in shape(resource).params}
        context = replace(
            self._context,
            now=record.date_created,
            parents=parents,
            params={name: value for name, value in params.items() if value is not None},
        )
        sent = resource.attributes_from(context)
        follows = {name: sent[name] for name in sent if name not in params}
        given |= {"date_updated": record.date_created, **resource.defaults(context), **follows}
        return given | self._given_besides(record)

    def _given_besides(self, record: Record) -> dict[str, Any]:
        match record:
            case Role():
                named = {"friendly_name": record.friendly_name, "type": record.type}
                return {**with_permission(named), **dict.fromkeys(named, MISSING)}
            case Credential():
                return {
                    keyword: getattr(record, keyword)
                    for keyword, field in credentials.parameters.items()
                    if field.secret
                }
            case Conversation():
                last = self._account.store.of(Message, record.sid)[-1:]
                following = {"_next_index": last[0].index + 1 if last else 0}
                timed = record.timers_inactive or record.timers_closed
                return following | ({} if timed else {"_timers_since": record._timers_since})
            case Message():
                index = self._following.get(record.conversation_sid, 0)
                self._following[record.conversation_sid] = record.index + 1
                has_other_content = record.media_sid or record.content_sid
                # Without an entry for it, a load makes up a body
                return {"index": index} | ({} if has_other_content else {"body": MISSING})
        return {}


def _written(resource: Resource[Any], name: str, value: Any) -> Any:
    if isinstance(value, datetime):
        return shown_moment(value)
    if isinstance(resource.parameters.get(name), Json) and isinstance(value, str):
        return _readable(value)
    return [*value] if isinstance(value, tuple) else value


def _readable(text: str) -> Any:
    """The mapping or list that a JSON *text* stands for, if reading it gives that text again."""
    with suppress(ValueError, RecursionError):
        value = json.loads(text)
        if isinstance(value, (dict, list)) and json.dumps(value) == text and _is_plain(value):
            return value
    return text


def _is_plain(value: Any, levels: int = 20) -> bool:
    """Whether *value* is not deeper than files are read well, and all of its texts are texts."""
    if isinstance(value, str):
        return not any("\ud800" <= char <= "\udfff" for char in value)
    parts: Iterable[Any] = ()
    if isinstance(value, Mapping):
        parts = [*value.keys(), *value.values()]
    elif isinstance(value, list):
        parts = value
    return levels > 0 and all(_is_plain(part, levels - 1) for part in parts)


def _joined(account: Account) -> dict[str, int]:
    """Where dates do not tell in which order people joined: it, by the sids of participants."""
    store = account.store
    in_file = [
        participant
        for service in store.of(Service, None)
        for conversation in store.of(Conversation, service.sid)
        for participant in store.of(Participant, conversation.sid)
    ]
    by_date = sorted(in_file, key=lambda each: each.date_created)
    if all(
        [store.position(each) for each in listed] == sorted(map(store.position, listed))
        for listed in _lists(by_date)
    ):
        return {}
    in_order = sorted(in_file, key=store.position)
    return {each.sid: number for number, each in enumerate(in_order, start=1)}


def _lists(participants: Iterable[Participant]) -> Iterable[list[Participant]]:
    """The lists in which *participants* are seen, by conversation and by person."""
    lists: dict[Any, list[Participant]] = {}
    for each in participants:
        for name in each.lists():
            lists.setdefault(name, []).append(each)
    return lists.values()
