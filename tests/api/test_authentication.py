"""Authentication: the credentials that a world accepts."""

from __future__ import annotations

from base64 import b64encode

import pytest
from conftest import Api

from pytest_conversations_fake.api.outside import Outside
from pytest_conversations_fake.api.world import World

SID, TOKEN = "AC" + "a" * 32, "token"
OTHER = "AC" + "b" * 32
USERNAME = "Authentication Error - invalid username"


@pytest.mark.parametrize(
    ("user", "password"),
    [
        pytest.param(None, None, id="its own"),
        pytest.param(OTHER, "token", id="another account"),
        pytest.param("SK" + "c" * 32, "secret", id="an API key"),
        pytest.param("username", "password", id="as in Twilio's example"),
        pytest.param("ü", "p:ä:ss", id="anything"),
    ],
)
def test_any_credentials_are_accepted_without_configured_ones(
    api: Api, user: str | None, password: str | None
) -> None:
    created = api.post("/v1/Services", {"FriendlyName": "x"}, user=user, password=password)

    owner = OTHER if user == OTHER else api.world.account.sid
    assert (201, owner) == (created.status, created.response["account_sid"])


@pytest.mark.rule("credentials")
@pytest.mark.parametrize(
    ("user", "password", "message"),
    [
        pytest.param(SID, "other", "Authenticate", id="another token"),
        pytest.param(OTHER, TOKEN, "Authenticate", id="another account"),
        pytest.param("SK" + "c" * 32, TOKEN, "Authenticate", id="an API key"),
        pytest.param("user", TOKEN, USERNAME, id="no sid"),
    ],
)
def test_other_credentials_are_refused_where_credentials_are_enforced(
    user: str, password: str, message: str
) -> None:
    api = Api(World("a test", {SID: {"auth_token": TOKEN}}, enforced=True))

    refused = api.get("/v1/Services", user=user, password=password)

    assert (401, 20003, message) == (
        refused.status,
        refused.response["code"],
        refused.response["message"],
    )
    assert 200 == api.get("/v1/Services").status


KEY, UNKNOWN_KEY = "SK" + "c" * 32, "SK" + "d" * 32


@pytest.mark.rule("credentials")
@pytest.mark.parametrize(
    ("user", "password", "reason"),
    [
        pytest.param(
            SID,
            "0123456789abcdef",
            "20003 Authenticate (the password (0123…, 16 characters) is not that of ACaaaa… "
            "(5 characters))",
            id="another token",
        ),
        pytest.param(
            KEY,
            "wrong",
            "20003 Authenticate (the password (5 characters) is not that of SKcccc… "
            "(seec…, 20 characters))",
            id="another secret of an API key",
        ),
        pytest.param(
            OTHER,
            TOKEN,
            "20003 Authenticate (ACbbbb… is another account; the fake accepts only ACaaaa…)",
            id="another account",
        ),
        pytest.param(
            SID[:-1] + "b",
            TOKEN,
            f"20003 Authenticate ({SID[:-1]}b is another account; the fake accepts only {SID})",
            id="another account that begins alike",
        ),
        pytest.param(
            UNKNOWN_KEY,
            TOKEN,
            "20003 Authenticate (SKdddd… is not among the api_keys, which are SKcccc…)",
            id="another API key",
        ),
        pytest.param(
            "user",
            TOKEN,
            "20003 Authentication Error - invalid username (the user is neither an account sid "
            "nor an API key; the fake accepts only ACaaaa…)",
            id="no sid",
        ),
        pytest.param(
            SID,
            "ended",
            "20003 Authenticate (the password is the auth token of test_before.py::test_it, which "
            "has ended; is a client cached?)",
            id="token of a fake that has ended",
        ),
    ],
)
def test_refused_credentials_have_a_reason_that_the_client_does_not_get(
    user: str, password: str, reason: str
) -> None:
    accounts = {SID: {"auth_token": TOKEN, "api_keys": {KEY: "seecret-of-20-letter"}}}
    outside = Outside(ended_fakes=lambda: {"ended": "test_before.py::test_it"})
    api = Api(World("a test", accounts, enforced=True, outside=outside))

    refused = api.get("/v1/Services", user=user, password=password)

    assert reason == refused.reason
    assert refused.response["message"] in ("Authenticate", USERNAME)


def test_api_key_is_refused_with_a_reason_if_there_is_none() -> None:
    api = Api(World("a test", {SID: {"auth_token": TOKEN}}, enforced=True))

    refused = api.get("/v1/Services", user=KEY)

    assert (
        "20003 Authenticate (SKcccc… is not among the api_keys, which are empty)" == refused.reason
    )


@pytest.mark.rule("credentials")
@pytest.mark.parametrize("enforced", [False, True])
@pytest.mark.parametrize(
    ("credentials", "hint"),
    [
        (b":", "user and password are empty"),
        (b":secret", "the user is empty"),
        (SID.encode() + b":", "the password is empty"),
    ],
)
def test_empty_credentials_are_refused_with_a_reason(
    credentials: bytes, hint: str, enforced: bool
) -> None:
    api = Api(World("a test", {SID: {"auth_token": TOKEN}}, enforced=enforced))
    headers = {"authorization": f"Basic {b64encode(credentials).decode()}"}

    refused = api.get("/v1/Services", headers=headers)

    assert 401 == refused.status
    assert refused.reason.endswith(f" ({hint})")


@pytest.mark.rule("ended-credentials")
def test_credentials_of_an_ended_fake_are_refused(api: Api) -> None:
    ended = {OTHER: "test_before.py::test_it"}
    api = Api(World("a test", outside=Outside(ended_fakes=lambda: ended)))

    refused = api.get("/v1/Services", user=OTHER)

    assert (401, 20003) == (refused.status, refused.response["code"])
    assert (
        "Authentication Error - these credentials belong to test_before.py::test_it, "
        "which has ended"
    ) == refused.response["message"]
    assert 200 == api.get("/v1/Services").status


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("Basic " + b64encode(b"AC1:pa:ss").decode(), "Basic AC1:***"),
        ("basic " + b64encode("zoë:pass".encode()).decode(), "basic zoë:***"),
        ("Basic " + b64encode(b"pass").decode(), "Basic ***"),
        ("Basic pass", "Basic ***"),
        ("Bearer pass", "Bearer ***"),
        ("pass", "***"),
    ],
)
@pytest.mark.parametrize("header", ["authorization", "proxy-authorization"])
def test_journal_keeps_the_user_and_hides_the_password(
    api: Api, header: str, sent: str, shown: str
) -> None:
    request = api.get("/v1/Services", headers={header: sent, "accept": "*/*"})

    assert shown == request.headers[header]
    assert "*/*" == request.headers["accept"]


@pytest.mark.rule("bearer-tokens")
def test_bearer_token_authenticates_the_first_account(api: Api) -> None:
    form = {"FriendlyName": "x"}

    created = api.post("/v1/Services", form, headers={"authorization": "Bearer a.token"})

    assert (201, api.world.account.sid) == (created.status, created.response["account_sid"])
    assert "Bearer ***" == created.headers["authorization"]


@pytest.mark.rule("bearer-tokens")
def test_bearer_token_is_refused_where_credentials_are_enforced() -> None:
    api = Api(World("a test", {SID: {"auth_token": TOKEN}}, enforced=True))

    refused = api.get("/v1/Services", headers={"authorization": "Bearer a.token"})

    assert (401, 20003) == (refused.status, refused.response["code"])
    assert "knows HTTP Basic only" in refused.response["message"]
    assert "Basic" in api.response.headers["WWW-Authenticate"]


@pytest.mark.parametrize("sent", ["Bearer", "Bearer  ", "Digest username=x", "Token x"])
def test_other_schemes_and_empty_tokens_are_refused(api: Api, sent: str) -> None:
    refused = api.get("/v1/Services", headers={"authorization": sent})

    assert (401, "Authenticate") == (refused.status, refused.response["message"])


@pytest.mark.rule("credentials")
@pytest.mark.parametrize(
    ("user", "message", "hint"),
    [
        ("dev", "Authenticate", "the password (5 characters) is not that of dev (5 characters)"),
        (OTHER, "Authenticate", "ACbbbb… is another account; the fake accepts only dev"),
        (
            "prod",
            USERNAME,
            "the user is neither an account sid nor an API key; the fake accepts only dev",
        ),
    ],
)
def test_user_name_of_an_account_is_in_the_reason_of_a_refusal(
    user: str, message: str, hint: str
) -> None:
    api = Api(World("a test", {SID: {"auth_token": TOKEN, "username": "dev"}}, enforced=True))

    refused = api.get("/v1/Services", user=user, password="wrong")

    assert f"20003 {message} ({hint})" == refused.reason
    assert 200 == api.get("/v1/Services", user="dev").status
    assert 200 == api.get("/v1/Services").status
