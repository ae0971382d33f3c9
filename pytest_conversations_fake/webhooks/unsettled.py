"""What the waiting for webhooks says when it fails."""

from __future__ import annotations

from collections.abc import Sequence

from ..api.deliveries import Delivery


def unsettled(asked: Sequence[Delivery], waiting: Sequence[Delivery], works: bool) -> str:
    """What is still to be delivered, and whether an application *works* on after its answer."""
    lines = [f"  {each.heading}, which has not answered yet" for each in asked]
    lines += [f"  {each.heading}" for each in waiting]
    if works:
        lines.append("  what applications do behind their answers")
    return "\n".join(["not settled, as these are still to be delivered:", *lines])


def endless(chain: Sequence[Delivery]) -> str:
    """That each delivery of a *chain* led to the next."""
    lines = [f"  {each.event} {_text_of(each)}".rstrip() for each in chain[-4:]]
    return (
        f"webhooks went on and on: each of {len(chain)} deliveries led to the next, "
        "so this is where it was stopped; the last of them:\n" + "\n".join(lines)
    )


def _text_of(delivery: Delivery) -> str:
    body = delivery.params.get("body")
    return "" if body is None else repr(body)
