"""What a failed assertion says.

The first line suffices in a summary. Below it is only what differs, of three requests at most.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..api.journal import Exchange
from ..api.world import World

AT_MOST = 3


@dataclass(frozen=True)
class Wanted:
    """Requests that a test expects: of which operation, how many, accepted or not, with what."""

    operation: str
    count: int
    refused: bool | int
    params: Mapping[str, object]

    def __str__(self) -> str:
        sent = ", ".join(f"{keyword}={value!r}" for keyword, value in self.params.items())
        call = f"{self.operation}({sent})"
        if self.refused is False:
            return call
        return f"{call} refused" if self.refused is True else f"{call} refused with {self.refused}"

    def includes(self, exchange: Exchange) -> bool:
        return exchange.operation == self.operation and not self.differences(exchange)

    def differences(self, exchange: Exchange) -> list[str]:
        """What keeps a request for the operation from being one of them."""
        lines = []
        for keyword, value in self.params.items():
            if keyword not in exchange.params:
                lines.append(f"{keyword}: not sent, expected {value!r}")
            elif not value == exchange.params[keyword]:  # noqa: SIM201 - matchers know == only
                lines.append(f"{keyword}: {exchange.params[keyword]!r}, expected {value!r}")
        code = (exchange.response or {}).get("code")
        if exchange.refused and self.refused not in (True, code):
            expected = f", expected {self.refused}" if self.refused else ""
            lines.append(f"refused: {exchange.reason}{expected}")
        if not exchange.refused and self.refused is not False:
            lines.append("accepted, expected a refusal")
        return lines


def explain(wanted: Wanted, requests: Sequence[Exchange], world: World) -> str:
    """Why *requests* are not what was *wanted*."""
    of_operation = [each for each in requests if each.operation == wanted.operation]
    matching = [each for each in of_operation if wanted.includes(each)]
    others = [each for each in of_operation if not wanted.includes(each)]
    got = f"got it {_times(len(matching))}"
    if not wanted.count:
        first = f"expected no {wanted}, {got}"
    else:
        first = f"expected {wanted} {_often(wanted.count)}, {got}"
    return "\n".join([first, "", *_below(wanted, requests, matching, others, world)])


def _below(
    wanted: Wanted,
    requests: Sequence[Exchange],
    matching: Sequence[Exchange],
    others: Sequence[Exchange],
    world: World,
) -> Iterator[str]:
    if not requests:
        yield f"nothing reached the fake{_why_not(world)}"
    elif len(matching) > wanted.count:
        yield from _some(matching)
    elif others:
        yield f"nearest of {len(others)} {wanted.operation}:"
        nearest = sorted(others, key=lambda each: len(wanted.differences(each)))[:AT_MOST]
        for exchange in sorted(nearest, key=lambda each: each.number):
            yield f"  {exchange}"
            yield from (f"      {line}" for line in wanted.differences(exchange))
    elif matching:
        yield from _some(matching)
    else:
        yield f"no {wanted.operation} among {_counted(requests, 'request')}:"
        yield from _some(requests)


def _why_not(world: World) -> str:
    if world.redirected:
        return (
            f", neither as conversations.twilio.com nor at {world.address}; "
            "was it kept by another mock, or sent from another process?"
        )
    return f"; was the client told its address, {world.address}?"


def _some(exchanges: Sequence[Exchange]) -> Iterator[str]:
    yield from (f"  {exchange}" for exchange in exchanges[:AT_MOST])
    if len(exchanges) > AT_MOST:
        yield f"  and {len(exchanges) - AT_MOST} more"


def _counted(things: Sequence[object], noun: str) -> str:
    return f"{len(things)} {noun}{'' if len(things) == 1 else 's'}"


def _times(number: int) -> str:
    return "1 time" if number == 1 else f"{number} times"


def _often(number: int) -> str:
    return "once" if number == 1 else _times(number)
