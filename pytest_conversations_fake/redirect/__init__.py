"""Sends connections for the imitated hosts to ports of ours, whatever client makes them.

    with in_charge(Redirection(http_port=8010, tls_port=8011, name="test_desk.py::test_opens")):
        requests.get("https://conversations.twilio.com/v1/Conversations")  # arrives at 8011

What is in here knows host names and ports. It imports nothing else of this package, neither aiohttp
nor pytest, and trustme on the first TLS connection only.
"""

from .certificates import authority_pem, server_context
from .children import subprocess_env
from .environment import past_proxies
from .install import in_charge, mend_hooks, take_charge
from .monkey_patching import MonkeyPatchedError, refuse_monkey_patching
from .registry import Guard, HostRefused, Redirection, Refusal

__all__ = [
    "Guard",
    "HostRefused",
    "MonkeyPatchedError",
    "Redirection",
    "Refusal",
    "authority_pem",
    "in_charge",
    "mend_hooks",
    "past_proxies",
    "refuse_monkey_patching",
    "server_context",
    "subprocess_env",
    "take_charge",
]
