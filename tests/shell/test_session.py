"""Options of a session: accounts, addresses, TLS and the page."""

from __future__ import annotations

import io
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import requests
from programs import needs

from pytest_conversations_fake.shell.options import SessionOptions
from pytest_conversations_fake.shell.output import UsageError
from pytest_conversations_fake.shell.session import open_session
from pytest_conversations_fake.shell.trust import instructions

ONE, TWO, KEY = "AC" + "a" * 32, "AC" + "b" * 32, "SK" + "c" * 32


def session(**options: Any) -> Any:
    return open_session(SessionOptions(port=0, **options), io.StringIO())


def status(url: str, user: str, password: str) -> int:
    return requests.get(f"{url}/v1/Services", auth=(user, password)).status_code


def test_accounts_come_from_the_command_line_and_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "accounts.json"
    file.write_text(json.dumps({TWO: {"auth_token": "two", "api_keys": {KEY: "key"}}}))

    with session(accounts=[f"{ONE}:one:1", str(file)]) as each:
        accepted = [(ONE, "one:1"), (TWO, "two"), (KEY, "key")]
        assert {200} == {status(each.url, *credentials) for credentials in accepted}
        assert 401 == status(each.url, ONE, "two")
        assert ONE == each.running.credentials["TWILIO_ACCOUNT_SID"]


@pytest.mark.parametrize(
    ("accounts", "problem"),
    [
        ([f"{ONE}:", "x"], "auth_token is a string of at least one character, not ''"),
        ([ONE, f"{ONE}:x"], f"--accounts has the account '{ONE}' twice"),
        (["missing.json"], "missing.json: No such file or directory"),
        (
            ["secret:token"],
            "--accounts takes an account sid (AC and 32 hexadecimal digits), a sid ",
        ),
    ],
)
def test_wrong_accounts_are_refused(accounts: list[str], problem: str) -> None:
    accounts = [text for text in accounts if text != "x"]

    with pytest.raises(UsageError) as raised, session(accounts=accounts):
        pass

    assert str(raised.value).startswith(problem)
    assert "token" not in str(raised.value).partition("not ")[2].replace("auth_token", "")


def test_account_owns_only_what_is_listed() -> None:
    with session(owned=["+15550199"]) as each:
        url = f"{each.url}/v1/ConversationWithParticipants"
        participant = {"messaging_binding": {"address": "+15550100", "proxy_address": "+15550198"}}
        answer = requests.post(url, {"Participant": json.dumps(participant)}, auth=("a", "b"))

    assert 400 == answer.status_code


def test_other_address_than_loopback_gets_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    for host in ("127.0.0.1", "localhost"):
        with session(host=host):
            assert "" == capsys.readouterr().err
    with session(host="0.0.0.0"):
        assert (
            "conversations-fake: warning: everyone who can connect to 0.0.0.0 can read and change "
            "this fake\n"
        ) == capsys.readouterr().err


def test_foreign_host_name_is_refused_unless_allowed() -> None:
    def asked(url: str) -> int:
        return requests.get(f"{url}/_fake/v1/state", headers={"Host": "desk.example"}).status_code

    with session() as each:
        assert 403 == asked(each.url)
    with session(allow_host=["desk.example"]) as each:
        assert 200 == asked(each.url)


def test_page_and_health_answer_without_credentials() -> None:
    with session(auth_token="secret") as each:
        assert {"status": "ok"} == requests.get(f"{each.url}/health").json()
        page = requests.get(f"{each.url}/")
        assert (f"{each.url}/_fake/", 200) == (page.url, page.status_code)
        assert "secret" not in page.text
        assert 401 == status(each.url, "a", "b")


def test_webhook_is_signed_for_the_public_url(tmp_path: Path) -> None:
    with session(webhook="http://127.0.0.1:9/a", public_url="https://desk.example/b") as each:
        headers = {"X-Twilio-Webhook-Enabled": "true"}
        requests.post(f"{each.url}/v1/Conversations", headers=headers, auth=("a", "b"))
        requests.post(f"{each.url}/_fake/v1/settle", json={})
        [delivery] = requests.get(f"{each.url}/_fake/v1/deliveries").json()["entries"]

    assert "https://desk.example/b" == delivery["url"] == delivery["signed"]["url"]


def test_webhook_stays_configured_after_a_reset(tmp_path: Path) -> None:
    with session(webhook="http://127.0.0.1:9/a") as each:
        requests.post(f"{each.url}/_fake/v1/reset", json={})
        headers = {"X-Twilio-Webhook-Enabled": "true"}
        requests.post(f"{each.url}/v1/Conversations", headers=headers, auth=("a", "b"))
        requests.post(f"{each.url}/_fake/v1/settle", json={})
        [delivery] = requests.get(f"{each.url}/_fake/v1/deliveries").json()["entries"]
        test = requests.get(f"{each.url}/_fake/v1/test").text

    assert "onConversationAdded" == delivery["event"]
    assert 1 == test.count("webhooks.deliver_to(")
    assert '"onConversationAdded",' in test.partition("events=[")[2]


@needs("curl")
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_python_and_curl_trust_the_authority(host: str) -> None:
    with session(https=0) as each:
        url = f"https://{host}:{each.running.tls_port}/health"
        trusted, authority = each.directory / "authorities.pem", each.directory / "authority.pem"

        assert requests.get(url, verify=str(trusted)).ok
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(url)
        command = ["curl", "-sS", "--cacert", str(authority), url]
        assert '{"status": "ok"}' == subprocess.check_output(command, text=True)


@pytest.mark.newest
@needs("node")
def test_node_trusts_the_authority() -> None:
    with session(https=0) as each:
        url = f"https://localhost:{each.running.tls_port}/health"
        command = ["node", "-e", f"fetch('{url}').then((r) => console.log(r.status))"]
        environment = {"NODE_EXTRA_CA_CERTS": str(each.directory / "authority.pem")}

        trusting = subprocess.run(command, capture_output=True, text=True, env=environment)
        other = subprocess.run(command, capture_output=True, text=True)

    assert ("200\n", "") == (trusting.stdout, trusting.stderr)
    assert "200" not in other.stdout


def test_heading_of_https_fits_a_terminal() -> None:
    lines = instructions(8443, Path("/run/user/1000/conversations-fake/8010")).splitlines()

    assert "HTTPS: https://localhost:8443, with an authority that is new at each start" == lines[0]
    assert all(len(line) <= 80 for line in lines)
