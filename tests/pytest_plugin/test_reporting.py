"""Report sections, pages, JUnit properties and pytest-html extras of the suite of a project."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from conftest import configuration

pytestmark = pytest.mark.newest

SUITE = """
    import pytest
    import requests

    def create(fake, name):
        auth = fake.account_sid, fake.auth_token
        requests.post(f"{fake.url}/v1/Services", {"FriendlyName": name}, auth=auth)

    @pytest.fixture
    def broken(fake_conversations):
        create(fake_conversations, "in setup")
        raise RuntimeError("no desk")

    @pytest.fixture
    def ends_badly(fake_conversations):
        yield
        create(fake_conversations, "in teardown")
        raise RuntimeError("no end")

    def test_fails(fake_conversations):
        create(fake_conversations, "in the test")
        assert 1 == 2

    def test_fails_twice(fake_conversations, ends_badly):
        assert 1 == 2

    def test_setup(broken): ...

    def test_teardown(ends_badly): ...

    def test_refused(fake_conversations):
        create(fake_conversations, "refused")
        try:
            requests.get("https://api.twilio.com")
        except requests.ConnectionError:
            pass

    def test_passes(fake_conversations):
        create(fake_conversations, "passed")

    def test_is_skipped(fake_conversations):
        pytest.skip("later")

    @pytest.mark.xfail(reason="expected")
    def test_fails_as_expected(fake_conversations):
        assert 1 == 2

    def test_without():
        assert 1 == 2
"""
OUTCOMES = {"failed": 3, "passed": 3, "errors": 4, "skipped": 1, "xfailed": 1}

FAILED = ["test_fails", "test_fails_twice", "test_refused", "test_setup", "test_teardown"]


@pytest.fixture
def suite(suite: pytest.Pytester) -> pytest.Pytester:
    """A downstream project that uses pytest-html."""
    suite.makeini(configuration("html", "metadata"))
    return suite


@pytest.fixture(params=["here", "xdist"])
def arguments(request: pytest.FixtureRequest, suite: pytest.Pytester) -> list[str]:
    """Run the suite, on several processes or on one."""
    suite.makepyfile(SUITE)
    if request.param == "here":
        return []
    suite.makeini(configuration("html", "metadata", "xdist"))
    return ["-n2"]


def properties(path: Path) -> dict[str, list[str]]:
    """The property of each test in JUnit's file that has one."""
    return {
        case.attrib["name"]: [each.attrib["value"] for each in case.iter("property")]
        for case in ElementTree.parse(path).iter("testcase")
        if case.find("properties") is not None
    }


def extras(path: Path) -> dict[str, list[dict[str, str]]]:
    """The extra of each test on pytest-html's page that has one."""
    blob = re.search('data-jsonblob="(.*?)"', path.read_text(encoding="utf-8"))
    assert blob
    tests = json.loads(html.unescape(blob[1]))["tests"]
    found = {
        name: [extra for row in rows for extra in row["extras"]] for name, rows in tests.items()
    }
    return {name.split("::")[1]: extras for name, extras in found.items() if extras}


def test_each_test_that_fails_has_one_section(suite: pytest.Pytester) -> None:
    suite.makepyfile(SUITE)

    result = suite.runpytest("-k", "not without")

    result.assert_outcomes(**OUTCOMES | {"failed": 2})
    sections = [
        (line.split()[-2], below.partition("friendly_name=")[2])
        for line, below in zip(result.outlines, result.outlines[1:])
        if "Captured fake_conversations" in line
    ]
    assert [
        ("call", ""),  # of the test that fails twice, in the report of its teardown
        ("setup", "'in setup'"),
        ("teardown", "'in teardown'"),
        ("teardown", "'refused'"),
        ("call", "'in the test'"),
        ("call", ""),
    ] == sections


def test_reports_link_to_pages_if_the_option_is_set(
    suite: pytest.Pytester, arguments: list[str]
) -> None:
    result = suite.runpytest(
        "--fake-conversations-report=my pages",
        "--junitxml=junit.xml",
        "--html=out/report.html",
        *arguments,
    )

    result.assert_outcomes(**OUTCOMES)
    directory = suite.path / "my pages"
    pages = {
        path.stem.split("-")[1]: path.read_text(encoding="utf-8")
        for path in directory.iterdir()
        if path.stem != "index"
    }
    assert {
        "test_fails": "failed",
        "test_fails_as_expected": "xfailed",
        "test_fails_twice": "failed",
        "test_is_skipped": "skipped",
        "test_refused": "error",
        "test_passes": "passed",
        "test_setup": "error",
        "test_teardown": "error",
    } == {name: re.findall('class="badge .*?">(.*?)<', text)[0] for name, text in pages.items()}
    assert "assert 1 == 2\n\nRuntimeError: no end" in pages["test_fails_twice"]
    assert "friendly_name=&#x27;in teardown&#x27;" in pages["test_fails_twice"]
    assert "fake_conversations refused api.twilio.com" in pages["test_refused"]

    names = {path.name for path in directory.iterdir()}
    index = (directory / "index.html").read_text(encoding="utf-8")
    assert names == {"index.html", *re.findall('href="(.*?)"', index)}

    begin = [" fake_conversations ==" in line for line in result.outlines].index(True)
    *failed, last = result.outlines[begin + 1 : begin + 7]
    assert f"8 pages in all: {directory.as_uri()}/index.html" == last
    assert FAILED == sorted(page.split("-")[-2] for page in failed)
    assert {*failed} <= {(directory / name).as_uri() for name in names}

    in_junit = properties(suite.path / "junit.xml")
    assert pages.keys() == in_junit.keys()
    assert all((suite.path / path).is_file() for [path] in in_junit.values())

    beside = extras(suite.path / "out" / "report.html")
    assert {*FAILED, "test_fails_as_expected"} == {*beside}
    for [extra, *_] in beside.values():
        assert extra["content"].startswith("../my%20pages/test_")
        assert (suite.path / "out" / unquote(extra["content"])).is_file()


def test_reports_contain_the_text_if_the_option_is_not_set(
    suite: pytest.Pytester, arguments: list[str]
) -> None:
    result = suite.runpytest(
        "--junitxml=junit.xml",
        "--html=out/report.html",
        "--self-contained-html",
        *arguments,
    )

    result.assert_outcomes(**OUTCOMES)
    assert " fake_conversations ==" not in result.stdout.str()
    assert {"out", "report.html"} == {
        path.name for path in suite.path.rglob("*") if path.suffix == ".html" or path.name == "out"
    }

    in_junit = properties(suite.path / "junit.xml")
    assert {*FAILED, "test_fails_as_expected"} == {*in_junit}
    [text] = in_junit["test_refused"]
    assert re.fullmatch("#1 POST /v1/Services -> 201 IS....…  friendly_name='refused'", text)

    beside = extras(suite.path / "out" / "report.html")
    assert in_junit.keys() == beside.keys()
    assert {("fake_conversations", "text")} == {
        (each["name"], each["format_type"]) for each in beside["test_refused"]
    }


def test_summary_lists_a_limited_number_of_pages(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        import pytest

        @pytest.mark.parametrize("number", range(25))
        def test_it(fake_conversations, number):
            assert number == 24
        """
    )

    result = suite.runpytest("--fake-conversations-report=pages")

    result.stdout.fnmatch_lines(
        [
            "file:*-19-*.html",
            "and 4 more pages of failed tests",
            "25 pages in all: file:*index.html",
        ],
        consecutive=True,
    )


def test_index_lists_pages_of_this_run_only_and_removes_nothing(
    suite: pytest.Pytester, arguments: list[str]
) -> None:
    pages, option = suite.path / "pages", "--fake-conversations-report=pages"
    suite.runpytest(option)
    (pages / "notes.txt").touch()
    earlier = {path.name for path in pages.iterdir()}

    suite.runpytest(option, "-k", "test_passes", *arguments)

    assert earlier == {path.name for path in pages.iterdir()}
    index = (pages / "index.html").read_text(encoding="utf-8")
    [page] = [name for name in earlier if "test_passes" in name]
    assert [page] == re.findall('href="(.*?)"', index)
    assert "friendly_name=&#x27;passed&#x27;" in (pages / page).read_text(encoding="utf-8")


def test_invalid_directory_is_a_usage_error(suite: pytest.Pytester) -> None:
    suite.path.joinpath("pages").touch()

    result = suite.runpytest("--fake-conversations-report=pages")

    result.stderr.fnmatch_lines(["ERROR: --fake-conversations-report: *File exists*pages'"])
    assert pytest.ExitCode.USAGE_ERROR == result.ret


def test_page_of_a_test_that_changes_directory_is_in_the_report_directory(
    suite: pytest.Pytester,
) -> None:
    suite.makepyfile(
        """
        import os

        def test_it(fake_conversations, tmp_path):
            os.chdir(tmp_path)
        """
    )

    suite.runpytest("--fake-conversations-report=pages")

    assert 2 == len([*(suite.path / "pages").iterdir()])


def test_crashed_worker_leaves_no_page(suite: pytest.Pytester) -> None:
    suite.makeini(configuration("xdist"))
    suite.makepyfile(
        """
        import os

        def test_it(fake_conversations):
            os._exit(1)
        """
    )

    result = suite.runpytest("-n1", "--max-worker-restart=0", "--fake-conversations-report=pages")

    result.assert_outcomes(failed=1)
    assert ["index.html"] == [path.name for path in (suite.path / "pages").iterdir()]


def test_secrets_are_in_no_output(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        own_secrets="""
        TOKEN, KEY, PASSWORD = "token-hunter2", "key-hunter2", "password-hunter2"
        HOOK = f"https://desk:{PASSWORD}@desk.example"
        """,
        test_it="""
        import pytest
        import requests
        import own_secrets as ours

        ONE, TWO, SK = "AC" + "1" * 32, "AC" + "2" * 32, "SK" + "3" * 32

        def accounts():
            return {ONE: {"auth_token": ours.TOKEN}, TWO: {"api_keys": {SK: ours.KEY}}}

        @pytest.mark.fake_conversations(accounts=accounts())
        def test_it(fake_conversations):
            def post(path, form, auth):
                requests.post(f"{fake_conversations.url}/v1/{path}", form, auth=auth)

            def app(environ, start):
                raise RuntimeError(environ["PATH_INFO"])

            fake_conversations.webhooks.deliver_to(
                app, public_url=ours.HOOK, events=["onUserAdded"]
            )
            post("Services", {"FriendlyName": "x"}, (SK, ours.KEY))
            post("Credentials", {"Type": "fcm", "Secret": ours.PASSWORD}, (ONE, ours.TOKEN))
            post("Configuration/Webhooks", {"PreWebhookUrl": ours.HOOK}, (ONE, ours.TOKEN))
            post("Services", {"FriendlyName": "x"}, (ONE, ours.PASSWORD))
            requests.post(
                f"{fake_conversations.url}/v1/Users",
                {"Identity": "ada"},
                auth=(ONE, ours.TOKEN),
                headers={"X-Twilio-Webhook-Enabled": "true"},
            )
            fake_conversations.settle()
            print(fake_conversations.requests, fake_conversations.webhooks.deliveries)
            print([each.headers for each in fake_conversations.requests])
            print(fake_conversations, [*fake_conversations.credentials])
            assert not fake_conversations.requests
        """,
    )

    result = suite.runpytest(
        "--fake-conversations-report=pages",
        "--junitxml=junit.xml",
        "--html=report.html",
        "--log-level=DEBUG",
        "-ojunit_logging=all",
        "-vv",
        "--showlocals",
    )

    result.assert_outcomes(failed=1)
    written = [path for path in suite.path.rglob("*") if path.suffix in (".html", ".xml", ".txt")]
    outputs = [result.stdout.str(), *(path.read_text(encoding="utf-8") for path in written)]
    assert 4 == sum("onUserAdded" in output for output in outputs)  # the index has no details
    assert [] == [output for output in outputs if "hunter2" in output]


RERUN = """
    import pytest
    import requests

    tries = []

    def test_unstable(fake_conversations):
        tries.append(fake_conversations)
        requests.get(f"{fake_conversations.url}/v1/Services", auth=("a", "b"))
        assert len(tries) == LAST

    def test_stable(fake_conversations): ...
    """


def test_section_after_a_rerun_says_which_try_it_is(suite: pytest.Pytester) -> None:
    suite.makeini(configuration("rerunfailures"))
    suite.makepyfile(RERUN.replace("LAST", "0"))

    result = suite.runpytest("--reruns=2", "--junitxml=junit.xml")

    result.assert_outcomes(failed=1, passed=1)
    result.stdout.fnmatch_lines(
        [
            "*- Captured fake_conversations call -*",
            "#1 GET /v1/Services -> 200",
            "*- Captured fake_conversations call -*",
            "try 2 of this test",
            "#1 GET /v1/Services -> 200",
            "*- Captured fake_conversations call -*",
            "try 3 of this test",
            "#1 GET /v1/Services -> 200",
        ],
        consecutive=True,
    )
    [*_, last] = properties(suite.path / "junit.xml")["test_unstable"]
    assert "try 3 of this test\n#1 GET /v1/Services -> 200" == last


def test_page_after_a_rerun_says_which_try_it_shows(suite: pytest.Pytester) -> None:
    suite.makeini(configuration("rerunfailures"))
    suite.makepyfile(RERUN.replace("LAST", "2"))

    result = suite.runpytest("--reruns=2", "--fake-conversations-report=pages")

    result.assert_outcomes(passed=2)
    [unstable] = (suite.path / "pages").glob("*test_unstable*.html")
    [stable] = (suite.path / "pages").glob("*test_stable*.html")
    assert "::test_unstable (try 2)</h1>" in unstable.read_text(encoding="utf-8")
    assert "::test_stable</h1>" in stable.read_text(encoding="utf-8")
