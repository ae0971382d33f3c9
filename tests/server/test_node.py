"""Requests of twilio-node to `conversations-fake serve`."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from programs import needs
from shell.commands import address, serving

SMOKE = Path(__file__).with_name("smoke.js")


@pytest.mark.newest
@needs("node", "npm")
def test_client_of_twilio_node_works(tmp_path: Path) -> None:
    install = ["npm", "install", "--no-audit", "--no-fund", "--silent", "twilio"]
    subprocess.run(install, cwd=tmp_path, check=True)

    with serving() as process:
        ran = subprocess.run(
            ["node", SMOKE, address(process)],
            env={**os.environ, "NODE_PATH": str(tmp_path / "node_modules")},
            capture_output=True,
            text=True,
        )

    assert ("done\n", 0) == (ran.stdout, ran.returncode), ran.stderr
