"""Child processes: an environment in which Python, curl and Node.js take the same route.

It reaches them by means that they offer for it, so a child can decline: `python -I`, `curl -q`, or
an environment of its own. Such a child is not refused anything, either.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path

from .certificates import authority_pem
from .environment import past_proxies
from .hosts import IMITATED
from .owners import Route

_CHILD = Path(__file__).parent / "child"

# curl knows no patterns, so these are all that it can be told. https://www.twilio.com/docs/global-infrastructure
_REGIONS = ("au1", "br1", "de1", "ie1", "jp1", "sg1", "us1")
_EDGES = (
    "ashburn",
    "dublin",
    "frankfurt",
    "roaming",
    "sao-paulo",
    "singapore",
    "sydney",
    "tokyo",
    "umatilla",
)


def subprocess_env(
    route: Route, directory: Path, environ: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """*environ* and what sends a child with it along *route*. Its files are put in *directory*."""
    ca_file = directory / "authority.pem"
    ca_file.write_text(authority_pem())
    (directory / ".curlrc").write_text("\n".join(_curlrc(route, directory, environ)) + "\n")
    told = {
        "http_port": route.ports[80],
        "tls_port": route.ports[443],
        "name": f"a child process of {route.name}",
        "allow_hosts": route.allow_hosts,
        "ca_file": str(ca_file),
    }
    return {
        **environ,
        **past_proxies(environ),
        "FAKE_CONVERSATIONS_ROUTE": json.dumps(told),
        "PYTHONPATH": os.pathsep.join(filter(None, [str(_CHILD), environ.get("PYTHONPATH")])),
        "NODE_OPTIONS": " ".join(
            filter(
                None,
                [f"--require {json.dumps(str(_CHILD / 'hook.cjs'))}", environ.get("NODE_OPTIONS")],
            )
        ),
        "CURL_HOME": str(directory),
    }


def _curlrc(route: Route, directory: Path, environ: Mapping[str, str]) -> Iterator[str]:
    """What curl would have read, and then ours."""
    for home in ("CURL_HOME", "XDG_CONFIG_HOME", "HOME"):
        theirs = Path(environ.get(home) or directory, ".curlrc")
        if theirs.parent != directory and theirs.is_file():
            yield theirs.read_text()
            break
    bundle = directory / "authorities.pem"  # `cacert` would put ours in the place of all others
    bundle.write_text("".join([authority_pem(), *_bundles(environ)]))
    yield f"cacert = {json.dumps(str(bundle))}"
    for host, port in product(_hosts(), route.ports):
        yield f"connect-to = {host}:{port}:127.0.0.1:{route.ports[port]}"


def _bundles(environ: Mapping[str, str]) -> Iterator[str]:
    """The authorities that curl trusts without us."""
    import ssl

    usual = ssl.get_default_verify_paths()
    for path in (environ.get("CURL_CA_BUNDLE"), environ.get("SSL_CERT_FILE"), usual.cafile):
        if path and Path(path).is_file():
            yield Path(path).read_text()
            break


def _hosts() -> Iterator[str]:
    api, _, domain = IMITATED.partition(".")
    for place in [
        "",
        *_REGIONS,
        *(f"{edge}.{region}" for edge, region in product(_EDGES, _REGIONS)),
    ]:
        yield ".".join(filter(None, [api, place, domain]))
