"""Pages of lists, and their tokens."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from conftest import ORIGIN, Api
from random_world import RandomWorld, everything

C = "/v1/Conversations"


@pytest.fixture
def names(api: Api) -> list[str]:
    names = [f"n{number}" for number in range(7)]
    for name in names:
        api.post(C, {"UniqueName": name})
    return names


def page(api: Api, url: str) -> dict[str, Any]:
    body = api.get(url).response
    assert body is not None
    return body


def shown(body: dict[str, Any]) -> list[str]:
    return [each["unique_name"] for each in body["conversations"]]


@pytest.mark.rule("page-tokens")
def test_page_urls_lead_forward_and_back(api: Api, names: list[str]) -> None:
    first = page(api, f"{C}?PageSize=3")
    second = page(api, first["meta"]["next_page_url"])
    third = page(api, second["meta"]["next_page_url"])

    assert [names[:3], names[3:6], names[6:]] == [*map(shown, (first, second, third))]
    assert third["meta"]["next_page_url"] is None
    back = page(api, third["meta"]["previous_page_url"])
    assert names[3:6] == shown(back)
    front = page(api, back["meta"]["previous_page_url"])
    assert names[:3] == shown(front)
    assert front["meta"]["previous_page_url"] is None
    assert names[:3] == shown(page(api, third["meta"]["first_page_url"]))
    assert names[6:] == shown(page(api, third["meta"]["url"]))


@pytest.mark.rule("page-meta")
def test_meta_has_the_form_of_twilio(api: Api, names: list[str]) -> None:
    last = api.get(f"{C}/n2").response["sid"]

    assert page(api, f"{C}?PageSize=3")["meta"] == {
        "page": 0,
        "page_size": 3,
        "first_page_url": f"{ORIGIN}{C}?PageSize=3&Page=0",
        "previous_page_url": None,
        "url": f"{ORIGIN}{C}?PageSize=3&Page=0",
        "next_page_url": f"{ORIGIN}{C}?PageSize=3&Page=1&PageToken=PT{last}",
        "key": "conversations",
    }


def test_full_last_page_has_no_next_page(api: Api, names: list[str]) -> None:
    assert page(api, f"{C}?PageSize=7")["meta"]["next_page_url"] is None


@pytest.mark.rule("page-filters")
def test_every_page_url_keeps_the_filters(api: Api, names: list[str]) -> None:
    filters = "StartDate=2020-01-01T00%3A00%3A00%2B01%3A00&State=active"

    meta = page(api, f"{C}?{filters.replace('active', 'ACTIVE')}&PageSize=2")["meta"]

    for url in (meta["first_page_url"], meta["url"], meta["next_page_url"]):
        assert url.startswith(f"{ORIGIN}{C}?{filters}&PageSize=2&Page=")


@pytest.mark.parametrize(
    ("query", "size"),
    [
        pytest.param("", 50, id="default"),
        pytest.param("PageSize=1000", 100, id="too large"),
        pytest.param("PageSize=100", 100, id="largest"),
        pytest.param("PageSize=%2B2", 2, id="with a sign"),
    ],
)
def test_page_size_has_a_default_and_a_maximum(api: Api, query: str, size: int) -> None:
    for number in range(101):
        api.post(C, {"UniqueName": str(number)})

    body = page(api, f"{C}?{query}")

    assert (size, size) == (body["meta"]["page_size"], len(body["conversations"]))


@pytest.mark.rule("page-number")
def test_page_number_without_a_token_is_only_echoed(api: Api, names: list[str]) -> None:
    body = page(api, f"{C}?Page=99&PageSize=3")

    assert (names[:3], 99) == (shown(body), body["meta"]["page"])


@pytest.mark.rule("page-stability")
def test_deletion_during_paging_skips_no_record(api: Api, names: list[str]) -> None:
    seen, url = [], f"{C}?PageSize=2"
    while url:
        body = page(api, url)
        for name in shown(body):
            seen.append(name)
            api.delete(f"{C}/{name}")
        url = body["meta"]["next_page_url"]

    assert names == seen
    assert [] == shown(page(api, C))


@pytest.mark.rule("page-stability")
def test_new_record_shifts_no_page(api: Api, names: list[str]) -> None:
    newest_first = f"{C}?StartDate=2020-01-01&PageSize=3"
    body = page(api, newest_first)
    api.post(C, {"UniqueName": "late"})

    second = page(api, body["meta"]["next_page_url"])

    assert names[1:4][::-1] == shown(second)


@pytest.mark.rule("page-token")
def test_page_token_of_another_list_is_refused(api: Api, names: list[str]) -> None:
    service = api.post("/v1/Services", {"FriendlyName": "Support"}).response["sid"]
    token = page(api, f"{C}?PageSize=3")["meta"]["next_page_url"].rpartition("=")[2]

    elsewhere = [
        api.get(f"/v1/Services?PageToken={token}"),
        api.get(f"/v1/Services/{service}/Conversations?PageToken={token}"),
    ]

    assert [400, 400] == [refused.status for refused in elsewhere]


@pytest.mark.rule("page-before-first")
@pytest.mark.parametrize("query", ["", "&StartDate=2020-01-01"], ids=["oldest", "newest first"])
def test_page_before_the_first_record_is_the_first_page(
    api: Api, names: list[str], query: str
) -> None:
    first = page(api, f"{C}?PageSize=1{query}")
    second = page(api, first["meta"]["next_page_url"])
    [deleted], [next_one] = shown(first), shown(second)
    api.delete(f"{C}/{deleted}")

    back = page(api, second["meta"]["previous_page_url"])

    assert ([next_one], None) == (shown(back), back["meta"]["previous_page_url"])
    assert 1 == len(shown(page(api, back["meta"]["next_page_url"])))


def linked_pages(api: Api, target: str) -> Iterator[str]:
    """Every page URL in the pages from *target* to the last one."""
    while target:
        answered = api.get(target)
        assert 200 == answered.status, target
        meta = answered.response["meta"]
        yield from filter(None, (meta[name] for name in meta if name.endswith("url")))
        target = meta["next_page_url"]


DELETABLE = (
    "services",
    "conversations",
    "users",
    "roles",
    "participants",
    "messages",
    "scoped_webhooks",
    "address_configurations",
    "credentials",
    "bindings",
)


@pytest.mark.rule("page-stability")
@pytest.mark.parametrize("seed", range(6))
def test_page_url_stays_valid_after_additions_and_deletions(seed: int) -> None:
    made = RandomWorld(seed, steps=150)
    api, chance = made.api, made.chance
    lists = [target for target, answer in everything(made.world).items() if "meta" in answer]
    lists += [f"{target}?Order=desc" for target in lists if target.endswith("/Messages")]
    handed_out = [
        url
        for target in lists
        if "PageToken" not in target
        for url in linked_pages(
            api, f"{target}{'&' if '?' in target else '?'}PageSize={chance.randint(1, 2)}"
        )
    ]
    actions = [
        getattr(made, name)
        for name in dir(made)
        if name.startswith("some_") and name != "some_default"  # short paths mean the same service
    ]

    for _ in range(40):
        chance.choice(actions)()
        record = made.one(chance.choice(DELETABLE))
        if record and chance.random() < 0.5:
            api.delete(made.path(record))
        for url in chance.sample(handed_out, 8):
            answered = api.get(url)
            gone = answered.status == 404 and api.get(url.partition("?")[0]).status == 404
            assert answered.status == 200 or gone, url
            if not gone:
                meta = answered.response["meta"]
                handed_out += filter(None, (meta["previous_page_url"], meta["next_page_url"]))

    followed = [api.get(url) for url in dict.fromkeys(handed_out)]
    assert {200, 404} >= {each.status for each in followed}
    assert sum(each.status == 200 for each in followed) > len(followed) / 4
