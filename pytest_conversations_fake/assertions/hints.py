"""Where requests and webhooks went that a test misses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..api.accounts import Account
from ..api.events import PRE_EVENTS
from ..api.journal import RecordedRequest
from ..api.operations import OPERATIONS
from ..api.pre_events import PRE_EVENT_ACTIONS
from ..api.resources.scoped_webhooks import ScopedWebhook
from ..api.resources.webhook_configurations import AccountWebhooks, ServiceWebhooks
from ..api.wording import counted, shortened
from ..api.world import World


def why_not_asked(world: World, account: Account, operation: str, *, waited: bool) -> Sequence[str]:
    """What may have become of requests for an *operation* that an *account* did not get."""
    went = [*_to_other_accounts(world, account, operation), *world.outside.hints(waited)]
    if went or any(each.account_sid in (account.sid, None) for each in world.journal):
        return went
    return [_nothing(world)]


def _to_other_accounts(world: World, account: Account, operation: str) -> Iterator[str]:
    for other in world.authenticator.accounts:
        theirs = [each for each in world.journal if each.account_sid == other.sid]
        same = [each for each in theirs if each.operation == operation]
        if other is not account and theirs:
            got = f"{len(same)} {operation}" if same else counted(len(theirs), "request")
            sid = shortened(other.sid)
            yield f"{got} came for another account, {sid}, which .account(sid) looks into"


def _nothing(world: World) -> str:
    if not world.address:
        return "nothing can reach this fake, as it was not started; use it in a `with` statement"
    if world.outside.redirects:
        return (
            "nothing reached the fake, neither as conversations.twilio.com nor at "
            f"{world.address}; was it kept by another mock, or sent from another process?"
        )
    return (
        "nothing reached the fake, to which Twilio's host does not lead (redirect=False); was the "
        f"client told its address, {world.address}?"
    )


def why_not_told(world: World, event: str) -> Sequence[str]:
    """Why no webhook was told of an *event*: how they are configured, and what was asked how."""
    listening = {each for account in world.authenticator.accounts for each in _listening(account)}
    if not listening:
        return [
            "no webhook is configured; webhooks.deliver_to(..., events=[...]) or a request for "
            "UpdateConfigurationWebhook does that"
        ]
    if event not in listening:
        known = ", ".join(sorted(listening))
        return [f"no webhook that is configured has {event} among its filters; they have: {known}"]
    if event in PRE_EVENTS and not world.assumptions.holds("pre-events", "everybody"):
        return ["people cause it, and requests only with assume={'pre-events': 'everybody'}"]
    if silent := [f"#{each.number}" for each in world.journal if _causes(each, event)]:
        return [
            "what causes it came without the header X-Twilio-Webhook-Enabled: true, so that no "
            f"webhook is told: {', '.join(silent[:3])}{' and more' * (len(silent) > 3)}"
        ]
    return ["a webhook is configured for it, but no request caused it"]


def _listening(account: Account) -> Iterator[str]:
    """The events that webhooks are told of."""
    for configured in (*account.store.all(AccountWebhooks), *account.store.all(ServiceWebhooks)):
        if configured.post_webhook_url or configured.pre_webhook_url:
            yield from configured.filters or ()
    for scoped in account.store.all(ScopedWebhook):
        by_filters = scoped.target == "webhook"
        yield from (scoped.configuration_filters or ()) if by_filters else ("onMessageAdded",)


def _causes(request: RecordedRequest, event: str) -> bool:
    """Whether webhooks would have been told of *event*, had the request enabled them."""
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
