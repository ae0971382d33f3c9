"""What a fake holds, as a whole: to be kept, put back and emptied."""

from __future__ import annotations

import os
from abc import ABC
from collections.abc import Callable, Coroutine, Sequence
from inspect import iscoroutinefunction, isgeneratorfunction
from typing import Any

from ..api.checks import check
from ..api.faults import Fault
from ..api.world import World
from ..lifecycle import Active
from ..seeds.seeded import Seed, Seeded
from ..strict.strictness import Strictness
from ..sweep.results import Sweep
from ..sweep.runner import FAULTS, sweep, sweep_async
from ..webhooks.webhooks import PATIENCE


class Snapshot:
    """How a fake was at some point; `restore` takes it."""

    def __init__(self, world: World) -> None:
        self.world = world
        with world.settled():
            self._put_back = world.save()
            self.requests = len(world.journal)

    def put_back(self) -> None:
        with self.world.lock:
            self._put_back()

    def __repr__(self) -> str:
        return f"<snapshot of {self.world.name!r} after {self.requests} requests>"


class Stateful(Seeded, Active, ABC):
    """What can go back to how it was."""

    def __init__(self, world: World, strictness: Strictness, **options: Any) -> None:
        super().__init__(world, strictness, **options)
        self._empty = self._seeded = Snapshot(world)

    def _begin_with(self, seed: Seed) -> None:
        """Let *seed* be the beginning."""
        if seed is None:
            return
        if callable(seed):
            is_plain = not (iscoroutinefunction(seed) or isgeneratorfunction(seed))
            check(is_plain, "seed is a function, neither asynchronous nor a generator", seed)
            seed(self)
        else:
            what = "seed is a path or a function of the fake"
            check(isinstance(seed, (str, os.PathLike)), what, seed)
            self.load(seed)
        self._seeded = Snapshot(self._world)

    def settle(self, *, within: float = PATIENCE) -> None:
        """Wait until every webhook is delivered, and what applications did of it is done.

        Raises `TimeoutError` if that takes more than *within* seconds, with a list of what is still
        to be delivered, `AssertionError` where an application answers itself without end, and
        `RuntimeError` where an application runs on the event loop of the caller, as that is for
        `settle_async`.
        """
        __tracebackhide__ = True
        self._webhooks.settle(within)

    async def settle_async(self, *, within: float = PATIENCE) -> None:
        """The same, without holding up the event loop."""
        __tracebackhide__ = True
        await self._webhooks.settle_async(within)

    def snapshot(self) -> Snapshot:
        """How it is now: what there is, the clock, requests, deliveries and faults.

            before = fake_conversations.snapshot()
            ...
            fake_conversations.restore(before)

        What is still to be delivered is delivered first; raises like `settle`.
        """
        __tracebackhide__ = True
        self._world.require_running()
        self._webhooks.ensure_settled()
        return Snapshot(self._world)

    def restore(self, snapshot: Snapshot) -> None:
        """Go back to a *snapshot*, as often as one likes: what came after it never was.

        Sids that are drawn next are those that were drawn next then. Targets of webhooks stay, and
        what a test does not pass with is remembered. A request that is still under way is cut off.
        Raises `TypeError` for what is no snapshot, `ValueError` for another fake's, and like
        `settle`.
        """
        __tracebackhide__ = True
        self._world.require_running()
        check(isinstance(snapshot, Snapshot), "restore takes what snapshot() returned", snapshot)
        if snapshot.world is not self._world:
            raise ValueError(f"{snapshot!r} is not of this fake, {self._world.name!r}")
        self._webhooks.ensure_settled()
        self._strictness.remember()
        snapshot.put_back()

    def reset(self) -> None:
        """Go back to the beginning, with the seed."""
        __tracebackhide__ = True
        self.restore(self._seeded)

    def clear(self) -> None:
        """Go back to the beginning, without the seed: nothing but what every account has."""
        __tracebackhide__ = True
        self.restore(self._empty)

    def sweep(
        self,
        scenario: Callable[[], object],
        *,
        invariant: Callable[[], object] | None = None,
        faults: Sequence[Fault] = FAULTS,
        within: float = PATIENCE,
    ) -> Sweep:
        """Run a *scenario* once, and then once for each call that it makes and each of *faults*.

            fake_conversations.sweep(open_ticket).assert_survives()

        Every run starts with what there is now. In each but the first, one call meets one fault:
        too many requests (429), an error of Twilio's (500), or an answer that is lost. The result
        says of each whether the scenario `survived` it, `raised`, `hung` for *within* seconds, left
        more behind than without a fault (`duplicated`), or whether the *invariant* is broken, a
        function that raises or returns False then. In the end everything is as after the first.

        What the code keeps elsewhere is not put back. Raises what the scenario raises by itself,
        `AssertionError` if it makes no call, and `TypeError` for a coroutine function.
        """
        __tracebackhide__ = True
        return sweep(self, self._strictness, scenario, invariant, faults, within)

    async def sweep_async(
        self,
        scenario: Callable[[], Coroutine[Any, Any, object]],
        *,
        invariant: Callable[[], object] | None = None,
        faults: Sequence[Fault] = FAULTS,
        within: float = PATIENCE,
    ) -> Sweep:
        """The same for a coroutine function, on the running event loop."""
        __tracebackhide__ = True
        return await sweep_async(self, self._strictness, scenario, invariant, faults, within)
