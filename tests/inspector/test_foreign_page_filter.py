"""Tests of the filter: hosts and web pages from which requests are accepted."""

from __future__ import annotations

import pytest

from pytest_conversations_fake.inspector.foreign_page_filter import (
    ForeignPageFilter,
    header_problem,
)

HERE = "127.0.0.1:8010"


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1:8010",
        "127.8.9.1",
        "localhost:8010",
        "LOCALHOST.:8010",
        "desk.localhost",
        "[::1]:8010",
        "desk.example:8010",
        "Desk.Example",
        "192.168.1.5:8010",  # no name, so nothing can be resolved anew
    ],
)
def test_own_host_is_accepted(host: str) -> None:
    assert ForeignPageFilter(["desk.example"]).refusal({"Host": host}) is None


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8010",
        "localhost.evil.example",
        "evillocalhost",
        "127.0.0.1.evil.example",
        "sub.desk.example",
        "conversations.twilio.com",
        "localhost@evil.example",
        "evil.example/localhost",
        "localhost:x",
        "[::1",
        ":8010",
    ],
)
def test_foreign_host_is_refused(host: str) -> None:
    assert ForeignPageFilter(["desk.example"]).refusal({"Host": host}) == (
        f"the host {host!r} is not allowed, as a foreign web page could use it; use localhost, or "
        "start the fake with --allow-host and this name"
    )


@pytest.mark.parametrize(
    ("host", "is_accepted"),
    [
        ("conversations.twilio.com", True),
        ("conversations.dublin.ie1.twilio.com", True),
        ("evil.example", False),
        ("twilio.com.evil.example", False),
    ],
)
def test_api_is_also_reached_by_the_names_of_twilio(host: str, is_accepted: bool) -> None:
    assert (ForeignPageFilter().refusal({"Host": host}, for_api=True) is None) == is_accepted


@pytest.mark.parametrize(
    "origin",
    ["http://127.0.0.1:8010", "http://localhost:3000", "http://[::1]", "https://desk.example"],
)
@pytest.mark.parametrize("site", ["same-origin", "same-site", "cross-site"])
def test_own_page_is_accepted(origin: str, site: str) -> None:
    headers = {"Host": HERE, "Origin": origin, "Sec-Fetch-Site": site}

    assert ForeignPageFilter(["desk.example"]).refusal(headers) is None


def test_page_of_an_address_in_the_network_is_accepted_at_the_same_address_only() -> None:
    page = {"Origin": "http://192.168.1.5:8010"}

    assert ForeignPageFilter().refusal({"Host": "192.168.1.5:8010", **page}) is None
    assert ForeignPageFilter().refusal({"Host": "192.168.1.5:8011", **page})
    assert ForeignPageFilter().refusal({"Host": HERE, **page})


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "http://evil.example:8010",
        "http://localhost.evil.example",
        "http://localhost@evil.example",
        "null",
        "",
        "file://",
        "chrome-extension://abcdefgh",
    ],
)
def test_foreign_page_is_refused(origin: str) -> None:
    assert ForeignPageFilter().refusal({"Host": HERE, "Origin": origin}) == (
        f"a web page of {origin} may not use the fake; start the fake with --allow-host and its "
        "host name if it may"
    )


def test_page_of_a_name_that_resolves_anew_is_refused() -> None:
    """A page of evil.example has the same origin as the fake after DNS rebinding."""
    headers = {"Host": "evil.example:8010", "Origin": "http://evil.example:8010"}

    assert ForeignPageFilter().refusal(headers)
    assert ForeignPageFilter().refusal(headers, for_api=True)


def test_resource_in_a_page_of_another_site_is_refused() -> None:
    headers = {"Host": HERE, "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}

    assert ForeignPageFilter().refusal(headers)
    assert ForeignPageFilter().refusal({**headers, "Sec-Fetch-Mode": "navigate"}) is None  # a link
    assert ForeignPageFilter().refusal({**headers, "Sec-Fetch-Site": "none"}) is None


@pytest.mark.parametrize(
    "name", ["http://desk.example", "desk.example:80", "desk.example/", "", "*", "a b"]
)
def test_allowed_host_is_a_name(name: str) -> None:
    with pytest.raises(ValueError, match="an allowed host is a name without scheme and port"):
        ForeignPageFilter([name])


def test_allowed_hosts_are_a_list() -> None:
    with pytest.raises(TypeError, match=r"^allow_hosts is a list of host names, not 'desk.exam"):
        ForeignPageFilter("desk.example")


def test_headers_are_limited() -> None:
    assert header_problem([(b"a", b"b")] * 100) is None
    assert header_problem([(b"a", b"b")] * 101) == "a request has at most 100 headers, not 101"
    assert header_problem([(b"a", b"b" * 32_768)]) == (
        "the headers have at most 32,768 bytes, not 32,769"
    )
