"""What Twilio would refuse: always in its envelope, and nothing is stored."""

from __future__ import annotations

import pytest
from conftest import Api

from pytest_conversations_fake.api.refusals import BodyTooLarge, Refused

S, C = "/v1/Services", "/v1/Conversations"


def refusal(
    named: str,
    method: str,
    target: str,
    body: bytes | Refused,
    status: int,
    code: int,
    **headers: str,
) -> object:
    spelled = {name.replace("_", "-"): value for name, value in headers.items()}
    return pytest.param(method, target, body, spelled, status, code, id=named)


def form(text: str, code: int, status: int = 400) -> list[object]:
    """The same for creating and for updating a conversation."""
    return [
        refusal(f"{text[:40]} on create", "POST", C, text.encode(), status, code),
        refusal(f"{text[:40]} on update", "POST", f"{C}/one", text.encode(), status, code),
    ]


@pytest.mark.rule(
    "error-envelope",
    "no-half-request",
    "missing-parameter",
    "query-of-post",
    "service-name",
    "friendly-name-length",
    "form-bodies",
    "malformed-form",
    "body-size",
    "credentials",
    "not-found",
    "own-parent",
    "methods",
    "page-size",
    "integers",
    "page-token",
    "invalid-parameter",
    "unique-name",
    "unique-name-form",
    "unique-name-length",
    "attributes-json",
    "attributes-size",
    "json-depth",
    "states",
    "messaging-service-form",
    "import-dates",
    "timer-lengths",
    "timer-form",
    "timer-maximum",
    "initial-state",
)
@pytest.mark.parametrize(
    ("method", "target", "body", "headers", "status", "code"),
    [
        refusal("no name", "POST", S, b"", 400, 20001),
        refusal("a name in the wrong case", "POST", S, b"friendlyName=x", 400, 20001),
        refusal("a name in the query", "POST", f"{S}?FriendlyName=x", b"", 400, 20001),
        refusal("an empty name", "POST", S, b"FriendlyName=", 400, 50000),
        refusal("257 characters", "POST", S, b"FriendlyName=" + b"%C3%BC" * 257, 400, 50003),
        refusal(
            "JSON", "POST", S, b'{"FriendlyName": "x"}', 400, 20001, content_type="application/json"
        ),
        refusal(
            "multipart",
            "POST",
            S,
            b'--x\r\nContent-Disposition: form-data; name="FriendlyName"\r\n\r\nx\r\n--x--\r\n',
            400,
            20001,
            content_type="multipart/form-data; boundary=x",
        ),
        refusal("a body of no type", "POST", S, b"FriendlyName=x", 400, 20001, content_type=""),
        refusal("half a percent", "POST", S, b"FriendlyName=%", 400, 20001),
        refusal("percent and no digits", "POST", S, b"FriendlyName=%zz", 400, 20001),
        refusal("percent but not UTF-8", "POST", S, b"FriendlyName=%ff", 400, 20001),
        refusal("not UTF-8", "POST", S, b"FriendlyName=\xff", 400, 20001),
        refusal("a body without end", "POST", S, BodyTooLarge(), 413, 20413),
        refusal("a broken query", "GET", f"{S}?PageSize=%", b"", 400, 20001),
        refusal("a query that is not UTF-8", "GET", f"{S}?x=\udcff", b"", 400, 20001),
        refusal("nobody", "GET", S, b"", 401, 20003, authorization=""),
        refusal("another scheme", "GET", S, b"", 401, 20003, authorization="Digest x"),
        refusal("not base64", "GET", S, b"", 401, 20003, authorization="Basic ü"),
        refusal("not UTF-8 in base64", "GET", S, b"", 401, 20003, authorization="Basic /w=="),
        refusal("no user", "GET", S, b"", 401, 20003, authorization="Basic OnRva2Vu"),
        refusal(
            "nobody with half a percent", "POST", S, b"FriendlyName=%", 401, 20003, authorization=""
        ),
        refusal("no password", "GET", S, b"", 401, 20003, authorization="Basic dXNlcjo="),
        refusal("an unknown sid", "GET", f"{S}/IS{'0' * 32}", b"", 404, 20404),
        refusal("a short sid", "GET", f"{S}/IS0", b"", 404, 20404),
        refusal("a sid of another kind", "GET", f"{S}/CH{'0' * 32}", b"", 404, 20404),
        refusal("an unknown parent", "GET", f"{S}/IS{'0' * 32}/Conversations", b"", 404, 20404),
        refusal("an unknown path", "GET", "/v1/Nothing", b"", 404, 20404),
        refusal("an unknown version", "GET", "/v9/Services", b"", 404, 20404),
        refusal("the root", "GET", "/", b"", 404, 20404),
        refusal("no sid between slashes", "GET", f"{S}//Conversations", b"", 404, 20404),
        refusal("a path that is not UTF-8", "GET", f"{S}/%ff%zz", b"", 404, 20404),
        refusal("another method", "PUT", S, b"", 405, 20004),
        refusal("no update of services", "POST", f"{S}/IS{'0' * 32}", b"", 405, 20004),
        refusal("delete a list", "DELETE", C, b"", 405, 20004),
        refusal("no records a page", "GET", f"{S}?PageSize=0", b"", 400, 20001),
        refusal("fewer than no records", "GET", f"{S}?PageSize=-1", b"", 400, 20001),
        refusal("a text for a number", "GET", f"{S}?PageSize=ten", b"", 400, 20001),
        refusal("nothing for a number", "GET", f"{S}?PageSize=", b"", 400, 20001),
        refusal("half a number", "GET", f"{S}?PageSize=1.5", b"", 400, 20001),
        refusal("another script's digits", "GET", f"{S}?PageSize=%D9%A1", b"", 400, 20001),
        refusal("a huge number", "GET", f"{S}?Page={'9' * 5000}", b"", 400, 20001),
        refusal("a page before the first", "GET", f"{S}?Page=-1", b"", 400, 20001),
        refusal("a made-up token", "GET", f"{S}?PageToken=PTIS{'0' * 32}", b"", 400, 20001),
        refusal("no token at all", "GET", f"{S}?PageToken=next", b"", 400, 20001),
        refusal("a filter that is no date", "GET", f"{C}?StartDate=today", b"", 400, 20001),
        refusal("a filter of no month", "GET", f"{C}?EndDate=2020-13-01", b"", 400, 20001),
        refusal("a filter of no state", "GET", f"{C}?State=open", b"", 400, 20001),
        *form("UniqueName=two", 50353, 409),
        *form(f"UniqueName=CH{'0' * 32}", 50390),
        *form(f"UniqueName={'x' * 257}", 50004),
        *form(f"FriendlyName={'x' * 257}", 50003),
        *form("Attributes=", 50304),
        *form("Attributes={'a': 1}", 50304),
        *form("Attributes=NaN", 50304),
        *form(f"Attributes={'[' * 100_000}", 50303),
        *form(f"Attributes={'[' * 501 + ']' * 501}", 50304),
        *form(f'Attributes="{"%C3%BC" * 8192}"', 50303),
        *form("State=", 50374),
        *form("State=open", 50378),
        *form("State=initializing", 50378),
        *form("MessagingServiceSid=MG0", 50341),
        *form(f"MessagingServiceSid=IS{'0' * 32}", 50341),
        *form("DateCreated=yesterday", 50308),
        *form("DateCreated=10000-01-01T00:00:00Z", 50308),
        *form("DateCreated=0001-01-01T00:00:00%2B01:00", 50308),
        *form("DateCreated=20200102", 50308),
        *form("DateCreated=2020-W05-1", 50308),
        *form("DateCreated=2020-01-02x03:04:05", 50308),
        *form("DateCreated=2020-02-30", 50308),
        *form("DateUpdated=", 50309),
        *form("Timers.Inactive=PT59S", 50375),
        *form("Timers.Closed=PT9M59S", 50376),
        *form("Timers.Inactive=60", 50379),
        *form("Timers.Inactive=P", 50379),
        *form("Timers.Inactive=P1DT", 50379),
        *form("Timers.Inactive=-PT1M", 50379),
        *form(f"Timers.Inactive=P{'9' * 30}D", 50379),
        *form("Timers.Inactive=P5000000D", 50379),
        *form("Timers.Closed=P500000W", 50380),
        *form("Timers.Closed=PT1.5H", 50380),
        refusal("closed from the start", "POST", C, b"State=closed", 400, 50384),
        refusal(
            "a webhook header that says maybe",
            "POST",
            C,
            b"",
            400,
            20001,
            x_twilio_webhook_enabled="maybe",
        ),
    ],
)
def test_a_refusal_has_twilios_envelope_and_changes_nothing(
    api: Api,
    method: str,
    target: str,
    body: bytes | Refused,
    headers: dict[str, str],
    status: int,
    code: int,
) -> None:
    api.post(C, {"UniqueName": "one", "Attributes": "[1]"})
    api.post(C, {"UniqueName": "two"})
    before = [api.get(path).response for path in (S, C)]

    refused = api.ask(method, target, body, headers)

    assert (status, code) == (refused.status, refused.response["code"])
    assert refused.response == {
        "code": code,
        "message": refused.response["message"],
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": status,
    }
    assert before == [api.get(path).response for path in (S, C)]


@pytest.mark.rule("not-found")
@pytest.mark.parametrize(
    ("method", "target", "message"),
    [
        ("POST", S, "Missing required parameter FriendlyName in the post body"),
        ("GET", f"{C}/CH71", "The requested resource /Conversations/CH71 was not found"),
        ("GET", f"{S}?PageSize=ten", "invalid literal for int() with base 10: 'ten'"),
        ("GET", f"{S}?PageToken=x", "Invalid PageToken"),
        ("PUT", S, "Method not allowed"),
    ],
)
def test_the_texts_are_twilios(api: Api, method: str, target: str, message: str) -> None:
    assert message == api.ask(method, target).response["message"]


@pytest.mark.rule("no-credentials")
def test_a_401_says_how_to_authenticate(api: Api) -> None:
    api.get(S, headers={"authorization": ""})

    assert 'Basic realm="Twilio API"' == api.response.headers["WWW-Authenticate"]
    assert 20003 == api.response.body["code"]
    assert "Authentication Error - No credentials provided" == api.response.body["message"]


@pytest.mark.rule("form-charset")
def test_a_charset_behind_the_content_type_changes_nothing(api: Api) -> None:
    typed = {"content-type": "Application/x-www-form-urlencoded; charset=utf-8"}

    assert 201 == api.post(S, {"FriendlyName": "x"}, headers=typed).status


@pytest.mark.rule("trailing-slash")
@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_a_slash_at_the_end_is_nothing(api: Api, method: str) -> None:
    api.post(C, {"UniqueName": "one"})

    assert getattr(api, method)(f"{C}/one/").status < 300
