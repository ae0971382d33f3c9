"""Tests with one call through a session of aiohttp that is kept."""

import aiohttp
import pytest
import pytest_asyncio
from aioresponses import aioresponses

from benchmarks.raw import CREDENTIALS, SERVICES, TWILIO

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def client():
    async with aiohttp.ClientSession(headers={"Authorization": f"Basic {CREDENTIALS}"}) as session:
        yield session


async def create(client, url=TWILIO):
    async with client.post(url + SERVICES, data={"FriendlyName": "a"}) as response:
        await response.read()


async def test_empty(n):
    pass


async def test_floor(n, floor, client):
    await create(client, floor)


async def test_redirected(n, fake_conversations, client):
    await create(client)


async def test_aioresponses(n, client):
    with aioresponses() as mock:
        mock.post(TWILIO + SERVICES, status=201, payload={})
        await create(client)
