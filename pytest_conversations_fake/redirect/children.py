"""Child processes: an environment that redirects Python, curl and Node.js to the fake, too.

A child that cannot be redirected refuses Twilio's hosts and writes a line on stderr. Redirection
uses environment variables of Python, curl and Node.js, so a child can ignore them: `python -I`,
`curl -q`, or an environment of its own. The fake does not see the calls of such a child.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import chain, product
from pathlib import Path

from .certificates import authority_pem
from .environment import no_proxy_variables
from .hosts import IMITATED
from .registry import Redirection

_CHILD = Path(__file__).parent / "child"
# Named, as Python 2.7 writes a compiled file beside them
_CHILD_FILES = ("hook.cjs", "sitecustomize.py")

# curl supports no patterns, so every name is listed. https://www.twilio.com/docs/global-infrastructure
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


# Twilio's other hosts, from the addresses in twilio-python 9.13.
# A guess: fax, mcs, media, microvisor
_OTHER_SUBDOMAINS = """
accounts api assistants bulkexports chat content event-bridge events fax flex-api frontline-api iam
insights intelligence ip-messaging knowledge lookups marketplace mcs media memory messaging
microvisor monitor notify numbers oauth preview preview-iam pricing proxy routes serverless studio
supersim sync taskrouter trunking trusthub verify video voice webhooks wireless
""".split()  # noqa: SIM905 - a list would take a line for each

# A Python that was not built on this machine may have another default
_USUAL_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Alpine
    "/etc/pki/tls/certs/ca-bundle.crt",  # Red Hat
    "/etc/ssl/cert.pem",  # macOS
)

# A host that curl names on stderr when it cannot connect to it
_UNREACHABLE_HOST = "refused-by-fake-conversations.invalid"


def subprocess_env(
    redirection: Redirection, directory: Path, environ: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """*environ* with the variables for the *redirection*. Writes the files for it to *directory*.

    Every user can read the files, since a child may run as another user. They hold no secrets.
    *environ* may have the variables of an earlier call with the same directory.
    """
    ca_pem = redirection.ca_pem or authority_pem()
    copies = directory / "child"
    copies.mkdir(exist_ok=True)
    for name in _CHILD_FILES:
        _write(copies / name, (_CHILD / name).read_text(encoding="utf-8"))
    _write(directory / "authorities.pem", trusted_pem(ca_pem, environ))
    _write(directory / ".curlrc", "\n".join(_curlrc(redirection, directory, environ)) + "\n")
    for folder in (directory, copies):
        folder.chmod(0o755)
    child_redirection = {
        "http_port": redirection.ports[80],
        "tls_port": redirection.ports[443],
        "name": f"a child process of {redirection.name}",
        "allow_hosts": redirection.allow_hosts,
        "ca_pem": ca_pem,
        "remedy": redirection.remedy,
    }
    # The package's directory exists longer than the copy; another user may read only the copy
    python_path = [str(_CHILD), str(copies)]
    theirs = environ.get("PYTHONPATH", "").split(os.pathsep)
    python_path += [each for each in theirs if each and each not in python_path]
    hook = f"--require {json.dumps(str(copies / 'hook.cjs'))}"
    node_options = [hook, environ.get("NODE_OPTIONS", "").replace(hook, "").strip()]
    return {
        **environ,
        **no_proxy_variables(environ),
        "FAKE_CONVERSATIONS_REDIRECTION": json.dumps(child_redirection),
        "PYTHONPATH": os.pathsep.join(python_path),
        "NODE_OPTIONS": " ".join(filter(None, node_options)),
        "CURL_HOME": str(directory),
    }


def stop_fork_server() -> None:
    """Stop the fork server of `multiprocessing`, if it runs. The next process starts a new one.

    It keeps the environment of its own start, and gives that to every child.
    """
    if module := sys.modules.get("multiprocessing.forkserver"):
        module._forkserver._stop()


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o644)


def _curlrc(redirection: Redirection, directory: Path, environ: Mapping[str, str]) -> Iterator[str]:
    """Our lines, then the user's own file. curl uses the first `connect-to` that matches."""
    # `cacert` replaces all authorities, so this file contains the default ones, too
    yield f"cacert = {json.dumps(str(directory / 'authorities.pem'))}"
    # No server listens there, and curl needs no DNS server
    yield f"resolve = {_UNREACHABLE_HOST}:9:127.0.0.1"
    for host, port in product(_names(IMITATED), redirection.ports):
        yield f"connect-to = {host}:{port}:127.0.0.1:{redirection.ports[port]}"
    refused = (host for host in _other_names() if not redirection.allows(host.removesuffix(".")))
    for host in chain(_names(IMITATED), refused):  # the fake has only these two ports
        yield f"connect-to = {host}::{_UNREACHABLE_HOST}:9"
    for home in ("CURL_HOME", "XDG_CONFIG_HOME", "HOME"):
        curlrc = Path(environ.get(home) or directory, ".curlrc").absolute()
        if curlrc.parent != directory and curlrc.is_file():
            yield f"config = {json.dumps(str(curlrc))}"  # not copied: it may contain passwords
            break


def trusted_pem(ca_pem: str, environ: Mapping[str, str] = os.environ) -> str:
    """The authority *ca_pem* and the usual ones, as curl finds them by default."""
    import ssl

    default = ssl.get_default_verify_paths().cafile
    paths = (environ.get("CURL_CA_BUNDLE"), environ.get("SSL_CERT_FILE"), default, *_USUAL_BUNDLES)
    usual = next((Path(each) for each in paths if each and Path(each).is_file()), None)
    return ca_pem + (usual.read_text() if usual else "")


@cache
def _names(host: str) -> list[str]:
    """*host* without and with edges and regions, and with a trailing dot."""
    product_name, _, domain = host.partition(".")
    patches = [*_REGIONS, *(f"{edge}.{region}" for edge, region in product(_EDGES, _REGIONS))]
    return [host, f"{host}.", *(f"{product_name}.{location}.{domain}" for location in patches)]


def _other_names() -> Iterator[str]:
    yield from ("twilio.com", "www.twilio.com")
    for name in _OTHER_SUBDOMAINS:
        yield from _names(f"{name}.twilio.com")
