"""The path of a request, top to bottom.

`answer` is a generator. It yields the steps that only the outside can do and receives their
outcomes, so it runs the same with a socket and without. The state is consistent at each yield.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any

from .accounts import Account
from .deliveries import Delivery
from .faults import ANSWER_FAULTS, Delay, Injected, RejectingFault, faults_for
from .fields import is_sid
from .forms import Texts, decompress, form_text, read_texts, require_well_formed
from .journal import IGNORED_BODY, PendingRequest, Response
from .operations import VERSION, Operation, find_route, not_imitated
from .pre_events import pre_event_delivery, read_changes
from .records import Record
from .refusals import (
    MethodNotAllowed,
    MissingParameter,
    NotFound,
    NotImitated,
    Refused,
)
from .request_context import RequestContext
from .resource import Resource
from .resources.services import default_service
from .verbs import CREATE
from .world import World

MAX_BODY = 1024 * 1024
"""Maximum number of bytes. A guess, far above the largest form that the API accepts."""

# Origin, headers, methods and Expose as captured from Twilio's v1 APIs, with the samples of its
# specification added. It is a guess that errors and 204s have them, too.
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, POST, DELETE, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Authorization, Content-Type, If-Match, "
    "If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key, "
    "X-Twilio-Webhook-Enabled",
    "Access-Control-Allow-Credentials": "true",
    "Access-Control-Expose-Headers": "ETag, Twilio-Request-Id",
}


@dataclass(frozen=True)
class Ask:
    """Send a pre-event to an application. Outcome: the delivery with its answer."""

    delivery: Delivery


@dataclass(frozen=True)
class Wait:
    """Wait for some *seconds*. Outcome: None."""

    seconds: float


Step = Ask | Wait
Outcome = Delivery | None

Steps = Generator[Step, Outcome, Response]


def answer(world: World, pending: PendingRequest, body: bytes | Refused) -> Steps:
    """Answer the request of *pending*, and add to *pending* what becomes known about it.

    *body* has the bytes as sent, or is the refusal of a body that could not be read.
    """
    headers = CORS | {"Twilio-Request-Id": world.sids.draw("RQ")}
    try:
        status, answer_body = yield from _carry_out(world, pending, body)
    except Injected as injected:
        pending.refusal = injected
        status, answer_body = injected.answer_status, injected.envelope()
        headers |= injected.headers
    except Refused as refusal:
        pending.refusal = refusal
        status, answer_body = refusal.status, refusal.envelope()
        if status == 401:
            headers["WWW-Authenticate"] = 'Basic realm="Twilio API"'
    except Exception as error:  # ours, not Twilio's: it fails the test that caused it
        pending.error = error
        world.errors.append(error)
        status, answer_body = 500, {"message": "An error occurred", "status": 500}
    broken = [each for each in pending.faults if isinstance(each, ANSWER_FAULTS)]
    return Response(status, answer_body, headers, broken[0] if broken else None)


def _carry_out(
    world: World, pending: PendingRequest, body: bytes | Refused
) -> Generator[Step, Outcome, tuple[int, Any]]:
    request = pending.request
    if isinstance(body, bytes):
        body = decompress(request.headers, body, MAX_BODY)
    if request.method == "OPTIONS":  # a browser's preflight, which carries no credentials
        return 204, None
    world.finish()
    world.settle()
    route, names = find_route(request.path)
    operation = route.operations.get(request.method)
    readable = body if isinstance(body, bytes) else b""
    form = form_text(request.headers, readable)
    texts = _note(pending, operation, names, form) if operation else {}
    if operation and readable and not form:
        pending.ignored += (f"{IGNORED_BODY}{request.headers.get('content-type', 'no type')}",)
    for fault in faults_for(world.injections, pending):
        pending.faults += (fault,)
        if isinstance(fault, Delay):
            yield Wait(fault.seconds)
            world.settle()
        elif isinstance(fault, RejectingFault):
            raise fault.refusal()
    account, account_sid = world.authenticator.authenticate(request.headers)
    pending.account_sid = account.sid
    if not route.operations:
        if what := not_imitated(request.path):
            raise NotImitated(what=what)
        raise NotFound(path=_path_of_404(request.path))
    if not operation:
        raise MethodNotAllowed
    if isinstance(body, Refused):
        raise body
    require_well_formed(request.query, form)

    def build_context(noted: dict[str, Any]) -> tuple[RequestContext, list[Record]]:
        """The context and the records in the path, from the current state."""
        records = _find(account, pending, operation, names)
        params = _read(noted, operation, texts)
        return world.request_context(
            account,
            account_sid=account_sid,
            base=f"{request.origin}/{VERSION}",
            parents=records[: len(operation.resource.ancestors)],
            short=operation.is_short(names),
            params=params,
            source="API",
            webhooks_enabled=params.get("x_twilio_webhook_enabled") == "true",
        ), records

    context, records = build_context(pending.params)
    if pre_event := pre_event_delivery(context, operation, records):
        answered = yield Ask(pre_event)
        assert isinstance(answered, Delivery)
        texts |= read_changes(operation, answered)
        world.settle()
        context, records = build_context({})  # the journal keeps the parameters as sent
    answer_body = _perform(context, operation, records)
    pending.refusal = next(iter(context.conflicts), None)
    return operation.resource.status(context, operation.verb), answer_body


def _note(pending: PendingRequest, operation: Operation, names: Sequence[str], form: str) -> Texts:
    """Add the operation and its parameters to *pending*, before validation. Returns the texts."""
    request = pending.request
    pending.operation = operation.name
    if not operation.is_short(names):
        pending.service_operation = operation.service_name
    pending.path_params.update(zip(reversed(operation.path), reversed(names)))
    texts: Texts = {}
    ignored: list[str] = []
    for keywords, encoded in [
        (operation.form_keywords, form),
        (operation.query_keywords, request.query),
    ]:
        for name, values in read_texts(encoded).items():
            if name in keywords:
                texts[keywords[name]] = values
            else:
                ignored.append(name)
    for keyword, field in operation.headers.items():
        if field.name.lower() in request.headers:
            texts[keyword] = [request.headers[field.name.lower()]]
    pending.params.update((keyword, values[-1]) for keyword, values in texts.items())
    pending.ignored = tuple(ignored)
    return texts


def _why_not_found(account: Account, resource: Resource[Any], name: str) -> str:
    """A hint for a *name* that is a sid of another kind or of a record below another parent."""
    prefix = getattr(resource.record, "prefix", "")
    if prefix and is_sid(name) and not name.startswith(prefix):
        return f"the sid of a {resource.record.__name__} begins with {prefix}"
    if record := account.store.find(resource.record, name):
        return f"{record.sid} belongs to {record.parent_sid}"
    return ""


def _find(
    account: Account, pending: PendingRequest, operation: Operation, names: Sequence[str]
) -> list[Record]:
    """The records in the path, the service first; on a short path that is the default service."""
    found: list[Record] = [default_service(account)] if operation.is_short(names) else []
    for resource, name in zip(operation.chain[len(found) :], names):
        record = resource.find(account, found[-1].sid if found else None, name)
        if not record:
            hint = _why_not_found(account, resource, name)
            raise NotFound(path=_path_of_404(pending.request.path), hint=hint)
        found.append(record)
    if operation.resource.single:
        found.append(operation.resource.singleton(account, found[-1].sid if found else None))
    for keyword, record in zip(operation.path, found):
        pending.path_params[keyword] = getattr(record, keyword, record.sid)
    return found


def _read(noted: dict[str, Any], operation: Operation, texts: Texts) -> dict[str, Any]:
    """The values of the parameters. Values read before a refusal are in *noted*, too."""
    for keyword, field in operation.fields.items():
        if keyword in texts:
            noted[keyword] = field.read_all(texts[keyword])
        elif field.required and operation.verb is CREATE:
            raise MissingParameter(name=field.name)
    return {keyword: noted[keyword] for keyword in texts}


def _perform(
    context: RequestContext, operation: Operation, records: list[Record]
) -> dict[str, Any] | None:
    resource = operation.resource
    match operation.verb.name, records:
        case "Create", _:
            return resource.render_created(context, resource.create(context))
        case "List", _:
            return resource.render_page(context, resource.list(context))
        case "Fetch", [*_, record]:
            return resource.render(context, record)
        case "Update", [*_, record]:
            return resource.render(context, resource.update(context, record))
        case "Delete", [*_, record]:
            resource.delete(context, record)
    return None


def _path_of_404(path: str) -> str:
    """The *path* in the text of a 404, which in most captures leaves out the version."""
    return path.removeprefix(f"/{VERSION}")
