"""Hints: why requests or webhooks that a test expects may be missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..api.accounts import Account
from ..api.events import PRE_EVENTS
from ..api.journal import RecordedRequest
from ..api.operations import OPERATIONS
from ..api.pre_events import PRE_EVENT_ACTIONS
from ..api.resources.scoped_webhooks import ScopedWebhook
from ..api.resources.webhook_configurations import ServiceWebhookConfiguration, WebhookConfiguration
from ..api.wording import counted, shortened
from ..api.world import World


def hints_for_operation(
    world: World, account: Account, operation: str, *, has_waited: bool
) -> Sequence[str]:
    """Why an *account* may lack requests for an *operation*."""
    hints = [*_other_accounts(world, account, operation), *world.outside.hints(has_waited)]
    if hints or any(each.account_sid in (account.sid, None) for each in world.journal):
        return hints
    return [_no_request(world)]


def _other_accounts(world: World, account: Account, operation: str) -> Iterator[str]:
    for other in world.authenticator.accounts:
        requests = [each for each in world.journal if each.account_sid == other.sid]
        same = [each for each in requests if each.operation == operation]
        if other is not account and requests:
            number = f"{len(same)} {operation}" if same else counted(len(requests), "request")
            sid = shortened(other.sid)
            yield f"{number} came for another account, {sid}; .account(sid) has its collections"


def _no_request(world: World) -> str:
    if not world.address:
        return "no request can reach this fake before it starts; use it in a `with` statement"
    if world.outside.redirects:
        return (
            "no request reached the fake, neither through conversations.twilio.com nor at "
            f"{world.address}; another mock may intercept requests, or another process may send "
            "them (child_processes=True lets those of child processes arrive)"
        )
    return (
        "no request reached the fake; with redirect=False it does not get those for Twilio's host, "
        f"so the client needs its address, {world.address}"
    )


def hints_for_event(world: World, event: str) -> Sequence[str]:
    """Why no webhook may have been delivered for an *event*."""
    subscribed = {each for account in world.authenticator.accounts for each in _events(account)}
    if not subscribed:
        return [
            "no webhook is configured; webhooks.deliver_to(..., events=[...]) or a request for "
            "UpdateConfigurationWebhook configures one"
        ]
    if event not in subscribed:
        filters = ", ".join(sorted(subscribed))
        return [f"no configured webhook has {event} among its filters, which are: {filters}"]
    if event in PRE_EVENTS and not world.assumptions.holds("pre-events", "everybody"):
        return [
            "only people cause this event; with assume={'pre-events': 'everybody'} requests do, too"
        ]
    if silent := [f"#{each.number}" for each in world.journal if _causes(each, event)]:
        return [
            "requests that cause this event came without the header "
            "X-Twilio-Webhook-Enabled: true, so no webhook is sent: "
            f"{', '.join(silent[:3])}{' and more' * (len(silent) > 3)}"
        ]
    return ["a webhook is configured for this event, but no request caused it"]


def _events(account: Account) -> Iterator[str]:
    """The events for which webhooks are configured."""
    for configured in (
        *account.store.all(WebhookConfiguration),
        *account.store.all(ServiceWebhookConfiguration),
    ):
        if configured.post_webhook_url or configured.pre_webhook_url:
            yield from configured.filters or ()
    for scoped in account.store.all(ScopedWebhook):
        by_filters = scoped.target == "webhook"
        yield from (scoped.configuration_filters or ()) if by_filters else ("onMessageAdded",)


def _causes(request: RecordedRequest, event: str) -> bool:
    """Whether a request would have caused an *event* if it had enabled webhooks."""
    operation = OPERATIONS.get(request.operation or "")
    payload = operation and operation.resource.payload
    if (
        not operation
        or not payload
        or request.refused
        or operation.verb.name not in PRE_EVENT_ACTIONS
    ):
        return False
    if request.params.get("x_twilio_webhook_enabled") == "true":
        return False
    return event.startswith(f"on{payload.noun}{PRE_EVENT_ACTIONS[operation.verb.name]}")
