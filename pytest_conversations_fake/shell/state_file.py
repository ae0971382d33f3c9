"""The state file: it keeps the state of a session across restarts.

A change is saved soon after it, and the end is saved, too. A save replaces the whole file in one
step, so a killed process leaves the file of the previous save. Recorded requests, webhooks, faults
and credentials are not saved.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

from ..api.outside import Entry
from ..api.world import World
from ..seeds.entries import SeedError
from ..seeds.worlds import check_world_data, restore_world, world_data
from .file_lock import exclusive
from .output import UsageError, print_problem

PAUSE = 0.25
"""Seconds between two saves, so that many changes in a row share one."""


class StateFile:
    """The file at *path*, and its *data* from an earlier session; None for a new file."""

    def __init__(self, path: Path, data: Mapping[str, Any] | None) -> None:
        self.path = path
        self.data = data

    def restore(self, world: World) -> None:
        """Give a new *world* the state of the file. Raises `UsageError`."""
        if self.data is None:
            return
        with _problems_of(self.path):
            restore_world(world, self.data)

    @contextmanager
    def saving(self, world: World) -> Iterator[None]:
        """Save the changes of *world* until the end of the `with` statement."""
        saver = _Saver(world, self.path)
        saver.save()  # fails now if the file cannot be written
        world.outside.listeners.append(saver.note_change)
        saver.start()
        try:
            yield
        finally:
            saver.stop()


@contextmanager
def open_state_file(name: str) -> Iterator[StateFile]:
    """Open and lock a state file.

    Raises `UsageError` for a file that is damaged, of a newer version or in use. It is left alone.
    """
    path = Path(name).resolve()  # a save replaces the file, and not a link to it
    if not path.parent.is_dir():
        raise UsageError(f"{path.parent}: No such directory")
    with exclusive(path), _problems_of(path):
        data = None
        if path.exists():
            data = check_world_data(_read(path))
        opened = StateFile(path, data)
        yield opened


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise SeedError(f"the file is damaged: {error}") from None


@contextmanager
def _problems_of(path: Path) -> Iterator[None]:
    try:
        yield
    except SeedError as error:
        raise UsageError(f"{path}: {error}") from None


class _Saver:
    """Saves a world in a thread of its own."""

    def __init__(self, world: World, path: Path) -> None:
        self._world = world
        self._path = path
        self._saved = b""
        self._problem = ""
        self._changed = Event()
        self._stopping = Event()
        self._thread = Thread(target=self._save_changes, name="fake_conversations_state")

    def note_change(self, entry: Entry) -> None:
        self._changed.set()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End the thread, and save once more."""
        self._stopping.set()
        self._changed.set()
        self._thread.join()
        self._save_or_warn()

    def _save_changes(self) -> None:
        while self._changed.wait() and not self._stopping.is_set():
            self._changed.clear()
            self._save_or_warn()
            self._stopping.wait(PAUSE)

    def _save_or_warn(self) -> None:
        """Save. The session goes on if that is impossible, and the next change tries again."""
        problem = ""
        try:
            self.save()
        except OSError as error:
            problem = f"{self._path} cannot be saved: {error.strerror}"
        if problem and problem != self._problem:
            print_problem(problem)
        self._problem = problem

    def save(self) -> None:
        """Save the world, unless the file has this state already. Raises `OSError`."""
        data = json.dumps(world_data(self._world)).encode()
        if data != self._saved:
            replace_file(self._path, data)
            self._saved = data


def replace_file(path: Path, data: bytes) -> None:
    """Replace the file at *path* in one step. A crash leaves the old file or the new one."""
    new = path.with_name(f"{path.name}.new")  # only the holder of the lock writes it
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
    if hasattr(os, "O_DIRECTORY"):  # else the new name may be lost when the machine crashes
        directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
