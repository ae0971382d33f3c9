"""Refused requests: each has Twilio's envelope and changes nothing."""

from __future__ import annotations

import pytest
from conftest import Api

from pytest_conversations_fake.api.refusals import BodyTooLarge, Refused
from pytest_conversations_fake.state.account import AccountView

pytestmark = pytest.mark.newest

S, C = "/v1/Services", "/v1/Conversations"


def refusal(
    named: str,
    rule: str,
    method: str,
    target: str,
    body: bytes | Refused,
    status: int,
    code: int,
    *,
    also: tuple[str, ...] = (),
    **headers: str,
) -> object:
    """A request that breaks *rule*; it shows that the rules of *also* hold, too."""
    spelled = {name.replace("_", "-"): value for name, value in headers.items()}
    marks = pytest.mark.rule(rule, *also)
    return pytest.param(method, target, body, spelled, rule, status, code, id=named, marks=marks)


def form(
    text: str, rule: str, code: int, status: int = 400, *, also: tuple[str, ...] = ()
) -> list[object]:
    """The same for creating and for updating a conversation."""
    return [
        refusal(
            f"{text[:40]} on {verb}", rule, "POST", path, text.encode(), status, code, also=also
        )
        for verb, path in [("create", C), ("update", f"{C}/one")]
    ]


ROWS = [
    refusal("no name", "missing-parameter", "POST", S, b"", 400, 20001),
    refusal("a name in the wrong case", "missing-parameter", "POST", S, b"friendlyName=x", 400,
            20001),
    refusal("a name in the query", "missing-parameter", "POST", f"{S}?FriendlyName=x", b"", 400,
            20001, also=("query-of-post",)),
    refusal("an empty name", "service-name", "POST", S, b"FriendlyName=", 400, 50000),
    refusal("257 characters", "friendly-name-length", "POST", S, b"FriendlyName=" + b"%C3%BC" * 257,
            400, 50003),
    refusal("JSON", "missing-parameter", "POST", S, b'{"FriendlyName": "x"}', 400, 20001,
            content_type="application/json", also=("form-bodies",)),
    refusal("multipart", "missing-parameter", "POST", S,
            b'--x\r\nContent-Disposition: form-data; name="FriendlyName"\r\n\r\nx\r\n--x--\r\n',
            400, 20001, content_type="multipart/form-data; boundary=x", also=("form-bodies",)),
    refusal("a body of no type", "missing-parameter", "POST", S, b"FriendlyName=x", 400, 20001,
            content_type="", also=("form-bodies",)),
    refusal("half a percent", "malformed-form", "POST", S, b"FriendlyName=%", 400, 20001),
    refusal("percent and no digits", "malformed-form", "POST", S, b"FriendlyName=%zz", 400, 20001),
    refusal("percent but not UTF-8", "malformed-form", "POST", S, b"FriendlyName=%ff", 400, 20001),
    refusal("not UTF-8", "malformed-form", "POST", S, b"FriendlyName=\xff", 400, 20001),
    refusal("a body without end", "body-size", "POST", S, BodyTooLarge(), 413, 20413),
    refusal("a broken query", "malformed-form", "GET", f"{S}?PageSize=%", b"", 400, 20001),
    refusal("a query that is not UTF-8", "malformed-form", "GET", f"{S}?x=\udcff", b"", 400,
            20001),
    refusal("nobody", "no-credentials", "GET", S, b"", 401, 20003, authorization=""),
    refusal("another scheme", "credentials", "GET", S, b"", 401, 20003, authorization="Digest x"),
    refusal("not base64", "credentials", "GET", S, b"", 401, 20003, authorization="Basic ü"),
    refusal("base64 with another character", "credentials", "GET", S, b"", 401, 20003,
            authorization="Basic dXNl!cjpwYXNz"),
    refusal("not UTF-8 in base64", "credentials", "GET", S, b"", 401, 20003,
            authorization="Basic /w=="),
    refusal("no user", "credentials", "GET", S, b"", 401, 20003, authorization="Basic OnRva2Vu"),
    refusal("nobody with half a percent", "no-credentials", "POST", S, b"FriendlyName=%", 401,
            20003, authorization=""),
    refusal("no password", "credentials", "GET", S, b"", 401, 20003,
            authorization="Basic dXNlcjo="),
    refusal("an unknown sid", "not-found", "GET", f"{S}/IS{'0' * 32}", b"", 404, 20404),
    refusal("a short sid", "not-found", "GET", f"{S}/IS0", b"", 404, 20404),
    refusal("a sid of another kind", "not-found", "GET", f"{S}/CH{'0' * 32}", b"", 404, 20404),
    refusal("an unknown parent", "not-found", "GET", f"{S}/IS{'0' * 32}/Conversations", b"", 404,
            20404),
    refusal("an unknown path", "not-found", "GET", "/v1/Nothing", b"", 404, 20404),
    refusal("an unknown version", "not-found", "GET", "/v9/Services", b"", 404, 20404),
    refusal("the root", "not-found", "GET", "/", b"", 404, 20404),
    refusal("no sid between slashes", "not-found", "GET", f"{S}//Conversations", b"", 404, 20404),
    refusal("a path that is not UTF-8", "not-found", "GET", f"{S}/%ff%zz", b"", 404, 20404),
    refusal("another method", "methods", "PUT", S, b"", 405, 20004),
    refusal("no update of services", "methods", "POST", f"{S}/IS{'0' * 32}", b"", 405, 20004),
    refusal("delete a list", "methods", "DELETE", C, b"", 405, 20004),
    refusal("no records a page", "invalid-parameter", "GET", f"{S}?PageSize=0", b"", 400, 20001,
            also=("page-size",)),
    refusal("fewer than no records", "invalid-parameter", "GET", f"{S}?PageSize=-1", b"", 400,
            20001, also=("page-size",)),
    refusal("a text for a number", "integers", "GET", f"{S}?PageSize=ten", b"", 400, 20001),
    refusal("nothing for a number", "integers", "GET", f"{S}?PageSize=", b"", 400, 20001),
    refusal("half a number", "integers", "GET", f"{S}?PageSize=1.5", b"", 400, 20001),
    refusal("another script's digits", "integers", "GET", f"{S}?PageSize=%D9%A1", b"", 400, 20001),
    refusal("a huge number", "integers", "GET", f"{S}?Page={'9' * 5000}", b"", 400, 20001),
    refusal("a page before the first", "invalid-parameter", "GET", f"{S}?Page=-1", b"", 400,
            20001),
    refusal("a made-up token", "page-token", "GET", f"{S}?PageToken=PTIS{'0' * 32}", b"", 400,
            20001),
    refusal("no token at all", "page-token", "GET", f"{S}?PageToken=next", b"", 400, 20001),
    refusal("a filter that is no date", "invalid-parameter", "GET", f"{C}?StartDate=today", b"",
            400, 20001),
    refusal("a filter of no month", "invalid-parameter", "GET", f"{C}?EndDate=2020-13-01", b"", 400,
            20001),
    refusal("a filter of no state", "invalid-parameter", "GET", f"{C}?State=open", b"", 400,
            20001),
    *form("UniqueName=two", "unique-name", 50353, 409),
    *form(f"UniqueName=CH{'0' * 32}", "unique-name-form", 50390),
    *form(f"UniqueName={'x' * 257}", "unique-name-length", 50004),
    *form(f"FriendlyName={'x' * 257}", "friendly-name-length", 50003),
    *form("Attributes=", "attributes-json", 50304),
    *form("Attributes={'a': 1}", "attributes-json", 50304),
    *form("Attributes=NaN", "attributes-json", 50304),
    *form(f"Attributes={'[' * 100_000}", "attributes-size", 50303),
    *form(f"Attributes={'[' * 501 + ']' * 501}", "attributes-json", 50304, also=("json-depth",)),
    *form(f'Attributes="{"%C3%BC" * 8192}"', "attributes-size", 50303),
    *form("State=", "states", 50374),
    *form("State=open", "states", 50378),
    *form("State=initializing", "states", 50378),
    *form("MessagingServiceSid=MG0", "messaging-service-form", 50341),
    *form(f"MessagingServiceSid=IS{'0' * 32}", "messaging-service-form", 50341),
    *form("DateCreated=yesterday", "import-dates", 50308),
    *form("DateCreated=10000-01-01T00:00:00Z", "import-dates", 50308),
    *form("DateCreated=0001-01-01T00:00:00%2B01:00", "import-dates", 50308),
    *form("DateCreated=20200102", "import-dates", 50308),
    *form("DateCreated=2020-W05-1", "import-dates", 50308),
    *form("DateCreated=2020-01-02x03:04:05", "import-dates", 50308),
    *form("DateCreated=2020-02-30", "import-dates", 50308),
    *form("DateUpdated=", "import-dates", 50309),
    *form("Timers.Inactive=PT59S", "timer-lengths", 50375),
    *form("Timers.Closed=PT9M59S", "timer-lengths", 50376),
    *form("Timers.Inactive=60", "timer-form", 50379),
    *form("Timers.Inactive=P", "timer-form", 50379),
    *form("Timers.Inactive=P1DT", "timer-form", 50379),
    *form("Timers.Inactive=-PT1M", "timer-form", 50379),
    *form(f"Timers.Inactive=P{'9' * 30}D", "timer-form", 50379, also=("timer-maximum",)),
    *form("Timers.Inactive=P5000000D", "timer-form", 50379, also=("timer-maximum",)),
    *form("Timers.Closed=P500000W", "timer-form", 50380, also=("timer-maximum",)),
    *form("Timers.Closed=PT1.5H", "timer-form", 50380),
    refusal("closed from the start", "initial-state", "POST", C, b"State=closed", 400, 50384),
    refusal("a webhook header that says maybe", "invalid-parameter", "POST", C, b"", 400, 20001,
            x_twilio_webhook_enabled="maybe"),
]  # fmt: skip


@pytest.mark.rule("error-envelope", "no-half-request")
@pytest.mark.parametrize(
    ("method", "target", "body", "headers", "rule", "status", "code"),
    ROWS,
)
def test_refused_request_has_the_envelope_and_changes_nothing(
    api: Api,
    method: str,
    target: str,
    body: bytes | Refused,
    headers: dict[str, str],
    rule: str,
    status: int,
    code: int,
) -> None:
    api.post(C, {"UniqueName": "one", "Attributes": "[1]"})
    api.post(C, {"UniqueName": "two"})
    before = [api.get(path).response for path in (S, C)]

    refused = api.ask(method, target, body, headers)

    assert (rule, status, code) == (refused.rule, refused.status, refused.response["code"])
    assert refused.response == {
        "code": code,
        "message": refused.response["message"],
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": status,
    }
    assert before == [api.get(path).response for path in (S, C)]


@pytest.mark.rule("own-parent")
@pytest.mark.parametrize("below", ["Participants", "Messages", "Webhooks"])
def test_record_is_not_found_below_another_conversation(
    api: Api, account: AccountView, below: str
) -> None:
    one, two = (account.conversations.add(unique_name=name).sid for name in ("one", "two"))
    sids = {
        "Participants": account.participants.add(conversation_sid=one, identity="ada").sid,
        "Messages": account.messages.add(conversation_sid=one).sid,
        "Webhooks": account.scoped_webhooks.add(conversation_sid=one).sid,
    }

    found = api.get(f"{C}/{one}/{below}/{sids[below]}")
    refused = api.get(f"{C}/{two}/{below}/{sids[below]}")

    assert (200, 404) == (found.status, refused.status)
    assert f"{sids[below]} belongs to {one}" == api.world.journal[-1].refusal.hint


@pytest.mark.rule("not-found")
def test_sid_of_another_kind_in_a_path_is_explained(api: Api, account: AccountView) -> None:
    service = account.services.add()

    refused = api.get(f"{C}/{service.sid}")

    assert 404 == refused.status
    assert "the sid of a Conversation begins with CH" == api.world.journal[-1].refusal.hint


@pytest.mark.rule("no-credentials")
def test_answer_to_a_request_without_credentials_names_the_authentication_scheme(api: Api) -> None:
    api.get(S, headers={"authorization": ""})

    assert 'Basic realm="Twilio API"' == api.response.headers["WWW-Authenticate"]
    assert 20003 == api.response.body["code"]
    assert "Authentication Error - No credentials provided" == api.response.body["message"]


@pytest.mark.rule("form-charset")
def test_form_with_a_charset_in_its_content_type_is_read(api: Api) -> None:
    typed = {"content-type": "Application/x-www-form-urlencoded; charset=utf-8"}

    assert 201 == api.post(S, {"FriendlyName": "x"}, headers=typed).status


@pytest.mark.rule("trailing-slash")
@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_path_with_a_trailing_slash_means_the_same_record(api: Api, method: str) -> None:
    api.post(C, {"UniqueName": "one"})

    assert getattr(api, method)(f"{C}/one/").status < 300
