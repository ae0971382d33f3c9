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

    The lock is on a file beside it, since *path* itself is replaced. Windows has no such lock:
    two processes are not noticed there.
    """
    if sys.platform == "win32":
        yield
        return
    import fcntl

    beside = path.with_name(f"{path.name}.lock")
    while True:
        descriptor = os.open(beside, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is_same(descriptor, beside):  # its last holder removes it
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
        beside.unlink(missing_ok=True)  # the directory may be gone
        os.close(descriptor)


def _is_same(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False
