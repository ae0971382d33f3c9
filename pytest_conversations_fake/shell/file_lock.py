"""A lock that one process holds for a file. The system releases it when the process ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .output import UsageError


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold the lock of the file at *path*. Raises `UsageError` if another process has it.

    The lock is on a file next to it, since a save replaces *path* itself. Windows has no such lock,
    so a second process is not detected there.
    """
    if sys.platform == "win32":
        yield
        return
    import fcntl

    lock_file = path.with_name(f"{path.name}.lock")
    while True:
        descriptor = os.open(lock_file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is_same(descriptor, lock_file):  # its last holder removes it
                break
        except BlockingIOError:
            os.close(descriptor)
            raise UsageError(f"{path}: another conversations-fake uses this file") from None
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)
    try:
        yield
    finally:
        lock_file.unlink(missing_ok=True)  # the directory may be gone
        os.close(descriptor)


def _is_same(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False
