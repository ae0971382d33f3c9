"""Redirects connections to the imitated hosts to local ports, for every client of this process.

    with activate(Redirection(http_port=8010, tls_port=8011, name="test_desk.py::test_opens")):
        requests.get("https://conversations.twilio.com/v1/Conversations")  # connects to port 8011

`registry` is the stack of active guards. The innermost guard decides about each connection to a
host of Twilio: it refuses the host, allows it, or (a `Redirection`) redirects it. `install` puts
patches into the standard library (`stdlib`) and into other libraries (`libraries`) while a guard is
active, and removes them afterwards. `patches` applies single patches. `import_hook` patches modules
that are imported later. `children` extends the redirection to child processes.

This package knows host names and ports only. It imports no other package of ours, neither aiohttp
nor pytest, and it imports trustme on the first TLS connection only.
"""

from .certificates import authority_pem, server_context
from .children import stop_fork_server, subprocess_env, trusted_pem
from .environment import no_proxy_variables
from .install import activate, activate_for_process, repair_patches
from .monkey_patching import MonkeyPatchedError, refuse_monkey_patching
from .registry import Guard, HostRefused, Redirection, Refusal

__all__ = [
    "Guard",
    "HostRefused",
    "MonkeyPatchedError",
    "Redirection",
    "Refusal",
    "activate",
    "activate_for_process",
    "authority_pem",
    "no_proxy_variables",
    "refuse_monkey_patching",
    "repair_patches",
    "server_context",
    "stop_fork_server",
    "subprocess_env",
    "trusted_pem",
]
