"""How programs in several languages trust the authority of a session."""

from __future__ import annotations

from pathlib import Path
from shlex import quote

from .runtime import AUTHORITY, TRUSTED


def instructions(port: int, directory: Path) -> str:
    """The lines that `--https` prints."""
    authority, trusted = quote(str(directory / AUTHORITY)), quote(str(directory / TRUSTED))
    return f"""\
HTTPS: https://localhost:{port}
authority, new at each start: {authority}
with the usual authorities:   {trusted}
  Python    export SSL_CERT_FILE={trusted} REQUESTS_CA_BUNDLE={trusted}
  Node.js   export NODE_EXTRA_CA_CERTS={authority}
  Go, Ruby  export SSL_CERT_FILE={trusted}
  .NET      export SSL_CERT_FILE={trusted}   (on Linux)
  Java      keytool -importcert -noprompt -alias conversations-fake \\
              -file {authority} -keystore conversations-fake.p12 -storepass changeit
            java -Djavax.net.ssl.trustStore=conversations-fake.p12 \\
              -Djavax.net.ssl.trustStorePassword=changeit …
  curl      curl --cacert {authority} …"""
