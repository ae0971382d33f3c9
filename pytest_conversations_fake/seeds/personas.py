"""Personas: customers and agents that Faker invents, their numbers and their dialogues."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..api.did_you_mean import unknown

if TYPE_CHECKING:
    from faker import Faker

DIALOGUES = Path(__file__).parent / "dialogues"
"""One file per language, named by its code. Customer and agent take turns, the customer first."""

# Patterns of phone numbers by country, with # for a digit. The first four countries reserve these
# numbers for fiction; in Japan no number begins like this
NUMBERS = {
    "US": "+12##55501##",
    "GB": "+447700900###",
    "FR": "+3363998####",
    "DE": "+4917139200##",
    "JP": "+81900#######",
}


@dataclass(frozen=True)
class Persona:
    """A customer or an agent."""

    name: str
    first_name: str
    identity: str
    email: str
    city: str


class Personas:
    """Invents personas of a *locale*, the same ones for the same *start*."""

    def __init__(self, locale: str, start: str) -> None:
        __tracebackhide__ = True
        self._faker = faker_for(locale)
        self._faker.seed_instance(f"{self._faker.locales[0]} {start}")
        self._language, _, self._country = self._faker.locales[0].partition("_")
        self.chance: Any = self._faker.random
        self.company = self._faker.company()
        self.desk = self.number()

    def person(self) -> Persona:
        faker = self._faker
        first, last = faker.first_name(), faker.last_name()
        identity = f"{first}.{last}".lower().replace(" ", "-")
        return Persona(
            name=f"{last} {first}" if self._language in ("ja", "ko", "zh") else f"{first} {last}",
            first_name=first,
            identity=identity if identity.isascii() else faker.user_name(),
            email=faker.safe_email(),
            city=faker.city(),
        )

    def number(self) -> str:
        """A phone number in the form of E.164."""
        return str(self._faker.numerify(NUMBERS.get(self._country, NUMBERS["US"])))

    def dialogue(self, customer: Persona, agent: Persona) -> tuple[str, Iterator[str]]:
        """The topic of *customer*, and the lines that both write in turns, without an end."""
        dialogues = _dialogues(self._language)
        if dialogues is None:
            faker = self._faker
            return faker.sentence(nb_words=4).rstrip(".。"), iter(faker.sentence, None)
        values = {
            "customer": customer.first_name,
            "agent": agent.first_name,
            "email": customer.email,
            "city": customer.city,
            "company": self._faker.company(),
            "street": self._faker.street_address(),
            "day": self.chance.choice(dialogues["days"]),
            "time": f"{self.chance.randint(9, 17)}:{self.chance.choice(['00', '15', '30'])}",
            "order": str(self.chance.randint(10_000, 99_999)),
        }
        topics = [*dialogues["dialogues"]]
        self.chance.shuffle(topics)
        lines = [line.format(**values) for topic in topics for line in topic["lines"]]
        return topics[0]["topic"].format(**values), cycle(lines)


@cache
def _dialogues(language: str) -> dict[str, Any] | None:
    """The days of the week and the dialogues of a *language*; None if it has no file.

    Faker's own days follow from today's date, and texts must be the same in each run.
    """
    file = DIALOGUES / f"{language}.json"
    if not file.exists():
        return None
    dialogues: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return dialogues


def faker_for(locale: str) -> Faker:
    __tracebackhide__ = True
    try:
        from faker import Faker
        from faker.config import AVAILABLE_LOCALES
    except ModuleNotFoundError:
        raise ModuleNotFoundError(
            "populate needs Faker: pip install 'pytest-conversations-fake[faker]'"
        ) from None
    if not isinstance(locale, str):
        raise TypeError(f"locale is a str like 'en_US', not {locale!r}")
    known = {each.lower(): each for each in AVAILABLE_LOCALES}
    if locale.lower() not in known:
        raise ValueError(unknown("Faker has no locale", locale, sorted(AVAILABLE_LOCALES)))
    return _in_order(Faker(known[locale.lower()]))


def _in_order(faker: Faker) -> Faker:
    """Give a provider's cities the same order in each process: Italy's are made from a set."""
    for provider in faker.get_providers():
        if isinstance(cities := getattr(provider, "cities", None), list):
            vars(provider)["cities"] = sorted(cities)
    return faker
