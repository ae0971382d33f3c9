"""Seeds from the ini option, the fixture and the marker."""

from __future__ import annotations

import pytest
from conftest import configuration

pytestmark = pytest.mark.newest

INI = f"{configuration()}fake_conversations_seed = data/seed.json"


@pytest.fixture
def suite(suite: pytest.Pytester) -> pytest.Pytester:
    """A suite with seed files for the users `ini` and `other`."""
    for name in ("ini", "other"):
        path = suite.path / "data" / f"{name.replace('ini', 'seed')}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f'{{"users": [{{"identity": "{name}"}}]}}')
    return suite


TESTS = """
    import pytest

    def test_session(fake_conversations):
        print("session:", *(user.identity for user in fake_conversations.users))
        fake_conversations.users.add()

    @pytest.mark.fake_conversations(seed="data/other.json")
    def test_marker(fake_conversations):
        print("marker:", *(user.identity for user in fake_conversations.users))

    @pytest.mark.fake_conversations(seed=lambda fake: fake.users.add(identity="function"))
    def test_function(fake_conversations):
        print("function:", *(user.identity for user in fake_conversations.users))

    @pytest.mark.fake_conversations(seed=None)
    def test_none(fake_conversations):
        print("none:", len(fake_conversations.users))
"""

FIXTURE = """
    import pytest

    @pytest.fixture(scope="session")
    def fake_conversations_seed():
        def fill(fake):
            fake.users.add(identity="fixture")
        return fill
"""


@pytest.mark.parametrize(
    ("ini", "conftest", "expected"),
    [
        pytest.param(configuration(), "", "", id="neither"),
        pytest.param(INI, "", " ini", id="ini option"),
        pytest.param(INI, FIXTURE, " fixture", id="fixture"),
    ],
)
def test_each_test_starts_with_the_seed(
    suite: pytest.Pytester, ini: str, conftest: str, expected: str
) -> None:
    suite.makeini(ini)
    suite.makeconftest(conftest)
    suite.makepyfile(TESTS)

    result = suite.runpytest("-rP", "-p", "no:randomly")

    result.assert_outcomes(passed=4)
    lines = [f"session:{expected}", "marker: other", "function: function", "none: 0"]
    result.stdout.fnmatch_lines(lines)


def test_seed_path_is_relative_to_the_ini_file(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    suite.makeini(INI)
    suite.makepyfile(test_it=TESTS)
    monkeypatch.chdir(suite.mkdir("elsewhere"))

    result = suite.runpytest("-rP", "-c", "../tox.ini", "../test_it.py")

    result.stdout.fnmatch_lines(["session: ini", "marker: other"])


def test_wrong_seed_prints_one_line(suite: pytest.Pytester) -> None:
    (suite.path / "data/wrong.json").write_text('{"users":\n[\n{"identiy": "ada"}]}')
    (suite.path / "data/seed.yml").write_text("users: []")
    suite.makepyfile(
        """
        import sys
        import pytest

        sys.modules["yaml"] = None

        @pytest.mark.fake_conversations(seed=3)
        def test_number(fake_conversations): ...

        @pytest.mark.fake_conversations(seed="data/none.json")
        def test_missing(fake_conversations): ...

        @pytest.mark.fake_conversations(seed="data/wrong.json")
        def test_wrong(fake_conversations): ...

        @pytest.mark.fake_conversations(seed="data/seed.yml")
        def test_yaml(fake_conversations): ...
        """
    )

    result = suite.runpytest()

    result.assert_outcomes(errors=4)
    result.stdout.fnmatch_lines(
        [
            "fake_conversations: seed is a path, a mapping or a function that takes the fake, "
            "not 3",
            "fake_conversations: [[]Errno 2[]] No such file or directory: '*/data/none.json'",
            "fake_conversations: wrong.json: users[[]0[]]: a user has no 'identiy'; did you mean "
            "'identity'? There is: *",
            "fake_conversations: YAML needs PyYAML: pip install "
            "'pytest-conversations-fake[[]yaml[]]'; a seed file can also be JSON",
        ]
    )
    assert "Traceback" not in result.stdout.str()


def test_error_of_a_seed_function_has_its_traceback(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        import pytest

        def fill(fake):
            fake.users.add(identiy="ada")

        @pytest.mark.fake_conversations(seed=fill)
        def test_it(fake_conversations): ...
        """
    )

    result = suite.runpytest()

    result.stdout.fnmatch_lines(
        ['>*fake.users.add(identiy="ada")', "E*TypeError: users.add() has*"]
    )
