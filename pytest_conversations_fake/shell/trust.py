"""Instructions by which programs in several languages trust the authority of a session."""

from __future__ import annotations

from pathlib import Path
from shlex import quote

from .runtime import AUTHORITY, TRUSTED


def instructions(port: int, directory: Path) -> str:
    """The lines that `--https` prints."""
    authority, trusted = quote(str(directory / AUTHORITY)), quote(str(directory / TRUSTED))
    return f"""\
HTTPS: https://localhost:{port}, with an authority that is new at each start
(TRUSTED has the usual authorities, too)
  AUTHORITY={authority}
  TRUSTED={trusted}
  Python    export SSL_CERT_FILE=$TRUSTED REQUESTS_CA_BUNDLE=$TRUSTED
  Node.js   export NODE_EXTRA_CA_CERTS=$AUTHORITY
  Go, Ruby  export SSL_CERT_FILE=$TRUSTED
  .NET      export SSL_CERT_FILE=$TRUSTED  # on Linux
  curl      curl --cacert $AUTHORITY …
  Java      keytool -importcert -noprompt -alias conversations-fake \\
              -file $AUTHORITY -keystore fake.p12 -storepass changeit
            java -Djavax.net.ssl.trustStore=fake.p12 \\
              -Djavax.net.ssl.trustStorePassword=changeit …"""
