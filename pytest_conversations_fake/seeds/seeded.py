"""What a fake can be filled with, and written to."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..state.account import AccountView
from .entries import SeedError

Seed = str | os.PathLike[str] | Callable[[Any], object] | None


class Seeded(AccountView):
    """An account that can be loaded, dumped and populated."""

    def load(self, path: str | os.PathLike[str]) -> None:
        """Add what a file says, JSON or YAML by its suffix, or nothing of it if it is wrong.

            fake_conversations.load("desk.yaml")

        Keys are the names of the collections, and nested is what belongs to what. Raises
        `ValueError` with the line of what Twilio would refuse or what there is not, `OSError` for
        what can not be read, and `ModuleNotFoundError` for YAML without PyYAML.
        """
        __tracebackhide__ = True
        self._world.require_running()
        from .loading import load

        try:
            load(self._world, self._account, Path(path))
        except SeedError as error:  # the way to it in here is of no interest
            raise ValueError(str(error)) from None

    def dump(self, path: str | os.PathLike[str]) -> None:
        """Write what there is to a file that `load` takes, JSON or YAML by its suffix.

        The secrets of push credentials are left out. Raises like `load`.
        """
        __tracebackhide__ = True
        from .dumping import dump

        dump(self._world, self._account, Path(path))

    def populate(
        self, *, conversations: int = 20, messages: int = 200, locale: str = "en_US"
    ) -> None:
        """Add people of a *locale* and what they talk about, the same at each run.

            fake_conversations.populate(conversations=5, messages=50, locale="de_DE")

        All of it was said in the days before the clock's time. Raises `ModuleNotFoundError` without
        the extra `faker`, `ValueError` for a locale that Faker does not have or a negative number.
        """
        __tracebackhide__ = True
        self._world.require_running()
        from .populate import populate

        populate(self._world, self._account, conversations, messages, locale)
