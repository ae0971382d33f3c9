"""Other mocks in the same test, each with the rule that passes calls to Twilio through."""

from __future__ import annotations

from textwrap import dedent

import pytest

TESTS = {
    "responses": """
        def test_it(fake_conversations):
            with responses.RequestsMock() as mock:
                mock.add_passthru("https://conversations.")
                mock.get("https://other.example", "mocked")

                open_desk(fake_conversations)
                assert "mocked" == requests.get("https://other.example").text
        """,
    "requests_mock": """
        def test_it(fake_conversations, requests_mock):
            requests_mock.register_uri(
                requests_mock_module.ANY, re.compile("//conversations[.]"), real_http=True
            )
            requests_mock.get("https://other.example", text="mocked")

            open_desk(fake_conversations)
            assert "mocked" == requests.get("https://other.example").text
        """,
    "respx": """
        def test_it(fake_conversations, respx_mock):
            respx_mock.route(host__regex="conversations[.]").pass_through()
            respx_mock.get("https://other.example").respond(text="mocked")

            httpx.post(URL, data=FORM, auth=AUTH)
            fake_conversations.services.assert_created(friendly_name="Support")
            assert "mocked" == httpx.get("https://other.example").text
        """,
    "pytest_httpx": """
        def elsewhere(request):
            return not request.url.host.startswith("conversations.")

        @pytest.mark.httpx_mock(should_mock=elsewhere)
        def test_it(fake_conversations, httpx_mock):
            httpx_mock.add_response(url="https://other.example", text="mocked")

            httpx.post(URL, data=FORM, auth=AUTH)
            fake_conversations.services.assert_created(friendly_name="Support")
            assert "mocked" == httpx.get("https://other.example").text
        """,
    "vcr": """
        def test_it(fake_conversations, tmp_path):
            cassette = tmp_path / "cassette.yaml"
            recorder = vcr.VCR(ignore_hosts=["conversations.twilio.com"])
            with recorder.use_cassette(str(cassette)):
                open_desk(fake_conversations)
            assert not cassette.exists()
        """,
    # aioresponses 0.7.9 cannot answer with aiohttp 3.14, for other hosts; what it lets pass, passes
    "aioresponses": """
        @pytest.mark.asyncio
        async def test_it(fake_conversations):
            headers = {"Authorization": requests.auth._basic_auth_str(*AUTH)}
            with aioresponses.aioresponses(passthrough=["https://conversations."]) as mock:
                mock.get("https://other.example", body="mocked")
                async with aiohttp.ClientSession(headers=headers) as session:
                    async with session.post(URL, data=FORM) as answer:
                        assert 201 == answer.status
                    with pytest.raises(TypeError, match="stream_writer"):
                        await session.get("https://other.example")
            fake_conversations.services.assert_created(friendly_name="Support")
        """,
    "pytest_socket": """
        @pytest.mark.filterwarnings("ignore:A test tried to use:UserWarning")
        def test_it(fake_conversations):
            open_desk(fake_conversations)
            with pytest.raises(pytest_socket.SocketConnectBlockedError):
                socket.create_connection(("127.0.0.2", 443))
        """,
}
COMMON = """
    import re
    import socket
    import aiohttp
    import httpx
    import pytest
    import requests
    from twilio.rest import Client
    import {library} as {library}_module
    import {library}

    AUTH = ("user", "password")
    FORM = {{"FriendlyName": "Support"}}
    URL = "https://conversations.twilio.com/v1/Services"

    def open_desk(fake):
        Client().conversations.v1.services.create(friendly_name="Support")
        fake.services.assert_created(friendly_name="Support")
"""
# Plugins that other suites do not load, because loading takes time
OPTIONS = {
    "pytest_httpx": ["-p", "pytest_httpx"],
    "pytest_socket": ["--disable-socket", "--allow-hosts=127.0.0.1"],
    "requests_mock": ["-p", "requests_mock"],
    "respx": ["-p", "respx"],
}
AFTER = """
        def test_nothing_is_left():
            assert not hasattr(socket.getaddrinfo, "__wrapped__")
            assert not hasattr(socket.socket.connect, "__wrapped__")

        def test_and_again(fake_conversations):
            open_desk(fake_conversations)
"""


@pytest.mark.parametrize("library", TESTS)
def test_call_that_a_mock_passes_through_reaches_the_fake(
    suite: pytest.Pytester, library: str
) -> None:
    suite.makepyfile(
        "\n".join(map(dedent, (COMMON.format(library=library), TESTS[library], AFTER)))
    )

    suite.runpytest(*OPTIONS.get(library, ())).assert_outcomes(passed=3)


def test_failure_hints_at_a_mock_that_keeps_the_call(
    suite: pytest.Pytester,
) -> None:
    suite.makepyfile(
        """
        import requests
        import responses

        @responses.activate
        def test_it(fake_conversations):
            responses.post("https://conversations.twilio.com/v1/Services", json={})
            requests.post("https://conversations.twilio.com/v1/Services")
            fake_conversations.services.assert_created()
        """
    )

    result = suite.runpytest()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "E       no request reached the fake, neither through conversations.twilio.com nor at",
            "E         http://127.0.0.1:*; another mock may intercept requests, or another",
            "E         process may send them (child_processes=True lets those of child processes",
            "E         arrive)",
        ]
    )
