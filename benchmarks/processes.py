"""Processes of the benchmarks: where they run, and their environment."""

from __future__ import annotations

import os
from pathlib import Path

PROJECT = Path(__file__).parents[1]
# `make bench` creates both
OLD_AIOHTTP = PROJECT / ".venv" / "bench-aiohttp"
NODE_PROGRAMS = PROJECT / ".venv" / "bench-node" / "node_modules" / ".bin"


def environment(*paths: Path, **variables: str) -> dict[str, str]:
    """The environment with bytecode, without settings of the SDK, and with *paths* to import."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name != "PYTHONDONTWRITEBYTECODE" and not name.startswith("TWILIO_")
    }
    return kept | {"PYTHONPATH": os.pathsep.join(map(str, (*paths, PROJECT))), **variables}
