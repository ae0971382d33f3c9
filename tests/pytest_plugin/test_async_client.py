"""The session `fake_conversations_client`, on the event loops of pytest-asyncio and anyio."""

from __future__ import annotations

import pytest
from conftest import configuration

USE = """
    import aiohttp

    async def use(fake, client):
        assert isinstance(client, aiohttp.ClientSession)
        async with client.post("/v1/Services", data={"FriendlyName": "Desk"}) as answer:
            assert fake.account_sid == (await answer.json())["account_sid"]
        await client.get("/v1/Services")  # an answer that nobody reads
        fake.services.assert_created(friendly_name="Desk")
        fake.reset()
    """


@pytest.mark.parametrize("mode", ["strict", "auto"])
def test_asynchronous_test_gets_a_client(suite: pytest.Pytester, mode: str) -> None:
    suite.makepyfile(
        f"""
        import pytest
        from aiohttp import web

        pytestmark = {"pytest.mark.asyncio" if mode == "strict" else []}

        async def test_it(fake_conversations, fake_conversations_client):
            form = {{"FriendlyName": "x"}}
            async with fake_conversations_client.post("/v1/Services", data=form) as answer:
                assert 201 == answer.status
                assert fake_conversations.account_sid == (await answer.json())["account_sid"]
            fake_conversations.services.assert_created(friendly_name="x")

        async def test_beside_an_app_under_test(aiohttp_client, fake_conversations_client):
            app = await aiohttp_client(web.Application())
            assert 404 == (await app.get("/")).status
            async with fake_conversations_client.get("/v1/Services") as answer:
                assert 200 == answer.status
        """
    )

    suite.runpytest("-o", f"asyncio_mode={mode}").assert_outcomes(passed=2)


@pytest.mark.parametrize("test_scope", ["function", "session"])
@pytest.mark.parametrize("fixture_scope", ["function", "session"])
def test_client_works_on_every_event_loop(
    suite: pytest.Pytester, test_scope: str, fixture_scope: str
) -> None:
    suite.makepyfile(
        use=USE,
        test_it="""
        import asyncio
        import pytest
        import pytest_asyncio
        from use import use

        @pytest_asyncio.fixture
        async def early_and_late(fake_conversations, fake_conversations_client):
            await use(fake_conversations, fake_conversations_client)
            yield
            await use(fake_conversations, fake_conversations_client)

        @pytest.mark.asyncio
        @pytest.mark.parametrize("number", range(2))
        async def test_default(
            fake_conversations, fake_conversations_client, early_and_late, number
        ):
            await use(fake_conversations, fake_conversations_client)

        @pytest.mark.asyncio(loop_scope="module")
        async def test_module(fake_conversations, fake_conversations_client, early_and_late):
            await use(fake_conversations, fake_conversations_client)

        def test_other_loops(fake_conversations, fake_conversations_client):
            for _ in range(2):
                asyncio.run(use(fake_conversations, fake_conversations_client))

        @pytest.mark.asyncio
        async def test_closed_by_the_code(fake_conversations_client):
            async with fake_conversations_client as session:
                await session.get("/v1/Services")
            assert fake_conversations_client.closed
        """,
    )

    result = suite.runpytest(
        *("-p", "no:aiohttp"),  # pytest-asyncio suffices
        *("-o", f"asyncio_default_test_loop_scope={test_scope}"),
        *("-o", f"asyncio_default_fixture_loop_scope={fixture_scope}"),
    )

    result.assert_outcomes(passed=5)


def test_client_works_with_anyio_on_asyncio(suite: pytest.Pytester) -> None:
    suite.makeini(configuration("anyio"))
    suite.makepyfile(
        use=USE,
        test_it="""
        import pytest
        from use import use

        @pytest.fixture
        async def early_and_late(fake_conversations, fake_conversations_client):
            await use(fake_conversations, fake_conversations_client)
            yield
            await use(fake_conversations, fake_conversations_client)

        @pytest.mark.anyio
        async def test_with_fixture(fake_conversations, fake_conversations_client, early_and_late):
            await use(fake_conversations, fake_conversations_client)

        @pytest.mark.anyio
        async def test_alone(fake_conversations, fake_conversations_client):
            await use(fake_conversations, fake_conversations_client)
        """,
    )

    result = suite.runpytest("-k", "asyncio")

    result.assert_outcomes(passed=2, deselected=2)


def test_use_without_a_loop_of_asyncio_names_the_needed_plugins(suite: pytest.Pytester) -> None:
    suite.makeini(configuration("anyio"))
    suite.makepyfile(
        """
        import pytest

        @pytest.mark.anyio
        @pytest.mark.parametrize("anyio_backend", ["trio"])
        async def test_trio(fake_conversations_client):
            await fake_conversations_client.get("/v1/Services")

        def test_synchronous(fake_conversations_client):
            fake_conversations_client.get("/v1/Services")
        """
    )

    result = suite.runpytest()

    result.assert_outcomes(failed=2)
    message = (
        "RuntimeError: fake_conversations_client is an aiohttp.ClientSession and needs a running "
        "event loop of asyncio: use it in an async test with pytest-asyncio, or with anyio on "
        "asyncio; under trio, use another client, such as httpx, with fake_conversations.url"
    )
    assert 2 == sum(line.endswith(message) for line in result.outlines if line.startswith("E "))
